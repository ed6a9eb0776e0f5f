"""What the pointer does to the simulated desktop."""

from __future__ import annotations

from attrs import evolve

from polyloop.translate.computer_use.actions import Button
from polyloop.translate.computer_use.points import ScreenPoint

from .commands import run_command
from .desktop import EDIT_COMMANDS, Desktop, logged, replace, widget_at
from .editing import select_all, select_word
from .widgets import (
    CHARACTER_WIDTH,
    PADDING,
    ROW_HEIGHT,
    Box,
    CheckBox,
    Folder,
    Icon,
    Label,
    ListBox,
    Menu,
    PushButton,
    TextField,
    Widget,
    popup_at,
)


def move_pointer(desktop: Desktop, x: int, y: int) -> Desktop:
    """Move the pointer. With the left button held it drags: selects text, or carries an icon along."""
    before = desktop.pointer
    moved = evolve(desktop, pointer=ScreenPoint(x, y))
    held = None if desktop.pressed is None else desktop[desktop.pressed]
    match held:
        case TextField():
            return replace(moved, evolve(held, caret=_caret_at(held, x)))
        case Icon(box=box):
            carried = Box(box.x + x - before.x, box.y + y - before.y, box.width, box.height)
            return replace(moved, evolve(held, box=carried))
        case _:
            return moved


def press_button(desktop: Desktop, button: Button, clicks: int) -> Desktop:
    """Press a mouse button where the pointer is."""
    desktop = evolve(desktop, held_buttons=(*(held for held in desktop.held_buttons if held != button), button))
    if button != "left":
        return desktop
    x, y = desktop.pointer.x, desktop.pointer.y
    popup = desktop.popup
    if popup is not None:
        if popup.item_at(x, y) is not None:
            return desktop
        desktop = evolve(desktop, popup=None)
    widget = widget_at(desktop, x, y)
    if widget is None:
        return evolve(desktop, focus=None)
    if isinstance(widget, Menu) and popup is not None and popup.title == widget.label:
        return desktop
    return _press_on(evolve(desktop, pressed=widget.label), widget, clicks)


def _press_on(desktop: Desktop, widget: Widget, clicks: int) -> Desktop:
    x, y = desktop.pointer.x, desktop.pointer.y
    match widget:
        case TextField():
            return replace(evolve(desktop, focus=widget.label), _point_into(widget, x, clicks, desktop.held_keys))
        case ListBox():
            index = (y - widget.box.y + widget.offset) // ROW_HEIGHT
            selected = index if index < len(widget.items) else None
            return replace(evolve(desktop, focus=widget.label), evolve(widget, selected=selected))
        case Menu():
            popup = popup_at(widget.label, widget.box.x, widget.box.y + ROW_HEIGHT, widget.items)
            return evolve(desktop, popup=popup)
        case Icon():
            return logged(desktop, f"opened {widget.label}") if clicks == 2 else desktop
        case CheckBox() | PushButton():
            return evolve(desktop, focus=widget.label)
        case Label() | Folder():
            return desktop


def _point_into(field: TextField, x: int, clicks: int, held_keys: tuple[str, ...]) -> TextField:
    caret = _caret_at(field, x)
    if clicks == 3:
        return select_all(field)
    if clicks == 2:
        return select_word(field, caret)
    return evolve(field, caret=caret, anchor=field.anchor if "Shift" in held_keys else caret)


def _caret_at(field: TextField, x: int) -> int:
    column = (x - field.box.x - PADDING + CHARACTER_WIDTH // 2) // CHARACTER_WIDTH
    return min(max(column, 0), len(field.text))


def release_button(desktop: Desktop, button: Button) -> Desktop:
    """Release a mouse button where the pointer is."""
    desktop = evolve(desktop, held_buttons=tuple(held for held in desktop.held_buttons if held != button))
    x, y = desktop.pointer.x, desktop.pointer.y
    if button == "right":
        under = widget_at(desktop, x, y)
        if isinstance(under, TextField):
            return evolve(desktop, focus=under.label, popup=popup_at("", x, y, EDIT_COMMANDS))
        return evolve(desktop, popup=None)
    if button != "left":
        return desktop
    pressed, desktop = desktop.pressed, evolve(desktop, pressed=None)
    if desktop.popup is not None:
        item = desktop.popup.item_at(x, y)
        return desktop if item is None else run_command(desktop, item)
    if pressed is None:
        return desktop
    return _release_on(desktop, desktop[pressed], x, y)


def _release_on(desktop: Desktop, widget: Widget, x: int, y: int) -> Desktop:
    match widget:
        case CheckBox() if widget.box.holds(x, y):
            return replace(desktop, evolve(widget, checked=not widget.checked))
        case PushButton() if widget.box.holds(x, y):
            return run_command(replace(desktop, evolve(widget, presses=widget.presses + 1)), widget.label)
        case Icon():
            return _drop(desktop, widget, x, y)
        case _:
            return desktop


def _drop(desktop: Desktop, icon: Icon, x: int, y: int) -> Desktop:
    for widget in desktop.widgets:
        if isinstance(widget, Folder) and widget.box.holds(x, y):
            filled = evolve(widget, contents=(*widget.contents, icon.label))
            left = tuple(filled if other is widget else other for other in desktop.widgets if other is not icon)
            return logged(evolve(desktop, widgets=left), f"moved {icon.label} to {widget.label}")
    return desktop


def turn_wheel(desktop: Desktop, dy: int) -> Desktop:
    """Scroll what is under the pointer, as far as it goes."""
    widget = widget_at(desktop, desktop.pointer.x, desktop.pointer.y)
    if not isinstance(widget, ListBox):
        return desktop
    return replace(desktop, evolve(widget, offset=min(max(widget.offset + dy, 0), widget.hidden)))
