"""Replies of UI-TARS: a completion whose words are actions.

The ids of the calls are made of the reply's id, which is the server's, so that they stay apart in a history.
"""

from __future__ import annotations

import attrs

from .. import hub
from ..making import changed, new_own
from ..openai_chat.messages import Said, cut_messages, cut_turn
from ..openai_chat.response import read_unsettled
from ..openai_chat.response import write_response as write_chat
from ..unfinished import settled, unsettled
from .dialect import Ids
from .request import messages_of, read_message, write_message
from .wire import CHAT, FAMILY, WIRE_NAME, Completion, refuse, renamed


def read_response(record: Completion) -> hub.Response:
    """Read a reply."""
    chat = read_unsettled(record)
    ids = reply_ids(chat)
    candidates = tuple([_read_candidate(candidate, ids) for candidate in chat.candidates])
    return settled(renamed(changed(chat, candidates=candidates), CHAT, WIRE_NAME))


def reply_ids(response: hub.Response) -> Ids:
    """Return what gives a reply's calls their ids."""
    return Ids(response.id) if isinstance(response.id, str) and response.id else Ids()


def _read_candidate(candidate: hub.Candidate, ids: Ids) -> hub.Candidate:
    origin = candidate.turn.origin
    origin = hub.Origin(family=FAMILY, model=origin.model if origin is not None else None)
    if any(seam.form != "message" for seam in candidate.turn.seams):
        return changed(candidate, turn=changed(candidate.turn, origin=origin))
    said = _only_message(candidate.turn)
    calls = read_message(said, ids)
    stop, spelling = candidate.stop, {} if candidate.spelling is None else dict(candidate.spelling.fields)
    if calls and stop is hub.Reason.END_TURN:
        stop = hub.Reason.TOOL_USE  # the wire's word for an action is stop: it knows of no tools
    elif calls and stop is hub.Reason.TOOL_USE:
        spelling["finish_reason"] = "tool_calls"
    return changed(
        candidate,
        turn=cut_turn("assistant", [said], origin),
        stop=stop,
        spelling=new_own(wire=CHAT, fields=spelling) if spelling else None,
    )


def _only_message(turn: hub.Turn) -> Said:
    messages = messages_of(turn)
    return messages[0] if messages else Said([])


# Writing.


def write_response(response: hub.Response) -> Completion:
    """Write a reply. Raises `WriteError` for what the wire has no words for."""
    chat = renamed(unsettled(response, counts=False), WIRE_NAME, CHAT)
    ids = reply_ids(chat)
    said = attrs.evolve(chat, candidates=tuple(_write_candidate(c, ids) for c in chat.candidates), usage=None)
    # Calls that are not in words are marked as Chat Completions marks them; its writer sees to the counts as they are.
    return write_chat(attrs.evolve(settled(said), usage=chat.usage))


def _write_candidate(candidate: hub.Candidate, ids: Ids) -> hub.Candidate:
    turn = candidate.turn
    if any(seam.form != "message" for seam in turn.seams) or turn.role != "assistant":
        return candidate
    if len(list(cut_messages(turn))) != 1:
        raise refuse("a reply of several messages")
    said, calls = write_message(_only_message(turn), ids)
    stop = candidate.stop
    if calls:
        spelled = {} if candidate.spelling is None else candidate.spelling.fields
        if stop is hub.Reason.END_TURN:
            raise refuse("calls in a reply that ended the turn")
        if stop is hub.Reason.TOOL_USE and spelled.get("finish_reason") != "tool_calls":
            stop = hub.Reason.END_TURN
    return attrs.evolve(candidate, turn=cut_turn("assistant", [said], turn.origin), stop=stop)
