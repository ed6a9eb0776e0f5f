"""Make any reply one that UI-TARS gives: one message of words, its calls among them."""

from __future__ import annotations

import attrs

from .. import hub
from ..adapting import Adapting
from ..jsonvalue import ABSENT
from ..openai_chat.adapt_reply import adapt_response as adapt_chat
from ..steps import drop_foreign_parts
from .response import reply_ids
from .say_turns import template_of
from .say_words import say_reply
from .wire import CHAT, FAMILY, WIRE_NAME, renamed


def adapt_response(response: hub.Response, adapting: Adapting) -> hub.Response:
    """Make a reply one that `write_response` accepts and a client of UI-TARS understands."""
    if adapting.source == WIRE_NAME:
        return response
    envelope = adapt_chat(attrs.evolve(response, candidates=()), adapting)
    ids = reply_ids(envelope)
    candidates = []
    for candidate in response.candidates:
        turn = drop_foreign_parts(candidate.turn, WIRE_NAME, FAMILY)
        said = say_reply(turn, template_of(adapting), ids)
        turn = hub.Turn(role="assistant", origin=candidate.turn.origin) if said is None else said
        (one,) = adapt_chat(attrs.evolve(response, candidates=(candidate,)), adapting).candidates
        calls = any(isinstance(part, hub.Call) for part in turn.parts)
        stop = hub.Reason.TOOL_USE if calls and one.stop in (hub.Reason.END_TURN, hub.Reason.TOOL_USE) else one.stop
        if not calls and stop is hub.Reason.TOOL_USE:
            stop = hub.Reason.END_TURN
        candidates.append(hub.Candidate(index=candidate.index, turn=turn, stop=stop, logprobs=ABSENT))
    own = response.own if response.own is not None and response.own.wire == WIRE_NAME else None
    # a choice that was opaque says here neither anything nor why it stopped, which is what a broken off one looks like
    broken_off = envelope.status == "finished" and any(candidate.stop is None for candidate in candidates)
    status = "cut" if broken_off else envelope.status
    envelope = attrs.evolve(envelope, candidates=tuple(candidates), status=status, own=own, spelling=None)
    return renamed(envelope, CHAT, WIRE_NAME)
