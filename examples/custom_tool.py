"""A tool of your own: a function whose signature is its schema and whose docstring the model reads.

    python -m examples.custom_tool

A scripted provider stands in for Anthropic; with a key of your own leave ``client`` out.
"""

from __future__ import annotations

import asyncio
from typing import Any

from polyloop.loop import MemoryStore, ToolError, sampling_loop, tool
from polyloop.transport import create_client
from polyloop.transport.scripted import Reply, Scenario, ScriptedProvider, Step, Text, ToolCall

STOCK = {"apple": 3, "pear": 0}


@tool(repeatable=True, seconds=5)
def stock(fruit: str) -> dict[str, int]:
    """Say how many pieces of a fruit there are."""
    if fruit not in STOCK:
        raise ToolError(f"nobody sells {fruit} here; ask for {' or '.join(STOCK)}")
    return {fruit: STOCK[fruit]}


def says(*parts: Text | ToolCall) -> Step:
    return Step(reply=Reply(parts=parts))


SCRIPT = Scenario(
    steps=(
        says(Text(text="I ask for plums first."), ToolCall(name="stock", arguments={"fruit": "plum"})),
        says(ToolCall(name="stock", arguments={"fruit": "apple"})),
        says(ToolCall(name="extraction", arguments={"data": {"name": "stock", "result": {"apples": 3}}})),
        says(Text(text="There are three apples.")),
    )
)


async def run() -> tuple[Any, list[str]]:
    """Return the result, and what the tool answered."""
    answers: list[str] = []
    async with (
        ScriptedProvider(SCRIPT) as server,
        create_client(
            "anthropic", api_key=server.keys.anthropic, base_url=server.base_url("anthropic"), environment={}
        ) as client,
    ):
        result, _ = await sampling_loop(
            job_id="fruit",
            db=MemoryStore(),
            model="claude-opus-4-6",
            provider="anthropic",
            system_prompt_suffix="",
            messages=[{"role": "user", "content": "How many apples are there?"}],
            output_callback=lambda block: None,
            tool_output_callback=lambda result, call_id: answers.append(result.output or result.error or ""),
            tool_version="computer_use_20250124",
            tools=[stock],
            client=client,
        )
    return result, answers


def main() -> None:
    result, answers = asyncio.run(run())
    print("the tool said:", *answers, sep="\n  ")
    print("the result:", result)


if __name__ == "__main__":
    main()
