"""Anthropic's Messages API, GA and beta, as its own host, Bedrock, Vertex and the LegacyUse proxy speak it.

Source: the types of the anthropic SDK 2.12.0 and https://platform.claude.com/docs/en/api/messages, read 2026-11-22.
"""

from __future__ import annotations

from ..codec import Opaque
from ..unfinished import settling
from ..wires import Wire
from .adapt import adapt_request, adapt_response
from .reasons import DEFAULTS, REASONS
from .request import read_request, write_request
from .residue import FAMILY, WIRE_NAME
from .response import read_response, write_response
from .wire import CountTokensRequest, CountTokensResponse, ErrorResponse, Message, MessagesRequest
from .wire_events import Event

__all__ = ["WIRE"]

WIRE = Wire(
    name=WIRE_NAME,
    family=FAMILY,
    roots={
        "request": MessagesRequest,
        "response": Message,
        "event": Event | Opaque,
        "stream": tuple[Event | Opaque, ...],
        "error": ErrorResponse | Opaque,
        "count_tokens_request": CountTokensRequest,
        "count_tokens_response": CountTokensResponse,
    },
    read_request=read_request,
    write_request=write_request,
    read_response=read_response,
    write_response=write_response,
    adapt_request=adapt_request,
    adapt_response=settling(adapt_response, raw_input=True),
    reasons=REASONS,
    defaults=DEFAULTS,
)
