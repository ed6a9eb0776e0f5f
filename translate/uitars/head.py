"""What stands before the action: thought blocks, ``Thought:`` and ``Reflection:`` sections, wrappers."""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

_BLANKS: Final = re.compile(r"\s*+")
_FENCE_LINE: Final = re.compile(r"```[A-Za-z]*+[ \t]*+\r?\n")
_THINK: Final = re.compile(r"<(think\w*+|gui_think|[Tt]hought)>")
_WRAPPER: Final = re.compile(r"<(?:computer_env|Output|output)>")
_PEELED: Final = ("<", "`")
"""How everything begins that is taken off."""
_ORPHAN_THINK_END: Final = re.compile(r"</(?:think\w*+|gui_think)>")
_SECTION: Final = re.compile(r"^[ \t]*+(Thought|Reflection|Action_Summary|Action)[ \t]*+([:：])", re.MULTILINE)


@frozen(kw_only=True)
class Peeled:
    """What was taken off the front: position behind it, thought found there, and names of what it was."""

    end: int
    thought: str | None = None
    notes: tuple[str, ...] = ()
    unclosed: bool = False
    """A thought block never closed: all of the text is thought, and what looks like an action in it is none."""


@frozen(kw_only=True)
class Head:
    """Thought and reflection, and what was irregular about them."""

    thought: str | None = None
    reflection: str | None = None
    notes: tuple[str, ...] = ()


def peel(text: str) -> Peeled:
    """Take leading blanks, a code fence, thought blocks and wrappers off a reply."""
    thoughts: list[str] = []
    notes: list[str] = []
    position = _skip_blanks(text, 0)
    if not text.startswith(_PEELED, position):
        return Peeled(end=position)
    fence = _FENCE_LINE.match(text, position)
    if fence is not None:
        notes.append("code_fence")
        position = _skip_blanks(text, fence.end())
    while True:
        think, wrapper = _THINK.match(text, position), _WRAPPER.match(text, position)
        if think is not None:
            notes.append("tagged_thought" if think[1].lower() == "thought" else "think_block")
            closing = f"</{think[1]}>"
            stop = text.find(closing, think.end())
            thoughts.append(text[think.end() : len(text) if stop < 0 else stop].strip())
            if stop < 0:
                return Peeled(end=len(text), thought=_joined(thoughts), notes=tuple(notes), unclosed=True)
            position = _skip_blanks(text, stop + len(closing))
        elif wrapper is not None:
            notes.append("wrapper")
            position = _skip_blanks(text, wrapper.end())
        else:
            return Peeled(end=position, thought=_joined(thoughts), notes=tuple(notes))


def read_head(text: str, peeled: Peeled, *, whole: bool = False) -> Head:
    """Split what stands before the action into its sections.

    A thought block wins over ``Thought:``, which wins over ``Action_Summary:``, which wins over text without a prefix.
    ``whole``: there is no action behind it, so the text may be anything.
    """
    if not text:
        return Head(thought=peeled.thought)
    notes: list[str] = []
    sections: dict[str, list[str]] = {}
    kind, start = "", 0
    for marker in _SECTION.finditer(text):
        sections.setdefault(kind, []).append(text[start : marker.start()].strip())
        kind, start = marker[1], marker.end()
        if marker[2] == "：":
            notes.append("fullwidth_colon")
    sections.setdefault(kind, []).append(text[start:].strip())
    bare = _joined(sections.get("", []))
    if whole and bare is not None and _is_degenerate(bare):
        bare = None
        notes.append("degenerate")
    if bare is not None and (end := _ORPHAN_THINK_END.search(bare)) is not None:
        bare = bare[: end.start()].strip() or None
        notes.append("think_block")
    elif bare is not None and peeled.thought is None and not {"Thought", "Action_Summary"} & sections.keys():
        notes.append("missing_thought_prefix")
    said = [_joined(sections.get(name, [])) for name in ("Thought", "Action_Summary")]
    thought = next((text for text in (peeled.thought, *said, bare) if text is not None), None)
    return Head(thought=thought, reflection=_joined(sections.get("Reflection", [])), notes=tuple(notes))


def _skip_blanks(text: str, position: int) -> int:
    match = _BLANKS.match(text, position)
    return position if match is None else match.end()


def _joined(texts: list[str]) -> str | None:
    return "\n".join(text for text in texts if text) or None


def _is_degenerate(text: str) -> bool:
    """Tell text that repeats one character or one word: what a broken quantisation gives."""
    words = text.split()
    return (len(text) >= 8 and len(set(text)) == 1) or (len(words) >= 4 and len(set(words)) == 1)
