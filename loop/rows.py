"""Message rows in a database somebody already has: ``add_job_message``, ``get_job_messages``, ``get_next_message_sequence``.

Such a database knows messages and nothing of intents. So a history taken over from it treats every call without a result as one whose
outcome is unknown, and the rows are written so that this is right: the assistant's message before any of its calls begins, a
result as soon as it is there.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import sqlite3
from collections.abc import Mapping
from typing import Any, Protocol

from attrs import evolve, field, mutable

from polyloop.translate import hub
from polyloop.translate.errors import UsageError
from polyloop.translate.jsonvalue import ABSENT, Json, JsonObject
from polyloop.translate.repairing import repair

from .blocks import blocks_of, turns_of
from .calls import answered_since, result_of
from .events import Event
from .media import fetch
from .ports import Store
from .state import State
from .tools.extraction import EXTRACTION


class MessageRows(Protocol):
    """The part of an existing database service that keeps a job's messages. Its methods may be plain or async."""

    def get_next_message_sequence(self, job_id: Any) -> Any:
        """Return the next row's sequence; 1 for a job without rows."""
        ...

    def add_job_message(self, *, job_id: Any, sequence: int, role: str, content: list[JsonObject]) -> Any:
        """Add a row."""
        ...

    def get_job_messages(self, job_id: Any) -> Any:
        """Return a job's rows in order, each with ``role`` and ``content``."""
        ...


async def asked(method: Any, *arguments: Any, **named: Any) -> Any:
    """Call a method of an existing database, plain or async, without blocking the event loop.

    A plain one is called in a thread; a SQLite connection that may be used in the thread it was made in only is used there.
    """
    if inspect.iscoroutinefunction(method):
        return await method(*arguments, **named)
    try:
        returned = await asyncio.to_thread(method, *arguments, **named)
    except sqlite3.ProgrammingError as error:
        if "thread" not in str(error):
            raise
        returned = method(*arguments, **named)
    return await returned if inspect.isawaitable(returned) else returned


async def history_of(db: MessageRows, job_id: Any) -> tuple[tuple[hub.Turn, ...], int]:
    """Read a job's rows: its turns, repaired, and how many of them the rows have."""
    rows = await asked(db.get_job_messages, job_id)
    turns = turns_of(_message(row) for row in rows or ())
    return repair(turns), len(turns)


def _message(row: Any) -> JsonObject:
    found = row if isinstance(row, Mapping) else {name: getattr(row, name, None) for name in ("role", "content")}
    content = found.get("content")
    if isinstance(content, str) and content[:1] in ("[", "{"):
        content = _parsed(content)
    if not isinstance(found.get("role"), str) or content is None:
        raise UsageError("a message row has a role and content")
    return {"role": found["role"], "content": content}


def _parsed(text: str) -> Json:
    """Return the blocks that a text column holds, or the text where it holds none."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, list) and all(isinstance(block, dict) for block in value) else text


def conclusion_of(turns: tuple[hub.Turn, ...]) -> Json:
    """Return the result that the last valid extraction of a history gave, or ABSENT."""
    results = {part.call_id: part.outcome for turn in turns for part in turn.parts if isinstance(part, hub.Result)}
    for turn in reversed(turns):
        for part in reversed(turn.parts):
            if isinstance(part, hub.Call) and part.name == EXTRACTION and results.get(part.id) == "ok":
                value = part.arguments.value
                data = value.get("data") if isinstance(value, Mapping) else None
                return data.get("result", data) if isinstance(data, Mapping) else ABSENT
    return ABSENT


@mutable(kw_only=True)
class RowWriter:
    """Writes a job's messages as rows, as its events happen."""

    db: MessageRows
    job_id: Any
    store: Store
    _sequence: int | None = field(default=None, init=False)

    async def listen(self, event: Event, before: State, after: State) -> None:
        """Write what an event added to the history, and results of a turn that is not closed yet."""
        if type(event).__name__ == "Imported":
            return
        turn = _last_assistant(after)
        for call in answered_since(before, after):
            if turn is not None and not _new(before, after, turn):
                await self._write(hub.Turn(role="tool", parts=(result_of(call),)), turn)
        for added, earlier in _added(before, after):
            if added.role == "tool" and earlier is not None and not _new(before, after, earlier):
                continue
            await self._write(added, earlier if added.role == "tool" else None)

    async def write_repairs(self, turns: tuple[hub.Turn, ...]) -> None:
        """Write the results that a repair put behind the last row."""
        for index, turn in enumerate(turns):
            if index:
                await self._write(turn, turns[index - 1])

    async def _write(self, turn: hub.Turn, before: hub.Turn | None) -> None:
        shown = [evolve(each, parts=await fetch(each.parts, self.store)) for each in (turn, before) if each is not None]
        content = blocks_of(*shown)
        if not content:
            return
        if self._sequence is None:
            self._sequence = int(await asked(self.db.get_next_message_sequence, self.job_id))
        role = "assistant" if turn.role == "assistant" else "user"
        await asked(self.db.add_job_message, job_id=self.job_id, sequence=self._sequence, role=role, content=content)
        self._sequence += 1


def _last_assistant(state: State) -> hub.Turn | None:
    return next((turn for turn in reversed(state.turns) if turn.role == "assistant"), None)


def _new(before: State, after: State, turn: hub.Turn) -> bool:
    """Tell whether a turn came with this step: then its results are written with their turn."""
    return all(turn is not known for known in before.turns[-3:])


def _added(before: State, after: State) -> list[tuple[hub.Turn, hub.Turn | None]]:
    """Return what a step added to the history, as turns, each with the turn before it. One joined to the last turn is its own again."""
    known = len(before.turns)
    added: list[tuple[hub.Turn, hub.Turn | None]] = []
    if known and len(after.turns) >= known and after.turns[known - 1] is not before.turns[-1]:
        joined, old = after.turns[known - 1], before.turns[-1]
        rest = joined.parts[len(old.parts) :]
        added += [(hub.Turn(role=joined.role, parts=rest, origin=joined.origin), None)] if rest else []
    for index in range(known, len(after.turns)):
        added.append((after.turns[index], after.turns[index - 1] if index else None))
    return added
