"""The laws for the Messages API, over generated documents, over what adapting makes of any record, and over recorded traffic."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from polyloop.translate import adapt, convert, read, write
from polyloop.translate.loss import diff
from polyloop.translate.profiles import profile_for
from polyloop.translate.testing.check import check_wire
from polyloop.translate.testing.corpus import Corpus
from polyloop.transport.scripted.failures import Rejected
from polyloop.transport.scripted.http1 import Request
from polyloop.transport.scripted.routes import route
from polyloop.transport.scripted.settings import Settings
from polyloop.transport.scripted.validate.anthropic import check
from polyloop.transport.scripted.validate.request import Check

TestAnthropic = check_wire("anthropic")

SOURCES = ("openai-chat", "openai-responses")
SAMPLING = {"/temperature", "/top_k", "/top_p"}
"""Refused since 2026-10-21; the recorded version stands in a header, which a document does not have."""


NOTHING: tuple[Any, ...] = ("", [])
"""Instructions that say nothing are left out."""


@pytest.mark.corpus
def test_adapting_a_recorded_request_to_its_own_wire_changes_nothing(corpus: Corpus) -> None:
    changed: dict[str, list[str]] = {}
    for recorded in corpus.documents("anthropic", "request"):
        if recorded.status != 200:
            continue
        adapted = adapt(read("anthropic", "request", recorded.document), "anthropic")
        rows = diff(recorded.document, write("anthropic", adapted))
        pointers = [row.pointer for row in rows if row.pointer not in SAMPLING and row.before not in NOTHING]
        changed.update({recorded.line: pointers} if pointers else {})
    assert changed == {}


@pytest.mark.corpus
@pytest.mark.parametrize("model", ["claude-opus-4-8", "claude-opus-5-5"])
@pytest.mark.parametrize("source", SOURCES)
def test_a_recorded_request_of_another_wire_becomes_one_that_is_accepted(
    corpus: Corpus, source: str, model: str
) -> None:
    profile = profile_for("anthropic", model)
    refused: dict[str, str] = {}
    count = 0
    for recorded in corpus.documents(source, "request"):
        if recorded.status != 200:
            continue
        count += 1
        translated = convert(
            recorded.document, kind="request", source=source, target="anthropic", model=model, profile=profile
        )
        problem = _refusal(translated.value)
        refused.update({recorded.line: problem} if problem else {})
    assert count > 50
    assert refused == {}


def _refusal(document: Any) -> str:
    """Return what the host would say against a request, nothing where it accepts it."""
    body = {key: value for key, value in document.items() if key not in ("betas", "anthropic_version")}
    version = document.get("anthropic_version", "2026-10-21")
    headers = (("anthropic-version", version), ("anthropic-beta", ",".join(document.get("betas", ["none"]))))
    place = route("anthropic", "/v1/messages")
    assert place is not None
    settings = attrs.evolve(Settings(), check_signatures=False, check_image_bytes=False)
    request = Request(method="POST", target="/v1/messages", headers=headers)
    try:
        check(Check(place=place, request=request, body=body, settings=settings, seals={}))
    except Rejected as rejected:
        return str(rejected)
    return ""


def test_the_oracle_refuses_what_the_host_refuses() -> None:
    assert "max_tokens" in _refusal({"model": "claude-opus-4-8", "messages": [{"role": "user", "content": "a"}]})
