"""``polyloop show``: a job as one HTML page."""

from __future__ import annotations

import argparse
import asyncio
import json
import webbrowser
from pathlib import Path
from typing import Final

from polyloop.translate.errors import TranslateError, UsageError

from ..journal import MissingImageError
from ..page import Page, images_of, render_page, spoken
from ..page.story import Story
from .documents import write_text
from .shelf import JobSettings, Listed, Shelf, add_store, path_of
from .working import result_of

WIRES: Final = {
    "openai": "openai-chat",
    "uitars": "uitars",
    **dict.fromkeys(("anthropic", "bedrock", "vertex", "legacyuse"), "anthropic"),
}
"""What each provider speaks where no wire was chosen."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "example: polyloop show 20261124-071012-a1b2\n\n"
        "The page holds everything and loads nothing. It shows the screenshots: treat it as you treat them."
    )
    parser.add_argument("job", metavar="JOB", help="the job's name, as `polyloop jobs` lists it")
    parser.add_argument("--out", metavar="FILE", help="where the page goes (default: JOB.html here)")
    parser.add_argument("--open", action="store_true", help="open it in the browser")
    parser.add_argument("--json", action="store_true", help="say what was written as a JSON object")
    add_store(parser)


def run(arguments: argparse.Namespace) -> int:
    shelf = Shelf(path_of(arguments))
    listed, page = asyncio.run(_page(shelf, arguments.job))
    path = Path(arguments.out or f"{_file_name(arguments.job)}.html")
    write_text(str(path), page)
    story = listed.story
    assert story is not None
    if arguments.json:
        print(json.dumps({"job": listed.job, "status": listed.status, "steps": len(story.steps), "page": str(path)}))
    else:
        print(path)
    if arguments.open:
        webbrowser.open(path.resolve().as_uri())
    return 0


async def _page(shelf: Shelf, job: str) -> tuple[Listed, str]:
    listed = await shelf.one(job)
    if listed.story is None:
        raise UsageError(f"job {job!r} cannot be read: {listed.problem}")
    store = shelf.store()
    try:
        rows = await store.rows(job)
        images: dict[str, tuple[bytes, str]] = {}
        for digest in images_of(listed.story):
            try:
                images[digest] = await store.image(digest)
            except MissingImageError:
                continue  # the page says which one is not there
    finally:
        await store.aclose()
    return listed, render_page(rows, images, job=job, about=about(listed.story, listed.settings))


def about(story: Story, settings: JobSettings | None) -> Page:
    """Return what the page says beside the journal."""
    result = result_of(story)
    if settings is None:
        return Page(result=result)
    facts = (("provider", settings.provider), ("model", settings.model), ("computer", settings.computer))
    wire = settings.wire or WIRES[settings.provider]
    try:
        said = spoken(story.state.turns, wire, model=settings.model)
    except TranslateError as error:
        # The conversation was left in a state that no request is made of: the page is about what happened all the same.
        return Page(facts=(*facts, ("losses", f"not known: {error}")), result=result)
    if said is None:
        return Page(facts=facts, result=result)
    return Page(facts=facts, losses=said.losses, insertions=said.insertions, wire=wire, result=result)


def _file_name(job: str) -> str:
    return (
        "".join(character if character.isalnum() or character in "-_." else "_" for character in job).lstrip(".")
        or "job"
    )
