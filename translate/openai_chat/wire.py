"""Records of a Chat Completions request: messages, calls, tools, and the request itself.

Source: https://platform.openai.com/docs/api-reference/chat/create (types of the openai SDK 3.54.0, read 2026-11-22). A field that
no documented type has is marked with the vendors that send it. Documented fields come first; the order is the one that is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, TypeAlias

from ..codec import Opaque, WireRecord, wire_record
from ..jsonvalue import ABSENT, Absent, Json
from .wire_parts import Content


@wire_record
class Function(WireRecord):
    """``tool_calls[].function``, and the deprecated ``function_call``."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    arguments: str | Mapping[str, Json] | Absent | None = ABSENT
    """JSON *text*, as sampled: it may be cut short or not be JSON at all. Some compatible servers give the object itself."""


@wire_record
class FunctionToolCall(WireRecord):
    """``tool_calls[]`` of type ``function``; Mistral leaves the type out."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("id", "function")

    id: str
    type: Literal["function"] | Absent = "function"
    function: Function
    cache_control: Json = ABSENT
    """OpenRouter, Vercel's gateway."""


@wire_record
class Custom(WireRecord):
    """``tool_calls[].custom``"""

    REQUIRED: ClassVar[tuple[str, ...]] = ("name", "input")

    name: str
    input: str


@wire_record
class CustomToolCall(WireRecord):
    """``tool_calls[]`` of type ``custom``: free text instead of JSON."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("id", "custom")

    id: str
    type: Literal["custom"] = "custom"
    custom: Custom


ToolCall: TypeAlias = FunctionToolCall | CustomToolCall | Opaque


@wire_record
class URLCitation(WireRecord):
    """``annotations[].url_citation``: ``start_index`` and ``end_index`` are characters of the message's content."""

    url: str | Absent | None = ABSENT
    title: str | Absent | None = ABSENT
    start_index: int | Absent = ABSENT
    end_index: int | Absent = ABSENT


@wire_record
class Annotation(WireRecord):
    """``annotations[]`` of type ``url_citation``. Xiaomi has ``url`` and ``title`` flat, without the inner object."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: URLCitation | Absent = ABSENT
    url: str | Absent | None = ABSENT
    title: str | Absent | None = ABSENT


@wire_record
class Audio(WireRecord):
    """The assistant's spoken answer. A reply has all of it, a request only the ``id``; vendors send null for what they lack."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("id",)

    id: str
    expires_at: Json = ABSENT
    data: str | Absent = ABSENT
    transcript: str | Absent | None = ABSENT


@wire_record
class ReasoningDetail(WireRecord):
    """``reasoning_details[]``: OpenRouter, Vercel's gateway. A text (perhaps signed), a summary, or sealed bytes.

    Source: https://openrouter.ai/docs/use-cases/reasoning-tokens (read 2026-11-22). ``format`` says whose model made it.
    """

    type: Literal["reasoning.text", "reasoning.summary", "reasoning.encrypted"]
    text: str | Absent | None = ABSENT
    summary: str | Absent | None = ABSENT
    data: str | Absent | None = ABSENT
    signature: str | Absent | None = ABSENT
    format: str | Absent | None = ABSENT


@wire_record
class SystemMessage(WireRecord):
    """``{"role": "system"}``"""

    role: Literal["system"] = "system"
    content: Content = ABSENT
    name: str | Absent | None = ABSENT


@wire_record
class DeveloperMessage(WireRecord):
    """``{"role": "developer"}``: what newer models take instead of system."""

    role: Literal["developer"] = "developer"
    content: Content = ABSENT
    name: str | Absent | None = ABSENT


@wire_record
class UserMessage(WireRecord):
    """``{"role": "user"}``"""

    role: Literal["user"] = "user"
    content: Content = ABSENT
    name: str | Absent | None = ABSENT


@wire_record
class AssistantMessage(WireRecord):
    """``{"role": "assistant"}`` in a request, and ``choices[].message`` of a reply: one record, since replies are sent back."""

    role: Literal["assistant"] = "assistant"
    content: Content = ABSENT
    refusal: str | Absent | None = ABSENT
    name: str | Absent | None = ABSENT
    reasoning_content: str | Absent | None = ABSENT
    """DeepSeek, Alibaba, Z.ai, Xiaomi, llama.cpp and others: reasoning in plain words."""
    reasoning: str | Absent | None = ABSENT
    """OpenRouter, Groq, Together, Ollama, Cerebras: the same, under another name."""
    reasoning_details: tuple[ReasoningDetail | Opaque, ...] | Absent | None = ABSENT
    tool_calls: tuple[ToolCall, ...] | Absent | None = ABSENT
    function_call: Function | Absent | None = ABSENT
    """Deprecated, in favour of ``tool_calls``."""
    audio: Audio | Absent | None = ABSENT
    annotations: tuple[Annotation | Opaque, ...] | Absent | None = ABSENT


@wire_record
class ToolMessage(WireRecord):
    """``{"role": "tool"}``: the result of one call. ``name``, of the function, is from before ids of calls: clients go on saying it."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("tool_call_id",)

    role: Literal["tool"] = "tool"
    tool_call_id: str
    name: Json = ABSENT
    content: Content = ABSENT


@wire_record
class FunctionMessage(WireRecord):
    """``{"role": "function"}``: the result of a deprecated ``function_call``, named after the function."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("name",)

    role: Literal["function"] = "function"
    name: str
    content: Content = ABSENT


SpokenMessage: TypeAlias = SystemMessage | DeveloperMessage | UserMessage
Message: TypeAlias = SpokenMessage | AssistantMessage | ToolMessage | FunctionMessage | Opaque


@wire_record
class FunctionDefinition(WireRecord):
    """``tools[].function``, and the deprecated ``functions[]``."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    description: str | Absent | None = ABSENT
    parameters: Json = ABSENT
    strict: bool | Absent | None = ABSENT


@wire_record
class FunctionTool(WireRecord):
    """``tools[]`` of type ``function``; Mistral takes it without the type."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("function",)

    type: Literal["function"] | Absent = "function"
    function: FunctionDefinition


@wire_record
class CustomDefinition(WireRecord):
    """``tools[].custom``"""

    REQUIRED: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    description: str | Absent | None = ABSENT
    format: Json = ABSENT


@wire_record
class CustomTool(WireRecord):
    """``tools[]`` of type ``custom``."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("custom",)

    type: Literal["custom"] = "custom"
    custom: CustomDefinition


AnyTool: TypeAlias = FunctionTool | CustomTool | Opaque


@wire_record
class Named(WireRecord):
    """The name inside a tool choice."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("name",)

    name: str


@wire_record
class NamedToolChoice(WireRecord):
    """``tool_choice`` of type ``function``: this function and no other."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("function",)

    type: Literal["function"] | Absent = "function"
    function: Named


@wire_record
class CustomToolChoice(WireRecord):
    """``tool_choice`` of type ``custom``: this custom tool and no other."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("custom",)

    type: Literal["custom"] = "custom"
    custom: Named


@wire_record
class AllowedTools(WireRecord):
    """``tool_choice.allowed_tools``: the tools as they are chosen by name, and whether one of them must be called."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("mode", "tools")

    mode: str
    tools: tuple[NamedToolChoice | CustomToolChoice, ...]


@wire_record
class AllowedToolChoice(WireRecord):
    """``tool_choice`` of type ``allowed_tools``."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("allowed_tools",)

    type: Literal["allowed_tools"] = "allowed_tools"
    allowed_tools: AllowedTools


AnyToolChoice: TypeAlias = str | NamedToolChoice | CustomToolChoice | AllowedToolChoice | Opaque


@wire_record
class TextFormat(WireRecord):
    """``response_format`` of type ``text``."""

    type: Literal["text"] = "text"


@wire_record
class JSONObjectFormat(WireRecord):
    """``response_format`` of type ``json_object``."""

    type: Literal["json_object"] = "json_object"


@wire_record
class JSONSchema(WireRecord):
    """``response_format.json_schema``"""

    REQUIRED: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    description: str | Absent | None = ABSENT
    schema: Json = ABSENT
    strict: bool | Absent | None = ABSENT


@wire_record
class JSONSchemaFormat(WireRecord):
    """``response_format`` of type ``json_schema``.

    Some vendors' users put the schema itself where the object that holds it belongs (Groq, Hugging Face), or beside it in a key
    ``schema`` (Together), and are answered.
    """

    type: Literal["json_schema"] = "json_schema"
    json_schema: JSONSchema | Opaque | Absent | None = ABSENT
    schema: Json = ABSENT


AnyFormat: TypeAlias = TextFormat | JSONObjectFormat | JSONSchemaFormat | Opaque


@wire_record
class CompletionRequest(WireRecord):
    """The body of ``POST /chat/completions``.

    Where a type is wider than the documented one, the wider one was recorded: a server's refusal has its request, too.
    """

    REQUIRED: ClassVar[tuple[str, ...]] = ("messages",)

    messages: tuple[Message, ...]
    model: str | Absent | None = ABSENT
    audio: Json = ABSENT
    frequency_penalty: float | Absent | None = ABSENT
    function_call: Named | str | Absent | None = ABSENT
    functions: tuple[FunctionDefinition | Opaque, ...] | Absent | None = ABSENT
    logit_bias: Json = ABSENT
    logprobs: bool | int | Absent | None = ABSENT
    """A number is Together's older form: how many."""
    max_completion_tokens: int | Absent | None = ABSENT
    max_tokens: int | Absent | None = ABSENT
    metadata: Json = ABSENT
    modalities: Json = ABSENT
    moderation: Json = ABSENT
    n: int | Absent | None = ABSENT
    parallel_tool_calls: bool | Absent | None = ABSENT
    presence_penalty: float | Absent | None = ABSENT
    prompt_cache_key: str | Absent | None = ABSENT
    prompt_cache_options: Json = ABSENT
    prompt_cache_retention: str | Absent | None = ABSENT
    reasoning_effort: str | Absent | None = ABSENT
    response_format: AnyFormat | Absent | None = ABSENT
    safety_identifier: str | Absent | None = ABSENT
    seed: int | Absent | None = ABSENT
    service_tier: str | Absent | None = ABSENT
    stop: str | tuple[str, ...] | Absent | None = ABSENT
    store: bool | Absent | None = ABSENT
    stream: bool | Absent | None = ABSENT
    stream_options: Json = ABSENT
    temperature: float | str | Absent | None = ABSENT
    tool_choice: AnyToolChoice | Absent | None = ABSENT
    tools: tuple[AnyTool, ...] | Absent | None = ABSENT
    top_logprobs: int | Absent | None = ABSENT
    top_p: float | Absent | None = ABSENT
    user: str | Absent | None = ABSENT
    verbosity: str | Absent | None = ABSENT
    web_search_options: Json = ABSENT
    top_k: int | Absent | None = ABSENT
    """OpenRouter, Together, llama.cpp, vLLM."""
    reasoning: Json = ABSENT
    """OpenRouter, Vercel's gateway: ``{effort?, max_tokens?, enabled?, exclude?}``."""
    thinking: Json = ABSENT
    """DeepSeek, Z.ai, Volcengine: ``{type: enabled | disabled}``."""
