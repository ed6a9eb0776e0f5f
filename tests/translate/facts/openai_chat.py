"""Facts of Chat Completions. Source: https://platform.openai.com/docs/api-reference/chat, read 2026-11-22; plain JSON in, no polyloop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .common import (
    FAILED,
    LABEL,
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
    free_tool,
    function,
    grammar,
    image,
    is_line,
    lines,
    named_tool,
    parsed,
    said,
    search,
    setting,
    settings,
    spoken,
    stated,
)

NAMES = {
    "model": "model", "max_completion_tokens": "max", "max_tokens": "max", "temperature": "temperature", "top_p": "top_p",
    "service_tier": "tier", "stream": "stream", "reasoning_effort": "effort", "safety_identifier": "user", "user": "user",
    "metadata": "metadata", "seed": "seed", "verbosity": "verbosity", "prompt_cache_key": "cache key",
    "prompt_cache_retention": "cache retention", "top_logprobs": "top logprobs",
}  # fmt: skip
ELSEWHERE = (
    "messages",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
    "web_search_options",
    "stop",
    "store",
    "logprobs",
    "n",
)
STOPS = {"stop": "end", "tool_calls": "calls", "length": "length", "content_filter": "refused"}


def request(body: dict[str, Any]) -> Iterator[Fact]:
    """Yield what a request says."""
    yield from settings(body, NAMES, ELSEWHERE)
    computers = {
        tool["function"].get("name")
        for tool in body.get("tools") or ()
        if isinstance(tool.get("function"), dict)
        and str(tool["function"].get("description")).startswith("Act on the screen")
    }
    for place, message in enumerate(body.get("messages") or ()):
        yield from _message(message, at("messages", place), computers)
    for place, tool in enumerate(body.get("tools") or ()):
        yield from _tool(tool, at("tools", place))
    options = body.get("web_search_options")
    if isinstance(options, dict):
        where = (options.get("user_location") or {}).get("approximate")
        keys = ("", "/user_location")
        yield from search(None, where, options.get("search_context_size"), at("web_search_options"), keys)
    yield from _choice(body.get("tool_choice"))
    stop = body.get("stop")
    if stop:
        yield setting("stop", [stop] if isinstance(stop, str) else stop, at("stop"))
    if body.get("parallel_tool_calls") is False:
        yield setting("parallel", False, at("parallel_tool_calls"))
    if body.get("store"):
        yield setting("store", True, at("store"))
    if body.get("n", 1) not in (None, 1):
        yield setting("n", body["n"], at("n"))
    form = body.get("response_format") or {}
    if form.get("type") == "json_schema":
        schema = form.get("json_schema", {}).get("schema")
        yield setting("format", schema, at("response_format"))
    elif form.get("type") == "json_object":
        yield setting("format", "json", at("response_format"))


def _choice(choice: Any) -> Iterator[Fact]:
    if isinstance(choice, str):
        if choice != "auto":
            yield setting("choice", [choice, None], at("tool_choice"))
    elif isinstance(choice, dict):
        named = choice.get("function") or choice.get("custom") or {}
        yield setting("choice", ["named", named.get("name")], at("tool_choice"))


def response(body: dict[str, Any]) -> Iterator[Fact]:
    """Yield what a reply says."""
    yield from stated(body, {"id": "id", "model": "model", "created": "created"})
    for place, choice in enumerate(body.get("choices") or ()):
        yield from _message({"role": "assistant", **choice.get("message", {})}, at("choices", place, "message"), set())
        stop = choice.get("finish_reason")
        if stop is not None:
            yield Fact(("stop", STOPS.get(stop, f"other {stop}")), (at("choices", place, "finish_reason"),))
        known = ("index", "message", "finish_reason", "logprobs")
        yield from extras(choice, known, at("choices", place))
    usage = body.get("usage") or {}
    inside = usage.get("prompt_tokens_details") or {}
    read, written = inside.get("cached_tokens") or 0, inside.get("cache_write_tokens") or 0
    counts = {"in": (usage.get("prompt_tokens") or 0) - read - written, "cache read": read, "cache write": written}
    counts["out"] = usage.get("completion_tokens") or 0
    for name, count in counts.items():
        if count:
            yield Fact(("usage", name, str(count)), (at("usage"),))
    yield from beside(body)
    said = ("id", "model", "created", "object", "choices", "usage", "service_tier", "metadata", "moderation")
    yield from extras(body, said, "")


def _message(message: dict[str, Any], place: str, computers: set[Any]) -> Iterator[Fact]:
    role = {"developer": "system"}.get(message.get("role", ""), message.get("role", ""))
    if role == "tool":
        yield from _result(message, place)
        return
    if isinstance(message.get("content"), str):
        if message["content"]:
            yield said(role, spoken(message["content"]), f"{place}/content")
    else:
        for number, part in enumerate(message.get("content") or ()):
            yield from _part(role, part, f"{place}{at('content', number)}")
    if message.get("refusal"):
        yield Fact(("refusal", message["refusal"]), (f"{place}/refusal",))
    for number, made in enumerate(message.get("tool_calls") or ()):
        yield from _call(made, f"{place}{at('tool_calls', number)}", computers)
    for number, note in enumerate(message.get("annotations") or ()):
        yield citation(note, f"{place}{at('annotations', number)}")
    yield from extras(message, ("role", "content", "refusal", "tool_calls", "annotations"), place)


def _part(role: str, part: dict[str, Any], place: str) -> Iterator[Fact]:
    kind = part.get("type")
    if kind == "text":
        text = part["text"]
        if role == "user" and is_line(text):
            yield from lines(text, f"{place}/text")
        elif text and not (role == "user" and LABEL.fullmatch(text)):  # it says whose images follow
            yield said(role, spoken(text), f"{place}/text")
    elif kind == "image_url" and isinstance(part["image_url"], dict):
        yield image(part["image_url"]["url"], f"{place}/image_url")
        if part["image_url"].get("detail", "auto") not in ("auto", None):
            yield Fact(("detail", part["image_url"]["detail"]), (f"{place}/image_url/detail",))
    elif kind == "file" and isinstance(part.get("file"), dict):
        yield document(part["file"].get("file_data") or str(part["file"].get("file_id")), f"{place}/file")
        if part["file"].get("filename"):
            yield Fact(("title", part["file"]["filename"]), (f"{place}/file/filename",))
    elif kind == "refusal":
        yield Fact(("refusal", part["refusal"]), (f"{place}/refusal",))
    else:
        yield Fact(("block", canonical(part)), (place,))
    if part.get("prompt_cache_breakpoint"):
        yield Fact(("cache point",), (f"{place}/prompt_cache_breakpoint",))


def _call(made: dict[str, Any], place: str, computers: set[Any]) -> Iterator[Fact]:
    if made.get("type") == "custom":
        custom = made["custom"]
        yield Fact(("free call", str(made["id"]), custom["name"], custom["input"]), (place,))
        return
    function = made["function"]
    if function["name"] in computers or (function["name"] == "computer" and '"action"' in function["arguments"]):
        arguments = _object(function["arguments"])
        for one in arguments.get("actions") or [arguments]:
            yield action(one, f"{place}/function")
        return
    places = (f"{place}/id", f"{place}/function/name", f"{place}/function/arguments")
    yield call(made["id"], function["name"], parsed(function["arguments"]), *places)


def _object(text: str) -> dict[str, Any]:
    found = json.loads(text)
    assert isinstance(found, dict)
    return found


def _result(message: dict[str, Any], place: str) -> Iterator[Fact]:
    id = message.get("tool_call_id")
    content = message.get("content")
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content or []
    for number, part in enumerate(parts):
        where = f"{place}/content" if isinstance(content, str) else f"{place}{at('content', number)}"
        if part.get("type") == "text":
            if number == 0 and part["text"] == FAILED:
                yield failed(id, where)
            elif is_line(part["text"]):
                yield from lines(part["text"], where)
            elif part["text"]:
                yield named_tool(id, part["text"], where, f"{place}/tool_call_id")
            if part.get("prompt_cache_breakpoint"):
                yield Fact(("cache point",), (f"{where}/prompt_cache_breakpoint",))
        else:
            yield from _part("tool", part, where)


def _tool(tool: dict[str, Any], place: str) -> Iterator[Fact]:
    if tool.get("type") == "custom":
        yield free_tool(tool["custom"]["name"], tool["custom"].get("description"), place)
        yield from grammar((tool["custom"].get("format") or {}).get("grammar"), f"{place}/custom/format")
        yield from extras(tool["custom"], ("name", "description", "format"), f"{place}/custom")
        return
    made = tool.get("function")
    if not isinstance(made, dict):
        yield Fact(("server tool", canonical(tool)), (place,))
        return
    if str(made.get("description")).startswith("Act on the screen"):
        yield Fact(("computer",), (place,))
        return
    inner = "/function"
    yield from function(
        made.get("name"), made.get("description"), made.get("parameters"), made.get("strict"), place, inner
    )
    yield from extras(made, ("name", "description", "parameters", "strict"), place + inner)
