"""The search of the web that a provider runs itself, as a request offers it: one meaning in the words of three wires.

On the Messages API and the Responses API it is one of the tools; in Chat Completions it is a key beside them, which the hub has as a
tool, too. Its domains stand in a filter or by themselves, its place in an object or in one object deeper.

Source: ``WebSearchTool20250305Param`` of the anthropic SDK 2.12.0; ``WebSearchToolParam`` and ``WebSearchOptions`` of the openai SDK
3.54.0; read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from . import hub
from .jsonvalue import ABSENT, Absent, Json

SEARCH: Final = "web_search"
"""What the tool is called, where it has a name, and its type without a date."""
KINDS: Final = frozenset({SEARCH, "web_search_preview"})
"""Its types, without their dates."""
USUAL_VERSION: Final = "20250305"
"""The version to offer on the Messages API: every model there takes it, the later ones want a model that filters in programs
(agents-and-tools/tool-use/web-search-tool, read 2026-11-22)."""
_SIZES: Final = ("low", "medium", "high")
_PLACE: Final = ("city", "country", "region", "timezone")
_VENDORS_TOOLS: Final = "openai-chat"
"""The wire whose vendors have tools of the same type in forms that nobody published."""


@attrs.frozen(kw_only=True)
class Search:
    """What an offer of a search says: domains to keep to, domains to leave out, how often to search, where the user is, how much to
    read. ABSENT is what it does not say."""

    allowed: list[Json] | Absent = ABSENT
    blocked: list[Json] | Absent = ABSENT
    most: int | Absent = ABSENT
    place: Mapping[str, Json] | Absent = ABSENT
    size: str | Absent = ABSENT


def read_search(tool: hub.Tool | hub.Opaque) -> Search | None:
    """Read what an offered search says, whichever wire's words its options are in; ``None`` for another tool."""
    if isinstance(tool, hub.Opaque) or tool.builtin is None or tool.form != "server" or tool.builtin.type not in KINDS:
        return None
    if tool.own is not None and tool.own.wire == _VENDORS_TOOLS:
        return None
    options = tool.builtin.options
    filters = options.get("filters")
    size, most = options.get("search_context_size"), options.get("max_uses")
    return Search(
        allowed=_domains((filters if isinstance(filters, Mapping) else options).get("allowed_domains")),
        blocked=_domains(options.get("blocked_domains")),
        most=most if type(most) is int else ABSENT,
        place=_place(options.get("user_location")),
        size=size if isinstance(size, str) and size in _SIZES else ABSENT,
    )


def _domains(value: Json) -> list[Json] | Absent:
    return value if isinstance(value, list) and value and all(isinstance(item, str) for item in value) else ABSENT


def _place(value: Json) -> Mapping[str, Json] | Absent:
    if not isinstance(value, Mapping):
        return ABSENT
    inner = value.get("approximate")
    said = inner if isinstance(inner, Mapping) else value
    return {key: said[key] for key in _PLACE if isinstance(said.get(key), str)}


_APPROXIMATE: Final = {"type": "approximate"}


def anthropic_search(search: Search, cache: hub.Mark | None = None) -> hub.Tool:
    """Offer a search in the words of the Messages API, which has no size of what is read."""
    place = ABSENT if search.place is ABSENT else {**_APPROXIMATE, **search.place}
    options = {
        "allowed_domains": search.allowed,
        "blocked_domains": search.blocked if search.allowed is ABSENT else ABSENT,  # one of both, or a refusal
        "max_uses": search.most,
        "user_location": place,
    }
    builtin = hub.Builtin(type=SEARCH, version=USUAL_VERSION, options=_said(options))
    return hub.Tool(name=SEARCH, form="server", builtin=builtin, cache=cache)


def responses_search(search: Search) -> hub.Tool:
    """Offer a search in the words of the Responses API, which can leave out no domains and counts no uses."""
    place = ABSENT if search.place is ABSENT else {**_APPROXIMATE, **search.place}
    filters = ABSENT if search.allowed is ABSENT else {"allowed_domains": search.allowed}
    return _openai({"filters": filters, "user_location": place, "search_context_size": search.size})


def chat_search(search: Search) -> hub.Tool:
    """Offer a search in the words of Chat Completions, which has no domains and counts no uses."""
    place = ABSENT if search.place is ABSENT else {**_APPROXIMATE, "approximate": search.place}
    return _openai({"user_location": place, "search_context_size": search.size})


def _openai(options: Mapping[str, Json]) -> hub.Tool:
    return hub.Tool(form="server", builtin=hub.Builtin(type=SEARCH, options=_said(options)))


def _said(options: Mapping[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in options.items() if value is not ABSENT}


def is_chat_search(tool: hub.Tool | hub.Opaque) -> bool:
    """Tell whether a tool is one that Chat Completions says in ``web_search_options``: with no more than its options."""
    if isinstance(tool, hub.Opaque) or tool.builtin is None:
        return False
    return tool == hub.Tool(form="server", builtin=hub.Builtin(type=SEARCH, options=tool.builtin.options))


def first_search(tools: Iterable[hub.Tool | hub.Opaque]) -> Search | None:
    """Return the first search that is offered among tools."""
    return next((search for search in map(read_search, tools) if search is not None), None)


_ASKED: Final[Mapping[str, tuple[str, ...]]] = {SEARCH: ("query",), "web_fetch": ("url",)}


def asked_of(tool: str, said: Mapping[str, Json]) -> dict[str, Json]:
    """Return of a call's arguments what is asked of a search, or of a fetch of a page; nothing where that is nothing.

    OpenAI's model may make several ``queries`` in one call, with one text for all of them as ``query`` beside them; where it is missing,
    the first stands for it.
    """
    asked: dict[str, Json] = {
        key: value for key, value in said.items() if key in _ASKED.get(tool, ()) and isinstance(value, str)
    }
    queries = said.get("queries") if tool == SEARCH else None
    if not isinstance(queries, list) or not queries or not all(isinstance(query, str) and query for query in queries):
        return asked
    if not asked:
        return {"query": queries[0], "queries": queries}
    return {key: value for key, value in said.items() if key in (*asked, "queries")}
