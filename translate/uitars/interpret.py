"""From a call as it stands in the text to a call of the action space, or to the reason why it is unusable."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any, Final, Literal

from attrs import evolve, frozen

from ..computer_use.actions import Button
from ..computer_use.keys import split_spaced_chord
from ..jsonvalue import Json
from .places import Read, read_cut_place, read_number, read_place
from .reply import UNKNOWN, TextCall
from .scan import Argument, RawCall
from .verbs import MISSING, POINT_NAMES, SHAPES, VERBS, Role, is_alias, role_of

_DIRECTIONS: Final = frozenset({"up", "down", "left", "right"})
_BUTTONS: Final[dict[str, Button]] = {"left": "left", "right": "right", "middle": "middle"}
_TEXT_VERBS: Final = frozenset(
    {"type", "finished", "call_user", "navigate", "open_app", "hotkey", "key_down", "key_up"}
)


@frozen
class Interpreted:
    """A usable call, or ``None`` for one that is not; with what was irregular about it."""

    call: TextCall | None
    notes: tuple[str, ...]


def is_text_verb(name: str) -> bool:
    """Tell whether a call of this name takes text by position. An unknown one may."""
    verb = VERBS.get(name.lower())
    return verb is None or verb in _TEXT_VERBS


def is_verb(name: str, functions: AbstractSet[str]) -> bool:
    """Tell whether a name is a verb of some action space, or one of the functions the prompt offered."""
    return name in functions or name.lower() in VERBS


def interpret(raw: RawCall, functions: AbstractSet[str]) -> Interpreted:
    """Read the arguments of a call.

    A call that the text broke off in is usable only where nothing that may still follow could change it: a pointer
    verb whose every point closed itself. A text that never ended is never used.
    """
    notes = list(raw.notes)
    if not raw.closed:
        notes += ["unterminated_call", *(["unterminated_string"] if raw.open_string else [])]
    verb = None if raw.name in functions else VERBS.get(raw.name.lower())
    if verb is None:
        call = _unknown(raw) if raw.closed else None
        if raw.name not in functions:
            notes.append("unknown_verb")
        return Interpreted(call, _sorted(notes))
    if raw.name != raw.name.lower():
        notes.append("case_folded")
    reading = _Reading(verb, raw, notes)
    return Interpreted(reading.call(), _sorted(notes))


def _sorted(notes: list[str]) -> tuple[str, ...]:
    return tuple(sorted(set(notes)))


def _unknown(raw: RawCall) -> TextCall:
    call = TextCall(verb=UNKNOWN, name=raw.name)
    extra: dict[str, Json] = {}
    for index, argument in enumerate(raw.arguments):
        place = read_place(argument.text) if argument.name in POINT_NAMES and call.at is None else None
        if place is not None:
            call = evolve(call, at=place.place, box=place.box)
        else:
            extra.setdefault(argument.name or str(index), _loose(argument))
    return evolve(call, extra=extra)


def _loose(argument: Argument) -> Json:
    """Return an argument nobody knows: a bare number as a number, all else as text."""
    value = None if argument.quoted else read_number(argument.text)
    return argument.text if value is None else value


class _Reading:
    """The reading of one call's arguments: what each role was given."""

    def __init__(self, verb: str, raw: RawCall, notes: list[str]) -> None:
        self.verb = verb
        self.raw = raw
        self.notes = notes
        self.given: dict[Role, Argument] = {}
        self.extra: dict[str, Json] = {}
        self.said: dict[str, Any] = {}

    def call(self) -> TextCall | None:
        shape = SHAPES[self.verb]
        if not self.raw.closed and not shape.whole_when_cut:
            return None
        self._distribute()
        for role, argument in self.given.items():
            if not self._read(role, argument):
                self._lacks(role)
                return None
        for role in shape.needs:
            if role not in self.given:
                self._lacks(role)
                return None
        return self._finished()

    def _distribute(self) -> None:
        """Give each argument to the role its name or its position means."""
        positions = list(SHAPES[self.verb].roles)
        for argument in self._joined_numbers():
            if argument.name is None:
                free = [role for role in positions if role not in self.given]
                role = free[0] if free else None
                if role is not None:
                    self.notes.append("positional_arg")
            else:
                role = role_of(self.verb, argument.name)
            if role is None:
                self.notes.append("unknown_arg")
                self.extra.setdefault(argument.name or str(len(self.extra)), _loose(argument))
            elif role in self.given:
                self.notes.append("duplicate_point_arg" if role in ("at", "to") else "duplicate_arg")
            else:
                if argument.name is not None and is_alias(argument.name, role):
                    self.notes.append("arg_alias")
                self.given[role] = argument

    def _joined_numbers(self) -> tuple[Argument, ...]:
        """Join two bare numbers by position into the point they are: ``click(10, 20)``."""
        first = self.raw.arguments[:2]
        bare = len(first) == 2 and all(
            argument.name is None and not argument.quoted and read_number(argument.text) is not None
            for argument in first
        )
        if not bare or SHAPES[self.verb].roles[:1] != ("at",):
            return self.raw.arguments
        joined = Argument(None, f"{first[0].text}, {first[1].text}", quoted=False)
        return (joined, *self.raw.arguments[2:])

    def _read(self, role: Role, argument: Argument) -> bool:
        """Read what a role was given into ``said``; tell whether it can be used."""
        if role == "at" or role == "to":
            return self._read_place(role, argument)
        value = _READERS[role](argument.text)
        if value is None:
            return False
        self.said[role] = value
        return True

    def _lacks(self, role: Role) -> None:
        """Note what is missing; of a call that broke off nothing can be said to be missing."""
        if self.raw.closed:
            self.notes.append(MISSING.get(role, f"bad_{role}"))

    def _read_place(self, role: Literal["at", "to"], argument: Argument) -> bool:
        place = self._place(argument)
        if place is None:
            return False
        if not place.bracketed:
            self.notes.append("unbracketed_coords")
        if min(place.place) < 0:
            self.notes.append("out_of_range")
        self.said[role] = place.place
        self.said["to_box" if role == "to" else "box"] = place.box
        return True

    def _place(self, argument: Argument) -> Read | None:
        if self.raw.closed:
            return read_place(argument.text)
        if argument is self.raw.arguments[-1]:
            return read_cut_place(argument.text)
        # An earlier argument of a cut call ended by itself, but may be bare numbers that went on.
        place = read_place(argument.text)
        return place if place is not None and (place.bracketed or argument.quoted) else None

    def _finished(self) -> TextCall | None:
        verb, said = self.verb, self.said
        if verb == "select":
            verb = "drag" if "to" in said else "click"
        if verb == "scroll" and "direction" not in said:
            if "at" not in said or "to" not in said:
                self.notes.append("missing_direction")
                return None
            self.notes.append("scroll_by_drag")
        return TextCall(verb=verb, extra=self.extra, **said)


def _keys(text: str) -> tuple[str, ...] | None:
    return tuple(key.lower() for key in split_spaced_chord(text)) or None


def _direction(text: str) -> str | None:
    direction = text.strip().lower()
    return direction if direction in _DIRECTIONS else None


def _button(text: str) -> Button | None:
    return _BUTTONS.get(text.strip().lower())


def _words(text: str) -> str | None:
    return text or None


_READERS: Final[dict[Role, Callable[[str], Any]]] = {
    "text": str, "keys": _keys, "direction": _direction, "button": _button, "seconds": read_number, "url": _words, "app": _words,
}  # fmt: skip
"""What an argument's text says for each role that is no point; ``None`` where it says nothing of that kind."""
