"""Rules that both of OpenAI's wires share: reasoning models, names, strict schemas, inline images."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from polyloop.translate.jsonvalue import Json, JsonObject

from .. import images
from ..failures import Rejected
from .pictures import Picture, check_bytes
from .request import Check
from .shape import Path, bracketed

REASONING_MODEL: Final = re.compile(r"(o\d|gpt-5(?!.*chat)|gpt-6)")
"""Models that can reason. While they do they take no sampling parameters."""

NO_STOP_MODEL: Final = re.compile(r"(o1|gpt-5(-|$)|gpt-5\.[6-9]|gpt-6)")
"""Models that take no stop sequences (recorded for o1-mini, gpt-5-mini and gpt-5.6; o3-mini takes them)."""

# gpt-5.1 to gpt-5.5 reason only when they are asked to (recorded: gpt-5.4 takes a temperature, gpt-5-nano and 5.6 do not).
_REASONS_WHEN_ASKED: Final = re.compile(r"gpt-5\.[1-5]")

_NAME: Final = re.compile(r"[a-zA-Z0-9_-]+")
_NAME_LENGTH: Final = 64
_FORMATS: Final = "['png', 'jpeg', 'gif', 'webp']"
_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "frequency_penalty": (-2, 2),
    "presence_penalty": (-2, 2),
}


def check_sampling(looked_at: Check, effort: Json) -> None:
    """Raise `Rejected` for a sampling parameter out of its range, or one that a reasoning model does not take."""
    for key, (least, most) in _RANGES.items():
        value = looked_at.body.get(key)
        if value is None:
            continue
        if value > most:
            message = (
                f"Invalid '{key}': decimal above maximum value. Expected a value <= {most}, but got {value} instead."
            )
            raise Rejected(message, param=key, code="decimal_above_max_value")
        if value < least:
            message = (
                f"Invalid '{key}': decimal below minimum value. Expected a value >= {least}, but got {value} instead."
            )
            raise Rejected(message, param=key, code="decimal_below_min_value")
        default = 1 if key in ("temperature", "top_p") else 0
        if value != default and reasons(looked_at.model, effort):
            raise unsupported(key)


def reasons(model: str, effort: Json) -> bool:
    """Tell whether a model reasons about a request of this effort (None: not stated)."""
    if effort is None:
        return bool(REASONING_MODEL.match(model)) and not _REASONS_WHEN_ASKED.match(model)
    return bool(REASONING_MODEL.match(model)) and effort != "none"


def unsupported(key: str, instead: str = "") -> Rejected:
    """Word the complaint about a parameter that the model does not take."""
    hint = f" Use '{instead}' instead." if instead else ""
    message = f"Unsupported parameter: '{key}' is not supported with this model.{hint}"
    return Rejected(message, param=key, code="unsupported_parameter")


def check_name(name: str, path: Path) -> None:
    """Raise `Rejected` for a function name of another alphabet or over its length."""
    place = bracketed(path)
    if not _NAME.fullmatch(name):
        pattern = f"^{_NAME.pattern}$"
        message = (
            f"Invalid '{place}': string does not match pattern. Expected a string that matches the pattern '{pattern}'."
        )
        raise Rejected(message, param=place, code="invalid_value")
    if len(name) > _NAME_LENGTH:
        message = (
            f"Invalid '{place}': string too long. Expected a string with maximum length {_NAME_LENGTH}, "
            f"but got a string with length {len(name)} instead."
        )
        raise Rejected(message, param=place, code="string_above_max_length")


def check_parameters(tool: JsonObject, path: Path) -> None:
    """Raise `Rejected` for a schema that is no object's, or not closed though the tool is strict."""
    schema, name = tool.get("parameters"), tool["name"]
    if not isinstance(schema, dict):
        return
    if schema and schema.get("type") != "object":
        found = schema.get("type")
        problem = f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{found}\"'."
        raise _schema(name, problem, path)
    if tool.get("strict"):
        _strict(schema, (), name, path)


def _strict(schema: JsonObject, context: tuple[str, ...], name: str, path: Path) -> None:
    """Every object is closed, and requires each of its properties."""
    where = f"In context=({', '.join(repr(step) for step in context)}{',' if len(context) == 1 else ''}), "
    properties = schema.get("properties")
    if schema.get("type") == "object" or isinstance(properties, dict):
        if schema.get("additionalProperties") is not False:
            raise _schema(name, where + "'additionalProperties' is required to be supplied and to be false.", path)
        required = schema.get("required")
        for key in properties if isinstance(properties, dict) else ():
            if not isinstance(required, list) or key not in required:
                problem = (
                    "'required' is required to be supplied and to be an array including every key in properties. "
                    f"Missing '{key}'."
                )
                raise _schema(name, where + problem, path)
    for key, inner in properties.items() if isinstance(properties, dict) else ():
        if isinstance(inner, dict):
            _strict(inner, (*context, "properties", key), name, path)
    if isinstance(schema.get("items"), dict):
        _strict(schema["items"], (*context, "items"), name, path)


def _schema(name: str, problem: str, path: Path) -> Rejected:
    message = f"Invalid schema for function '{name}': {problem}"
    return Rejected(message, param=bracketed((*path, "parameters")), code="invalid_function_parameters")


def check_image_url(url: str, path: Path, looked_at: Check) -> None:
    """Raise `Rejected` for an address that is neither of the web nor an inline image of a type that is taken."""
    place = bracketed(path)
    parsed = images.from_data_url(url)
    if parsed is None:
        if url.startswith(("https://", "http://")):
            return
        message = f"Invalid '{place}'. Expected a valid URL, but got a value with an invalid format."
        raise Rejected(message, param=place, code="invalid_image_url")
    if not looked_at.settings.check_image_bytes:
        return
    try:
        check_bytes(Picture(media_type=parsed[0], data=parsed[1], path=path), looked_at.limits)
    except Rejected as rejected:
        message = f"You uploaded an unsupported image. Please make sure your image has of one the following formats: {_FORMATS}."
        raise Rejected(message, param=place, code="invalid_image_format") from rejected
