"""A provider of your own: a host that speaks a known wire, behind any way of sending that you like.

    python -m examples.custom_provider

Here a company's gateway, which takes Anthropic's documents, its own key, and a header that says who pays. The `Sender` is all there is
to write: translating, retrying, clocks, limits and errors are those of every other provider. A model that is no HTTP service at all needs
`polyloop.loop.ports.ProviderClient` instead: ``create_message(request) -> response``.
"""

from __future__ import annotations

import asyncio
from typing import Any

import attrs

from polyloop.loop import MemoryStore, sampling_loop
from polyloop.translate.http import HttpRequest
from polyloop.transport import create_client
from polyloop.transport.scripted import Reply, Scenario, ScriptedProvider, Step, Text, ToolCall
from polyloop.transport.senders.httpx_sender import HttpxSender
from polyloop.transport.senders.port import SentResponse

ANSWER = {"name": "answer", "result": 42}
SCRIPT = Scenario(
    steps=(
        Step(reply=Reply(parts=(ToolCall(name="extraction", arguments={"data": ANSWER}),))),
        Step(reply=Reply(parts=(Text(text="It is 42."),))),
    )
)


class GatewaySender:
    """Sends to the gateway, in the name of a department."""

    def __init__(self, url: str, key: str, department: str) -> None:
        self._inner = HttpxSender(url, headers={"x-api-key": key}, provider="anthropic")
        self._department = department

    async def send(self, request: HttpRequest, *, stream: bool) -> SentResponse:
        paid = attrs.evolve(request, headers=(*request.headers, ("x-department", self._department)))
        return await self._inner.send(paid, stream=stream)

    async def aclose(self) -> None:
        await self._inner.aclose()


async def run() -> tuple[Any, list[str]]:
    """Return the result, and the departments that the gateway was told of, request by request."""
    async with ScriptedProvider(SCRIPT) as gateway:
        sender = GatewaySender(gateway.base_url("anthropic"), gateway.keys.anthropic, "research")
        async with create_client("anthropic", sender=sender) as client:
            result, _ = await sampling_loop(
                job_id="question",
                db=MemoryStore(),
                model="claude-opus-4-6",
                provider="anthropic",
                system_prompt_suffix="",
                messages=[{"role": "user", "content": "What is the answer?"}],
                output_callback=lambda block: None,
                tool_output_callback=lambda result, call_id: None,
                tool_version="computer_use_20250124",
                client=client,
            )
        return result, [dict(request.headers)["x-department"] for request in gateway.requests]


def main() -> None:
    result, departments = asyncio.run(run())
    print(f"the result: {result}; paid for by: {', '.join(departments)}")


if __name__ == "__main__":
    main()
