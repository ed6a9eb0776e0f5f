"""Draw the simulated desktop. Pillow comes with the extra ``demo`` and is imported when something is drawn."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from .desktop import Desktop
from .errors import MissingExtraError
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
    Popup,
    PushButton,
    TextField,
    Widget,
)

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

_BACKGROUND: Final = "#35566e"
_WINDOW: Final = "#f2f2f0"
_TITLE: Final = "#1f3340"
_INK: Final = "#202020"
_PAPER: Final = "#ffffff"
_EDGE: Final = "#8a8a8a"
_ACCENT: Final = "#2f6fb5"
_SELECTION: Final = "#b9d5f2"
_BUTTON: Final = "#dddddd"
_FOLDER: Final = "#f0d48a"
_WINDOW_BOX: Final = Box(24, 32, 752, 520)
_TITLE_HEIGHT: Final = 30


def draw(desktop: Desktop) -> bytes:
    """Return the desktop as a PNG of its size. The same desktop gives the same bytes.

    Raises `MissingExtraError` when Pillow is not installed.
    """
    try:
        from PIL import Image, ImageDraw
    except ImportError as error:
        raise MissingExtraError("drawing the desktop needs Pillow: install polyloop[demo]") from error
    image = Image.new("RGB", (desktop.size.width, desktop.size.height), _BACKGROUND)
    pen = ImageDraw.Draw(image)
    _draw_window(pen, desktop)
    for widget in desktop.widgets:
        _draw_widget(pen, image, widget, desktop)
    if desktop.popup is not None:
        _draw_popup(pen, desktop.popup)
    _draw_pointer(pen, desktop)
    out = io.BytesIO()
    image.save(out, format="PNG")
    return out.getvalue()


def _edges(box: Box) -> tuple[int, int, int, int]:
    return (box.x, box.y, box.x + box.width - 1, box.y + box.height - 1)


def _write(
    pen: ImageDraw.ImageDraw,
    x: int,
    y: int,
    text: str,
    ink: str = _INK,
    *,
    width: int | None = None,
    ellipsis: bool = False,
) -> None:
    """Write text on the fixed grid that the pointer's arithmetic assumes: one cell for each character.

    What does not fit into ``width`` pixels is left out; with ``ellipsis`` the last cell says that something is missing.
    """
    cells = len(text) if width is None else max(0, width // CHARACTER_WIDTH)
    shown = text[:cells] if len(text) <= cells or not ellipsis or not cells else text[: cells - 1] + "…"
    for index, character in enumerate(shown):
        middle = x + index * CHARACTER_WIDTH + CHARACTER_WIDTH // 2
        pen.text((middle, y), character, fill=ink, font_size=13, anchor="ma")


def _draw_window(pen: ImageDraw.ImageDraw, desktop: Desktop) -> None:
    pen.rectangle(_edges(_WINDOW_BOX), fill=_WINDOW, outline=_EDGE)
    bar = Box(_WINDOW_BOX.x, _WINDOW_BOX.y, _WINDOW_BOX.width, _TITLE_HEIGHT)
    pen.rectangle(_edges(bar), fill=_TITLE)
    _write(pen, bar.x + 12, bar.y + 7, desktop.title, _PAPER)


def _draw_widget(pen: ImageDraw.ImageDraw, image: Image.Image, widget: Widget, desktop: Desktop) -> None:
    box = widget.box
    edge = _ACCENT if widget.label == desktop.focus else _EDGE
    match widget:
        case TextField():
            _write_caption(pen, box, widget.label)
            _draw_field(pen, widget, edge, focused=widget.label == desktop.focus)
        case CheckBox():
            square = Box(box.x, box.y + 4, 16, 16)
            pen.rectangle(_edges(square), fill=_PAPER, outline=edge)
            if widget.checked:
                pen.line((box.x + 3, box.y + 12, box.x + 7, box.y + 17, box.x + 13, box.y + 6), fill=_ACCENT, width=3)
            _write(pen, box.x + 24, box.y + 4, widget.label)
        case ListBox():
            _write_caption(pen, box, widget.label)
            _draw_list(pen, image, widget, edge)
        case PushButton():
            pen.rounded_rectangle(_edges(box), radius=4, fill=_BUTTON, outline=edge)
            _write(pen, box.centre.x - len(widget.label) * CHARACTER_WIDTH // 2, box.y + 8, widget.label)
        case Menu():
            _write(pen, box.x + PADDING, box.y + 4, widget.label)
        case Icon():
            pen.rectangle(_edges(Box(box.x + 28, box.y, 32, 36)), fill=_PAPER, outline=edge)
            _write(pen, box.x, box.y + 40, widget.label)
        case Folder():
            pen.rectangle(_edges(Box(box.x, box.y, box.width, box.height - 20)), fill=_FOLDER, outline=edge)
            for row, name in enumerate(widget.contents):
                _write(pen, box.x + PADDING, box.y + PADDING + row * 16, name)
            _write(pen, box.x, box.y + box.height - 18, widget.label)
        case Label():
            _write(pen, box.x, box.y + 4, f"{widget.label}: {desktop.status}", width=box.width, ellipsis=True)


def _write_caption(pen: ImageDraw.ImageDraw, box: Box, label: str) -> None:
    _write(pen, box.x - (len(label) + 2) * CHARACTER_WIDTH, box.y + 6, label)


def _draw_field(pen: ImageDraw.ImageDraw, field: TextField, edge: str, *, focused: bool) -> None:
    box = field.box
    pen.rectangle(_edges(box), fill=_PAPER, outline=edge)
    left, width = box.x + PADDING, box.width - 2 * PADDING
    columns = width // CHARACTER_WIDTH
    start, stop = (min(edge, columns) for edge in field.selection)
    if start < stop:
        mark = Box(left + start * CHARACTER_WIDTH, box.y + 4, (stop - start) * CHARACTER_WIDTH, box.height - 8)
        pen.rectangle(_edges(mark), fill=_SELECTION)
    _write(pen, left, box.y + 6, field.text, width=width)
    if focused:
        caret = left + min(field.caret, columns) * CHARACTER_WIDTH
        pen.line((caret, box.y + 5, caret, box.y + box.height - 6), fill=_INK)


def _draw_list(pen: ImageDraw.ImageDraw, image: Image.Image, widget: ListBox, edge: str) -> None:
    from PIL import Image, ImageDraw

    box = widget.box
    # On a sheet of its own, so that rows which are half scrolled away end at the edge.
    sheet = Image.new("RGB", (box.width, box.height), _PAPER)
    sheet_pen = ImageDraw.Draw(sheet)
    for index, item in enumerate(widget.items):
        top = index * ROW_HEIGHT - widget.offset
        if index == widget.selected:
            sheet_pen.rectangle((0, top, box.width, top + ROW_HEIGHT - 1), fill=_SELECTION)
        _write(sheet_pen, PADDING, top + 4, item)
    if widget.hidden:
        length = box.height * box.height // (box.height + widget.hidden)
        top = (box.height - length) * widget.offset // widget.hidden
        sheet_pen.rectangle((box.width - 8, top, box.width - 2, top + length - 1), fill=_EDGE)
    image.paste(sheet, (box.x, box.y))
    pen.rectangle(_edges(box), outline=edge)


def _draw_popup(pen: ImageDraw.ImageDraw, popup: Popup) -> None:
    pen.rectangle(_edges(popup.box), fill=_PAPER, outline=_EDGE)
    for index, item in enumerate(popup.items):
        _write(pen, popup.box.x + 2 * PADDING, popup.row(index).y + 4, item)


def _draw_pointer(pen: ImageDraw.ImageDraw, desktop: Desktop) -> None:
    x, y = desktop.pointer.x, desktop.pointer.y
    pen.polygon(((x, y), (x, y + 15), (x + 4, y + 11), (x + 10, y + 10)), fill=_INK, outline=_PAPER)
