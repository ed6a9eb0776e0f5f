"""Measure again what ``docs/performance.md`` shows: ``python -m benchmarks.tables [WORD...]``, all of it or the commands that hold a word.

A block of the page is what a command prints, between ``<!-- python -m benchmarks.NAME ... -->`` and ``<!-- end -->``. Run it on a machine that
does nothing else. A command that fails leaves its block as it is, and ends this one.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
BLOCK: Final = re.compile(r"<!-- (python -m benchmarks\.\w+[^\n]*?) -->\n(.*?)<!-- end -->", re.DOTALL)


def commands(page: str) -> list[str]:
    """Return the commands whose output a page shows."""
    return [command for command, _ in BLOCK.findall(page)]


def filled(page: str, command: str, output: str) -> str:
    """Return a page with another output of one of its commands."""
    block = f"<!-- {command} -->\n```text\n{output.strip(chr(10))}\n```\n<!-- end -->"
    return BLOCK.sub(lambda found: block if found[1] == command else found[0], page)


def main() -> int:
    """Run the commands one after another, and write the page after each."""
    words = sys.argv[1:]
    for command in commands(PAGE.read_text(encoding="utf-8")):
        if words and not any(word in command for word in words):
            continue
        print(command, flush=True)
        arguments = [sys.executable, *shlex.split(command)[1:]]
        done = subprocess.run(arguments, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False)
        if done.returncode:
            print(f"{command} ended with {done.returncode}", file=sys.stderr)
            return 1
        PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), command, done.stdout), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
