"""Time the reader of UI-TARS replies on hostile text: nanoseconds per byte at 10 kB and at 1 MB.

``python -m benchmarks.uitars_text``. Each row is a way to make a careless parser look at the same characters again and
again. A ratio of about 1 is linear time; more than 1.5 on any row is a fault. The best of several runs counts.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final

from polyloop.translate.uitars import parse

SMALL: Final = 10_000
LARGE: Final = 1_000_000
WORST_RATIO: Final = 1.5


def _filled(head: str, unit: str, tail: str = "") -> Callable[[int], str]:
    return lambda size: head + unit * (size // len(unit)) + tail


HOSTILE: Final[dict[str, Callable[[int], str]]] = {
    "quotes that end nothing": _filled("Action: type(content='", "'x"),
    "quotes before blanks": _filled("Action: type(content='", "'       "),
    "one quote before many blanks": _filled("Action: type(content='a'", " "),
    "escapes": _filled("Action: type(content='", "\\'", "')"),
    "a long strict text": _filled("Action: type(content='", "abcdefgh", "')"),
    "strict, then broken": _filled("Action: type(content='", "a\\\\b", "' x"),
    "many markers": _filled("", "Action: "),
    "many marker lines": _filled("", "\nAction: x"),
    "markers in an open string": _filled("", "\nAction: type(content='x"),
    "calls that fail late": _filled("", "\nAction: f(x='", "', y=\n"),
    "many calls": _filled("Action: ", "click(start_box='(1,2)')\n\n"),
    "many broken calls": _filled("", "\nAction: click(start_box='(1,2)' x"),
    "open brackets": _filled("Action: click(start_box=", "("),
    "blank lines": _filled("Thought: x", "\n \t"),
    "blanks before a colon": _filled("Action", " "),
    "one long word": _filled("", "a"),
    "one long name at a line's start": _filled("\n", "abc_"),
    "open thought blocks": _filled("<think>", "<think>"),
    "closing tags": _filled("Action: wait()", "</x>"),
    "end tokens": _filled("Action: wait()", "<|im_end|>"),
    "end tokens without an action": _filled("hello", " <|im_end|>"),
    "open functions": _filled("<seed:tool_call>", "<function=type>"),
    "open parameters": _filled("<seed:tool_call><function=type>", "<parameter=content>"),
    "digits": _filled("Action: click(start_box='(", "9", ",2)')"),
    "commas": _filled("Action: click(", ","),
    "separators": _filled("Action: wait()", "; "),
    "comments": _filled("Action: wait()", "#\n"),
}


def nanoseconds_per_byte(text: str, runs: int) -> float:
    """Return processor time of the best of several runs, by the size of the text in UTF-8."""
    best = float("inf")
    for _ in range(runs):
        start = time.process_time_ns()
        parse(text)
        best = min(best, time.process_time_ns() - start)
    return best / len(text.encode())


def main() -> int:
    """Print the table; the exit status is 1 when a row is not linear."""
    worst = 0.0
    print(f"{'hostile text':34} {'10 kB':>10} {'1 MB':>10} {'ratio':>7}   (ns per byte)")
    for name, make in HOSTILE.items():
        small = nanoseconds_per_byte(make(SMALL), 20)
        large = nanoseconds_per_byte(make(LARGE), 3)
        worst = max(worst, large / small)
        print(f"{name:34} {small:10.1f} {large:10.1f} {large / small:7.2f}")
    print(f"worst ratio {worst:.2f}, wanted at most {WORST_RATIO}")
    return int(worst > WORST_RATIO)


if __name__ == "__main__":
    sys.exit(main())
