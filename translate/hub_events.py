"""Neutral events of a streamed reply. Every wire's stream is read to these, and written from them.

The grammar: one `MessageStart`; then for each part one `PartStart`, any number of `PartDelta`, one `PartEnd`, parts numbered from 0
in the order of their starts, several of them open at once where the source interleaves (parallel calls); then one `MessageEnd`, or one
`MessageFailed`. A stream that breaks off has neither.
"""

from __future__ import annotations

from typing import TypeAlias

import attrs

from . import hub
from .jsonvalue import Json


@attrs.frozen(kw_only=True)
class MessageStart:
    """The reply begins. ``response`` has its id, model and time, and no candidate yet."""

    response: hub.Response


@attrs.frozen(kw_only=True)
class PartStart:
    """A part begins. ``part`` is what is known of it: a text without words, a call without arguments, or all of it."""

    index: int
    part: hub.Part
    choice: int = 0


@attrs.frozen(kw_only=True)
class PartDelta:
    """More of a part's text: of its words, its thinking, its refusal, or the JSON text of its arguments."""

    index: int
    text: str


@attrs.frozen(kw_only=True)
class PartEnd:
    """A part is complete. A call may run only now, and only if its arguments parse."""

    index: int
    part: hub.Part


@attrs.frozen(kw_only=True)
class MessageEnd:
    """The reply is complete; ``response`` is all of it."""

    response: hub.Response


@attrs.frozen(kw_only=True)
class MessageFailed:
    """The provider broke the reply off with an error, inside a stream of status 200. ``document`` is its error, in the wire's words."""

    document: Json


StreamEvent: TypeAlias = MessageStart | PartStart | PartDelta | PartEnd | MessageEnd | MessageFailed
