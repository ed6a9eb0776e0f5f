"""Reads the command line, runs one command, and turns a user's mistake into one line and exit code 2."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Final, Protocol

from polyloop.translate.errors import LossError, PolyloopError

OK: Final = 0
FAILED: Final = 1
"""The command ran and what it ran did not succeed: a loss under ``--strict``, a job that failed."""
USAGE: Final = 2
"""Something the user gave is wrong. One line on standard error says what, and what to do."""
INTERRUPTED: Final = 130

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})

COMMANDS: Final = {
    "translate": "say a document of one wire in another, and list what it cannot say",
    "restore": "give the original back from a stored translation",
    "scripted": "serve a script on loopback, as all six providers at once",
    "demo": "run one task through the six providers against a scripted model",
    "run": "give a model a task and a computer",
    "jobs": "list the jobs there are, and how they stand",
    "resume": "go on with a job that was interrupted, paused or ended by a limit",
    "cancel": "end a job now",
    "show": "write a job as one HTML page to look at",
    "check": "ask every configured provider whether it is well",
    "completion": "print a script that completes this command line in a shell",
}


class Command(Protocol):
    """What each command's module is."""

    def add_arguments(self, parser: argparse.ArgumentParser, /) -> None:
        """Declare the command's arguments, and an example in its epilog."""

    def run(self, arguments: argparse.Namespace, /) -> int:
        """Run the command and return its exit code."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``polyloop`` with these arguments (the process's own by default) and return the exit code."""
    parser = _parser()
    given = list(sys.argv[1:] if argv is None else argv)
    name = next((word for word in given if not word.startswith("-")), None)
    command: Command | None = None
    if name in COMMANDS:
        command = import_module(f".{name}", __package__)
        command.add_arguments(parser.subcommands[name])
    arguments = parser.parse_args(given)
    if command is None:
        parser.print_help()
        return USAGE
    return _guarded(command, arguments)


def _guarded(command: Command, arguments: argparse.Namespace) -> int:
    try:
        code = command.run(arguments)
        if sys.stdout is not None:  # as it is where the shell closed it
            sys.stdout.flush()  # here, where what goes wrong can still be told
        return code
    except LossError as error:
        print(f"polyloop: {error}", file=sys.stderr)
        return FAILED
    except PolyloopError as error:
        print(f"polyloop: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("polyloop: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _abandon_output()  # whoever reads our output has seen enough
        return OK
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        _abandon_output()
        where = "" if error.filename is None else f" {error.filename}"
        print(f"polyloop: cannot write{where}: {error.strerror}; what was stored before is kept", file=sys.stderr)
        return FAILED


def _abandon_output() -> None:
    """Keep the interpreter from complaining when it flushes at exit what nobody takes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Parser(argparse.ArgumentParser):
    subcommands: dict[str, argparse.ArgumentParser]


def _parser() -> _Parser:
    parser = _Parser(
        prog="polyloop",
        description="One conversation, any model.",
        epilog="example: polyloop translate --from anthropic --to openai-chat --kind request request.json",
    )
    parser.add_argument("--version", action="version", version=f"polyloop {_version()}")
    choices = parser.add_subparsers(metavar="COMMAND", parser_class=argparse.ArgumentParser)
    parser.subcommands = {
        name: choices.add_parser(
            name, help=help_, description=help_, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        for name, help_ in COMMANDS.items()
    }
    return parser


def _version() -> str:
    try:
        return version("polyloop")
    except PackageNotFoundError:
        return "(not installed)"
