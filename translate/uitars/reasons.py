"""Why a place of another wire has none in UI-TARS. The first pattern that fits counts.

Each reason rests on what its servers take and its models were trained on: bytedance/UI-TARS 582f3a7 and UI-TARS-desktop 239b654, read 2026-11.
"""

from __future__ import annotations

from typing import Final

_IN_WORDS: Final = "tools are verbs of the prompt and calls are words: there are no tools, ids or arguments beside them"
_NO_RESULTS: Final = "there is no channel for results: texts and the newest screenshots are the user's"
_NO_THINKING: Final = "only the model's own thought is said, in words; nothing sealed has a place"
_COUNTED: Final = "calls are words without ids, states or callers: a reader counts them"
_REFLECTED: Final = "reasoning is words of the reply, its reflection, in one text before the action: no seal, summary or key has a place"
_HISTORY: Final = (
    "a thought of the history is what was said; what another model reasoned beside that is given back to none"
)
_SAMPLING: Final = "a server of UI-TARS takes a model, messages, sampling and the most tokens"
_ENVELOPE: Final = "a reply is one message of words, with a stop reason and token counts"

REASONS: Final[tuple[tuple[str, str, str], ...]] = (
    ("*", "/tools/**", _IN_WORDS),
    ("*", "/functions/**", _IN_WORDS),
    ("*", "/tool_choice/**", _IN_WORDS),
    ("*", "/parallel_tool_calls", _IN_WORDS),
    ("*", "/thinking/**", _NO_THINKING),
    ("*", "/reasoning/**", _NO_THINKING),
    ("*", "/reasoning_effort", _NO_THINKING),
    ("anthropic", "/messages/*/content/*/content/**", _NO_RESULTS),
    ("anthropic", "/messages/*/content/*/is_error", _NO_RESULTS),
    ("openai-responses", "/input/*/output/**", _NO_RESULTS),
    ("openai-chat", "/messages/*/reasoning*/**", _HISTORY),
    ("*", "/messages/**", _IN_WORDS),
    ("*", "/input/**", _IN_WORDS),
    ("*", "/system/**", "instructions are texts of one system message"),
    ("*", "/instructions", "instructions are texts of one system message"),
    ("openai-chat", "/choices/*/message/tool_calls/*/id", _COUNTED),
    ("openai-chat", "/choices/*/message/tool_calls/*/index", _COUNTED),
    ("anthropic", "/content/*/id", _COUNTED),
    ("anthropic", "/content/*/caller", _COUNTED),
    ("openai-responses", "/output/*/id", _COUNTED),
    ("openai-responses", "/output/*/call_id", _COUNTED),
    ("openai-responses", "/output/*/status", _COUNTED),
    ("openai-chat", "/choices/*/message/reasoning*/**", _REFLECTED),
    ("anthropic", "/content/*/signature", _REFLECTED),
    ("anthropic", "/content/*/thinking", _REFLECTED),
    ("openai-responses", "/output/*/summary/**", _REFLECTED),
    ("openai-responses", "/output/*/encrypted_content", _REFLECTED),
    ("*", "/choices/**", _ENVELOPE),
    ("*", "/content/**", _ENVELOPE),
    ("*", "/output/**", _ENVELOPE),
    ("*", "/created_at", _ENVELOPE),
    ("*", "/usage/**", _ENVELOPE),
    ("*", "/**", _SAMPLING),
    ("*", "", _SAMPLING),
)
