"""What a request says about the call itself: thinking, output, sampling, metadata, versions."""

from __future__ import annotations

from typing import Any, Final

from .. import hub
from ..codec import decode_as, encode, encode_value
from ..errors import WriteError
from ..jsonvalue import ABSENT, Absent, Json
from .residue import FAMILY, assemble, build, nulls, ours, own, own_of
from .tables import UNSAYABLE_SAMPLING, UNSAYABLE_SETTINGS
from .wire import JsonOutputFormat, MessagesRequest, Metadata, OutputConfig, ThinkingConfig

JSON_SCHEMA: Final = "json_schema"
Fields = dict[str, Json]
"""Residue or spelling in the making, keyed as the request is."""


# Thinking and effort.


def read_reasoning(request: MessagesRequest, context: str | Absent, spelling: Fields) -> hub.Reasoning | Absent | None:
    """Read ``thinking`` and ``output_config.effort`` as one record, with the ``context`` that an edit says."""
    thinking, config = request.thinking, request.output_config
    effort = config.effort if isinstance(config, OutputConfig) else ABSENT
    if isinstance(thinking, ThinkingConfig):
        if not effort is context is ABSENT and encode(thinking) == {}:
            spelling["thinking"] = {}
        return hub.Reasoning(
            effort=effort,
            budget=thinking.budget_tokens,
            display=thinking.display,
            mode=thinking.type,
            context=context,
            own=own_of(thinking, "block_binding"),
            spelling=own(nulls(thinking, "block_binding")),
        )
    if effort is context is ABSENT:
        return thinking
    if thinking is None:
        spelling["thinking"] = None
    return hub.Reasoning(effort=effort, context=context)


def write_thinking(reasoning: hub.Reasoning | Absent | None) -> ThinkingConfig | Absent | None:
    """Write how much to think; effort and context are written elsewhere, and alone they leave ``thinking`` out."""
    if not isinstance(reasoning, hub.Reasoning):
        return reasoning
    stated = (reasoning.mode, reasoning.budget, reasoning.display)
    unsaid = all(value is ABSENT for value in stated) and not ours(reasoning.own) and not ours(reasoning.spelling)
    if unsaid and not reasoning.effort is reasoning.context is ABSENT:
        return ABSENT
    return build(
        ThinkingConfig,
        reasoning,
        type=reasoning.mode,
        budget_tokens=reasoning.budget,
        display=reasoning.display,
    )


# The form of the answer.


def read_format(request: MessagesRequest, residue: Fields, spelling: Fields) -> hub.Format | Absent | None:
    """Read ``output_config.format``, or ``output_format`` as it was called before; the rest of the config is residue."""
    config = request.output_config
    rest: Fields = {}
    asked: JsonOutputFormat | Absent | None = ABSENT
    if isinstance(config, OutputConfig):
        rest = {**_present(config, "task_budget"), **config.extra}
        asked = config.format
        if not rest and config.effort is ABSENT and asked is ABSENT:
            spelling["output_config"] = {}
    elif config is None:
        spelling["output_config"] = None
    format = _read_format(asked)
    if format is ABSENT and isinstance(asked, JsonOutputFormat):
        rest["format"] = encode(asked)
    if rest:
        residue["output_config"] = rest
    if request.output_format is ABSENT:
        return format
    return _read_old_format(request.output_format, format, asked, residue, spelling)


def _present(record: Any, name: str) -> Fields:
    value = getattr(record, name)
    return {} if value is ABSENT else {name: encode_value(value)}


def _read_old_format(
    old: JsonOutputFormat | Absent | None,
    format: hub.Format | Absent | None,
    asked: JsonOutputFormat | Absent | None,
    residue: Fields,
    spelling: Fields,
) -> hub.Format | Absent | None:
    read = _read_format(old)
    if asked is not ABSENT or (read is ABSENT and isinstance(old, JsonOutputFormat)):
        residue["output_format"] = encode_value(old)
        return format
    spelling["format"] = "output_format"
    return read


def _read_format(asked: JsonOutputFormat | Absent | None) -> hub.Format | Absent | None:
    if not isinstance(asked, JsonOutputFormat):
        return asked
    if asked.type != JSON_SCHEMA:
        return ABSENT
    return hub.Format(kind="schema", schema=asked.schema, own=own_of(asked))


def write_output(request: hub.Request, residue: Fields, spelling: Fields) -> Fields:
    """Write ``output_config`` and, where it was said so, ``output_format``."""
    format = _write_format(request.format)
    effort = request.reasoning.effort if isinstance(request.reasoning, hub.Reasoning) else ABSENT
    alone = "format" not in residue.get("output_config", {})
    if format is ABSENT and alone and _is_format(residue.get("output_format", ABSENT)):
        del residue["output_format"]  # a second one beside the first: alone it would be the first
    old = spelling.pop("format", None) == "output_format" and format is not ABSENT
    rest = residue.pop("output_config", None)
    stated = {"effort": effort, "format": ABSENT if old else format}
    written: Fields = {"output_format": format} if old else {}
    if rest or any(value is not ABSENT for value in stated.values()):
        written["output_config"] = assemble(OutputConfig, rest or {}, stated)
    return written


def _is_format(document: Json) -> bool:
    return document is None or (isinstance(document, dict) and document.get("type") == JSON_SCHEMA)


def _write_format(format: hub.Format | Absent | None) -> JsonOutputFormat | Absent | None:
    if not isinstance(format, hub.Format):
        return format
    named = (format.name, format.description, format.strict)
    if format.kind != "schema" or any(value is not ABSENT for value in named):
        raise WriteError("the Messages API knows an answer's form by its schema only, without name or strictness")
    return build(JsonOutputFormat, format, type=JSON_SCHEMA, schema=format.schema)


# Sampling, metadata, and what the call goes on from.


def write_sampling(sampling: hub.Sampling) -> Fields:
    """Write the sampling parameters of version 2023-06-01."""
    for name in UNSAYABLE_SAMPLING:
        if getattr(sampling, name) is not ABSENT:
            raise WriteError(f"the Messages API has no {name}")
    return {"temperature": sampling.temperature, "top_k": sampling.top_k, "top_p": sampling.top_p}


def read_settings(request: MessagesRequest, residue: Fields, spelling: Fields) -> hub.Settings:
    """Read ``stream``, ``service_tier`` and ``metadata``, whose one published key names the end user."""
    metadata = request.metadata
    user: str | Absent | None = ABSENT
    if isinstance(metadata, Metadata):
        user = metadata.user_id
        if metadata.extra:
            residue["metadata"] = dict(metadata.extra)
        if metadata.key_order is not None:
            spelling["metadata"] = list(metadata.key_order)
        elif not metadata.extra and user is ABSENT:
            spelling["metadata"] = []
    elif metadata is None:
        spelling["metadata"] = None
    return hub.Settings(stream=request.stream, user=user, service_tier=request.service_tier)


def write_settings(settings: hub.Settings, residue: Fields, spelling: Fields) -> Fields:
    """Write what `read_settings` reads."""
    for name in UNSAYABLE_SETTINGS:
        if getattr(settings, name) is not ABSENT:
            raise WriteError(f"the Messages API has no {name}")
    written: Fields = {"stream": settings.stream, "service_tier": settings.service_tier}
    extra = residue.pop("metadata", None)
    spelled = spelling.pop("metadata", ABSENT)
    if extra or settings.user is not ABSENT or isinstance(spelled, list):
        document = {**({} if settings.user is ABSENT else {"user_id": settings.user}), **(extra or {})}
        order = [key for key in spelled or () if key in document]
        written["metadata"] = decode_as(Metadata, {**dict.fromkeys(order), **document})
    elif spelled is None:
        written["metadata"] = None
    return written


def read_continues(request: MessagesRequest, residue: Fields, spelling: Fields) -> tuple[hub.Continues, ...]:
    """Read the container and the thread that a request goes on in."""
    found: list[hub.Continues] = []
    for key in ("container", "thread"):
        document = getattr(request, key)
        if document is None:
            spelling[key] = None
        elif document is not ABSENT:
            state = _read_state(key, document)
            if state is None:
                residue[key] = document
            else:
                found.append(state)
    return tuple(found)


def _read_state(key: str, document: Json) -> hub.Continues | None:
    match key, document:
        case "container", str() | {"id": str()}:
            return hub.Continues(kind="container", id=document, family=FAMILY)
        case "thread", {"type": "continue", "previous_message_id": str() as message, **rest} if not rest:
            return hub.Continues(kind="thread", id=message, family=FAMILY)
        case _:
            return None


def write_continues(states: tuple[hub.Continues, ...]) -> Fields:
    """Write the state that a request goes on from."""
    written: Fields = {}
    for state in states:
        thread = {"type": "continue", "previous_message_id": state.id}
        document = thread if state.kind == "thread" else state.id
        if state.kind in written or "thread" in written or _read_state(state.kind, document) != state:
            raise WriteError(f"the Messages API cannot go on from a {state.kind} of {state.family}")
        written[state.kind] = document
    return written
