"""Messages of a chat completions request: roles, content parts, calls."""

from __future__ import annotations

from typing import Final

from polyloop.translate.jsonvalue import Json, JsonObject

from ...failures import Rejected
from ..openai_rules import check_image_url, check_name
from ..request import Check
from ..shape import OpenAI, Path, bracketed, invalid_value, too_long
from .form import check
from .tables import CALLED, CALLS, MESSAGES, PARTS, PARTS_OF, ROLES

ID_LENGTH: Final = 40


def check_messages(looked_at: Check) -> None:
    """Raise `Rejected` for a message that is not of its role's form."""
    messages = looked_at.body["messages"]
    if not messages:
        raise empty_array(("messages",))
    for index, message in enumerate(messages):
        _message(message, ("messages", index), looked_at)


def empty_array(path: Path) -> Rejected:
    """Word the complaint about an array that must not be empty."""
    place = bracketed(path)
    message = (
        f"Invalid '{place}': empty array. Expected an array with minimum length 1, but got an empty array instead."
    )
    return Rejected(message, param=place, code="empty_array")


def _message(message: Json, path: Path, looked_at: Check) -> None:
    if not isinstance(message, dict):
        raise OpenAI().wrong_type(path, "object", message)
    role = message.get("role")
    if "role" not in message:
        raise OpenAI().missing((*path, "role"))
    if role not in ROLES:
        raise invalid_value((*path, "role"), role, ROLES)
    check(message, MESSAGES[role], path, OpenAI())
    content = message.get("content")
    for index, part in enumerate(content if isinstance(content, list) else ()):
        _part(part, role, (*path, "content", index), looked_at)
    if role == "assistant":
        _assistant(message, path)


def _part(part: Json, role: str, path: Path, looked_at: Check) -> None:
    if not isinstance(part, dict) or "type" not in part:
        raise OpenAI().missing((*path, "type"))
    if part["type"] not in PARTS_OF[role]:
        raise invalid_value((*path, "type"), part["type"], PARTS_OF[role])
    check(part, PARTS[part["type"]], path, OpenAI())
    if part["type"] == "image_url":
        here = (*path, "image_url")
        check(part["image_url"], {"url": "string", "detail?": "string"}, here, OpenAI())
        check_image_url(part["image_url"]["url"], (*here, "url"), looked_at)


def _assistant(message: JsonObject, path: Path) -> None:
    calls = message.get("tool_calls")
    if calls is not None and not calls:
        raise empty_array((*path, "tool_calls"))
    spoken = ("content", "refusal", "function_call", "audio")
    if not calls and all(message.get(key) is None for key in spoken):
        place = bracketed((*path, "content"))
        raise Rejected(f"Invalid value for '{place}': expected a string, got null.", param=place)
    for index, call in enumerate(calls or ()):
        _call(call, (*path, "tool_calls", index))


def _call(call: Json, path: Path) -> None:
    if not isinstance(call, dict):
        raise OpenAI().wrong_type(path, "object", call)
    if "type" not in call:
        raise OpenAI().missing((*path, "type"))
    kind = call["type"]
    if kind not in CALLS:
        raise invalid_value((*path, "type"), kind, tuple(CALLS))
    check(call, CALLS[kind], path, OpenAI())
    check(call[kind], CALLED[kind], (*path, kind), OpenAI())
    if len(call["id"]) > ID_LENGTH:
        raise too_long((*path, "id"), ID_LENGTH, len(call["id"]))
    check_name(call[kind]["name"], (*path, kind, "name"))


def check_pairs(messages: list[JsonObject]) -> None:
    """Raise `Rejected` unless each call has its tool message right behind it, and each tool message its call in front."""
    waiting: list[str] = []
    for index, message in enumerate(messages):
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                raise _orphan(index)
            waiting.remove(message["tool_call_id"])
        elif waiting:
            raise _unanswered(waiting)
        elif message["role"] == "assistant":
            waiting = [call["id"] for call in message.get("tool_calls") or ()]
    if waiting:
        raise _unanswered(waiting)


def _orphan(index: int) -> Rejected:
    message = (
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
    )
    return Rejected(message, param=f"messages.[{index}].role")


def _unanswered(ids: list[str]) -> Rejected:
    message = (
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        f"The following tool_call_ids did not have response messages: {', '.join(ids)}"
    )
    return Rejected(message, param="messages")
