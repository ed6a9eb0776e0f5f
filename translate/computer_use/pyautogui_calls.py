"""Split code into calls with literal arguments, by hand: no evaluation, no parser that could be asked to do more.

Literals are numbers, strings (with Python's common escapes), ``True``, ``False``, ``None``, and lists or tuples of
these. Lexing is one pass with a regular expression; nesting is counted, not recursed into beyond a fixed depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, TypeAlias

from attrs import frozen

Literal: TypeAlias = str | int | float | bool | tuple["Literal", ...] | None

_TOKEN: Final = re.compile(
    r"""(?P<blank>[ \t\r]++|\\\n|\#[^\n]*+)
    |(?P<end>[\n;])
    |(?P<string>[rRbBuUfF]{0,2}(?:'''(?:[^\\']|\\.|'(?!''))*+'''|\"\"\"(?:[^\\"]|\\.|"(?!""))*+\"\"\"
        |'(?!'')(?:[^\\'\n]|\\.)*+'|"(?!"")(?:[^\\"\n]|\\.)*+"))
    # A string that does not close takes the rest, so that what is in it is never looked at again.
    |(?P<open>'''.*|\"\"\".*|['"][^\n]*+)
    |(?P<number>[0-9]{1,15}(?:\.[0-9]{0,15})?(?![\w.])|\.[0-9]{1,15}(?![\w.]))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*+)
    |(?P<sign>[-+=,.()\[\]])
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(
    r"\\(?:(\n)|([abfnrtv0'\"\\])(?![0-7])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL
)
_ESCAPES: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}
_CONSTANTS: Final[dict[str, bool | None]] = {"True": True, "False": False, "None": None}
_FENCE: Final = re.compile(r"\A\s*+```[A-Za-z]*+[ \t]*+\n|\n[ \t]*+```\s*+\Z")
_DEEPEST: Final = 4


@frozen(kw_only=True)
class Call:
    """A call: its dotted name, and arguments that are literals."""

    name: str
    positional: tuple[Literal, ...]
    named: dict[str, Literal]


@frozen(kw_only=True)
class Statement:
    """One statement: the call it is, or why it is none."""

    text: str
    call: Call | None
    problem: str = ""


@frozen
class _Token:
    kind: str
    text: str
    start: int
    end: int


class _NotLiteralError(Exception):
    """A statement is no call with literal arguments; the message says why."""


def split_statements(text: str) -> Iterator[Statement]:
    """Yield the statements of a text; imports and blank ones are left out."""
    code = _FENCE.sub("", text)
    for tokens in _grouped(code):
        source = code[tokens[0].start : tokens[-1].end]
        if tokens[0].text in ("import", "from"):
            continue
        try:
            yield Statement(text=source, call=_Parser(tokens).call())
        except _NotLiteralError as error:
            yield Statement(text=source, call=None, problem=str(error))


def _grouped(code: str) -> Iterator[list[_Token]]:
    """Yield the tokens of each statement. A newline inside brackets ends none."""
    tokens: list[_Token] = []
    depth = 0
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup or "other"
        if match[0] in ("(", "["):
            depth += 1
        elif match[0] in (")", "]"):
            depth = max(0, depth - 1)
        if kind == "end" and (depth == 0 or match[0] == ";"):
            if tokens:
                yield tokens
            tokens, depth = [], 0
        elif kind not in ("blank", "end"):
            tokens.append(_Token(kind, match[0], match.start(), match.end()))
    if tokens:
        yield tokens


class _Parser:
    """A reader of one statement's tokens, left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.position = 0

    def peek(self, ahead: int = 0) -> str:
        index = self.position + ahead
        return self.tokens[index].text if index < len(self.tokens) else ""

    def take(self, expected: str | None = None) -> _Token:
        if self.position >= len(self.tokens):
            raise _NotLiteralError("the call is not closed")
        token = self.tokens[self.position]
        if expected is not None and token.text != expected:
            raise _NotLiteralError(f"{expected!r} expected, not {token.text[:20]!r}")
        self.position += 1
        return token

    def call(self) -> Call:
        name = self.name()
        while self.peek() == ".":
            self.take()
            name += "." + self.name()
        self.take("(")
        positional: list[Literal] = []
        named: dict[str, Literal] = {}
        while self.peek() != ")":
            if self.position < len(self.tokens) and self.tokens[self.position].kind == "name" and self.peek(1) == "=":
                key = self.name()
                self.take("=")
                if key in named:
                    raise _NotLiteralError(f"{key} is given twice")
                named[key] = self.literal(0)
            elif named:
                raise _NotLiteralError("an argument by position behind a named one")
            else:
                positional.append(self.literal(0))
            if self.peek() != ")":
                self.take(",")
        self.take(")")
        if self.position < len(self.tokens):
            raise _NotLiteralError("more than a call")
        return Call(name=name, positional=tuple(positional), named=named)

    def name(self) -> str:
        token = self.take()
        if token.kind != "name":
            raise _NotLiteralError("no call")
        return token.text

    def literal(self, depth: int) -> Literal:
        token = self.take()
        if token.kind == "string":
            return _string(token.text)
        if token.kind == "number":
            return float(token.text) if "." in token.text else int(token.text)
        if token.text in ("-", "+"):
            number = self.take()
            if number.kind != "number":
                raise _NotLiteralError("an argument is no literal")
            value = float(number.text) if "." in number.text else int(number.text)
            return -value if token.text == "-" else value
        if token.text in ("[", "(") and depth < _DEEPEST:
            return self.sequence("]" if token.text == "[" else ")", depth + 1)
        if token.kind == "name" and token.text in _CONSTANTS and self.peek() not in ("(", "."):
            return _CONSTANTS[token.text]
        raise _NotLiteralError("an argument is no literal")

    def sequence(self, closing: str, depth: int) -> Literal:
        items: list[Literal] = []
        while self.peek() != closing:
            items.append(self.literal(depth))
            if self.peek() != closing:
                self.take(",")
        self.take(closing)
        return tuple(items)


def _string(token: str) -> str:
    """Return the text of a string literal. A byte string and a formatted one are no text."""
    start = min(index for index in (token.find("'"), token.find('"')) if index >= 0)
    prefix, body = token[:start].lower(), token[start:]
    if prefix not in ("", "r", "u"):
        raise _NotLiteralError(f"a string with the prefix {prefix}")
    quotes = 3 if len(body) >= 6 and body[:3] in ("'''", '"""') else 1
    content = body[quotes:-quotes]
    return content if prefix == "r" else _ESCAPE.sub(_unescape, content)


def _unescape(match: re.Match[str]) -> str:
    newline, simple, *codes, other = match.groups()
    if newline is not None:
        return ""
    if simple is not None:
        return _ESCAPES.get(simple, simple)
    if other is not None:
        # Python keeps an unknown escape as it stands; octal and named ones are no business of a click.
        return match[0]
    code = next(code for code in codes if code is not None)
    if int(code, 16) > 0x10FFFF:
        raise _NotLiteralError("a character beyond Unicode")
    return chr(int(code, 16))
