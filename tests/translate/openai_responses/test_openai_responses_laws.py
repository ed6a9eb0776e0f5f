"""The laws of every wire, for this one, on generated documents and records."""

from __future__ import annotations

from polyloop.translate.testing.check import check_wire

TestOpenAIResponses = check_wire("openai-responses")
