"""A search of the web that is offered on one wire is offered on the others, and comes back."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.translate import check, convert, decode, encode, hub, read, restore
from polyloop.translate.jsonvalue import ABSENT
from polyloop.translate.profiles.table import profile_for
from polyloop.translate.web_searches import (
    Search,
    anthropic_search,
    chat_search,
    is_chat_search,
    read_search,
    responses_search,
)

WIRES = ("anthropic", "openai-chat", "openai-responses")
PLACES = st.dictionaries(
    st.sampled_from(("city", "country", "region", "timezone")), st.sampled_from(("", "NL", "Europe/Amsterdam"))
)
DOMAINS = st.just(ABSENT) | st.lists(st.sampled_from(("example.org", "a.example")), min_size=1)
SEARCHES = st.builds(
    Search, allowed=DOMAINS, most=st.just(ABSENT) | st.integers(1, 9), place=st.just(ABSENT) | PLACES,
    size=st.just(ABSENT) | st.sampled_from(("low", "medium", "high")),
)  # fmt: skip


@given(SEARCHES)
def test_each_wire_says_of_a_search_what_it_has_words_for(search: Search) -> None:
    assert read_search(anthropic_search(search)) == Search(allowed=search.allowed, most=search.most, place=search.place)
    assert read_search(responses_search(search)) == Search(allowed=search.allowed, place=search.place, size=search.size)
    assert read_search(chat_search(search)) == Search(place=search.place, size=search.size)
    assert is_chat_search(chat_search(search))


PLACE = {"type": "approximate", "city": "Utrecht", "country": "NL"}
FORMS: dict[str, dict[str, Any]] = {
    "anthropic": {
        "model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "q"}],
        "tools": [{"type": "web_search_20250305", "name": "web_search", "user_location": PLACE}],
    },
    "openai-chat": {
        "model": "m", "max_completion_tokens": 9, "messages": [{"role": "user", "content": "q"}],
        "web_search_options": {
            "user_location": {"type": "approximate", "approximate": {"city": "Utrecht", "country": "NL"}}
        },
    },
    "openai-responses": {
        "model": "m", "max_output_tokens": 9, "input": [{"type": "message", "role": "user", "content": "q"}], "store": False,
        "tools": [{"type": "web_search", "user_location": PLACE}],
    },
}  # fmt: skip


@pytest.mark.parametrize(("source", "target"), [*permutations(WIRES, 2)])
def test_a_search_near_a_place_is_the_same_on_every_wire(source: str, target: str) -> None:
    translation = convert(FORMS[source], kind="request", source=source, target=target)
    assert translation.value == FORMS[target]
    assert [row.pointer for row in translation.losses if row.pointer != "/store"] == []
    assert restore(translation) == FORMS[source]


@pytest.mark.parametrize("rest", [{}, {"tools": []}, {"tools": None}, {"tools": [{"type": "web_search"}]}])
@pytest.mark.parametrize("options", [{}, None, {"unheard_of": 1}, "no object"])
def test_a_chat_search_beside_any_tools_is_exact(rest: dict[str, Any], options: Any) -> None:
    document = {"messages": [{"role": "user", "content": "q"}], **rest, "web_search_options": options}
    assert encode(decode("openai-chat", "request", document)) == document
    translation = convert(document, kind="request", source="openai-chat", target="openai-chat")
    assert translation.value == document


def test_a_search_that_must_be_made_is_the_one_allowed_tool_where_none_is_named_by_its_type() -> None:
    document = {**FORMS["anthropic"], "tool_choice": {"type": "tool", "name": "web_search"}}
    value = convert(document, kind="request", source="anthropic", target="openai-responses").value
    assert value["tool_choice"] == {"type": "allowed_tools", "mode": "required", "tools": [{"type": "web_search"}]}
    assert "tool_choice" not in convert(document, kind="request", source="anthropic", target="openai-chat").value


def test_a_search_of_the_preview_that_must_be_made_is_named_as_the_target_calls_it() -> None:
    document = {**FORMS["openai-responses"], "tools": [{"type": "web_search_preview"}]}
    document["tool_choice"] = {"type": "web_search_preview"}
    value = convert(document, kind="request", source="openai-responses", target="anthropic").value
    assert value["tools"] == [{"type": "web_search_20250305", "name": "web_search"}]
    assert value["tool_choice"] == {"type": "tool", "name": "web_search"}


def test_a_function_of_the_searchs_name_comes_first_where_names_are_unique() -> None:
    function = {"type": "function", "name": "web_search", "parameters": {"type": "object"}, "strict": False}
    document = {
        **FORMS["openai-responses"],
        "tools": [{"type": "web_search"}, function, {"type": "web_search_preview"}],
    }
    value = convert(document, kind="request", source="openai-responses", target="anthropic").value
    assert [tool.get("type", "custom") for tool in value["tools"]] == ["custom"]


def test_domains_and_a_count_of_uses_that_have_no_place_are_losses_with_a_reason() -> None:
    tool = {"type": "web_search_20250305", "name": "web_search", "allowed_domains": ["example.org"], "max_uses": 3}
    translation = convert(
        {**FORMS["anthropic"], "tools": [tool]}, kind="request", source="anthropic", target="openai-chat"
    )
    assert [(row.pointer, "web_search_options" in row.reason) for row in translation.losses] == [
        ("/tools/0/allowed_domains", True),
        ("/tools/0/max_uses", True),
    ]


def test_a_vendors_own_tool_of_that_type_is_no_search_that_others_have() -> None:
    document = {"messages": [{"role": "user", "content": "q"}], "tools": [{"type": "web_search", "force_search": True}]}
    assert convert(document, kind="request", source="openai-chat", target="anthropic").value["tools"] == []


@pytest.mark.parametrize(("model", "searches"), [("gpt-4o", False), ("gpt-4o-search-preview", True)])
def test_chat_models_that_do_not_search_are_offered_none(model: str, searches: bool) -> None:
    profile = profile_for("openai", model, "openai-chat")
    assert profile is not None
    request = read("openai-chat", "request", {**FORMS["openai-chat"], "model": model})
    assert isinstance(request, hub.Request)
    assert [found.rule for found in check(request, profile)] == ([] if searches else ["search"])
    value = convert(
        FORMS["anthropic"], kind="request", source="anthropic", target="openai-chat", model=model, profile=profile
    ).value
    assert ("web_search_options" in value) is searches
