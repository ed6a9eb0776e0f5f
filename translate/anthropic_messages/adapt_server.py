"""What another provider's MCP servers did, said in blocks of this one.

Its searches, fetches and programs do not cross over: their result blocks have to hold what only Anthropic can make, encrypted
contents, documents and exit codes, and a block that leaves these out would say that nothing was found.

Source: ``BetaMCPToolUseBlockParam``, ``BetaRequestMCPToolResultBlockParam`` and ``BetaMCPToolListingBlockParam`` of the anthropic SDK
2.12.0, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .. import hub
from ..adapting import Adapting
from ..server_tools import bare_tools, with_prefix, words_of
from ..steps import map_parts
from .findings import MCP
from .mcp_servers import ask
from .residue import FAMILY
from .server_tools import LISTING

_IDS: Final = ("mcp_", "mcptoolu_")


def take_server_tools(turn: hub.Turn) -> hub.Turn:
    """Say another family's calls of MCP servers, and what they gave, as this wire's blocks."""
    return map_parts(turn, _step) if hub.ServerCall in map(type, turn.parts) else turn


def _step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
    if not isinstance(part, hub.ServerCall) or part.family == FAMILY or not isinstance(part.server, str):
        return None
    if part.tool == LISTING:
        offered = bare_tools(part.findings) if isinstance(part.findings, hub.Offered) else None
        if offered is None:
            return ()
        return (hub.ServerCall(id="", tool=LISTING, server=part.server, findings=offered, family=FAMILY),)
    findings = _answer(part.findings)
    if findings is None or not isinstance(part.arguments.value, dict):
        return ()
    id = with_prefix(part.id, *_IDS)
    arguments = hub.Arguments(value=part.arguments.value)
    call = hub.ServerCall(id=id, tool=part.tool, server=part.server, arguments=arguments, family=FAMILY)
    return (call, hub.ServerResult(call_id=id, tool=MCP, findings=findings, family=FAMILY))


def _answer(findings: hub.Findings | None) -> hub.Said | hub.Failed | None:
    if not isinstance(findings, (hub.Said, hub.Failed)):
        return None
    words = words_of(findings.parts)
    if words is None:
        return None
    if isinstance(findings, hub.Said):
        return hub.Said(parts=words)
    said = words or ((hub.Text(text=findings.message),) if isinstance(findings.message, str) else ())
    return hub.Failed(parts=said)


def ask_for_servers(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Ask for the beta that blocks of MCP servers belong to, where another provider's are going to be such blocks.

    Of this wire's own blocks whoever sent them asked already, in a header mostly.
    """
    if not any(_step(part, turn) for turn in request.turns for part in turn.parts):
        return request
    return ask(request, adapting)
