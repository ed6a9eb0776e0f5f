"""Reading documents and writing results, as several commands do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from polyloop.translate.errors import DecodeError, UsageError
from polyloop.translate.jsontext import parse_exact
from polyloop.translate.jsonvalue import Json


def read_text(path: str | None) -> str:
    """Read a file, or standard input for ``-`` or nothing. Raises `UsageError` that says what is wrong with it."""
    try:
        data = sys.stdin.buffer.read() if path in (None, "-") else Path(path or "").read_bytes()
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name_of(path)} is not UTF-8 (byte {error.start})") from None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None


def name_of(path: str | None) -> str:
    """Name what is read, as messages do."""
    return "standard input" if path in (None, "-") else str(path)


def read_documents(path: str | None, *, lines: bool) -> Iterator[Json]:
    """Read one JSON document, or with ``lines`` one a line; empty lines are passed over."""
    text = read_text(path)
    name = name_of(path)
    if not lines:
        yield _parsed(text, name)
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _parsed(line, f"{name}, line {number}")


def _parsed(text: str, where: str) -> Json:
    if not text.strip():
        raise UsageError(f"{where} is empty")
    try:
        return parse_exact(text)
    except DecodeError as error:
        raise UsageError(f"{where} is {error.problem}") from None


def write_text(path: str, text: str) -> None:
    """Write a file whole. Raises `UsageError` that says why it cannot be written."""
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None
