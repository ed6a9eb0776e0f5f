"""What a vLLM server that serves UI-TARS 1.5 refuses. It ignores keys it does not know.

Source: vLLM's documentation and issues, via the project's UI-TARS notes (2026-11-22); no live server was asked.
"""

from __future__ import annotations

from typing import Final

from polyloop.translate.jsonvalue import Json, JsonObject

from .. import images
from ..facts.record import objects
from ..failures import Rejected
from .request import Check
from .shape import is_one_of

_ROLES: Final = ("system", "user", "assistant", "tool")
_TYPES: Final = {
    "model": "string",
    "messages": "array",
    "max_tokens": "integer|null",
    "max_completion_tokens": "integer|null",
    "temperature": "number|null",
    "top_p": "number|null",
    "frequency_penalty": "number|null",
    "presence_penalty": "number|null",
    "stream": "boolean|null",
    "stream_options": "object|null",
    "stop": "string|array|null",
    "seed": "integer|null",
    "n": "integer|null",
}


def check(looked_at: Check) -> None:
    """Raise `Rejected` where the server would refuse the request."""
    body = looked_at.body
    for key, types in _TYPES.items():
        if key not in body and key in ("model", "messages"):
            raise _invalid(key, "Field required")
        if key in body and not is_one_of(body[key], types):
            raise _invalid(key, f"Input should be a valid {types.partition('|')[0]}")
    _features(body)
    if not body["messages"]:
        raise Rejected("list index out of range")
    for index, message in enumerate(body["messages"]):
        _message(message, index, looked_at)
    count = sum(_is_image(part) for message in body["messages"] for part in objects(message.get("content")))
    if count > looked_at.limits.images:
        raise Rejected(f"At most {looked_at.limits.images} image(s) may be provided in one request.")


def _invalid(key: str, problem: str) -> Rejected:
    return Rejected(f"[{{'loc': ('body', '{key}'), 'msg': '{problem}'}}]", param=key)


def _features(body: JsonObject) -> None:
    """The model has no tools: its actions are text."""
    if body.get("tools"):
        raise Rejected('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set')
    if body.get("tool_choice") not in (None, "none"):
        raise Rejected("When using `tool_choice`, `tools` must be set.")
    if body.get("response_format") not in (None, {"type": "text"}):
        raise Rejected("response_format is not supported by this model")
    if body.get("stream_options") is not None and body.get("stream") is not True:
        raise Rejected("Stream options can only be defined when `stream=True`.")
    if isinstance(body.get("max_tokens"), int) and body["max_tokens"] < 1:
        raise Rejected(f"max_tokens must be at least 1, got {body['max_tokens']}.")


def _message(message: Json, index: int, looked_at: Check) -> None:
    role = message.get("role") if isinstance(message, dict) else None
    if role not in _ROLES:
        raise Rejected(f"messages[{index}]: Unexpected message role.")
    content = message.get("content")
    if not isinstance(content, str | list):
        raise Rejected(f"messages[{index}]: content should be a string or a list of parts")
    for part in objects(content):
        if part.get("type") not in ("text", "image_url"):
            raise Rejected(f"Unknown part type: {part.get('type')}")
        if _is_image(part):
            _image(part, looked_at)


def _is_image(part: JsonObject) -> bool:
    return part.get("type") == "image_url"


def _image(part: JsonObject, looked_at: Check) -> None:
    address = part.get("image_url")
    url = address.get("url") if isinstance(address, dict) else None
    if not isinstance(url, str):
        raise Rejected("image_url must be an object with a url")
    parsed = images.from_data_url(url)
    if parsed is None:
        if not url.startswith(("http://", "https://")):
            raise Rejected("The URL must be either a HTTP, data or file URL.")
        return
    raw = images.decode(parsed[1])
    if looked_at.settings.check_image_bytes and (raw is None or images.media_type(raw) is None):
        raise Rejected("cannot identify image file")
