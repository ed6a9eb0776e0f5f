"""X11's names of the signs on a keyboard, from keysymdef.h; letters and digits are their own names. Imports nothing of polyloop."""

from __future__ import annotations

from typing import Final

NAMES: Final = [
    "exclam",
    "quotedbl",
    "numbersign",
    "dollar",
    "percent",
    "ampersand",
    "apostrophe",
    "parenleft",
    "parenright",
    "asterisk",
    "plus",
    "comma",
    "minus",
    "period",
    "slash",
    "colon",
    "semicolon",
    "less",
    "equal",
    "greater",
    "question",
    "at",
    "bracketleft",
    "backslash",
    "bracketright",
    "asciicircum",
    "underscore",
    "grave",
    "braceleft",
    "bar",
    "braceright",
    "asciitilde",
]
SIGNS: Final = dict(zip(NAMES, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", strict=True))
"""Name -> the sign."""
