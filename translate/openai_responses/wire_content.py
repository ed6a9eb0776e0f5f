"""Parts of messages and outputs of the OpenAI Responses API, as the provider names them.

Source: the types of the openai SDK 3.54 (``types/responses``), read 2026-11-22.
"""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from ..codec import Opaque, WireRecord, wire_record
from ..jsonvalue import ABSENT, Absent, Json


@wire_record
class PromptCacheBreakpoint(WireRecord):
    """A point up to which the prompt is cached: ``mode`` explicit, ``ttl`` 30m or 12h."""

    mode: str | Absent | None = ABSENT
    ttl: str | Absent | None = ABSENT


@wire_record
class InputText(WireRecord):
    """``input_text``: words to the model."""

    type: Literal["input_text"] = "input_text"
    text: str
    prompt_cache_breakpoint: PromptCacheBreakpoint | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("text",)


@wire_record
class InputImage(WireRecord):
    """``input_image``: an address (``data:`` too) or a stored file. ``detail`` is required in messages, optional in outputs."""

    type: Literal["input_image"] = "input_image"
    detail: str | Absent | None = ABSENT
    image_url: str | Absent | None = ABSENT
    file_id: str | Absent | None = ABSENT
    prompt_cache_breakpoint: PromptCacheBreakpoint | Absent | None = ABSENT


@wire_record
class InputFile(WireRecord):
    """``input_file``: ``file_data`` is a ``data:`` URL, or base64 alone."""

    type: Literal["input_file"] = "input_file"
    filename: str | Absent | None = ABSENT
    file_data: str | Absent | None = ABSENT
    file_url: str | Absent | None = ABSENT
    file_id: str | Absent | None = ABSENT
    detail: str | Absent | None = ABSENT
    prompt_cache_breakpoint: PromptCacheBreakpoint | Absent | None = ABSENT


@wire_record
class UrlCitation(WireRecord):
    """``url_citation``: a web page behind characters ``start_index`` to ``end_index`` of the text."""

    type: Literal["url_citation"] = "url_citation"
    url: str | Absent | None = ABSENT
    title: str | Absent | None = ABSENT
    start_index: int | Absent | None = ABSENT
    end_index: int | Absent | None = ABSENT


@wire_record
class FileCitation(WireRecord):
    """``file_citation``: a stored file; ``index`` is its place in the list of files."""

    type: Literal["file_citation"] = "file_citation"
    file_id: str | Absent | None = ABSENT
    filename: str | Absent | None = ABSENT
    index: int | Absent | None = ABSENT


@wire_record
class ContainerFileCitation(WireRecord):
    """``container_file_citation``: a file made in a container."""

    type: Literal["container_file_citation"] = "container_file_citation"
    container_id: str | Absent | None = ABSENT
    file_id: str | Absent | None = ABSENT
    filename: str | Absent | None = ABSENT
    start_index: int | Absent | None = ABSENT
    end_index: int | Absent | None = ABSENT


@wire_record
class FilePath(WireRecord):
    """``file_path``: a file that the text offers."""

    type: Literal["file_path"] = "file_path"
    file_id: str | Absent | None = ABSENT
    index: int | Absent | None = ABSENT


Annotation: TypeAlias = UrlCitation | FileCitation | ContainerFileCitation | FilePath | Opaque


@wire_record
class OutputText(WireRecord):
    """``output_text``: the model's words. ``logprobs`` has one entry for each token, where they were asked for."""

    type: Literal["output_text"] = "output_text"
    text: str
    annotations: tuple[Annotation, ...] | Absent | None = ABSENT
    logprobs: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("text",)


@wire_record
class OutputRefusal(WireRecord):
    """``refusal``: the model's words for not doing it."""

    type: Literal["refusal"] = "refusal"
    refusal: str

    REQUIRED: ClassVar[tuple[str, ...]] = ("refusal",)


@wire_record
class SummaryText(WireRecord):
    """``summary_text``: a part of the summary of a reasoning item."""

    type: Literal["summary_text"] = "summary_text"
    text: str

    REQUIRED: ClassVar[tuple[str, ...]] = ("text",)


@wire_record
class ReasoningText(WireRecord):
    """``reasoning_text``: the reasoning itself, where the server shows it."""

    type: Literal["reasoning_text"] = "reasoning_text"
    text: str

    REQUIRED: ClassVar[tuple[str, ...]] = ("text",)


@wire_record
class ComputerScreenshot(WireRecord):
    """``computer_screenshot``: what a computer call gives back."""

    type: Literal["computer_screenshot"] = "computer_screenshot"
    image_url: str | Absent | None = ABSENT
    file_id: str | Absent | None = ABSENT


InputPart: TypeAlias = InputText | InputImage | InputFile | Opaque
MessagePart: TypeAlias = InputText | OutputText | InputImage | OutputRefusal | InputFile | Opaque
"""What stands in a message. An assistant's has outputs and refusals, everyone else's has inputs; the wire lets both through."""
EventPart: TypeAlias = OutputText | OutputRefusal | ReasoningText | SummaryText | Opaque
"""What ``response.content_part.*`` and ``response.reasoning_summary_part.*`` tell of."""
