"""Every example does what it says, without a key and without a network."""

from __future__ import annotations

import ast
import asyncio
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from attrs import field, mutable
from examples import custom_provider, custom_store, custom_tool
from examples.custom_wire import WIRE, TestWords
from examples.service import Jobs, make_app

from polyloop.loop import MemoryStore
from polyloop.loop.testing import ScriptedModel, call, reply
from polyloop.translate import hub
from polyloop.translate.translation import convert, restore

__all__ = ["TestWords"]

RUNNABLE = ("custom_tool", "custom_store", "custom_provider")
EXAMPLES = {"__init__", "service", "custom_wire", *RUNNABLE}


@pytest.mark.parametrize("name", RUNNABLE)
def test_runs_as_its_first_lines_say(name: str, repository: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"examples.{name}"], cwd=repository, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_every_example_is_tested_here(repository: Path) -> None:
    assert {path.stem for path in (repository / "examples").glob("*.py")} == EXAMPLES


def test_the_tool_says_what_was_wrong_and_the_model_asks_again() -> None:
    result, answers = asyncio.run(custom_tool.run())
    assert result == {"apples": 3}
    assert answers[:2] == ["nobody sells plum here; ask for apple or pear", '{"apple": 3}']


def test_the_store_keeps_the_laws(tmp_path: Path) -> None:
    assert asyncio.run(custom_store.check(tmp_path)) >= 5


def test_the_gateway_is_told_who_pays_for_each_request() -> None:
    assert asyncio.run(custom_provider.run()) == (42, ["research", "research"])


def test_a_wire_takes_less_than_thirty_lines_and_converts_at_once(repository: Path) -> None:
    tree = ast.parse((repository / "examples" / "custom_wire.py").read_text(encoding="utf-8"))
    lines = sum(
        (node.end_lineno or 0) - node.lineno + 1
        for node in tree.body
        if not isinstance(node, (ast.Import, ast.ImportFrom, ast.Expr))
    )
    assert lines < 30
    document = {"words": "hello", "unknown": 1}
    there = convert(document, kind="request", source=WIRE, target="openai-chat")
    assert there.value["messages"] == [{"role": "user", "content": "hello"}]
    assert restore(there) == document


@mutable(kw_only=True)
class Waiting(ScriptedModel):
    """A model that thinks until it is let go."""

    asked: asyncio.Event = field(factory=asyncio.Event, init=False)
    go: asyncio.Event = field(factory=asyncio.Event, init=False)

    async def create_message(self, request: hub.Request) -> hub.Response:
        self.asked.set()
        await self.go.wait()
        return await ScriptedModel.create_message(self, request)


def finishing() -> Waiting:
    found = call("a", "extraction", {"data": {"name": "answer", "result": 42}})
    return Waiting(script=[reply(found), reply("It is 42.")])


def test_a_job_of_the_service_is_cancelled_and_resumed() -> None:
    async def run() -> list[Any]:
        models = [finishing(), finishing()]
        left = iter(models)
        jobs = Jobs(MemoryStore(), lambda: next(left))
        seen = [jobs.status("job")]
        jobs.start("job", "What is the answer?")
        with pytest.raises(KeyError):
            jobs.start("job", "And now?")
        await models[0].asked.wait()
        seen += [jobs.status("job"), await jobs.cancel("job")]
        assert models[0].closed
        models[1].go.set()
        jobs.start("job")
        seen.append(await jobs.wait("job"))
        await jobs.aclose()
        return seen

    states = asyncio.run(run())
    assert [state["status"] for state in states] == ["unknown", "running", "cancelled", "done"]
    assert states[-1]["result"] == 42


@pytest.mark.skipif(find_spec("fastapi") is None, reason="FastAPI is not installed: the service's paths are not tried")
def test_the_service_answers_at_its_paths() -> None:
    import httpx

    async def run() -> list[Any]:
        models = [finishing(), finishing()]
        left = iter(models)
        jobs = Jobs(MemoryStore(), lambda: next(left))
        app = make_app(jobs)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as http:
            refused = await http.post("/jobs", json={})
            unknown = await http.get("/jobs/nobody")
            job = (await http.post("/jobs", json={"task": "What is the answer?"})).json()["job"]
            await models[0].asked.wait()
            again = await http.post(f"/jobs/{job}/resume")
            running = (await http.get(f"/jobs/{job}")).json()
            cancelled = (await http.post(f"/jobs/{job}/cancel")).json()
            models[1].go.set()
            resumed = await http.post(f"/jobs/{job}/resume")
            await jobs.wait(job)
            done = (await http.get(f"/jobs/{job}")).json()
        await jobs.aclose()
        codes = [answer.status_code for answer in (refused, unknown, again, resumed)]
        return [codes, running, cancelled, done]

    codes, running, cancelled, done = asyncio.run(run())
    assert codes == [422, 404, 409, 202]
    assert (running["status"], cancelled["status"], done) == ("running", "cancelled", {"status": "done", "result": 42})
