"""``polyloop run``: give a model a task and a computer."""

from __future__ import annotations

import argparse
import math
import secrets
import time
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from polyloop.translate.errors import UsageError
from polyloop.transport import create_client

from ..providers import PROVIDER_TO_DEFAULT_MODEL_NAME, APIProvider
from ..tool_groups import GROUPS, group_of
from .screens import SCREENS, check_name
from .shelf import JobSettings, Shelf, add_store, path_of
from .working import CODES, add_running, work

N = TypeVar("N", int, float, Decimal)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "example: polyloop run 'Register Ada Lovelace for the newsletter' --provider anthropic --computer browser --max-cost 0.50\n\n"
        f"{CODES}"
    )
    parser.add_argument("task", metavar="TASK", help="what to do, in words")
    parser.add_argument("--provider", required=True, metavar="P", help=f"one of {', '.join(APIProvider)}")
    parser.add_argument(
        "--model", metavar="M", help="the model to ask for (default: one that takes the computer tools)"
    )
    parser.add_argument("--wire", choices=("openai-chat", "openai-responses"), help="for openai: which of its two APIs")
    parser.add_argument("--computer", default="simulated", metavar="C", help=f"{SCREENS} (default: simulated)")
    parser.add_argument("--max-steps", type=_count, metavar="N", help="end after so many replies (default: 250)")
    parser.add_argument(
        "--max-cost",
        type=_price,
        metavar="X",
        help="end when so many US dollars are spent; a reply nobody can price ends it too",
    )
    parser.add_argument("--max-seconds", type=_seconds, metavar="S", help="end after so much time")
    parser.add_argument(
        "--tools", default="computer_use_20250124", metavar="V", help=f"tool version: {', '.join(GROUPS)}"
    )
    parser.add_argument("--instructions", default="", metavar="TEXT", help="what stands behind the system prompt")
    parser.add_argument("--job", metavar="NAME", help="the job's name (default: one is made)")
    add_running(parser)
    add_store(parser)


def run(arguments: argparse.Namespace) -> int:
    if arguments.provider not in tuple(APIProvider):
        raise UsageError(f"unknown provider {arguments.provider!r}; the providers are {', '.join(APIProvider)}")
    if not arguments.task.strip():
        raise UsageError("the task is empty: say in words what to do")
    group_of(arguments.tools)
    check_name(arguments.computer)
    shelf, job = Shelf(path_of(arguments, makes=True)), arguments.job or _name()
    if shelf.exists(job):
        raise UsageError(f"there is a job {job!r} already: polyloop resume {job}")
    settings = JobSettings(
        task=arguments.task,
        provider=arguments.provider,
        model=arguments.model or PROVIDER_TO_DEFAULT_MODEL_NAME[APIProvider(arguments.provider)],
        wire=arguments.wire,
        computer=arguments.computer,
        tool_version=arguments.tools,
        instructions=arguments.instructions,
        max_steps=arguments.max_steps,
        max_cost=arguments.max_cost,
        max_seconds=arguments.max_seconds,
    )
    create_client(
        settings.provider, wire=settings.wire, model=settings.model
    )  # says what is missing before there is a job
    shelf.put(job, settings)
    return work(shelf, job, settings, [{"role": "user", "content": arguments.task}], arguments)


def _name() -> str:
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"


def _count(text: str) -> int:
    return _positive(int, text, "a whole number")


def _seconds(text: str) -> float:
    return _positive(float, text, "a number of seconds")


def _price(text: str) -> Decimal:
    return _positive(Decimal, text, "an amount of US dollars")


def _positive(kind: Callable[[str], N], text: str, what: str) -> N:
    try:
        value = kind(text)
    except (ValueError, InvalidOperation):
        raise argparse.ArgumentTypeError(f"{text!r} is not {what}") from None
    if not (math.isfinite(value) and value > 0):  # in this order: a Decimal that is not a number cannot be compared
        raise argparse.ArgumentTypeError(f"{text!r} is not {what} above 0")
    return value
