"""``polyloop jobs``: what there is, and how it stands."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time

from ..page.usage import spent_text, tokens_text
from .shelf import Listed, Shelf, add_store, path_of
from .tables import print_table
from .views import shown

_HEADS = ("job", "status", "provider", "computer", "steps", "tokens", "cost", "made", "task")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: polyloop jobs\n         polyloop jobs --json"
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="a JSON object a line")
    form.add_argument("--names", action="store_true", help="the names alone, one a line")
    add_store(parser)


def run(arguments: argparse.Namespace) -> int:
    shelf = Shelf(path_of(arguments))
    if arguments.names:
        for name in shelf.names():
            print(shown(name))
        return 0
    found = asyncio.run(shelf.listed())
    if arguments.json:
        for each in found:
            print(json.dumps(_document(each)))
        return 0
    if not found:
        print(f"there are no jobs in {shelf.path}", file=sys.stderr)
        return 0
    print_table(_HEADS, [_cells(each) for each in found])
    return 0


def _document(each: Listed) -> dict[str, object]:
    settings, story = each.settings, each.story
    spent = None if story is None else story.spent
    return {
        "job": each.job,
        "status": each.status,
        "problem": each.problem or None,
        "task": settings.task if settings is not None else story.task if story is not None else None,
        "provider": None if settings is None else settings.provider,
        "model": None if settings is None else settings.model,
        "computer": None if settings is None else settings.computer,
        "steps": None if story is None else len(story.steps),
        "tokens": None if spent is None or spent.tokens_unknown else spent.tokens,
        "cost": None if spent is None or spent.unpriced else str(spent.cost),
        "created_at": each.created_at,
    }


def _cells(each: Listed) -> tuple[str, ...]:
    document, story = _document(each), each.story
    made = "" if each.created_at is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(each.created_at))
    status = each.status if not each.problem else f"{each.status}: {each.problem}"
    return (
        shown(each.job),
        shown(status, 60),
        str(document["provider"] or ""),
        shown(str(document["computer"] or ""), 30),
        str(document["steps"] or 0),
        "" if story is None else tokens_text(story.spent),
        "" if story is None else spent_text(story.spent),
        made,
        shown(" ".join(str(document["task"] or "").split()), 50),
    )
