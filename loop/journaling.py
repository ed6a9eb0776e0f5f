"""A job's journal as one run sees it: what earlier runs began and finished, and the right to write on."""

from __future__ import annotations

import asyncio
from typing import Final

from attrs import field, frozen, mutable

from polyloop.translate.jsonvalue import JsonObject

from .events import load_event
from .journal import Claim, LoopError, Row
from .machine import step
from .ports import Perform, Store
from .state import State

ROWS_AT_ONCE: Final = 16
"""Rows that are read before others get their turn: a long journal takes a while."""


class OutcomeUnknownError(LoopError):
    """An action was begun by a run that is gone, and nobody knows what came of it. It is not repeated."""


@mutable(kw_only=True)
class Journal:
    """A job's journal, as far as this run knows it, and the right to write it."""

    store: Store
    claim: Claim
    begun: set[str] = field(factory=set)
    """Keys of effects whose intent an earlier run wrote, without a result."""
    actions_begun: set[str] = field(factory=set)
    """Keys of the actions of calls that have no result yet."""
    action_results: dict[str, JsonObject] = field(factory=dict)
    """What came of them, of those that are done."""
    lost: bool = False
    """Whether the store failed to take a row: what happened then is known to nobody, and nothing may be written behind it."""
    _writing: asyncio.Lock = field(factory=asyncio.Lock)

    async def read(self, state: State) -> State:
        """Fold the events of earlier runs, and remember what they began."""
        for number, row in enumerate(await self.store.rows(self.claim.job), start=1):
            if number % ROWS_AT_ONCE == 0:
                await asyncio.sleep(0)
            if row.kind == "intended":
                self.begun.add(row.key)
            elif row.kind == "action_intended":
                self.actions_begun.add(row.key)
            elif row.kind == "action_happened":
                self.action_results[row.key] = row.data
            else:
                self.begun.discard(row.key)
                self._forget_actions(row)
                state, _ = step(state, load_event(row.data))
        return state

    def is_open(self, key: str) -> bool:
        """Tell whether a call has an action that was begun and has no result: nobody knows what came of it."""
        return any(action.startswith(f"{key}/") and action not in self.action_results for action in self.actions_begun)

    async def write(self, *rows: Row) -> None:
        """Make rows durable, one writer at a time. Raises `StaleClaimError`, and what the store raises."""
        async with self._writing:
            try:
                await self.store.append(self.claim, rows)
            except Exception:
                self.lost = True
                raise
        for row in rows:
            self._forget_actions(row)

    def _forget_actions(self, row: Row) -> None:
        """Forget the actions of a call that has its result: nobody asks for them again, and a long run has many."""
        if row.kind != "happened" or not self.actions_begun:
            return
        done = {action for action in self.actions_begun if action.startswith(f"{row.key}/")}
        self.actions_begun -= done
        for action in done:
            self.action_results.pop(action, None)

    async def renew(self, ttl: float) -> None:
        """Keep the claim. Raises `StaleClaimError`."""
        async with self._writing:
            self.claim = await self.store.renew(self.claim, ttl)


@frozen(kw_only=True)
class Context:
    """What a tool gets beside its call: see `polyloop.loop.ports.CallContext`."""

    job: str
    key: str
    journal: Journal

    async def act(self, name: str, action: JsonObject, perform: Perform) -> JsonObject:
        """Perform an action whose intent is durable before and whose result is durable after.

        An action that an earlier run finished gives its result and is not performed. Raises `OutcomeUnknownError` for one that an
        earlier run began and did not finish, and `StaleClaimError` when the job has another owner now.
        """
        key = f"{self.key}/{name}"
        known = self.journal.action_results.get(key)
        if known is not None:
            return known
        if key in self.journal.actions_begun:
            raise OutcomeUnknownError(f"action {name} was begun by an earlier run")
        await self.journal.write(Row(kind="action_intended", key=key, data=action))
        self.journal.actions_begun.add(key)
        result = await perform()
        await self.journal.write(Row(kind="action_happened", key=key, data=result))
        self.journal.action_results[key] = result
        return result
