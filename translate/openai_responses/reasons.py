"""Why a place of another wire has none in the Responses API, and what this wire assumes by itself.

Each reason rests on the types of a request and a reply in the API's reference,
https://platform.openai.com/docs/api-reference/responses (openai SDK 3.54.0, read 2026-11-22), named in brackets. The first pattern
that fits counts.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from ..jsonvalue import Json

_Rows: TypeAlias = tuple[tuple[str, str], ...]

_FOREIGN_THINKING: Final = "a reasoning item is taken back only from the provider that minted it, by its id or encrypted content (ResponseReasoningItemParam)"
_NO_BUDGET: Final = "reasoning has an effort and a summary, no budget and no switch (Reasoning)"
_OTHERS_TOOLS: Final = (
    "of another provider's own tools those with a like here are offered, in its words; of the others calls and results mean nothing "
    "either (ToolParam)"
)
_SEARCH: Final = "web_search has domains, a place and a context size, and no version of another's (WebSearchToolParam)"
_COMPUTER: Final = "the computer tool has no name, no version and no size: the screenshot shows it (ComputerToolParam)"
_COMPUTER_CALL: Final = (
    "computer_call has this API's own vocabulary and neither a name nor a toolset (ResponseComputerToolCallParam)"
)
_NO_OUTCOME: Final = "function_call_output has no key for how a call went, so it is said in words (FunctionCallOutput)"
_RESULT_PARTS: Final = "the output of a call is texts, images and files (FunctionCallOutput)"
_TOOL: Final = "a function has a name, a description, parameters and strict (FunctionToolParam)"
_MCP: Final = "a tool offers an MCP server and names those of its tools that may be called (Mcp)"
_CHOICE: Final = "a choice is among the tools that are offered (ToolChoiceFunctionParam)"
_BREAKPOINT: Final = "a cache breakpoint stands behind a text, image or file to the model, and its time is 30m or 12h (PromptCacheBreakpoint)"
_NO_CACHE: Final = "no cache point for a whole request (ResponseCreateParams)"
_CITATION: Final = (
    "a citation is of a web page or a stored file, with places in the text that cites (AnnotationURLCitation)"
)
_DOCUMENT: Final = "a file is bytes, an address or a stored file, with a name and nothing else (ResponseInputFileParam)"
_STORED: Final = "a file stored at another provider means nothing here (ResponseInputFileParam)"
_MEDIA: Final = "what is said to the model is text, images and files (ResponseInputContentParam)"
_NO_SAMPLING: Final = "of sampling there are temperature, top_p and top_logprobs (ResponseCreateParams)"
_NO_STOP: Final = "there are no stop sequences (ResponseCreateParams)"
_ONE_ANSWER: Final = "a response is one answer (Response)"
_STOP: Final = "a response is completed, or incomplete for max_output_tokens, max_messages, content_filter or steered (IncompleteDetails)"
_USAGE: Final = (
    "usage counts input, cache, output and reasoning, not prices, modalities, tiers or times (ResponseUsage)"
)
_USAGE_KEYS: Final = "usage has all its numbers, also where the source does not know them (ResponseUsage)"
_IDS: Final = "ids of calls have at most 64 characters (ResponseFunctionToolCallParam)"
_NAMES: Final = "names of tools are of letters, digits, _ and - (FunctionToolParam)"
_NO_NAMES: Final = "a message has no name of its speaker (EasyInputMessageParam), and of a function's result none is said back (ChatCompletionToolMessageParam)"
_EDITS: Final = "a compaction, and at how many tokens, is all that edits the conversation by itself (ContextManagement)"
_TIER: Final = "service tiers have other names (ResponseCreateParams.service_tier)"
_VERSION: Final = "the version of another API (ResponseCreateParams)"
_STATE: Final = "state on another provider's server (ResponseCreateParams)"
_SAMPLED_BACK: Final = "the parameter has a place here; on the way back the Messages API refuses it since version 2026-10-21 (api/versioning)"
_TOOLS_ALTER: Final = "a change of tools is said with whole definitions (AdditionalTools)"
_COMPACTION: Final = "a compaction is this provider's own, encrypted (ResponseCompactionItemParam)"
_AUDIO: Final = "a reply has no sound (ResponseOutputMessage)"
_LOGPROBS: Final = "log probabilities stand on the text, each with token, bytes and alternatives (Logprob)"
_NO_ECHO: Final = "the key has another place in a response, or none (Response)"
_FORMAT: Final = "the form of an answer is text, any JSON, or JSON after a named schema (ResponseTextConfigParam)"
_STREAM: Final = "a stream always says its usage; its one option is obfuscation (StreamOptions)"
_EXTRA: Final = "no key of the published schema says this"

_FROM_ANTHROPIC: Final[_Rows] = (
    ("/temperature", _SAMPLED_BACK),
    ("/top_p", _SAMPLED_BACK),
    ("/top_k", _NO_SAMPLING),
    ("/stop_sequences", _NO_STOP),
    ("/stop_sequences/**", _NO_STOP),
    ("/thinking", _NO_BUDGET),
    ("/thinking/**", _NO_BUDGET),
    ("/output_config/**", _FORMAT),
    ("/output_config", _FORMAT),
    ("/output_format", _FORMAT),
    ("/output_format/**", _FORMAT),
    ("/cache_control", _NO_CACHE),
    ("/cache_control/**", _NO_CACHE),
    ("/system/**/cache_control", _BREAKPOINT),
    ("/system/**/cache_control/**", _BREAKPOINT),
    ("/messages/**/cache_control", _BREAKPOINT),
    ("/messages/**/cache_control/**", _BREAKPOINT),
    ("/tools/*/cache_control", _BREAKPOINT),
    ("/tools/*/cache_control/**", _BREAKPOINT),
    ("/messages/*/content/*/is_error", _NO_OUTCOME),
    ("/messages/*/content/*/tool_use_id", _IDS),
    ("/messages/*/content/*/toolset_name", _COMPUTER_CALL),
    ("/messages/*/content/*/caller", _OTHERS_TOOLS),
    ("/messages/*/content/*/caller/**", _OTHERS_TOOLS),
    ("/messages/*/content/*/input", _COMPUTER_CALL),
    ("/messages/*/content/*/input/**", _COMPUTER_CALL),
    ("/messages/*/content/*/name", _COMPUTER_CALL),
    ("/messages/*/content/*/citations", _CITATION),
    ("/messages/*/content/*/citations/**", _CITATION),
    ("/messages/*/content/*/title", _DOCUMENT),
    ("/messages/*/content/*/context", _DOCUMENT),
    ("/messages/*/content/*/source", _DOCUMENT),
    ("/messages/*/content/*/source/**", _DOCUMENT),
    ("/messages/*/content/*/transformations", _EXTRA),
    ("/messages/*/content/*/signature", _FOREIGN_THINKING),
    ("/messages/*/content/*/thinking", _FOREIGN_THINKING),
    ("/messages/*/content/*/data", _FOREIGN_THINKING),
    ("/messages/*/content/*/content", _RESULT_PARTS),
    ("/messages/*/content/*/content/**", _RESULT_PARTS),
    (
        "/messages/*/content/*",
        "thinking, server tools, stored files, compactions and changes of tools are each provider's own",
    ),
    (
        "/messages/*/content",
        "thinking, server tools and stored files are each provider's own, and a lone text is a string",
    ),
    ("/messages/*", "a message all of whose parts are another provider's own is left out"),
    ("/messages", "a message all of whose parts are another provider's own is left out"),
    ("/messages/*/**", "a message has a role and content (EasyInputMessageParam)"),
    ("/system", "instructions of several texts stand as a message at the head of the input (EasyInputMessageParam)"),
    ("/system/**", "instructions have text and cache breakpoints (ResponseInputTextParam)"),
    ("/tools/*/type", _OTHERS_TOOLS),
    ("/tools/*/name", _NAMES),
    ("/tools/*/display_width_px", _COMPUTER),
    ("/tools/*/display_height_px", _COMPUTER),
    ("/tools/*/display_number", _COMPUTER),
    ("/tools/*/enable_zoom", _COMPUTER),
    ("/tools/*/max_uses", _SEARCH),
    ("/tools/*/allowed_domains", _SEARCH),
    ("/tools/*/blocked_domains", _SEARCH),
    ("/tools/*/user_location", _SEARCH),
    ("/tools/*/user_location/**", _SEARCH),
    ("/tools/*/strict", "strict is true here unless said otherwise, so it is said (FunctionToolParam)"),
    ("/tools", _OTHERS_TOOLS),
    ("/tools/*", _OTHERS_TOOLS),
    ("/tools/**", _TOOL),
    ("/tool_choice", _CHOICE),
    ("/tool_choice/**", _CHOICE),
    ("/mcp_servers", _MCP),
    ("/mcp_servers/**", _MCP),
    *((f"/tools/*/{key}{inside}", _MCP) for key in ("default_config", "configs") for inside in ("", "/**")),
    ("/context_management", _EDITS),
    ("/context_management/**", _EDITS),
    ("/container", _STATE),
    ("/container/**", _STATE),
    ("/service_tier", _TIER),
    ("/metadata", "who asks stands in user (ResponseCreateParams.user)"),
    ("/metadata/**", "who asks stands in user (ResponseCreateParams.user)"),
    ("/anthropic_version", _VERSION),
    ("/anthropic_beta", _VERSION),
    ("/anthropic_beta/**", _VERSION),
    ("/betas", _VERSION),
    ("/betas/**", _VERSION),
    ("/max_tokens", "max_output_tokens may be left out, and a limit of another wire's has no place beside it"),
    ("/content/*/citations", _CITATION),
    ("/content/*/citations/**", _CITATION),
    ("/content/*/caller", _OTHERS_TOOLS),
    ("/content/*/caller/**", _OTHERS_TOOLS),
    ("/content/*/toolset_name", _COMPUTER_CALL),
    ("/content/*/input", _COMPUTER_CALL),
    ("/content/*/input/**", _COMPUTER_CALL),
    ("/content/*/name", _COMPUTER_CALL),
    (
        "/content/*/signature",
        "a signature is its provider's own; the thinking is there without it (ResponseReasoningItem)",
    ),
    (
        "/content/*",
        "server tools, stored files and hidden thinking are each provider's own (ResponseOutputItem); an empty text, which the Messages API"
        " refuses in a history, is not said again (api/errors)",
    ),
    ("/content", "server tools, stored files and hidden thinking are each provider's own (ResponseOutputItem)"),
    ("/content/**", "server tools, stored files and hidden thinking are each provider's own (ResponseOutputItem)"),
    ("/stop_reason", _STOP),
    ("/stop_sequence", _STOP),
    ("/stop_details", _STOP),
    ("/stop_details/**", _STOP),
    ("/usage/output_tokens_details", _USAGE_KEYS),
    ("/usage/output_tokens_details/**", _USAGE_KEYS),
    ("/usage/cache_creation_input_tokens", _USAGE_KEYS),
    ("/usage/cache_read_input_tokens", _USAGE_KEYS),
    ("/usage/**", _USAGE),
    ("/usage", _USAGE),
    ("/diagnostics", _NO_ECHO),
    ("/diagnostics/**", _NO_ECHO),
)

_FROM_CHAT: Final[_Rows] = (
    ("/top_k", _NO_SAMPLING),
    ("/seed", _NO_SAMPLING),
    ("/frequency_penalty", _NO_SAMPLING),
    ("/presence_penalty", _NO_SAMPLING),
    ("/logit_bias", _NO_SAMPLING),
    ("/logit_bias/**", _NO_SAMPLING),
    ("/logprobs", "log probabilities are asked for by an entry of include (ResponseIncludable)"),
    ("/n", _ONE_ANSWER),
    ("/stop", _NO_STOP),
    ("/stop/**", _NO_STOP),
    ("/max_tokens", "there is one limit, said back under its present name (max_output_tokens)"),
    ("/max_completion_tokens", "there is one limit, said back under its present name (max_output_tokens)"),
    ("/store", "replies are stored here unless said otherwise, so it is said (ResponseCreateParams.store)"),
    ("/stream_options", _STREAM),
    ("/stream_options/**", _STREAM),
    ("/reasoning", _NO_BUDGET),
    ("/reasoning/**", _NO_BUDGET),
    ("/reasoning_effort", "effort is none, minimal, low, medium, high, xhigh or max (Reasoning)"),
    ("/thinking", _NO_BUDGET),
    ("/thinking/**", _NO_BUDGET),
    ("/modalities", _AUDIO),
    ("/modalities/**", _AUDIO),
    ("/audio", _AUDIO),
    ("/audio/**", _AUDIO),
    ("/prediction", "an answer cannot be predicted (ResponseCreateParams)"),
    ("/prediction/**", "an answer cannot be predicted (ResponseCreateParams)"),
    ("/web_search_options", _SEARCH),
    ("/web_search_options/**", _SEARCH),
    ("/functions", "functions are said back under their present name (tools)"),
    ("/functions/**", "functions are said back under their present name (tools)"),
    ("/function_call", "functions are said back under their present name (tool_choice)"),
    ("/function_call/**", "functions are said back under their present name (tool_choice)"),
    ("/response_format", _FORMAT),
    ("/response_format/**", _FORMAT),
    ("/service_tier", _TIER),
    ("/messages/*/name", _NO_NAMES),
    ("/messages/*/reasoning", _FOREIGN_THINKING),
    ("/messages/*/reasoning_content", _FOREIGN_THINKING),
    ("/messages/*/reasoning_details", _FOREIGN_THINKING),
    ("/messages/*/reasoning_details/**", _FOREIGN_THINKING),
    (
        "/messages/*/function_call",
        "calls are said back under their present name, with an id (ResponseFunctionToolCallParam)",
    ),
    (
        "/messages/*/function_call/**",
        "calls are said back under their present name, with an id (ResponseFunctionToolCallParam)",
    ),
    ("/messages/*/tool_calls/*/id", _IDS),
    ("/messages/*/tool_call_id", _IDS),
    ("/messages/*/tool_calls/*/function/name", _NAMES),
    ("/messages/*/tool_calls/**", "a call has an id, a name and arguments (ResponseFunctionToolCallParam)"),
    ("/messages/*/tool_calls", "a call has an id, a name and arguments (ResponseFunctionToolCallParam)"),
    ("/messages/*/annotations", _CITATION),
    ("/messages/*/annotations/**", _CITATION),
    ("/messages/*/audio", _AUDIO),
    ("/messages/*/audio/**", _AUDIO),
    ("/messages/**/cache_control", _BREAKPOINT),
    ("/messages/**/cache_control/**", _BREAKPOINT),
    ("/messages/**/prompt_cache_breakpoint", _BREAKPOINT),
    ("/messages/**/prompt_cache_breakpoint/**", _BREAKPOINT),
    ("/messages/*/content/*/image_url/detail", "an image in a message has a detail (ResponseInputImageParam)"),
    ("/messages/*/content/*/image_url/**", "an image has an address and a detail (ResponseInputImageParam)"),
    ("/messages/*/content/*/file", _DOCUMENT),
    ("/messages/*/content/*/file/**", _DOCUMENT),
    ("/messages/*/content/*/document_url", _DOCUMENT),
    ("/messages/*/content/*/document_name", _DOCUMENT),
    ("/messages/*/content/*", _MEDIA),
    ("/messages/*/content", _MEDIA),
    ("/messages/*/content/**", _MEDIA),
    ("/messages/*", "a message with nothing that has a place here is left out"),
    ("/messages", "a message with nothing that has a place here is left out"),
    ("/tools/*/function/strict", "strict is true here unless said otherwise, so it is said (FunctionToolParam)"),
    ("/tools/*/function/name", _NAMES),
    (
        "/tools/*/custom/format",
        "a grammar's syntax and definition stand one object higher, as this API's own (Grammar)",
    ),
    (
        "/tools/*/custom/format/**",
        "a grammar's syntax and definition stand one object higher, as this API's own (Grammar)",
    ),
    ("/tools", _OTHERS_TOOLS),
    ("/tools/*", _OTHERS_TOOLS),
    ("/tools/**", _TOOL),
    ("/tool_choice", _CHOICE),
    ("/tool_choice/**", _CHOICE),
    ("/parallel_tool_calls", _CHOICE),
    ("/choices/*/finish_reason", _STOP),
    ("/choices/*/logprobs", _LOGPROBS),
    ("/choices/*/logprobs/**", _LOGPROBS),
    ("/choices/*/index", _ONE_ANSWER),
    ("/choices/*/message/annotations", _CITATION),
    ("/choices/*/message/annotations/**", _CITATION),
    ("/choices/*/message/audio", _AUDIO),
    ("/choices/*/message/audio/**", _AUDIO),
    (
        "/choices/*/message/reasoning",
        "the key of another server's reasoning is not the one it comes back under (ResponseReasoningItem)",
    ),
    (
        "/choices/*/message/reasoning_content",
        "the key of another server's reasoning is not the one it comes back under (ResponseReasoningItem)",
    ),
    ("/choices/*/message/reasoning_details", "sealed reasoning is its provider's own (ResponseReasoningItem)"),
    ("/choices/*/message/reasoning_details/**", "sealed reasoning is its provider's own (ResponseReasoningItem)"),
    (
        "/choices/*/message/function_call",
        "calls are said back under their present name, with an id (ResponseFunctionToolCall)",
    ),
    (
        "/choices/*/message/function_call/**",
        "calls are said back under their present name, with an id (ResponseFunctionToolCall)",
    ),
    ("/choices/*/message/tool_calls", "a call has an id, a name and arguments (ResponseFunctionToolCall)"),
    ("/choices/*/message/tool_calls/**", "a call has an id, a name and arguments (ResponseFunctionToolCall)"),
    (
        "/choices/*/message/content",
        "an answer's texts, refusal and reasoning are items of their own (ResponseOutputMessage)",
    ),
    ("/choices/*/message", "an answer's texts, refusal and reasoning are items of their own (ResponseOutputMessage)"),
    ("/choices/*", _ONE_ANSWER),
    ("/choices", _ONE_ANSWER),
    ("/system_fingerprint", "a response has no fingerprint of the system (Response)"),
    ("/usage/prompt_tokens_details", _USAGE_KEYS),
    ("/usage/prompt_tokens_details/cache_write_tokens", _USAGE_KEYS),
    ("/usage/prompt_tokens_details/cached_tokens", _USAGE_KEYS),
    ("/usage/completion_tokens_details", _USAGE_KEYS),
    ("/usage/completion_tokens_details/reasoning_tokens", _USAGE_KEYS),
    ("/usage/**", _USAGE),
    ("/usage", _USAGE),
)

_FROM_UITARS: Final[_Rows] = (
    ("/messages/**", "an action in the assistant's words is a computer call here (ResponseComputerToolCallParam)"),
    ("/choices/**", "an action in the assistant's words is a computer call here (ResponseComputerToolCall)"),
)

REASONS: Final[tuple[tuple[str, str, str], ...]] = (
    *(("anthropic", pattern, reason) for pattern, reason in _FROM_ANTHROPIC),
    *(("openai-chat", pattern, reason) for pattern, reason in _FROM_CHAT),
    *(("uitars", pattern, reason) for pattern, reason in (*_FROM_UITARS, *_FROM_CHAT)),
    ("*", "/**", _EXTRA),
    ("*", "", _EXTRA),
)

DEFAULTS: Final[tuple[tuple[str, Json], ...]] = (
    ("/input/*/type", "message"),
    ("/input/*/content/*/annotations", []),
    ("/input/*/content/*/logprobs", []),
    ("/output/*/content/*/logprobs", []),
    ("/input/*/content/*/detail", "auto"),
    ("/input/*/pending_safety_checks", []),
    ("/output/*/content/*/annotations", []),
    ("/output/*/pending_safety_checks", []),
    ("/parallel_tool_calls", True),
    ("/tool_choice", "auto"),
    ("/truncation", "disabled"),
    ("/store", True),
    ("/stream", False),
    ("/background", False),
    ("/text", {"format": {"type": "text"}}),
    ("/text/format", {"type": "text"}),
    ("/tools/*/format", {"type": "text"}),
    ("/error", None),
    ("/incomplete_details", None),
)
"""What may be written or left out: what the API assumes where a key is missing, and the nulls it writes in every reply."""
