"""Streams that no server of Anthropic's should send fold all the same."""

from __future__ import annotations

from typing import Any

import pytest

from polyloop.translate import fold

CITATION = {"type": "char_location", "cited_text": "c", "document_index": 0, "start_char_index": 0, "end_char_index": 1}


@pytest.mark.parametrize(("begun", "kept"), [(-1, 0), ("odd", 0), (None, 0), ([], 0), ([CITATION], 1)])
def test_citations_go_on_behind_what_a_block_begins_with_where_that_is_a_list(begun: Any, kept: int) -> None:
    events: list[Any] = [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "", "citations": begun}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "citations_delta", "citation": CITATION}},
        {"type": "content_block_stop", "index": 0},
    ]
    assert fold("anthropic", events)["content"][0]["citations"] == [CITATION] * (kept + 1)
