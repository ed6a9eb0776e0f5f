"""Load recorded provider traffic: one JSON object a line, gzip or plain, one file for each wire.

The traffic is not part of the package. It is looked for under the environment variable POLYLOOP_CORPUS, else in ``../shared``
beside the repository or the working directory, in a folder ``corpus`` there or right there. A line has ``id``, ``status``,
``request`` and ``response`` (JSON bodies or null), ``sse`` (an event stream's text or null), ``vendor`` and ``fidelity``.

To hold your own recordings to the laws, write them in the same form and point POLYLOOP_CORPUS at their folder.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from ..jsonvalue import Json

VARIABLE: Final = "POLYLOOP_CORPUS"
FILES: Final[Mapping[str, str]] = {
    "anthropic": "anthropic_messages",
    "openai-chat": "openai_chat",
    "openai-responses": "openai_responses",
}
"""Wire -> the name of its file, without ending."""
_ENDINGS: Final = (".jsonl.gz", ".jsonl")


@attrs.frozen(kw_only=True)
class Recorded:
    """One document of a recorded exchange."""

    wire: str
    kind: str
    document: Json
    line: str
    """The exchange's id; an event's has its place in the stream behind it, as ``id#7``."""
    vendor: str
    fidelity: str
    status: int
    """The HTTP status of the answer: a request that was answered with 200 is one that the provider accepts."""
    request: Json = None
    """The request that a reply, event, stream or error answers, where it was recorded."""


@attrs.frozen(kw_only=True)
class Corpus:
    """A folder of recorded traffic. With ``cover`` only a small subset that still shows every key path, type and feature."""

    folder: Path
    cover: bool = False

    def lines(self, wire: str) -> Iterator[dict[str, Any]]:
        """Yield the recorded exchanges of a wire as they stand in its file; nothing where the folder has no such file."""
        for ending in _ENDINGS:
            path = self.folder / (("cover/" if self.cover else "") + FILES.get(wire, wire) + ending)
            if path.is_file():
                with gzip.open(path, "rt", encoding="utf-8") if ending.endswith("gz") else path.open("rb") as file:
                    yield from map(json.loads, file)
                return

    def documents(self, wire: str, kind: str | None = None) -> Iterator[Recorded]:
        """Yield a wire's documents, of one kind or of every: request, response, event, stream (its events), error."""
        for line in self.lines(wire):
            for found, place, document in _documents_of(line):
                if kind in (None, found):
                    yield Recorded(
                        wire=wire,
                        kind=found,
                        document=document,
                        line=line["id"] + place,
                        vendor=line.get("vendor") or "",
                        fidelity=line.get("fidelity") or "",
                        status=line.get("status") or 200,
                        request=None if found == "request" else line.get("request"),
                    )


@attrs.frozen(kw_only=True)
class Cases:
    """A folder of hand-written cases: a JSON file each, the same thing said on several wires, each form under a wire's letter."""

    folder: Path

    def documents(self, wire: str, kind: str | None = None) -> Iterator[Recorded]:
        """Yield the forms that a wire has, of one kind or of every."""
        for path in sorted(self.folder.glob("*.json")):
            case = json.loads(path.read_text(encoding="utf-8"))
            form = case["forms"].get(_LETTERS.get(wire))
            if form is None or kind not in (None, case["kind"]):
                continue
            document = list(events_of(form)) if isinstance(form, str) else form
            yield Recorded(
                wire=wire, kind=case["kind"], document=document, line=case["id"], vendor="", fidelity="case", status=200
            )


_LETTERS: Final[Mapping[str, str]] = {"anthropic": "A", "openai-chat": "C", "openai-responses": "R"}


def _documents_of(line: Mapping[str, Any]) -> Iterator[tuple[str, str, Json]]:
    """Yield (kind, place, document) of what one exchange holds. What is no JSON object is no document, save for an error."""
    if isinstance(line.get("request"), dict):
        yield "request", "", line["request"]
    response = line.get("response")
    if (line.get("status") or 200) >= 400:
        if response is not None:
            yield "error", "", response
    elif isinstance(response, dict):
        yield "error" if is_error(response) else "response", "", response
    events = list(events_of(line.get("sse") or ""))
    if events:
        yield "stream", "", events
    for number, event in enumerate(events):
        yield "event", f"#{number}", event


def is_error(document: Mapping[str, Json]) -> bool:
    """Tell whether a body sent with status 200 is an error all the same, as some vendors do."""
    return document.get("type") == "error" or (
        bool(document.get("error")) and not {"id", "output", "choices"} & set(document)
    )


def events_of(sse: str) -> Iterator[Json]:
    """Yield the JSON objects of an event stream's text: the data of each event, where it is JSON at all.

    A plain reading of the format, apart from the library's own reader, so that the one may be held against the other. Source:
    https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream.
    """
    data: list[str] = []
    for line in [*sse.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            event = _object("\n".join(data))
            data = []
            if event is not None:
                yield event


def _object(text: str) -> dict[str, Json] | None:
    try:
        found = json.loads(text)
    except ValueError:  # "[DONE]", a comment in data, a stream that broke off: bytes for the stream reader's tests
        return None
    return found if isinstance(found, dict) else None


def find_cases() -> Cases | None:
    """Return the hand-written cases that lie beside the recorded traffic, or ``None`` where there are none."""
    for place in _roots():
        for folder in (place / "cases" / "hazards", place / "hazards"):
            if folder.is_dir():
                return Cases(folder=folder)
    return None


def _roots() -> tuple[Path, ...]:
    named = os.environ.get(VARIABLE)
    return (Path(named),) if named else (Path.cwd().parent / "shared", Path(__file__).resolve().parents[3] / "shared")


def find(*, cover: bool = False) -> Corpus | None:
    """Return the recorded traffic, or ``None`` where there is none to be found."""
    for place in _roots():
        for folder in (place / "corpus", place):
            if any((folder / (name + ending)).is_file() for name in FILES.values() for ending in _ENDINGS):
                return Corpus(folder=folder, cover=cover and (folder / "cover").is_dir())
    return None
