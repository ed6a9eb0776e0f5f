"""What Chat Completions has no form for is refused when written, never changed."""

from __future__ import annotations

from typing import Any

import pytest

from polyloop.translate import hub, write
from polyloop.translate.computer_use.actions import Screenshot
from polyloop.translate.errors import WriteError

WIRE = "openai-chat"
CALL = hub.Call(id="c", name="f", arguments=hub.Arguments(value={}))

PARTS: list[tuple[hub.Role, tuple[hub.Part, ...]]] = [
    ("assistant", (CALL, hub.Text(text="behind a call"))),
    (
        "assistant",
        (hub.Text(text="x"), hub.Thinking(text="behind words", own=hub.Own(wire=WIRE, fields={"reasoning": True}))),
    ),
    ("assistant", (hub.Thinking(text="of no vendor"),)),
    ("assistant", (hub.Thinking(seal=hub.Seal(kind="signature", data="s", family="anthropic")),)),
    ("assistant", (hub.Call(id="c", name="computer", form="computer", actions=(Screenshot(),)),)),
    ("assistant", (hub.Call(id="c", name="f", arguments=hub.Arguments(value={}), state="cut"),)),
    ("assistant", (hub.Call(id="c", name="f", arguments=hub.Arguments(value={}), namespace="n"),)),
    ("assistant", (hub.ServerCall(id="s", tool="web_search", family="openai"),)),
    ("assistant", (hub.Text(text="x", logprobs=[]),)),
    ("assistant", (hub.Text(text="x", citations=(hub.Citation(kind="document"),)),)),
    ("user", (hub.Text(text="x", citations=(hub.Citation(kind="url", url="u"),)),)),
    ("user", (hub.Media(kind="image", source=hub.FileId(id="f", family="openai")),)),
    ("user", (hub.Media(kind="image", source=hub.Url(url="u"), title="t"),)),
    ("user", (hub.Media(kind="audio", source=hub.Base64(media_type="video/mp4", data="")),)),
    ("user", (hub.Media(kind="video", source=hub.Url(url="u")),)),
    ("user", (hub.Media(kind="document", source=hub.Inline(content="words")),)),
    ("user", (hub.Media(kind="document", source=hub.FileId(id="f", family="anthropic")),)),
    ("user", (hub.Opaque(wire="anthropic", document={}),)),
    ("user", (hub.Mark(kind="cache"),)),
    ("user", (hub.Text(text="x"), hub.Mark(kind="compaction"))),
    ("tool", (hub.Text(text="no result"),)),
    ("tool", (hub.Result(call_id="c", outcome="error"),)),
    ("tool", (hub.Result(call_id="c", form="computer"),)),
]


@pytest.mark.parametrize(("role", "parts"), PARTS)
def test_a_part_without_a_place_is_refused(role: hub.Role, parts: tuple[hub.Part, ...]) -> None:
    with pytest.raises(WriteError):
        write(WIRE, hub.Request(turns=(hub.Turn(role=role, parts=parts),)))


SETTINGS: list[dict[str, Any]] = [
    {"cache": hub.Mark(kind="cache")},
    {"continues": (hub.Continues(kind="response", id="r", family="openai"),)},
    {"betas": ("b",)},
    {"version": "v"},
    {"reasoning": hub.Reasoning(budget=1)},
    {"reasoning": hub.Reasoning(mode="adaptive")},
    {"reasoning": hub.Reasoning(display="summarized")},
    {"tools": (hub.Tool(form="server", builtin=hub.Builtin(type="web_fetch")),)},
    {"tools": (hub.Tool(form="server", builtin=hub.Builtin(type="web_search", version="20250305")),)},
    {"tools": (hub.Tool(form="server", builtin=hub.Builtin(type="web_search")), hub.Tool(name="f"))},
    {"tools": (hub.Tool(name="computer", form="computer"),)},
    {"tools": (hub.Tool(description="no name"),)},
    {"tools": (hub.Opaque(wire="anthropic", document={}),)},
    {"choice": hub.ToolChoice(mode="named")},
    {"choice": hub.ToolChoice(mode="auto", names=("f",))},
    {"format": hub.Format(kind="schema", schema={})},
    {"format": hub.Format(kind="json", name="n")},
]


@pytest.mark.parametrize("fields", SETTINGS)
def test_a_setting_without_a_place_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(WriteError):
        write(WIRE, hub.Request(**fields))


TURN = hub.Turn(role="assistant", parts=(hub.Text(text="x"),))
REPLIES: list[hub.Response] = [
    hub.Response(status="paused"),
    hub.Response(continues=(hub.Continues(kind="container", id="c", family="anthropic"),)),
    hub.Response(usage=hub.Usage(uncached_in=hub.AtLeast(n=1))),
    hub.Response(usage=hub.Usage(cache_write_1h=hub.Known(n=1))),
    hub.Response(candidates=(hub.Candidate(turn=TURN, stop=hub.Reason.PAUSE_TURN),)),
    hub.Response(candidates=(hub.Candidate(turn=TURN, stop_detail="END"),)),
    hub.Response(candidates=(hub.Candidate(turn=hub.Turn(role="user")),)),
    hub.Response(
        candidates=(
            hub.Candidate(turn=hub.Turn(role="assistant", parts=TURN.parts * 2, seams=(hub.Seam(start=1, stop=2),))),
        )
    ),
]


@pytest.mark.parametrize("response", REPLIES)
def test_a_reply_without_a_form_is_refused(response: hub.Response) -> None:
    with pytest.raises(WriteError):
        write(WIRE, response)
