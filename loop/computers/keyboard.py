"""What keys do to the simulated desktop."""

from __future__ import annotations

from attrs import evolve

from .commands import SHORTCUTS, run_command
from .desktop import DEFAULT_BUTTON, Desktop, focused, replace
from .editing import erase, insert, move_caret
from .widgets import ROW_HEIGHT, CheckBox, ListBox, PushButton, TextField

_COMMAND_KEYS = frozenset({"Control", "Alt", "Meta"})


def press_key(desktop: Desktop, key: str) -> Desktop:
    """Press a canonical key: it is held from now on, and acts at once, together with the keys held before."""
    held = desktop.held_keys
    desktop = evolve(desktop, held_keys=(*(other for other in held if other != key), key))
    if "Control" in held and key.lower() in SHORTCUTS:
        return run_command(desktop, SHORTCUTS[key.lower()])
    if key == "Escape":
        return evolve(desktop, popup=None)
    if key == "Tab":
        return _move_focus(desktop, -1 if "Shift" in held else 1)
    if key == "Enter" and not isinstance(focused(desktop), CheckBox):
        return _press_enter(desktop)
    return _press_in_widget(desktop, key, held)


def release_key(desktop: Desktop, key: str) -> Desktop:
    """Release a canonical key."""
    return evolve(desktop, held_keys=tuple(held for held in desktop.held_keys if held != key))


def type_text(desktop: Desktop, text: str) -> Desktop:
    """Type characters: a newline is Enter, a tabulator is Tab, every other goes where the focus is."""
    for character in text:
        if character == "\n":
            desktop = release_key(press_key(desktop, "Enter"), "Enter")
        elif character == "\t":
            desktop = release_key(press_key(desktop, "Tab"), "Tab")
        else:
            field = focused(desktop)
            desktop = replace(desktop, insert(field, character)) if isinstance(field, TextField) else desktop
    return desktop


def _move_focus(desktop: Desktop, step: int) -> Desktop:
    stops = [w.label for w in desktop.widgets if isinstance(w, (TextField, CheckBox, ListBox, PushButton))]
    if desktop.focus in stops:
        return evolve(desktop, focus=stops[(stops.index(desktop.focus) + step) % len(stops)])
    return evolve(desktop, focus=stops[0 if step > 0 else -1])


def _press_enter(desktop: Desktop) -> Desktop:
    widget = focused(desktop)
    label = widget.label if isinstance(widget, PushButton) else DEFAULT_BUTTON
    button = desktop[label]
    if widget is None or not isinstance(button, PushButton):
        return desktop
    return run_command(replace(desktop, evolve(button, presses=button.presses + 1)), label)


def _press_in_widget(desktop: Desktop, key: str, held: tuple[str, ...]) -> Desktop:
    widget = focused(desktop)
    match widget:
        case TextField():
            return replace(desktop, _press_in_field(widget, key, held))
        case ListBox():
            return replace(desktop, _press_in_list(widget, key))
        case CheckBox() if key == "Space":
            return replace(desktop, evolve(widget, checked=not widget.checked))
        case PushButton() if key == "Space":
            return run_command(replace(desktop, evolve(widget, presses=widget.presses + 1)), widget.label)
        case _:
            return desktop


def _press_in_field(field: TextField, key: str, held: tuple[str, ...]) -> TextField:
    select = "Shift" in held
    places = {
        "ArrowLeft": field.caret - 1,
        "ArrowRight": field.caret + 1,
        "Home": 0,
        "End": len(field.text),
    }
    if key in places:
        return move_caret(field, places[key], select=select)
    if key in {"Backspace", "Delete"}:
        return erase(field, forward=key == "Delete")
    if _COMMAND_KEYS.intersection(held):
        return field
    character = " " if key == "Space" else key
    if len(character) != 1:
        return field
    return insert(field, character.upper() if select else character)


def _press_in_list(widget: ListBox, key: str) -> ListBox:
    last = len(widget.items) - 1
    here = -1 if widget.selected is None else widget.selected
    page = widget.box.height // ROW_HEIGHT
    steps = {"ArrowDown": here + 1, "ArrowUp": here - 1, "PageDown": here + page, "PageUp": here - page}
    places = steps | {"Home": 0, "End": last}
    if key not in places or last < 0:
        return widget
    selected = min(max(places[key], 0), last)
    top = selected * ROW_HEIGHT
    # Scroll no further than is needed to show the whole row.
    offset = min(max(widget.offset, top + ROW_HEIGHT - widget.box.height), top)
    return evolve(widget, selected=selected, offset=offset)
