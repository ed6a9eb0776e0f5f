"""A neutral reply as a response document, one module for each wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ..scenario import Wire
from . import anthropic, chat, responses, uitars
from .scene import Rendered, Scene

__all__ = ["Rendered", "Scene", "render"]

_RENDERERS: Final[Mapping[Wire, Callable[[Scene], Rendered]]] = {
    "anthropic": anthropic.render,
    "openai-chat": chat.render,
    "openai-responses": responses.render,
    "uitars": uitars.render,
}


def render(wire: Wire, scene: Scene) -> Rendered:
    """Render a scene's reply; a document that the reply holds for the wire is taken as it is.

    Raises `ScenarioError` where the reply says what the wire has no words for.
    """
    if wire in scene.reply.documents:
        return Rendered(document=scene.reply.documents[wire])
    return _RENDERERS[wire](scene)
