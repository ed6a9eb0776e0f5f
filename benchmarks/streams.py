"""Streams: reading, folding and converting, in ratios to what else there is, all in one run; and hostile streams.

    python -m benchmarks.streams [--events 2000] [--mutations 100000]

Ratios: to the anthropic SDK's plain iteration and its helper, to the openai SDK's iteration and its helper, to a bare loop that splits the
bytes and calls `json.loads`, with the standard library alone. Then the cost of a byte from 10 kB to 10 MB, one line of 10 MB, a million
empty events; and mutated streams, of which only documented exceptions may come.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Any, Final

from polyloop.translate import codec, jsontext
from polyloop.translate.errors import TranslateError
from polyloop.translate.folding import Fold
from polyloop.translate.jsonvalue import Json
from polyloop.translate.stream_converter import StreamConverter
from polyloop.translate.stream_reader import StreamReader
from polyloop.translate.testing.stream_strategies import damaged

CHUNK: Final = 4096
WIRES: Final = ("anthropic", "openai-chat", "openai-responses")


def anthropic_stream(count: int) -> list[Json]:
    """A reply of so many small deltas, as the Messages API sends it."""
    message: Json = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "content": [], "stop_reason": None,
        "stop_sequence": None, "usage": {"input_tokens": 10, "output_tokens": 1},
    }  # fmt: skip
    deltas = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": f" word{n}"}}
        for n in range(count)
    ]
    return [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *deltas,
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": {"output_tokens": count}},
        {"type": "message_stop"},
    ]  # fmt: skip


def chat_stream(count: int) -> list[Json]:
    """The same from Chat Completions, with the keys that OpenAI sends."""
    head = {
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": "gpt",
        "service_tier": "default", "system_fingerprint": "fp_1",
    }  # fmt: skip

    def chunk(delta: Json, finish: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**head, "choices": [choice], "usage": None, "obfuscation": "abcdef"}

    usage = {"prompt_tokens": 10, "completion_tokens": count, "total_tokens": count + 10}
    return [
        chunk({"role": "assistant", "content": "", "refusal": None}),
        *(chunk({"content": f" word{n}"}) for n in range(count)),
        chunk({}, "stop"),
        {**head, "choices": [], "usage": usage},
        "[DONE]",
    ]


def responses_stream(count: int) -> list[Json]:
    """The same from Responses, made by converting."""
    data = StreamConverter("anthropic", "openai-responses")
    written = data.feed(spelled("anthropic", anthropic_stream(count))) + data.close()
    return [json.loads(line[6:]) for line in written.decode().splitlines() if line.startswith("data: ")]


STREAMS: Final[dict[str, Callable[[int], list[Json]]]] = {
    "anthropic": anthropic_stream, "openai-chat": chat_stream, "openai-responses": responses_stream
}  # fmt: skip


def spelled(wire: str, events: list[Json]) -> bytes:
    """Spell events as servers do: Python's usual JSON, with spaces."""
    named = wire != "openai-chat"
    frames = [
        (f"event: {event['type']}\n" if named else "")
        + f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n"
        for event in events
    ]
    return "".join(frames).encode()


def chunks(data: bytes) -> list[bytes]:
    return [data[place : place + CHUNK] for place in range(0, len(data), CHUNK)]


def read_and_fold(wire: str, pieces: list[bytes]) -> Json:
    reader, folding = StreamReader(wire), Fold(wire)
    for piece in pieces:
        for event in reader.feed(piece):
            folding.push(event)
    for event in reader.close():
        folding.push(event)
    return folding.partial


def bare_loop(wire: str, pieces: list[bytes]) -> str:
    """Split and `json.loads`, and fold the text: what a careful person writes in ten lines, without any of the care."""
    texts: list[str] = []
    rest = b""
    for piece in pieces:
        *blocks, rest = (rest + piece).split(b"\n\n")
        for block in blocks:
            for line in block.split(b"\n"):
                if line.startswith(b"data: ") and line != b"data: [DONE]":
                    texts.append(_text_in(wire, json.loads(line[6:])))  # noqa: PERF401  what a careful person writes
    return "".join(texts)


def _text_in(wire: str, event: Json) -> str:
    if wire == "anthropic":
        return event["delta"].get("text", "") if event["type"] == "content_block_delta" else ""
    if wire == "openai-chat":
        return "".join(choice["delta"].get("content") or "" for choice in event["choices"])
    return event["delta"] if event["type"] == "response.output_text.delta" else ""


def converted(source: str, target: str, pieces: list[bytes]) -> None:
    converter = StreamConverter(source, target)
    for piece in pieces:
        converter.feed(piece)
    converter.close()


def best(job: Callable[[], Any], repeat: int = 7) -> float:
    """Return the least CPU seconds that a job took."""
    times = []
    for _ in range(repeat):
        start = time.process_time()
        job()
        times.append(time.process_time() - start)
    return min(times)


# The SDKs, over a transport that hands them the bytes.


def anthropic_sdk(pieces: list[bytes], *, helper: bool) -> Callable[[], None]:
    import anthropic
    import httpx2

    client = anthropic.Anthropic(
        api_key="k", max_retries=0, http_client=httpx2.Client(transport=httpx2.MockTransport(_answer(httpx2, pieces)))
    )
    asked: dict[str, Any] = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}

    def iterate() -> None:
        for _ in client.messages.create(**asked, stream=True):
            pass

    def with_helper() -> None:
        with client.messages.stream(**asked) as stream:
            stream.get_final_message()

    return with_helper if helper else iterate


def openai_sdk(pieces: list[bytes], *, helper: bool) -> Callable[[], None]:
    import httpx2
    import openai
    from openai.lib.streaming.chat import ChatCompletionStreamState

    client = openai.OpenAI(
        api_key="k", max_retries=0, http_client=httpx2.Client(transport=httpx2.MockTransport(_answer(httpx2, pieces)))
    )
    asked: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}

    def accumulate() -> None:
        state: Any = ChatCompletionStreamState()
        for chunk in client.chat.completions.create(**asked, stream=True):
            state.handle_chunk(chunk)
        state.get_final_completion()

    def with_helper() -> None:
        with client.chat.completions.stream(**asked) as stream:
            for _ in stream:
                pass
            stream.get_final_completion()

    return with_helper if helper else accumulate


def _answer(httpx2: Any, pieces: list[bytes]) -> Callable[[Any], Any]:
    class Body(httpx2.SyncByteStream):  # type: ignore[misc]
        def __iter__(self) -> Iterator[bytes]:
            return iter(pieces)

    return lambda request: httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=Body())


# What is printed.


def with_a_call(wire: str, count: int) -> list[Json]:
    """Half of the deltas text, half arguments of a call: what an agent's reply is like."""
    arguments = ['{"items": ["', *(f" word{n}" for n in range(count // 2 - 2)), '"]}']
    text = STREAMS[wire](count - len(arguments))
    if wire == "anthropic":
        block = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}
        deltas = [
            {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": piece}}
            for piece in arguments
        ]
        start = {"type": "content_block_start", "index": 1, "content_block": block}
        return [*text[:-2], start, *deltas, {"type": "content_block_stop", "index": 1}, *text[-2:]]
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "look", "arguments": ""}}
    pieces = [call, *({"index": 0, "function": {"arguments": piece}} for piece in arguments)]
    chunk = text[1]["choices"][0]
    chunks = [{**text[1], "choices": [{**chunk, "delta": {"tool_calls": [piece]}}]} for piece in pieces]
    return [*text[:-3], *chunks, *text[-3:]]


def against_the_sdks(count: int) -> None:
    print(f"{count} small deltas; CPU microseconds an event, and how often ours goes into theirs")
    for wire, sdk in (("anthropic", anthropic_sdk), ("openai-chat", openai_sdk)):
        pieces = chunks(spelled(wire, with_a_call(wire, count)))
        ours = best(partial(read_and_fold, wire, pieces))
        print(f"  {wire}: reading and folding {ours / count * 1e6:.2f}")
        for name, helper in (("plain" if wire == "anthropic" else "accumulation", False), ("helper", True)):
            theirs = best(sdk(pieces, helper=helper), 3)
            print(f"    its SDK, {name}: {theirs / count * 1e6:.1f} = {theirs / ours:.1f} times")


def against_a_bare_loop(count: int) -> None:
    print("the standard library alone, against splitting and json.loads")
    fast, jsontext._fast = jsontext._fast, lambda: None  # type: ignore[assignment]
    quick, codec.quick_parser = codec.quick_parser, lambda: jsontext._parse_bytes  # type: ignore[assignment, attr-defined]
    try:
        for wire in WIRES:
            pieces = chunks(spelled(wire, STREAMS[wire](count)))
            pairs = [
                (
                    best(partial(read_and_fold, wire, pieces), 3),
                    best(partial(bare_loop, wire, pieces), 3),
                )
                for _ in range(3)
            ]
            ratio = statistics.median(ours / bare for ours, bare in pairs)
            print(f"  {wire}: {min(p[0] for p in pairs) / count * 1e6:.2f}, {ratio:.2f} times the bare loop")
    finally:
        jsontext._fast, codec.quick_parser = fast, quick  # type: ignore[attr-defined]


def conversions(count: int) -> None:
    print("converting, against reading and folding")
    for source in WIRES:
        pieces = chunks(spelled(source, STREAMS[source](count)))
        folding = best(partial(read_and_fold, source, pieces))
        for target in WIRES:
            if target != source:
                took = best(partial(converted, source, target, pieces))
                print(f"  {source} -> {target}: {took / count * 1e6:.2f}, {took / folding:.2f} times")


def flatness() -> None:
    print("cost of a byte: nanoseconds")
    for wire in WIRES:
        costs = []
        for size in (10_000, 100_000, 1_000_000, 10_000_000):
            data = spelled(wire, STREAMS[wire](max(size // 150, 1)))
            costs.append(best(partial(read_and_fold, wire, chunks(data)), 2) / len(data) * 1e9)
        print(f"  {wire}, 10 kB to 10 MB: " + ", ".join(f"{cost:.1f}" for cost in costs))
    line = (
        b'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"'
        + b"x" * 10_000_000
        + b'"}}\n\n'
    )
    print(f"  one line of 10 MB: {best(partial(read_and_fold, 'anthropic', chunks(line)), 2) / len(line) * 1e9:.1f}")
    single = [bytes([byte]) for byte in line[:1_000_000]]
    print(f"  a line of 1 MB, a byte at a time: {best(partial(read_and_fold, 'anthropic', single), 1) / 1e6 * 1e9:.0f}")
    for name, data in (("blank lines", b"\n" * 1_000_000), ("empty events", b"data:\n\n" * 1_000_000)):
        print(
            f"  a million {name}: {best(partial(read_and_fold, 'openai-chat', chunks(data)), 1) / len(data) * 1e9:.0f}"
        )


def memory() -> None:
    data = spelled("anthropic", anthropic_stream(100_000))
    reader = StreamReader("anthropic")
    tracemalloc.start()
    for piece in chunks(data):
        reader.feed(piece)
    print(
        f"memory of a reader that is through {len(data) / 1e6:.0f} MB: {tracemalloc.get_traced_memory()[0] / 1e3:.0f} kB"
    )
    tracemalloc.stop()


def mutations(count: int) -> None:
    """Read, fold and convert damaged streams; anything but a documented exception stops the run."""
    random = Random(7)
    streams = {wire: spelled(wire, STREAMS[wire](6)) for wire in WIRES}
    refused = finished = 0
    start = time.process_time()
    for number in range(count):
        source = WIRES[number % 3]
        data = damaged(streams[source], random)
        try:
            converter = StreamConverter(source, random.choice(WIRES))
            for place in range(0, len(data), 700):
                converter.feed(data[place : place + 700])
            converter.close()
            finished += converter.finished
        except TranslateError:
            refused += 1
    took = time.process_time() - start
    print(f"{count} mutated streams: {finished} finished, {refused} refused, {took / max(count, 1) * 1e3:.2f} ms each")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=2000, help="0: mutations only")
    parser.add_argument("--mutations", type=int, default=100_000)
    given = parser.parse_args()
    if given.events:
        against_the_sdks(given.events)
        against_a_bare_loop(given.events)
        conversions(given.events)
        flatness()
        memory()
    mutations(given.mutations)


if __name__ == "__main__":
    main()
