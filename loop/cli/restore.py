"""``polyloop restore``: the original from a translation's value, losses and respellings."""

from __future__ import annotations

import argparse

from polyloop.translate import loads, restore
from polyloop.translate.errors import UsageError
from polyloop.translate.jsontext import spell

from .documents import name_of, read_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "example: polyloop translate --from anthropic --to openai-chat --kind request --losses kept.json request.json\n"
        "         polyloop restore kept.json"
    )
    parser.add_argument("file", metavar="FILE", help="what `polyloop translate --losses FILE` wrote")


def run(arguments: argparse.Namespace) -> int:
    stored = [line for line in read_text(arguments.file).split("\n") if line.strip()]
    if not stored:
        raise UsageError(f"{name_of(arguments.file)} holds no stored translation")
    for line in stored:
        print(spell(restore(loads(line))).encode("utf-8", "backslashreplace").decode("utf-8"))
    return 0
