"""Parts fitted to the Responses API: each a small function from one part to the parts that stand for it here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from operator import is_
from typing import Any, Final, TypeVar

import attrs

from .. import hub
from ..adapting import Adapting
from ..codec import decode_union, encode
from ..documents import bytes_of_words
from ..errors import DecodeError, WriteError
from ..jsontext import spell
from ..jsonvalue import ABSENT, Json
from ..making import new_arguments, new_call, new_result
from ..result_outcomes import say_outcome
from . import wire_items as wire
from .adapt_computer import Plan, fit_computer_call, function_of, texts_of
from .calls import LOCAL_SHELL, PATCH, SHELL, is_awaited
from .items_read import read_items, read_output
from .items_write import speaker, write_output, write_turns
from .residue import FAMILY, WIRE_NAME
from .tables import CACHE_TTLS, FILE_TYPES, REASONS


@attrs.frozen(kw_only=True)
class Fitting:
    """What fitting a part needs to know beside it."""

    adapting: Adapting
    plan: Plan
    reply: bool
    """The parts are a reply's: nothing is asked of anybody any more, and thinking may stand in the open."""


Fit = Callable[[Any, hub.Turn, Fitting], Sequence[hub.Part]]


OwnedRecord = TypeVar("OwnedRecord", bound=hub.Owned)


def own_only(record: OwnedRecord) -> OwnedRecord:
    """Return a record without another wire's residue."""
    if record.own is None or record.own.wire == WIRE_NAME:
        return record
    return attrs.evolve(record, own=None)


def fit_part(part: hub.Part, turn: hub.Turn, fitting: Fitting) -> Sequence[hub.Part]:
    """Return the parts that stand for a part on this wire: itself where it is legal, none where it has no place."""
    cls = part.__class__
    spoken = _SPOKEN.get(cls)
    if spoken is not None:
        return () if turn.role == "tool" else spoken(part, turn, fitting)
    if cls is hub.Mark and part.kind == "cache":  # type: ignore[union-attr]
        return _fit_cache(part, turn, fitting)
    if not fitting.reply and cls not in _ANYWHERE and speaker(part) != turn.role:
        return ()
    return _FITS.get(cls, _fit_native)(part, turn, fitting)


def _fit_text(part: hub.Text, turn: hub.Turn, fitting: Fitting) -> Sequence[hub.Part]:
    if not part.citations and part.logprobs is ABSENT and part.own is None:
        return (part,)
    citations: tuple[hub.Citation, ...] = ()
    if turn.role == "assistant":
        citations = tuple([c for c in (_fit_citation(c, part) for c in part.citations) if c is not None])
    logprobs = part.logprobs if turn.role == "assistant" and part.logprobs != [] else ABSENT
    if logprobs is part.logprobs and _same(citations, part.citations):
        return (own_only(part),)
    return (attrs.evolve(own_only(part), citations=citations, logprobs=logprobs),)


def _same(new: Sequence[object], old: Sequence[object]) -> bool:
    """Tell whether two sequences hold the same records, not merely equal ones."""
    return len(new) == len(old) and all(map(is_, new, old))


def _fit_citation(citation: hub.Citation, text: hub.Text) -> hub.Citation | None:
    """Fit a citation. A wire that cites block by block cites the whole text: that is where it begins and ends."""
    native = citation.kind == "file" if citation.own is None else citation.own.wire == WIRE_NAME
    if native and citation.cited_text is ABSENT and citation.seal is None:
        return citation
    if citation.kind != "url" or not isinstance(citation.url, str):
        return None
    start = citation.start if citation.start is not ABSENT else 0
    end = citation.end if citation.end is not ABSENT else len(text.text)
    title = citation.title if isinstance(citation.title, str) else citation.url
    same = (start, end, title) == (citation.start, citation.end, citation.title) and citation.cited_text is ABSENT
    if same and citation.seal is None:
        return own_only(citation)
    return hub.Citation(kind="url", url=citation.url, title=title, start=start, end=end)


def _fit_refusal(part: hub.Refusal, turn: hub.Turn, fitting: Fitting) -> Sequence[hub.Part]:
    if turn.role != "assistant":
        return ()
    part = own_only(part)
    return (part if part.category is ABSENT else attrs.evolve(part, category=ABSENT),)


def _fit_media(part: hub.Media, turn: hub.Turn, fitting: Fitting) -> Sequence[hub.Part]:
    if turn.role == "assistant":
        return ()
    if isinstance(part.source, hub.Inline):
        file = bytes_of_words(part.source.content) if isinstance(part.source.content, str) else None
        if file is None or not file.data:
            return _fit_inline(part.source, turn, fitting)
        part = attrs.evolve(part, source=file)
    if part.kind not in ("image", "document"):
        return ()
    if isinstance(part.source, hub.FileId) and part.source.family != FAMILY:
        return ()
    fields: dict[str, Any] = {}
    if part.kind == "image":
        if part.title is not ABSENT:
            fields["title"] = ABSENT
        if not isinstance(part.detail, str) and turn.role != "tool":
            fields["detail"] = fitting.adapting.insert(
                "auto", REASONS["detail"], at="detail", beside=_named(part.source)
            )
    elif isinstance(part.source, hub.Base64) and not isinstance(part.title, str):
        fields["title"] = fitting.adapting.insert(_filename(part.source.media_type), REASONS["filename"])
    elif part.title is None:
        fields["title"] = ABSENT
    part = own_only(part)
    return (attrs.evolve(part, **fields) if fields else part,)


_ENDINGS: Final = {kind: ending for ending, kind in FILE_TYPES.items()}


def _named(source: hub.Source) -> tuple[str, Json] | None:
    """Return what tells a picture from others beside it; None for one that is here as bytes, which are not spelled for that."""
    match source:
        case hub.Url(url=url):
            return "image_url", url
        case hub.FileId(id=id):
            return "file_id", id
        case _:
            return None


def _filename(media_type: str) -> str:
    kind = _ENDINGS.get(media_type) or media_type.rpartition("/")[2]
    return f"document.{kind if kind.isalnum() else 'bin'}"


def _fit_inline(source: hub.Inline, turn: hub.Turn, fitting: Fitting) -> Sequence[hub.Part]:
    """Put a document that stands in the request as what it is: its text, or its texts and images."""
    if isinstance(source.content, str):
        return (hub.Text(text=source.content),)
    found: list[hub.Part] = []
    for part in source.content:
        if not isinstance(part, hub.Mark) or (found and isinstance(found[-1], (hub.Text, hub.Media))):
            found.extend(fit_part(part, turn, fitting))
    return tuple(found)


def _fit_cache(part: Any, turn: hub.Turn, fitting: Fitting) -> Sequence[hub.Part]:
    """Fit a cache point. Which part it may stand behind is seen when all parts are there."""
    if turn.role in ("assistant", "tool") or fitting.reply:
        return ()
    return (_cache_point(part),)


def _cache_point(mark: hub.Mark) -> hub.Mark:
    mark = own_only(mark)
    if mark.data.keys() <= {"ttl"} and mark.data.get("ttl", "30m") in CACHE_TTLS:
        return mark
    return attrs.evolve(mark, data={})


def _fit_thinking(part: hub.Thinking, turn: hub.Turn, fitting: Fitting) -> Sequence[hub.Part]:
    """Keep in a request what this provider minted, by its seal or by the id it is stored under: another is refused as unknown."""
    foreign = part.seal is not None and (part.seal.kind != "encrypted" or part.seal.family != FAMILY)
    kept = attrs.evolve(own_only(part), seal=None) if foreign else own_only(part)
    said = kept.text is not ABSENT or bool(kept.summary)
    if fitting.reply and fitting.adapting.source in SUMMARISED and kept.text is not ABSENT:
        return (attrs.evolve(kept, text=ABSENT, summary=(kept.text,) if kept.text else (), spelling=None),)
    if kept.seal is not None or (said and fitting.reply) or _is_stored(part, turn):
        return (kept,)
    return ()


def join_summaries(turn: hub.Turn, adapting: Adapting) -> hub.Turn:
    """Put what was thought in one go into one item. The Messages API has a block for each thought, this wire a part of a summary."""
    if adapting.source not in SUMMARISED or turn.seams or hub.Thinking not in map(type, turn.parts):
        return turn
    parts: list[hub.Part] = []
    for part in turn.parts:
        before = parts[-1] if parts else None
        if isinstance(part, hub.Thinking) and isinstance(before, hub.Thinking) and part.seal is before.seal is None:
            parts[-1] = attrs.evolve(before, summary=before.summary + part.summary)
        else:
            parts.append(part)
    return turn if len(parts) == len(turn.parts) else attrs.evolve(turn, parts=tuple(parts))


SUMMARISED: Final = ("anthropic",)
"""Wires whose thinking is told as a summary of what was thought (``display`` of ``thinking``; "summarized thinking",
build-with-claude/extended-thinking, read 2026-11-24): here that is ``summary``, and ``reasoning_text`` is what was thought, word by word."""


def _is_stored(part: hub.Part, turn: hub.Turn) -> bool:
    return any(
        seam.form == "reasoning" and isinstance(seam.id, str) and turn.parts[seam.start] is part for seam in turn.seams
    )


# Calls and results.


MOST_NAME: Final = 128
NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,128}")
NOT_IN_NAMES: Final = re.compile(r"[^a-zA-Z0-9_-]")


PROGRAM: Final = "program"
"""The kind of the programs that may call: ``CallerProgram`` of the openai SDK 3.54.0."""


def _is_ours(caller: hub.Caller) -> bool:
    return caller.kind == PROGRAM and isinstance(caller.id, str)


def _fit_call(call: hub.Call, turn: hub.Turn, fitting: Fitting) -> Sequence[hub.Part]:
    call = own_only(call)
    if call.caller is not None and (call.form in ("computer", "browser") or not _is_ours(call.caller)):
        call = attrs.evolve(call, caller=None)
    if call.id in fitting.plan.joined:
        return ()
    if call.form == "computer" and call.actions is not ABSENT and call.id in fitting.plan.native:
        return (_plain_checks(fit_computer_call(call, fitting.plan.native[call.id])),)
    if call.form == "custom":
        if call.arguments.value is ABSENT and call.arguments.text is not ABSENT:
            return (_bare(call, "custom", call.arguments),)
        return (_bare(call, "custom", hub.Arguments(text=_as_text(call.arguments, fitting).text)),)
    kept = (call.form == "shell" and call.name in (SHELL, LOCAL_SHELL)) or (call.form == "patch" and call.name == PATCH)
    if kept and call.arguments.text is ABSENT:
        state = "cut" if call.state == "pending" else call.state
        return (attrs.evolve(_bare(call, call.form, call.arguments), namespace=ABSENT, state=state),)
    if call.form in ("computer", "browser") and call.actions is not ABSENT:
        if call.id in fitting.plan.spoken:
            return texts_of(call)
        call = function_of(call)
    if call.form not in ("function", "custom") and not NAME.fullmatch(
        call.name
    ):  # names of functions were mapped before
        call = attrs.evolve(call, name=NOT_IN_NAMES.sub("_", call.name)[:MOST_NAME] or call.form)
    call = _bare(call, "function", _as_text(call.arguments, fitting))
    if call.state == "pending" and is_awaited(call.caller, call.arguments, "in_progress"):
        call = attrs.evolve(call, state="cut")  # in progress it would be one that may run
    return (call,)


def _as_text(arguments: hub.Arguments, fitting: Fitting) -> hub.Arguments:
    """Say arguments as text. What JSON cannot say (an infinity, of a number too large) is no value any more."""
    if arguments.text is not ABSENT:
        return arguments
    if arguments.value is ABSENT:
        return hub.Arguments(text=fitting.adapting.insert("", REASONS["arguments"], at="arguments"))
    try:
        return new_arguments(text=spell(arguments.value), value=arguments.value)
    except DecodeError:
        return hub.Arguments(text=json.dumps(arguments.value, ensure_ascii=False))


def _bare(call: hub.Call, form: hub.CallForm, arguments: hub.Arguments) -> hub.Call:
    same = call.form == form and call.arguments is arguments and call.toolset is ABSENT
    if same and call.actions is ABSENT and not call.checks:
        return call
    return new_call(
        id=call.id, name=call.name, arguments=arguments, form=form, namespace=call.namespace, state=call.state, caller=call.caller,
        own=call.own, spelling=call.spelling,
    )  # fmt: skip


def _plain_checks(call: hub.Call) -> hub.Call:
    checks = tuple([own_only(check) for check in call.checks])
    return call if checks == call.checks else attrs.evolve(call, checks=checks)


def _fit_result(result: hub.Result, turn: hub.Turn, fitting: Fitting) -> Sequence[hub.Part]:
    if result.call_id in fitting.plan.spoken or result.call_id in fitting.plan.joined:
        return ()
    result = own_only(result)
    if result.caller is not None and (result.form in ("computer", "browser") or not _is_ours(result.caller)):
        result = attrs.evolve(result, caller=None)
    parts = _fit_result_parts(result, turn, fitting)
    if result.call_id in fitting.plan.native:
        return (_screenshot_result(result, parts),)
    if result.form in ("shell", "patch"):
        native = attrs.evolve(result, parts=parts, toolset=ABSENT, acknowledged=(), name=ABSENT, namespace=ABSENT)
        if survives(native, turn.role, fitting.reply):
            return (native,)
    parts = say_outcome(result, parts, fitting.adapting, REASONS["outcome"])
    form: hub.CallForm = "custom" if result.form == "custom" else "function"
    plain = result.toolset is result.outcome is ABSENT and not result.acknowledged
    if form == "custom" and not result.name is result.namespace is ABSENT:
        plain = False
    if plain and parts is result.parts and form == result.form:
        return (result,)
    return (
        new_result(
            call_id=result.call_id, parts=parts, form=form, caller=result.caller, own=result.own, spelling=result.spelling,
            name=result.name if form == "function" else ABSENT,
            namespace=result.namespace if form == "function" else ABSENT,
        ),
    )  # fmt: skip


def _fit_result_parts(result: hub.Result, turn: hub.Turn, fitting: Fitting) -> tuple[hub.Part, ...]:
    found: list[hub.Part] = []
    for part in result.parts:
        fit = _IN_RESULTS.get(part.__class__)
        if fit is not None:
            found.extend(fit(part, turn, fitting))
        elif isinstance(part, hub.Opaque):
            if part.wire == WIRE_NAME:
                found.append(part)
        elif isinstance(part, hub.Mark) and part.kind == "cache" and found and found[-1].__class__ in _IN_RESULTS:
            found.append(_cache_point(part))
    if _same(found, result.parts):
        return result.parts
    return tuple(found)


def _screenshot_result(result: hub.Result, parts: tuple[hub.Part, ...]) -> hub.Result:
    shown: list[hub.Part] = []
    for part in parts:
        if isinstance(part, hub.Media) and part.detail is not ABSENT:
            part = attrs.evolve(part, detail=ABSENT)
        if isinstance(part, (hub.Media, hub.Opaque)):
            shown.append(part)
    images = tuple(shown)
    acknowledged = tuple([own_only(check) for check in result.acknowledged])
    fields = {
        "parts": images, "form": "computer", "outcome": ABSENT, "toolset": ABSENT, "acknowledged": acknowledged, "name": ABSENT,
        "namespace": ABSENT, "caller": None,
    }  # fmt: skip
    same = all(getattr(result, name) == value for name, value in fields.items())
    return result if same else attrs.evolve(result, **fields)  # type: ignore[arg-type]


# What only this wire says.


def _fit_native(part: Any, turn: hub.Turn, fitting: Fitting) -> Sequence[hub.Part]:
    """Keep what this wire itself said, as long as it can be said again."""
    if isinstance(part, hub.Opaque):
        return (part,) if part.wire == WIRE_NAME and survives(part, turn.role, fitting.reply) else ()
    if isinstance(part, hub.Mark) and part.kind == "compaction" and not part.data and _is_no_wish(fitting):
        return ()
    part = own_only(part)
    return (part,) if survives(part, turn.role, fitting.reply) else ()


def _is_no_wish(fitting: Fitting) -> bool:
    """Tell whether a compaction without words is one that is over: only this wire's requests ask for one."""
    return fitting.reply or fitting.adapting.source not in (None, WIRE_NAME)


def survives(part: hub.Part, role: hub.Role, reply: bool) -> bool:
    """Tell whether a part by itself is written and read back as itself."""
    turn = hub.Turn(role=role, parts=(part,))
    try:
        items = write_output(turn) if reply else write_turns((turn,))
    except WriteError:
        return False
    again = tuple([decode_union(wire.Item, encode(item)) for item in items])
    return read_output(again) == turn if reply else read_items(again) == (turn,)


_SPOKEN: Final[Mapping[type, Fit]] = {hub.Text: _fit_text, hub.Media: _fit_media, hub.Refusal: _fit_refusal}
_ANYWHERE: Final = frozenset({hub.Opaque})
_FITS: Final[Mapping[type, Fit]] = {hub.Call: _fit_call, hub.Result: _fit_result, hub.Thinking: _fit_thinking}
_IN_RESULTS: Final[Mapping[type, Fit]] = {hub.Text: _fit_text, hub.Media: _fit_media}
