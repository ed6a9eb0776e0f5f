"""``polyloop completion``: a script that completes the command line in bash, zsh or fish. Generated from the commands themselves."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib import import_module
from typing import Final

from ..providers import APIProvider
from ..tool_groups import GROUPS

SHELLS: Final = ("bash", "zsh", "fish")
_TAKES_A_JOB: Final = frozenset({"resume", "cancel", "show"})
_VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "--provider": tuple(APIProvider),
    "--computer": ("simulated", "x11", "xvfb", "browser"),
    "--tools": tuple(GROUPS),
}
"""What may stand behind an option that takes a word of its own choice, and takes others too."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        'example: eval "$(polyloop completion bash)"            # in ~/.bashrc\n'
        "         polyloop completion fish > ~/.config/fish/completions/polyloop.fish"
    )
    parser.add_argument("shell", choices=SHELLS, help="the shell to complete in")


def run(arguments: argparse.Namespace) -> int:
    words = words_of()
    print(_fish(words) if arguments.shell == "fish" else _bash(words, zsh=arguments.shell == "zsh"))
    return 0


def words_of() -> Mapping[str, tuple[str, ...]]:
    """Return each command's options and choices, as its parser declares them."""
    from .main import COMMANDS

    found: dict[str, tuple[str, ...]] = {}
    for name in COMMANDS:
        parser = argparse.ArgumentParser()
        import_module(f".{name}", __package__).add_arguments(parser)
        words: list[str] = []
        for action in parser._actions:
            words += action.option_strings
            if not action.option_strings and action.choices is not None:
                words += [str(choice) for choice in action.choices]
        found[name] = tuple(words)
    return found


def values_of() -> Mapping[str, tuple[str, ...]]:
    """Return what may stand behind the options of the commands, where that is known."""
    from .main import COMMANDS

    found = dict(_VALUES)
    for name in COMMANDS:
        parser = argparse.ArgumentParser()
        import_module(f".{name}", __package__).add_arguments(parser)
        for action in parser._actions:
            for option in action.option_strings if action.choices is not None else ():
                found[option] = tuple(map(str, action.choices or ()))
    return found


def _bash(words: Mapping[str, tuple[str, ...]], *, zsh: bool) -> str:
    cases = "\n".join(f"    {name}) words='{' '.join(options)}'{_jobs(name)} ;;" for name, options in words.items())
    head = "autoload -U +X bashcompinit && bashcompinit\n" if zsh else ""
    behind = "\n".join(
        f"    {option}) COMPREPLY=($(compgen -W '{' '.join(values)}' -- \"$current\")); return ;;"
        for option, values in values_of().items()
    )
    return f"""{head}_polyloop() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} words
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '{" ".join(words)}' -- "$current"))
    return
  fi
  case ${{COMP_WORDS[COMP_CWORD-1]}} in
{behind}
  esac
  case ${{COMP_WORDS[1]}} in
{cases}
    *) words='' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}}
complete -F _polyloop polyloop"""


def _jobs(name: str) -> str:
    return '" $(polyloop jobs --names 2>/dev/null)"' if name in _TAKES_A_JOB else ""


def _fish(words: Mapping[str, tuple[str, ...]]) -> str:
    from .main import COMMANDS

    values = values_of()
    lines = ["complete -c polyloop -n __fish_use_subcommand -f"]
    for name, options in words.items():
        lines.append(f"complete -c polyloop -n __fish_use_subcommand -a {name} -d {_quoted(COMMANDS[name])}")
        seen = f"-n '__fish_seen_subcommand_from {name}'"
        for option in options:
            if option in values:
                lines.append(f"complete -c polyloop {seen} -l {option[2:]} -x -a {_quoted(' '.join(values[option]))}")
            elif option.startswith("--"):
                lines.append(f"complete -c polyloop {seen} -l {option[2:]}")
            elif not option.startswith("-"):
                lines.append(f"complete -c polyloop {seen} -f -a {option}")
        if name in _TAKES_A_JOB:
            lines.append(f"complete -c polyloop {seen} -a '(polyloop jobs --names 2>/dev/null)'")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
