"""Profiles: what a host refuses is said before it is sent, and adapting to a profile leaves out what it refuses."""

from __future__ import annotations

import base64
import json
import re
import struct
import zlib
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from polyloop.translate import ABSENT, adapt, check, convert, hub, read, restore, same_json, write
from polyloop.translate.profiles import PROFILES, Profile, fit, profile_for
from polyloop.translate.profiles.pictures import picture_size
from polyloop.translate.testing.corpus import Corpus
from polyloop.translate.testing.records import requests

FOR_THE_LOOP = {"image_count", "image_bytes", "image_pixels", "image_type", "body_bytes"}
"""What adapting leaves to the loop: whether to downscale or to prune pictures is its decision."""
every_profile = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)


def claude(model: str) -> Profile:
    found = profile_for("anthropic", model)
    assert found is not None
    return found


HELLO = hub.Turn(role="user", parts=(hub.Text(text="hello"),))
STRICT = claude("claude-opus-5-5")
OLD = claude("claude-sonnet-4-5")


def asked(*turns: hub.Turn, **fields: Any) -> hub.Request:
    return attrs.evolve(hub.Request(model="claude-opus-5-5", max_output=100, turns=turns or (HELLO,)), **fields)


def rules(request: hub.Request, profile: Profile = STRICT) -> list[tuple[str, str]]:
    return [(violation.rule, violation.pointer) for violation in check(request, profile)]


def png(width: int, height: int) -> hub.Media:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(header)) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    data = base64.b64encode(b"\x89PNG\r\n\x1a\n" + chunk).decode()
    return hub.Media(kind="image", source=hub.Base64(media_type="image/png", data=data))


@every_profile
@given(data=st.data())
@settings(max_examples=20)
def test_what_is_adapted_to_a_profile_passes_its_check(profile: Profile, data: st.DataObject) -> None:
    request = attrs.evolve(data.draw(requests()), model="gpt-4.1")
    fitted = adapt(request, profile.wire, profile)
    assert isinstance(fitted, hub.Request)
    event(f"{len(check(request, profile))} violations before")
    left = [violation for violation in check(fitted, profile) if violation.rule not in FOR_THE_LOOP]
    assert left == []
    write(profile.wire, fitted)


@every_profile
@given(data=st.data())
@settings(max_examples=10)
def test_fitting_twice_is_fitting_once(profile: Profile, data: st.DataObject) -> None:
    once = fit(data.draw(requests()), profile)
    assert fit(once, profile) is once


@every_profile
def test_every_profile_is_dated_has_a_source_and_patterns_that_compile(profile: Profile) -> None:
    assert date.fromisoformat(profile.read) >= date(2026, 1, 1)
    assert profile.source
    for pattern in (profile.models, profile.call_ids, profile.tool_names):
        re.compile(pattern or "")


def test_every_profile_is_the_one_for_some_model() -> None:
    models = [
        "claude-opus-5-5",
        "claude-sonnet-5-5",
        "claude-opus-5",
        "claude-sonnet-4-5",
        "gpt-6-sol",
        "gpt-5.4-nano",
        "gpt-4.1",
        "gpt-4o-search-preview",
        "ui-tars-1.5",
    ]
    models += [f"us.anthropic.{model}-v1:0" for model in models if model.startswith("claude")]
    wires = ("anthropic", "openai-chat", "openai-responses", "uitars")
    hosts = ("anthropic", "bedrock", "vertex", "legacyuse", "openai", "uitars")
    found = {
        profile.name
        for host in hosts
        for wire in wires
        for model in models
        if (profile := profile_for(host, model, wire)) is not None
    }
    assert found == {profile.name for profile in PROFILES}


def test_a_host_or_a_model_nobody_knows_has_no_profile() -> None:
    assert profile_for("elsewhere", "claude-opus-5-5") is None
    assert profile_for("anthropic", "gpt-4.1") is None


# Rules.


def test_a_plain_request_is_taken() -> None:
    assert rules(asked()) == []
    assert rules(asked(), OLD) == []


def test_what_has_to_be_said_is_missed() -> None:
    assert rules(hub.Request()) == [("model", "/model"), ("max_output", "/max_output"), ("turns", "/turns")]


def test_a_sampling_parameter_is_refused_by_the_models_that_have_none() -> None:
    hot = asked(sampling=hub.Sampling(temperature=0.5))
    assert rules(hot) == [("sampling", "/sampling/temperature")]
    assert rules(hot, OLD) == []


def test_a_forced_choice_and_a_budget_are_refused_where_thinking_adapts_itself() -> None:
    forced = asked(choice=hub.ToolChoice(mode="required"), reasoning=hub.Reasoning(mode="enabled", budget=2048))
    assert rules(forced) == [("tool_choice", "/choice"), ("thinking", "/reasoning/mode")]
    fitted = fit(forced, STRICT)
    assert fitted.choice == hub.ToolChoice(mode="auto")
    assert fitted.reasoning == hub.Reasoning(mode="adaptive")


def test_a_conversation_that_ends_with_the_assistant_is_refused_without_prefill() -> None:
    prefilled = asked(HELLO, hub.Turn(role="assistant", parts=(hub.Text(text="So"),)))
    assert rules(prefilled) == [("prefill", "/turns/1")]
    assert rules(prefilled, OLD) == []


def test_ids_and_names_outside_the_alphabet_are_refused() -> None:
    call = hub.Turn(role="assistant", parts=(hub.Call(id="a.b", name="look"),))
    result = hub.Turn(role="tool", parts=(hub.Result(call_id="a.b"),))
    request = asked(HELLO, call, result, tools=(hub.Tool(name="look here", schema={"type": "object"}),))
    assert rules(request) == [
        ("call_id", "/turns/1/parts/0/id"), ("call_id", "/turns/2/parts/0/call_id"), ("tool_name", "/tools/0/name"),
    ]  # fmt: skip


def test_more_tools_than_a_host_is_known_to_take_are_refused() -> None:
    tools = tuple(hub.Tool(name=f"look_{number}", schema={"type": "object"}) for number in range(3))
    assert rules(asked(tools=tools)) == []
    assert rules(asked(tools=tools), attrs.evolve(STRICT, tools=2)) == [("tool_count", "/tools")]


def test_an_old_computer_tool_is_refused_and_offered_as_the_new_one() -> None:
    builtin = hub.Builtin(
        type="computer", version="20250124", options={"display_width_px": 800, "display_height_px": 600}
    )
    request = asked(tools=(hub.Tool(name="computer", form="computer", builtin=builtin),))
    assert rules(request) == [("tool_version", "/tools/0")]
    document = convert(
        write("anthropic", request), kind="request", source="anthropic", target="anthropic", profile=STRICT
    )
    assert document.value["tools"] == [{"type": "computer_toolset_20260801"}]
    assert {row.pointer for row in document.losses}


def test_many_pictures_lower_the_limit_per_side() -> None:
    few, many = (asked(hub.Turn(role="user", parts=(png(2400, 10),) * count)) for count in (20, 21))
    assert rules(few) == []
    found = check(many, STRICT)
    assert [violation.rule for violation in found] == ["image_pixels"] * 21
    assert {violation.remedy for violation in found} == {"downscale"}


def test_too_many_too_large_and_unknown_pictures_are_refused() -> None:
    seen = hub.Result(call_id="c", parts=(png(10, 10),))
    shown = attrs.evolve(png(10, 10), source=hub.Base64(media_type="image/bmp", data="AAAA"))
    profile = attrs.evolve(STRICT, images=attrs.evolve(STRICT.images, most=1, bytes=20))
    request = asked(hub.Turn(role="tool", parts=(seen,)), hub.Turn(role="user", parts=(shown,)))
    assert rules(request, profile) == [
        ("image_count", "/turns"), ("image_bytes", "/turns/0/parts/0/parts/0"), ("image_type", "/turns/1/parts/0"),
    ]  # fmt: skip


def test_more_cache_points_than_the_host_has_are_refused() -> None:
    mark = hub.Mark(kind="cache")
    parts = tuple(part for _ in range(5) for part in (hub.Text(text="x"), mark))
    assert rules(asked(hub.Turn(role="user", parts=parts))) == [("cache_points", "/turns")]


def test_a_body_that_is_too_large_is_refused() -> None:
    small = attrs.evolve(STRICT, body_bytes=10)
    assert rules(asked(hub.Turn(role="user", parts=(hub.Text(text="ü" * 5),))), small) == []
    assert rules(asked(hub.Turn(role="user", parts=(hub.Text(text="ü" * 6),))), small) == [("body_bytes", "/turns")]


def test_editing_what_was_sent_is_refused_where_history_only_grows() -> None:
    reply = hub.Turn(role="assistant", parts=(hub.Text(text="hi"),))
    marked = attrs.evolve(HELLO, parts=(*HELLO.parts, hub.Mark(kind="cache")))
    before = asked(marked)
    assert check(asked(HELLO, reply, HELLO), STRICT, before=before) == ()
    edited = asked(attrs.evolve(HELLO, parts=(hub.Text(text="bye"),)), reply, HELLO)
    assert [found.pointer for found in check(edited, STRICT, before=before)] == ["/turns/0"]
    assert check(edited, OLD, before=before) == ()
    other = asked(HELLO, reply, HELLO, tools=(hub.Tool(name="look", schema={}),))
    assert [found.pointer for found in check(other, STRICT, before=before)] == ["/tools"]


@pytest.mark.parametrize("size", [(1, 1), (1311, 777), (8000, 3)])
def test_the_size_of_a_picture_is_read_from_its_first_bytes(size: tuple[int, int]) -> None:
    source = png(*size).source
    assert isinstance(source, hub.Base64)
    assert picture_size(source.data) == size


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (b"GIF89a" + struct.pack("<HH", 300, 200), (300, 200)),
        (b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + (639).to_bytes(3, "little") + (479).to_bytes(3, "little"), (640, 480)),
        (b"RIFF\0\0\0\0WEBPVP8L" + bytes(5) + (319 | 199 << 14).to_bytes(4, "little"), (320, 200)),
        (b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + struct.pack("<HH", 176, 144), (176, 144)),
        (b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08" + struct.pack(">HH", 480, 640) + bytes(8), (640, 480)),
        (b"no picture", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"", None),
    ],
)
def test_sizes_of_every_kind_of_picture(data: bytes, size: tuple[int, int] | None) -> None:
    assert picture_size(base64.b64encode(data).decode()) == size


@given(data=st.text(max_size=60))
def test_what_is_no_base64_has_no_size(data: str) -> None:
    assert picture_size(data) is None or re.fullmatch(r"[A-Za-z0-9+/=]+", data)


# Profiles against recorded traffic: what a host took, its profile takes.

HOST_OF_WIRE = {"anthropic": "anthropic", "openai-chat": "openai", "openai-responses": "openai"}


@pytest.mark.corpus
@pytest.mark.parametrize("wire", HOST_OF_WIRE)
def test_what_a_host_took_breaks_no_rule_of_its_profile(corpus: Corpus, wire: str) -> None:
    host = HOST_OF_WIRE[wire]
    taken = 0
    for line in corpus.lines(wire):
        if (
            line.get("vendor") != host
            or (line.get("status") or 200) >= 300
            or not isinstance(line.get("request"), dict)
        ):
            continue
        request = read(wire, "request", line["request"])
        assert isinstance(request, hub.Request)
        profile = profile_for(host, request.model if isinstance(request.model, str) else None, wire)
        if profile is not None:
            taken += 1
            assert check(request, profile) == (), line["id"]
    assert taken > 20


def test_sampling_is_taken_where_the_model_does_not_reason() -> None:
    warm = hub.Sampling(temperature=0.5)
    for model, effort, taken in (
        ("gpt-5.4-nano", ABSENT, True),
        ("gpt-5.4-nano", "low", False),
        ("gpt-5.6-sol", ABSENT, False),
        ("gpt-5.6-sol", "none", True),
        ("gpt-5-nano", ABSENT, False),
        ("gpt-4.1", ABSENT, True),
    ):
        profile = profile_for("openai", model, "openai-responses")
        assert profile is not None
        reasoning = ABSENT if effort is ABSENT else hub.Reasoning(effort=effort)
        request = asked(model=model, sampling=warm, reasoning=reasoning)
        assert (fit(request, profile).sampling == warm) is taken, model
        assert (check(request, profile) == ()) is taken, model
    profile = profile_for("openai", "gpt-5-nano", "openai-chat")
    assert profile is not None
    assert check(asked(model="gpt-5-nano", sampling=hub.Sampling(temperature=1)), profile) == ()


def test_a_cache_point_counts_once() -> None:
    profile = profile_for("anthropic", "claude-sonnet-4-5")
    assert profile is not None
    marked = (hub.Text(text="a"), hub.Mark(kind="cache"))
    turns = tuple(hub.Turn(role=role, parts=marked) for role in ("user", "assistant", "user"))
    assert check(asked(model="claude-sonnet-4-5", turns=(*turns, hub.Turn(role="user", parts=marked))), profile) == ()


def test_a_host_that_refuses_a_prefill_hears_that_it_goes_on() -> None:
    profile = profile_for("uitars", "ui-tars-1.5")
    call = {"id": "x", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    for said in ({"content": "b"}, {"tool_calls": [call]}):
        messages = [{"role": "user", "content": "a"}, {"role": "assistant", **said}]
        document = {"model": "m", "messages": messages}
        translation = convert(document, kind="request", source="openai-chat", target="uitars", profile=profile)
        assert translation.value["messages"][-1]["role"] == "user"
        assert "Continue." in json.dumps(translation.value["messages"][-1])
        assert [row.text for row in translation.insertions].count("Continue.") == 1
        assert same_json(restore(translation), document, ordered=False)
