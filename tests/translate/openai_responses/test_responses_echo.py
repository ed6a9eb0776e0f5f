"""What a reply repeats of its request is a request without turns, read and written as requests are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.translate import WriteError, adapt, convert, hub, read, write
from polyloop.translate.codec import decode_as
from polyloop.translate.hub_events import MessageEnd, MessageStart
from polyloop.translate.jsonvalue import ABSENT, Json, JsonObject
from polyloop.translate.openai_responses.echo import ECHOED
from polyloop.translate.openai_responses.stream_events import ResponsesEvents
from polyloop.translate.openai_responses.wire import ECHO, Request
from polyloop.translate.openai_responses.wire_events import ResponseCompletedEvent, ResponseCreatedEvent
from polyloop.translate.records import field_names
from polyloop.translate.testing import laws
from polyloop.translate.testing.records import echoes, records_of, responses
from polyloop.translate.testing.strategies import json_values

WIRE: Final = "openai-responses"
OTHERS: Final = ("anthropic", "openai-chat", "uitars")
WEATHER: Final[JsonObject] = {
    "type": "function", "name": "weather", "description": "d", "strict": True,
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}  # fmt: skip
SETTINGS: Final[JsonObject] = {
    "instructions": "be brief", "tools": [WEATHER, {"type": "web_search", "search_context_size": "low"}],
    "tool_choice": {"type": "function", "name": "weather"}, "parallel_tool_calls": False, "temperature": 1.0, "top_p": 1,
    "max_output_tokens": 64, "text": {"format": {"type": "text"}, "verbosity": "low"}, "user": "u", "store": True,
    "reasoning": {"effort": "low", "summary": None, "mode": "standard"}, "truncation": "disabled", "top_logprobs": 0,
}  # fmt: skip


def document(**more: Json) -> JsonObject:
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "model": "m",
        "output": [],
        **more,
    }


def reply(**more: Json) -> hub.Response:
    found = read(WIRE, "response", document(**more))
    assert isinstance(found, hub.Response)
    return found


def asked(**more: Json) -> hub.Request:
    found = reply(**more).request
    assert found is not None
    return found


def keys(record: hub.Response) -> Mapping[str, Json]:
    written = write(WIRE, record)
    assert isinstance(written, dict)
    return {key: value for key, value in written.items() if key in ECHOED}


# Reading.


def test_a_reply_repeats_the_settings_that_its_request_has() -> None:
    said = read(WIRE, "request", {**SETTINGS, "input": []})
    assert asked(**SETTINGS) == said
    assert reply(**SETTINGS).own is None


def test_a_reply_that_repeats_nothing_has_no_request() -> None:
    assert reply().request is None


def test_each_repeated_key_is_one_of_requests_and_no_field_of_a_reply() -> None:
    assert set(ECHOED) <= set(field_names(Request))
    assert not set(ECHOED) & {field.name for field in attrs.fields(hub.Response)}
    assert set(ECHO) & set(field_names(Request)) <= set(ECHOED)


def test_nulls_and_defaults_that_are_written_out_come_back() -> None:
    laws.exact_hub(document(**dict.fromkeys(ECHOED)), wire=WIRE, kind="response")
    laws.exact_hub(document(text={}, reasoning={}, tools=[]), wire=WIRE, kind="response")


@pytest.mark.parametrize(
    "odd",
    [
        {"instructions": [{"type": "message", "role": "developer", "content": []}]},
        {"reasoning": "so I thought"},
        {"tools": {}},
    ],
)
def test_what_no_request_says_so_stays_residue_and_the_rest_is_read(odd: JsonObject) -> None:
    found = reply(**{**SETTINGS, **odd})
    assert found.own == hub.Own(wire=WIRE, fields=odd)
    assert found.request is not None
    assert found.request.sampling.temperature == 1.0
    laws.exact_hub(document(**{**SETTINGS, **odd}), wire=WIRE, kind="response")
    laws.exact_hub(document(**odd), wire=WIRE, kind="response")


@given(said=st.dictionaries(st.sampled_from(ECHOED), json_values(max_leaves=3), max_size=4))
def test_whatever_stands_under_a_repeated_key_is_exact(said: JsonObject) -> None:
    laws.exact_hub(document(**said), wire=WIRE, kind="response")


# Writing.


def test_a_changed_setting_is_written() -> None:
    found = reply(**SETTINGS)
    assert found.request is not None
    changed = attrs.evolve(found.request, max_output=7, tools=(), sampling=hub.Sampling(temperature=0))
    said = keys(attrs.evolve(found, request=changed))
    assert (said["max_output_tokens"], said["tools"], said["temperature"]) == (7, [], 0)
    assert "top_p" not in said
    assert not keys(attrs.evolve(found, request=None))


@given(request=echoes())
def test_a_request_of_settings_comes_back(request: hub.Request) -> None:
    laws.reads_back(attrs.evolve(reply(), request=request), wire=WIRE)


@pytest.mark.parametrize(
    "request_",
    [
        hub.Request(turns=(hub.Turn(role="user", parts=(hub.Text(text="hi"),)),)),
        hub.Request(model="m"),
        hub.Request(stop=("x",)),
        hub.Request(settings=hub.Settings(metadata={"k": "v"})),
        hub.Request(settings=hub.Settings(stream=True)),
        hub.Request(continues=(hub.Continues(kind="response", id="resp_0", family="openai"),)),
        hub.Request(own=hub.Own(wire=WIRE, fields={"unheard_of": 1})),
        hub.Request(
            instructions=hub.Turn(
                role="system", parts=(hub.Text(text="hi"),), seams=(hub.Seam(start=0, stop=1, form="item"),)
            )
        ),
    ],
)
def test_what_a_reply_does_not_repeat_is_refused(request_: hub.Request) -> None:
    with pytest.raises(WriteError):
        write(WIRE, attrs.evolve(reply(), request=request_))


@pytest.mark.parametrize("wire", OTHERS)
@given(found=responses())
def test_no_other_wire_repeats_a_request(wire: str, found: hub.Response) -> None:
    there = adapt(attrs.evolve(found, request=hub.Request(tools=())), wire)
    assert isinstance(there, hub.Response)
    assert there.request is None
    with pytest.raises(WriteError):
        write(wire, attrs.evolve(there, request=hub.Request(tools=())))


# Fitting.


def test_a_reply_that_repeats_nothing_is_given_the_keys_that_each_reply_has() -> None:
    for missing in (
        {},
        {"tool_choice": "none"},
        {"parallel_tool_calls": False},
        {"tools": [WEATHER], "tool_choice": None},
    ):
        fitted = adapt(reply(**missing), WIRE)
        assert isinstance(fitted, hub.Response)
        assert keys(fitted) == {"parallel_tool_calls": True, "tool_choice": "auto", "tools": [], **missing}
        laws.reads_back(fitted, wire=WIRE)


def test_a_request_that_no_reply_repeats_is_left_out() -> None:
    turns = (hub.Turn(role="user", parts=(hub.Text(text="hi"),)),)
    fitted = adapt(attrs.evolve(reply(), request=hub.Request(turns=turns, max_output=3)), WIRE)
    assert isinstance(fitted, hub.Response)
    assert keys(fitted) == {"parallel_tool_calls": True, "tool_choice": "auto", "tools": []}


@given(found=records_of(hub.Response), request=st.none() | records_of(hub.Request) | echoes())
def test_whatever_request_a_reply_has_its_fitted_form_reads_back(found: hub.Response, request: Any) -> None:
    whole = attrs.evolve(found, request=request)
    laws.adapted_reads_back(whole, wire=WIRE)
    laws.adapting_is_idempotent(whole, wire=WIRE)


# Streams and other wires.


@pytest.mark.parametrize("target", OTHERS)
def test_the_settings_of_a_reply_are_given_back_by_the_translation_that_lost_them(target: str) -> None:
    laws.restores(document(**SETTINGS), kind="response", source=WIRE, target=target)
    value = convert(document(**SETTINGS), kind="response", source=WIRE, target=target).value
    assert not {"tools", "instructions", "temperature", "request"} & set(value)


def test_a_streamed_reply_repeats_its_request_as_one_that_is_not_streamed() -> None:
    follower = ResponsesEvents()
    begun = {**document(**SETTINGS), "status": "in_progress"}
    told = follower.push(decode_as(ResponseCreatedEvent, {"type": "response.created", "response": begun}))
    told += follower.push(
        decode_as(ResponseCompletedEvent, {"type": "response.completed", "response": document(**SETTINGS)})
    )
    start, end = told
    assert isinstance(start, MessageStart)
    assert isinstance(end, MessageEnd)
    assert start.response.request == end.response.request == asked(**SETTINGS)
    assert end.response == reply(**SETTINGS)


def test_absent_is_not_repeated() -> None:
    assert asked(temperature=1.0).tools is ABSENT


def test_a_reply_stored_with_its_settings_as_residue_is_written_as_it_was() -> None:
    stored = attrs.evolve(reply(), own=hub.Own(wire=WIRE, fields=SETTINGS))
    assert keys(stored) == SETTINGS
    fitted = adapt(stored, WIRE)
    assert isinstance(fitted, hub.Response)
    assert fitted.request == asked(**SETTINGS)
