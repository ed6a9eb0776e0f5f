"""Read a UI-TARS reply. Total: any text gives a `Reply`, in linear time, and nothing of it is ever evaluated.

The order of trials is what keeps a typed text intact: first the forms that `render` writes, exactly, and only what is
neither of them is read leniently. Leniency never invents: a text argument that does not close is dropped, a point
that does not close itself is dropped, and nothing behind a call that could not be used is kept, since it was meant to
follow it.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import Final

from attrs import evolve, frozen

from .head import Head, Peeled, peel, read_head
from .interpret import interpret, is_text_verb, is_verb
from .reply import Reply, Status, TextCall
from .scan import CALL_START, RawCall, ScanFailure, StrictCalls, scan_call, scan_strict
from .xml_calls import OPENING, scan_xml

_STRICT_MARKER: Final = re.compile(r"^Action: ", re.MULTILINE)
_LINE_MARKER: Final = re.compile(r"^[ \t]*+Action[ \t]*+([:：])\s*+", re.MULTILINE)
_INLINE_MARKER: Final = re.compile(r"(?<!\w)Action[ \t]*+([:：])\s*+")
_ANY_MARKER: Final = re.compile(r"^[ \t]*+(?:Thought|Reflection|Action_Summary|Action)[ \t]*+[:：]", re.MULTILINE)
_NEXT_STEP: Final = re.compile(r"(?:Thought|Reflection|Action_Summary)[ \t]*+[:：]")
_CALL_LINE: Final = re.compile(r"^[ \t]*+(?=[A-Za-z_][A-Za-z0-9_]*+\()", re.MULTILINE)
_SEPARATOR: Final = re.compile(r"(?:[\s;,]++|#[^\n]*+)*+")
_END_TOKENS: Final = ("<|im_end|>", "<|endoftext|>", "[EOS]", "</s>")
_END_TOKEN: Final = re.compile("|".join(map(re.escape, _END_TOKENS)))
_FENCE_AT_END: Final = re.compile(r"```[ \t]*+\s*+\Z")
_CLOSING_TAG: Final = re.compile(r"</[A-Za-z][\w:]*+>?")
_ANSWER: Final = "<answer>"
_ANSWER_END: Final = "</answer>"

_NO_FUNCTIONS: Final[frozenset[str]] = frozenset()


def parse(text: str, functions: AbstractSet[str] = _NO_FUNCTIONS) -> Reply:
    """Read a reply. ``functions`` are names the prompt offered as further verbs; they take precedence."""
    peeled = peel(text)
    if peeled.unclosed:
        return _reply(text, Head(thought=peeled.thought), _Found(), peeled.notes)
    exact = (
        _parse_tagged(text, peeled, functions)
        or _parse_strict(text, peeled, functions)
        or _parse_tagged_late(text, peeled, functions)
    )
    return _parse_lenient(text, functions) if exact is None else exact


@frozen(kw_only=True)
class _Found:
    """The calls that were found, what was irregular about them, and whether something was seen and not used."""

    calls: tuple[TextCall, ...] = ()
    notes: tuple[str, ...] = ()
    broken: bool = False


def _reply(text: str, head: Head, found: _Found, notes: tuple[str, ...]) -> Reply:
    status: Status = "ok"
    if found.broken:
        status = "recovered" if found.calls else "malformed"
    elif not found.calls:
        status = "no_action"
    return Reply(
        status=status,
        thought=head.thought,
        reflection=head.reflection,
        actions=found.calls,
        anomalies=tuple(dict.fromkeys((*notes, *head.notes, *found.notes))),
        raw=text,
    )


def _interpreted(raws: tuple[RawCall, ...], functions: AbstractSet[str]) -> _Found:
    """Interpret calls in order and stop at the first that is unusable, or that the text broke off in."""
    calls: list[TextCall] = []
    notes: list[str] = []
    for raw in raws:
        interpreted = interpret(raw, functions)
        notes.extend(interpreted.notes)
        if interpreted.call is not None:
            calls.append(interpreted.call)
        if interpreted.call is None or not raw.closed:
            return _Found(calls=tuple(calls), notes=tuple(notes), broken=True)
    return _Found(calls=tuple(calls), notes=tuple(notes))


def _parse_strict(text: str, peeled: Peeled, functions: AbstractSet[str]) -> Reply | None:
    marker = _STRICT_MARKER.search(text, peeled.end)
    if marker is None:
        return None
    scanned = scan_strict(text, marker.end())
    if scanned is None or not (scanned.calls or scanned.cut):
        return None
    head = read_head(text[peeled.end : marker.start()], peeled)
    return _reply(text, head, _strict_found(scanned, functions), peeled.notes)


def _strict_found(scanned: StrictCalls, functions: AbstractSet[str]) -> _Found:
    cut = () if scanned.cut is None else (scanned.cut,)
    found = _interpreted(scanned.calls + cut, functions)
    if scanned.tail and not found.broken:
        return _Found(calls=found.calls, notes=(*found.notes, "trailing_prose"))
    return found


def _parse_tagged(text: str, peeled: Peeled, functions: AbstractSet[str]) -> Reply | None:
    """Read a reply that begins with a tag. What looks like an ``Action:`` line in it is a text of its own."""
    if text.startswith(OPENING, peeled.end):
        return _reply_tagged(text, peeled, peeled.end, functions)
    if not text.startswith(_ANSWER, peeled.end):
        return None
    start = peeled.end + len(_ANSWER)
    stop = text.find(_ANSWER_END, start)
    head = Head(thought=peeled.thought)
    if stop < 0:
        return _reply(text, head, _Found(broken=True), (*peeled.notes, "answer_block", "unterminated_call"))
    found = _Found(calls=(TextCall(verb="finished", text=text[start:stop].strip()),))
    return _reply(text, head, found, (*peeled.notes, "answer_block"))


def _parse_tagged_late(text: str, peeled: Peeled, functions: AbstractSet[str]) -> Reply | None:
    """Read calls in tags that stand behind prose; an ``Action:`` line anywhere goes before them."""
    opening = text.find(OPENING, peeled.end)
    if opening < 0 or _STRICT_MARKER.search(text, peeled.end) is not None:
        return None
    return _reply_tagged(text, peeled, opening, functions)


def _reply_tagged(text: str, peeled: Peeled, opening: int, functions: AbstractSet[str]) -> Reply:
    head = read_head(text[peeled.end : opening], peeled)
    found = _interpreted(scan_xml(text, opening + len(OPENING)), functions)
    return _reply(text, head, found, (*peeled.notes, "seed_tool_call"))


def _parse_lenient(raw: str, functions: AbstractSet[str]) -> Reply:
    text = raw.replace("\r\n", "\n")
    peeled = peel(text)
    failed: _Located | None = None
    for pattern, note in _trials(text, peeled.end):
        located = _locate(text, peeled.end, pattern, functions)
        if located is not None and not located.failed:
            return _reply_located(raw, text, peeled, located, note)
        failed = failed or located
    if failed is not None:
        return _reply_located(raw, text, peeled, failed, ())
    return _without_call(raw, text, peeled)


def _trials(text: str, start: int) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """Return where a call list may start, in the order to try, with what is noted if it does."""
    if _ANY_MARKER.search(text, start) is None:
        return ((_INLINE_MARKER, ("inline_action_marker",)), (_CALL_LINE, ("missing_action_prefix",)))
    return ((_LINE_MARKER, ()), (_INLINE_MARKER, ("inline_action_marker",)))


def _reply_located(raw: str, text: str, peeled: Peeled, located: _Located, notes: tuple[str, ...]) -> Reply:
    head = read_head(text[peeled.end : located.start], peeled)
    found = evolve(located.found, notes=(*located.notes, *notes, *located.found.notes))
    return _reply(raw, head, found, peeled.notes)


def _without_call(raw: str, text: str, peeled: Peeled) -> Reply:
    stop = _before_end_tokens(text, peeled.end)
    head = read_head(text[peeled.end : stop], peeled, whole=True)
    return _reply(raw, head, _Found(notes=() if stop == len(text) else ("end_token",)), peeled.notes)


def _before_end_tokens(text: str, start: int) -> int:
    """Return where the tokens that end a text begin; its length when there are none."""
    stop = end = len(text)
    while True:
        while end > start and text[end - 1].isspace():
            end -= 1
        token = next((token for token in _END_TOKENS if text.startswith(token, end - len(token))), None)
        if token is None or end - len(token) < start:
            return stop
        stop = end = end - len(token)


@frozen
class _Located:
    """Where the call list starts, counted with its marker, and what it holds."""

    start: int
    found: _Found
    notes: tuple[str, ...]
    failed: bool = False
    """Something that looked like a call was none; it counts only where nothing better is found."""


def _locate(text: str, start: int, pattern: re.Pattern[str], functions: AbstractSet[str]) -> _Located | None:
    """Find the first marker from which a call can be read, and read the list there."""
    failed: _Located | None = None
    position = start
    while (marker := pattern.search(text, position)) is not None:
        opening = CALL_START.match(text, marker.end())
        # An empty match must not be found again, and what a failed call took in holds no marker.
        position = max(marker.end(), marker.start() + 1)
        if opening is None or not _starts_call(opening, functions):
            continue
        fullwidth = ("fullwidth_colon",) if "：" in marker[0] else ()
        read = _read_list(text, opening, functions)
        if isinstance(read, _Found):
            return _Located(marker.start(), read, fullwidth)
        position = max(position, read.position)
        if failed is None and is_verb(opening[1], functions):
            failed = _Located(marker.start(), _Found(broken=True, notes=("malformed_call",)), fullwidth, failed=True)
    return failed


def _read_list(text: str, opening: re.Match[str], functions: AbstractSet[str]) -> _Found | ScanFailure:
    """Read calls one after the other. The first one decides whether this is a list at all."""
    raws: list[RawCall] = []
    notes: list[str] = []
    following: re.Match[str] | None = opening
    while following is not None:
        scanned = scan_call(text, following, is_text_verb=is_text_verb(following[1]))
        if isinstance(scanned, ScanFailure):
            if not raws:
                return scanned
            notes.append("trailing_prose")
            break
        call, position = scanned
        raws.append(call)
        if not call.closed:
            break
        following = _next_call(text, position, functions, notes)
    found = _interpreted(tuple(raws), functions)
    return _Found(calls=found.calls, notes=(*found.notes, *notes), broken=found.broken)


def _next_call(text: str, position: int, functions: AbstractSet[str], notes: list[str]) -> re.Match[str] | None:
    """Find the next call of the list behind ``position``; note how it is set apart, or why the list ends here."""
    separator = _SEPARATOR.match(text, position)
    assert separator is not None
    start = separator.end()
    if "#" in separator[0]:
        notes.append("comment")
    if start == len(text):
        return None
    marker = _INLINE_MARKER.match(text, start)
    opening = CALL_START.match(text, start if marker is None else marker.end())
    if opening is not None and _starts_call(opening, functions):
        _note_separator(separator[0], marker, notes)
        return opening
    notes.extend(_ending(text, start))
    return None


def _starts_call(opening: re.Match[str], functions: AbstractSet[str]) -> bool:
    """Tell a call from prose such as ``Note (important)``: an unknown name needs its parenthesis at once."""
    return is_verb(opening[1], functions) or opening[0] == opening[1] + "("


def _note_separator(separator: str, marker: re.Match[str] | None, notes: list[str]) -> None:
    if marker is not None:
        notes.append("repeated_action_marker")
        if marker[1] == "：":
            notes.append("fullwidth_colon")
    elif separator.count("\n") == 1 and not separator.strip():
        notes.append("single_newline_separator")
    elif "\n" not in separator:
        notes.append("inline_separator")


def _ending(text: str, start: int) -> list[str]:
    """Name what stands behind the last call."""
    notes: list[str] = []
    position = start
    while position < len(text):
        if (token := _END_TOKEN.match(text, position)) is not None:
            notes.append("end_token")
        elif (token := _FENCE_AT_END.match(text, position)) is not None:
            notes.append("code_fence")
        elif (token := _CLOSING_TAG.match(text, position)) is not None:
            notes.append("wrapper")
        elif _NEXT_STEP.match(text, position) is not None:
            return [*notes, "extra_step"]
        else:
            return [*notes, "trailing_prose"]
        separator = _SEPARATOR.match(text, token.end())
        assert separator is not None
        position = separator.end()
    return notes
