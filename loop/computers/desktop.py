"""The state of the simulated desktop: one immutable record, how it is described, and how widgets are found."""

from __future__ import annotations

from typing import Final

from attrs import evolve, frozen

from polyloop.translate.computer_use.actions import Button
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.computer_use.points import ScreenPoint

from .errors import NotShownError
from .widgets import (
    ROW_HEIGHT,
    Box,
    CheckBox,
    Folder,
    Icon,
    Label,
    ListBox,
    Menu,
    Popup,
    PushButton,
    TextField,
    Widget,
)

EDIT_COMMANDS: Final = ("Cut", "Copy", "Paste", "Select all")
STATUS: Final = "Status"
DEFAULT_BUTTON: Final = "Submit"


@frozen(kw_only=True)
class Desktop:
    """Everything there is: widgets, pointer, what is held down, clipboard, and a log of what was done with it."""

    size: Size
    title: str
    widgets: tuple[Widget, ...]
    pointer: ScreenPoint
    focus: str | None = None
    """Label of the widget that gets the keys."""
    popup: Popup | None = None
    pressed: str | None = None
    """Label of the widget the left button went down on, while it is held."""
    held_buttons: tuple[Button, ...] = ()
    held_keys: tuple[str, ...] = ()
    clipboard: str = ""
    status: str = "Ready"
    log: tuple[str, ...] = ()
    """What commands, buttons and drops were triggered, in order."""

    def __getitem__(self, label: str) -> Widget:
        for widget in self.widgets:
            if widget.label == label:
                return widget
        raise NotShownError(f"no widget {label!r}; there are {', '.join(widget.label for widget in self.widgets)}")


def replace(desktop: Desktop, widget: Widget) -> Desktop:
    """Return the desktop with the widget of that label replaced."""
    return evolve(desktop, widgets=tuple(widget if old.label == widget.label else old for old in desktop.widgets))


def logged(desktop: Desktop, entry: str) -> Desktop:
    """Return the desktop with one more entry in its log, shown as the status too."""
    return evolve(desktop, log=(*desktop.log, entry), status=entry)


def focused(desktop: Desktop) -> Widget | None:
    """Return the widget that gets the keys."""
    return None if desktop.focus is None else desktop[desktop.focus]


def widget_at(desktop: Desktop, x: int, y: int) -> Widget | None:
    """Return the topmost widget at a pixel; later widgets lie over earlier ones."""
    for widget in reversed(desktop.widgets):
        if widget.box.holds(x, y):
            return widget
    return None


def form_desktop(size: Size | None = None) -> Desktop:
    """Make the standard desktop: a form in one window, a menu bar, a list that scrolls, a file and a folder.

    At least 800 by 600 pixels; 1024 by 768 when nothing is said.
    """
    size = size or Size(1024, 768)
    if size.width < 800 or size.height < 600:
        raise ValueError(f"the form needs 800x600 pixels, not {size.width}x{size.height}")
    cities = ("Amsterdam", "Bergen", "Cairo", "Dakar", "Edinburgh", "Fukuoka", "Geneva", "Hanoi", "Istanbul", "Jakarta")
    return Desktop(
        size=size,
        title="Customer form",
        pointer=ScreenPoint(size.width // 2, size.height // 2),
        widgets=(
            Menu(label="File", box=Box(40, 70, 60, ROW_HEIGHT), items=("New", "Save", "Quit")),
            Menu(label="Edit", box=Box(100, 70, 60, ROW_HEIGHT), items=EDIT_COMMANDS),
            Menu(label="Help", box=Box(160, 70, 60, ROW_HEIGHT), items=("About",)),
            TextField(label="Name", box=Box(160, 120, 320, 28)),
            TextField(label="E-mail", box=Box(160, 164, 320, 28)),
            TextField(label="Note", box=Box(160, 208, 320, 28)),
            CheckBox(label="Newsletter", box=Box(160, 252, 160, ROW_HEIGHT)),
            ListBox(label="City", box=Box(160, 292, 320, 5 * ROW_HEIGHT), items=cities),
            PushButton(label="Submit", box=Box(160, 432, 110, 32)),
            PushButton(label="Clear", box=Box(290, 432, 110, 32)),
            Icon(label="Report.txt", box=Box(580, 140, 88, 56)),
            Folder(label="Archive", box=Box(580, 320, 120, 96)),
            Label(label=STATUS, box=Box(48, 500, 700, ROW_HEIGHT)),
        ),
    )


def find(desktop: Desktop, label: str) -> ScreenPoint:
    """Return where to click for a widget, an item of the open menu, or a list item that is in view.

    An item that bears the same label as a widget is found first: what is open lies on top.
    Raises `NotShownError`.
    """
    if desktop.popup is not None and label in desktop.popup.items:
        return desktop.popup.row(desktop.popup.items.index(label)).centre
    for widget in desktop.widgets:
        if widget.label == label:
            return widget.box.centre
        if isinstance(widget, ListBox) and label in widget.items:
            return _find_item(widget, label)
    raise NotShownError(f"nothing is labelled {label!r}; there are {', '.join(w.label for w in desktop.widgets)}")


def _find_item(widget: ListBox, item: str) -> ScreenPoint:
    middle = widget.items.index(item) * ROW_HEIGHT + ROW_HEIGHT // 2 - widget.offset
    if not 0 <= middle < widget.box.height:
        raise NotShownError(f"{item!r} is in the list {widget.label!r}, but scrolled out of view")
    return ScreenPoint(widget.box.centre.x, widget.box.y + middle)


def describe(desktop: Desktop) -> str:
    """Tell what a person would read off the screen, a line for each widget."""
    lines = [f"{desktop.title} ({desktop.size.width}x{desktop.size.height})"]
    lines.extend(_describe_widget(widget, desktop) for widget in desktop.widgets)
    if desktop.popup is not None:
        lines.append(f"open menu {desktop.popup.title or '(context)'}: {', '.join(desktop.popup.items)}")
    return "\n".join(lines)


def _describe_widget(widget: Widget, desktop: Desktop) -> str:
    mark = " *" if widget.label == desktop.focus else ""
    match widget:
        case TextField():
            selected = f" (selected {widget.selected!r})" if widget.selected else ""
            return f"field {widget.label}: {widget.text!r}{selected}{mark}"
        case CheckBox():
            return f"checkbox {widget.label}: {'checked' if widget.checked else 'not checked'}{mark}"
        case ListBox():
            return f"list {widget.label}: {', '.join(_shown_items(widget))}{mark}"
        case PushButton():
            return f"button {widget.label}{mark}"
        case Menu():
            return f"menu {widget.label}"
        case Icon():
            return f"file {widget.label}"
        case Folder():
            return f"folder {widget.label}: {', '.join(widget.contents) or 'empty'}"
        case Label():
            return f"{widget.label}: {desktop.status}"


def _shown_items(widget: ListBox) -> list[str]:
    first = widget.offset // ROW_HEIGHT
    last = -(-(widget.offset + widget.box.height) // ROW_HEIGHT)
    return [
        f"[{item}]" if index == widget.selected else item
        for index, item in enumerate(widget.items)
        if first <= index < last
    ]
