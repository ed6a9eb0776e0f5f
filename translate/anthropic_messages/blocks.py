"""Content blocks to hub parts and back: which block is read as which part, and how a part is written.

A block's cache point is a `hub.Mark` of its own behind the part. Tools the provider runs stay `hub.ServerCall` and
`hub.ServerResult`; what only this wire can say stays opaque, whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias, assert_never

from .. import hub
from ..codec import Opaque
from ..errors import WriteError
from ..jsonvalue import ABSENT
from .calls import Context, opaque, read_call, read_result, write_call, write_result
from .media import read_document, read_image, read_search_result, write_media
from .residue import FAMILY, WIRE_NAME, build, members, nulls, own, own_of, said
from .server_tools import read_listing, read_server_call, read_server_result, write_server_call, write_server_result
from .texts import following_cache, read_cache, read_text, write_cache, write_text
from .thinking import read_redacted, read_thinking, write_thinking
from .wire_blocks import (
    CacheControl,
    CompactionBlock,
    ContainerUploadBlock,
    ContentBlock,
    DocumentBlock,
    FallbackBlock,
    ImageBlock,
    McpToolListingBlock,
    McpToolResultBlock,
    McpToolUseBlock,
    RedactedThinkingBlock,
    SearchResultBlock,
    ServerToolResultBlock,
    ServerToolUseBlock,
    TextBlock,
    ThinkingBlock,
    ToolChangeBlock,
    ToolResultBlock,
    ToolUseBlock,
)

ProviderBlock: TypeAlias = (
    ServerToolUseBlock
    | ServerToolResultBlock
    | McpToolUseBlock
    | McpToolResultBlock
    | McpToolListingBlock
    | ContainerUploadBlock
    | CompactionBlock
    | FallbackBlock
    | ToolChangeBlock
)
"""What comes of the provider's own work, and marks."""


def read_block(block: ContentBlock | Opaque, context: Context) -> hub.Part:
    """Read one block, without its cache point."""
    match block:
        case TextBlock():
            return read_text(block)
        case ToolUseBlock():
            return read_call(block, context)
        case ToolResultBlock():
            return read_result(block, context)
        case ImageBlock():
            return read_image(block)
        case ThinkingBlock():
            return read_thinking(block)
        case RedactedThinkingBlock():
            return read_redacted(block)
        case DocumentBlock():
            return read_document(block)
        case SearchResultBlock():
            return read_search_result(block)
        case Opaque():
            return hub.Opaque(wire=WIRE_NAME, document=block.document)
        case _:
            return _read_provider_block(block)


def _read_provider_block(block: ProviderBlock) -> hub.Part:
    match block:
        case ServerToolUseBlock() | McpToolUseBlock():
            return read_server_call(block)
        case ServerToolResultBlock() | McpToolResultBlock():
            return read_server_result(block)
        case ContainerUploadBlock():
            return hub.Reference(
                id=block.file_id, family=FAMILY, own=own_of(block), spelling=own(nulls(block, "cache_control"))
            )
        case CompactionBlock() | FallbackBlock() | ToolChangeBlock():
            return _read_mark(block)
        case McpToolListingBlock():
            return read_listing(block) or opaque(block)
        case _:
            assert_never(block)


def read_parts(blocks: Sequence[ContentBlock | Opaque], context: Context) -> list[hub.Part]:
    """Read blocks as parts, each followed by its cache point; an opaque one keeps its own."""
    parts: list[hub.Part] = []
    alone: Literal["block"] | None = "block" if len(blocks) == 1 else None
    for block in members(tuple(blocks)):
        part = read_text(block, alone) if isinstance(block, TextBlock) else read_block(block, context)
        parts.append(part)
        control = getattr(block, "cache_control", None)
        if isinstance(control, CacheControl) and not isinstance(part, hub.Opaque):
            parts.append(read_cache(control))
    return parts


def _read_mark(block: CompactionBlock | FallbackBlock | ToolChangeBlock) -> hub.Mark:
    """Read a mark. Of a compaction only the summary is neutral; the rest is for the provider that made it."""
    match block:
        case CompactionBlock():
            sealed = ("encrypted_content", "signature", "tool_changes")
            return hub.Mark(
                kind="compaction",
                data={} if block.content is ABSENT else {"content": block.content},
                own=own_of(block, *sealed),
                spelling=own(nulls(block, *sealed, "cache_control")),
            )
        case FallbackBlock():
            names = ("from_", "to", "trigger")
            return hub.Mark(
                kind="fallback",
                data=said(block, *names),
                own=own_of(block),
                spelling=own(nulls(block, *names)),
            )
        case ToolChangeBlock():
            return hub.Mark(
                kind="tool_change",
                data={"type": block.type, **said(block, "tool")},
                own=own_of(block),
                spelling=own(nulls(block, "tool", "cache_control")),
            )
        case _:
            assert_never(block)


def write_parts(parts: Sequence[hub.Part], context: Context) -> list[ContentBlock | Opaque]:
    """Write the parts of a message as blocks.

    Raises `WriteError` for a part that has no block, and for a cache point that stands behind nothing that takes one.
    """
    blocks: list[ContentBlock | Opaque] = []
    parts = tuple(parts)
    marked = hub.Mark in map(type, parts)
    for place, part in enumerate(parts):
        if isinstance(part, hub.Mark) and part.kind == "cache":
            if not place or not _takes_cache(parts[place - 1]):
                raise WriteError("a cache point stands behind nothing that the Messages API can cache")
            continue
        blocks.append(write_block(part, following_cache(parts, place) if marked else None, context))
    return blocks


def _takes_cache(part: hub.Part) -> bool:
    if isinstance(part, hub.Mark):
        return part.kind in ("compaction", "tool_change")
    return not isinstance(part, (hub.Opaque, hub.Thinking))


def write_block(part: hub.Part, cache: hub.Mark | None, context: Context) -> ContentBlock | Opaque:
    """Write one part as a block, with the cache point behind it."""
    match part:
        case hub.Text():
            return write_text(part, cache)
        case hub.Call():
            return write_call(part, cache, context)
        case hub.Result():
            return write_result(part, cache)
        case hub.Media():
            return write_media(part, cache)
        case hub.Thinking():
            return write_thinking(part)
        case hub.Opaque(wire="anthropic"):
            return Opaque(part.document)
        case hub.Refusal() | hub.Approval() | hub.ApprovalAnswer() | hub.Opaque():
            raise WriteError(f"the Messages API has no block for a {type(part).__name__}")
        case _:
            return _write_provider_part(part, cache)


ProviderPart: TypeAlias = hub.ServerCall | hub.ServerResult | hub.Reference | hub.Mark


def _write_provider_part(part: ProviderPart, cache: hub.Mark | None) -> ContentBlock:
    match part:
        case hub.ServerCall():
            return write_server_call(part, cache)
        case hub.ServerResult():
            return write_server_result(part, cache)
        case hub.Reference():
            return _write_reference(part, cache)
        case hub.Mark():
            return _write_mark(part, cache)
        case _:
            assert_never(part)


def _write_reference(part: hub.Reference, cache: hub.Mark | None) -> ContainerUploadBlock:
    if part.family != FAMILY:
        raise WriteError(f"a file stored at {part.family} means nothing to the Messages API")
    return build(ContainerUploadBlock, part, file_id=part.id, cache_control=write_cache(cache))


def _write_mark(mark: hub.Mark, cache: hub.Mark | None) -> CompactionBlock | FallbackBlock | ToolChangeBlock:
    data = mark.data
    match mark.kind:
        case "compaction" if data.keys() <= {"content"}:
            content = data.get("content", ABSENT)
            return build(CompactionBlock, mark, content=content, cache_control=write_cache(cache))
        case "fallback" if data.keys() <= {"from", "to", "trigger"}:
            stated = {"from_": data.get("from", ABSENT), "to": data.get("to", ABSENT)}
            return build(FallbackBlock, mark, **stated, trigger=data.get("trigger", ABSENT))
        case "tool_change" if data.keys() <= {"type", "tool"} and "type" in data:
            stated = {"type": data["type"], "tool": data.get("tool", ABSENT)}
            return build(ToolChangeBlock, mark, **stated, cache_control=write_cache(cache))
        case _:
            raise WriteError(f"the Messages API has no block for a mark of {mark.kind}")
