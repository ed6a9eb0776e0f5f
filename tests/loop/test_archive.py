"""A job as one file, and files of every released schema that must load forever."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from polyloop.loop.assembly import tools_of, view_policy_of
from polyloop.loop.journal import SCHEMA, SchemaVersionError, StoreError
from polyloop.loop.ports import Store
from polyloop.loop.runner import Runner
from polyloop.loop.state import EndReason, State
from polyloop.loop.stores import MemoryStore, SqliteStore
from polyloop.loop.stores.archive import export_job, import_job
from polyloop.loop.testing import FakeClock, FakeComputer, ScriptedModel, call, reply, user
from polyloop.loop.tool_groups import group_of
from polyloop.loop.tools.extraction import extraction_tool
from polyloop.translate import hub
from polyloop.translate.computer_use.actions import Click, Key, Type
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.computer_use.points import ModelPoint
from polyloop.translate.errors import FormatError

GOLDEN = Path(__file__).parent / "golden"


def runner(store: Store, script: list[Any]) -> Runner:
    computer = FakeComputer()
    tools = tools_of(
        group=group_of("computer_use_20250124"), wire="anthropic", screen=Size(1024, 768), computer=computer,
        extraction=extraction_tool(), further=(), actions={}, parameters={}, settle_seconds=0.0, clock=FakeClock(),
    )  # fmt: skip
    return Runner(
        job="golden",
        client=ScriptedModel(script=script),
        store=store,
        template=hub.Request(model="m", tools=tuple(tool.definition for tool in tools.values())),
        tools=tools,
        clock=FakeClock(),
        view_policy=view_policy_of("anthropic", 2, 1),
        owner="host",
    )


def script() -> list[Any]:
    """A run with something of everything that a journal holds."""
    thought = hub.Thinking(text="hm", seal=hub.Seal(kind="signature", data="c2ln", family="anthropic"))
    batch = hub.Call(
        id="batch", name="computer", form="computer",
        actions=(Click(at=ModelPoint(10, 20.5), modifiers=("Shift",)), Type(text="Ä\ud800"), Key(chords=(("Control", "s"),))),
    )  # fmt: skip
    usage = hub.Usage(uncached_in=hub.Known(n=10), cache_read=hub.Known(n=0), out_text=hub.AtLeast(n=3))
    return [
        reply(thought, "I begin.", batch, usage=usage, id="msg_1", model="m"),
        reply(call("odd", "nobody", {"big": 2**70, "one": 1.0}), stop=hub.Reason.TOOL_USE),
        reply("half", status="cut"),
        reply(call("result", "extraction", {"data": {"name": "n", "result": {"a": [None, True]}}})),
        reply("done", stop=hub.Reason.END_TURN),
    ]


async def run_it(store: Store) -> State:
    return await runner(store, script()).run((user("Do everything."),))


def stores(folder: Path) -> list[Store]:
    return [MemoryStore(), SqliteStore(folder / "jobs.db")]


def test_a_job_taken_out_and_in_again_is_the_same_job(tmp_path: Path) -> None:
    async def run() -> None:
        for store in stores(tmp_path):
            await run_it(store)
            text = await export_job(store, "golden")
            other = MemoryStore()
            assert await import_job(other, text) == "golden"
            assert await export_job(other, "golden") == text
            assert await other.rows("golden") == await store.rows("golden")
            await store.aclose()

    asyncio.run(run())


def test_an_imported_job_goes_on_where_it_was() -> None:
    async def run() -> State:
        store, other = MemoryStore(), MemoryStore()
        await run_it(store)
        await import_job(other, await export_job(store, "golden"), job="golden")
        return await runner(other, [reply("and done")]).run((user("More."),))

    state = asyncio.run(run())
    assert state.turns[-1].parts == (hub.Text(text="and done"),)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_every_released_form_loads_forever(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    async def run() -> State:
        store = MemoryStore()
        await import_job(store, text)
        # Resumed with nothing new, a completed run gives its end again and asks nobody.
        return await runner(store, []).run()

    state = asyncio.run(run())
    assert state.ending is not None
    assert state.ending.reason is EndReason.COMPLETED
    assert state.ending.value == {"a": [None, True]}
    assert [turn.role for turn in state.turns].count("tool") == 3
    assert json.loads(text)["schema"] <= SCHEMA


def test_there_is_a_golden_file_of_this_releases_form() -> None:
    """When the form changes, `SCHEMA` grows and a file of the new form is added; the old ones stay."""

    async def run() -> str:
        store = MemoryStore()
        await run_it(store)
        return await export_job(store, "golden")

    assert asyncio.run(run()) == (GOLDEN / f"job-schema-{SCHEMA}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"schema": 99}, SchemaVersionError, "schema 99"),
        ({"schema": None}, SchemaVersionError, "schema None"),
        ({"format": "zip"}, FormatError, "no exported job"),
        ({"rows": [{"kind": "event"}]}, FormatError, "a row has"),
        (
            {"images": {"0" * 64: {"media_type": "image/png", "data": "AAAA"}}},
            FormatError,
            "not the one its digest names",
        ),
    ],
)
def test_a_damaged_or_newer_file_is_refused_and_leaves_nothing(
    change: dict[str, Any], error: type[Exception], words: str
) -> None:
    document = json.loads((GOLDEN / "job-schema-1.json").read_text(encoding="utf-8")) | change

    async def run() -> None:
        store = MemoryStore()
        with pytest.raises(error, match=words):
            await import_job(store, json.dumps(document))
        assert await store.rows("golden") == ()

    asyncio.run(run())


def test_a_job_is_not_taken_in_over_another() -> None:
    async def run() -> None:
        store = MemoryStore()
        text = (GOLDEN / "job-schema-1.json").read_text(encoding="utf-8")
        await import_job(store, text)
        with pytest.raises(StoreError, match="already"):
            await import_job(store, text)
        with pytest.raises(StoreError, match="no job"):
            await export_job(store, "other")

    asyncio.run(run())


def test_an_unknown_event_is_a_typed_error_and_not_an_empty_history() -> None:
    document = json.loads((GOLDEN / "job-schema-1.json").read_text(encoding="utf-8"))
    document["rows"][0]["data"]["event"] = "Teleported"

    async def run() -> None:
        store = MemoryStore()
        await import_job(store, json.dumps(document))
        with pytest.raises(SchemaVersionError, match="Teleported"):
            await runner(store, []).run()

    asyncio.run(run())
