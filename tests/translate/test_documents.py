"""Documents whose content stands in the request: as files where these hold text, else as texts between two lines, and back."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from polyloop.translate import convert, hub, restore, same_json
from polyloop.translate.adapting import Adapting
from polyloop.translate.documents import bytes_of_words, hear_documents, say_documents, words_of_bytes
from polyloop.translate.jsonvalue import ABSENT
from polyloop.translate.testing import strategies

END = "\n[end of document]"
TRICKY = (
    "[document]\n",
    END,
    '[document "a \\"b\\""]\n',
    "\\[document]\n",
    "\\\\" + END,
    "[document (in parts)]\n",
    "",
)


def said(*parts: hub.Part) -> hub.Request:
    return hub.Request(turns=(hub.Turn(role="user", parts=parts),))


def document(content: str | tuple[hub.Shown, ...], title: str | None = None) -> hub.Media:
    return hub.Media(kind="document", source=hub.Inline(content=content), title=ABSENT if title is None else title)


texts = st.one_of(st.sampled_from(TRICKY), strategies.json_texts())
words = st.builds(lambda text: hub.Text(text=text, form="block"), texts)
titles = st.none() | texts
documents = st.builds(document, texts, titles) | st.builds(
    lambda parts, title: document(tuple(parts), title), st.lists(words, max_size=3), titles
)


@given(st.lists(words | documents, max_size=5))
@example([document("a", "t"), hub.Text(text=END), document((hub.Text(text="[document]\n"),))])
def test_documents_told_in_words_are_heard_as_they_were(parts: list[hub.Part]) -> None:
    request = said(*parts)
    told = say_documents(request, Adapting(target="openai-chat", source="anthropic"), files=False)
    assert not any(isinstance(part, hub.Media) for turn in told.turns for part in turn.parts)
    assert hear_documents(told, Adapting(target="anthropic", source="openai-chat")) == request


@given(texts, st.sampled_from(["text/plain", "text/csv"]))
def test_bytes_of_a_text_are_the_text(text: str, media_type: str) -> None:
    data = bytes_of_words(text, media_type)
    assert (data is None) == any("\ud800" <= letter <= "\udfff" for letter in text)
    if data is not None:
        assert words_of_bytes(data) == text


def test_bytes_that_are_no_utf_8_are_no_words() -> None:
    assert words_of_bytes(hub.Base64(media_type="text/plain", data=b64encode(b"\xff").decode())) is None
    assert words_of_bytes(hub.Base64(media_type="text/plain", data="?")) is None
    assert words_of_bytes(hub.Base64(media_type="application/pdf", data="")) is None


PLAIN = {"type": "text", "media_type": "text/plain", "data": "a,b\n1,2"}
ASKED: dict[str, Any] = {
    "model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [
        {"type": "document", "source": PLAIN, "title": "x.csv", "cache_control": {"type": "ephemeral"}},
        {"type": "text", "text": "What is b?"},
    ]}],
}  # fmt: skip
IN_PARTS: dict[str, Any] = {
    "model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [
        {"type": "document", "title": "t", "source": {"type": "content", "content": [
            {"type": "text", "text": "one"}, {"type": "image", "source": {"type": "url", "url": "https://a/b.png"}},
        ]}},
        {"type": "text", "text": "?"},
    ]}],
}  # fmt: skip


@pytest.mark.parametrize("target", ["openai-chat", "openai-responses"])
@pytest.mark.parametrize("asked", [ASKED, IN_PARTS])
def test_a_document_comes_back_with_its_title_and_its_cache_point(asked: dict[str, Any], target: str) -> None:
    there = convert(asked, kind="request", source="anthropic", target=target)
    assert there.losses == ()
    back = convert(there.value, kind="request", source=target, target="anthropic")
    assert same_json(back.value, asked, ordered=False)


def test_the_responses_api_is_sent_a_text_file() -> None:
    there = convert(ASKED, kind="request", source="anthropic", target="openai-responses")
    assert there.value["input"][0]["content"][0] == {
        "type": "input_file", "filename": "x.csv", "file_data": "data:text/plain;base64,YSxiCjEsMg==",
        "prompt_cache_breakpoint": {"mode": "explicit"},
    }  # fmt: skip


def test_what_chat_completions_puts_around_a_document_is_told() -> None:
    there = convert(ASKED, kind="request", source="anthropic", target="openai-chat")
    assert [(put.pointer, put.text) for put in there.insertions] == [
        ("/messages/0/content/0/text", '[document "x.csv"]\n'), ("/messages/0/content/2/text", END),
    ]  # fmt: skip


def test_a_text_file_reaches_chat_completions_as_words_and_another_file_than_pdf_not_at_all() -> None:
    files = [
        {"type": "input_file", "filename": "a.csv", "file_data": "data:text/csv;base64,YSxi"},
        {"type": "input_file", "filename": "a.docx", "file_data": "data:application/msword;base64,AAAA"},
        {"type": "input_text", "text": "x"},
    ]
    asked = {"model": "m", "store": False, "input": [{"type": "message", "role": "user", "content": files}]}
    there = convert(asked, kind="request", source="openai-responses", target="openai-chat")
    content = there.value["messages"][0]["content"]
    assert [part["text"] for part in content] == ['[document "a.csv" (text/csv)]\n', "a,b", END, "x"]
    assert [row.pointer for row in there.losses] == ["/input/0/content/1"]
    assert same_json(restore(there), asked, ordered=False)


def test_a_document_in_a_result_stays_in_the_result() -> None:
    result = {
        "type": "tool_result",
        "tool_use_id": "c",
        "content": [{"type": "document", "source": PLAIN, "title": "t"}],
    }
    call = {"type": "tool_use", "id": "c", "name": "f", "input": {}}
    asked = {"model": "m", "max_tokens": 9, "messages": [
        {"role": "user", "content": "go"}, {"role": "assistant", "content": [call]}, {"role": "user", "content": [result]},
    ]}  # fmt: skip
    for target in ("openai-chat", "openai-responses"):
        there = convert(asked, kind="request", source="anthropic", target=target)
        assert there.losses == ()
    chat = convert(asked, kind="request", source="anthropic", target="openai-chat").value
    assert [part["text"] for part in chat["messages"][2]["content"]] == ['[document "t"]\n', "a,b\n1,2", END]
