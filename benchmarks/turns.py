"""What a client computes for one more turn of a conversation: ``python -m benchmarks.turns`` prints ratios of one run.

* ratio: CPU of the openai SDK's ``create`` over a history that is translated again each turn, over CPU of ours: translate, encode, put together
  to a request that is ready to be sent. The SDK's transport answers at once; neither sends. ``chunks too`` adds to ours what a sender does before
  the socket: go through the body and make its bytes. The history is translated for the SDK by hand, from dictionaries to dictionaries, as
  cheaply as Python can;
* growth: ours at turn 1,000 over turn 10;
* growth of a run: CPU of a whole turn of a run (the machine, the view, the journal in its file, the request but its sending) at turn 10,000 over
  turn 1,000. What is left of it is Python's own: a tuple of all turns is made, and compared by reference, in some twenty nanoseconds a turn;
* memory: what a conversation of 200 turns holds, its history and its memo, over its body as sent;
* run: what each further step of a run leaves in its process (the job's state, its view, the memo, the journal's part in memory) over what
  it adds to the body, from the 40th to the 1,000th: before, Python's own lists of what it may use again fill up.

Texts are of chance letters, so that nothing is gained by deflating them.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gc
import tempfile
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, Final

import attrs

from benchmarks.soak import Soak, Tell, soak, words
from polyloop.translate import hub
from polyloop.translate.incremental import Memo, write_request
from polyloop.translate.profiles import profile_for
from polyloop.transport.preparing import Route, prepare

ROUTE: Final = Route(provider="openai", wire="openai-chat", envelope="openai")
TARGETS: Final = {
    "text": (True, 50.0), "images": (True, 30.0), "images, chunks too": (True, 10.0), "growth": (False, 3.0), "growth of a run": (False, 1.5),
    "memory of text, answers of 4 kB": (False, 2.5), "memory of text, answers of 250 bytes": (False, 2.5),
    "memory of text, answers of 60 bytes": (False, 2.5), "run, answers of 250 bytes": (False, 2.5),
    "run, answers of 60 bytes": (False, 2.5), "memory of images": (False, 1.2),
}  # fmt: skip
"""Whether it is the least or the most, and the bound."""
IMAGE_BYTES: Final = 75_000
"""Bytes of a screenshot: 100 kB as base64."""
SENTENCE: Final = 63
ASKING: Final = 96
"""Characters of a sentence of an answer, and of what is said with a call."""
_NUMBERS: Final = count(1)


def step(image: bool, said: int = 4) -> tuple[hub.Turn, hub.Turn]:
    """Make one step of a run: the assistant speaks and calls, and gets an answer of so many sentences. All texts are new ones."""
    number = next(_NUMBERS)
    call = hub.Call(
        id=f"call_{number}", name="look", arguments=hub.Arguments(value={"at": [number, number], "why": "to see"})
    )
    parts: tuple[hub.Part, ...] = (hub.Text(text=words(number, said * SENTENCE)),)
    if image:
        data = base64.b64encode(number.to_bytes(8, "big") * (IMAGE_BYTES // 8)).decode("ascii")
        parts = (*parts, hub.Media(kind="image", source=hub.Base64(media_type="image/png", data=data)))
    asked = hub.Turn(role="assistant", parts=(hub.Text(text=words(f"asked {number}", ASKING)), call))
    return asked, hub.Turn(role="tool", parts=(hub.Result(call_id=call.id, parts=parts, outcome="ok"),))


def conversation(turns: int, image: bool, said: int = 4) -> hub.Request:
    """Make a request of about that many turns; ``said`` is how many sentences an answer has."""
    found = [hub.Turn(role="user", parts=(hub.Text(text="Find the answer."),))]
    for _ in range(turns // 2):
        found.extend(step(image, said))
    tool = hub.Tool(
        name="look", description="Look.", schema={"type": "object", "properties": {"at": {"type": "array"}}}
    )
    system = hub.Turn(role="system", parts=(hub.Text(text="Look before you act."),))
    return hub.Request(model="gpt-5.5", instructions=system, turns=tuple(found), tools=(tool,), max_output=100)


def longer(request: hub.Request, image: bool) -> hub.Request:
    return attrs.evolve(request, turns=(*request.turns, *step(image)))


def seconds(work: Callable[[], object]) -> float:
    begun = process_time()
    work()
    return process_time() - begun


def prepared(request: hub.Request, memo: Memo) -> None:
    prepare(ROUTE, request, memo=memo)


def in_chunks(request: hub.Request, memo: Memo) -> None:
    for _ in prepare(ROUTE, request, memo=memo).request.chunks():
        pass


def in_fragments(request: hub.Request, memo: Memo) -> None:
    write_request(request, ROUTE.wire, memo)


def ours(turns: int, image: bool, repeats: int, work: Callable[[hub.Request, Memo], None] = prepared) -> float:
    """Return our CPU seconds for one more turn."""
    request, memo = conversation(turns, image), Memo()
    work(request, memo)
    taken = []
    for _ in range(repeats):
        request = longer(request, image)
        taken.append(seconds(partial(work, request, memo)))
    assert memo.whole == 0
    return median(taken)


def sdk(turns: int, image: bool, repeats: int) -> float:
    """Return the CPU seconds of translating a history by hand and giving it to the openai SDK's ``create``."""
    import openai

    answer = {
        "id": "c", "object": "chat.completion", "created": 0, "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ok"}}],
    }  # fmt: skip
    # Which HTTP library the SDK is built on differs from version to version; its transport for tests is named alike in both.
    library: Any = import_module(openai.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0])
    transport = library.MockTransport(lambda _: library.Response(200, json=answer))
    request = conversation(turns, image)
    with openai.OpenAI(api_key="none", http_client=library.Client(transport=transport)) as client:
        tool: Any = {
            "type": "function",
            "function": {"name": "look", "parameters": {"type": "object", "properties": {}}},
        }

        def create() -> None:
            client.chat.completions.create(model="m", messages=by_hand(request.turns), tools=[tool])

        create()
        return median(seconds(create) for _ in range(repeats))


def by_hand(turns: Sequence[hub.Turn]) -> Any:
    """Translate turns to Chat Completions: no check, no loss, no case beyond this benchmark's."""
    messages: list[Any] = [{"role": "system", "content": "Look before you act."}]
    for turn in turns:
        if turn.role == "tool":
            for part in turn.parts:
                messages += _result(part)
            continue
        message: dict[str, Any] = {"role": turn.role}
        for part in turn.parts:
            if isinstance(part, hub.Text):
                message["content"] = part.text
            elif isinstance(part, hub.Call):
                function = {"name": part.name, "arguments": str(part.arguments.value)}
                message["tool_calls"] = [{"id": part.id, "type": "function", "function": function}]
        messages.append(message)
    return messages


def _result(part: Any) -> list[Any]:
    texts = [inner.text for inner in part.parts if isinstance(inner, hub.Text)]
    images = [
        inner.source for inner in part.parts if isinstance(inner, hub.Media) and isinstance(inner.source, hub.Base64)
    ]
    said = [{"role": "tool", "tool_call_id": part.call_id, "content": texts[0]}]
    shown = [
        {"type": "image_url", "image_url": {"url": f"data:{image.media_type};base64,{image.data}"}} for image in images
    ]
    return [*said, {"role": "user", "content": shown}] if shown else said


def memory(turns: int, image: bool, said: int = 4) -> float:
    """Return the bytes that a conversation and its memo hold, over the bytes of its body."""
    write_request(conversation(2, image), ROUTE.wire, Memo()).body()
    gc.collect()
    tracemalloc.start()
    request, memo = conversation(turns, image, said), Memo()
    write_request(request, ROUTE.wire, memo)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / len(write_request(request, ROUTE.wire, memo).body())


def run_memory(characters: int, first: int = 40, last: int = 1000) -> float:
    """Return the bytes that a step of a run leaves in its process, over the bytes that it adds to the body. Answers have so many characters."""
    held: list[int] = []
    bodies: list[int] = []

    def at_turn(turn: int) -> None:
        if turn in (first, last):
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
            bodies.append(model.body_bytes)

    model = Soak(turns=last, at_turn=at_turn)
    profile = profile_for(model.provider, "claude-sonnet-4-5", model.wire)
    tracemalloc.start()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(soak(model, Path(folder) / "run.sqlite", Tell(characters=characters), profile))
    tracemalloc.stop()
    return (held[1] - held[0]) / (bodies[1] - bodies[0])


def run_growth(characters: int, early: int = 1000, late: int = 10_000, window: int = 200) -> float:
    """Return the CPU of a turn of a run late over early: medians of the turns before. Answers have so many characters."""
    taken: dict[int, list[float]] = {early: [], late: []}
    last = process_time()

    def at_turn(turn: int) -> None:
        nonlocal last
        now = process_time()
        for stop, found in taken.items():
            if stop - window < turn <= stop:
                found.append(now - last)
        last = now

    model = Soak(turns=late, at_turn=at_turn)
    profile = profile_for(model.provider, "claude-sonnet-4-5", model.wire)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(soak(model, Path(folder) / "run.sqlite", Tell(characters=characters), profile))
    return median(taken[late]) / median(taken[early])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=9)
    repeats = parser.parse_args().repeats
    text_ours, text_sdk = ours(200, False, repeats), sdk(200, False, repeats)
    print(f"200 text turns: ours {text_ours * 1e3:.2f} ms, openai SDK {text_sdk * 1e3:.1f} ms")
    image_ours, image_sdk = ours(200, True, repeats), sdk(200, True, repeats)
    print(f"200 turns with 100 kB images: ours {image_ours * 1e3:.2f} ms, openai SDK {image_sdk * 1e3:.1f} ms")
    found = {
        "text": text_sdk / text_ours,
        "images": image_sdk / image_ours,
        "images, chunks too": image_sdk / ours(200, True, repeats, in_chunks),
        "growth": ours(1000, False, repeats, in_fragments) / ours(10, False, repeats, in_fragments),
        "growth of a run": run_growth(4 * SENTENCE),
        "memory of text, answers of 4 kB": memory(200, False, said=64),
        "memory of text, answers of 250 bytes": memory(200, False),
        "memory of text, answers of 60 bytes": memory(200, False, said=1),
        "run, answers of 250 bytes": run_memory(4 * SENTENCE),
        "run, answers of 60 bytes": run_memory(SENTENCE),
        "memory of images": memory(200, True),
    }
    for name, value in found.items():
        least, bound = TARGETS[name]
        print(f"{name}: {value:.2f} (target: {'at least' if least else 'at most'} {bound:g})")


if __name__ == "__main__":
    main()
