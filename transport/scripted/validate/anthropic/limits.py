"""Counts and sizes of a Messages request: cache points, output tokens, images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from polyloop.translate.jsonvalue import JsonObject

from ... import images
from ...facts.record import objects
from ...failures import Rejected
from ..pictures import Picture, check_bytes, check_sizes
from ..request import Check
from ..shape import Path, complaint

_CACHE_POINTS: Final = 4


def check_numbers(body: JsonObject) -> None:
    """Raise `Rejected` for a number out of its range; ``max_tokens`` 0 only warms the cache."""
    if body.get("max_tokens", 0) < 0:
        raise complaint(("max_tokens",), "Input should be greater than or equal to 0")
    for key in ("temperature", "top_p"):
        if (body.get(key) or 0) > 1:  # -1 stands for "not set" and is let through (recorded)
            raise complaint((key,), "Input should be less than or equal to 1")


def check_cache_points(body: JsonObject) -> None:
    """Raise `Rejected` for more cache points than the API keeps."""
    found = sum(1 for block in _carriers(body) if block.get("cache_control") is not None)
    if found > _CACHE_POINTS:
        raise Rejected(f"A maximum of {_CACHE_POINTS} blocks with cache_control may be provided. Found {found}.")


def _carriers(body: JsonObject) -> Iterator[JsonObject]:
    yield body
    yield from objects(body.get("tools"))
    yield from objects(body.get("system"))
    for message in objects(body.get("messages")):
        for block in objects(message.get("content")):
            yield block
            yield from objects(block.get("content"))


def check_images(looked_at: Check) -> None:
    """Raise `Rejected` for images that are none, or over the host's limits."""
    sizes: list[tuple[Path, images.Size]] = []
    count = 0
    for path, block in _images(looked_at.body):
        count += 1
        source = block["source"]
        if source["type"] == "base64" and looked_at.settings.check_image_bytes:
            where = (*path, "image", "source", "base64", "data")
            picture = Picture(media_type=source["media_type"], data=source["data"], path=where)
            size = check_bytes(picture, looked_at.limits)
            if size is not None:
                sizes.append((where, size))
        if source["type"] == "url" and looked_at.provider == "bedrock":
            raise complaint((*path, "image", "source", "base64", "data"), "URL sources are not supported")
    toolset = any("_toolset_" in str(tool.get("type")) for tool in objects(looked_at.body.get("tools")))
    check_sizes(sizes, count, looked_at.limits, toolset)


def _images(body: JsonObject) -> Iterator[tuple[Path, JsonObject]]:
    for index, message in enumerate(objects(body.get("messages"))):
        for place, block in enumerate(objects(message.get("content"))):
            path: Path = ("messages", index, "content", place)
            if block.get("type") == "image":
                yield path, block
            if block.get("type") == "tool_result":
                for inner, part in enumerate(objects(block.get("content"))):
                    if part.get("type") == "image":
                        yield (*path, "tool_result", "content", inner), part
