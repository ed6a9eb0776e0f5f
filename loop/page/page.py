"""The page as a whole. Style and script stand in it, and its policy lets it load nothing and run nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from attrs import field, frozen

from polyloop.translate.jsonvalue import ABSENT, Json
from polyloop.translate.loss import Loss
from polyloop.translate.translation import Insertion

from ..journal import Row
from ..state import Phase, State
from .figures import Gallery, Images
from .markup import element, escape, json_text, table, void, words
from .steps import note, step, summary
from .story import Step, Story, images_of, story_of
from .usage import spent_text, tokens_text

MOST_ROWS: Final = 500
"""Losses, and insertions, that a page lists."""


@frozen(kw_only=True)
class Page:
    """What a page says beside the journal. ``facts`` are pairs for the head: provider, model, computer."""

    facts: Sequence[tuple[str, str]] = ()
    losses: Sequence[Loss] = field(factory=tuple)
    insertions: Sequence[Insertion] = field(factory=tuple)
    wire: str = ""
    """The wire that the losses are losses of."""
    result: Json = ABSENT
    """What the run gave, where that is not in the journal."""


def render_page(rows: Iterable[Row], images: Images, *, job: str, about: Page | None = None) -> str:
    """Return a job as one HTML document: no network, no other file. ``job`` is its id: what people decided is bound to it.

    ``images`` has those pictures of the journal that are there (digests by `images_of`); one that lacks is said to be missing.
    Raises `SchemaVersionError` and `FormatError` for rows this release cannot read.
    """
    story, said = story_of(rows, job), about or Page()
    gallery = Gallery(images=images)
    body = (
        element("a", "Skip to the steps", href="#steps", class_="skip"),
        _head(story, job, said),
        element("div", _timeline(story), _main(story, said, gallery), class_="page"),
        element("footer", element("p", _KEYS)),
        _pictures(story, images),
        f"<script>{_asset('page.js')}</script>",
    )
    return document(f"{job or 'job'}: {story.task[:80]}", body)


def document(title: str, body: Sequence[str]) -> str:
    """Return a whole HTML document that loads nothing: ``body`` is HTML."""
    policy = f"default-src 'none'; img-src data:; style-src {_digest('page.css')}; script-src {_digest('page.js')}"
    head = element(
        "head",
        void("meta", charset="utf-8"),
        void("meta", http_equiv="Content-Security-Policy", content=policy),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", name="color-scheme", content="light dark"),
        element("title", escape(title)),
        f"<style>{_asset('page.css')}</style>",
    )
    return "<!DOCTYPE html>\n" + element("html", head, element("body", *body), lang="en") + "\n"


@cache
def _asset(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def _digest(name: str) -> str:
    digest = hashlib.sha256(_asset(name).encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


_KEYS: Final = "<kbd>j</kbd> next step, <kbd>k</kbd> the one before, <kbd>g</kbd> first, <kbd>G</kbd> last, <kbd>Enter</kbd> on a picture enlarges it."


def status_of(state: State) -> tuple[str, str]:
    """Return how a job stands: a word (ok, error, paused, open), and a clause for people."""
    if state.pause is not None:
        return "paused", f"paused: {state.pause.reason}"
    if state.phase is Phase.ENDED and state.ending is not None:
        reason = state.ending.reason.value.replace("_", " ")
        good = state.ending.reason.value in ("completed", "by_tool", "imported")
        detail = state.ending.detail
        return ("ok" if good else "error"), f"{reason}: {detail}" if detail and detail != reason else reason
    return "open", "not finished"


def _head(story: Story, job: str, about: Page) -> str:
    kind, clause = status_of(story.state)
    spent = story.spent
    first, last = (story.entries[0].at, story.state.last_at) if story.entries else (0.0, 0.0)
    facts = [
        *about.facts,
        ("job", job),
        ("steps", str(len(story.steps))),
        ("tokens", tokens_text(spent)),
        ("cost", spent_text(spent)),
        ("time", f"{max(0.0, last - first):.1f} s"),
    ]
    if about.wire:
        facts.append(("losses", f"{len(about.losses)} on {about.wire}"))
    listed = "".join(
        element("div", element("dt", escape(name)), element("dd", escape(value))) for name, value in facts if value
    )
    result = story.state.conclusion if about.result is ABSENT else about.result
    shown = "" if result is ABSENT else element("section", element("h2", "Result"), _json(result), class_="result")
    title = element("h1", words(story.task or job or "A job"))
    badge = element("p", element("span", escape(clause), class_=f"badge {kind}"), class_="status")
    return element("header", badge, title, element("dl", listed, class_="facts"), shown)


def _json(value: Json) -> str:
    return element("pre", element("code", words(json_text(value))), tabindex=0)


def _timeline(story: Story) -> str:
    items = []
    for entry in story.steps:
        bad = [call for call in entry.calls if call.outcome is None or call.outcome.outcome != "ok"]
        link = element(
            "a",
            element("b", escape(entry.number)),
            element("span", escape(summary(entry))),
            href=f"#step-{entry.number}",
            class_="bad" if bad else None,
        )
        items.append(element("li", link))
    return element("nav", element("h2", "Steps"), element("ol", *items), aria_label="Steps")


def _main(story: Story, about: Page, gallery: Gallery) -> str:
    start = story.entries[0].at if story.entries else 0.0
    entries = [
        step(entry, gallery, start) if isinstance(entry, Step) else note(entry, gallery, start)
        for entry in story.entries
    ]
    last = story.state.screenshot
    end = (
        element("section", element("h2", "The screen at the end"), gallery.figure(last, "The screen at the end"))
        if last is not None
        else ""
    )
    return element("main", *entries, end, _losses(about), _insertions(about), id="steps", tabindex=-1)


def _losses(about: Page) -> str:
    if not about.wire:
        return ""
    title = element("h2", escape(f"What {about.wire} does not say of the conversation"))
    if not about.losses:
        return element("section", title, element("p", "Nothing is lost."), id="losses")
    rows = [(row.kind, row.pointer or "/", _short(row.before), _short(row.after), row.reason) for row in about.losses]
    listed = table(("kind", "where", "before", "after", "reason"), rows[:MOST_ROWS], f"{len(rows)} losses")
    return element("section", title, listed, _more(len(rows)), id="losses")


def _insertions(about: Page) -> str:
    if not about.insertions:
        return ""
    rows = [(row.pointer, _short(row.text), row.reason) for row in about.insertions]
    listed = table(("where", "text", "reason"), rows[:MOST_ROWS], f"{len(rows)} insertions")
    return element("section", element("h2", "What was put in"), listed, _more(len(rows)), id="insertions")


def _more(count: int) -> str:
    return element("p", escape(f"{count - MOST_ROWS} more are not listed.")) if count > MOST_ROWS else ""


def _short(value: Json) -> str:
    if value is None:
        return ""
    text = " ".join(json_text(value).split())
    return text if len(text) <= 120 else f"{text[:120]}... ({len(text)} characters)"


def _pictures(story: Story, images: Images) -> str:
    """Return the pictures as text that nothing looks at before the script takes one."""
    shown = dict.fromkeys((*images_of(story), *(entry.saw for entry in story.steps if entry.saw)))
    blocks = [
        element(
            "script", base64.b64encode(images[digest][0]).decode("ascii"), type=images[digest][1], id=f"image-{digest}"
        )
        for digest in shown
        if digest in images and images[digest][1].startswith("image/")
    ]
    return element("noscript", element("p", "Screenshots need scripts; everything else is here.")) + "".join(blocks)
