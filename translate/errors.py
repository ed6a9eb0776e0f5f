"""The exceptions of polyloop.translate.

    PolyloopError                    base of everything polyloop raises on purpose
    └── TranslateError               base of this package
        ├── UsageError               the caller named a wire, kind, pair or option that does not exist
        ├── DecodeError              a document is not what its wire and kind allow; says where
        ├── WriteError               a hub record says something the target wire cannot write; adapt it first
        ├── LossError                strict was asked for and something would be lost
        ├── FormatError              a stored translation or hub document is damaged or of an unknown version
        └── StreamError              bytes that are no stream of the wire they were said to be

An error never holds a prompt, a screenshot or a key: only where (a JSON pointer), what was found (a JSON type, a short
token) and what would have been right.
"""

from __future__ import annotations


class PolyloopError(Exception):
    """Base of every exception that polyloop raises on purpose. Any other exception that comes out is a bug."""


class TranslateError(PolyloopError):
    """Base of the translators' exceptions."""


class UsageError(TranslateError, ValueError):
    """A wire, kind, pair or option that does not exist. The message names the legal ones."""


class DecodeError(TranslateError, ValueError):
    """A document is not of its wire's form."""

    def __init__(self, problem: str, pointer: str = "", expected: str = "") -> None:
        self.problem = problem
        self.pointer = pointer
        self.expected = expected
        place = pointer or "the document"
        super().__init__(f"{problem} at {place}" + (f": expected {expected}" if expected else ""))


class WriteError(TranslateError, ValueError):
    """A hub record says something its target wire has no form for: `adapt` it to the target first."""

    def __init__(self, problem: str, pointer: str = "") -> None:
        self.problem = problem
        self.pointer = pointer
        super().__init__(problem + (f" at {pointer}" if pointer else ""))


class LossError(TranslateError):
    """``strict`` was asked for and the translation would lose something. ``losses`` has every row."""

    def __init__(self, message: str, losses: tuple[object, ...]) -> None:
        self.losses = losses
        super().__init__(message)


class FormatError(TranslateError, ValueError):
    """A stored translation or hub document is damaged or was written by an unknown version."""


class StreamError(TranslateError, ValueError):
    """Bytes that are no stream of the wire they were said to be. The reader stays usable for `close` only."""
