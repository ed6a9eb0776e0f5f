"""Why a place of another wire has none in the Messages API, and what this wire assumes by itself.

Each reason rests on the types of the anthropic SDK 2.12.0 and on the documentation under https://platform.claude.com/docs/en
(api/messages, agents-and-tools/tool-use, build-with-claude, api/versioning; read 2026-11-22), named in brackets. The first
pattern that fits counts.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from ..jsonvalue import Json
from .tables import DIRECT, USUAL_TIME

_Rows: TypeAlias = tuple[tuple[str, str], ...]

_NO_SAMPLING: Final = (
    "temperature, top_p and top_k are refused since version 2026-10-21, even at their defaults (api/versioning)"
)
_NO_OTHER_SAMPLING: Final = "there are no penalties, seeds, biases or log probabilities (MessageCreateParams)"
_ONE_ANSWER: Final = "a reply is one answer (Message)"
_UNSIGNED: Final = (
    "thinking is taken back only with the signature Anthropic gave it (build-with-claude/extended-thinking)"
)
_THOUGHTS: Final = (
    "the words are said as thinking, a block of which is one text: what they were called is not said (ThinkingBlock)"
)
_NO_AUDIO: Final = "blocks are texts, images and documents, in and out; there is no sound or video (ContentBlockParam)"
_IMAGE: Final = "an image has a source and nothing of detail (ImageBlockParam)"
_SYSTEM: Final = "instructions stand in system, later ones behind a user's message (build-with-claude/mid-conversation-system-messages)"
_NO_NAMES: Final = "a message has a role and content, no name, id, status or phase (MessageParam)"
_EMPTY: Final = "texts must not be empty, nor messages (api/errors)"
_REFUSAL: Final = (
    "a refusal is said in a text; only its stop reason sets it apart (build-with-claude/handling-stop-reasons)"
)
_OBJECT: Final = "the input of a tool is a JSON object (ToolUseBlockParam)"
_IDS: Final = "ids of calls are unique and of letters, digits, _ and - (ToolUseBlockParam)"
_RESULTS: Final = "all results of a turn's calls come next, once each, in one message (agents-and-tools/tool-use)"
_NO_CITATIONS: Final = "citations point into what Anthropic read, with its own places (build-with-claude/citations)"
_CITED: Final = "a citation is of a whole text, and says no place in it (CitationsWebSearchResultLocation)"
_SEARCHED: Final = "a search says what it asked for and the pages it found, of which others' have their addresses alone (WebSearchResultBlock)"
_UNSEALED: Final = "the pages and places of a search are taken back under Anthropic's seal only (agents-and-tools/tool-use/web-search-tool)"
_CACHE: Final = "a cache point is ephemeral, of 5m or 1h, at most four of them (build-with-claude/prompt-caching)"
_FORMAT: Final = "the form of an answer is a JSON schema without name, words or strictness (output_config.format)"
_EFFORT: Final = (
    "effort is low, medium, high, xhigh or max; how to think is enabled, disabled, adaptive or between_tools (thinking)"
)
_MCP_KEYS: Final = (
    "server_description",
    "headers",
    "require_approval",
    "allowed_tools",
    "connector_id",
    "tunnel_id",
    "authorization",
)
_SEARCH_KEYS: Final = ("search_context_size", "external_web_access", "search_content_types", "filters", "user_location")
_CHOICE: Final = "a choice is auto, any, none or one tool that is offered (tool_choice)"
_SCHEMA: Final = "input_schema is an object without anyOf, oneOf or allOf at the top (ToolParam)"
_TOOL: Final = "a tool has a name, a description and an input schema (ToolParam)"
_OTHERS_TOOLS: Final = (
    "of another provider's own tools those with a like here are offered, in its words and version; of the others calls and results "
    "mean nothing either (ToolUnionParam)"
)
_SEARCH: Final = "a search has domains, a place and a count of uses, and no context size (WebSearchTool20250305Param)"
_MCP_SERVER: Final = "an MCP server has a name, an address and a token; its tools are called without asking (BetaRequestMCPServerURLDefinitionParam)"
_CUSTOM: Final = "a tool takes a JSON object, never free text or a grammar (ToolParam)"
_METADATA: Final = "metadata names the end user and nothing else (metadata.user_id)"
_TIER: Final = "a tier is auto or standard_only (service_tier)"
_NO_STORE: Final = "a request and its reply are not stored to be fetched again (MessageCreateParams)"
_NO_STREAM_OPTIONS: Final = "a stream always says its usage, and has no options (build-with-claude/streaming)"
_MAX_TOKENS: Final = "there is one limit, max_tokens (MessageCreateParams)"
_STOP: Final = "the stop reason is one of eight, and none of them means this (Message.stop_reason)"
_FINISH: Final = "the stop reason is one of eight: tool_use where a tool is to run, and else none of them means this (Message.stop_reason)"
_NO_TIME: Final = "a reply has no time (Message)"
_USAGE: Final = "usage counts input, cache, output and thinking, not prices, modalities or times (Usage)"
_NO_ECHO: Final = "a reply does not repeat its request (Message)"
_UNKNOWN: Final = "no key of the published schema says this; extra inputs are refused (api/errors)"

_MCP: Final = (
    "what an MCP server did has a name, a server, an input and texts (BetaMCPToolUseBlockParam, BetaMCPToolResultBlock)"
)

_SHARED_REQUEST: Final[_Rows] = (
    ("/temperature", _NO_SAMPLING),
    ("/top_p", _NO_SAMPLING),
    ("/top_k", _NO_SAMPLING),
    ("/logprobs", _NO_OTHER_SAMPLING),
    ("/top_logprobs", _NO_OTHER_SAMPLING),
    ("/metadata", _METADATA),
    ("/metadata/**", _METADATA),
    ("/safety_identifier", _METADATA),
    ("/service_tier", _TIER),
    ("/store", _NO_STORE),
    ("/stream_options", _NO_STREAM_OPTIONS),
    ("/stream_options/**", _NO_STREAM_OPTIONS),
    ("/prompt_cache_key", _CACHE),
    ("/prompt_cache_options", _CACHE),
    ("/prompt_cache_options/**", _CACHE),
    ("/prompt_cache_retention", _CACHE),
    ("/tool_choice", _CHOICE),
    ("/tool_choice/**", _CHOICE),
    ("/parallel_tool_calls", "whether calls may be parallel is said of a choice among tools (tool_choice)"),
)

_CHAT_REQUEST: Final[_Rows] = (
    *_SHARED_REQUEST,
    ("/frequency_penalty", _NO_OTHER_SAMPLING),
    ("/presence_penalty", _NO_OTHER_SAMPLING),
    ("/seed", _NO_OTHER_SAMPLING),
    ("/logit_bias", _NO_OTHER_SAMPLING),
    ("/logit_bias/**", _NO_OTHER_SAMPLING),
    ("/n", _ONE_ANSWER),
    ("/max_tokens", _MAX_TOKENS),
    ("/max_completion_tokens", _MAX_TOKENS),
    ("/modalities", _NO_AUDIO),
    ("/audio", _NO_AUDIO),
    ("/audio/**", _NO_AUDIO),
    ("/verbosity", "how many words to make is not said beside the effort (output_config)"),
    ("/moderation", "what is refused is the model's to say (build-with-claude/handling-stop-reasons)"),
    ("/reasoning_effort", _EFFORT),
    ("/response_format", _FORMAT),
    ("/response_format/**", _FORMAT),
    ("/stop", "stop sequences are a list (stop_sequences)"),
    ("/web_search_options", _SEARCH),
    ("/web_search_options/**", _SEARCH),
    ("/prediction", "an answer cannot be predicted (MessageCreateParams)"),
    ("/prediction/**", "an answer cannot be predicted (MessageCreateParams)"),
    (
        "/messages/*/tool_calls/*/index",
        "the place of a call is told by streams only, on either wire (ChoiceDeltaToolCall)",
    ),
    ("/messages/*/content/*/image_url", "an address is said back in an object (ImageURL)"),
    ("/messages/*/name", _NO_NAMES),
    ("/messages/*/role", _SYSTEM),
    ("/messages/*/refusal", _REFUSAL),
    ("/messages/*/reasoning_content", _UNSIGNED),
    ("/messages/*/reasoning", _UNSIGNED),
    ("/messages/*/reasoning_details", _UNSIGNED),
    ("/messages/*/reasoning_details/**", _UNSIGNED),
    ("/messages/*/annotations", _NO_CITATIONS),
    ("/messages/*/annotations/**", _NO_CITATIONS),
    ("/messages/*/audio", _NO_AUDIO),
    ("/messages/*/audio/**", _NO_AUDIO),
    ("/messages/*/content/*/image_url/detail", _IMAGE),
    ("/messages/**/cache_control", _CACHE),
    ("/messages/**/prompt_cache_breakpoint", _CACHE),
    ("/messages/**/prompt_cache_breakpoint/**", _CACHE),
    ("/messages/*/tool_calls/*/id", _IDS),
    ("/messages/*/tool_call_id", _IDS),
    ("/messages/*/tool_calls/*/function/name", "names are of at most 128 letters, digits, _ and - (ToolParam)"),
    ("/messages/*/tool_calls/*/function/arguments", _OBJECT),
    ("/messages/*/tool_calls/*/custom/**", _CUSTOM),
    ("/messages/*/tool_calls/*", _OBJECT),
    ("/messages/*/tool_calls", _EMPTY),
    ("/messages/*/function_call", "a call has an id, by which its result answers it (ToolUseBlockParam)"),
    ("/messages/*/function_call/**", "a call has an id, by which its result answers it (ToolUseBlockParam)"),
    (
        "/messages/*/content/*",
        "a part is a text, an image, a PDF or plain text, none of them empty (ContentBlockParam)",
    ),
    ("/messages/*/content", _EMPTY),
    ("/messages/*", f"{_SYSTEM}; {_RESULTS}"),
    ("/tools/*/function/parameters", _SCHEMA),
    ("/tools/*/function/parameters/**", _SCHEMA),
    ("/tools/*/function/name", "names are of at most 128 letters, digits, _ and - (ToolParam)"),
    ("/tools/*/custom/**", _CUSTOM),
    ("/tools/**", _TOOL),
    ("/tools", _OTHERS_TOOLS),
    ("/functions", _TOOL),
    ("/functions/**", _TOOL),
    ("/function_call", _CHOICE),
    ("/function_call/**", _CHOICE),
)

_CHAT_RESPONSE: Final[_Rows] = (
    ("/created", _NO_TIME),
    ("/object", _NO_ECHO),
    ("/system_fingerprint", _NO_ECHO),
    ("/choices/*/finish_reason", _FINISH),
    ("/choices/*/logprobs", _NO_OTHER_SAMPLING),
    ("/choices/*/logprobs/**", _NO_OTHER_SAMPLING),
    ("/choices/*/index", _ONE_ANSWER),
    ("/choices/*/message/refusal", _REFUSAL),
    ("/choices/*/message/reasoning_content", _THOUGHTS),
    ("/choices/*/message/reasoning", _THOUGHTS),
    ("/choices/*/message/reasoning_details", f"{_THOUGHTS}; {_UNSIGNED}"),
    ("/choices/*/message/reasoning_details/**", f"{_THOUGHTS}; {_UNSIGNED}"),
    ("/choices/*/message/annotations/**/start_index", _CITED),
    ("/choices/*/message/annotations/**/end_index", _CITED),
    ("/choices/*/message/annotations", _NO_CITATIONS),
    ("/choices/*/message/annotations/**", _NO_CITATIONS),
    ("/choices/*/message/audio", _NO_AUDIO),
    ("/choices/*/message/audio/**", _NO_AUDIO),
    ("/choices/*/message/tool_calls/*/function/arguments", _OBJECT),
    ("/choices/*/message/tool_calls/**", _OBJECT),
    ("/choices/*/message/tool_calls", _OBJECT),
    ("/choices/*/message/function_call", "a call has an id, by which its result answers it (ToolUseBlockParam)"),
    ("/choices/*/message/function_call/**", "a call has an id, by which its result answers it (ToolUseBlockParam)"),
    ("/choices/*/message/content", f"{_EMPTY}; {_UNSIGNED}"),
    ("/choices/*/message/content/**", f"{_EMPTY}; {_UNSIGNED}"),
    ("/choices/*", _ONE_ANSWER),
    ("/choices", _ONE_ANSWER),
    ("/usage", _USAGE),
    ("/usage/**", _USAGE),
)

_RESPONSES_REQUEST: Final[_Rows] = (
    *_SHARED_REQUEST,
    ("/include", "what a reply holds is not chosen (MessageCreateParams)"),
    ("/background", _NO_STORE),
    ("/background_options", _NO_STORE),
    ("/truncation", "a request that is too long is refused, or edited as context_management says (beta)"),
    (
        "/context_management/*/compact_threshold",
        "a compaction begins at 50,000 tokens or more (build-with-claude/compaction-threshold)",
    ),
    ("/context_management", "context is edited by rules of Anthropic's own (context_management, beta)"),
    ("/context_management/**", "context is edited by rules of Anthropic's own (context_management, beta)"),
    ("/reasoning/context", "the thinking of all turns is kept, or that of so many (clear_thinking_20251015)"),
    ("/max_tool_calls", "the number of calls is limited on each of Anthropic's tools (max_uses)"),
    ("/moderation", "what is refused is the model's to say (build-with-claude/handling-stop-reasons)"),
    ("/moderation/**", "what is refused is the model's to say (build-with-claude/handling-stop-reasons)"),
    ("/reasoning", _EFFORT),
    ("/reasoning/**", _EFFORT),
    ("/text/verbosity", "how many words to make is not said beside the effort (output_config)"),
    ("/text", _FORMAT),
    ("/text/**", _FORMAT),
    ("/instructions", _SYSTEM),
    ("/input/*/approval_request_id", _MCP),
    ("/input/*/error", _MCP),
    ("/input/*/error/**", _MCP),
    ("/input/*/tools/*/annotations", _MCP),
    ("/input/*/tools/*/annotations/**", _MCP),
    ("/input/*/id", _NO_NAMES),
    ("/input/*/status", _NO_NAMES),
    ("/input/*/phase", _NO_NAMES),
    ("/input/*/type", _NO_NAMES),
    ("/input/*/role", _SYSTEM),
    ("/input/*/caller", "a program that calls is one that Anthropic runs (BetaServerToolCaller20260120)"),
    ("/input/*/caller/**", "a program that calls is one that Anthropic runs (BetaServerToolCaller20260120)"),
    ("/input/*/name", "a result says of its call the id alone (ToolResultBlockParam)"),
    ("/input/*/namespace", "tools are known by their names alone (ToolParam)"),
    ("/input/*/call_id", _IDS),
    ("/input/*/arguments", _OBJECT),
    ("/input/*/input", _CUSTOM),
    ("/input/*/summary/**", _UNSIGNED),
    ("/input/*/encrypted_content", _UNSIGNED),
    (
        "/input/*/pending_safety_checks",
        "a computer call has no checks for a person to pass (agents-and-tools/computer-use)",
    ),
    (
        "/input/*/pending_safety_checks/**",
        "a computer call has no checks for a person to pass (agents-and-tools/computer-use)",
    ),
    ("/input/*/acknowledged_safety_checks", "a result says nothing of safety checks (ToolResultBlockParam)"),
    ("/input/*/acknowledged_safety_checks/**", "a result says nothing of safety checks (ToolResultBlockParam)"),
    (
        "/input/*/action",
        "the computer's actions are calls of their own, in Anthropic's words (agents-and-tools/computer-use)",
    ),
    (
        "/input/*/action/**",
        "the computer's actions are calls of their own, in Anthropic's words (agents-and-tools/computer-use)",
    ),
    (
        "/input/*/actions",
        "the computer's actions are calls of their own, in Anthropic's words (agents-and-tools/computer-use)",
    ),
    (
        "/input/*/actions/**",
        "the computer's actions are calls of their own, in Anthropic's words (agents-and-tools/computer-use)",
    ),
    ("/input/*/output/*/detail", _IMAGE),
    ("/input/*/output/**", "a result holds texts, images and documents, none of them empty (ToolResultBlockParam)"),
    ("/input/*/output", "a result holds texts, images and documents, none of them empty (ToolResultBlockParam)"),
    ("/input/*/content/*/detail", _IMAGE),
    ("/input/*/content/*/logprobs", _NO_OTHER_SAMPLING),
    ("/input/*/content/*/logprobs/**", _NO_OTHER_SAMPLING),
    ("/input/*/content/*/annotations", _NO_CITATIONS),
    ("/input/*/content/*/annotations/**", _NO_CITATIONS),
    ("/input/*/content/*/prompt_cache_breakpoint", _CACHE),
    ("/input/*/content/*/prompt_cache_breakpoint/**", _CACHE),
    ("/input/*/content/*", "a part is a text, an image, a PDF or plain text, none of them empty (ContentBlockParam)"),
    ("/input/*/content", f"{_NO_CITATIONS}; {_EMPTY}"),
    ("/input/*", f"{_UNSIGNED}; {_OTHERS_TOOLS}; {_SYSTEM}"),
    ("/input", _EMPTY),
    ("/tools/*/parameters", _SCHEMA),
    ("/tools/*/parameters/**", _SCHEMA),
    ("/tools/*/strict", "strictness is said or not; null is not said (ToolParam)"),
    ("/tools/*/description", "a description is a text or left out (ToolParam)"),
    *((f"/tools/*/{key}{inside}", _MCP_SERVER) for key in _MCP_KEYS for inside in ("", "/**")),
    *((f"/tools/*/{key}{inside}", _SEARCH) for key in _SEARCH_KEYS for inside in ("", "/**")),
    ("/tools/*/format/**", _CUSTOM),
    ("/tools/*/*", _TOOL),
    ("/tools/*", f"{_OTHERS_TOOLS}; {_CUSTOM}"),
    ("/tools/**", _TOOL),
    ("/tools", _OTHERS_TOOLS),
)

_RESPONSES_RESPONSE: Final[_Rows] = (
    ("/created_at", _NO_TIME),
    ("/completed_at", _NO_TIME),
    ("/status", _STOP),
    ("/incomplete_details", _STOP),
    ("/incomplete_details/**", _STOP),
    ("/error", "a failure has a type and a message (ErrorResponse)"),
    ("/error/**", "a failure has a type and a message (ErrorResponse)"),
    ("/output/*/approval_request_id", _MCP),
    ("/output/*/error", _MCP),
    ("/output/*/error/**", _MCP),
    ("/output/*/tools/*/annotations", _MCP),
    ("/output/*/tools/*/annotations/**", _MCP),
    ("/output/*/id", _NO_NAMES),
    ("/output/*/status", _NO_NAMES),
    ("/output/*/phase", _NO_NAMES),
    ("/output/*/namespace", "tools are known by their names alone (ToolParam)"),
    ("/output/*/arguments", _OBJECT),
    ("/output/*/content/*/logprobs", _NO_OTHER_SAMPLING),
    ("/output/*/content/*/logprobs/**", _NO_OTHER_SAMPLING),
    ("/output/*/content/*/annotations/*/start_index", _CITED),
    ("/output/*/content/*/annotations/*/end_index", _CITED),
    ("/output/*/content/*/annotations", _NO_CITATIONS),
    ("/output/*/content/*/annotations/**", _NO_CITATIONS),
    ("/output/*/content/*/refusal", _REFUSAL),
    ("/output/*/content/**", f"{_EMPTY}; {_REFUSAL}"),
    ("/output/*/content", f"{_EMPTY}; {_REFUSAL}; {_THOUGHTS}"),
    ("/output/*/summary", _THOUGHTS),
    ("/output/*/summary/**", _THOUGHTS),
    ("/output/*/encrypted_content", _UNSIGNED),
    (
        "/output/*/pending_safety_checks",
        "a computer call has no checks for a person to pass (agents-and-tools/computer-use)",
    ),
    (
        "/output/*/pending_safety_checks/**",
        "a computer call has no checks for a person to pass (agents-and-tools/computer-use)",
    ),
    ("/output/*/action/query", _SEARCHED),
    ("/output/*/action/sources", _SEARCHED),
    ("/output/*/action/sources/**", _SEARCHED),
    (
        "/output/*/action",
        "the computer's actions are calls of their own, in Anthropic's words (agents-and-tools/computer-use)",
    ),
    (
        "/output/*/actions/**",
        "the computer's actions are calls of their own, in Anthropic's words (agents-and-tools/computer-use)",
    ),
    ("/output/**", f"{_UNSIGNED}; {_OTHERS_TOOLS}; {_EMPTY}; messages one behind the other are one"),
    ("/usage", _USAGE),
    ("/usage/**", _USAGE),
    ("/output_text", _NO_ECHO),
    ("/object", _NO_ECHO),
    ("/billing", _NO_ECHO),
    ("/billing/**", _NO_ECHO),
    ("/tool_usage", _USAGE),
    ("/tool_usage/**", _USAGE),
)

_OWN_REQUEST: Final[_Rows] = (
    ("/messages/*/content/*/citations", _UNSEALED),
    ("/messages/*/content/*/citations/*", _UNSEALED),
    ("/messages/*/content/*", f"{_UNSIGNED}; {_UNSEALED}"),
)
"""What a request of this wire's own may hold that was another provider's before it was in a reply."""

_ECHOES: Final = (
    "max_output_tokens", "reasoning", "temperature", "top_p", "metadata", "instructions", "user", "service_tier",
    "previous_response_id", "max_tool_calls", "top_logprobs", "safety_identifier", "prompt_cache_key", "prompt_cache_retention",
    "prompt_cache_options", "text", "frequency_penalty", "presence_penalty", "tools", "tool_choice", "parallel_tool_calls", "store",
    "truncation", "background", "moderation", "conversation",
)  # fmt: skip
"""Keys of a Responses reply that repeat its request. A request's reasons for most of them come first and say more."""


def _rows(source: str, *tables: _Rows) -> tuple[tuple[str, str, str], ...]:
    return tuple((source, pattern, reason) for table in tables for pattern, reason in table)


_ECHO_ROWS: Final[_Rows] = tuple((f"/{key}{deeper}", _NO_ECHO) for key in _ECHOES for deeper in ("", "/**"))

REASONS: Final[tuple[tuple[str, str, str], ...]] = (
    *_rows("anthropic", _OWN_REQUEST),
    *_rows("openai-chat", _CHAT_REQUEST, _CHAT_RESPONSE),
    *_rows("uitars", _CHAT_REQUEST, _CHAT_RESPONSE),
    *_rows("openai-responses", _RESPONSES_REQUEST, _RESPONSES_RESPONSE, _ECHO_ROWS),
    ("*", "/**", _UNKNOWN),
)

DEFAULTS: Final[tuple[tuple[str, Json], ...]] = (
    ("/messages/*/content/*/is_error", False),
    ("/messages/*/content/*/content", []),
    ("/messages/**/cache_control", None),
    ("/messages/**/cache_control/ttl", USUAL_TIME),
    ("/system/*/cache_control/ttl", USUAL_TIME),
    ("/cache_control/ttl", USUAL_TIME),
    ("/messages/**/citations", None),
    ("/messages/**/citations", []),
    ("/messages/*/content/*/caller", None),
    ("/messages/*/content/*/caller", DIRECT),
    ("/messages/*/content/*/context", None),
    ("/messages/*/content/*/transformations", None),
    ("/system/*/cache_control", None),
    ("/system/*/citations", None),
    ("/tools/*/type", "custom"),
    ("/tools/*/type", None),
    ("/tools/*/cache_control", None),
    ("/tools/*/eager_input_streaming", None),
    ("/content/*/citations", None),
    ("/content/*/citations", []),
    ("/content/*/caller", None),
    ("/content/*/caller", DIRECT),
    ("/type", "message"),
    ("/role", "assistant"),
    ("/stop_sequence", None),
    ("/container", None),
    ("/context_management", None),
    ("/diagnostics", None),
    ("/input_transformations", None),
)
"""What may be written or left out: the types give these keys as optional, and the documentation gives no other meaning to their lack."""
