"""Searches of the web that OpenAI made, and pages its texts cite, in a reply: blocks that clients read, and no request gives back to the API."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import example, find, given
from hypothesis import strategies as st

from polyloop.translate import WriteError, adapt, convert, fold, hub, read, write
from polyloop.translate.anthropic_messages.server_tools import own_id
from polyloop.translate.jsonvalue import Json
from polyloop.translate.profiles import profile_for
from polyloop.translate.stream_converter import replay
from polyloop.translate.testing import laws
from polyloop.translate.testing.stream_grammar import anthropic_faults, responses_faults
from polyloop.translate.testing.stream_laws import converting_commutes_with_folding

PAGE: Final = "https://example.org/fjords"
PAIR: Final[dict[str, Any]] = {"kind": "response", "source": "openai-responses", "target": "anthropic"}


def search(*, status: str = "completed", id: str = "ws_1", **action: Json) -> dict[str, Any]:
    return {"type": "web_search_call", "id": id, "status": status, "action": {"type": "search", **action}}


def cites(start: int = 0, end: int = 8, **changed: Json) -> dict[str, Any]:
    return {"type": "url_citation", "url": PAGE, "title": "Fjords", "start_index": start, "end_index": end, **changed}


def answer(*annotations: Json) -> dict[str, Any]:
    text = {"type": "output_text", "text": "They are", "annotations": list(annotations)}
    return {"type": "message", "id": "msg_0", "role": "assistant", "status": "completed", "content": [text]}


def responses_reply(*output: Json) -> dict[str, Any]:
    return {
        "id": "resp_1", "object": "response", "created_at": 0, "status": "completed", "error": None,
        "incomplete_details": None, "model": "m", "output": list(output), "parallel_tool_calls": True,
        "tool_choice": "auto", "tools": [], "usage": None,
    }  # fmt: skip


def chat_reply(*annotations: Json) -> dict[str, Any]:
    said = {"role": "assistant", "content": "They are", "annotations": list(annotations)}
    return {
        "id": "c", "object": "chat.completion", "created": 0, "model": "m",
        "choices": [{"index": 0, "message": said, "finish_reason": "stop"}],
    }  # fmt: skip


def messages_reply(*content: Json) -> dict[str, Any]:
    return {
        "id": "m", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn", "stop_sequence": None,
        "content": list(content), "usage": {"input_tokens": 1, "output_tokens": 1},
    }  # fmt: skip


def blocks_of(reply: Json, source: str = "openai-responses") -> list[Any]:
    found: list[Any] = convert(reply, kind="response", source=source, target="anthropic").value["content"]
    return found


def items_of(*blocks: Json) -> list[Any]:
    value = convert(messages_reply(*blocks), kind="response", source="anthropic", target="openai-responses").value
    found: list[Any] = value["output"]
    return found


def used(id: str, name: str = "web_search", **given: Json) -> dict[str, Any]:
    return {"type": "server_tool_use", "id": id, "name": name, "input": given}


def came(id: str, content: Json, name: str = "web_search") -> dict[str, Any]:
    return {"type": f"{name}_tool_result", "tool_use_id": id, "content": content}


def page(url: str = PAGE, title: str = "", seal: str = "") -> dict[str, Any]:
    return {"type": "web_search_result", "url": url, "title": title, "encrypted_content": seal}


def cited(title: str | None = "Fjords", words: str = "", seal: str = "") -> dict[str, Any]:
    return {
        "type": "web_search_result_location", "url": PAGE, "title": title, "cited_text": words, "encrypted_index": seal,
    }  # fmt: skip


def text(*citations: Json) -> dict[str, Any]:
    return {"type": "text", "text": "They are", **({"citations": list(citations)} if citations else {})}


FAILED: Final = {"type": "web_search_tool_result_error", "error_code": "unavailable"}
OPENED: Final = {
    "type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "open_page", "url": PAGE},
}  # fmt: skip
SOURCE: Final = {"type": "url", "url": PAGE}
SOUGHT: Final[list[tuple[Json, list[Json]]]] = [
    (search(query="q"), [used("srvtoolu_ws_1", query="q")]),
    (search(query="q", queries=["q", "r"]), [used("srvtoolu_ws_1", query="q", queries=["q", "r"])]),
    (search(query="q", sources=[SOURCE]), [used("srvtoolu_1", query="q"), came("srvtoolu_1", [page()])]),
    (search(query="q", sources=[]), [used("srvtoolu_1", query="q"), came("srvtoolu_1", [])]),
    (search(query="q", status="failed"), [used("srvtoolu_1", query="q"), came("srvtoolu_1", FAILED)]),
    (OPENED, [used("srvtoolu_ws_1", "web_fetch", url=PAGE)]),
    (search(query="q", id="other"), [used("srvtoolu_ws_other", query="q")]),
    (
        search(query="q", id="ws_a-b", sources=[SOURCE]),
        [used("srvtoolu_a-b", query="q"), came("srvtoolu_a-b", [page()])],
    ),
]
"""What OpenAI says of a search that is over, and the blocks that say it."""
SILENT: Final[list[Json]] = [
    search(query=""),
    search(query="q", status="searching"),
    search(),
    {**OPENED, "action": {"type": "find_in_page", "url": PAGE, "pattern": "p"}},
    {"type": "web_search_call", "id": "ws_1", "status": "completed"},
]
"""What has no block: nothing is asked, it is not over, or the tool is one that Anthropic has not."""


@pytest.mark.parametrize(("item", "blocks"), SOUGHT)
def test_a_search_that_is_over_is_a_call_and_what_is_known_to_have_come_of_it(item: Json, blocks: list[Json]) -> None:
    assert blocks_of(responses_reply(item, answer())) == [*blocks, text()]


@pytest.mark.parametrize("item", SILENT)
def test_nothing_is_said_of_a_search_that_is_not_over_or_asks_nothing(item: Json) -> None:
    assert blocks_of(responses_reply(item, answer())) == [text()]


@pytest.mark.parametrize(("item", "blocks"), SOUGHT)
def test_it_comes_back_as_it_was(item: Any, blocks: list[Json]) -> None:
    back = items_of(*blocks, text())[0]
    assert back == {**item, "id": "ws_other"} if item["id"] == "other" else back == item
    translation = convert(responses_reply(item, answer()), **PAIR)
    named = [row.pointer for row in translation.losses if row.pointer.startswith("/output/0/")]
    assert named == (["/output/0/id"] if item["id"] == "other" else [])


def test_a_source_that_is_no_page_is_left_out_and_none_is_made_up() -> None:
    api = {"type": "api", "name": "weather"}
    assert blocks_of(responses_reply(search(query="q", sources=[api, SOURCE]))) == [
        used("srvtoolu_1", query="q"), came("srvtoolu_1", [page()])
    ]  # fmt: skip
    assert blocks_of(responses_reply(search(query="q", sources=[api]))) == [used("srvtoolu_ws_1", query="q")]


@pytest.mark.parametrize(
    "item", [search(query="q", id="ws_a-b", sources=[]), search(query="q", id="ws_a-b", status="failed")]
)
def test_a_result_that_a_request_could_have_has_an_id_that_it_could_have(item: Json) -> None:
    assert blocks_of(responses_reply(item)) == [used("srvtoolu_ws_a-b", query="q")]


def test_of_several_queries_without_a_text_for_all_the_first_stands_for_them() -> None:
    assert blocks_of(responses_reply(search(queries=["q", "r"])))[0]["input"] == {"query": "q", "queries": ["q", "r"]}


def test_a_page_that_is_cited_is_cited_by_the_whole_text() -> None:
    reply = responses_reply(answer(cites(), cites(5, 8)))
    assert blocks_of(reply) == [text(cited(), cited())]
    translation = convert(reply, **PAIR)
    named = [row for row in translation.losses if "annotations" in row.pointer]
    assert [(row.pointer, row.before, row.after) for row in named] == [
        ("/output/0/content/0/annotations/1/start_index", 5, 0)
    ]
    assert "whole text" in named[0].reason


def test_a_page_whose_address_alone_is_told_has_no_title_and_a_file_is_none() -> None:
    bare = {"type": "url_citation", "url": PAGE}
    file = {"type": "file_citation", "file_id": "f", "filename": "n", "index": 0}
    assert blocks_of(responses_reply(answer(bare, file))) == [text(cited(title=None))]


def test_annotations_of_chat_completions_cross_over_and_come_back() -> None:
    inner = {key: value for key, value in cites().items() if key != "type"}
    reply = chat_reply({"type": "url_citation", "url_citation": inner})
    assert blocks_of(reply, "openai-chat") == [text(cited())]
    translation = convert(reply, kind="response", source="openai-chat", target="anthropic")
    assert [row.pointer for row in translation.losses if "annotations" in row.pointer] == []


def test_what_anthropic_cites_is_an_annotation_of_the_texts_place_in_the_message() -> None:
    reply = messages_reply(text(cited(seal="s", words="w")), text(cited(title=None, seal="s")))
    message = convert(reply, kind="response", source="anthropic", target="openai-chat").value["choices"][0]["message"]
    places = [note["url_citation"] for note in message["annotations"]]
    assert [message["content"][place["start_index"] : place["end_index"]] for place in places] == ["They are"] * 2
    assert [place["title"] for place in places] == ["Fjords", PAGE]


STREAMED: Final = [
    *(("openai-responses", responses_reply(item, answer(cites(5, 8)))) for item, _ in SOUGHT),
    *(("openai-responses", responses_reply(item, answer())) for item in SILENT),
    ("openai-responses", responses_reply(answer(cites()), search(query="q", id="ws_2"), answer(cites(), cites(1, 2)))),
    ("openai-chat", chat_reply({"type": "url_citation", "url_citation": {"url": PAGE, "title": "t"}})),
]


@pytest.mark.parametrize(("source", "reply"), STREAMED)
def test_a_stream_says_it_as_the_whole_reply_does(source: str, reply: Json) -> None:
    events = replay(source, reply)
    for target in ("anthropic", "openai-chat", "openai-responses"):
        if target != source:
            converting_commutes_with_folding(events, source=source, target=target)
    streamed = convert(events, kind="stream", source=source, target="anthropic").value
    assert fold("anthropic", streamed)["content"] == blocks_of(reply, source)
    assert anthropic_faults(streamed) == []


@pytest.mark.parametrize("target", ["openai-chat", "openai-responses"])
@pytest.mark.parametrize(("item", "blocks"), SOUGHT)
def test_a_stream_takes_it_back_as_the_whole_reply_does(target: str, item: Json, blocks: list[Json]) -> None:
    events = replay("anthropic", messages_reply(*blocks, text(cited()), text(cited(title=None))))
    converting_commutes_with_folding(events, source="anthropic", target=target)
    if target == "openai-responses":
        assert responses_faults(convert(events, kind="stream", source="anthropic", target=target).value) == []


def test_searches_that_end_in_another_order_stand_in_the_order_in_which_they_began() -> None:
    items = [search(query="q", id="ws_1"), search(query="r", id="ws_2")]
    whole = responses_reply(*items, answer())
    events = replay("openai-responses", whole)
    own = [event for event in events if event.get("item", {}).get("type") == "web_search_call"]
    begun, ended = [own[0], own[2]], [own[3], own[1]]
    assert [event["type"].rpartition(".")[2] for event in (*begun, *ended)] == ["added", "added", "done", "done"]
    place = events.index(own[0])
    rest = [event for event in events[place:] if event not in own]
    shuffled = [*events[:place], *begun, *ended, *rest]
    assert fold("openai-responses", shuffled) == whole
    converting_commutes_with_folding(shuffled, source="openai-responses", target="anthropic")


# Requests.


def asked(*blocks: Json) -> dict[str, Any]:
    said = {"role": "assistant", "content": list(blocks)}
    messages = [{"role": "user", "content": "q"}, said, {"role": "user", "content": "go on"}]
    return {"model": "claude-opus-5", "max_tokens": 9, "messages": messages}


OTHERS: Final = [used("srvtoolu_ws_1", query="q"), used("srvtoolu_2", query="q"), came("srvtoolu_2", [page()])]
SEALED: Final = [used("srvtoolu_3", query="q"), came("srvtoolu_3", [page(title="t", seal="e")])]


def test_no_request_gives_another_providers_searches_and_citations_to_the_api() -> None:
    request = asked(*OTHERS, *SEALED, text(cited(), cited(seal="s")))
    laws.exact_hub(request, wire="anthropic", kind="request")
    fitted = write("anthropic", adapt(read("anthropic", "request", request), "anthropic"))
    profile = profile_for("anthropic", "claude-opus-5", "anthropic")
    assert profile is not None
    profiled = convert(request, kind="request", source="anthropic", target="anthropic", profile=profile)
    kept = [*SEALED, text(cited(seal="s"))]
    assert fitted["messages"][1]["content"] == profiled.value["messages"][1]["content"] == kept
    dropped = [row for row in profiled.losses if row.kind == "dropped"]
    assert [row.pointer.removeprefix("/messages/1/content/") for row in dropped] == ["0", "1", "2", "5/citations/0"]
    assert all("seal" in row.reason for row in dropped)


def test_a_call_of_anthropics_own_that_goes_on_is_given_back() -> None:
    request = asked(text(), used("srvtoolu_01", query="q"))
    request["messages"].pop()
    fitted = write("anthropic", adapt(read("anthropic", "request", request), "anthropic"))
    assert fitted["messages"][1]["content"] == request["messages"][1]["content"]
    paused = messages_reply(used("srvtoolu_01", query="q")) | {"stop_reason": "pause_turn"}
    assert convert(paused, kind="response", source="anthropic", target="openai-responses").value["output"] == []


def test_in_a_request_for_the_responses_api_they_are_what_they_were() -> None:
    request = asked(*OTHERS, text(cited()))
    items = convert(request, kind="request", source="anthropic", target="openai-responses").value["input"][1:-1]
    assert items[:2] == [search(query="q"), search(query="q", id="ws_2", sources=[SOURCE])]
    assert items[2]["content"][0]["annotations"] == [cites()]


@pytest.mark.parametrize("target", ["openai-chat", "openai-responses", "uitars"])
def test_a_request_with_them_is_restored_from_every_wire(target: str) -> None:
    request = asked(*OTHERS, *SEALED, text(cited(), cited(seal="s")))
    laws.restores(request, kind="request", source="anthropic", target=target)
    laws.every_loss_has_a_reason(request, kind="request", source="anthropic", target=target)


def test_what_nobody_sealed_has_no_seal() -> None:
    reply = messages_reply(*OTHERS, text(cited()))
    laws.exact_hub(reply, wire="anthropic", kind="response")
    response = read("anthropic", "response", reply)
    assert isinstance(response, hub.Response)
    *_, result, said = response.candidates[0].turn.parts
    assert isinstance(said, hub.Text)
    assert isinstance(result, hub.ServerResult)
    assert said.citations[0].seal is None
    assert result.findings == hub.Searched(found=(hub.Found(url=PAGE, title=""),))


EMPTY: Final = hub.Seal(kind="encrypted", data="", family="anthropic")


@pytest.mark.parametrize(
    "part",
    [
        hub.Text(text="a", citations=(hub.Citation(kind="url", url=PAGE, title="t", cited_text="w", seal=EMPTY),)),
        hub.ServerResult(
            call_id="srvtoolu_1", tool="web_search", family="anthropic",
            findings=hub.Searched(found=(hub.Found(url=PAGE, title="t", seal=EMPTY),)),
        ),
    ],
)  # fmt: skip
def test_an_empty_seal_is_refused(part: hub.Part) -> None:
    turn = hub.Turn(role="assistant", parts=(part,))
    with pytest.raises(WriteError):
        write("anthropic", hub.Response(candidates=(hub.Candidate(turn=turn),), status="cut"))


_words = st.sampled_from(("", "q", "r"))
_sources = st.lists(st.sampled_from((SOURCE, {"type": "api", "name": "n"}, {"type": "url", "url": "u"})), max_size=2)
_actions = st.fixed_dictionaries(
    {}, optional={"query": _words, "queries": st.lists(_words, max_size=2), "sources": _sources}
)
_searches = st.builds(
    lambda id, status, action: search(id=id, status=status, **action),
    st.sampled_from(("ws_1", "ws_2", "ws_ws_1", "other-1")), st.sampled_from(("completed", "failed", "in_progress")), _actions,
)  # fmt: skip
_notes = st.builds(cites, st.integers(0, 8), st.integers(0, 8), title=st.sampled_from(("", "t", PAGE)))


@given(st.lists(_searches, max_size=3), st.lists(_notes, max_size=2))
@example([search(query="q", id="ws_ws_1", sources=[SOURCE]), search(query="r")], [cites(2, 5)])
def test_whatever_is_searched_and_cited_the_law_of_streams_and_the_law_of_losses_hold(
    items: list[Any], notes: list[Any]
) -> None:
    reply = responses_reply(*items, answer(*notes))
    laws.restores(reply, **PAIR)
    laws.both_lists_empty_iff_way_back_is_exact(reply, **PAIR)
    laws.every_loss_has_a_reason(reply, **PAIR)
    laws.nothing_invented(reply, **PAIR)
    converting_commutes_with_folding(replay("openai-responses", reply), source="openai-responses", target="anthropic")
    request = write("anthropic", adapt(read("anthropic", "request", asked(*blocks_of(reply), text())), "anthropic"))
    content = request["messages"][1]["content"]
    assert "encrypted" not in str(content)
    made = [block["id"] for block in content if block["type"] == "server_tool_use"]
    assert sorted(made) == sorted(block["tool_use_id"] for block in content if "tool_use_id" in block)
    assert all(own_id(id) is not None for id in made)


def test_the_generated_searches_reach_all_that_is_said_of_one() -> None:
    assert find(_searches, lambda item: item["status"] == "failed" and bool(item["action"].get("query")))
    assert find(_searches, lambda item: {"query", "queries", "sources"} <= item["action"].keys())
