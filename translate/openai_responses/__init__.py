"""The wire ``openai-responses``: OpenAI's Responses API, and servers that speak it.

Source: https://platform.openai.com/docs/api-reference/responses (types of the openai SDK 3.54.0, read 2026-11-22).
"""

from __future__ import annotations

from typing import Final

from ..unfinished import settling
from ..wires import Wire
from .adapt import adapt_request
from .adapt_response import adapt_response
from .late_tools import hear_request
from .reasons import DEFAULTS, REASONS
from .request import read_request, write_request
from .residue import FAMILY, WIRE_NAME
from .response import read_response, write_response
from .wire import roots

WIRE: Final = Wire(
    name=WIRE_NAME,
    family=FAMILY,
    roots=roots(),
    read_request=read_request,
    write_request=write_request,
    read_response=read_response,
    write_response=write_response,
    adapt_request=adapt_request,
    adapt_response=settling(adapt_response, calls=False),
    hear_request=hear_request,
    reasons=REASONS,
    defaults=DEFAULTS,
)
