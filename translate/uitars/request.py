"""Requests of UI-TARS: those of Chat Completions, in which the assistant's words are calls and the user's are their results.

There is no channel for results: the message behind an assistant's calls, a screenshot mostly, is what came of them. It is the
result of the last of the calls; the others, and calls whose screenshot was pruned, have a result that says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeGuard

import attrs

from .. import hub
from ..jsonvalue import ABSENT, Json
from ..making import changed
from ..openai_chat.messages import Said, cut_messages, cut_turn
from ..openai_chat.request import read_request as read_chat
from ..openai_chat.request import write_request as write_chat
from .dialect import Ids, read_words, write_words
from .wire import CHAT, WIRE_NAME, CompletionRequest, refuse, renamed

_USUAL: Final = "max_tokens"
_OTHER: Final = "max_completion_tokens"
"""The key for the most tokens: what servers of UI-TARS take, which Chat Completions calls deprecated, and what replaced it there."""
_NATIVE: Final = "native"
"""Spelling of a call or result that stood where Chat Completions has it, and not in the words."""


def read_request(record: CompletionRequest) -> hub.Request:
    """Read a request."""
    chat = read_chat(record)
    request = changed(chat, turns=read_turns(chat.turns), spelling=_respelled(chat.spelling, chat.max_output, _OTHER))
    return renamed(request, CHAT, WIRE_NAME)


def _respelled(spelling: hub.Own | None, max_output: Any, unusual: str) -> hub.Own | None:
    """Turn about which key for the most tokens is the usual one: a spelling names the other."""
    if max_output is ABSENT:
        return spelling
    fields: dict[str, Json] = {} if spelling is None else dict(spelling.fields)
    if fields.pop("max_output", None) is None:
        fields["max_output"] = unusual
    return hub.Own(wire=CHAT, fields=fields) if fields else None


def read_turns(turns: Sequence[hub.Turn]) -> tuple[hub.Turn, ...]:
    """Read the assistant's words, and make the messages behind its calls their results. Residue is still that of Chat Completions."""
    reader = _TurnReader()
    for turn in turns:
        if turn.role == "tool":
            reader.take_tool(turn)
            continue
        for number, (parts, seam) in enumerate(cut_messages(turn)):
            reader.take(turn.role, _unpacked(turn, parts, seam, first=number == 0))
    return reader.finished()


def _unpacked(turn: hub.Turn, parts: Sequence[hub.Part], seam: hub.Seam | None, *, first: bool) -> Said:
    carrier = seam if seam is not None else turn if first else None
    own = {} if carrier is None or carrier.own is None else dict(carrier.own.fields)
    spelling = {} if carrier is None or carrier.spelling is None else dict(carrier.spelling.fields)
    name = seam.name if seam is not None else ABSENT
    return Said(list(parts), own, spelling, name, seam.form if seam is not None else "message")


class _TurnReader:
    """Takes messages in order and makes turns of them."""

    def __init__(self) -> None:
        self._turns: list[hub.Turn] = []
        self._run: list[Said] = []
        self._role: hub.Role | None = None
        self._waiting: list[str] = []
        self._ids = Ids()

    def take(self, role: hub.Role, said: Said) -> None:
        if self._waiting:
            if role == "user" and said.form == "message" and said.name is ABSENT and said.parts:
                self._answered(said)
                return
            self._answered(None)
        if role != self._role:
            self._close()
            self._role = role
        if role == "assistant":
            self._waiting = read_message(said, self._ids)
        self._run.append(said)
        if self._waiting:
            self._close()

    def take_tool(self, turn: hub.Turn) -> None:
        if self._waiting:
            self._answered(None)
        self._close()
        parts = tuple(_marked(part) for part in turn.parts)
        self._turns.append(attrs.evolve(turn, parts=parts))

    def finished(self) -> tuple[hub.Turn, ...]:
        self._close()
        return tuple(self._turns)

    def _answered(self, said: Said | None) -> None:
        results = [hub.Result(call_id=call_id, form="computer") for call_id in self._waiting]
        if said is not None:
            results[-1] = attrs.evolve(
                results[-1], parts=tuple(said.parts), own=_own(said.own), spelling=_own(said.spelling)
            )
        self._waiting = []
        self._turns.append(hub.Turn(role="tool", parts=tuple(results)))

    def _close(self) -> None:
        if self._role is not None and self._run:
            self._turns.append(cut_turn(self._role, self._run))
        self._run, self._role = [], None


def _own(fields: dict[str, Json]) -> hub.Own | None:
    return hub.Own(wire=CHAT, fields=fields) if fields else None


def _marked(part: hub.Part) -> hub.Part:
    if not isinstance(part, (hub.Call, hub.Result)):
        return part
    fields = {} if part.spelling is None else dict(part.spelling.fields)
    return attrs.evolve(part, spelling=hub.Own(wire=CHAT, fields={**fields, _NATIVE: True}))


def read_message(said: Said, ids: Ids) -> list[str]:
    """Read the words of one assistant's message, in place; return the ids of the calls in them."""
    if len(said.parts) == 1 and _is_readable(alone := said.parts[0]):
        return _read_words(said, alone, (), ids)
    plain = [number for number, part in enumerate(said.parts) if isinstance(part, hub.Text)]
    words = said.parts[plain[0]] if len(plain) == 1 else None
    others = [part for part in said.parts if part is not words]
    if not _is_readable(words) or not all(isinstance(part, hub.Thinking) for part in others):
        said.parts = [_marked(part) for part in said.parts]
        return []
    return _read_words(said, words, others, ids)


def _is_readable(part: hub.Part | None) -> TypeGuard[hub.Text]:
    return isinstance(part, hub.Text) and part.form == "string" and not part.citations


def _read_words(said: Said, words: hub.Text, others: Sequence[hub.Part], ids: Ids) -> list[str]:
    read = read_words(words.text, ids)
    said.parts = [*others, *read]
    if len(read) != 1 or not isinstance(read[0], hub.Text) or read[0].text != words.text:
        said.spelling["raw"] = words.text
    return [part.id for part in read if isinstance(part, hub.Call)]


# Writing.


def write_request(request: hub.Request) -> CompletionRequest:
    """Write a request. Raises `WriteError` for what the wire has no words for."""
    chat = renamed(request, WIRE_NAME, CHAT)
    turns = tuple(write_turns(chat.turns))
    return write_chat(changed(chat, turns=turns, spelling=_respelled(chat.spelling, chat.max_output, _USUAL)))


def write_turns(turns: Sequence[hub.Turn]) -> Iterator[hub.Turn]:
    """Say calls in words and results as the user's messages."""
    ids = Ids()
    waiting: list[str] = []
    silent = False
    for turn in turns:
        if turn.role == "tool" and not _is_native(turn):
            silent = not any(isinstance(part, hub.Result) and part.parts for part in turn.parts)
            yield from _write_results(turn, waiting)
            waiting = []
            continue
        if waiting or (silent and turn.role == "user" and _would_answer(turn)):
            raise refuse("a call without a result, or a result that is not told from what the user says")
        silent = False
        if turn.role != "assistant":
            yield turn
            continue
        messages = [write_message(said, ids) for said in messages_of(turn)]
        waiting = [call for _, calls in messages for call in calls]
        if any(calls for _, calls in messages[:-1]):
            raise refuse("calls that are followed by more of the assistant's words")
        yield cut_turn("assistant", [said for said, _ in messages], turn.origin)


def _would_answer(turn: hub.Turn) -> bool:
    first = next(iter(messages_of(turn)))
    return first.form == "message" and first.name is ABSENT and bool(first.parts)


def messages_of(turn: hub.Turn) -> list[Said]:
    """Take a turn of Chat Completions apart into its messages."""
    return [_unpacked(turn, parts, seam, first=number == 0) for number, (parts, seam) in enumerate(cut_messages(turn))]


def _is_native(turn: hub.Turn) -> bool:
    first = turn.parts[0] if turn.parts else None
    return first is None or not isinstance(first, hub.Result) or _said_natively(first)


def _said_natively(part: hub.Part) -> bool:
    spelling = part.spelling if isinstance(part, (hub.Call, hub.Result)) else None
    return spelling is not None and spelling.wire == CHAT and _NATIVE in spelling.fields


def _write_results(turn: hub.Turn, waiting: list[str]) -> Iterator[hub.Turn]:
    results = [part for part in turn.parts if isinstance(part, hub.Result)]
    if len(results) != len(turn.parts) or [result.call_id for result in results] != waiting:
        raise refuse("results that are not those of the calls before them, in order")
    if any(result.parts or result.own for result in results[:-1]):
        raise refuse("a result of another call than the last")
    last = results[-1]
    if any(
        r.outcome is not ABSENT or r.acknowledged or r.toolset is not ABSENT or r.form != "computer" for r in results
    ):
        raise refuse("a result's outcome, acknowledged checks, toolset or form")
    if last.parts:
        own = {} if last.own is None else dict(last.own.fields)
        spelling = {} if last.spelling is None else dict(last.spelling.fields)
        yield cut_turn("user", [Said(list(last.parts), own, spelling)])
    elif last.own is not None:
        raise refuse("residue of a result that says nothing")


def write_message(said: Said, ids: Ids) -> tuple[Said, list[str]]:
    """Say the calls of one message in words; return the message and the ids of the calls."""
    if any(_said_natively(part) for part in said.parts) or said.form != "message":
        return said, []
    heads = [part for part in said.parts if isinstance(part, hub.Thinking) and _in_a_key(part)]
    parts = [part for part in said.parts if part not in heads]
    calls = [part.id for part in parts if isinstance(part, hub.Call)]
    if not calls and not any(isinstance(part, hub.Thinking) for part in parts) and "raw" not in said.spelling:
        lone = parts[0] if len(parts) == 1 and isinstance(parts[0], hub.Text) else None
        if lone is None or lone.form == "block" or lone.own is not None or lone.citations:
            return said, []  # Parts as Chat Completions has them
    raw = said.spelling.get("raw")
    text = write_words(parts, ids, raw)
    spelling = {key: value for key, value in said.spelling.items() if key != "raw"}
    return Said([*heads, hub.Text(text=text, form="string")], said.own, spelling, said.name), calls


def _in_a_key(thinking: hub.Thinking) -> bool:
    return thinking.own is not None and thinking.own.wire == CHAT and "section" not in thinking.own.fields
