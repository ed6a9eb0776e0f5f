"""The crash test's processes over HTTP: the call that people make, through a real client of each provider, until it is killed."""

from __future__ import annotations

import asyncio
import json
import signal
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from tests.loop.crash_world import FarComputer, Mortal, Note

from polyloop.loop import sampling_loop, tool
from polyloop.loop.stores import SqliteStore
from polyloop.translate.wires import WIRES, wire_of
from polyloop.transport import create_client
from polyloop.transport.scripted import ComputerAction, Keys, Reply, Scenario, Step, Text, ToolCall, When

for _name in ("anthropic", "openai", "boto3", "google.auth.transport.requests"):
    if find_spec(_name.partition(".")[0]) is not None:
        import_module(_name)
for _wire in WIRES:
    wire_of(_wire)

MODELS: Final = {
    "anthropic": "claude-opus-4-6", "bedrock": "anthropic.claude-opus-4-6-v1:0", "vertex": "claude-opus-4-6",
    "legacyuse": "legacy-use-sonnet-4", "openai": "gpt-5.5", "uitars": "ui-tars-1.5-7b",
}  # fmt: skip
_KEYS: Final = Keys()
_SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "anthropic": {"api_key": _KEYS.anthropic},
    "bedrock": {
        "region": "us-east-1", "access_key_id": _KEYS.aws_access_key, "secret_access_key": _KEYS.aws_secret_key,
    },
    "vertex": {"region": "us-east5", "project": "p", "access_token": _KEYS.vertex},
    "legacyuse": {"api_key": _KEYS.legacyuse},
    "openai": {"api_key": _KEYS.openai},
    "uitars": {"api_key": _KEYS.uitars},
}  # fmt: skip
SEEN: Final = "Ada is there."
_REPORT: Final = {"data": {"name": "who", "result": "Ada"}}


def says(part: Text | ToolCall | ComputerAction, when: When | None = None) -> Step:
    return Step(reply=Reply(parts=(part,)), when=when)


SCRIPT: Final = Scenario(
    steps=(
        says(Text(text="Done."), When(result='"result": "Ada"')),
        says(ToolCall(name="extraction", arguments=_REPORT), When(result=SEEN)),
        says(ToolCall(name="check"), When(result="The outcome of this call is unknown")),
        says(ComputerAction(action="left_click", input={"coordinate": [100, 100]})),
        says(ToolCall(name="note", arguments={"line": 1})),
        says(ToolCall(name="extraction", arguments=_REPORT)),
    )
)
"""A click, a note, a result; a model that is told that an outcome is unknown looks first, and does nothing again."""


@tool(repeatable=True)
def check() -> str:
    """Look who is registered."""
    return SEEN


def run_process(provider: str, url: str, folder: str, address: Any, write: int, when: str, first: bool) -> None:
    """Run the job, or resume it, until it ends or its process is killed at a write of its journal."""
    asyncio.run(_run(provider, url, Path(folder), address, write, when, first))


async def _run(provider: str, url: str, folder: Path, address: Any, write: int, when: str, first: bool) -> None:
    computer, store = FarComputer(address), SqliteStore(folder / "jobs.db")
    try:
        async with create_client(provider, base_url=url, environment={}, **_SETTINGS[provider]) as client:
            result, _ = await sampling_loop(
                job_id="job",
                db=None,
                store=Mortal(store, write, when, signal.SIGKILL),
                model=MODELS[provider],
                provider=provider,
                system_prompt_suffix="",
                messages=[{"role": "user", "content": "Register Ada."}] if first else [],
                output_callback=lambda block: None,
                tool_output_callback=lambda outcome, call_id: None,
                tool_version="computer_use_20250124",
                tools=[Note(folder / "world.log"), check],
                client=client,
                computer=computer,
                owner="host",
            )
        (folder / "result.json").write_text(json.dumps(result))
    finally:
        await store.aclose()
        await computer.close()
