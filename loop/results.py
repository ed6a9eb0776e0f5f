"""What a run's end means for who called `sampling_loop`: a value, an error dictionary, or an exception."""

from __future__ import annotations

from typing import Final

from polyloop.translate.errors import PolyloopError
from polyloop.translate.jsonvalue import ABSENT, Json, JsonObject

from .calls import Calls
from .journal import LoopError
from .ports import ApprovalRequest
from .state import CallStatus, Ending, EndReason, State

HEALTH_FAILED: Final = "Target Health Check Failed"
CREDITS_EXCEEDED: Final = "API Credits Exceeded"
"""Names of errors as existing callers compare them."""


class RunEndedError(LoopError, ValueError):
    """A run ended without a result. ``ending`` says how; the job can be resumed."""

    def __init__(self, message: str, ending: Ending) -> None:
        self.ending = ending
        super().__init__(message)


class NoResultError(RunEndedError):
    """The model ended its turn with neither a tool nor a result."""


class JobPausedError(LoopError, ValueError):
    """The job is paused. ``reason`` is approval, quota, rate_limit or the caller's own; ``until`` (seconds since 1970) where it is known."""

    def __init__(self, reason: str, until: float | None, state: State) -> None:
        self.reason = reason
        self.until = until
        self.state = state
        super().__init__(f"the job is paused: {reason}")

    @property
    def questions(self) -> tuple[ApprovalRequest, ...]:
        """What a person is asked. A `Decision` about each, given to a later run as ``decisions``, repeats its ``binding``."""
        asked = Calls(self.state)
        return tuple(asked.question(call) for call in self.state.calls if call.status is CallStatus.ASKING)


def result_of(state: State, error: PolyloopError | None = None) -> Json:
    """Return the run's result, or the dictionary that says what it failed by.

    Raises `JobPausedError` where the job waits, `NoResultError` where the model ended its turn without a result, and `RunEndedError` for
    every other end, each with the client's error as its cause where there is one.
    """
    if state.pause is not None:
        raise JobPausedError(state.pause.reason, state.pause.until, state) from error
    ending = state.ending
    assert ending is not None, "a run ends or is paused"
    match ending.reason:
        case EndReason.COMPLETED if ending.value is not ABSENT:
            return ending.value
        case EndReason.COMPLETED:
            raise NoResultError("Model ended its turn without providing any extractions", ending)
        case EndReason.BY_TOOL if ending.value is not ABSENT:
            return ending.value
        case EndReason.UNHEALTHY:
            return _failure(HEALTH_FAILED, ending.detail)
        case EndReason.FAILED if ending.kind == "quota":
            return _failure(CREDITS_EXCEEDED, ending.detail)
        case _:
            raise RunEndedError(_sentence(ending), ending) from error


def _failure(name: str, description: str) -> JsonObject:
    return {"success": False, "error": name, "error_description": description}


def _sentence(ending: Ending) -> str:
    if ending.reason is EndReason.FAILED:
        return ending.detail or "the provider gave no reply"
    return f"the run ended ({ending.reason.value})" + (f": {ending.detail}" if ending.detail else "")
