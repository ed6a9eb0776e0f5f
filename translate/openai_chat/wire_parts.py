"""Records of what a message's ``content`` may hold when it is a list.

Source: https://platform.openai.com/docs/api-reference/chat/create (types of the openai SDK 3.54.0, read 2026-11-22). Below the
documented parts stand those that compatible servers take or give, each in the words of the vendor that brought it up.
"""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from ..codec import Opaque, WireRecord, wire_record
from ..jsonvalue import ABSENT, Absent, Json


@wire_record
class TextPart(WireRecord):
    """``{"type": "text"}``"""

    REQUIRED: ClassVar[tuple[str, ...]] = ("text",)

    type: Literal["text"] = "text"
    text: str
    prompt_cache_breakpoint: Json = ABSENT
    cache_control: Json = ABSENT
    """OpenRouter and gateways in front of Anthropic: Anthropic's key in the same place."""


@wire_record
class ImageURL(WireRecord):
    """``image_url.image_url``"""

    REQUIRED: ClassVar[tuple[str, ...]] = ("url",)

    url: str
    """An address, or ``data:image/png;base64,...``"""
    detail: str | Absent | None = ABSENT


@wire_record
class ImagePart(WireRecord):
    """``{"type": "image_url"}``. The bare string is Mistral's form; OpenAI took it once, too."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("image_url",)

    type: Literal["image_url"] = "image_url"
    image_url: ImageURL | str
    prompt_cache_breakpoint: Json = ABSENT
    cache_control: Json = ABSENT


@wire_record
class InputAudio(WireRecord):
    """``input_audio.input_audio``: bare base64, and ``format`` ``wav`` or ``mp3`` (vendors take more)."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("data", "format")

    data: str
    format: str


@wire_record
class InputAudioPart(WireRecord):
    """``{"type": "input_audio"}``. The bare string, base64 of unsaid format or an address, is Mistral's form."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("input_audio",)

    type: Literal["input_audio"] = "input_audio"
    input_audio: InputAudio | str
    prompt_cache_breakpoint: Json = ABSENT
    cache_control: Json = ABSENT


@wire_record
class FileFile(WireRecord):
    """``file.file``: ``file_data`` is a ``data:`` URL, and excludes ``file_id``."""

    file_data: str | Absent | None = ABSENT
    file_id: str | Absent | None = ABSENT
    filename: str | Absent | None = ABSENT


@wire_record
class FilePart(WireRecord):
    """``{"type": "file"}``"""

    REQUIRED: ClassVar[tuple[str, ...]] = ("file",)

    type: Literal["file"] = "file"
    file: FileFile
    prompt_cache_breakpoint: Json = ABSENT
    cache_control: Json = ABSENT


@wire_record
class RefusalPart(WireRecord):
    """``{"type": "refusal"}``, in the assistant's messages only."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("refusal",)

    type: Literal["refusal"] = "refusal"
    refusal: str


@wire_record
class VideoURL(WireRecord):
    """``video_url.video_url``"""

    REQUIRED: ClassVar[tuple[str, ...]] = ("url",)

    url: str


@wire_record
class VideoPart(WireRecord):
    """``{"type": "video_url"}``: Xiaomi, Together, OpenRouter, llama.cpp."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("video_url",)

    type: Literal["video_url"] = "video_url"
    video_url: VideoURL | str
    cache_control: Json = ABSENT


@wire_record
class DocumentPart(WireRecord):
    """``{"type": "document_url"}``: Mistral. An address or a ``data:`` URL."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("document_url",)

    type: Literal["document_url"] = "document_url"
    document_url: str
    document_name: str | Absent | None = ABSENT


@wire_record
class ThinkingText(WireRecord):
    """One piece of ``thinking.thinking``."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("text",)

    type: Literal["text"] = "text"
    text: str


@wire_record
class ThinkingPart(WireRecord):
    """``{"type": "thinking"}``: Mistral's reasoning models. Only pieces of text are known here; others make the part opaque."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("thinking",)

    type: Literal["thinking"] = "thinking"
    thinking: tuple[ThinkingText, ...]


KnownPart: TypeAlias = (
    TextPart | ImagePart | InputAudioPart | FilePart | RefusalPart | VideoPart | DocumentPart | ThinkingPart
)
ContentPart: TypeAlias = KnownPart | Opaque
Content: TypeAlias = str | tuple[ContentPart, ...] | Absent | None
