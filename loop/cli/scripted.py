"""``polyloop scripted``: serve a script on loopback, as all six providers at once, until interrupted."""

from __future__ import annotations

import argparse

from polyloop.transport.scripted import command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    command.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    return command.run(arguments)
