"""Chat Completions over recorded traffic: exact through the codec and the hub, and what other wires record adapted to it."""

from __future__ import annotations

import json

import pytest

from polyloop.translate import adapt, read, write
from polyloop.translate.codec import encode
from polyloop.translate.jsonvalue import same_json
from polyloop.translate.testing.corpus import Corpus
from polyloop.translate.wires import decode

pytestmark = pytest.mark.corpus
WIRE = "openai-chat"


@pytest.mark.parametrize("kind", ["request", "response", "event", "error"])
def test_recorded_documents_keep_their_text_and_the_order_of_their_keys(corpus: Corpus, kind: str) -> None:
    documents = [recorded.document for recorded in corpus.documents(WIRE, kind)]
    assert documents
    changed = [d for d in documents if json.dumps(encode(decode(WIRE, kind, d))) != json.dumps(d)]
    assert changed == []


@pytest.mark.parametrize("kind", ["request", "response"])
def test_recorded_documents_come_back_from_the_hub_and_read_the_same_again(corpus: Corpus, kind: str) -> None:
    for recorded in corpus.documents(WIRE, kind):
        record = read(WIRE, kind, recorded.document)
        written = write(WIRE, record)
        assert same_json(written, recorded.document, ordered=False), recorded.line
        assert read(WIRE, kind, written) == record, recorded.line


@pytest.mark.parametrize("kind", ["request", "response"])
@pytest.mark.parametrize("source", ["anthropic", "openai-responses"])
def test_what_other_wires_record_is_adapted_to_what_reads_back_as_itself(
    corpus: Corpus, source: str, kind: str
) -> None:
    for recorded in corpus.documents(source, kind):
        adapted = adapt(read(source, kind, recorded.document), WIRE)
        assert read(WIRE, kind, write(WIRE, adapted)) == adapted, recorded.line
        assert adapt(adapted, WIRE) == adapted, recorded.line
