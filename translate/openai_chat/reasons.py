"""Why a place of another wire has none in Chat Completions, and what this wire assumes by itself.

Each reason rests on the request's and reply's types as the API reference has them,
https://platform.openai.com/docs/api-reference/chat (read 2026-11-22), whose words it repeats in one clause. The first pattern that fits counts.
"""

from __future__ import annotations

from typing import Final

from ..jsonvalue import Json

_NO_THINKING: Final = "messages have no reasoning: only its effort can be asked for (reasoning_effort)"
_NO_SERVER_TOOLS: Final = "tools are functions and custom tools; of its own the server runs a search of the web and no more (tools, web_search_options)"
_SEARCH: Final = (
    "a search has a place and a context size, no domains, no count of uses and no version (web_search_options)"
)
_NO_STATE: Final = "the server keeps no conversation: every message is sent (messages)"
_NO_OUTCOME: Final = "a tool message has text and no outcome, which is said in words (ChatCompletionToolMessageParam)"
_TEXT_ONLY: Final = "the content of a tool message is text; images and files follow in the user's message (ChatCompletionToolMessageParam)"
_CALLS_LAST: Final = "texts and tool_calls are two keys of a message, their order among one another is not said (ChatCompletionAssistantMessageParam)"
_BREAKPOINT: Final = "a cache breakpoint is explicit and its time 30m or 12h (prompt_cache_breakpoint)"
_NO_CITATIONS: Final = (
    "messages of a request carry no citations; a reply's are url_citation annotations (ChatCompletionMessage)"
)
_ID: Final = "ids of calls have at most 40 characters"
_NO_ITEMS: Final = "messages have no ids, states or phases of items (messages)"
_UNKNOWN: Final = "no key of the published schema says this"

_FROM_ANTHROPIC: Final = (
    ("/thinking", _NO_THINKING),
    ("/thinking/**", _NO_THINKING),
    ("/output_config/**", "an effort and a named JSON Schema are what is said of the output (reasoning_effort, response_format)"),
    ("/top_k", "there is no top_k among the sampling parameters"),
    ("/temperature", "it is said here; the source's current version refuses it, so the way back leaves it out"),
    ("/top_p", "it is said here; the source's current version refuses it, so the way back leaves it out"),
    ("/context_management", "nothing edits the conversation on the server (no such key)"),
    ("/context_management/**", "nothing edits the conversation on the server (no such key)"),
    ("/cache_control", "no cache point for a whole request: breakpoints stand on parts (prompt_cache_breakpoint)"),
    ("/cache_control/**", "no cache point for a whole request: breakpoints stand on parts (prompt_cache_breakpoint)"),
    ("/output_format", "the form of an answer is said back under its present name (output_config)"),
    ("/output_format/**", "the form of an answer is said back under its present name (output_config)"),
    ("/system", "instructions of no words are none (messages)"),
    ("/system/**/cache_control/**", _BREAKPOINT),
    ("/messages/**/cache_control/**", _BREAKPOINT),
    ("/messages/**/cache_control", _BREAKPOINT),
    ("/tools/*/cache_control/**", "a tool has no cache breakpoint (ChatCompletionFunctionToolParam)"),
    ("/tools/*/cache_control", "a tool has no cache breakpoint (ChatCompletionFunctionToolParam)"),
    ("/messages/*/content/*/is_error", _NO_OUTCOME),
    ("/messages/*/content/*/tool_use_id", _ID),
    ("/messages/*/content/*/content/**", _TEXT_ONLY),
    ("/messages/*/content/*/content", _TEXT_ONLY),
    ("/messages/*/content/*/citations", _NO_CITATIONS),
    ("/messages/*/content/*/citations/**", _NO_CITATIONS),
    ("/content/*/citations", _NO_CITATIONS),
    ("/content/*/citations/**", _NO_CITATIONS),
    ("/messages/*/content/*/caller/**", "a call of a program's has no place: calls are the assistant's (tool_calls)"),
    ("/messages/*/content/*/source/**", "a file is bytes or a stored file; an image has no stored form (ChatCompletionContentPartParam)"),
    ("/messages/*/content/*/title", "an image or a text has no title; a file has a filename"),
    ("/messages/*/content/*/context", "a file has a filename and no context"),
    ("/messages/*/content/*/signature", _NO_THINKING),
    ("/messages/*/content/*/thinking", _NO_THINKING),
    ("/messages/*/content/*/id", _ID),
    ("/messages/*/content/*/text", "a message in the assistant's words has no place behind its calls (ChatCompletionAssistantMessageParam)"),
    ("/messages/*/content/*", "thinking, sealed results, stored images, documents that are no PDF and interleaved calls have no place in a message (messages, guides/file-inputs)"),
    ("/messages/*/content", _CALLS_LAST),
    ("/messages/*", "a message all of whose parts have no place is left out"),
    ("/content/*/caller/**", "a call of a program's has no place: calls are the assistant's (tool_calls)"),
    ("/content/*", "a reply has one text, its calls, and nothing of thinking or server tools (ChatCompletionMessage)"),
    ("/content/*/**", "a reply has one text, its calls, and nothing of thinking or server tools (ChatCompletionMessage)"),
    ("/stop_reason", "finish_reason has no word for it (stop, length, tool_calls, content_filter)"),
    ("/stop_sequence", "finish_reason does not say which sequence stopped it"),
    ("/stop_details", "finish_reason has no details"),
    ("/stop_details/**", "finish_reason has no details"),
    ("/usage/**", "usage has prompt, completion, cached and reasoning tokens, and nothing of tools, tiers or places (CompletionUsage)"),
    ("/usage", "usage is written where both sums are known (CompletionUsage)"),
    ("/tools", _NO_SERVER_TOOLS),
    ("/tools/*", _NO_SERVER_TOOLS),
    *((f"/tools/*/{key}{inside}", _SEARCH) for key in ("allowed_domains", "blocked_domains", "max_uses") for inside in ("", "/**")),
    ("/tools/*/name", "names of functions have at most 64 characters (FunctionDefinition)"),
    ("/tools/*/type", "a provider's own tool is offered as a function, a search without a version (ChatCompletionFunctionToolParam)"),
    ("/tools/**", "a function has name, description, parameters and strict, nothing else (FunctionDefinition)"),
    ("/tool_choice/**", "a choice is among the functions offered (tool_choice)"),
    ("/tool_choice", "a choice is among the functions offered (tool_choice)"),
    ("/mcp_servers/**", _NO_SERVER_TOOLS),
    ("/mcp_servers", _NO_SERVER_TOOLS),
    ("/service_tier", "service tiers have other names (auto, default, flex, scale, priority, fast)"),
    ("/metadata/**", "metadata is an object of texts; who asks stands in user"),
    ("/stop_sequences/**", "at most 4 stop sequences (stop)"),
    ("/stop_sequences", "at most 4 stop sequences (stop)"),
    ("/anthropic_version", "the version of another API (no such key)"),
    ("/anthropic_beta/**", "betas of another API (no such key)"),
    ("/betas/**", "betas of another API (no such key)"),
)  # fmt: skip

_FROM_RESPONSES: Final = (
    ("/input/*/encrypted_content", _NO_THINKING),
    ("/input/*/summary/**", _NO_THINKING),
    ("/input/*/id", _NO_ITEMS),
    ("/input/*/status", _NO_ITEMS),
    ("/input/*/phase", _NO_ITEMS),
    ("/input/*/call_id", _ID),
    ("/input/*/namespace", "functions have no namespaces (FunctionDefinition)"),
    ("/input/*/content/*/annotations/**", _NO_CITATIONS),
    ("/input/*/content/*/annotations", _NO_CITATIONS),
    ("/input/*/content/*/logprobs/**", "messages of a request carry no log probabilities"),
    ("/input/*/content/*/logprobs", "messages of a request carry no log probabilities"),
    ("/input/*/content/*/file_id", "an image has no stored form, a file has (ChatCompletionContentPartParam)"),
    ("/input/*/content/*/file_url", "a file is bytes or a stored file, no address (FileFile)"),
    ("/input/*/content/*/detail", "detail is one of auto, low, high, original, and of images only (ImageURL)"),
    ("/input/*/content/**", "a part of a message is text, image, sound, file or refusal (ChatCompletionContentPartParam)"),
    ("/input/*/output/**", _TEXT_ONLY),
    ("/input/*/output", _TEXT_ONLY),
    ("/input/*/acknowledged_safety_checks/**", "a tool message acknowledges no safety checks (ChatCompletionToolMessageParam)"),
    ("/input/*/acknowledged_safety_checks", "a tool message acknowledges no safety checks (ChatCompletionToolMessageParam)"),
    ("/input/*/**", "a message has a role, content and calls, and no more of an item (messages)"),
    ("/input/*", "reasoning, server tools, references and the order of items among one another have no place (messages)"),
    ("/input", _NO_ITEMS),
    ("/output/*/id", _NO_ITEMS),
    ("/output/*/status", _NO_ITEMS),
    ("/output/*/phase", _NO_ITEMS),
    ("/output/*/content/*/annotations/**", _NO_CITATIONS),
    ("/output/*/**", "a reply has one text, its calls, and nothing of items, reasoning or server tools (ChatCompletionMessage)"),
    ("/output/*", "a reply has one text, its calls, and nothing of items, reasoning or server tools (ChatCompletionMessage)"),
    ("/output", "a reply has one text, its calls, and nothing of items, reasoning or server tools (ChatCompletionMessage)"),
    ("/created_at", "a reply's time is in whole seconds (ChatCompletion)"),
    ("/reasoning/**", _NO_THINKING),
    ("/reasoning", _NO_THINKING),
    *((f"/tools/*/{key}{inside}", _SEARCH) for key in ("filters", "external_web_access", "search_content_types") for inside in ("", "/**")),
    ("/tools/*/format/**", "a grammar's syntax and definition stand one object deeper, as this API's own (CustomFormatGrammar)"),
    ("/tools/*/format", "a grammar's syntax and definition stand one object deeper, as this API's own (CustomFormatGrammar)"),
    ("/tools", _NO_SERVER_TOOLS),
    ("/tools/*", _NO_SERVER_TOOLS),
    ("/tools/**", "a function has name, description, parameters and strict, nothing else (FunctionDefinition)"),
    ("/tool_choice/mode", "whether one of the allowed tools must be called is this API's own word"),
    ("/tool_choice/**", "a choice is among the functions and custom tools offered (tool_choice)"),
    ("/tool_choice", "a choice is among the functions and custom tools offered (tool_choice)"),
    ("/previous_response_id", _NO_STATE),
    ("/conversation/**", _NO_STATE),
    ("/conversation", _NO_STATE),
    ("/prompt/**", _NO_STATE),
    ("/background", "an answer is waited for (no such key)"),
    ("/truncation", "too long a conversation is refused (no such key)"),
    ("/include/**", "nothing can be asked for beside the answer but log probabilities (logprobs)"),
    ("/include", "nothing can be asked for beside the answer but log probabilities (logprobs)"),
    ("/context_management", "nothing edits the conversation on the server (no such key)"),
    ("/context_management/**", "nothing edits the conversation on the server (no such key)"),
    ("/tool_usage", "the server runs no tools whose use could be counted (tools)"),
    ("/tool_usage/**", "the server runs no tools whose use could be counted (tools)"),
    ("/output_text", "the texts of a reply are said once (ChatCompletionMessage)"),
    ("/max_tool_calls", "the server runs no tools whose calls could be counted (tools)"),
    ("/service_tier", "service tiers have other names (auto, default, flex, scale, priority, fast)"),
    ("/text/**", "the answer's form and verbosity are keys of their own (response_format, verbosity)"),
    ("/usage/**", "usage has prompt, completion, cached and reasoning tokens, and nothing of tools, tiers or places (CompletionUsage)"),
    ("/usage", "usage is written where both sums are known (CompletionUsage)"),
    ("/status", "a choice has a finish_reason, a completion no status (ChatCompletion)"),
    ("/error", "a completion has no error: a call that fails is answered with one (ChatCompletion)"),
    ("/error/**", "a completion has no error: a call that fails is answered with one (ChatCompletion)"),
    ("/incomplete_details/**", "finish_reason has no details"),
    ("/incomplete_details", "finish_reason has no details"),
)  # fmt: skip

_REPLY_REPEATS: Final = "a completion does not repeat the request's settings (ChatCompletion)"
_REPEATED: Final = (
    "background", "billing", "completed_at", "conversation", "frequency_penalty", "instructions", "max_output_tokens", "max_tool_calls",
    "metadata", "parallel_tool_calls", "presence_penalty", "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_options",
    "prompt_cache_retention", "safety_identifier", "service_tier", "store", "temperature", "text", "top_logprobs", "top_p", "truncation",
    "user",
)  # fmt: skip

REASONS: Final[tuple[tuple[str, str, str], ...]] = (
    *(("anthropic", pattern, reason) for pattern, reason in _FROM_ANTHROPIC),
    *(("openai-responses", pattern, reason) for pattern, reason in _FROM_RESPONSES),
    *(("openai-responses", f"/{key}", _REPLY_REPEATS) for key in _REPEATED),
    ("uitars", "/messages/**", "an action in the assistant's words is a call of a function here (tool_calls)"),
    ("uitars", "/choices/**", "an action in the assistant's words is a call of a function here (tool_calls)"),
    ("*", "/**", _UNKNOWN),
    ("*", "", _UNKNOWN),
)

DEFAULTS: Final[tuple[tuple[str, Json], ...]] = (
    ("/messages/*/refusal", None),
    ("/messages/*/tool_calls", None),
    ("/messages/*/function_call", None),
    ("/messages/*/audio", None),
    ("/messages/*/content", None),
    ("/choices/*/message/refusal", None),
    ("/choices/*/message/annotations", []),
    ("/choices/*/message/annotations", None),
    ("/choices/*/message/tool_calls", None),
    ("/choices/*/message/function_call", None),
    ("/choices/*/message/audio", None),
    ("/choices/*/message/content", None),
    ("/object", "chat.completion"),
    ("/usage", None),
)
"""What may be written or left out: the types give these keys as optional and nullable, and say nothing else of null than of absence."""
