"""Values that come in pieces and that no rule of the fold is about: vendors' keys, log probabilities, audio, reasoning details.

The rules are those of the provider's own client (openai SDK 3.54.0, ``lib/streaming/_deltas.py``, read 2026-11-22), save that numbers
replace instead of being added up: texts append, objects merge, lists merge by ``index`` where their members have one and append
otherwise, null leaves what was there. Pieces are kept apart until the value is asked for, so that the cost of all is linear.
"""

from __future__ import annotations

from typing import Any, Final

from ..jsonvalue import ABSENT, Json, JsonObject

_REPLACED: Final = frozenset({"id", "type", "index", "format", "signature", "expires_at"})
"""Keys of members whose text is said whole, again and again."""


class _Texts:
    """A text in pieces."""

    __slots__ = ("pieces",)

    def __init__(self, text: str) -> None:
        self.pieces = [text]


class _Members:
    """A list whose members may grow; ``places`` finds those that have an index."""

    __slots__ = ("nodes", "places")

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.places: dict[tuple[int, Json], int] = {}

    def take(self, members: list[Json]) -> None:
        for member in members:
            name = _name_of(member)
            place = None if name is None else self.places.get(name)
            if place is not None:
                self.nodes[place] = joined(self.nodes[place], member)
                continue
            if name is not None:
                self.places[name] = len(self.nodes)
            self.nodes.append(joined(ABSENT, member))


def _name_of(member: Json) -> tuple[int, Json] | None:
    """Return what tells a member apart: its index, and its type where that is a text."""
    if not isinstance(member, dict) or not isinstance(member.get("index"), int):
        return None
    kind = member.get("type")
    return member["index"], kind if isinstance(kind, str) else None


def joined(node: Any, more: Json) -> Any:
    """Join more of a value to what was known of it (ABSENT at first); `value_of` says what came of it."""
    if more is None and node is not ABSENT:
        return node
    if isinstance(node, _Texts) and isinstance(more, str):
        if more:
            node.pieces.append(more)
    elif isinstance(node, dict) and isinstance(more, dict):
        _merge(node, more)
    elif isinstance(node, _Members) and isinstance(more, list):
        node.take(more)
    else:
        return _begun(more)
    return node


def _begun(value: Json) -> Any:
    if isinstance(value, str):
        return _Texts(value)
    if isinstance(value, list):
        members = _Members()
        members.take(value)
        return members
    if isinstance(value, dict):
        return _merge({}, value)
    return value


def _merge(node: dict[str, Any], more: JsonObject) -> dict[str, Any]:
    for key, value in more.items():
        if key in _REPLACED and value is not None:
            node[key] = _begun(value)
        else:
            node[key] = joined(node.get(key, ABSENT), value)
    return node


def value_of(node: Any) -> Json:
    """Return the value that the pieces make."""
    if isinstance(node, _Texts):
        return "".join(node.pieces)
    if isinstance(node, _Members):
        return [value_of(member) for member in node.nodes]
    if isinstance(node, dict):
        return {key: value_of(inner) for key, inner in node.items()}
    return node


class Details:
    """``reasoning_details`` while they are streamed: each is a thought, whose words come in pieces."""

    def __init__(self, members: _Members) -> None:
        self._nodes = members.nodes

    def __len__(self) -> int:
        return len(self._nodes)

    def pieces(self, place: int) -> list[str]:
        """Return the pieces that a detail's words came in, a list that only grows; an empty one where there are none."""
        node = self._nodes[place]
        words = node.get(_key_of(node)) if isinstance(node, dict) else None
        return words.pieces if isinstance(words, _Texts) else []

    def detail(self, place: int, since: int = 0) -> Json:
        """Return a detail, or what of it came behind so many pieces of its words. A part of the words has no seal: that is of all of them."""
        node = self._nodes[place]
        if not since or not isinstance(node, dict):
            return value_of(node)
        rest = {key: value_of(value) for key, value in node.items() if key != "signature"}
        return rest | {_key_of(node): "".join(self.pieces(place)[since:])}

    def words(self) -> str:
        """Return what all of them say."""
        return "".join([piece for place in range(len(self)) for piece in self.pieces(place)])


def _key_of(detail: dict[str, Any]) -> str:
    return "summary" if value_of(detail.get("type")) == "reasoning.summary" else "text"


def speaks(details: Json) -> bool:
    """Tell whether a chunk's details have words."""
    return isinstance(details, list) and any(
        isinstance(detail, dict) and bool(detail.get("text") or detail.get("summary")) for detail in details
    )


def details_of(node: Any) -> Details | None:
    """Return the details that a node is, if it is a list of them."""
    return Details(node) if isinstance(node, _Members) and node.nodes else None


class ContentParts:
    """Content that is a list of parts (Mistral's): words and thinking in the order in which they were said, each run of them one part."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []

    def say(self, text: str) -> None:
        """Take words."""
        if not text:
            return
        if self._nodes and isinstance(self._nodes[-1], _Texts):
            self._nodes[-1].pieces.append(text)
        else:
            self._nodes.append(_Texts(text))

    def take(self, part: Json) -> None:
        """Take another part, or more of the thinking that came last."""
        last = self._nodes[-1] if self._nodes else None
        if not isinstance(part, dict) or part.get("type") != "thinking" or not isinstance(part.get("thinking"), list):
            self._nodes.append(_Whole(part))
            return
        if not isinstance(last, _Thoughts):
            last = _Thoughts()
            self._nodes.append(last)
        last.take(part)

    def __len__(self) -> int:
        return len(self._nodes)

    def pieces(self, place: int) -> list[str] | None:
        """Return the pieces that a part's text came in, a list that only grows; ``None`` for a part that came whole."""
        node = self._nodes[place]
        return None if isinstance(node, _Whole) else node.pieces

    def part(self, place: int, since: int = 0) -> Json:
        """Return a part, or what of it came behind so many pieces of its text."""
        node = self._nodes[place]
        if isinstance(node, _Texts):
            return {"type": "text", "text": "".join(node.pieces[since:])}
        if since and isinstance(node, _Thoughts):
            return node.beside | {"thinking": [{"type": "text", "text": "".join(node.pieces[since:])}]}
        return node.value()

    def value(self) -> list[Json]:
        """Return the list of parts."""
        return [self.part(place) for place in range(len(self))]


class _Whole:
    """A part that came whole."""

    __slots__ = ("part",)

    def __init__(self, part: Json) -> None:
        self.part = part

    def value(self) -> Json:
        return self.part


class _Thoughts:
    """A part of thinking: a list of texts, of which adjacent ones are one."""

    __slots__ = ("beside", "pieces", "said")

    def __init__(self) -> None:
        self.beside: JsonObject = {}
        self.pieces: list[str] = []
        self.said = ContentParts()

    def take(self, part: JsonObject) -> None:
        self.beside.update(part)
        for thought in part["thinking"]:
            if isinstance(thought, dict) and thought.get("type") == "text" and isinstance(thought.get("text"), str):
                self.said.say(thought["text"])
                self.pieces.append(thought["text"])
            else:
                self.said.take(thought)

    def value(self) -> Json:
        return self.beside | {"thinking": self.said.value()}
