"""A key that must be seen nowhere: not in logs, exceptions, reprs, output or files.

It is made when the tests run, so that no source line that a traceback quotes holds it.
"""

from __future__ import annotations

import hashlib
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from polyloop.transport.scripted import Keys

CANARY: Final = "canary-" + hashlib.sha256(b"polyloop").hexdigest()[:24]

KEYS: Final = Keys(
    anthropic=f"sk-ant-{CANARY}",
    openai=f"sk-{CANARY}",
    uitars=f"ui-{CANARY}",
    legacyuse=f"lu-{CANARY}",
    vertex=f"ya29.{CANARY}",
    bedrock=f"bedrock-{CANARY}",
    aws_access_key="AKIACANARYPROVIDER00",
    aws_secret_key=f"aws/{CANARY}",
)
"""Every secret of these holds the canary."""


class Watch(logging.Handler):
    """Hears every log record at every level."""

    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


def chain(error: BaseException) -> Iterator[str]:
    """Yield what can be read off an exception and everything it was raised from: text, repr, attributes, traceback."""
    yield "".join(traceback.format_exception(error))
    seen: set[int] = set()
    links: list[BaseException | None] = [error]
    while links:
        link = links.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        yield f"{link!s}\n{link!r}\n{vars(link)!r}\n{link.args!r}"
        links += [link.__cause__, link.__context__]


def texts_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file under a folder: stores, recordings, reports."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()
