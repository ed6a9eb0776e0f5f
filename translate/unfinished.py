"""What a reply that is not whole says of its calls and its usage, where the wire itself has no word for it.

The Messages API and Chat Completions mark no call as cut short: one is, where the reply broke off, ran into a limit or was stopped, and the
call's arguments are no JSON object. Its state is ``cut`` then, and its arguments the raw text, so that nobody takes it for one that may
run. And what a broken-off reply had counted when it broke off is a lower bound, on every wire.

`settled` is the end of reading and of adapting, `unsettled` the beginning of writing; each undoes the other.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias, TypeVar

import attrs

from . import hub
from .adapting import Adapter, Adapting
from .errors import WriteError
from .jsonvalue import ABSENT

_WHOLE: Final = (
    hub.Reason.END_TURN, hub.Reason.TOOL_USE, hub.Reason.STOP_SEQUENCE, hub.Reason.PAUSE_TURN, hub.Reason.COMPACTION
)  # fmt: skip
"""Reasons to stop behind which everything that was begun is complete."""


def ended_whole(stop: hub.StopReason | None) -> bool:
    """Tell of a reason to stop whether everything that was begun is complete behind it."""
    return stop in _WHOLE


def broke_off(response: hub.Response) -> bool:
    """Tell whether a reply ended without saying why: its connection was cut, or it is still under way."""
    return response.status == "cut" and all(candidate.stop is None for candidate in response.candidates)


def settled(response: hub.Response, *, calls: bool = True, raw_input: bool = False) -> hub.Response:
    """Mark calls that are not whole, and counts that are lower bounds. ``calls`` is false where the wire marks calls itself.

    With ``raw_input`` the wire has the value itself, and raw text in its place only where a call is not whole: text that is said to be
    the arguments of a whole call is no sign of a cut.
    """
    if calls:
        candidates = tuple(_settled_candidate(candidate, raw_input) for candidate in response.candidates)
        if any(one is not other for one, other in zip(candidates, response.candidates, strict=True)):
            response = attrs.evolve(response, candidates=candidates)
    if response.usage is None or not broke_off(response):
        return response
    return _counted(response, hub.Known, hub.AtLeast)


def settling(adapt: Adapter, *, calls: bool = True, raw_input: bool = False) -> Adapter:
    """Return an adapter of replies that leaves them settled: what it wrote would be read with these marks."""

    def adapt_response(response: hub.Response, adapting: Adapting) -> hub.Response:
        adapted = adapt(response, adapting)
        assert isinstance(adapted, hub.Response)
        return settled(adapted, calls=calls, raw_input=raw_input)

    return adapt_response


def unsettled(
    response: hub.Response, *, calls: bool = True, counts: bool = True, raw_input: bool = False
) -> hub.Response:
    """Take the marks off that reading puts on again. With ``raw_input`` raw text goes where the wire has the value itself.

    ``counts`` is false where another wire's writer, called next, sees to the usage.

    Raises `WriteError` where the reply has marks, or lacks some, that reading would not give it.
    """
    if calls:
        candidates = tuple(_unsettled_candidate(candidate, raw_input) for candidate in response.candidates)
        response = attrs.evolve(response, candidates=candidates)
    if not counts or response.usage is None or not broke_off(response):
        return response
    counted = (response.usage, *response.tool_usage)
    if any(isinstance(getattr(of, field.name), hub.Known) for of in counted for field in attrs.fields(type(of))):
        raise WriteError("counts of a reply that broke off are lower bounds: adapt the record first")
    return _counted(response, hub.AtLeast, hub.Known)


Count: TypeAlias = hub.Known | hub.AtLeast
Counted = TypeVar("Counted", hub.Usage, hub.ToolUsage)


def _counted(response: hub.Response, old: type[Count], new: type[Count]) -> hub.Response:
    """Make all counts of one kind counts of another."""
    assert response.usage is not None
    tools = tuple(_recounted(of, old, new) for of in response.tool_usage)
    return attrs.evolve(response, usage=_recounted(response.usage, old, new), tool_usage=tools)


def _recounted(usage: Counted, old: type[Count], new: type[Count]) -> Counted:
    counts = {field.name: getattr(usage, field.name) for field in attrs.fields(type(usage))}
    changed: dict[str, Any] = {name: new(n=count.n) for name, count in counts.items() if isinstance(count, old)}
    return attrs.evolve(usage, **changed) if changed else usage


def _settled_candidate(candidate: hub.Candidate, raw_input: bool) -> hub.Candidate:
    if candidate.stop in _WHOLE:
        return candidate
    parts = candidate.turn.parts
    marked = tuple(_marked(part) if _is_cut(part, raw_input, last=part is parts[-1]) else part for part in parts)
    if all(one is other for one, other in zip(marked, parts, strict=True)):
        return candidate
    return attrs.evolve(candidate, turn=attrs.evolve(candidate.turn, parts=marked))


def _is_cut(part: hub.Part, raw_input: bool, *, last: bool) -> bool:
    """Tell whether a call is not whole. Free text cannot show it: the last of a reply that is not whole is taken to be cut."""
    if not isinstance(part, hub.Call) or part.actions is not ABSENT:
        return False
    if part.form == "custom":
        return last
    if raw_input and part.state == "complete" and part.arguments.text is not ABSENT:
        return False
    return part.form == "function" and not isinstance(part.arguments.value, dict)


def _marked(part: hub.Part) -> hub.Part:
    assert isinstance(part, hub.Call)
    if part.state != "complete":
        return part
    raw = part.arguments.value
    if part.arguments.text is ABSENT and isinstance(raw, str):
        return attrs.evolve(part, state="cut", arguments=hub.Arguments(text=raw))
    return attrs.evolve(part, state="cut")


def _unsettled_candidate(candidate: hub.Candidate, raw_input: bool) -> hub.Candidate:
    parts = candidate.turn.parts
    if candidate.stop in _WHOLE or not any(isinstance(part, hub.Call) for part in parts):
        return candidate
    bare = tuple(
        _unmarked(part, raw_input) if _is_cut(part, raw_input, last=part is parts[-1]) else part for part in parts
    )
    return attrs.evolve(candidate, turn=attrs.evolve(candidate.turn, parts=bare))


def _unmarked(part: hub.Part, raw_input: bool) -> hub.Part:
    assert isinstance(part, hub.Call)
    if part.state == "complete":
        raise WriteError("a call that is not whole, in a reply that is not whole, is cut: adapt the record first")
    if part.state != "cut":
        return part
    said = part.arguments
    if not raw_input or part.form != "function":
        return attrs.evolve(part, state="complete")
    if isinstance(said.value, str):
        raise WriteError("the raw text of arguments that were cut short is no value")
    if said.text is not ABSENT and said.value is ABSENT:
        said = hub.Arguments(value=said.text)
    return attrs.evolve(part, state="complete", arguments=said)
