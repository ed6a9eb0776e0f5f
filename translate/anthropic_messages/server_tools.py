"""Calls of tools that the provider runs itself, and their results: blocks to hub parts and back."""

from __future__ import annotations

import re
from types import NoneType
from typing import Any, Final, TypeAlias

from .. import hub
from ..errors import WriteError
from ..jsonvalue import ABSENT, Absent, Json
from .callers import read_caller, write_caller
from .findings import MCP, RESULT_SUFFIX, read_findings, read_mcp, write_findings, write_mcp
from .residue import FAMILY, WIRE_NAME, WITHOUT, build, left_out, nulls, ours, own
from .tables import SERVER_RESULTS
from .texts import write_cache
from .wire_blocks import (
    McpToolListingBlock,
    McpToolResultBlock,
    McpToolUseBlock,
    ServerToolResultBlock,
    ServerToolUseBlock,
)

LISTING: Final = "mcp_list_tools"
"""The tool of a call that asks an MCP server what it offers: the provider makes it by itself, so it has no id here."""

CallBlock: TypeAlias = ServerToolUseBlock | McpToolUseBlock | McpToolListingBlock
ResultBlock: TypeAlias = ServerToolResultBlock | McpToolResultBlock


# Calls.


def read_server_call(block: ServerToolUseBlock | McpToolUseBlock) -> hub.ServerCall:
    """Read a call that the provider runs."""
    fields: dict[str, Json] = dict(block.extra)
    spelling = nulls(block, "cache_control")
    caller: hub.Caller | None = None
    server: str | Absent = ABSENT
    if isinstance(block, McpToolUseBlock):
        server = block.server_name
    else:
        caller = read_caller(block.caller, fields, spelling)
    return hub.ServerCall(
        id=block.id, tool=block.name, arguments=hub.Arguments(value=block.input), server=server, caller=caller, family=FAMILY,
        own=own(fields), spelling=own(spelling),
    )  # fmt: skip


def read_listing(block: McpToolListingBlock) -> hub.ServerCall | None:
    """Read what an MCP server offers; ``None`` where the listing is of no published form."""
    if not isinstance(block.mcp_server_name, str) or not isinstance(block.tools, list):
        return None
    offered = hub.Offered(tools=tuple(map(_read_offer, block.tools)))
    return hub.ServerCall(
        id="", tool=LISTING, server=block.mcp_server_name, findings=offered, family=FAMILY, own=own(block.extra)
    )


def _read_offer(item: Json) -> hub.Tool | hub.Opaque:
    known = ("name", "description", "input_schema")
    if not isinstance(item, dict) or not isinstance(item.get("name"), str):
        return hub.Opaque(wire=WIRE_NAME, document=item)
    if not isinstance(item.get("description"), (str, NoneType)):
        return hub.Opaque(wire=WIRE_NAME, document=item)
    return hub.Tool(
        name=item["name"], description=item.get("description", ABSENT), schema=item.get("input_schema", ABSENT),
        own=own({key: value for key, value in item.items() if key not in known}),
    )  # fmt: skip


def write_server_call(call: hub.ServerCall, cache: hub.Mark | None) -> CallBlock:
    """Write a call that the provider runs. What came of it is a block of its own, save for the tools an MCP server offers."""
    _own_family(call.family)
    if (
        call.document is not ABSENT
        or call.arguments.text is not ABSENT
        or call.server is None
        or call.status is not ABSENT
    ):
        raise WriteError("a call of the provider's own tool has JSON input and nothing else")
    if call.tool == LISTING and call.server is not ABSENT:
        return _write_listing(call, cache)
    if call.findings is not None:
        raise WriteError("what came of a call of the provider's own tool is a block behind it")
    stated: dict[str, Any] = {
        "id": call.id, "name": call.tool, "input": call.arguments.value, "cache_control": write_cache(cache)
    }  # fmt: skip
    if call.server is ABSENT:
        return build(ServerToolUseBlock, call, **stated, caller=write_caller(call.caller))
    if call.caller is not None:
        raise WriteError("a program of the Messages API does not call an MCP server")
    return build(McpToolUseBlock, call, **stated, server_name=call.server)


def _write_listing(call: hub.ServerCall, cache: hub.Mark | None) -> McpToolListingBlock:
    offered = call.findings
    if not isinstance(offered, hub.Offered) or call.id or call.arguments != hub.NO_ARGUMENTS or call.caller is not None:
        raise WriteError("a listing of an MCP server's tools has a server and tools, and nothing else")
    if cache is not None:
        raise WriteError("a listing of an MCP server's tools takes no cache point")
    block = build(McpToolListingBlock, call, mcp_server_name=call.server, tools=list(map(_write_offer, offered.tools)))
    if read_listing(block) != call:
        raise WriteError("an MCP server's tool has a name, a description and a schema")
    return block


def _write_offer(tool: hub.Tool | hub.Opaque) -> Json:
    if isinstance(tool, hub.Opaque):
        return tool.document
    stated = {"name": tool.name, "description": tool.description, "input_schema": tool.schema}
    return {**ours(tool.own), **{key: value for key, value in stated.items() if value is not ABSENT}}


# Results.


def read_server_result(block: ResultBlock) -> hub.ServerResult:
    """Read what a tool of the provider's gave."""
    fields: dict[str, Json] = dict(block.extra)
    spelling = nulls(block, "cache_control")
    tool = block.type.removesuffix(RESULT_SUFFIX)
    caller: hub.Caller | None = None
    if isinstance(block, McpToolResultBlock):
        findings = _read_answer(block, fields, spelling)
    else:
        caller = read_caller(block.caller, fields, spelling)
        findings = read_findings(tool, block.content)
    return hub.ServerResult(
        call_id=block.tool_use_id, tool=tool, caller=caller, findings=findings,
        document=block.content if findings is None else ABSENT, family=FAMILY, own=own(fields), spelling=own(spelling),
    )  # fmt: skip


def _read_answer(block: McpToolResultBlock, fields: dict[str, Json], spelling: dict[str, Json]) -> hub.Findings | None:
    """Read an MCP server's answer. That it did not fail is what is so where nothing is said."""
    failed = block.is_error
    known = failed is ABSENT or failed is None or isinstance(failed, bool)
    findings = read_mcp(block.content, failed is True) if known else None
    if findings is None:
        fields.update({} if failed is ABSENT else {"is_error": failed})
    elif failed is ABSENT:
        spelling[WITHOUT] = ["is_error"]
    elif failed is None:
        spelling["is_error"] = None
    return findings


def write_server_result(result: hub.ServerResult, cache: hub.Mark | None) -> ResultBlock:
    """Write what a tool of the provider's gave."""
    _own_family(result.family)
    if result.status is not ABSENT or (result.findings is not None and result.document is not ABSENT):
        raise WriteError("a result of the provider's own tool has content and no status")
    stated: dict[str, Any] = {"tool_use_id": result.call_id, "cache_control": write_cache(cache)}
    if result.tool == MCP:
        return _write_answer(result, stated)
    if result.tool not in SERVER_RESULTS:
        raise WriteError(f"the Messages API has no result block for the tool {result.tool[:40]!r}")
    stated["content"] = result.document if result.findings is None else write_findings(result.tool, result.findings)
    kind = result.tool + RESULT_SUFFIX
    return build(ServerToolResultBlock, result, type=kind, **stated, caller=write_caller(result.caller))


def _write_answer(result: hub.ServerResult, stated: dict[str, Any]) -> McpToolResultBlock:
    if result.caller is not None:
        raise WriteError("a program of the Messages API does not call an MCP server")
    if result.findings is None:
        return build(McpToolResultBlock, result, **stated, content=result.document)
    failed = isinstance(result.findings, hub.Failed)
    if failed or not (left_out(result, "is_error") or "is_error" in ours(result.spelling)):
        stated["is_error"] = failed
    return build(McpToolResultBlock, result, **stated, content=write_mcp(result.findings))


def _own_family(family: str) -> None:
    if family != FAMILY:
        raise WriteError(f"what a tool of {family} did means nothing to the Messages API")


# Told by another wire.


OWN_ID: Final = "srvtoolu_"
"""What ids of calls begin with that Anthropic ran."""
_OWN_ID: Final = re.compile(r"srvtoolu_[a-zA-Z0-9_]+")
"""The whole of such an id: ``^srvtoolu_[a-zA-Z0-9_]+$`` (api/messages, ServerToolUseBlock, read 2026-11-22)."""


def own_id(id: str) -> str | None:
    """Return an id if it is one of a call that Anthropic ran, else ``None``."""
    return id if _OWN_ID.fullmatch(id) is not None else None


def own_call(call: hub.Call, result: hub.Result, findings: hub.Findings) -> tuple[hub.Part, ...]:
    """Make a call of a function, and what came of it, the call of Anthropic's own tool that its id says it was.

    None where the result could not be sent: pages of a search are taken with their seals only, and a program's run is whole.
    """
    tool = "tool_search" if call.name.startswith("tool_search_tool_") else call.name
    failed = isinstance(findings, hub.Failed)
    if own_id(call.id) is None or failed != (result.outcome == "error") or not _is_whole(findings):
        return ()
    given = hub.Arguments(value=call.arguments.value)
    called = hub.ServerCall(id=call.id, tool=call.name, arguments=given, family=FAMILY)
    came = hub.ServerResult(call_id=call.id, tool=tool, findings=findings, family=FAMILY)
    try:
        write_server_result(came, None)
    except WriteError:
        return ()
    return called, came


def _is_whole(findings: hub.Findings) -> bool:
    """Tell whether findings have what the types of a request require, where another wire may have left it out."""
    match findings:
        case hub.Searched(found=found):
            return not found
        case hub.Fetched(url=url):
            return isinstance(url, str)
        case hub.Executed(runs=(hub.Run() as run,)):
            return isinstance(run.stdout, str) and isinstance(run.stderr, str) and run.exit_code is not ABSENT
        case hub.Failed(code=code):
            return isinstance(code, str)
        case _:
            return isinstance(findings, hub.Offered)
