"""Searches of the web that another provider made, and pages it opened, in a reply: blocks that clients read, and no request gives back.

A request's search results are sealed by Anthropic, and the API refuses others. A reply is for its reader, to whom it says what was searched
for and, where that is known, the addresses of what was found. Seals are required in these blocks too, and empty where there is none, as
thinking that nobody signed has an empty signature.

A search whose results OpenAI keeps to itself, as it does unless asked for ``web_search_call.action.sources``, is a ``server_tool_use`` alone. An
empty ``web_search_tool_result`` behind it would say that nothing was found, one with an error that it failed, and pages made of what the
text cites that these and no others were found. None of it is known. The call alone says no less and no more than OpenAI does, and it leaves
nothing to be done: the tool is the provider's, which no client runs; what asks for more is the stop reason ``pause_turn``, which such a reply never
has; and its id tells it from a call whose result is still to come (`TOLD_SEARCH`). A search that is not over stays out.

Source: ``ServerToolUseBlock``, ``WebSearchToolResultBlock`` and ``WebSearchResultBlock`` of the anthropic SDK 2.12.0,
``ResponseFunctionWebSearch`` of the openai SDK 3.54.0; "If you receive a response with stop_reason set to "pause_turn", continue the
conversation" (build-with-claude/handling-stop-reasons); read 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .. import hub
from ..adapting import Adapting
from ..jsonvalue import ABSENT
from ..own_tools import has_server_calls
from ..server_tools import TOLD_SEARCH, with_prefix
from ..steps import map_parts, map_turns
from ..web_searches import SEARCH, asked_of
from .findings import UNSEALED
from .residue import FAMILY
from .server_tools import OWN_ID, own_id
from .tables import NO_CAUSE, NO_TITLE

_THEIRS: Final = "ws_"
"""What ids of OpenAI's searches begin with."""
_FAILED: Final = "failed"
_OVER: Final = ("completed", _FAILED, ABSENT)


def say_searches(turn: hub.Turn, adapting: Adapting) -> hub.Turn:
    """Return a turn of a reply in which others' searches that are over are this wire's."""

    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        return _said(part, adapting) if isinstance(part, hub.ServerCall) and part.family != FAMILY else None

    return map_parts(turn, step)


def _said(call: hub.ServerCall, adapting: Adapting) -> Sequence[hub.Part] | None:
    value = call.arguments.value
    asked = asked_of(call.tool, value) if isinstance(value, dict) and call.server is ABSENT else {}
    if not any(asked.values()) or call.status not in _OVER:
        return None
    arguments = hub.Arguments(value=asked)
    id = with_prefix(call.id, _THEIRS, OWN_ID)
    findings = _findings(call, id, adapting)
    if findings is None:
        id = TOLD_SEARCH + call.id.removeprefix(_THEIRS)
    called = hub.ServerCall(id=id, tool=call.tool, arguments=arguments, family=FAMILY)
    if findings is None:
        return (called,)
    return called, hub.ServerResult(call_id=id, tool=call.tool, findings=findings, family=FAMILY)


def _findings(call: hub.ServerCall, id: str, adapting: Adapting) -> hub.Searched | hub.Failed | None:
    """Return what is known to have come of a search.

    Where all that was found is no page, it is not known what was. That a search failed, or found nothing, is under no seal and may stand
    in a request, if only the id may.
    """
    found = call.findings.found if call.tool == SEARCH and isinstance(call.findings, hub.Searched) else None
    pages = [page for page in found or () if isinstance(page, hub.Found) and isinstance(page.url, str)]
    failed = call.status == _FAILED
    if (failed or found == ()) and own_id(id) is None:
        return None
    if failed:
        cause = adapting.insert(NO_CAUSE, "a search that failed says why (WebSearchToolResultError)", at="error_code")
        return hub.Failed(code=str(cause))
    if not pages and found != ():
        return None
    return hub.Searched(found=tuple([hub.Found(url=page.url, title=NO_TITLE, spelling=UNSEALED) for page in pages]))


def leave_out_unsealed(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Leave out of a request the searches that a reply told of another provider: the API takes back its own results alone, under seal."""
    return map_turns(request, _without_unsealed) if has_server_calls(request.turns) else request


def _without_unsealed(turn: hub.Turn) -> hub.Turn:
    results = [part for part in turn.parts if isinstance(part, hub.ServerResult) and part.family == FAMILY]
    answered = {result.call_id for result in results}
    unsealed = {result.call_id for result in results if _is_unsealed(result)}

    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        if isinstance(part, hub.ServerResult):
            return () if part.call_id in unsealed else None
        if not isinstance(part, hub.ServerCall) or part.family != FAMILY:
            return None
        told = part.id.startswith(TOLD_SEARCH) and part.id not in answered
        return () if told or part.id in unsealed else None

    return map_parts(turn, step)


def _is_unsealed(result: hub.ServerResult) -> bool:
    found = result.findings.found if isinstance(result.findings, hub.Searched) else ()
    return any(isinstance(page, hub.Found) and page.seal is None for page in found)
