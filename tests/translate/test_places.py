"""The ruler's own parts: fields of leaves, what the table says of them, and hazards by list and by facts."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks import hazards
from benchmarks.leaves import conversation, words_of
from benchmarks.places import Places, places, told

from polyloop.translate.testing import corpus as recorded

ASKED: dict[str, Any] = {
    "model": "m",
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "document", "source": {"type": "url", "url": "u"}}]},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "f", "input": {"deep": {"er": 1}}}]},
        {"role": "user", "content": [{"type": "text", "text": "b"}, {"type": "text", "text": ""}]},
    ],
    "tools": [{"type": "web_search_20250305", "name": "w", "strict": True}],
}  # fmt: skip


def test_a_field_is_told_with_what_it_stands_in() -> None:
    fields = {told(ASKED, path) for path in conversation(ASKED)}
    assert fields == {
        "messages[user].role", "messages[user].content[text].type", "messages[user].content[text].text",
        "messages[user].content[document of url].type", "messages[user].content[document of url].source{url}.type",
        "messages[user].content[document of url].source{url}.url", "messages[assistant].role",
        "messages[assistant].content[tool_use].type", "messages[assistant].content[tool_use].name",
        "messages[assistant].content[tool_use].input", "messages[user].content[one of several texts].type",
        "messages[user].content[one of several texts].text", "messages[user].content[text without words].type",
        "messages[user].content[text without words].text empty",
        "tools[web_search].type", "tools[web_search].name", "tools[web_search].strict True",
    }  # fmt: skip


def test_what_must_stand_in_a_schema_ends_where_users_shape() -> None:
    path = ("messages", "1", "content", "0", "input", "deep", "er")
    assert list(words_of(ASKED, path)) == ["messages", "content", "tool_use", "input"]


def test_the_table_tells_what_has_a_place() -> None:
    table = places("anthropic", "openai-chat", "request")
    assert table.has_place("messages[user].content[text].text")
    assert not table.has_place("messages[assistant].content[thinking].signature")
    assert table.has_place("a field that nobody probed")


def test_a_field_without_a_row_counts_against_us() -> None:
    assert Places(probed=frozenset({"a"}), given_back=frozenset()).has_place("b")
    assert not Places(probed=frozenset({"a"}), given_back=frozenset()).has_place("a")


def test_a_field_of_an_object_without_a_place_has_none() -> None:
    table = Places(probed=frozenset({"a.mark{x}.type", "b.mark{x}.type"}), given_back=frozenset({"b.mark{x}.type"}))
    assert not table.has_place("a.mark{x}.time 5m")
    assert table.has_place("b.mark{x}.time 5m")


def test_what_stands_deep_in_an_object_without_a_place_has_none_and_what_no_probe_tells_apart_is_the_plain_one() -> (
    None
):
    table = Places(
        probed=frozenset({"a[x].type", "a[y].type", "a[x that fails].type"}),
        given_back=frozenset({"a[x that fails].type"}),
    )
    assert not table.has_place("a[x].content{z}.type")
    assert table.has_place("a[x that fails].content{z}.type")
    assert not table.has_place("a[y that fails].content{z}.type")


def test_a_call_that_the_limit_cut_short_is_told_apart() -> None:
    def fields(arguments: str, finish: str) -> set[str]:
        called = {"type": "function", "function": {"name": "f", "arguments": arguments}}
        reply = {"choices": [{"message": {"role": "assistant", "tool_calls": [called]}, "finish_reason": finish}]}
        return {told(reply, path) for path in conversation(reply)}

    cut = "choices[answer].message.tool_calls[function cut short].type"
    assert cut in fields("", "length") & fields('{"a', "length")
    assert cut not in fields("{}", "length") | fields('{"a', "tool_calls")


LEAST_BY_FACTS = {"request": 0.6, "response": 0.25}
"""Of all cases; most replies among them are made of what one wire alone can say."""


@pytest.mark.corpus
@pytest.mark.parametrize("kind", LEAST_BY_FACTS)
def test_hazards_come_back_by_facts_at_least_as_often_as_by_the_list(kind: str) -> None:
    cases = recorded.find_cases()
    if cases is None:
        pytest.skip(f"no hazard cases: set {recorded.VARIABLE} to a folder that has them")
    for source in hazards.FACTS:
        for target in hazards.FACTS:
            if source != target:
                found = hazards.measure(cases, source, target, kind)
                told_apart = len(found.by_facts) + len(found.placeless) + len(found.lost)
                assert set(found.by_list) <= set(found.by_facts), (source, target)
                assert len(found.by_facts) / told_apart >= LEAST_BY_FACTS[kind], (source, target)
