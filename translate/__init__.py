"""Translate LLM conversations between providers' wire formats, with nothing lost in silence.

Pure functions over plain JSON: no I/O, no clock, no randomness, no SDK. Names are loaded when first used, so that importing the
package costs next to nothing.

    >>> from polyloop.translate import convert, restore
    >>> question = {"model": "m", "max_tokens": 64, "top_k": 5, "messages": [{"role": "user", "content": "hi"}]}
    >>> translation = convert(question, kind="request", source="anthropic", target="openai-chat")
    >>> translation.value["messages"]
    [{'role': 'user', 'content': 'hi'}]
    >>> [(row.kind, row.pointer) for row in translation.losses]
    [('dropped', '/top_k')]
    >>> restore(translation) == question
    True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from . import hub
    from .codec import WireRecord, encode
    from .errors import (
        DecodeError,
        FormatError,
        LossError,
        PolyloopError,
        StreamError,
        TranslateError,
        UsageError,
        WriteError,
    )
    from .folding import Fold, fold
    from .jsonvalue import ABSENT, same_json
    from .loss import Loss, diff, patch
    from .profiles import PROFILES, Profile, check, profile_for
    from .provider_errors import ProviderError, classify_error
    from .repairing import repair
    from .stream_converter import StreamConverter, replay
    from .stream_reader import StreamReader
    from .translation import Insertion, Translation, adapt, convert, dumps, loads, restore
    from .wires import WIRES, Wire, decode, decode_text, read, write

_HOMES: Final = {
    "codec": ("WireRecord", "encode"),
    "translation": ("Insertion", "Translation", "adapt", "convert", "dumps", "loads", "restore"),
    "errors": (
        "DecodeError", "FormatError", "LossError", "PolyloopError", "StreamError", "TranslateError", "UsageError", "WriteError",
    ),
    "jsonvalue": ("ABSENT", "same_json"),
    "folding": ("Fold", "fold"),
    "loss": ("Loss", "diff", "patch"),
    "profiles": ("PROFILES", "Profile", "check", "profile_for"),
    "provider_errors": ("ProviderError", "classify_error"),
    "repairing": ("repair",),
    "stream_converter": ("StreamConverter", "replay"),
    "stream_reader": ("StreamReader",),
    "wires": ("WIRES", "Wire", "decode", "decode_text", "read", "write"),
}  # fmt: skip
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ABSENT",
    "PROFILES",
    "WIRES",
    "DecodeError",
    "Fold",
    "FormatError",
    "Insertion",
    "Loss",
    "LossError",
    "PolyloopError",
    "Profile",
    "ProviderError",
    "StreamConverter",
    "StreamError",
    "StreamReader",
    "TranslateError",
    "Translation",
    "UsageError",
    "Wire",
    "WireRecord",
    "WriteError",
    "adapt",
    "check",
    "classify_error",
    "convert",
    "decode",
    "decode_text",
    "diff",
    "dumps",
    "encode",
    "fold",
    "hub",
    "loads",
    "patch",
    "profile_for",
    "read",
    "repair",
    "replay",
    "restore",
    "same_json",
    "write",
]


def __getattr__(name: str) -> Any:
    if name == "hub":
        return import_module(".hub", __name__)
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module("." + _HOME_OF[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
