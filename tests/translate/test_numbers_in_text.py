"""Numbers that quick parsers change, wherever they stand in a text: integers stay exact, and what no float holds is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polyloop.translate import codec, jsontext
from polyloop.translate.codec import encode
from polyloop.translate.errors import DecodeError
from polyloop.translate.jsonvalue import Json, has_infinity, may_have_changed, same_json
from polyloop.translate.testing.strategies import documents, places_of, reached
from polyloop.translate.wires import WIRES, decode, decode_text

BEYOND: Final = (
    "1e400", "-1e400", "1E+999", "-0.1e310", "9" * 400 + ".0", "1" + "0" * 299 + "e10", "17976931348623159" + "0" * 292 + ".5"
)  # fmt: skip
"""Numbers beyond a float's range, with large exponents, small ones and none; the last is so by little."""
WIDE: Final = (2**63, -(2**63) - 1, 2**64, 10**25 + 1, 10**3999 + 7, -(10**400))
"""Integers that a parser may make floats of."""
MARK: Final = "a number stands here"
OFTEN: Final = 40
"""So many documents of one form, and their decoders are generated."""
KINDS: Final = ("request", "response", "event", "error")


def _orjson() -> Any:
    return pytest.importorskip("orjson", reason="orjson is not installed").loads


def _jiter() -> Any:
    pytest.importorskip("jiter", reason="jiter is not installed")
    return jsontext._fast()


@pytest.fixture(
    params=[_orjson, _jiter, lambda: jsontext._parse_bytes], ids=["orjson", "jiter", "the standard library"]
)
def quick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], Json]:
    """What parses where values are looked at anyway."""
    parser: Callable[[bytes], Json] = request.param()
    monkeypatch.setattr(codec, "quick_parser", lambda: parser)
    return parser


def put(document: Json, path: tuple[str | int, ...], value: Json) -> Json:
    """Return the document with a value at a place."""
    if not path:
        return value
    at = path[0]
    if isinstance(document, list):
        return [put(item, path[1:], value) if index == at else item for index, item in enumerate(document)]
    return {key: put(item, path[1:], value) if key == at else item for key, item in document.items()}


@st.composite
def marked(draw: st.DrawFn, wire: str, kind: str) -> Json:
    """Documents of a wire with a mark at any place of them, at known keys and at others, in place of a value or deep in one."""
    document = draw(documents(wire, kind).filter(lambda value: not has_infinity(value)))
    around = draw(st.sampled_from((MARK, [1, MARK], {"a": {"b": [MARK], "c": "d"}})))
    return put(document, draw(st.sampled_from(places_of(document))), around)


def spelled(document: Json, number: str) -> bytes:
    text = json.dumps(document)
    assert text.count(json.dumps(MARK)) == 1
    return text.replace(json.dumps(MARK), number).encode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wire", WIRES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_no_float_holds_is_refused_at_every_place(
    quick: Callable[[bytes], Json], wire: str, kind: str, data: st.DataObject
) -> None:
    document, number = data.draw(marked(wire, kind)), data.draw(st.sampled_from(BEYOND))
    for _ in range(data.draw(st.sampled_from((0, OFTEN)))):
        assert "too large" not in str(_outcome(decode_text, wire, kind, spelled(document, "1.5")))
    with pytest.raises(DecodeError, match="too large for a float and would change"):
        decode_text(wire, kind, spelled(document, number))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wire", WIRES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_integers_of_any_length_stay_exact_at_every_place(
    quick: Callable[[bytes], Json], wire: str, kind: str, data: st.DataObject
) -> None:
    document, number = data.draw(marked(wire, kind)), data.draw(st.sampled_from(WIDE))
    for _ in range(data.draw(st.sampled_from((0, OFTEN)))):
        _outcome(decode_text, wire, kind, spelled(document, "7"))
    text = spelled(document, str(number))
    assert same_json(_outcome(decode_text, wire, kind, text), _outcome(decode, wire, kind, json.loads(text)))


def _outcome(decoding: Callable[..., Any], wire: str, kind: str, said: Json) -> Json:
    """Return the document of the record that is decoded, or the words of the refusal."""
    try:
        return encode(decoding(wire, kind, said))
    except DecodeError as refused:
        return str(refused)


def test_the_marks_reach_known_fields_unknown_keys_and_values_that_pass_as_they_are() -> None:
    requests = marked("anthropic", "request")
    reached(requests, lambda document: document == MARK)
    reached(requests, lambda document: document.get("temperature") == MARK if isinstance(document, dict) else False)
    reached(requests, lambda document: isinstance(document, dict) and document.get("unheard_of") == MARK)
    reached(requests, lambda document: isinstance(document, dict) and MARK in str(document.get("messages")))
    reached(requests, lambda document: isinstance(document, dict) and MARK in str(document.get("tools")))


@pytest.mark.parametrize(
    "text", ["[1e400]", '{"a": [0, -1e999]}', "[18446744073709551616]", '[{"a": -9223372036854775809}]']
)
def test_a_number_that_is_changed_is_one_that_may_have_been(quick: Callable[[bytes], Json], text: str) -> None:
    try:
        parsed = quick(text.encode())
    except ValueError:
        return
    assert may_have_changed(parsed) or same_json(parsed, json.loads(text))


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 1e18, -0.0, 1.5, 0])
def test_numbers_that_every_parser_keeps_are_decoded_at_once(quick: Callable[[bytes], Json], number: Json) -> None:
    text = json.dumps([number, {"a": [number]}]).encode()
    assert not may_have_changed(quick(text))
    assert same_json(quick(text), json.loads(text))
