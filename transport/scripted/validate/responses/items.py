"""Input items of a Responses request."""

from __future__ import annotations

from typing import Final

from polyloop.translate.jsonvalue import Json, JsonObject

from ...failures import Rejected
from ...minting import is_ours
from ..openai_rules import check_image_url, check_name
from ..request import Check
from ..shape import OpenAI, Path, bracketed, check, invalid_value, too_long
from .tables import ACTIONS, ID_PREFIXES, INPUT_PARTS, ITEMS, OTHER_ITEMS, OUTPUT_PARTS, PARTS, ROLES

_CALL_ID_LENGTH: Final = 64
_ITEM_ID_LENGTH: Final = 64
_SCREENS: Final = ("computer_screenshot", "input_image")


def check_items(looked_at: Check) -> None:
    """Raise `Rejected` for an item that is unknown or not of its type's form."""
    items = looked_at.body.get("input")
    for index, item in enumerate(items if isinstance(items, list) else ()):
        _item(item, ("input", index), looked_at)


def kind_of(item: JsonObject) -> str:
    """Return an item's type: a message may leave it out, and so may a reference."""
    if "type" in item and item["type"] is not None:
        return str(item["type"])
    return "message" if "role" in item or "id" not in item else "item_reference"


def _item(item: Json, path: Path, looked_at: Check) -> None:
    if not isinstance(item, dict):
        raise OpenAI().wrong_type(path, "object", item)
    kind = kind_of(item)
    if kind in OTHER_ITEMS:
        return
    if kind not in ITEMS:
        raise invalid_value((*path, "type"), kind, tuple(sorted({*ITEMS, *OTHER_ITEMS})))
    check(item, ITEMS[kind], path, OpenAI())
    _ids(item, kind, path)
    match kind:
        case "message":
            _message(item, path, looked_at)
        case "function_call" | "custom_tool_call":
            check_name(item["name"], (*path, "name"))
        case "function_call_output" | "custom_tool_call_output":
            _parts(item["output"], INPUT_PARTS, (*path, "output"), looked_at)
        case "computer_call":
            _computer_call(item, path)
        case "computer_call_output":
            _parts([item["output"]], _SCREENS, (*path, "output"), looked_at, one=True)
        case "reasoning":
            _reasoning(item, looked_at)
        case _:
            pass


def _ids(item: JsonObject, kind: str, path: Path) -> None:
    prefix, id = ID_PREFIXES.get(kind), item.get("id")
    if isinstance(id, str):
        if prefix is not None and not id.startswith(prefix):
            place = bracketed((*path, "id"))
            message = f"Invalid '{place}': '{id}'. Expected an ID that begins with '{prefix}'."
            raise Rejected(message, param=place, code="invalid_value")
        if len(id) > _ITEM_ID_LENGTH:
            raise too_long((*path, "id"), _ITEM_ID_LENGTH, len(id))
    call_id = item.get("call_id")
    if isinstance(call_id, str) and not 0 < len(call_id) <= _CALL_ID_LENGTH:
        if call_id:
            raise too_long((*path, "call_id"), _CALL_ID_LENGTH, len(call_id))
        place = bracketed((*path, "call_id"))
        message = f"Invalid '{place}': empty string. Expected a string with minimum length 1, but got an empty string instead."
        raise Rejected(message, param=place, code="empty_string")


def _message(item: JsonObject, path: Path, looked_at: Check) -> None:
    if item["role"] not in ROLES:
        raise invalid_value((*path, "role"), item["role"], ROLES)
    allowed = OUTPUT_PARTS if item["role"] == "assistant" else INPUT_PARTS
    _parts(item["content"], allowed, (*path, "content"), looked_at)


def _parts(content: Json, allowed: tuple[str, ...], path: Path, looked_at: Check, one: bool = False) -> None:
    """Check the parts of a list; ``one`` where the value is a single part that is no list on the wire."""
    for index, part in enumerate(content if isinstance(content, list) else ()):
        here = path if one else (*path, index)
        if not isinstance(part, dict) or "type" not in part:
            raise OpenAI().missing((*here, "type"))
        if part["type"] not in allowed:
            raise invalid_value((*here, "type") if one else here, part["type"], allowed)
        check(part, PARTS[part["type"]], here, OpenAI())
        if isinstance(part.get("image_url"), str):
            check_image_url(part["image_url"], (*here, "image_url"), looked_at)
        elif part["type"] in _SCREENS and part.get("file_id") is None:
            raise OpenAI().missing((*here, "image_url"))


def _computer_call(item: JsonObject, path: Path) -> None:
    actions, action = item.get("actions"), item.get("action")
    if (actions is None) == (action is None):
        message = f"Exactly one of '{bracketed((*path, 'action'))}' and '{bracketed((*path, 'actions'))}' is required."
        raise Rejected(message, param=bracketed(path))
    listed = actions if actions is not None else [action]
    for index, one in enumerate(listed):
        here: Path = (*path, "actions", index) if actions is not None else (*path, "action")
        kind = str(one.get("type")) if isinstance(one, dict) else "null"
        if kind not in ACTIONS:
            raise invalid_value((*here, "type"), kind, tuple(ACTIONS))
        check(one, ACTIONS[kind], here, OpenAI())


def _reasoning(item: JsonObject, looked_at: Check) -> None:
    encrypted = item.get("encrypted_content")
    if encrypted is None or not looked_at.settings.check_signatures:
        return
    if not is_ours(encrypted) and encrypted not in looked_at.seals:
        name = item.get("id") or "reasoning"
        message = f"The encrypted content for item {name} could not be verified."
        raise Rejected(message, code="invalid_encrypted_content")
