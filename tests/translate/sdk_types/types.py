"""The SDKs' own types as closed validators: pydantic checks a value by the types as they are published, and extra keys are refused.

The parameter types are TypedDicts, which at run time check nothing, and the reply models take any key and are never strict: pydantic makes
a schema of each, and what is changed in it is that records take their own keys only. Another engine and another source than the lists in
``tests/translate/closed``: those are of newer SDKs, these are what a user has installed.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from anthropic.types import Message
from anthropic.types import message_create_params as anthropic_request
from anthropic.types.beta import BetaMessage
from anthropic.types.beta import message_create_params as anthropic_beta_request
from openai.types.chat import ChatCompletion
from openai.types.chat import completion_create_params as chat_request
from openai.types.responses import Response
from openai.types.responses import response_create_params as responses_request
from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic_core import ErrorDetails, SchemaValidator, ValidationError

TYPES: Final[Mapping[tuple[str, str], Any]] = {
    ("anthropic", "request"): anthropic_beta_request.MessageCreateParams,
    ("anthropic", "response"): BetaMessage,
    ("anthropic without betas", "request"): anthropic_request.MessageCreateParams,
    ("anthropic without betas", "response"): Message,
    ("openai-chat", "request"): chat_request.CompletionCreateParams,
    ("openai-chat", "response"): ChatCompletion,
    ("openai-responses", "request"): responses_request.ResponseCreateParams,
    ("openai-responses", "response"): Response,
    ("uitars", "request"): chat_request.CompletionCreateParams,
    ("uitars", "response"): ChatCompletion,
}
"""What each wire's requests and replies are, in the SDK of its provider."""

NEWER: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    # chat.chat_completion_content_part_image_param of openai 3.54.0, read 2026-11-24; 3.3.0 has auto, low and high
    ("ImageURL", "detail"): ("original",),
}
"""(record, field) -> words that the provider takes there and the installed SDK does not name yet, each with where it is published."""


@cache
def schema_of(wire: str, kind: str) -> Any:
    """Return pydantic's schema of a wire's requests or replies, its records closed."""
    published = TYPES[wire, kind]
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # of records that say of themselves that they take further keys: these stay open
        if isinstance(published, type) and issubclass(published, BaseModel):
            published.model_rebuild(force=True)
            return closed(published.__pydantic_core_schema__)
        config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")
        return closed(TypeAdapter(published, config=config).core_schema)


def closed(schema: Any) -> Any:
    """Return a schema whose records take no key but their own, and whose iterables are arrays, as they are in JSON."""
    if isinstance(schema, (list, tuple)):
        return type(schema)(map(closed, schema))
    if not isinstance(schema, dict):
        return schema
    made = {key: item if key in ("metadata", "cls", "expected") else closed(item) for key, item in schema.items()}
    match made.get("type"):
        case "model-fields" if (
            "extras_schema" not in made
        ):  # which says of what type further keys are: a record that is open
            made["extra_behavior"] = "forbid"
        case "typed-dict":
            if made.get("extra_behavior") != "allow":
                made["extra_behavior"] = "forbid"
            for name, field in made["fields"].items():
                _add_newer(field["schema"], NEWER.get((made["cls"].__name__, name), ()))
        case "generator":  # checked when somebody takes from it, that is never
            made["type"] = "list"
        case _:
            pass
    return made


@cache
def validator_of(wire: str, kind: str) -> SchemaValidator:
    """Return what checks a wire's requests or replies."""
    return SchemaValidator(schema_of(wire, kind))


def problems(value: Any, wire: str, kind: str) -> list[str]:
    """Return what of a value the SDK's type does not allow, as ``place: what``, one place for each member of a union that is meant."""
    # A lone surrogate has no place in UTF-8; what stands for it here is a text all the same.
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    try:
        validator_of(wire, kind).validate_json(text, strict=True)
    except ValidationError as error:
        return list(_meant(error.errors(include_url=False, include_context=False)))
    return []


def _add_newer(schema: Any, words: Sequence[str]) -> None:
    if words:
        schema["expected"] = [*schema["expected"], *words]


def _meant(errors: Sequence[ErrorDetails]) -> Iterator[str]:
    """Yield the problems of those members of unions that the value is meant to be: whose ``type``, ``role`` and ``stream`` it has."""
    others = {error["loc"][:-1] for error in errors if error["loc"][-1:] in _TAGS and error["type"] in _NOT_IT}
    meant = [error for error in errors if not any(_inside(error["loc"], other) for other in others)]
    for error in meant:
        yield f"{_path(error['loc'])}: {error['msg']}, found {str(error['input'])[:60]!r}"
    told = [error["loc"] for error in meant]
    for union in sorted({other[:-1] for other in others}, key=lambda union: (-len(union), str(union))):
        if not any(_inside(place, union) for place in told) and not any(_inside(union, other) for other in others):
            told.append(union)
            yield f"{_path(union)}: is of none of the types"


_TAGS: Final = (("type",), ("role",), ("stream",))
_NOT_IT: Final = ("literal_error", "missing")


def _inside(place: Sequence[int | str], outer: Sequence[int | str]) -> bool:
    return tuple(place[: len(outer)]) == tuple(outer)


def _path(place: Sequence[int | str]) -> str:
    return "".join(f"/{str(token).partition(chr(91))[0]}" for token in place)
