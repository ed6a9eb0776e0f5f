"""Converted streams, served from loopback, as the official SDKs' own stream helpers understand them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import permutations
from typing import Any, Final

import pytest

from polyloop.translate import hub, read
from polyloop.translate.folding import Fold
from polyloop.translate.stream_converter import StreamConverter
from polyloop.translate.testing import stream_laws
from polyloop.translate.testing.corpus import FILES, Corpus

anthropic = pytest.importorskip("anthropic")
openai = pytest.importorskip("openai")

MOST: Final = 25
"""Streams of each wire that are served."""


class _Served(BaseHTTPRequestHandler):
    body = b""
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(type(self).body)))
        self.end_headers()
        self.wfile.write(type(self).body)

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Served)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


Facts = tuple[str, list[tuple[str, Any]], Any, tuple[int | None, int | None]]
"""Text, calls with their arguments, stop reason, tokens in and out."""


def facts_of(reply: hub.Response, *, total_in: bool) -> Facts:
    parts = reply.candidates[0].turn.parts
    text = "".join(part.text for part in parts if isinstance(part, hub.Text))
    calls = [(part.name, part.arguments.value) for part in parts if isinstance(part, hub.Call)]
    usage = reply.usage or hub.Usage()
    counts = [usage.uncached_in, *([usage.cache_read, usage.cache_write_5m, usage.cache_write_1h] if total_in else [])]
    out = [usage.out_text, usage.out_reasoning]
    return text, calls, reply.candidates[0].stop, (_sum(counts), _sum(out))


def _sum(counts: list[hub.Count]) -> int | None:
    known = [count.n for count in counts if count is not None]
    return sum(known) if known else None


def by_anthropic(address: str) -> Facts:
    with anthropic.Anthropic(api_key="k", base_url=address, max_retries=0) as client:
        asked = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
        with client.messages.stream(**asked) as stream:
            message = stream.get_final_message()
    text = "".join(block.text for block in message.content if block.type == "text")
    calls = [(block.name, block.input) for block in message.content if block.type == "tool_use"]
    reasons = {"end_turn": hub.Reason.END_TURN, "tool_use": hub.Reason.TOOL_USE, "max_tokens": hub.Reason.MAX_TOKENS}
    return text, calls, reasons.get(message.stop_reason), (message.usage.input_tokens, message.usage.output_tokens)


def by_chat(address: str) -> Facts:
    with openai.OpenAI(api_key="k", base_url=address, max_retries=0) as client:
        asked = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
        with client.chat.completions.stream(**asked) as stream:
            for _ in stream:
                pass
            completion = stream.get_final_completion()
    choice = completion.choices[0]
    calls = [(call.function.name, json.loads(call.function.arguments)) for call in choice.message.tool_calls or ()]
    reasons = {"stop": hub.Reason.END_TURN, "tool_calls": hub.Reason.TOOL_USE}
    usage = completion.usage
    counts = (None, None) if usage is None else (usage.prompt_tokens, usage.completion_tokens)
    return choice.message.content or "", calls, reasons.get(choice.finish_reason), counts


def by_responses(address: str) -> Facts:
    with (
        openai.OpenAI(api_key="k", base_url=address, max_retries=0) as client,
        client.responses.stream(model="m", input="hi") as stream,
    ):
        for _ in stream:
            pass
        response = stream.get_final_response()
    calls = [(item.name, json.loads(item.arguments)) for item in response.output if item.type == "function_call"]
    stop = hub.Reason.TOOL_USE if calls else hub.Reason.END_TURN
    usage = response.usage
    counts = (None, None) if usage is None else (usage.input_tokens, usage.output_tokens)
    return response.output_text, calls, stop, counts


CLIENTS: Final = {"anthropic": by_anthropic, "openai-chat": by_chat, "openai-responses": by_responses}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("source", "target"), list(permutations(FILES, 2)))
def test_the_official_client_reads_a_converted_stream_as_we_do(
    corpus: Corpus, address: str, source: str, target: str
) -> None:
    served = 0
    for line in corpus.lines(source):
        data = (line.get("sse") or "").encode("utf-8", "surrogatepass")
        if not data or served == MOST or not _is_plain(source, data):
            continue
        converter = StreamConverter(source, target)
        _Served.body = converter.feed(data) + converter.close()
        found = read(target, "response", _folded(target, _Served.body).partial)
        assert isinstance(found, hub.Response)
        assert CLIENTS[target](address) == facts_of(found, total_in=target != "anthropic"), line["id"]
        served += 1
    assert served > 5


def _folded(wire: str, data: bytes) -> Fold:
    folding = Fold(wire)
    for event in stream_laws.read_all(wire, [data]):
        folding.push(event)
    return folding


def _is_plain(source: str, data: bytes) -> bool:
    """Tell whether a stream has words and whole calls of functions, and ended by itself: what the helpers give back as it is."""
    folding = _folded(source, data)
    if not folding.finished:
        return False
    reply = read(source, "response", folding.partial)
    assert isinstance(reply, hub.Response)
    if len(reply.candidates) != 1 or reply.candidates[0].stop not in (hub.Reason.END_TURN, hub.Reason.TOOL_USE):
        return False
    parts = reply.candidates[0].turn.parts
    return bool(parts) and all(
        isinstance(part, hub.Text)
        or (isinstance(part, hub.Call) and part.form == "function" and isinstance(part.arguments.value, dict))
        for part in parts
    )


def test_the_official_client_shows_reasoning_that_another_provider_gave(address: str) -> None:
    delta = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    said: list[Any] = [{"reasoning_content": "hm"}, {"reasoning_content": ", so"}, {"content": "hi"}, {}]
    events = [
        {**delta, "choices": [{"index": 0, "delta": one, "finish_reason": None if one else "stop"}]} for one in said
    ]
    converter = StreamConverter("openai-chat", "anthropic")
    _Served.body = converter.feed(stream_laws.sse_of("openai-chat", [*events, "[DONE]"])) + converter.close()
    with anthropic.Anthropic(api_key="k", base_url=address, max_retries=0) as client:
        asked = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
        with client.messages.stream(**asked) as stream:
            shown = [(event.type, event.thinking) for event in stream if event.type == "thinking"]
            message = stream.get_final_message()
    assert shown == [("thinking", "hm"), ("thinking", ", so")]
    assert [(block.type, getattr(block, "signature", None)) for block in message.content] == [
        ("thinking", ""), ("text", None)
    ]  # fmt: skip
