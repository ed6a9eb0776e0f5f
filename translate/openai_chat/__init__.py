"""The wire ``openai-chat``: Chat Completions of OpenAI, and of the many servers that speak it.

Source: https://platform.openai.com/docs/api-reference/chat (types of the openai SDK 3.54.0, read 2026-11-22). What compatible
vendors add was taken from recorded traffic; neutral fields state it where its meaning is clear, residue keeps the rest.
"""

from __future__ import annotations

from typing import Final

from ..codec import Opaque
from ..unfinished import settling
from ..wires import Wire
from .adapt import adapt_request
from .adapt_reply import adapt_response
from .reasons import DEFAULTS, REASONS
from .request import read_request, write_request
from .residue import FAMILY, WIRE_NAME
from .response import read_response, write_response
from .wire import CompletionRequest
from .wire_reply import Completion, CompletionChunk, ErrorBody

WIRE: Final = Wire(
    name=WIRE_NAME,
    family=FAMILY,
    roots={
        "request": CompletionRequest,
        "response": Completion,
        "event": CompletionChunk,
        "error": ErrorBody | Opaque,
    },
    read_request=read_request,
    write_request=write_request,
    read_response=read_response,
    write_response=write_response,
    adapt_request=adapt_request,
    adapt_response=settling(adapt_response),
    reasons=REASONS,
    defaults=DEFAULTS,
)
