"""Roles and content blocks of a Messages request."""

from __future__ import annotations

import hmac
import re
from typing import Final

from polyloop.translate.jsonvalue import Json, JsonObject

from ...failures import Rejected
from ...minting import seal
from ..request import Check
from ..shape import Anthropic, Path, check, complaint
from .envelope import NEW_VERSION
from .tables import ASSISTANT_ONLY, BLOCKS, IMAGE_SOURCES, IMAGE_TYPES, IN_RESULTS, RESULT_ONLY, SOURCES, USER_ONLY

_TOOL_ID: Final = re.compile(r"[a-zA-Z0-9_-]+")
_ROLES: Final = ("user", "assistant", "system")
_SYSTEM_KEYS: Final = {"clear_at?": "string", "output_config?": "object"}


def check_messages(looked_at: Check, api_version: str | None) -> None:
    """Raise `Rejected` for a message that is not of its role's form."""
    messages = looked_at.body["messages"]
    if not messages:
        raise Rejected("messages: at least one message is required")
    for index, message in enumerate(messages):
        _message(message, ("messages", index), looked_at, api_version, last=index == len(messages) - 1)
    _prefill(messages[-1], looked_at)


def check_system(looked_at: Check) -> None:
    """Raise `Rejected` where the instructions are neither a text nor text blocks."""
    system = looked_at.body.get("system")
    for index, block in enumerate(system if isinstance(system, list) else ()):
        path: Path = ("system", index)
        if not isinstance(block, dict) or block.get("type") != "text":
            raise complaint((*path, "type"), "Input should be 'text'")
        check(block, BLOCKS["text"], path, Anthropic())
        _text(block, "system", blank=False)


def _message(message: Json, path: Path, looked_at: Check, api_version: str | None, last: bool) -> None:
    if not isinstance(message, dict):
        raise complaint(path, "Input should be a valid dictionary")
    role = message.get("role")
    if role not in _ROLES:
        problem = "Field required" if "role" not in message else "Input should be 'user' or 'assistant'"
        raise complaint((*path, "role"), problem)
    shape = {"role": "string", "content": "string|array"}
    if role == "system":
        shape = {"role": "string", "content?": "string|array", **_SYSTEM_KEYS}
    check(message, shape, path, Anthropic())
    content = message.get("content", "")
    if not content and role != "system" and not (last and role == "assistant"):
        raise Rejected(
            f"messages.{path[1]}: all messages must have non-empty content except for the optional final assistant message"
        )
    for index, block in enumerate(content if isinstance(content, list) else ()):
        check_block(block, (*path, "content", index), role, looked_at, api_version)


def check_block(block: Json, path: Path, role: str, looked_at: Check, api_version: str | None) -> None:
    """Raise `Rejected` for a content block that is unknown, misplaced, or not of its type's form."""
    kind = str(block.get("type")) if isinstance(block, dict) else "null"
    if kind not in BLOCKS:
        tags = ", ".join(f"'{name}'" for name in sorted(BLOCKS))
        raise complaint(path, f"Input tag '{kind}' found using 'type' does not match any of the expected tags: {tags}")
    check(block, BLOCKS[kind], (*path, kind), Anthropic())
    _place(kind, path, role, block, api_version)
    match kind:
        case "text":
            _text(block, "messages", blank=role == "assistant")
        case "image":
            _image(block, (*path, "image"))
        case "document":
            _source(block["source"], (*path, "document"), tuple(SOURCES))
        case "tool_use":
            _tool_id(block["id"], (*path, "tool_use", "id"))
        case "tool_result":
            _tool_id(block["tool_use_id"], (*path, "tool_result", "tool_use_id"))
            _result_content(block.get("content"), (*path, "tool_result", "content"), looked_at, api_version)
        case "thinking":
            _thinking(block, path, looked_at)
        case _:
            pass


def _place(kind: str, path: Path, role: str, block: JsonObject, api_version: str | None) -> None:
    """Blocks have their speakers; the newer API version also refuses what older ones let through (documentation)."""
    where = f"{path[0]}.{path[1]}"
    if kind in RESULT_ONLY and role != "result":
        raise Rejected(f"{where}: `{kind}` blocks can only be in `tool_result` blocks")
    if kind in ASSISTANT_ONLY and role == "user":
        raise Rejected(f"{where}: `{kind}` blocks can only be in `assistant` messages")
    if kind in USER_ONLY and role == "assistant":
        raise Rejected(f"{where}: `{kind}` blocks can only be in `user` messages")
    if role == "system" and kind not in ("text", "tool_addition", "tool_removal"):
        raise Rejected(f"{where}: `{kind}` blocks can not be in `system` messages")
    if api_version == NEW_VERSION and kind == "document" and role == "assistant":
        raise complaint(path, "`document` blocks are not permitted in assistant messages")
    if api_version == NEW_VERSION and kind == "text" and role == "user" and block.get("citations"):
        raise complaint((*path, "citations"), "Citations are not permitted on text blocks in user messages")


def _text(block: JsonObject, where: str, blank: bool) -> None:
    """Nobody may say nothing. Only the model may have said white space alone: a recorded turn of its own came back so."""
    if not block["text"]:
        raise Rejected(f"{where}: text content blocks must be non-empty")
    if not blank and not block["text"].strip():
        raise Rejected(f"{where}: text content blocks must contain non-whitespace text")


def _image(block: JsonObject, path: Path) -> None:
    source = block["source"]
    _source(source, path, IMAGE_SOURCES)
    if source["type"] == "base64" and source["media_type"] not in IMAGE_TYPES:
        allowed = ", ".join(f"'{name}'" for name in IMAGE_TYPES[:-1]) + f" or '{IMAGE_TYPES[-1]}'"
        raise complaint((*path, "source", "base64", "media_type"), f"Input should be {allowed}")


def _source(source: JsonObject, path: Path, allowed: tuple[str, ...]) -> None:
    kind = source.get("type")
    if kind not in allowed:
        tags = ", ".join(f"'{name}'" for name in allowed)
        problem = f"Input tag '{kind}' found using 'type' does not match any of the expected tags: {tags}"
        raise complaint((*path, "source"), problem)
    check(source, SOURCES[kind], (*path, "source", kind), Anthropic())


def _tool_id(id: str, path: Path) -> None:
    if not _TOOL_ID.fullmatch(id):
        raise complaint(path, f"String should match pattern '^{_TOOL_ID.pattern}$'")


def _result_content(content: Json, path: Path, looked_at: Check, api_version: str | None) -> None:
    for index, block in enumerate(content if isinstance(content, list) else ()):
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in IN_RESULTS:
            tags = ", ".join(f"'{name}'" for name in sorted(IN_RESULTS))
            problem = f"Input tag '{kind}' found using 'type' does not match any of the expected tags: {tags}"
            raise complaint((*path, index), problem)
        check_block(block, (*path, index), "result", looked_at, api_version)


def _thinking(block: JsonObject, path: Path, looked_at: Check) -> None:
    """A thought comes back with the signature it was given, over the text it was given for."""
    if not looked_at.settings.check_signatures:
        return
    signature, thought = block["signature"], block["thinking"]
    own = hmac.compare_digest(signature.encode(), seal(thought).encode())
    if not own and looked_at.seals.get(signature) != thought:
        raise complaint(path, "Invalid `signature` in `thinking` block")


def _prefill(message: JsonObject, looked_at: Check) -> None:
    if message["role"] != "assistant":
        return
    if not looked_at.settings.prefill:
        raise Rejected(
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )
    content = message["content"]
    end = content[-1].get("text", "") if isinstance(content, list) and content else content
    if isinstance(end, str) and end != end.rstrip():
        raise Rejected("messages: final assistant content cannot end with trailing whitespace")
