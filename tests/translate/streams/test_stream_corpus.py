"""Recorded streams: every one folds, in any pieces; converts to every other wire as its reply does, in that wire's grammar."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from itertools import permutations, zip_longest
from random import Random
from typing import Any, Final

import attrs
import pytest

from polyloop.translate import hub, read
from polyloop.translate.adapting import Adapting
from polyloop.translate.folding import Fold, fold
from polyloop.translate.jsonvalue import Json, same_json
from polyloop.translate.loss import Loss, diff
from polyloop.translate.stream_converter import convert_events, replay
from polyloop.translate.testing import stream_laws
from polyloop.translate.testing.corpus import FILES, Corpus
from polyloop.translate.testing.stream_grammar import FAULTS
from polyloop.translate.translation import convert, dumps, loads, restore
from polyloop.translate.wires import WIRES, wire_of

PAIRS: Final = [(source, target) for source, target in permutations(WIRES, 2) if source in FILES]


@attrs.frozen
class Stream:
    line: str
    wire: str
    data: bytes

    @property
    def events(self) -> list[Any]:
        return stream_laws.read_all(self.wire, [self.data])


def streams_of(corpus: Corpus, wire: str) -> Iterator[Stream]:
    for line in corpus.lines(wire):
        if line.get("sse"):
            yield Stream(line["id"], wire, line["sse"].encode("utf-8", "surrogatepass"))
        if line.get("eventstream_b64"):
            yield Stream(line["id"], "bedrock", b64decode(line["eventstream_b64"]))


def folded(stream: Stream) -> Fold:
    folding = Fold(stream.wire)
    for event in stream.events:
        folding.push(event)
    return folding


@pytest.mark.parametrize("wire", FILES)
def test_every_recorded_stream_folds_to_its_reply_its_error_or_its_break(corpus: Corpus, wire: str) -> None:
    ends: dict[str, int] = {"finished": 0, "error": 0, "cut": 0}
    for stream in streams_of(corpus, wire):
        folding = folded(stream)
        reply = read(wire, "response", folding.partial)
        assert isinstance(reply, hub.Response)
        end = "finished" if folding.finished else "error" if folding.error is not None else "cut"
        ends[end] += 1
        stops = [candidate.stop for candidate in reply.candidates]
        assert (end == "finished") == (bool(stops) and None not in stops) or reply.status == "cut", stream.line
    assert ends["finished"] > 20
    assert ends["finished"] > 10 * (ends["cut"] + ends["error"]) or wire == "openai-chat"


@pytest.mark.parametrize("wire", FILES)
def test_recorded_streams_have_the_same_events_in_any_pieces(corpus: Corpus, wire: str) -> None:
    random = Random(5)
    for stream in streams_of(corpus, wire):
        data = stream.data[:20_000]
        single = [data[place : place + 1] for place in range(len(data))]
        cuts = sorted(random.randrange(len(data) + 1) for _ in range(9))
        pieces = [data[a:b] for a, b in zip_longest([0, *cuts], cuts, fillvalue=len(data))]
        stream_laws.any_split_gives_the_same_events(data, single, wire=stream.wire)
        stream_laws.any_split_gives_the_same_events(data, pieces, wire=stream.wire)


def test_a_response_made_of_its_events_is_the_one_that_its_last_event_holds(corpus: Corpus) -> None:
    same = other = 0
    for stream in streams_of(corpus, "openai-responses"):
        events = stream.events
        whole = fold("openai-responses", events)
        made = fold("openai-responses", [e for e in events if e.__class__.__name__ != "ResponseCompletedEvent"])
        if diff(whole.get("output"), made.get("output")) == ():
            same += 1
        else:
            other += 1  # a recorder changed texts in one place and not in the other
    assert same > 5 * other


@pytest.mark.parametrize("wire", FILES)
def test_where_one_request_was_recorded_both_ways_equal_words_make_equal_replies(corpus: Corpus, wire: str) -> None:
    whole: dict[tuple[str, str], list[hub.Response]] = {}
    for line in corpus.lines(wire):
        response = line.get("response")
        if isinstance(response, dict) and (line.get("status") or 200) < 300 and isinstance(line.get("request"), dict):
            reply = read(wire, "response", response)
            assert isinstance(reply, hub.Response)
            whole.setdefault((_asked(line["request"]), _words(reply)), []).append(reply)
    pairs = 0
    for line in corpus.lines(wire):
        if not line.get("sse") or not isinstance(line.get("request"), dict):
            continue
        folding = folded(Stream(line["id"], wire, line["sse"].encode("utf-8", "surrogatepass")))
        streamed = read(wire, "response", folding.partial)
        assert isinstance(streamed, hub.Response)
        for batch in whole.get((_asked(line["request"]), _words(streamed)), ()):
            pairs += folding.finished and _words(batch) != "[]"
            assert not folding.finished or _stops(batch) == _stops(streamed), line["id"]
    assert pairs > 0 or corpus.cover


def _asked(request: dict[str, Json]) -> str:
    kept = {key: value for key, value in request.items() if key not in ("stream", "stream_options")}
    return json.dumps(kept, sort_keys=True)


def _words(reply: hub.Response) -> str:
    parts = [part for candidate in reply.candidates for part in candidate.turn.parts]
    said = [part.text for part in parts if isinstance(part, hub.Text)]
    called = [[part.name, repr(part.arguments.value)] for part in parts if isinstance(part, hub.Call)]
    return repr([*said, *called])


def _stops(reply: hub.Response) -> list[Any]:
    return [candidate.stop for candidate in reply.candidates]


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_converted_recorded_stream_folds_to_the_converted_reply(corpus: Corpus, source: str, target: str) -> None:
    converted = excused = 0
    here, there = wire_of(source), wire_of(target)
    for stream in streams_of(corpus, source):
        folding = folded(stream)
        if not folding.finished:
            continue
        written = convert_events(stream.events, here, there, Adapting(target=target, source=source))
        assert FAULTS[target](written) == [], stream.line
        if _contradicts_itself(stream):
            excused += 1
            continue
        stream_laws.converting_commutes_with_folding(stream.events, source=source, target=target)
        converted += 1
    assert converted > 20
    assert excused < converted / 5


def _contradicts_itself(stream: Stream) -> bool:
    """Tell whether a stream's end says other than its deltas said, or words go on behind a call, which only some wires can say."""
    events = stream.events
    if stream.wire == "openai-chat":
        called = False
        for event in events:
            for choice in getattr(event, "choices", None) or ():
                delta = getattr(choice, "delta", None)
                called = called or bool(getattr(delta, "tool_calls", None))
                if called and getattr(delta, "content", None):
                    return True
        return False
    if stream.wire != "openai-responses":
        return False
    whole = fold(stream.wire, events)
    ends = ("ResponseCompletedEvent", "ResponseIncompleteEvent")
    made = fold(stream.wire, [event for event in events if event.__class__.__name__ not in ends])
    begun = next((event.response for event in events if event.__class__.__name__ == "ResponseCreatedEvent"), None)
    named = begun is not None and (begun.id, begun.model) == (whole.get("id"), whole.get("model"))
    told: dict[tuple[int, int], str] = {}
    for event in events:
        if event.__class__.__name__ == "ResponseTextDeltaEvent":
            place = (event.output_index, event.content_index)
            told[place] = told.get(place, "") + event.delta
    texts = {
        (place, index): part.get("text")
        for place, item in enumerate(whole.get("output") or ())
        for index, part in enumerate((item.get("content") or ()) if item.get("type") == "message" else ())
    }
    heard = all(texts.get(place) == text for place, text in told.items())
    argued: dict[int, str] = {}
    for event in events:
        if event.__class__.__name__ == "ResponseFunctionCallArgumentsDeltaEvent":
            argued[event.output_index] = argued.get(event.output_index, "") + event.delta
    output = whole.get("output") or []
    heard = heard and all(
        place < len(output) and output[place].get("arguments") == text for place, text in argued.items()
    )
    heard = heard and all(item.get("status") != "in_progress" for item in output)
    return not named or not heard or diff(whole.get("output"), made.get("output")) != ()


@pytest.mark.parametrize("source", FILES)
@pytest.mark.parametrize("target", FILES)
def test_a_converted_recorded_stream_comes_back_as_the_reply_does(corpus: Corpus, source: str, target: str) -> None:
    here, there = wire_of(source), wire_of(target)
    for stream in streams_of(corpus, source):
        folding = folded(stream)
        if not folding.finished or _contradicts_itself(stream):
            continue
        out = convert_events(stream.events, here, there, Adapting(target=target, source=source))
        if _contradicts_itself(Stream(stream.line, target, stream_laws.sse_of(target, out))):
            continue
        back = fold(source, convert_events(out, there, here, Adapting(target=source, source=target)))
        reply = convert(fold(target, out), kind="response", source=target, target=source).value
        assert stream_laws.same_but_for_cut_calls(reply, back, here), stream.line


@pytest.mark.parametrize("wire", FILES)
def test_recorded_replies_replayed_fold_to_themselves(corpus: Corpus, wire: str) -> None:
    replayed = 0
    for recorded in corpus.documents(wire, "response"):
        reply = read(wire, "response", recorded.document)
        assert isinstance(reply, hub.Response)
        if reply.error is not None or reply.status != "finished" or _is_odd(recorded.document):
            continue
        document = _without_indices(recorded.document)
        events = replay(wire, document)
        assert FAULTS[wire](events) == [], recorded.line
        rows = [row for row in diff(document, fold(wire, events)) if not _unsaid(row, wire)]
        assert rows == [], recorded.line
        replayed += 1
    assert replayed > 30


def _is_odd(document: Json) -> bool:
    """Tell whether a reply has not even the form that every stream has: choices, each with a message and calls with ids."""
    if "output" in document or "content" in document:
        return False
    choices = document.get("choices") or ()
    calls = [call for choice in choices for call in (choice.get("message") or {}).get("tool_calls") or ()]
    ids = [call.get("id") for call in calls]
    whole = all("message" in choice and "delta" not in choice for choice in choices)
    return not choices or not whole or None in ids or len(set(ids)) < len(ids) or document.get("id") == ""


def _without_indices(document: Json) -> Json:
    """Return a reply without the ``index`` that some vendors give a whole reply's calls: in a stream it is what tells calls apart."""
    done = json.loads(json.dumps(document))
    for choice in done.get("choices") or ():
        for call in (choice.get("message") or {}).get("tool_calls") or ():
            call.pop("index", None)
    return done


def _unsaid(row: Loss, wire: str) -> bool:
    """Tell whether a row is a key that every fold writes, though this reply left it out."""
    written = ("/object", "/content", "/finish_reason", "/stop_sequence")
    return (
        row.kind == "added" and row.pointer.endswith(written) and row.after in (None, "chat.completion") and bool(wire)
    )


@pytest.mark.parametrize(("source", "target"), [pair for pair in PAIRS if pair[1] != "uitars"])
def test_a_stream_as_a_list_of_events_is_restored_from_its_translation(
    corpus: Corpus, source: str, target: str
) -> None:
    for number, recorded in enumerate(corpus.documents(source, "stream")):
        if number == 8:
            break
        assert isinstance(recorded.document, list)
        if len(recorded.document) > 300:
            continue
        translation = convert(recorded.document, kind="stream", source=source, target=target)
        assert same_json(restore(loads(dumps(translation))), recorded.document, ordered=False), recorded.line
