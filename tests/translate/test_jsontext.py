"""JSON text to values and back: exact, or refused in words; whatever parses, the value is the same."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from polyloop.translate import jsontext
from polyloop.translate.errors import DecodeError
from polyloop.translate.jsontext import parse, parse_exact, spell, spell_bytes
from polyloop.translate.jsonvalue import Json, has_infinity, may_have_changed, same_json
from polyloop.translate.testing.strategies import json_texts, json_values, nested

Reader = Callable[[str | bytes], Json]

values = json_values(max_leaves=10).filter(lambda value: not has_infinity(value))


@st.composite
def spoiled(draw: st.DrawFn) -> str:
    """Texts that nearly are JSON: one with a piece put in, taken out, or put twice."""
    text = draw(values.map(json.dumps) | values.map(lambda value: json.dumps(value, ensure_ascii=False)))
    start = draw(st.integers(0, len(text)))
    stop = draw(st.integers(start, min(len(text), start + 3)))
    piece = draw(
        st.sampled_from(
            ("", " ", ",", "}", '"', "\\", "\x00", "e400", "NaN", "0", "\ufeff", "\\ud83d", text[start:stop] * 2)
        )
    )
    return text[:start] + piece + text[stop:]


def outcome(reader: Reader, text: str) -> tuple[str, Json]:
    try:
        return "value", reader(text)
    except DecodeError:
        return "refused", None


@pytest.fixture(params=["jiter", "the standard library"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """`parse` with each of the two parsers."""
    if request.param == "jiter":
        pytest.importorskip("jiter", reason="jiter is not installed")
    else:
        monkeypatch.setattr(jsontext, "_fast", lambda: None)
    return parse


@given(values)
def test_what_is_spelled_is_parsed_to_the_same(value: Json) -> None:
    assert same_json(parse(spell(value)), value)
    assert same_json(parse(spell_bytes(value)), value)


@given(values)
def test_whatever_the_spelling_the_value_is_the_same(value: Json) -> None:
    for text in (json.dumps(value), json.dumps(value, indent=1), json.dumps(value, ensure_ascii=False)):
        assert same_json(parse(text), value)
        assert same_json(parse_exact(text), value)


@given(values)
def test_the_spelling_is_the_standard_librarys(value: Json) -> None:
    assert spell(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=spoiled() | json_texts())
@example(text="1e400")
@example(text='{"a": 1, "a": 2}')
@example(text="\ufeff{}")
@example(text='"\\ud83d"')
@example(text="[1] x")
@example(text="9" * 4000)
@example(text="9" * 5000)
@example(text="1" * 400 + ".5")
@example(text="[" * 3000 + "]" * 3000)
def test_parsers_differ_in_speed_only(text: str) -> None:
    fast = outcome(parse, text)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(jsontext, "_fast", lambda: None)
        plain = outcome(parse, text)
    assert fast[0] == plain[0]
    assert same_json(fast[1], plain[1])


NUMBERS = r"-?(0|[1-9][0-9]{0,40}|10{290,330})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?"


@pytest.mark.parametrize("parser", ["orjson", "jiter"])
@given(text=spoiled() | json_texts() | st.from_regex(NUMBERS, fullmatch=True))
@example(text='{"a": 1, "b": 0, "a": 2}')
@example(text="\ufeff{}")
@example(text="9007199254740993.0000000000000001")
@example(text="[18446744073709551615, -9223372036854775808, -0, -0.0, 1e22, 9007199254740992.9999999999]")
def test_what_a_quick_parser_takes_is_json_and_the_same_but_for_numbers_that_may_have_changed(
    parser: str, text: str
) -> None:
    module = pytest.importorskip(parser, reason=f"{parser} is not installed")
    quick: Any = module.loads if parser == "orjson" else jsontext._fast()
    try:
        value = quick(text.encode())
    except ValueError:
        return
    assert may_have_changed(value) or same_json(value, parse(text))


@given(text=spoiled() | json_texts())
def test_what_a_person_hands_in_is_the_same_value_or_refused(text: str) -> None:
    kind, value = outcome(parse_exact, text)
    if kind == "value":
        assert same_json(value, parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "1e400",
        "-1e400",
        "1E+400",
        '{"a": [1e400]}',
        "1" * 310 + ".0",
        "1" + "0" * 309 + "e0",
        "1" + "0" * 299 + "e10",
        "1" + "0" * 250 + ".5e99",
        "0.1e310",
    ],
)
def test_a_number_beyond_a_floats_range_is_refused(reader: Reader, text: str) -> None:
    for read in (reader, parse_exact):
        with pytest.raises(DecodeError, match="too large for a float and would change"):
            read(text)


@pytest.mark.parametrize("text", ['"1e400"', '{"1e400": "9e999"}', "1e300", "1e-400", "-0.0", "0.1", "1" * 309])
def test_what_only_looks_so_is_read(reader: Reader, text: str) -> None:
    assert same_json(reader(text), json.loads(text))


PICTURE = b64encode(Random(5).randbytes(60_000)).decode()


@pytest.mark.parametrize("text", ["1e400", "[1e400]", '{"a":1e400}', '{"a": -1.5E+999 }', "1" * 310 + ".5"])
def test_a_number_beyond_a_floats_range_is_refused_among_pictures_too(reader: Reader, text: str) -> None:
    for around in (f'["{PICTURE}",{text}]', f'[{text},"{PICTURE}"]', f'{{"a":"{PICTURE}","b" : {text}\n}}'):
        with pytest.raises(DecodeError, match="too large for a float and would change"):
            reader(around)


def test_integers_are_exact_to_four_thousand_digits_and_more_than_python_takes_are_refused(
    reader: Reader,
) -> None:
    number = 10**3999 + 7
    assert reader(f'{{"n": {number}}}') == {"n": number}
    assert spell({"n": number}) == f'{{"n":{number}}}'
    with pytest.raises(DecodeError, match="not JSON"):
        reader("9" * 5000)
    with pytest.raises(DecodeError, match="not JSON"):
        parse_exact("9" * 5000)


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        '{"a": NaN}',
        "",
        " ",
        "{",
        "[1,]",
        "{'a': 1}",
        "01",
        "+1",
        "\ufeff1",
        "nul",
        "[1] [2]",
        "\x00",
    ],
)
def test_what_is_no_json_is_refused_in_one_line(reader: Reader, text: str) -> None:
    for read in (reader, parse_exact):
        with pytest.raises(DecodeError, match=r"\Anot JSON \(.+\) at the document\Z"):
            read(text)


@pytest.mark.parametrize("text", ["[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000])
def test_nesting_too_deep_to_hold_is_refused(reader: Reader, text: str) -> None:
    for read in (reader, parse_exact):
        with pytest.raises(DecodeError, match="nested too deep to be read"):
            read(text)
    with pytest.raises(DecodeError, match="nested too deep to be written"):
        spell(nested(100_000))


@pytest.mark.parametrize("text", ['"\\ud83d"', '"\\udc00\\ud83d"', '{"\\ud83d": "a\\udfffb"}'])
def test_lone_surrogates_are_read_and_written(reader: Reader, text: str) -> None:
    value = reader(text)
    assert same_json(value, json.loads(text))
    assert spell_bytes(value).isascii()
    assert same_json(reader(spell_bytes(value)), value)


def test_a_pair_of_surrogates_is_one_character(reader: Reader) -> None:
    assert reader('"\\ud83d\\udc40"') == "👀"
    assert spell_bytes("👀") == '"👀"'.encode()


def test_bytes_are_utf_8_and_other_bytes_are_refused(reader: Reader) -> None:
    assert reader('"ü"'.encode()) == "ü"
    with pytest.raises(DecodeError, match="not UTF-8"):
        reader(b'"\xff"')


def test_of_a_key_that_stands_twice_parse_takes_the_last_and_parse_exact_none(reader: Reader) -> None:
    assert reader('{"a": 1, "b": 0, "a": 2}') == {"a": 2, "b": 0}
    with pytest.raises(DecodeError, match="the key 'a' stands twice in one object"):
        parse_exact('{"x": [{"a": 1, "b": 0, "a": 1}]}')
    assert parse_exact('{"a": {"a": 1}, "b": {"a": 1}}') == {"a": {"a": 1}, "b": {"a": 1}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", 0.1),
        ("1.10", 1.1),
        ("1e2", 100.0),
        ("-0.0", -0.0),
        ("5e-324", 5e-324),
        ("123456789012345678901", 123456789012345678901),
    ],
)
def test_a_number_that_a_float_keeps_is_exact(text: str, value: float) -> None:
    assert same_json(parse_exact(text), value)


@pytest.mark.parametrize("text", ["0.1000000000000000055", "1e-400", "3.14159265358979323846", "9007199254740993.0"])
def test_a_number_with_more_digits_than_a_float_keeps_is_refused(text: str) -> None:
    with pytest.raises(DecodeError, match="has more digits than a float keeps"):
        parse_exact(text)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [-float("inf")], {"a": float("inf")}])
def test_what_json_cannot_say_is_not_spelled(value: Json) -> None:
    for write in (spell, spell_bytes):
        with pytest.raises(DecodeError, match="cannot be written as JSON"):
            write(value)


def test_without_an_accelerator_the_text_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    value = {"a": [1, 1.5, "é\u2028", None, True], "b": {"": -0.0}}
    fast = spell(value)
    monkeypatch.setattr(json.encoder, "c_make_encoder", None)
    assert jsontext._encoder()(value) == fast
