"""A page that links others: one row for each."""

from __future__ import annotations

from collections.abc import Sequence

from .markup import element, escape, words
from .page import document


def index_page(title: str, text: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Return the page. A row is a link's address and its cells; the first cell is the link."""
    head = element("tr", *(element("th", escape(cell), scope="col") for cell in heads))
    body = [
        element(
            "tr",
            element("td", element("a", words(cells[0]), href=link)),
            *(element("td", words(cell)) for cell in cells[1:]),
        )
        for link, cells in rows
    ]
    listed = element("table", element("thead", head), element("tbody", *body))
    header = element("header", element("h1", words(title)), element("p", words(text)))
    return document(title, (header, element("main", element("div", listed, class_="scrolls"), class_="only")))
