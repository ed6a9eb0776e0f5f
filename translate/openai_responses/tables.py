"""Data of the Responses wire.

Source: https://platform.openai.com/docs/api-reference/responses (types of the openai SDK 3.54.0, read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from ..hub import Reason

INCOMPLETE: Final[Mapping[str, Reason]] = {
    "max_output_tokens": Reason.MAX_TOKENS,
    "content_filter": Reason.CONTENT_FILTER,
}
"""``incomplete_details.reason``; ``max_messages`` and ``steered`` are words of this wire alone."""

INCOMPLETE_WORDS: Final = frozenset({"max_output_tokens", "max_messages", "content_filter", "steered"})
INCOMPLETE_REASONS: Final[Mapping[Reason, str]] = {reason: word for word, reason in INCOMPLETE.items()}

Status = Literal["finished", "cut", "paused", "queued", "failed"]

STATUSES: Final[Mapping[str, Status]] = {
    "completed": "finished",
    "incomplete": "cut",
    "failed": "failed",
    "queued": "queued",
    "in_progress": "cut",
    "cancelled": "cut",
}
"""``status`` of a response. What is not here was not promised to be whole: it is ``cut``."""

STATUS_WORDS: Final[Mapping[Status, str]] = {
    "finished": "completed",
    "cut": "incomplete",
    "failed": "failed",
    "queued": "queued",
}

FILE_TYPES: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "txt": "text/plain",
    "md": "text/markdown",
    "csv": "text/csv",
    "json": "application/json",
    "html": "text/html",
}
"""Media type of a file whose bytes come without one, by the end of its name."""

LONG_TTL: Final = "ttl_12h_tokens"
SHORT_TTL: Final = "ttl_30m_tokens"
"""``cache_write_tokens_details``: the longer time is counted with the hub's longer one, the shorter with the shorter."""

LOGPROBS: Final = "message.output_text.logprobs"
"""The entry of ``include`` that asks for log probabilities."""

CACHE_TTLS: Final = frozenset({"30m", "12h"})

REASONS: Final[Mapping[str, str]] = {
    "detail": "input_image needs a detail in messages; auto is the documented default",
    "filename": "input_file needs a name for bytes",
    "arguments": "function_call needs arguments",
    "outcome": "function_call_output has no place for how a call went, so it is said in words",
    "environment": "computer_use_preview needs an environment",
    "strict": "the Responses API holds a function's schema to be strict unless told otherwise",
    "store": "the Responses API stores replies unless told otherwise",
    "parameters": "a function tool needs parameters, which may be null",
    "format name": "a schema of the answer needs a name",
    "format schema": "a format of the answer that is a schema has one: any JSON",
    "item id": "an output item needs an id",
    "item status": "an output item needs a status",
    "container": "programs run in a container, which is made anew unless it is named",
    "execution": "a search for tools that the provider made says so",
    "approval": "an MCP server's calls wait for an approval unless told otherwise",
    "mcp error": "an MCP server's error needs a type",
    "mcp output": "keeps the texts of an MCP server's answer apart, which is one text here",
    "usage": "usage needs this number, which the source does not know",
    "reply": "a reply needs this key",
}
"""Why something is inserted."""
