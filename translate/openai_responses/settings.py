"""What a request says about the call itself: the form of the answer, reasoning, sampling, and state on the server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from .. import hub
from ..codec import encode
from ..jsonvalue import ABSENT, Absent, Json, JsonObject
from . import wire
from . import wire_tools as config
from .residue import FAMILY, NOTHING, assemble, build, nulls, ours, own, refuse, residue
from .tables import LOGPROBS

# The form of the answer.


def read_format(format: config.Format) -> hub.Format | None:
    """Read ``text.format``; ``None`` where it is of a form that nobody documents."""
    match format:
        case config.ResponseFormatText():
            return hub.Format(kind="text", own=residue(format))
        case config.ResponseFormatJSONObject():
            return hub.Format(kind="json", own=residue(format))
        case config.ResponseFormatTextJSONSchemaConfig():
            name = ABSENT if format.name is None else format.name
            return hub.Format(
                kind="schema", name=name, description=format.description, schema=format.schema, strict=format.strict,
                own=residue(format), spelling=own(nulls(format, "name")),
            )  # fmt: skip
        case _:
            return None


def write_format(format: hub.Format) -> config.Format:
    if format.kind == "schema":
        stated = {
            "name": format.name, "description": format.description, "schema": format.schema, "strict": format.strict,
        }  # fmt: skip
        return build(config.ResponseFormatTextJSONSchemaConfig, format, stated)
    if not (format.name is format.description is format.schema is format.strict is ABSENT):
        raise refuse("a schema of an answer that is not to follow one")
    if format.kind == "text":
        return build(config.ResponseFormatText, format, {})
    return build(config.ResponseFormatJSONObject, format, {})


def read_text(
    text: config.TextConfig | Absent | None, rest: JsonObject, spelling: JsonObject
) -> tuple[hub.Format | Absent | None, str | Absent | None]:
    """Read ``text``: the form of the answer, and how wordy it is."""
    if text is ABSENT or text is None:
        if text is None:
            spelling["text"] = None
        return ABSENT, ABSENT
    fields: JsonObject = dict(text.extra)
    format: hub.Format | Absent | None = ABSENT
    if text.format is not ABSENT:
        format = None if text.format is None else read_format(text.format)
        if text.format is not None and format is None:
            fields["format"] = encode(text.format)
            format = ABSENT
    if fields:
        rest["text"] = fields
    elif format is ABSENT and text.verbosity is ABSENT:
        spelling["text"] = {}
    return format, text.verbosity


def write_text(request: hub.Request) -> Any:
    """Write ``text``; ABSENT where nothing of it is said."""
    rest, spelling = ours(request.own).get("text", {}), ours(request.spelling)
    stated: dict[str, Any] = {"verbosity": request.settings.verbosity}
    if request.format is not ABSENT:
        stated["format"] = None if request.format is None else write_format(request.format)
    if len(stated) == 1 and request.settings.verbosity is ABSENT and not rest:
        return spelling.get("text", ABSENT)
    return assemble(config.TextConfig, rest, NOTHING, stated)


# Reasoning.


def read_reasoning(reasoning: config.Reasoning | Absent | None) -> hub.Reasoning | Absent | None:
    """Read ``reasoning``. ``mode`` (standard, pro) is another thing than the hub's and stays here."""
    if reasoning is ABSENT or reasoning is None:
        return reasoning
    display = reasoning.summary
    names = ["mode"]
    spelling: JsonObject = {}
    if reasoning.generate_summary is not ABSENT:
        if display is ABSENT:
            display = reasoning.generate_summary
            spelling["display"] = "generate_summary"
        else:
            names.append("generate_summary")
    return hub.Reasoning(
        effort=reasoning.effort, display=display, context=reasoning.context, own=residue(reasoning, *names),
        spelling=own(spelling),
    )  # fmt: skip


def write_reasoning(reasoning: hub.Reasoning | Absent | None) -> Any:
    if reasoning is ABSENT or reasoning is None:
        return reasoning
    if reasoning.budget is not ABSENT or reasoning.mode is not ABSENT:
        raise refuse("a budget or a mode of reasoning")
    key = ours(reasoning.spelling).get("display", "summary")
    if key in ours(reasoning.own):
        key = "summary"
    stated = {"effort": reasoning.effort, "context": reasoning.context, key: reasoning.display}
    return build(config.Reasoning, reasoning, stated)


# What the server does with the conversation by itself.

COMPACTION: Final = "compaction"
_THRESHOLD: Final = "compact_threshold"


def read_compaction(rest: JsonObject) -> hub.Compaction | None:
    """Take the one entry of ``context_management`` that there is out of a request's residue. More than one stay there."""
    entries = rest.get("context_management")
    entry = entries[0] if isinstance(entries, list) and len(entries) == 1 else None
    if not isinstance(entry, dict) or entry.get("type") != COMPACTION:
        return None
    threshold = entry.get(_THRESHOLD, ABSENT)
    if threshold is not ABSENT and threshold is not None and type(threshold) is not int:
        return None
    del rest["context_management"]
    fields = {key: value for key, value in entry.items() if key not in ("type", _THRESHOLD)}
    return hub.Compaction(threshold=threshold, own=own(fields))


def write_compaction(request: hub.Request) -> Json:
    """Write ``context_management``; ABSENT where it is not said, or says more than the hub can."""
    compaction = request.compaction
    if compaction is None:
        return ABSENT
    if "context_management" in ours(request.own):
        raise refuse("a compaction beside another management of the context")
    threshold = {} if compaction.threshold is ABSENT else {_THRESHOLD: compaction.threshold}
    return [{"type": COMPACTION, **threshold, **ours(compaction.own)}]


# Sampling.


def read_include(
    include: Sequence[Json] | Absent | None, rest: JsonObject, spelling: JsonObject
) -> tuple[bool | Absent, tuple[str, ...] | Absent]:
    """Read from ``include`` whether log probabilities are asked for, which is a parameter of sampling, and what else is."""
    if include is ABSENT:
        return ABSENT, ABSENT
    if include is None:
        spelling["include"] = None
        return ABSENT, ABSENT
    entries = list(include)
    if not all(isinstance(entry, str) for entry in entries):
        rest["include"] = entries
        return ABSENT, ABSENT
    if entries.count(LOGPROBS) != 1:
        return ABSENT, tuple(entries)
    spelling["include_at"] = entries.index(LOGPROBS)
    entries.remove(LOGPROBS)
    return True, tuple(entries) or ABSENT


def write_include(request: hub.Request) -> Any:
    """Write ``include``."""
    spelling, include = ours(request.spelling), request.settings.include
    entries = list(ours(request.own).get("include", ()) if include is ABSENT else include)
    if request.sampling.logprobs is True:
        if include == () or LOGPROBS in entries:
            raise refuse("that nothing is asked for beside the answer, or log probabilities twice")
        entries.insert(min(spelling.get("include_at", len(entries)), len(entries)), LOGPROBS)
    elif request.sampling.logprobs is not ABSENT:
        raise refuse("that no log probabilities are wanted")
    elif entries.count(LOGPROBS) == 1 and all(isinstance(entry, str) for entry in entries):
        raise refuse("log probabilities as anything but a parameter of sampling")
    if entries or include == () or "include" in ours(request.own):
        return tuple(entries)
    return spelling.get("include", ABSENT)


def check_sampling(sampling: hub.Sampling) -> None:
    """Refuse what the wire has no parameter for."""
    for name in UNKNOWN_SAMPLING:
        if getattr(sampling, name) is not ABSENT:
            raise refuse(f"{name} of sampling")


UNKNOWN_SAMPLING: Final = ("top_k", "seed", "frequency_penalty", "presence_penalty", "logit_bias", "n")


# State on the server.

_STATES: Final = (("previous_response_id", "response"), ("conversation", "conversation"), ("prompt", "prompt"))


def read_continues(record: wire.Request | wire.Response, spelling: JsonObject) -> tuple[hub.Continues, ...]:
    """Read what a request goes on from. A conversation's and a prompt's ``id`` is whatever stood there."""
    found = []
    for key, kind in _STATES:
        value = getattr(record, key)
        if value is None:
            spelling[key] = None
        elif value is not ABSENT:
            found.append(hub.Continues(kind=kind, id=value, family=FAMILY))  # type: ignore[arg-type]
    return tuple(found)


def write_continues(continues: tuple[hub.Continues, ...]) -> dict[str, Any]:
    """Write what a request goes on from."""
    stated: dict[str, Any] = {}
    keys = {kind: key for key, kind in _STATES}
    order, place = list(keys), 0
    for state in continues:
        if state.family != FAMILY or state.kind not in keys:
            raise refuse(f"a {state.kind} of {state.family} to go on from")
        if order.index(state.kind) < place:
            raise refuse("what to go on from twice, or in another order")
        place = order.index(state.kind) + 1
        if state.id is None or state.id is ABSENT or (state.kind == "response" and not isinstance(state.id, str)):
            raise refuse(f"a {state.kind} without an id to go on from")
        stated[keys[state.kind]] = state.id
    return stated
