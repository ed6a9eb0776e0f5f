"""HTML as text, everything escaped: elements are made here and nowhere else."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from typing import Final

from polyloop.translate.jsonvalue import Json

LONGEST_TEXT: Final = 20_000
"""Characters of one text that a page shows; a tool's output can be megabytes."""
# What HTML has no place for, escaped or not: halves of surrogate pairs, NUL and other controls.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def escape(text: object) -> str:
    """Return a text as HTML that shows it and does nothing."""
    return html.escape(_UNWRITABLE.sub("\ufffd", str(text)), quote=True)


def element(name: str, /, *inside: str, **attributes: object) -> str:
    """Return an element. ``inside`` is HTML already; attributes are escaped, ``class_`` is class, ``data_x`` is data-x, None is left out."""
    stated = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return f"<{name}{stated}>{''.join(inside)}</{name}>"


def void(name: str, /, **attributes: object) -> str:
    """Return an element that has no inside."""
    return element(name, **attributes).removesuffix(f"</{name}>")


def words(text: str) -> str:
    """Return a text as HTML, cut where it is longer than anybody reads."""
    if len(text) <= LONGEST_TEXT:
        return escape(text)
    return escape(text[:LONGEST_TEXT]) + element("em", escape(f" ... {len(text) - LONGEST_TEXT:,} characters more"))


def json_text(value: Json) -> str:
    """Return a JSON value as indented text."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], caption: str) -> str:
    """Return a table of texts."""
    head = element("tr", *(element("th", escape(cell), scope="col") for cell in heads))
    body = [element("tr", *(element("td", words(cell)) for cell in row)) for row in rows]
    inner = element("table", element("caption", escape(caption)), element("thead", head), element("tbody", *body))
    return element("div", inner, class_="scrolls", tabindex=0)
