"""The record of a profile: one for each host and family of models."""

from __future__ import annotations

import attrs

SAMPLING_FIELDS = (
    "temperature", "top_p", "top_k", "seed", "frequency_penalty", "presence_penalty", "logit_bias", "logprobs", "top_logprobs", "n",
)  # fmt: skip


@attrs.frozen(kw_only=True)
class ImageLimits:
    """What a host accepts of images. ``None`` is no limit known."""

    most: int | None = None
    """Images in one request."""
    bytes: int | None = None
    """Of one image's base64 text, as hosts count."""
    side: int | None = None
    """Pixels of the longer side."""
    many: int | None = None
    """More images than this, and the smaller limit per side holds."""
    many_side: int | None = None
    best_side: int | None = None
    """The longer side beyond which the host scales down, or refuses: send at most this, and coordinates stay true."""
    png_bytes: int | None = None
    """Of a screenshot's base64 text: one whose PNG has more is to be sent as JPEG. ``None``: PNG, whatever its size."""
    media_types: frozenset[str] = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@attrs.frozen(kw_only=True)
class Profile:
    """What a host accepts for a family of models. Data: nothing here is guessed from a request."""

    name: str
    host: str
    """The provider: anthropic, bedrock, vertex, legacyuse, openai, uitars."""
    wire: str
    models: str
    """A regular expression that a model's id matches from its start."""
    read: str
    """The day the source was read, ISO 8601."""
    source: str
    version: str | None = None
    """The API version to send, on the Messages API."""
    sampling: frozenset[str] = frozenset(SAMPLING_FIELDS)
    """Sampling parameters that are accepted, by their names in `hub.Sampling`."""
    sampling_unreasoned: frozenset[str] = frozenset()
    """Those accepted too where the model is not to reason."""
    sampling_at_one: frozenset[str] = frozenset()
    """Those accepted too at 1, their default."""
    reasons: bool = True
    """The model reasons where a request says nothing of effort."""
    choices: frozenset[str] = frozenset({"auto", "none", "required", "named", "allowed"})
    """Modes of a tool choice."""
    thinking: frozenset[str] | None = None
    """Modes of thinking that are accepted; ``None``: not known to be limited."""
    append_only: bool = False
    """Editing what was sent before (instructions, tools, messages) is refused or drops thinking: only append."""
    prefill: bool = True
    """A conversation may end with an assistant turn."""
    images: ImageLimits = ImageLimits()
    body_bytes: int | None = None
    cache_points: int | None = None
    call_ids: str | None = None
    """A regular expression that ids of calls match whole."""
    tool_names: str | None = None
    tools: int | None = None
    """Tools in one request. No host's number is in the tables: none of the sources says one."""
    builtin_tools: frozenset[str] | None = None
    """Provider-defined computer tools that are accepted, ``type_version``; ``None``: not known to be limited."""
    searches: bool = True
    """A search of the web that the host runs may be offered."""
    function_tools: bool = True
    """Tools can be declared on the wire; else they are verbs of the prompt."""
    betas_in_body: bool = False
    computer: str | None = None
    """The computer tool to offer, ``type_version``, where the host has one."""
