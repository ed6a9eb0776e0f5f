"""Make the parts of any hub record ones that the Messages API takes: one pass over every turn.

What no block can say is left out; a refusal is said as the text it is; thinking stays only where Anthropic signed it, and
never becomes text. Source: the wire's documentation and its error messages, read 2026-11-22.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias, get_args

import attrs

from .. import hub
from ..adapting import Adapting
from ..documents import words_of_bytes
from ..jsontext import spell
from ..jsonvalue import ABSENT
from ..making import changed as remade
from ..steps import map_parts, recut
from ..tool_plans import INPUT
from .callers import runs_here
from .citations import taken_back, told
from .invalid_json import INVALID_JSON, is_blank, is_wrapped
from .residue import FAMILY, WIRE_NAME
from .tables import CACHE_TIMES, IMAGE_TYPES, PDF, SERVER_RESULTS
from .thinking import is_sealed

Parts: TypeAlias = Sequence[hub.Part]
Role: TypeAlias = str
Change: TypeAlias = dict[str, Any]
"""What of a record's fields is to be another."""
RESULT: Final = "result"
"""The speaker of what stands inside a result."""


def legal_turn(turn: hub.Turn, *, reply: bool = False) -> hub.Turn:
    """Return a turn whose parts all have a block; the turn itself where they do.

    In a reply thinking that nobody sealed has one, too, and so has a citation.
    """
    done = _without_orphans(map_parts(turn, _legal_in_reply if reply else _legal_in))
    return attrs.evolve(done, own=None) if done.own is not None else done


def _legal_in(part: hub.Part, turn: hub.Turn) -> Parts | None:
    return _LEGAL.get(part.__class__, _of_the_provider)(part, turn.role)


def _legal_in_reply(part: hub.Part, turn: hub.Turn) -> Parts | None:
    if isinstance(part, hub.Text):
        return _text(part, turn.role, cite=told)
    return None if isinstance(part, hub.Thinking) and part.seal is None else _legal_in(part, turn)


def _legal(part: hub.Part, role: Role) -> Parts | None:
    return _LEGAL.get(part.__class__, _of_the_provider)(part, role)


def foreign(record: hub.Owned) -> bool:
    """Tell whether a record has a residue of another wire, which only that wire's writer looks at."""
    return record.own is not None and record.own.wire != WIRE_NAME


def _bare(record: hub.Owned) -> Change:
    """Return the change that takes another wire's residue off a record."""
    return {"own": None} if foreign(record) else {}


def _text(
    text: hub.Text,
    role: Role,
    changed: bool = False,
    cite: Callable[[hub.Citation], hub.Citation | None] = taken_back,
) -> Parts | None:
    """Nobody may say nothing, and only the model may say white space alone."""
    if not text.text or (role != "assistant" and text.text.isspace()):
        return ()
    if text.citations or text.logprobs is not ABSENT or (text.own is not None and foreign(text)):
        cited = [said for one in text.citations if (said := cite(one)) is not None] if role == "assistant" else []
        text = attrs.evolve(text, citations=tuple(cited), logprobs=ABSENT, **_bare(text))
        changed = True
    return (text,) if changed else None


def _refusal(refusal: hub.Refusal, role: Role) -> Parts | None:
    return _text(hub.Text(text=refusal.text), role, changed=True)


def _thinking(thinking: hub.Thinking, role: Role) -> Parts | None:
    """Keep thinking that Anthropic sealed: a signature with its text, which is empty where it was not shown; redacted data alone."""
    seal = thinking.seal
    if role != "assistant" or seal is None or not is_sealed(thinking):
        return ()
    change: Change = _bare(thinking)
    if thinking.summary:
        change["summary"] = ()
    if seal.kind == "signature" and thinking.text is ABSENT:
        change["text"] = ""
    if seal.kind == "redacted" and thinking.text is not ABSENT:
        change["text"] = ABSENT
    return (attrs.evolve(thinking, **change),) if change else None


# Calls and results.


def _call(call: hub.Call, role: Role) -> Parts | None:
    """Give a call arguments that are written as a JSON object: what is none stands whole under one key, and nothing is guessed."""
    if role == RESULT:
        return ()
    change: Change = {} if call.own is None else _bare(call)
    if call.form not in ("function", "computer", "browser"):
        change["form"] = "function"
    if call.actions is ABSENT and not _is_object(call.arguments):
        change["arguments"] = _as_object(call.arguments, call.form)
    if call.state != "complete":
        change["state"] = "complete"
    if call.namespace is not ABSENT:
        change["namespace"] = ABSENT
    if call.checks:
        change["checks"] = ()
    if call.caller is not None and not runs_here(call.caller):
        change["caller"] = None
    return (remade(call, **change),) if change else None


def _is_object(arguments: hub.Arguments) -> bool:
    return isinstance(arguments.value, dict) and not _overflows(arguments)


_PACKED: Final = "the input of a tool is a JSON object: any other arguments stand under one key of it"


def note_packed_calls(turn: hub.Turn, adapting: Adapting) -> None:
    """Note the keys that the arguments of a turn's calls stand under where they are no object: ``turn`` is the turn before `legal_turn`."""
    for part in turn.parts:
        if not isinstance(part, hub.Call) or part.actions is not ABSENT:
            continue
        if part.form == "custom":
            adapting.insert_key(INPUT, _PACKED)
        elif is_wrapped(_as_object(part.arguments, part.form)):
            adapting.insert_key(INVALID_JSON, _PACKED)


def _as_object(arguments: hub.Arguments, form: hub.CallForm) -> hub.Arguments:
    """Return arguments that are written as an object: free text under ``input``, blank text as no arguments, which is what models mean by it.

    All others stand as text in the wire's form for what is no object (`invalid_json`), as they were sampled.
    """
    if form == "custom":
        return hub.Arguments(value={INPUT: "" if arguments.text is ABSENT else arguments.text})
    if _is_object(arguments):
        return arguments
    text = arguments.text
    if text is ABSENT:
        text = "" if arguments.value is ABSENT else spell(arguments.value)
    if is_blank(text):
        return hub.Arguments(value={})
    return hub.Arguments(text=text, value=ABSENT if isinstance(arguments.value, dict) else arguments.value)


_HUGE: Final = re.compile(r"\d[eE]\+?\d{3}")


def _overflows(arguments: hub.Arguments) -> bool:
    """Tell whether a number of the arguments' text is beyond what a double holds: as a value it would be no JSON any more."""
    text = arguments.text
    if not isinstance(text, str) or _HUGE.search(text) is None:
        return False
    return "Infinity" in json.dumps(arguments.value)


_ERRORS: Final = ("denied", "not_run", "unknown")


def _result(result: hub.Result, role: Role) -> Parts | None:
    if role == RESULT:
        return ()
    change: Change = {} if result.own is None else _bare(result)
    for part in result.parts:
        if part.__class__ is hub.Mark or _legal(part, RESULT) is not None:
            inside = map_parts(hub.Turn(role="tool", parts=result.parts), lambda part, _: _legal(part, RESULT))
            change["parts"] = _without_orphans(inside).parts
            break
    if result.outcome in _ERRORS:
        change["outcome"] = "error"
    elif result.outcome is ABSENT:
        change["outcome"] = "ok"  # what the wire assumes where nothing is said
    if result.acknowledged:
        change["acknowledged"] = ()
    if result.offered and result.parts:
        named = [{"type": "tool_reference", "tool_name": name} for name in result.offered]
        said = change.get("parts", result.parts)
        change["parts"] = (*said, *[hub.Opaque(wire=WIRE_NAME, document=document) for document in named])
        change["offered"] = ()
    if result.caller is not None:
        change["caller"] = None
    change.update((key, ABSENT) for key in ("name", "namespace") if getattr(result, key) is not ABSENT)
    return (remade(result, **change),) if change else None


# Images and documents.


def _media(media: hub.Media, role: Role) -> Parts | None:
    if role not in ("user", RESULT) or media.kind not in ("image", "document"):
        return None if _from_here(media, role) else ()
    source = _image_source(media.source) if media.kind == "image" else _document_source(media.source)
    if source is None:
        return ()
    change: Change = _bare(media)
    if source is not media.source:
        change["source"] = source
    if media.detail is not ABSENT:
        change["detail"] = ABSENT
    if media.kind == "image" and media.title is not ABSENT:
        change["title"] = ABSENT
    return (attrs.evolve(media, **change),) if change else None


def _from_here(media: hub.Media, role: Role) -> bool:
    """Tell whether a document of the assistant's is this wire's own: older versions let it through."""
    return role == "assistant" and media.kind == "document" and media.own is not None and not foreign(media)


def _image_source(source: hub.Source) -> hub.Source | None:
    source = _fetched(source)
    match source:
        case hub.Base64(media_type=kind):
            return source if kind in IMAGE_TYPES else None
        case hub.Url(url=url):
            return None if url.startswith("data:") else source
        case hub.FileId(family=family):
            return source if family == FAMILY else None
        case hub.Inline():
            return None


def _document_source(source: hub.Source) -> hub.Source | None:
    source = _fetched(source)
    match source:
        case hub.Base64(media_type=kind):
            words = None if kind == PDF else words_of_bytes(source)
            return source if kind == PDF else None if words is None else hub.Inline(content=words)
        case hub.Url(url=url):
            return None if url.startswith("data:") else source
        case hub.FileId(family=family):
            return source if family == FAMILY else None
        case hub.Inline(content=content):
            if isinstance(content, str):
                return source
            inside = map_parts(hub.Turn(role="user", parts=content), _inline)
            if inside.parts is content:
                return source
            kept = _without_orphans(inside).parts
            return hub.Inline(content=tuple(part for part in kept if isinstance(part, get_args(hub.Shown))))


def _inline(part: hub.Part, _: hub.Turn) -> Parts | None:
    """A document given as parts holds texts and images."""
    plain = isinstance(part, (hub.Text, hub.Mark, hub.Opaque)) or (isinstance(part, hub.Media) and part.kind == "image")
    return _legal(part, RESULT) if plain else ()


def _fetched(source: hub.Source) -> hub.Source:
    """Read a ``data:`` URL with parameters as the bytes it holds."""
    if not isinstance(source, hub.Url) or not source.url.startswith("data:"):
        return source
    head, comma, data = source.url[len("data:") :].partition(",")
    kind, *parameters = head.split(";")
    if comma and parameters and parameters[-1] == "base64":
        return hub.Base64(media_type=kind, data=data)
    return source


# What the provider does itself, and marks.


def _of_the_provider(
    part: hub.Opaque | hub.ServerCall | hub.ServerResult | hub.Reference | hub.Approval | hub.ApprovalAnswer, role: Role
) -> Parts | None:
    """Keep what this provider's own tools and memory did; nobody is asked for an approval here."""
    if isinstance(part, hub.Opaque):
        return None if part.wire == WIRE_NAME else ()
    if isinstance(part, (hub.Approval, hub.ApprovalAnswer)):
        return ()
    if part.family != FAMILY or role not in ("assistant", "user"):
        return ()
    if isinstance(part, hub.ServerResult) and part.tool not in (*SERVER_RESULTS, "mcp"):
        return ()
    return (attrs.evolve(part, own=None),) if foreign(part) else None


def _mark(mark: hub.Mark, role: Role) -> Parts | None:
    if mark.kind != "cache":
        return None if _sayable(mark, role) else ()
    data = {"ttl": mark.data["ttl"]} if mark.data.get("ttl") in CACHE_TIMES else {}
    if data.keys() == mark.data.keys() and not foreign(mark):
        return None
    return (attrs.evolve(mark, data=data, **_bare(mark)),)


def _sayable(mark: hub.Mark, role: Role) -> bool:
    if foreign(mark):
        return False
    match mark.kind:
        case "config_change":
            return role == "system" and mark.data.keys() == {"reasoning"}
        case "clear":
            return role == "system" and mark.data.keys() == {"at"}
        case "compaction":
            # One without words and seal is another wire's wish for a compaction.
            said = mark.data.keys() == {"content"} or (not mark.data and mark.own is not None)
            return said and role in ("user", "assistant")
        case "fallback":
            return mark.data.keys() <= {"from", "to", "trigger"} and role == "assistant"
        case _:
            return mark.data.keys() <= {"type", "tool"} and "type" in mark.data and role in ("user", "system")


_LEGAL: Final[Mapping[type, Callable[[Any, Role], Parts | None]]] = {
    hub.Text: _text,
    hub.Call: _call,
    hub.Result: _result,
    hub.Media: _media,
    hub.Thinking: _thinking,
    hub.Refusal: _refusal,
    hub.Mark: _mark,
}


def _without_orphans(turn: hub.Turn) -> hub.Turn:
    """Leave out cache points that stand behind nothing of their message that takes one."""
    parts = turn.parts
    if hub.Mark not in map(type, parts):
        return turn
    heads = {0, *(seam.start for seam in turn.seams)}
    counts = [
        int(_is_at_home(part, parts[place - 1] if place not in heads else None)) for place, part in enumerate(parts)
    ]
    if all(counts):
        return turn
    kept = tuple(part for part, count in zip(parts, counts, strict=True) if count)
    return attrs.evolve(turn, parts=kept, seams=recut(turn.seams, counts))


def _is_at_home(part: hub.Part, before: hub.Part | None) -> bool:
    if not isinstance(part, hub.Mark) or part.kind != "cache":
        return True
    if isinstance(before, hub.Mark):
        return before.kind in ("compaction", "tool_change")
    return before is not None and not isinstance(before, (hub.Opaque, hub.Thinking))
