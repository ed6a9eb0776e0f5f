"""The laws for Chat Completions, over generated documents and records."""

from __future__ import annotations

from polyloop.translate.testing.check import check_wire

TestOpenAIChat = check_wire("openai-chat")
