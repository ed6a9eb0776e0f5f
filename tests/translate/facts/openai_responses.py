"""Facts of the Responses API. Source: https://platform.openai.com/docs/api-reference/responses, read 2026-11-22; plain JSON in, no polyloop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .common import (
    FAILED,
    Fact,
    action,
    at,
    beside,
    call,
    canonical,
    citation,
    document,
    extras,
    failed,
    found,
    free_tool,
    function,
    grammar,
    image,
    is_line,
    lines,
    mcp,
    named_tool,
    parsed,
    said,
    search,
    server_call,
    server_said,
    setting,
    settings,
    spoken,
    stated,
    text_of,
    tools_found,
)

NAMES = {
    "model": "model", "max_output_tokens": "max", "temperature": "temperature", "top_p": "top_p", "service_tier": "tier",
    "stream": "stream", "safety_identifier": "user", "user": "user", "metadata": "metadata", "prompt_cache_key": "cache key",
    "prompt_cache_retention": "cache retention", "top_logprobs": "top logprobs",
}  # fmt: skip
ELSEWHERE = (
    "input",
    "instructions",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "text",
    "reasoning",
    "store",
    "include",
    "context_management",
)
ECHOES = (
    "instructions", "metadata", "parallel_tool_calls", "temperature", "tool_choice", "tools", "top_p", "background",
    "max_output_tokens", "max_tool_calls", "previous_response_id", "prompt", "reasoning", "service_tier", "text", "top_logprobs",
    "truncation", "user", "store", "prompt_cache_key", "prompt_cache_retention", "safety_identifier",
)  # fmt: skip
"""Keys of a reply that repeat the request."""
OURS = (
    "function_call", "custom_tool_call", "computer_call", "apply_patch_call", "local_shell_call", "shell_call",
)  # fmt: skip
"""Calls that the caller performs."""


def request(body: dict[str, Any]) -> Iterator[Fact]:
    """Yield what a request says."""
    yield from settings(body, NAMES, ELSEWHERE)
    yield from _conversation(body)
    yield from _choices(body)
    text, reasoning = body.get("text") or {}, body.get("reasoning") or {}
    form = text.get("format") or {}
    if form.get("type") == "json_schema":
        yield setting("format", form.get("schema"), at("text", "format"))
    elif form.get("type") == "json_object":
        yield setting("format", "json", at("text", "format"))
    if text.get("verbosity"):
        yield setting("verbosity", text["verbosity"], at("text", "verbosity"))
    if reasoning.get("effort"):
        yield setting("effort", reasoning["effort"], at("reasoning", "effort"))
    if reasoning.get("context"):
        yield setting("thinks again of", reasoning["context"], at("reasoning", "context"))
    yield from extras(reasoning, ("effort", "context"), at("reasoning"))
    for number, entry in enumerate(body.get("context_management") or ()):
        place = at("context_management", number)
        yield setting("compacts", entry.get("compact_threshold"), f"{place}/compact_threshold")
        yield from extras(entry, ("type", "compact_threshold"), place)


def _conversation(body: dict[str, Any]) -> Iterator[Fact]:
    if body.get("instructions"):
        yield said("system", body["instructions"], at("instructions"))
    given = body.get("input")
    if isinstance(given, str):
        yield said("user", given, at("input"))
    else:
        for place, item in enumerate(given or ()):
            yield from _item(item, at("input", place))
    for place, tool in enumerate(body.get("tools") or ()):
        yield from _tool(tool, at("tools", place))


def _choices(body: dict[str, Any]) -> Iterator[Fact]:
    choice = body.get("tool_choice")
    if isinstance(choice, dict):
        yield setting("choice", ["named", choice.get("name")], at("tool_choice"))
    elif choice not in (None, "auto"):
        yield setting("choice", [choice, None], at("tool_choice"))
    if body.get("parallel_tool_calls") is False:
        yield setting("parallel", False, at("parallel_tool_calls"))
    if body.get("store", True) is not False:
        yield setting("store", True, at("store"))


def response(body: dict[str, Any]) -> Iterator[Fact]:
    """Yield what a reply says."""
    yield from stated(body, {"id": "id", "model": "model", "created_at": "created"})
    calls = False
    answered = {item.get("call_id") for item in body.get("output") or () if str(item.get("type")).endswith("_output")}
    for place, item in enumerate(body.get("output") or ()):
        calls = calls or (item.get("type") in OURS and item.get("call_id") not in answered)
        yield from _item(item, at("output", place))
    status = body.get("status")
    reason = (body.get("incomplete_details") or {}).get("reason")
    words = {"max_output_tokens": "length", "content_filter": "refused"}
    stop = (
        ("calls" if calls else "end") if status == "completed" else words.get(str(reason), f"other {status} {reason}")
    )
    if status == "completed" or reason is not None:
        yield Fact(("stop", stop), (at("status"), at("incomplete_details")))
    usage = body.get("usage") or {}
    inside = usage.get("input_tokens_details") or {}
    read, written = inside.get("cached_tokens") or 0, inside.get("cache_write_tokens") or 0
    counts = {"in": (usage.get("input_tokens") or 0) - read - written, "cache read": read, "cache write": written}
    counts["out"] = usage.get("output_tokens") or 0
    for name, count in counts.items():
        if count:
            yield Fact(("usage", name, str(count)), (at("usage"),))
    for key, taken in (body.get("tool_usage") or {}).items():
        for name, count in taken.items():
            if count and name == "num_requests":
                yield Fact(("tool usage", key, str(count)), (at("tool_usage"),))
            elif isinstance(count, int) and count:
                yield Fact(("tool usage", key, name, str(count)), (at("tool_usage"),))
    yield from beside(body)
    known = (
        "moderation",
        "tool_usage",
        "id",
        "object",
        "created_at",
        "status",
        "model",
        "output",
        "usage",
        "incomplete_details",
        "completed_at",
        *ECHOES,
    )
    yield from extras(body, known, "")


def _provider_item(item: dict[str, Any], place: str) -> Iterator[Fact]:
    """Read what only the provider says, and what MCP servers do, which others say too."""
    action = item.get("action")
    if item.get("type") == "reasoning":
        yield from _reasoning(item, place)
        return
    if item.get("type") == "web_search_call" and isinstance(action, dict) and action.get("type") in _WEB:
        yield from _searched(item, action, place)
        return
    if item.get("type") in ("tool_search_call", "tool_search_output"):
        yield from _tool_search(item, place)
        return
    if item.get("type") == "code_interpreter_call" and item.get("outputs"):
        runs = [{"stdout": one["logs"]} for one in item["outputs"] if one.get("type") == "logs"]
        yield call(item["id"], "code_execution", canonical({"code": item.get("code")}), place)
        yield found(item["id"], canonical({"runs": runs}), place)
        yield Fact(("container", str(item.get("container_id"))), (f"{place}/container_id",))
        return
    if item.get("type") != "mcp_call" or not isinstance(item.get("server_label"), str):
        yield Fact(("block", canonical(item)), (place,))
        return
    yield server_call(item["server_label"], item["name"], parsed(item["arguments"]), place)
    if isinstance(item.get("error"), dict):
        error = item["error"]
        texts = [one.get("text", canonical(one)) for one in error.get("content") or ()] or [error.get("message", "")]
        yield server_said(texts, True, f"{place}/error")
    elif item.get("output") is not None:
        yield server_said([item["output"]], False, f"{place}/output")


_WEB = {"search": "web_search", "open_page": "web_fetch", "find_in_page": "find_in_page"}


def _searched(item: dict[str, Any], action: dict[str, Any], place: str) -> Iterator[Fact]:
    """Read a search of the web. One text says what several queries are for, and the first where it is missing."""
    asked = {key: value for key, value in action.items() if key not in ("type", "sources")}
    if asked.get("queries") and "query" not in asked:
        asked = {"query": asked["queries"][0], **asked}
    yield call(item["id"], _WEB[action["type"]], canonical(asked), place)
    if action.get("sources") is not None:
        pages = [{"url": source["url"]} for source in action["sources"] if source.get("url")]
        yield found(item["id"], canonical({"results": pages}), place)
    if item.get("status") == "failed":
        yield failed(item["id"], f"{place}/status")
    elif item.get("status") != "completed":
        yield Fact(("search is", str(item.get("status"))), (f"{place}/status",))
    yield from extras(item, ("type", "id", "status", "action"), place)


_SEARCHED = ("type", "id", "call_id", "status", "execution")


def _tool_search(item: dict[str, Any], place: str) -> Iterator[Fact]:
    if item["type"] == "tool_search_call":
        yield Fact(("tools searched", canonical(item.get("arguments"))), (f"{place}/arguments",), order=True)
    else:
        yield tools_found([tool.get("name") for tool in item.get("tools") or ()], f"{place}/tools")
    yield from extras(item, (*_SEARCHED, "arguments", "tools"), place)


def _item(item: dict[str, Any], place: str) -> Iterator[Fact]:
    kind = item.get("type", "message" if "role" in item else None)
    known = ["type", "id", "status"]
    if kind == "message":
        known += ["role", "content"]
        yield from _message(item, place)
    elif kind == "function_call" and item["name"] == "computer" and '"action"' in item["arguments"]:
        known += ["call_id", "name", "arguments"]
        yield action(json.loads(item["arguments"]), f"{place}/arguments")
    elif kind == "function_call":
        known += ["call_id", "name", "arguments"]
        places = (f"{place}/call_id", f"{place}/name", f"{place}/arguments")
        yield call(item["call_id"], item["name"], parsed(item["arguments"]), *places)
    elif kind == "function_call_output":
        known += ["call_id", "output"]
        yield from _result(item, place)
    elif kind == "custom_tool_call":
        known += ["call_id", "name", "input"]
        yield Fact(("free call", item["call_id"], item["name"], item["input"]), (place,))
    elif kind == "custom_tool_call_output":
        known += ["call_id", "output"]
        yield from _result(item, place)
    elif kind == "computer_call":
        known += ["call_id", "action", "actions", "pending_safety_checks"]
        for one in item.get("actions") or [item.get("action") or {}]:
            yield action(one, f"{place}/action", f"{place}/actions")
        for number, check in enumerate(item.get("pending_safety_checks") or ()):
            yield Fact(("check", canonical(check)), (f"{place}{at('pending_safety_checks', number)}",))
    elif kind == "computer_call_output":
        known += ["call_id", "output", "acknowledged_safety_checks"]
        yield image(item["output"].get("image_url") or canonical(item["output"]), f"{place}/output")
        if item.get("acknowledged_safety_checks"):
            acknowledged = canonical(item["acknowledged_safety_checks"])
            yield Fact(("acknowledged", acknowledged), (f"{place}/acknowledged_safety_checks",))
    else:
        yield from _provider_item(item, place)
        return
    yield from extras(item, known, place)


def _reasoning(item: dict[str, Any], place: str) -> Iterator[Fact]:
    """Read what was thought, in summary or word by word. The thinking of the Messages API is either, and mostly a summary, part by part
    (build-with-claude/extended-thinking: "summarized thinking")."""
    for number, part in enumerate(item.get("summary") or ()):
        if part["text"]:
            yield Fact(("thinking", part["text"]), (f"{place}/summary/{number}",))
    words = "".join(part["text"] for part in item.get("content") or ())
    if words:
        yield Fact(("thinking", words), (f"{place}/content",))
    if item.get("encrypted_content"):
        yield Fact(("seal", item["encrypted_content"]), (f"{place}/encrypted_content",))
    yield from extras(item, ("type", "id", "status", "summary", "content", "encrypted_content"), place)


def _message(item: dict[str, Any], place: str) -> Iterator[Fact]:
    role = {"developer": "system"}.get(item.get("role", ""), item.get("role", ""))
    content = item.get("content")
    if isinstance(content, str):
        if content:
            yield said(role, content, f"{place}/content")
        return
    for number, part in enumerate(content or ()):
        yield from _part(role, part, f"{place}{at('content', number)}")


def _part(role: str, part: dict[str, Any], place: str, result: Any = None) -> Iterator[Fact]:
    kind = part.get("type")
    if kind in ("input_text", "output_text"):
        if role == "user" and is_line(part["text"]):
            yield from lines(part["text"], f"{place}/text")
        elif part["text"]:
            words = spoken(part["text"]) if role == "user" else part["text"]
            yield said(role, words, f"{place}/text")
        for number, note in enumerate(part.get("annotations") or ()):
            yield citation(note, f"{place}{at('annotations', number)}")
    elif kind == "input_image":
        yield image(
            part.get("image_url") or canonical({"file": part.get("file_id")}), f"{place}/image_url", f"{place}/file_id"
        )
        if part.get("detail", "auto") not in ("auto", None):
            yield Fact(("detail", part["detail"]), (f"{place}/detail",))
    elif kind == "input_file":
        sources = [part[key] for key in ("file_data", "file_url", "file_id") if part.get(key)]
        places = (f"{place}/file_data", f"{place}/file_url", f"{place}/file_id")
        words = text_of(sources[0]) if sources else None
        if words is None:
            yield document(sources[0] if sources else canonical(part), *places)
        else:
            yield said("user", words, *places) if result is None else found(result, words, *places)
        if part.get("filename"):
            yield Fact(("title", part["filename"]), (f"{place}/filename",))
    elif kind == "refusal":
        yield Fact(("refusal", part["refusal"]), (f"{place}/refusal",))
    else:
        yield Fact(("block", canonical(part)), (place,))
    if part.get("prompt_cache_breakpoint"):
        yield Fact(("cache point",), (f"{place}/prompt_cache_breakpoint",))


def _result(item: dict[str, Any], place: str) -> Iterator[Fact]:
    id, output = item.get("call_id"), item.get("output")
    parts = [{"type": "input_text", "text": output}] if isinstance(output, str) else output or []
    for number, part in enumerate(parts):
        where = f"{place}/output" if isinstance(output, str) else f"{place}{at('output', number)}"
        if part.get("type") in ("input_text", "output_text"):
            if number == 0 and part["text"] == FAILED:
                yield failed(id, where)
            elif is_line(part["text"]):
                yield from lines(part["text"], where)
            elif part["text"]:
                yield named_tool(id, part["text"], where, f"{place}/call_id")
            if part.get("prompt_cache_breakpoint"):
                yield Fact(("cache point",), (f"{where}/prompt_cache_breakpoint",))
        else:
            yield from _part("tool", part, where, id)


def _tool(tool: dict[str, Any], place: str) -> Iterator[Fact]:
    kind = tool.get("type")
    if kind in ("computer", "computer_use_preview"):
        yield Fact(("computer",), (place,))
    elif kind == "custom":
        yield free_tool(tool["name"], tool.get("description"), place)
        bound = tool.get("format") or {}
        yield from grammar(bound if bound.get("type") == "grammar" else None, f"{place}/format")
        yield from extras(tool, ("type", "name", "description", "format"), place)
    elif kind == "mcp" and "server_url" in tool:
        allowed = tool.get("allowed_tools")
        if isinstance(allowed, dict) and allowed.keys() == {"tool_names"}:
            allowed = allowed["tool_names"]
        asks = tool.get("require_approval") or "always"
        yield from mcp(tool.get("server_label"), tool["server_url"], tool.get("authorization"), asks, allowed, place)
        stated = ("type", "server_label", "server_url", "authorization", "require_approval", "allowed_tools")
        yield from extras(tool, stated, place)
    elif str(kind).startswith("web_search"):
        domains, keys = (tool.get("filters") or {}).get("allowed_domains"), ("/filters", "/user_location")
        yield from search(domains, tool.get("user_location"), tool.get("search_context_size"), place, keys)
        yield from extras(tool, ("type", "filters", "user_location", "search_context_size"), place)
    elif kind == "tool_search" and tool.get("execution") != "client":
        yield Fact(("tool search",), (place,))
        yield from extras(tool, ("type", "execution"), place)
    elif kind == "code_interpreter":
        yield Fact(("runs code",), (place,))
        if tool.get("container") != {"type": "auto"}:
            yield Fact(("container", canonical(tool.get("container"))), (f"{place}/container",))
        yield from extras(tool, ("type", "container"), place)
    elif kind != "function":
        yield Fact(("server tool", canonical(tool)), (place,))
    else:
        strict = tool.get("strict", True)
        yield from function(tool.get("name"), tool.get("description"), tool.get("parameters"), strict, place)
        yield from extras(tool, ("type", "name", "description", "parameters", "strict"), place)
