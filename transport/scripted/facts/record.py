"""The facts, and how JSON of any shape is walked to find them."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from polyloop.translate.jsonvalue import Json, JsonObject

from .. import images


@frozen(kw_only=True)
class Result:
    """A tool result since the last assistant turn."""

    text: str
    is_error: bool | None = None
    """None: the wire has no flag for it."""


@frozen(kw_only=True)
class Facts:
    """What a request says."""

    model: str | None
    turns: int
    """Of the assistant so far."""
    instructions: str = ""
    last_texts: tuple[str, ...] = ()
    """Of the user, since the last assistant turn; tool results not among them."""
    all_texts: tuple[str, ...] = ()
    results: tuple[Result, ...] = ()
    has_new_image: bool = False
    """Since the last assistant turn."""
    image_count: int = 0
    newest_image: str | None = None
    """Base64 text of the last inline image anywhere."""
    tools: tuple[str, ...] = ()
    """Names that may be called. A toolset stands here under its toolset's name."""
    computer: Literal["toolset", "tool", "batch", "single"] | None = None
    """The provider's own computer tool: Anthropic's toolset or classic tool, or Responses' GA (batch) or preview (single) tool."""
    computer_name: str = "computer"

    @property
    def image_size(self) -> images.Size | None:
        """Of the newest inline image."""
        data = images.decode(self.newest_image) if self.newest_image is not None else None
        return images.size(data) if data is not None else None


def objects(value: Json) -> list[JsonObject]:
    """Return the objects of a list; none where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def string(value: Json) -> str:
    """Return a string as it is, anything else as the empty one."""
    return value if isinstance(value, str) else ""


def texts(content: Json) -> list[str]:
    """Return the texts of a content value: a string, or the ``text`` of every part that has one."""
    if isinstance(content, str):
        return [content]
    return [part["text"] for part in objects(content) if isinstance(part.get("text"), str)]
