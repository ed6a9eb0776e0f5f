"""A person at the terminal who may allow a call."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable

from attrs import frozen

from polyloop.translate.jsonvalue import ABSENT

from ..plain import dump
from ..ports import ApprovalRequest, Approver, Decision
from ..safety import DenyAll, LeaveToLater
from .views import shown


@frozen(kw_only=True)
class TerminalApprover:
    """Asks on standard error and reads a line. The event loop goes on meanwhile, so that the claim on the job is kept."""

    suspend: Callable[[], None]

    async def decide(self, request: ApprovalRequest) -> Decision | None:
        """Return what the person says; None, which leaves the job paused, for "later" and at the end of the input."""
        self.suspend()
        for reason in request.reasons:
            print(f"The call is to be allowed by a person: {shown(reason)}", file=sys.stderr)
        print(shown(f"{request.call.name} {_arguments(request)}", 2000), file=sys.stderr)
        while True:
            print("Allow it? [y]es, [n]o, [l]ater: ", end="", file=sys.stderr, flush=True)
            answer = (await _line()).strip().lower()
            if answer in ("y", "yes", "n", "no"):
                return Decision(
                    call_id=request.call.id,
                    binding=request.binding,
                    approve=answer[0] == "y",
                    by="a person at the terminal",
                )
            if answer in ("l", "later", ""):
                return None


def _arguments(request: ApprovalRequest) -> str:
    call = request.call
    if isinstance(call.actions, tuple):
        said = [{"action": type(action).__name__, **dump(action)} for action in call.actions]
        return json.dumps(said, ensure_ascii=False, default=str)
    return "" if call.arguments.value is ABSENT else json.dumps(call.arguments.value, ensure_ascii=False)


async def _line() -> str:
    """Read a line of standard input without a thread, which could not be cancelled."""
    loop, stdin = asyncio.get_running_loop(), sys.stdin
    ready = asyncio.Event()
    loop.add_reader(stdin, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(stdin)
    return stdin.readline()


def approver_of(choice: str | None, suspend: Callable[[], None]) -> Approver:
    """Return who decides: as chosen, else a person where there is a terminal, else nobody yet, which pauses the job."""
    chosen = choice or ("ask" if sys.stdin.isatty() else "later")
    if chosen == "ask":
        return TerminalApprover(suspend=suspend)
    return DenyAll() if chosen == "deny" else LeaveToLater()
