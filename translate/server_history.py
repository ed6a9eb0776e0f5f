"""What a provider's own tools did, told to a model that has no such tools: as calls of functions and their results.

In a history only, never in a reply: the call is over, its result stands beside it, and nobody is asked to run it. Stored files, which
the provider alone can read, are left out of a result. A result whose substance is sealed is not told at all: a search of Anthropic's gives
addresses and titles in the open and the pages under seal, so what the first model read is not what the next one would be shown, and the
way back could not say it either, for pages are refused without their seals. Names, arguments and ids are the call's own; the result is
a JSON object in the words below, or the texts that the tool said.

On the way back such a call is known by the prefix that its provider documents for ids of its own tools, and by a result in these words
that the provider takes without a seal; any other stays the function call it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from . import hub
from .jsontext import spell
from .jsonvalue import ABSENT, Json, JsonObject

_FOUND: Final = ("url", "title", "text", "age", "score")
_RUN: Final = ("stdout", "stderr", "exit_code")


# Telling.


def _none(_: hub.ServerCall) -> bool:
    return False


def show_server_calls(
    turns: tuple[hub.Turn, ...], kept: Callable[[hub.ServerCall], bool] = _none
) -> tuple[hub.Turn, ...]:
    """Say the finished calls of a provider's own tools as calls of functions, each with its result in a turn behind it.

    Calls that are ``kept`` the target has a form for.
    """
    shown: list[hub.Turn] = []
    for turn in turns:
        if turn.role == "assistant" and any(isinstance(part, hub.ServerCall) for part in turn.parts):
            shown.extend(_shown(turn, kept))
        else:
            shown.append(turn)
    return turns if len(shown) == len(turns) else tuple(shown)


def _shown(turn: hub.Turn, kept: Callable[[hub.ServerCall], bool]) -> Iterator[hub.Turn]:
    told: dict[int, hub.Result] = {}
    answers: set[int] = set()
    for place, part in enumerate(turn.parts):
        if isinstance(part, hub.ServerCall) and part.id and part.arguments.text is ABSENT and not kept(part):
            answer = place if part.findings is not None else _answer_of(turn.parts, place)
            said = None if answer is None else _told(getattr(turn.parts[answer], "findings", None))
            if said is not None and answer is not None:
                told[place] = hub.Result(call_id=part.id, parts=said[0], outcome="error" if said[1] else ABSENT)
                answers.add(answer)
    if not told:
        yield turn
        return
    spoken: list[hub.Part] = []
    for place, part in enumerate(turn.parts):
        if isinstance(part, hub.ServerCall) and place in told:
            value = {} if part.arguments.value is ABSENT else part.arguments.value
            called = hub.Call(id=part.id, name=part.tool, arguments=hub.Arguments(value=value))
            yield hub.Turn(role="assistant", parts=(*spoken, called), origin=turn.origin)
            yield hub.Turn(role="tool", parts=(told[place],))
            spoken = []
        elif place not in answers:
            spoken.append(part)
    if spoken:
        yield hub.Turn(role="assistant", parts=tuple(spoken), origin=turn.origin)


def _answer_of(parts: tuple[hub.Part, ...], place: int) -> int | None:
    """Return where the result of a call stands: the last one with its id, or the one right behind it that answers no other call.

    Where OpenAI searches for tools itself, the call and its result have an id each.
    """
    call = parts[place]
    assert isinstance(call, hub.ServerCall)
    found = [at for at, part in enumerate(parts) if isinstance(part, hub.ServerResult) and part.call_id == call.id]
    if found:
        return found[-1]
    behind = parts[place + 1] if place + 1 < len(parts) else None
    if not isinstance(behind, hub.ServerResult) or behind.tool != call.tool:
        return None
    others = any(isinstance(part, hub.ServerCall) and part.id == behind.call_id for part in parts)
    return None if others else place + 1


def _told(findings: hub.Findings | None) -> tuple[tuple[hub.Part, ...], bool] | None:
    """Return what came of a call as the parts of a result, and whether it failed; ``None`` where there is nothing to be told."""
    match findings:
        case hub.Searched() if not _is_sealed(findings.found):
            pages = [_stated(found, _FOUND) for found in findings.found]
            return _as_text({"results": [page for page in pages if page]})
        case hub.Fetched(parts=(hub.Media(kind="document", source=hub.Inline(content=str() as text)) as page, *_)):
            titled = {"title": page.title} if isinstance(page.title, str) else {}
            return _as_text({**_stated(findings, ("url", "at")), **titled, "text": text})
        case hub.Executed() if not _is_sealed(findings.runs):
            runs = [_stated(run, _RUN) for run in findings.runs]
            return _as_text({"runs": runs}) if any(runs) else None
        case hub.Said():
            texts = tuple(hub.Text(text=part.text) for part in findings.parts if isinstance(part, hub.Text))
            return (texts, False) if texts else None
        case hub.Offered():
            names = [tool.name for tool in findings.tools if isinstance(tool, hub.Tool) and isinstance(tool.name, str)]
            return _as_text({"tools": names}) if names else None
        case hub.Failed():
            why = _stated(findings, ("code", "message"))
            texts = tuple(hub.Text(text=part.text) for part in findings.parts if isinstance(part, hub.Text))
            parts = (*_as_text({"error": why})[0], *texts) if why else texts
            return (parts, True) if parts else None
        case _:
            return None


def _is_sealed(found: Iterable[hub.Found | hub.Run | hub.Opaque]) -> bool:
    return any(isinstance(one, hub.Opaque) or one.seal is not None for one in found)


def _stated(record: Any, names: Iterable[str]) -> JsonObject:
    stated = {name: getattr(record, name) for name in names}
    return {name: value for name, value in stated.items() if value is not ABSENT and value is not None}


def _as_text(document: JsonObject) -> tuple[tuple[hub.Part, ...], bool]:
    return (hub.Text(text=spell(document)),), False


# Hearing.

Hear = Callable[[hub.Call, hub.Result, hub.Findings], tuple[hub.Part, ...]]
"""Makes of a call and what came of it the parts of a provider's own tool; none where that provider would not take them."""


def hear_server_calls(turns: tuple[hub.Turn, ...], hear: Hear, prefix: str) -> tuple[hub.Turn, ...]:
    """Take calls that `show_server_calls` told of for what they are, with what the model said after them in one turn again.

    ``prefix`` is what ids of such calls begin with.
    """
    ids = [part.id for turn in turns for part in turn.parts if isinstance(part, hub.Call)]
    if not any(id.startswith(prefix) for id in ids):
        return turns
    heard: list[hub.Turn] = []
    changed = joined = False
    for place, turn in enumerate(turns):
        behind = turns[place + 1] if place + 1 < len(turns) else None
        parts, known = turn.parts, set[str]()
        if turn.role == "assistant" and behind is not None and behind.role == "tool":
            parts, known = _heard(turn, behind, hear)
        elif turn.role == "tool" and heard and heard[-1].role == "assistant" and turns[place - 1].role == "assistant":
            known = {part.id for part in heard[-1].parts if isinstance(part, hub.ServerCall)}
            parts = tuple(part for part in turn.parts if not (isinstance(part, hub.Result) and part.call_id in known))
            changed = changed or len(parts) != len(turn.parts)
            joined = not parts
            if parts:
                heard.append(turn if len(parts) == len(turn.parts) else attrs.evolve(turn, parts=parts, seams=()))
            continue
        changed = changed or bool(known)
        said = turn if not known else attrs.evolve(turn, parts=parts, seams=())
        if joined and turn.role == "assistant":
            heard[-1] = attrs.evolve(heard[-1], parts=heard[-1].parts + said.parts, seams=())
        else:
            heard.append(said)
        joined = False
    return tuple(heard) if changed else turns


def _heard(turn: hub.Turn, behind: hub.Turn, hear: Hear) -> tuple[tuple[hub.Part, ...], set[str]]:
    results = {part.call_id: part for part in behind.parts if isinstance(part, hub.Result)}
    parts: list[hub.Part] = []
    known: set[str] = set()
    for part in turn.parts:
        said: tuple[hub.Part, ...] = ()
        if isinstance(part, hub.Call) and part.id in results and isinstance(part.arguments.value, dict):
            findings = _understood(results[part.id])
            said = () if findings is None else hear(part, results[part.id], findings)
        if said and isinstance(part, hub.Call):
            known.add(part.id)
        parts.extend(said or (part,))
    return tuple(parts), known


def _understood(result: hub.Result) -> hub.Findings | None:
    """Read a result in the words of `_told`; ``None`` where it is in others."""
    if len(result.parts) != 1 or not isinstance(result.parts[0], hub.Text):
        return None
    try:
        document = json.loads(result.parts[0].text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    reader = next((reader for key, reader in _READERS.items() if key in document), None)
    return None if reader is None else reader(document)


def _searched(document: JsonObject) -> hub.Findings | None:
    found = _records(hub.Found, document, "results", _FOUND)
    return None if found is None else hub.Searched(found=found)


def _executed(document: JsonObject) -> hub.Findings | None:
    runs = _records(hub.Run, document, "runs", _RUN)
    return None if runs is None else hub.Executed(runs=runs)


def _fetched(document: JsonObject) -> hub.Findings | None:
    if not document.keys() <= {"text", "url", "at", "title"} or not _are_texts(document):
        return None
    source = hub.Inline(content=document["text"])
    page = hub.Media(kind="document", source=source, title=document.get("title", ABSENT))
    return hub.Fetched(url=document.get("url", ABSENT), at=document.get("at", ABSENT), parts=(page,))


def _offered(document: JsonObject) -> hub.Findings | None:
    names = document["tools"]
    if len(document) > 1 or not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    return hub.Offered(tools=tuple(hub.Tool(name=name) for name in names))


def _failed(document: JsonObject) -> hub.Findings | None:
    why = document["error"]
    if len(document) > 1 or not isinstance(why, dict) or not why.keys() <= {"code", "message"} or not _are_texts(why):
        return None
    return hub.Failed(code=why.get("code", ABSENT), message=why.get("message", ABSENT))


_READERS: Final[Mapping[str, Callable[[JsonObject], hub.Findings | None]]] = {
    "results": _searched, "runs": _executed, "text": _fetched, "tools": _offered, "error": _failed,
}  # fmt: skip
"""The key that tells what a result is, and its reader."""


def _records(cls: Callable[..., Any], document: JsonObject, key: str, names: Iterable[str]) -> tuple[Any, ...] | None:
    members = document[key]
    if len(document) > 1 or not isinstance(members, list):
        return None
    found = tuple(_record(cls, member, names) for member in members)
    return None if None in found else found


def _record(cls: Callable[..., Any], document: Json, names: Iterable[str]) -> Any:
    if not isinstance(document, dict) or not document.keys() <= set(names):
        return None
    numbers = {key: value for key, value in document.items() if key in ("score", "exit_code")}
    texts = {key: value for key, value in document.items() if key not in numbers}
    known = _are_texts(texts) and all(type(value) in (int, float) for value in numbers.values())
    return cls(**document) if known and type(numbers.get("exit_code", 0)) is int else None


def _are_texts(document: Mapping[str, Json]) -> bool:
    return all(isinstance(value, str) for value in document.values())
