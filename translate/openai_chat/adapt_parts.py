"""Parts that Chat Completions can say, and their order in the assistant's message."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import attrs

from .. import hub
from ..jsonvalue import ABSENT
from ..steps import map_parts, recut
from .calls import is_legacy
from .content import CACHE_CONTROL
from .messages import cut_messages
from .reasoning import PLAIN
from .residue import FAMILY, WIRE_NAME, ours
from .tables import AUDIO_FORMATS, BREAKPOINT_TTLS, DETAILS

_MARKABLE: Final = (hub.Text, hub.Media)
Parts = Sequence[hub.Part] | None


def sayable_parts(turn: hub.Turn) -> hub.Turn:
    """Leave out, or say otherwise, the parts of a turn that the wire has no form for in a message of its role."""
    step = {"assistant": _assistant_part, "user": _user_part, "tool": _tool_part}.get(turn.role, _system_part)
    said = as_list(_settle_marks(map_parts(turn, lambda part, _: step(part))), turn)
    return said if said.own is None or said.own.wire == WIRE_NAME else attrs.evolve(said, own=None)


def is_plainly_said(turn: hub.Turn) -> bool:
    """Tell quickly of nearly every turn that it is words, then calls, or results of words, with nothing to them: no step changes such."""
    if turn.seams or turn.own is not None:
        return False
    if turn.role != "tool":
        return _are_plain(turn.parts, turn.role == "assistant")
    for part in turn.parts:
        if (
            not isinstance(part, hub.Result)
            or part.own is not None
            or not part.parts
            or not _are_plain(part.parts, False)
        ):
            return False
    return True


def _are_plain(parts: Sequence[hub.Part], calls: bool) -> bool:
    called = False
    for part in parts:
        if isinstance(part, hub.Text):
            if called or part.citations or part.own is not None or part.logprobs is not ABSENT:
                return False
        elif calls and isinstance(part, hub.Call):
            called = True
        else:
            return False
    return True


def as_list(said: hub.Turn, before: hub.Turn) -> hub.Turn:
    """Leave a text the list it stood in, where it is all that is left of several parts: one part is gone, no more changed."""
    if said is before:
        return said
    only = said.parts[0] if len(said.parts) == 1 and len(before.parts) > 1 else None
    if not isinstance(only, hub.Text) or only.form is not None:
        return said
    return attrs.evolve(said, parts=(attrs.evolve(only, form="block"),))


def _system_part(part: hub.Part) -> Parts:
    match part:
        case hub.Text():
            return _plain_text(part)
        case hub.Mark():
            return None
        case hub.Opaque(wire=of) if of == WIRE_NAME:
            return None
        case _:
            return ()


def _user_part(part: hub.Part) -> Parts:
    return sayable_media(part) if isinstance(part, hub.Media) else _system_part(part)


def _assistant_part(part: hub.Part) -> Parts:
    match part:
        case hub.Call():
            return None
        case hub.Thinking():
            return None if ours(part.own) else ()
        case hub.Refusal():
            return _without_foreign(part, category=ABSENT)
        case hub.Media(kind="audio", source=hub.FileId(family=of)) if of == FAMILY:
            return None
        case _:
            return _system_part(part)


def _tool_part(part: hub.Part) -> Parts:
    match part:
        case hub.Result():
            said = _settle_marks(map_parts(hub.Turn(role="tool", parts=part.parts), lambda p, _: _system_part(p))).parts
            return _without_foreign(part, parts=said or (hub.Text(text=""),))
        case hub.Mark():
            return None
        case hub.Opaque(wire=of) if of == WIRE_NAME:
            return None
        case _:
            return ()


def _plain_text(text: hub.Text) -> Parts:
    return _without_foreign(text, citations=(), logprobs=ABSENT)


def _without_foreign(part: hub.Part, **fields: object) -> Parts:
    """Return the part with these fields and without another wire's residue; ``None`` where it already is so."""
    own = getattr(part, "own", None)
    changed = {name: value for name, value in fields.items() if getattr(part, name) is not value}
    if own is not None and own.wire != WIRE_NAME:
        changed["own"] = None
    if not changed:
        return None
    evolve: Callable[..., hub.Part] = attrs.evolve  # the fields are known by name only
    return (evolve(part, **changed),)


def sayable_media(media: hub.Media) -> Parts:
    """Say a medium of the user's: images; sound in two formats; documents as bytes of PDF or stored files; texts as texts."""
    if ours(media.own):
        return None
    match media:
        case hub.Media(kind="image", source=hub.Base64() | hub.Url()):
            detail = media.detail if media.detail in DETAILS else ABSENT
            return _without_foreign(media, title=ABSENT, detail=detail)
        case hub.Media(kind="audio", source=hub.Base64(media_type=kind)) if kind in AUDIO_FORMATS:
            return _without_foreign(media, title=ABSENT, detail=ABSENT)
        case hub.Media(kind="document", source=hub.Inline(content=content)):
            return _inline(content)
        case hub.Media(kind="document", source=hub.Base64(media_type="application/pdf")):
            return _document(media)
        case hub.Media(kind="document", source=hub.FileId(family=of)) if of == FAMILY:
            return _document(media)
        case _:
            return ()


def _document(media: hub.Media) -> Parts:
    title = ABSENT if media.title is None else media.title
    return _without_foreign(media, detail=ABSENT, title=title)


def _inline(content: str | tuple[hub.Part, ...]) -> Sequence[hub.Part]:
    if isinstance(content, str):
        return (hub.Text(text=content, form="block"),)
    said: list[hub.Part] = []
    for part in content:
        instead = _user_part(part)
        said.extend((part,) if instead is None else instead)
    return said


def _settle_marks(turn: hub.Turn) -> hub.Turn:
    """Keep the cache marks that stand behind a part that can bear one, with a time that the wire knows.

    A mark behind a whole result goes behind the result's last text. One at the head of a message stood behind a part that has no place here.
    """
    if not any(isinstance(part, hub.Mark) for part in turn.parts):
        return turn
    parts: list[hub.Part] = []
    counts: list[int] = []
    heads = {0, *(seam.start for seam in turn.seams)}
    for number, part in enumerate(turn.parts):
        before = None if number in heads else turn.parts[number - 1]
        following = turn.parts[number + 1] if number + 1 < len(turn.parts) else None
        instead: Parts = None
        if isinstance(part, hub.Mark):
            instead = _sayable_mark(part, before)
        elif isinstance(part, hub.Result) and isinstance(following, hub.Mark):
            instead = _marked_result(part, following)
        said = (part,) if instead is None else instead
        parts.extend(said)
        counts.append(len(said))
    return attrs.evolve(turn, parts=tuple(parts), seams=recut(turn.seams, counts))


def _marked_result(result: hub.Result, mark: hub.Mark) -> Parts:
    sayable = _sayable_mark(mark, result.parts[-1] if result.parts else None)
    if sayable == ():
        return None
    return (attrs.evolve(result, parts=(*result.parts, *(sayable or (mark,)))),)


def _sayable_mark(mark: hub.Mark, before: hub.Part | None) -> Parts:
    if CACHE_CONTROL in ours(mark.own):
        return () if before is None and ours(mark.own)[CACHE_CONTROL] == "part" else None
    if mark.kind != "cache" or not isinstance(before, _MARKABLE):
        return ()
    data = mark.data if mark.data.get("ttl") in BREAKPOINT_TTLS and len(mark.data) == 1 else {}
    return None if data == mark.data and mark.own is None else (hub.Mark(kind="cache", data=data),)


# The order of the assistant's message.


def in_order(turn: hub.Turn) -> hub.Turn:
    """Put reasoning before words and words before calls, within each message of an assistant's turn.

    Where calls would not stand in the last message, the turn is one message: results must follow the calls at once.
    """
    if turn.role != "assistant":
        return turn
    messages = list(cut_messages(turn))
    seams = turn.seams
    if len(messages) > 1 and any(isinstance(part, hub.Call) for parts, _ in messages[:-1] for part in parts):
        messages, seams = [(tuple(_reasoned_once(turn.parts)), None)], ()
    parts = tuple(part for message, _ in messages for part in _ordered(message))
    if seams is turn.seams and all(one is other for one, other in zip(parts, turn.parts, strict=True)):
        return turn
    return attrs.evolve(turn, parts=parts, seams=seams)


def _reasoned_once(parts: Sequence[hub.Part]) -> Iterator[hub.Part]:
    """Keep of the reasoning of several messages what stands first in a vendor's key: one message has each key once."""
    taken: set[str] = set()
    for part in parts:
        keys = [key for key in PLAIN if key in ours(part.own)] if isinstance(part, hub.Thinking) else []
        if not keys or not taken.intersection(keys):
            yield part
        taken.update(keys)


def no_longer_legacy(turns: Sequence[hub.Turn]) -> frozenset[str]:
    """Return the ids of calls in the deprecated form that cannot be said in it.

    They stand in one turn with another such call, of which a message has place for one, or have a result that did not come in that form,
    as one that was made for a call nobody answered.
    """
    found: set[str] = set()
    legacy: set[str] = set()
    for turn in turns:
        calls = [part.id for part in turn.parts if isinstance(part, hub.Call) and part.spelling and is_legacy(part)]
        found.update(calls if len(calls) > 1 else ())
        legacy.update(calls)
    if legacy:
        results = [part for turn in turns for part in turn.parts if isinstance(part, hub.Result)]
        found.update(result.call_id for result in results if result.call_id in legacy and not is_legacy(result))
    return frozenset(found)


def as_tool_calls(turn: hub.Turn, ids: frozenset[str]) -> hub.Turn:
    """Say calls in the deprecated form, and their results, in the present one."""

    def step(part: hub.Part, _: hub.Turn) -> Parts:
        if isinstance(part, hub.Call) and part.id in ids:
            return (attrs.evolve(part, spelling=None),)
        if isinstance(part, hub.Result) and part.call_id in ids:
            return (attrs.evolve(part, spelling=None, own=None, name=ABSENT),)
        return None

    return map_parts(turn, step)


def _ordered(parts: Sequence[hub.Part]) -> Iterator[hub.Part]:
    groups: list[list[hub.Part]] = []
    for part in parts:
        if isinstance(part, hub.Mark) and groups:
            groups[-1].append(part)
        else:
            groups.append([part])
    groups.sort(key=lambda group: _stage(group[0]))
    for group in groups:
        yield from group


def _stage(part: hub.Part) -> int:
    match part:
        case hub.Thinking() if "thinking" not in ours(part.own):
            return 0
        case hub.Call():
            return 4
        case hub.Refusal():
            return 2
        case hub.Media(kind="audio"):
            return 3
        case _:
            return 1
