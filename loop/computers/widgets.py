"""The widgets of the simulated desktop: frozen records with a place, and nothing that acts."""

from __future__ import annotations

from typing import Final, TypeAlias

from attrs import frozen

from polyloop.translate.computer_use.points import ScreenPoint

CHARACTER_WIDTH: Final = 8
ROW_HEIGHT: Final = 24
PADDING: Final = 6


@frozen
class Box:
    """A rectangle of screen pixels; right and bottom edges are outside."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, x: int, y: int) -> bool:
        """Tell whether a pixel lies in the rectangle."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    @property
    def centre(self) -> ScreenPoint:
        """The pixel in the middle."""
        return ScreenPoint(self.x + self.width // 2, self.y + self.height // 2)


@frozen(kw_only=True)
class Label:
    """Text to read."""

    label: str
    box: Box


@frozen(kw_only=True)
class TextField:
    """One line of text with a caret; what lies between caret and anchor is selected."""

    label: str
    box: Box
    text: str = ""
    caret: int = 0
    anchor: int = 0

    @property
    def selection(self) -> tuple[int, int]:
        """Start and stop of the selected text."""
        return min(self.caret, self.anchor), max(self.caret, self.anchor)

    @property
    def selected(self) -> str:
        """The selected text."""
        start, stop = self.selection
        return self.text[start:stop]


@frozen(kw_only=True)
class CheckBox:
    """A box that is ticked or not."""

    label: str
    box: Box
    checked: bool = False


@frozen(kw_only=True)
class ListBox:
    """Items one below the other, of which a part is shown: ``offset`` pixels are scrolled away at the top."""

    label: str
    box: Box
    items: tuple[str, ...]
    selected: int | None = None
    offset: int = 0

    @property
    def hidden(self) -> int:
        """How many pixels can be scrolled away at most."""
        return max(0, len(self.items) * ROW_HEIGHT - self.box.height)


@frozen(kw_only=True)
class PushButton:
    """A button; ``presses`` counts."""

    label: str
    box: Box
    presses: int = 0


@frozen(kw_only=True)
class Menu:
    """A title in the menu bar, with the commands that drop down from it."""

    label: str
    box: Box
    items: tuple[str, ...]


@frozen(kw_only=True)
class Icon:
    """A file that can be dragged."""

    label: str
    box: Box


@frozen(kw_only=True)
class Folder:
    """Where icons can be dropped."""

    label: str
    box: Box
    contents: tuple[str, ...] = ()


Widget: TypeAlias = Label | TextField | CheckBox | ListBox | PushButton | Menu | Icon | Folder


@frozen(kw_only=True)
class Popup:
    """An open menu: under a title of the menu bar, or where the right button was clicked (``title`` is then empty)."""

    title: str
    box: Box
    items: tuple[str, ...]

    def row(self, index: int) -> Box:
        """Return the place of one item."""
        return Box(self.box.x, self.box.y + index * ROW_HEIGHT, self.box.width, ROW_HEIGHT)

    def item_at(self, x: int, y: int) -> str | None:
        """Return the item at a pixel."""
        if not self.box.holds(x, y):
            return None
        return self.items[(y - self.box.y) // ROW_HEIGHT]


def popup_at(title: str, x: int, y: int, items: tuple[str, ...]) -> Popup:
    """Open a menu with its upper left corner at a pixel."""
    width = max(len(item) for item in items) * CHARACTER_WIDTH + 4 * PADDING
    return Popup(title=title, box=Box(x, y, width, len(items) * ROW_HEIGHT), items=items)
