"""Editing of a text field: pure functions from field to field."""

from __future__ import annotations

from attrs import evolve

from .widgets import TextField


def insert(field: TextField, text: str) -> TextField:
    """Put text in place of the selection."""
    start, stop = field.selection
    caret = start + len(text)
    return evolve(field, text=field.text[:start] + text + field.text[stop:], caret=caret, anchor=caret)


def erase(field: TextField, *, forward: bool) -> TextField:
    """Erase the selection, or else the character before or behind the caret."""
    if field.selected:
        return insert(field, "")
    if forward:
        return evolve(field, text=field.text[: field.caret] + field.text[field.caret + 1 :])
    caret = max(0, field.caret - 1)
    return evolve(field, text=field.text[:caret] + field.text[field.caret :], caret=caret, anchor=caret)


def move_caret(field: TextField, caret: int, *, select: bool) -> TextField:
    """Move the caret; with ``select`` the anchor stays and what lies between is selected."""
    caret = min(max(caret, 0), len(field.text))
    return evolve(field, caret=caret, anchor=field.anchor if select else caret)


def select_all(field: TextField) -> TextField:
    """Select the whole line."""
    return evolve(field, anchor=0, caret=len(field.text))


def select_word(field: TextField, place: int) -> TextField:
    """Select the word around a place, or the run of other characters there."""
    text = field.text
    if not text:
        return field
    place = min(place, len(text) - 1)
    kind = text[place].isalnum()
    start = place
    while start > 0 and text[start - 1].isalnum() == kind:
        start -= 1
    stop = place
    while stop < len(text) and text[stop].isalnum() == kind:
        stop += 1
    return evolve(field, anchor=start, caret=stop)
