"""How fast a conversation is translated: ``python -m benchmarks.convert``, in ratios to a dict-to-dict loop written by hand.

The conversation is one of a computer in use: a user's text, and then turns of the assistant (words, a call) and results (words; once
with a screenshot of 100 kB beside them, once without). The hand-written loop makes the same Chat Completions request, and nothing else: no residue, no losses. The other
pairs of wires are told in the same loop's time.

    python -m benchmarks.convert                200 messages, with and without screenshots
    python -m benchmarks.convert --messages 800
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import permutations
from typing import Any

from polyloop.translate import adapt, convert, read
from polyloop.translate.adapting import Adapting
from polyloop.translate.codec import encode
from polyloop.translate.jsonvalue import same_json
from polyloop.translate.translation import adapted
from polyloop.translate.wires import Wire, wire_of, write_record

from .hand_loop import to_chat

IMAGE_SIZE = 100_000
LIMITS = {False: (3.0, 7.0), True: (2.0, 4.0)}
"""Images or not -> the most that hub to document and that the whole conversion may take, in hand-written loops."""
LOSSES = 5.0
"""The most that the losses may take, in conversions."""


def conversation(messages: int, images: bool) -> dict[str, Any]:
    """Return a Messages request of a computer in use. Every screenshot is its own."""
    made: list[dict[str, Any]] = [{"role": "user", "content": "Open the settings and switch the theme."}]
    while len(made) < messages:
        turn = len(made) // 2
        arguments = {"action": "left_click", "coordinate": [100 + turn, 200 + turn]}
        call = {"type": "tool_use", "id": f"toolu_{turn:04}", "name": "act", "input": arguments}
        made.append(
            {"role": "assistant", "content": [{"type": "text", "text": f"Step {turn}: I click the entry."}, call]}
        )
        said: Any = f"clicked at {turn}"
        if images:
            data = f"{turn:04}".ljust(IMAGE_SIZE, "A")
            said = [{"type": "text", "text": said}]
            said.append({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}})
        made.append({"role": "user", "content": [{"type": "tool_result", "tool_use_id": call["id"], "content": said}]})
    schema = {
        "type": "object",
        "properties": {"action": {"type": "string"}, "coordinate": {"type": "array", "items": {"type": "integer"}}},
    }
    return {
        "model": "claude-sonnet-4-5", "max_tokens": 4096, "system": "You use the computer.", "messages": made[:messages],
        "tools": [{"name": "act", "description": "Act on the screen.", "input_schema": schema}],
    }  # fmt: skip


def measure(messages: int, images: bool) -> dict[str, float]:
    """Return CPU seconds of each way, the best of several runs."""
    request = conversation(messages, images)
    chat = wire_of("openai-chat")
    fitted = adapt(read("anthropic", "request", request), chat)
    translation = translated(request)
    if not same_json(translation.value, to_chat(request), ordered=False):
        raise AssertionError("the hand-written loop makes another document")
    return {
        "hand-written loop": best(lambda: to_chat(request)),
        "hub to document": best(lambda: encode(write_record(chat, fitted))),
        "whole conversion": best(lambda: translated(request)),
        "with losses": best(lambda: translated(request).losses),
    }


def other_pairs(messages: int, images: bool) -> Iterator[tuple[str, str, float, float]]:
    """Give each other pair of wires, and CPU seconds of hub to document and of the whole conversion."""
    wires = ("anthropic", "openai-chat", "openai-responses")
    request = conversation(messages, images)
    documents = {to: convert(request, kind="request", source="anthropic", target=to).value for to in wires}
    for source, target in permutations(wires, 2):
        if (source, target) == ("anthropic", "openai-chat"):
            continue
        there = wire_of(target)
        whole = partial(convert, documents[source], kind="request", source=source, target=target)
        fitted = adapted(read(source, "request", documents[source]), there, Adapting(target=target, source=source))
        yield source, target, best(partial(_written, there, fitted), 0.3), best(whole, 0.3)


def _written(wire: Wire, record: Any) -> Any:
    return encode(write_record(wire, record))


def translated(request: dict[str, Any]) -> Any:
    """Convert a request to Chat Completions."""
    return convert(request, kind="request", source="anthropic", target="openai-chat")


def best(run: Callable[[], Any], seconds: float = 0.6) -> float:
    """Return the least CPU time of a run, over as many as fit into some seconds."""
    run()
    gc.collect()
    gc.disable()
    try:
        times: list[float] = []
        end = time.process_time() + seconds
        while len(times) < 5 or time.process_time() < end:
            start = time.process_time()
            run()
            times.append(time.process_time() - start)
        return min(times)
    finally:
        gc.enable()


def _told(messages: int, images: bool) -> int:
    """Print the ratios for one conversation; return how many are beyond their limit."""
    times = measure(messages, images)
    twice = best(lambda: translated(conversation(2 * messages, images)), 0.2)
    made = best(lambda: conversation(2 * messages, images), 0.2)
    hand, whole = times["hand-written loop"], times["whole conversion"]
    losses = (times["with losses"] - whole) / whole
    print(f"\n{messages} messages{', a screenshot of 100 kB with each result' if images else ''}")
    for name, seconds in times.items():
        print(f"  {name:20} {1e6 * seconds / messages:8.2f} us a message  {seconds / hand:6.2f} hand-written loops")
    print(f"  {'twice the messages':20} {(twice - made) / whole:8.2f} times the conversion")
    print(f"  {'losses alone':20} {losses:8.2f} times the conversion")
    print("  other pairs: hub to document, whole conversion, in hand-written loops to Chat")
    for source, target, written, converted in other_pairs(messages, images):
        print(f"    {source + ' -> ' + target:32} {written / hand:6.2f} {converted / hand:6.2f}")
    document, conversion = LIMITS[images]
    return (times["hub to document"] / hand > document) + (whole / hand > conversion) + (losses > LOSSES)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; exit 1 where a ratio is beyond its limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.convert", description=__doc__.partition("\n")[0])
    parser.add_argument("--messages", type=int, default=200, help="messages of the conversation")
    asked = parser.parse_args(arguments)
    beyond = 0
    for images in (False, True):
        beyond += _told(asked.messages, images)
    return 1 if beyond else 0


if __name__ == "__main__":
    sys.exit(main())
