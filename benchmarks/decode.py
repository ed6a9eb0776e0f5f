"""How fast bytes become records: ``python -m benchmarks.decode`` prints ratios against msgspec and pydantic in one run.

All decode the same document by the same model (`models` says what each does less than ours). The JSON parser is told apart, since
records are made from what any parser gives, and so is `decode_text`, which parses itself: it looks for numbers that the parser may have
changed, and need not copy what it parsed. It takes the fastest parser that is installed: ``--without orjson`` shows what it takes where only
jiter is, which comes with both vendors' SDKs, and ``--without orjson --without jiter`` what with the standard library alone.
Also: what ``import polyloop.translate`` costs against importing attrs and cattrs, in fresh interpreters: alone, and with the records of all
wires made, which wait until a wire's first document.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any, Final

from polyloop.translate.testing import corpus
from polyloop.translate.wires import decode, decode_text, root_of, wire_of

from .models import Pydantic, Structs

WIRES: Final = ("anthropic", "openai-chat", "openai-responses")
PARSERS: Final = {"orjson": "loads", "jiter": "from_json"}
"""Parsers that may be installed, and the function of each."""


def document(wire: str, exchanges: int = 20) -> dict[str, Any]:
    """Make a conversation with a tool: a question, then calls and their results."""
    words = "The quick brown fox jumps over the lazy dog. " * 4
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    turns: list[dict[str, Any]] = []
    for number in range(exchanges):
        turns += _EXCHANGE[wire](f"call_{number}", words)
    if wire == "anthropic":
        tool: dict[str, Any] = {"type": "custom", "name": "get_weather", "description": words, "input_schema": schema}
        return {"model": "m", "max_tokens": 1024, "system": words, "messages": turns, "tools": [tool]}
    if wire == "openai-chat":
        tool = {"type": "function", "function": {"name": "get_weather", "description": words, "parameters": schema}}
        return {"model": "m", "messages": [{"role": "system", "content": words}, *turns], "tools": [tool]}
    tool = {"type": "function", "name": "get_weather", "description": words, "parameters": schema, "strict": False}
    return {"model": "m", "instructions": words, "input": turns, "tools": [tool]}


def _anthropic(call: str, words: str) -> list[dict[str, Any]]:
    used = {"type": "tool_use", "id": call, "name": "get_weather", "input": {"city": "Oslo"}}
    result = {"type": "tool_result", "tool_use_id": call, "content": [{"type": "text", "text": words}]}
    return [
        {"role": "user", "content": [{"type": "text", "text": words}]},
        {"role": "assistant", "content": [{"type": "text", "text": words}, used]},
        {"role": "user", "content": [result]},
    ]


def _chat(call: str, words: str) -> list[dict[str, Any]]:
    used = {"id": call, "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Oslo"}'}}
    return [
        {"role": "user", "content": [{"type": "text", "text": words}]},
        {"role": "assistant", "content": words, "tool_calls": [used]},
        {"role": "tool", "tool_call_id": call, "content": words},
    ]


def _responses(call: str, words: str) -> list[dict[str, Any]]:
    return [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": words}]},
        {"type": "function_call", "call_id": call, "name": "get_weather", "arguments": '{"city": "Oslo"}'},
        {"type": "function_call_output", "call_id": call, "output": words},
    ]


_EXCHANGE: Final = {"anthropic": _anthropic, "openai-chat": _chat, "openai-responses": _responses}


def timed(works: Mapping[str, Callable[[], object]], *, rounds: int = 40, repeat: int = 3) -> dict[str, float]:
    """Return the best of some rounds of each, in CPU microseconds for one run.

    They take turns, so that a busy minute strikes them all; each turn begins with a run that is not counted, since the one before leaves
    the processor's caches and the interpreter's to others.
    """
    best = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            work()
            start = process_time()
            for _ in range(repeat):
                work()
            best[name] = min(best[name], (process_time() - start) / repeat)
    return {name: time * 1e6 for name, time in best.items()}


def _installed(name: str) -> Any:
    """Import a library that may be missing: none of those compared with is one of ours."""
    return import_module(name) if find_spec(name) else None


def parsers() -> dict[str, Callable[[bytes], Any]]:
    """Return the JSON parsers at hand, the standard one first."""
    found: dict[str, Callable[[bytes], Any]] = {"json": json.loads}
    for name, function in PARSERS.items():
        if library := _installed(name):
            found[name] = getattr(library, function)
    return found


def rivals(wire: str) -> dict[str, Callable[[bytes], Any]]:
    """Return the other libraries' decoders of a wire's requests, where they are installed."""
    root = root_of(wire_of(wire), "request")
    found: dict[str, Callable[[bytes], Any]] = {}
    if msgspec := _installed("msgspec"):
        found["msgspec"] = msgspec.json.Decoder(Structs().of(root)).decode
    if pydantic := _installed("pydantic"):
        found["pydantic"] = pydantic.TypeAdapter(Pydantic().of(root)).validate_json
    return found


def decoding(wires: Sequence[str]) -> None:
    """Print the time of each way, and its ratio to msgspec's: for a made request of many small blocks, and for recorded ones."""
    found = corpus.find(cover=True)
    for wire in wires:
        decoders = rivals(wire)
        _compare(f"{wire}: a made request of many small blocks", wire, [json.dumps(document(wire)).encode()], decoders)
        recorded = _accepted(wire, found, decoders) if found else []
        if recorded:
            _compare(f"{wire}: {len(recorded)} recorded requests", wire, recorded, decoders)


def _accepted(wire: str, found: corpus.Corpus, decoders: Mapping[str, Callable[[bytes], Any]]) -> list[bytes]:
    """Return recorded requests that every library takes: the others refuse unknown members of a union, ours does not."""
    texts = [json.dumps(line.document, ensure_ascii=True).encode() for line in found.documents(wire, "request")]
    return [text for text in texts if all(_takes(decoder, text) for decoder in decoders.values())]


def _takes(decoder: Callable[[bytes], Any], text: bytes) -> bool:
    try:
        decoder(text)
    except ValueError:  # both libraries' validation errors are ValueErrors
        return False
    return True


def _compare(title: str, wire: str, texts: list[bytes], decoders: Mapping[str, Callable[[bytes], Any]]) -> None:
    ways: dict[str, Callable[[bytes], Any]] = {}
    for name, parse in parsers().items():
        ways[f"{name} + records"] = _records(wire, parse)
        ways[f"{name} alone"] = parse
    ways["decode_text"] = lambda text: decode_text(wire, "request", text)
    ways.update(decoders)
    times = timed({name: _each(way, texts) for name, way in ways.items()})
    unit = "msgspec" if "msgspec" in times else "json alone"
    print(f"\n{title}, {sum(map(len, texts))} bytes; 1.0 is {unit}")
    for name, time in times.items():
        print(f"  {name:18} {time:9.1f} us  {time / times[unit]:5.1f}")


def _records(wire: str, parse: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    return lambda text: decode(wire, "request", parse(text))


def _each(way: Callable[[bytes], Any], texts: list[bytes]) -> Callable[[], None]:
    def run() -> None:
        for text in texts:
            way(text)

    return run


_SMALLEST: Final = {
    "anthropic": {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}]},
    "openai-chat": {"model": "m", "messages": [{"role": "user", "content": "hi"}]},
    "openai-responses": {"model": "m", "input": [{"type": "message", "role": "user", "content": "hi"}]},
    "uitars": {"model": "m", "messages": [{"role": "user", "content": "hi"}]},
}  # fmt: skip
_IMPORTS: Final = {
    "attrs, cattrs": "import attrs, cattrs",
    "polyloop.translate": "import polyloop.translate",
    "the records of all wires": "from polyloop.translate import decode\n"
    + "\n".join(f"decode({wire!r}, 'request', {request!r})" for wire, request in _SMALLEST.items()),
}


def importing(rounds: int = 15) -> None:
    """Print what importing us costs against what we import anyway, alone and with a document of each wire decoded."""
    with TemporaryDirectory() as compiled:
        spent = {
            name: min(_import_time(statement, compiled) for _ in range(rounds)) for name, statement in _IMPORTS.items()
        }
    unit = spent["attrs, cattrs"]
    print(f"\nimporting, against attrs and cattrs ({unit:.1f} ms of CPU)")
    for name, time in spent.items():
        print(f"  {name:24} {time:9.1f} ms  {time / unit:5.2f}")


def _import_time(statement: str, compiled: str) -> float:
    """Return the CPU milliseconds of a statement in a fresh interpreter, which finds bytecode in a folder, as one does where it is installed."""
    script = (
        f"from time import process_time\nstart = process_time()\n{statement}\nprint((process_time() - start) * 1000)"
    )
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print all ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decode", description=__doc__.partition("\n")[0])
    parser.add_argument("--wire", choices=WIRES, action="append", help="this wire only; may be given more than once")
    parser.add_argument(
        "--without", choices=PARSERS, action="append", default=[], help="as if this parser were not installed"
    )
    asked = parser.parse_args(arguments)
    for name in asked.without:
        vars(sys)["modules"][name] = None  # says that there is no such module
    decoding(asked.wire or WIRES)
    if not asked.without:
        importing()
    return 0


if __name__ == "__main__":
    sys.exit(main())
