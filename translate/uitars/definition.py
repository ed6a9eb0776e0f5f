"""The wire ``uitars`` as a record: what its documents are, and how they become hub records and come from them."""

from __future__ import annotations

from typing import Final

from ..codec import Opaque
from ..openai_chat.reasons import DEFAULTS
from ..unfinished import settling
from ..wires import Wire
from .adapt import adapt_request
from .adapt_reply import adapt_response
from .read_prompt import hear_request
from .reasons import REASONS
from .request import read_request, write_request
from .response import read_response, write_response
from .say_turns import numbered
from .wire import FAMILY, WIRE_NAME, Completion, CompletionChunk, CompletionRequest, ErrorBody

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
    count_calls=numbered,
    hear_request=hear_request,
    reasons=REASONS,
    defaults=DEFAULTS,
)
