"""Secrets: shown by `reveal` alone, and removed from whatever quotes them."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from urllib.parse import quote

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from polyloop.translate.jsonvalue import Json, same_json
from polyloop.translate.testing.strategies import json_values
from polyloop.transport.secrets import MASK, SHORTEST, Secret, fits_header, scrub

CANARY = 'sk-canary/+ü"\\0123456789'


@attrs.frozen
class Holder:
    key: Secret


def test_no_way_of_showing_a_secret_shows_it() -> None:
    secret = Secret(CANARY)
    holder = Holder(secret)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret:>40}",
        f"{secret!r}",
        " ".join(map(str, [secret])),
        repr(holder),
    ]
    shown += [repr([secret]), repr(attrs.asdict(holder)), repr(copy.deepcopy(holder)), str(KeyError(secret))]
    assert all(CANARY not in text and "canary" not in text for text in shown)
    assert not hasattr(secret, "__dict__")
    with pytest.raises(TypeError):
        pickle.dumps(holder)
    with pytest.raises(TypeError) as raised:
        json.dumps({"key": secret})
    assert CANARY not in "".join(traceback.format_exception(raised.value))


def test_a_secret_is_had_by_reveal_and_equals_its_like() -> None:
    assert Secret(CANARY).reveal() == CANARY
    assert Secret(CANARY) == Secret(CANARY)
    assert hash(Secret(CANARY)) == hash(Secret(CANARY))
    assert Secret(CANARY) != Secret("other")
    assert Secret(CANARY) != CANARY
    assert copy.copy(Secret(CANARY)) == Secret(CANARY)


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        Secret("")


def forms() -> st.SearchStrategy[str]:
    return st.sampled_from(
        [
            CANARY,
            quote(CANARY),
            quote(CANARY, safe=""),
            json.dumps(CANARY)[1:-1],
            json.dumps(CANARY, ensure_ascii=False)[1:-1],
        ]
    )


def poisoned() -> st.SearchStrategy[Json]:
    """Documents that quote the secret somewhere, as a value, a key or inside a text."""
    quoting = st.builds(
        lambda before, form, after: before + form + after, st.text(max_size=4), forms(), st.text(max_size=4)
    )
    return st.recursive(
        quoting | st.none() | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | quoting, inner, max_size=3),
        max_leaves=6,
    )


@given(poisoned())
@example({CANARY: [[CANARY], {"a": (f"Bearer {CANARY}",)}]})
def test_scrubbing_leaves_no_form_of_a_secret(document: Json) -> None:
    clean = json.dumps(scrub(document, [Secret(CANARY)]), ensure_ascii=False)
    assert "canary" not in clean


@given(json_values())
def test_scrubbing_changes_nothing_else_and_nothing_in_place(document: Json) -> None:
    before = copy.deepcopy(document)
    assert same_json(scrub(document, [Secret(CANARY)]), before)
    assert same_json(document, before)


def test_scrubbing_works_on_any_depth_and_on_bytes() -> None:
    nested: Json = CANARY
    for _ in range(20_000):
        nested = [nested]
    clean = scrub(nested, [CANARY])
    while isinstance(clean, list):
        clean = clean[0]
    assert clean == MASK
    assert scrub(b"\xff key=" + CANARY.encode() + b"\x00", [CANARY]) == b"\xff key=" + MASK.encode() + b"\x00"


def test_the_longer_of_two_secrets_goes_first() -> None:
    assert scrub("token-long token", [Secret("token"), Secret("token-long")]) == f"{MASK} {MASK}"


def test_dummy_keys_do_not_garble_texts() -> None:
    assert len("x") < SHORTEST
    assert scrub("x marks the box", [Secret("x")]) == "x marks the box"


@pytest.mark.parametrize("text", ["a\n", " a", "a\x00", "ü", "a\r\nx: y"])
def test_what_no_header_can_hold_is_told_beforehand(text: str) -> None:
    assert not fits_header(text)
    assert fits_header("Bearer sk-1_2.3=")
