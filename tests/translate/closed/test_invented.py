"""L14: every text and number of a value stands in the source, is derived by a named function, or is listed as inserted."""

from __future__ import annotations

import re
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from benchmarks.tallies import converted

from polyloop.translate import convert
from polyloop.translate.testing import conversion_laws as laws
from polyloop.translate.testing import corpus as recorded
from polyloop.translate.testing.corpus import FILES, Corpus

from .schemas import folder_of, schema_of

pytestmark = pytest.mark.corpus

PAIRS = list(permutations(FILES, 2))
DERIVED = {
    "id": re.compile(r"function_call_\d+|.+_\d+|(ws|tsc|tso|mcp|mcptoolu|srvtoolu)_[\w-]+"),
    "tool_use_id": re.compile(r"function_call_\d+|.+_\d+|(?:mcptoolu|srvtoolu)_[\w-]+"),
    "call_id": re.compile(r"function_call_\d+"), "tool_call_id": re.compile(r"function_call_\d+"),
}  # fmt: skip
"""Ids of calls that had none (the deprecated function_call), of the single actions of a batch, and of the provider's own tools,
which begin with another word on each wire."""
ACTIONS = {
    "name": re.compile(r"[a-z_]+"), "action": re.compile(r"[a-z_]+"), "text": re.compile(r"[\w+]+"),
    "keys": re.compile(r"[A-Z0-9_]+"), "scroll_x": re.compile(r"-?\d+"), "scroll_y": re.compile(r"-?\d+"),
    "scroll_amount": re.compile(r"\d+"),
}  # fmt: skip
"""What the mapping of computer actions makes: names of actions and keys, and lengths of scrolling in another unit."""
PLACES = {"start_index": re.compile(r"\d+"), "end_index": re.compile(r"\d+")}
"""Places in a text that was joined, or that cites as a whole."""


def derived(key: str, value: Any) -> bool:
    return any(key in table and table[key].fullmatch(str(value)) for table in (DERIVED, ACTIONS, PLACES))


@pytest.fixture(scope="module")
def folder() -> Path:
    found = recorded.find()
    schemas = folder_of(found.folder) if found is not None else None
    if schemas is None:
        pytest.skip(f"no published schemas: set {recorded.VARIABLE} to a folder with reference/schemas beside it")
    return schemas


@pytest.mark.parametrize("kind", ["request", "response"])
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_nothing_is_invented(corpus: Corpus, folder: Path, source: str, target: str, kind: str) -> None:
    words = schema_of(target, kind, folder)[0].literals() | {"error", "api_error"}
    cases = recorded.find_cases()
    documents = [*corpus.documents(source, kind), *(cases.documents(source, kind) if cases is not None else ())]
    for document in documents:
        if document.status == 200:
            translation = converted(document, target)
            laws.nothing_from_nowhere(translation, document.document, constants=words, derived=derived)


LABEL = "[from the result of call c]"


def test_a_text_that_looks_inserted_is_escaped_and_comes_back() -> None:
    result = {"type": "tool_result", "tool_use_id": "c", "content": "[the call failed]"}
    asked = {
        "model": "m",
        "max_tokens": 8,
        "messages": [
            {"role": "user", "content": LABEL},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "f", "input": {}}]},
            {"role": "user", "content": [result, {"type": "text", "text": LABEL}]},
        ],
    }
    translation = convert(asked, kind="request", source="anthropic", target="openai-chat")
    said = [message["content"] for message in translation.value["messages"]]
    assert said == ["\\" + LABEL, None, "\\[the call failed]", "\\" + LABEL]
    assert translation.losses == translation.insertions == ()


def test_what_comes_from_nowhere_is_found() -> None:
    asked = {"model": "m", "max_tokens": 8, "messages": [{"role": "user", "content": "hello"}]}
    translation = convert(asked, kind="request", source="anthropic", target="openai-chat")
    assert laws.from_nowhere(translation, asked, constants={"user"}) == []
    translation.value["messages"][0]["content"] = "hello, dear"
    translation.value["seed"] = 7
    assert laws.from_nowhere(translation, asked, constants={"user"}) == [("seed", 7), ("content", "hello, dear")]
