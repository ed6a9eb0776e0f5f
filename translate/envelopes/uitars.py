"""UI-TARS: chat completions on whatever host serves the model; a request says whom it is for only in its record."""

from __future__ import annotations

from ..http import HttpRequest
from . import openai
from .call import Call
from .openai import default_version, wrap

__all__ = ["default_version", "matches", "unwrap", "wrap"]


def unwrap(request: HttpRequest) -> Call:
    """Read a call from POST /chat/completions."""
    return openai.unwrap(request)._replace(provider="uitars")


def matches(path: str) -> bool:
    """Tell whether a path is this envelope's."""
    return path == openai.CHAT_PATH
