"""``polyloop resume``: go on with a job that was interrupted, paused, or ended by a limit or a failure."""

from __future__ import annotations

import argparse

from .shelf import Shelf, add_store, path_of
from .working import CODES, add_running, work


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "example: polyloop resume 20261124-071012-a1b2\n"
        "         polyloop resume 20261124-071012-a1b2 --say 'Use the second form instead.'\n\n"
        "A call whose outcome nobody knows is not run again: the model is told so, and looks at the screen.\n"
        f"{CODES}"
    )
    parser.add_argument("job", metavar="JOB", help="the job's name, as `polyloop jobs` lists it")
    parser.add_argument(
        "--say", metavar="TEXT", help="tell the model something more; a job that is done goes on with it"
    )
    add_running(parser)
    add_store(parser)


def run(arguments: argparse.Namespace) -> int:
    shelf = Shelf(path_of(arguments))
    settings = shelf.settings(arguments.job)
    said = arguments.say
    if said is None and not shelf.began(arguments.job):
        said = settings.task  # it was stopped before the first message was stored
    messages = [] if said is None else [{"role": "user", "content": said}]
    return work(shelf, arguments.job, settings, messages, arguments)
