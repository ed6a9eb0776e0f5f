"""How long the event loop is held by a job with large screenshots: ``python -m benchmarks.lag``.

A job's model looks 100 times and gets 1 MB of a screenshot each time, all of which stay in its requests; then the job is resumed, so
that all is read, translated and encoded anew. The client is the real one over httpx, up to the socket, in whose place stands a transport
that takes every body chunk by chunk; the store is a SQLite file.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import tempfile
from pathlib import Path
from typing import Any, Final

import httpx
from attrs import define, field

from polyloop.loop.lag import LoopLag, ThreadClock
from polyloop.loop.limits import Limits
from polyloop.loop.observed import observed
from polyloop.loop.ports import CallContext, ToolOutcome, ToolPolicy
from polyloop.loop.runner import Runner
from polyloop.loop.stores import SqliteStore
from polyloop.loop.testing import user
from polyloop.translate import hub
from polyloop.translate.jsonvalue import JsonObject
from polyloop.transport import create_client
from polyloop.transport.config import TransportConfig

AIM: Final = 0.005
"""Seconds that nothing should hold the loop."""


@define
class Sink(httpx.AsyncBaseTransport):
    """Takes requests and answers each as a streaming server does: with a call, and after so many with the end."""

    turns: int
    asked: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Take a body as it comes, and answer."""
        assert isinstance(request.stream, httpx.AsyncByteStream)
        async for _ in request.stream:
            await asyncio.sleep(0)
        self.asked += 1
        return httpx.Response(
            200, headers={"content-type": "text/event-stream"}, content=_reply(self.asked, self.asked > self.turns)
        )


def _reply(number: int, ends: bool) -> bytes:
    block: dict[str, Any] = (
        {"type": "text", "text": ""}
        if ends
        else {"type": "tool_use", "id": f"toolu_{number}", "name": "look", "input": {}}
    )
    delta = {"type": "text_delta", "text": "done"} if ends else {"type": "input_json_delta", "partial_json": "{}"}
    usage = {"input_tokens": 1, "output_tokens": 1}
    message: JsonObject = {"id": f"msg_{number}", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}  # fmt: skip
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn" if ends else "tool_use", "stop_sequence": None}, "usage": usage},
        {"type": "message_stop"},
    ]  # fmt: skip
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events).encode()


@define(kw_only=True)
class Look:
    """A `Tool` that gives a new picture of so many bytes each time. They are made before, as a screenshot's are, elsewhere."""

    pictures: list[str]
    policy: ToolPolicy = field(factory=ToolPolicy)
    shown: int = 0

    @property
    def definition(self) -> hub.Tool:
        """A function without arguments."""
        return hub.Tool(name="look", description="Look.", schema={"type": "object"})

    async def run(self, call: hub.Call, context: CallContext) -> ToolOutcome:
        """Give the next picture."""
        self.shown += 1
        source = hub.Base64(media_type="image/png", data=self.pictures[self.shown % len(self.pictures)])
        return ToolOutcome(parts=(hub.Media(kind="image", source=source),))


async def measured(path: Path, turns: int, pictures: list[str], new: bool, listened: bool) -> tuple[LoopLag, LoopLag]:
    """Run a job, or resume it, and return what was measured by the wall's clock and in CPU time."""
    store = SqliteStore(path)
    config = TransportConfig(client=httpx.AsyncClient(transport=Sink(turns if new else 0)))
    client = create_client("anthropic", model="claude-sonnet-4-5", api_key="none", config=config)
    exchanges: list[Any] = []
    try:
        runner = Runner(
            job="lag",
            client=observed(client, exchanges.append) if listened else client,
            store=store,
            template=hub.Request(model="claude-sonnet-4-5", max_output=1000),
            tools={"look": Look(pictures=pictures)},
            limits=Limits(steps=None, repeats=None),
        )
        async with LoopLag() as wall, LoopLag(clock=ThreadClock()) as cpu:
            await runner.run((user("Look, and look again."),))
    finally:
        await client.aclose()
        await config.client.aclose()
        await store.aclose()
    return wall, cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=100)
    parser.add_argument("--bytes", type=int, default=1_000_000)
    given = parser.parse_args()
    pictures = [
        base64.b64encode(number.to_bytes(8, "big") * (given.bytes // 8)).decode("ascii")
        for number in range(given.turns + 1)
    ]
    with tempfile.TemporaryDirectory() as folder:
        for listened in (False, True):
            path = Path(folder) / f"{listened}.sqlite"
            asyncio.run(measured(path.with_suffix(".warm"), 1, pictures, True, listened))
            for name, new in (("a run", True), ("resumed", False)):
                wall, cpu = asyncio.run(measured(path, given.turns, pictures, new, listened))
                told = ", its exchanges kept" if listened else ""
                print(
                    f"{name}{told}: the loop was held for {wall.longest * 1e3:.1f} ms at most, {cpu.longest * 1e3:.1f} ms of CPU at most"
                    f" (aim: {AIM * 1e3:.0f} ms)",
                    flush=True,
                )


if __name__ == "__main__":
    main()
