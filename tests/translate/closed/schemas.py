"""The providers' published schemas as closed validators: made from lists of records as text, knowing nothing of our records.

A list has a record a line, ``Name { key: type, key?: type }``, or an alias, ``Name = type``. Types are names of records, ``str``, ``int``,
``float``, ``bool``, ``null``, ``object`` (any JSON), literals, ``[type]``, ``{str, type}`` and unions with ``|``. The lists were generated from
the SDKs' types and lie in ``reference/schemas`` beside the recorded traffic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\?:|[A-Za-z_][\w.]*|-?\d+(?:\.\d+)?|[\[\]{}|,:=?])')
PLAIN = {
    "str": (str,), "int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),), "True": (bool,), "False": (bool,),
}  # fmt: skip


@dataclass(frozen=True)
class Type:
    """One type: ``kind`` is plain, literal, any, name, list, map or union."""

    kind: str
    name: str = ""
    inner: tuple[Type, ...] = ()


@dataclass
class Record:
    """A record's fields: key -> (its type, whether it must be there)."""

    fields: dict[str, tuple[Type, bool]] = field(default_factory=dict)


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = TOKEN.findall(text)
        self.place = 0

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        assert not wanted or token == wanted, (wanted, self.tokens[max(0, self.place - 5) : self.place + 5])
        self.place += 1
        return token

    def type(self) -> Type:
        members = [self.one()]
        while self.peek() == "|":
            self.take()
            members.append(self.one())
        return members[0] if len(members) == 1 else Type("union", inner=tuple(members))

    def one(self) -> Type:
        token = self.take()
        if token == "[":
            inner = self.type()
            self.take("]")
            return Type("list", inner=(inner,))
        if token == "{":
            self.type()
            self.take(",")
            inner = self.type()
            self.take("}")
            return Type("map", inner=(inner,))
        if token.startswith('"'):
            return Type("literal", token[1:-1])
        if token == "object":
            return Type("any")
        if self.peek() == "[":  # a Python type that is no JSON, as IO[bytes]
            self.take()
            while self.take() != "]":
                pass
            return Type("literal", "no JSON")
        return Type("plain" if token in PLAIN else "name", token)

    def record(self) -> Record:
        made = Record()
        self.take("{")
        while self.peek() != "}":
            key = self.take().strip('"')
            optional = self.peek() == "?:"
            self.take("?:" if optional else ":")
            made.fields[key] = (self.type(), not optional)
            if self.peek() == ",":
                self.take()
        self.take("}")
        return made


class Schema:
    """The records of some lists."""

    def __init__(self, *texts: str) -> None:
        self.records: dict[str, list[Record]] = {}  # a name may stand for records of several modules
        self.aliases: dict[str, Type] = {}
        for line in (line for text in texts for line in text.splitlines()):
            line = line.partition("  #")[0]
            parser = _Parser(line)
            if not parser.tokens:
                continue
            name = parser.take()
            if parser.peek() == "{":
                self.records.setdefault(name, []).append(parser.record())
            elif parser.peek() == "=":
                parser.take()
                self.aliases[name] = parser.type()

    def literals(self) -> frozenset[str]:
        """Return the words that values of the records may only have."""
        found: set[str] = set()
        stack = [kind for records in self.records.values() for one in records for kind, _ in one.fields.values()]
        stack += self.aliases.values()
        while stack:
            kind = stack.pop()
            if kind.kind == "literal":
                found.add(kind.name)
            stack.extend(kind.inner)
        return frozenset(found)

    def problems(self, value: Any, root: str) -> list[str]:
        """Return what of a value the record of that name does not allow, as ``pointer: what``; extra keys are refused."""
        return list(self._problems(value, Type("name", root), ""))

    def _problems(self, value: Any, kind: Type, path: str) -> Iterator[str]:
        match kind.kind:
            case "union":
                yield from self._in_union(value, kind, path)
            case "literal":
                if value != kind.name:
                    yield f"{path}: not {kind.name!r}"
            case "plain":
                if not isinstance(value, PLAIN[kind.name]) or (
                    isinstance(value, bool) and kind.name in ("int", "float")
                ):
                    yield f"{path}: {type(value).__name__} is no {kind.name}"
            case "list" | "map":
                yield from self._in_container(value, kind, path)
            case "name" if kind.name in self.aliases:
                yield from self._problems(value, self.aliases[kind.name], path)
            case "name":
                yield from self._in_record(value, kind.name, path)
            case _:  # any JSON
                return

    def _in_container(self, value: Any, kind: Type, path: str) -> Iterator[str]:
        if not isinstance(value, list if kind.kind == "list" else dict):
            yield f"{path}: no {'list' if kind.kind == 'list' else 'object'}"
            return
        for key, item in enumerate(value) if isinstance(value, list) else value.items():
            yield from self._problems(item, kind.inner[0], f"{path}/{key}")

    def _in_record(self, value: Any, name: str, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path}: no {name}"
            return
        found = [list(self._in_one(value, record, name, path)) for record in self.records.get(name, ())]
        yield from min(found, key=len, default=[f"{path}: no list has {name}"])

    def _in_one(self, value: dict[str, Any], record: Record, name: str, path: str) -> Iterator[str]:
        for key, (kind, required) in record.fields.items():
            if key in value:
                yield from self._problems(value[key], kind, f"{path}/{key}")
            elif required:
                yield f"{path}/{key}: missing in {name}"
        yield from (f"{path}/{key}: no key of {name}" for key in value if key not in record.fields)

    def _in_union(self, value: Any, kind: Type, path: str) -> Iterator[str]:
        best: list[str] | None = None
        for member in sorted(self._members(kind), key=lambda member: not self._is_meant(value, member)):
            found = list(self._problems(value, member, path))
            if not found:
                return
            if best is None or (self._is_meant(value, member) and len(found) < len(best)):
                best = found
        yield from best or ()

    def _members(self, kind: Type) -> Iterator[Type]:
        for member in kind.inner:
            if member.kind == "union":
                yield from self._members(member)
            elif member.kind == "name" and member.name in self.aliases:
                yield from self._members(Type("union", inner=(self.aliases[member.name],)))
            else:
                yield member

    def _is_meant(self, value: Any, member: Type) -> bool:
        """Tell whether the member's literals, its ``type`` and ``role``, are the value's."""
        if member.kind != "name" or not isinstance(value, dict):
            return False
        return any(self._fits(value, record) for record in self.records.get(member.name, ()))

    def _fits(self, value: dict[str, Any], record: Record) -> bool:
        for key in ("type", "role"):
            if key in record.fields and key in value and list(self._problems(value[key], record.fields[key][0], "")):
                return False
            if key in record.fields and record.fields[key][1] and key not in value:
                return False
        return True


LISTS = {
    ("anthropic", "request"): (("anthropic_beta_request.txt",), "MessageCreateParamsNonStreaming"),
    ("anthropic", "response"): (("anthropic_beta_response.txt",), "BetaMessage"),
    ("openai-chat", "request"): (("openai_chat_request.txt",), "CompletionCreateParamsNonStreaming"),
    ("openai-chat", "response"): (("openai_chat_response.txt",), "ChatCompletion"),
    ("uitars", "request"): (("openai_chat_request.txt",), "CompletionCreateParamsNonStreaming"),
    ("uitars", "response"): (("openai_chat_response.txt",), "ChatCompletion"),
    ("openai-responses", "request"): (("openai_responses_request.txt",), "ResponseCreateParamsNonStreaming"),
    ("openai-responses", "response"): (("openai_responses_response.txt",), "Response"),
}


def folder_of(corpus: Path) -> Path | None:
    """Return the folder of the lists beside a folder of recorded traffic."""
    for place in (corpus, *corpus.parents[:2]):
        if (place / "reference" / "schemas").is_dir():
            return place / "reference" / "schemas"
    return None


@cache
def schema_of(wire: str, kind: str, folder: Path) -> tuple[Schema, str]:
    """Return the schema of a wire's requests or replies, and the name of the record of a whole one."""
    names, root = LISTS[wire, kind]
    return Schema(*[(folder / name).read_text(encoding="utf-8") for name in names]), root
