"""Characters that are on no key of an X11 keyboard: put on spare keys before they are typed, and left there.

xdotool puts such a character on a spare key, presses it and takes it away again at once. A client that looks the key up a moment later
finds nothing: one text in some sixty lost its last character on a busy machine (2026-11). A key that keeps its character has no such
moment. A keyboard has some twenty spare keys; a text with more different characters is typed in pieces, with time between them for
clients to catch up before a key gets another character.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

from attrs import field, mutable

Modify: TypeAlias = Callable[[Sequence[str], str | None], Awaitable[str]]
"""Run xmodmap with arguments and a text on its standard input; return its output."""

LOWEST: Final = 90
"""Keycodes below are those of a keyboard's own keys, also where the present layout gives them nothing."""
_SPARE: Final = re.compile(r"keycode\s+(\d+) =\s*")


def pieces_within(text: str, keys: int) -> tuple[str, ...]:
    """Cut a text into pieces that have at most so many different characters beyond ASCII each. Pure."""
    pieces: list[str] = []
    piece, beyond = "", set[str]()
    for character in text:
        if not character.isascii() and character not in beyond and len(beyond) == keys:
            pieces.append(piece)
            piece, beyond = "", set()
        piece += character
        if not character.isascii():
            beyond.add(character)
    return (*pieces, piece) if piece else tuple(pieces)


@mutable(kw_only=True)
class Keymap:
    """The spare keys of one display."""

    modify: Modify
    _spare: list[int] | None = None
    _bound: OrderedDict[str, int] = field(factory=OrderedDict, init=False)
    """Character to keycode, the one that was needed longest ago first."""

    async def keys(self) -> int:
        """Return how many spare keys there are."""
        if self._spare is None:
            listed = await self.modify(("-pke",), None)
            codes = (found[1] for line in listed.splitlines() if (found := _SPARE.fullmatch(line)) is not None)
            self._spare = [code for code in map(int, codes) if code >= LOWEST]
        return len(self._spare) + len(self._bound)

    async def bind(self, text: str) -> None:
        """Put the characters of a text on keys; at most `keys` different ones."""
        await self.keys()
        assert self._spare is not None
        needed = [character for character in dict.fromkeys(text) if not character.isascii()]
        for character in needed:
            if character in self._bound:
                self._bound.move_to_end(character)
        lines = ""
        for character in needed:
            if character in self._bound:
                continue
            if self._spare:
                code = self._spare.pop()
            else:
                _, code = self._bound.popitem(last=False)
            self._bound[character] = code
            lines += f"keycode {code} = U{ord(character):04x}\n"
        if lines:
            await self.modify(("-",), lines)

    def would_take(self, text: str) -> bool:
        """Tell whether `bind` has to take a key from another character."""
        needed = {character for character in text if not character.isascii()}
        return len(needed - self._bound.keys()) > len(self._spare or ())

    async def free(self) -> None:
        """Give the spare keys back as they were."""
        codes, self._bound = list(self._bound.values()), OrderedDict()
        self._spare = None
        if codes:
            await self.modify(("-",), "".join(f"keycode {code} =\n" for code in codes))
