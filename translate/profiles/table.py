"""The profiles, newest families first: the first whose host and pattern fit is the one.

Sources, read 2026-11-22: platform.claude.com/docs (models, vision, computer use, API versions, errors), docs.aws.amazon.com/bedrock
(Claude), platform.openai.com/docs (models, function calling, images), github.com/bytedance/UI-TARS and its issues, and the types of the anthropic
SDK 2.12.0 and the openai SDK 3.54.0. Claims that rest on issues only are marked.
"""

from __future__ import annotations

import re
from typing import Any, Final

import attrs

from .record import SAMPLING_FIELDS, ImageLimits, Profile

_READ: Final = "2026-11-22"
_CLAUDE: Final = "https://platform.claude.com/docs/en/about-claude/models"
_NONE: Final[frozenset[str]] = frozenset()
_ANTHROPIC_SAMPLING: Final = frozenset({"temperature", "top_p", "top_k"})
_UNFORCED: Final = frozenset({"auto", "none", "allowed"})
_OLD_COMPUTERS: Final = frozenset({"computer_20241022", "computer_20250124", "computer_20251124"})

# Beyond which size screenshots are sent as JPEG is ours to say: a sixteenth of what a request may have, since a history shows many of
# them, and no more than one picture may have. Five have to go into the 8 MB that a UI-TARS server takes (Hugging Face endpoints).
_CLAUDE_IMAGES: Final = ImageLimits(
    most=600, bytes=5 * 1024 * 1024, side=8000, many=20, many_side=2000, best_side=1568, png_bytes=2 * 1024 * 1024,
)  # fmt: skip
_SHARP_IMAGES: Final = attrs.evolve(_CLAUDE_IMAGES, best_side=2576)

_CLAUDE_BASE: Final = Profile(
    name="claude", host="anthropic", wire="anthropic", models="", read=_READ, source=_CLAUDE, version="2026-10-21",
    sampling=_NONE, images=_CLAUDE_IMAGES, body_bytes=32 * 1024 * 1024, cache_points=4, call_ids=r"[a-zA-Z0-9_-]+",
    tool_names=r"[a-zA-Z0-9_-]{1,128}",
)  # fmt: skip

# Models that take no forced tool choice, and of thinking only what adapts itself.
_STRICTEST: Final = attrs.evolve(
    _CLAUDE_BASE, name="claude-5.5", models=r"claude-opus-5-5|claude-(fable|mythos)-5-[12]", choices=_UNFORCED,
    thinking=frozenset({"adaptive", "between_tools"}), append_only=True, prefill=False, images=_SHARP_IMAGES,
    builtin_tools=frozenset({"computer_toolset_20260801", "browser_toolset_20260801"}), computer="computer_toolset_20260801",
)  # fmt: skip
_FIVE_FIVE: Final = attrs.evolve(
    _STRICTEST, name="claude-sonnet-5.5", models=r"claude-(sonnet|haiku)-5-5",
    choices=_CLAUDE_BASE.choices, thinking=frozenset({"disabled", "adaptive", "between_tools"}),
)  # fmt: skip
_FIVE: Final = attrs.evolve(
    _CLAUDE_BASE, name="claude-5", models=r"claude-(opus|sonnet|fable|mythos)-5(?!-\d)|claude-mythos-preview|claude-opus-4-[78]",
    thinking=frozenset({"disabled", "adaptive", "between_tools"}), append_only=True, prefill=False, images=_SHARP_IMAGES,
    computer="computer_20251124",
)  # fmt: skip
_FOUR: Final = attrs.evolve(
    _CLAUDE_BASE, name="claude-4", models=r"claude-", version="2023-06-01", sampling=_ANTHROPIC_SAMPLING,
    thinking=frozenset({"enabled", "disabled", "adaptive"}), builtin_tools=_OLD_COMPUTERS, computer="computer_20250124",
)  # fmt: skip

_BEDROCK_SOURCE: Final = (
    "https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html"
)
_BEDROCK: Final[dict[str, Any]] = {"host": "bedrock", "source": _BEDROCK_SOURCE, "body_bytes": 20 * 1024 * 1024, "betas_in_body": True,
    "builtin_tools": _OLD_COMPUTERS}  # fmt: skip
_VERTEX: Final[dict[str, Any]] = {"host": "vertex", "source": "https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude",
    "body_bytes": 30 * 1024 * 1024}  # fmt: skip


def _bedrock(base: Profile) -> Profile:
    """Move a family to Bedrock: the old computer tools only, versions of Bedrock's own, ids with a vendor and a date."""
    version = "bedrock-2023-05-31" if base.version == "2023-06-01" else base.version
    computer = "computer_20251124" if base.computer == "computer_toolset_20260801" else base.computer
    models = rf"(?:[a-z]+\.|arn:.*/)*(?:anthropic\.)?(?:{base.models})"
    return attrs.evolve(
        base, name=f"{base.name} on Bedrock", models=models, version=version, computer=computer, **_BEDROCK
    )


def _vertex(base: Profile) -> Profile:
    version = "vertex-2023-10-16" if base.version == "2023-06-01" else base.version
    return attrs.evolve(base, name=f"{base.name} on Vertex", version=version, **_VERTEX)


_OPENAI_SOURCE: Final = "https://platform.openai.com/docs/models"
_GPT: Final = Profile(
    name="gpt", host="openai", wire="openai-chat", models=r"", read=_READ, source=_OPENAI_SOURCE,
    sampling=frozenset(SAMPLING_FIELDS) - {"top_k"}, body_bytes=512 * 1024 * 1024, call_ids=r".{1,40}",
    tool_names=r"[a-zA-Z0-9_-]{1,64}",
    images=ImageLimits(most=1500, bytes=50 * 1024 * 1024, best_side=2048, png_bytes=32 * 1024 * 1024), searches=False,
)  # fmt: skip
_REASONERS: Final = attrs.evolve(
    _GPT, name="gpt reasoning", models=r"gpt-[5-9]|o[1-9]", sampling=frozenset({"seed", "n"}),
    sampling_at_one=frozenset({"temperature", "top_p"}),
    sampling_unreasoned=frozenset({"temperature", "top_p", "logprobs", "top_logprobs"}),
)  # fmt: skip
"""Sampling is refused where the model reasons (recorded refusals of gpt-5-nano and gpt-5.6, 2026)."""
_SEARCHERS: Final = attrs.evolve(
    _GPT, name="gpt search", models=r"gpt-[\w.-]*search", searches=True,
    source="https://platform.openai.com/docs/guides/tools-web-search?api-mode=chat",
)  # fmt: skip
"""In Chat Completions only the models made for it search (web_search_options)."""
_IDLERS: Final = attrs.evolve(_REASONERS, name="gpt 5.1 to 5.5", models=r"gpt-5\.[1-5](?!\d)", reasons=False)
"""They reason only when asked to: temperature 0 and log probabilities are taken (recorded of gpt-5.4 and its nano, 2026)."""


_CHAT_ONLY: Final = frozenset({"seed", "n", "frequency_penalty", "presence_penalty", "logit_bias"})


def _responses(base: Profile) -> Profile:
    return attrs.evolve(
        base, name=f"{base.name} on Responses", wire="openai-responses", call_ids=r".{1,64}", tool_names=r"[a-zA-Z0-9_-]{1,128}",
        sampling=base.sampling - _CHAT_ONLY, sampling_unreasoned=base.sampling_unreasoned - _CHAT_ONLY,
        computer="computer", searches=True,
    )  # fmt: skip


_UITARS: Final = Profile(
    name="ui-tars 1.5", host="uitars", wire="uitars", models=r"", read=_READ,
    source="https://github.com/bytedance/UI-TARS (README, issues), vLLM --limit-mm-per-prompt",
    sampling=frozenset({"temperature", "top_p", "frequency_penalty", "presence_penalty", "seed"}), choices=_NONE, thinking=_NONE,
    images=ImageLimits(most=5, media_types=frozenset({"image/png", "image/jpeg"}), png_bytes=1_500_000), function_tools=False, prefill=False,
)  # fmt: skip
_LEGACY_USE: Final = attrs.evolve(
    _FOUR, name="LegacyUse proxy", host="legacyuse", models="", version=None, builtin_tools=_OLD_COMPUTERS,
    source="https://github.com/legacy-use/legacy-use", betas_in_body=True,
)  # fmt: skip

_CLAUDES: Final = (_STRICTEST, _FIVE_FIVE, _FIVE, _FOUR)
PROFILES: Final[tuple[Profile, ...]] = (
    *_CLAUDES, *map(_bedrock, _CLAUDES), *map(_vertex, _CLAUDES), _LEGACY_USE,
    _SEARCHERS, _IDLERS, _REASONERS, _GPT, _responses(_IDLERS), _responses(_REASONERS), _responses(_GPT), _UITARS,
)  # fmt: skip


def profile_for(host: str, model: str | None, wire: str | None = None) -> Profile | None:
    """Return the profile of a host's model, ``None`` where none is known. ``wire`` chooses where a host speaks two."""
    for profile in PROFILES:
        if profile.host == host and (wire is None or profile.wire == wire) and re.match(profile.models, model or ""):
            return profile
    return None
