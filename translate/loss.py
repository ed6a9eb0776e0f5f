"""What a translation lost: the difference between a document and what the way back gives, as rows that restore it.

A row is (pointer into the source document, kind, before, after, reason). Kinds: ``dropped`` (in the source, not on the way back),
``added`` (the other way about), ``changed``, ``reordered`` (the keys of an object whose order users shape). ``patch(after, rows)``
gives the source back, so that the list cannot lie. Below the pointer of a ``changed`` row others may stand: they speak of its ``before``.

Arrays are aligned before they are compared (`alignment`). In an array an ``added`` row's pointer is the place in the source before which the element stands on the way back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeAlias, get_args

import attrs

from .alignment import align
from .errors import FormatError
from .jsonvalue import Json, pointer, same_json, tokens_of

LossKind: TypeAlias = Literal["dropped", "changed", "added", "reordered"]


@attrs.frozen(eq=False)
class Loss:
    """One row of what a translation does not say. ``before`` is the source's value, ``after`` what the way back has there."""

    pointer: str
    kind: LossKind
    before: Json = None
    after: Json = None
    reason: str = ""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Loss):
            return NotImplemented
        return same_json(self.as_json(), other.as_json())

    def __hash__(self) -> int:
        return hash((self.pointer, self.kind))

    def as_json(self) -> dict[str, Json]:
        """Return the row as a plain JSON object."""
        return {
            "pointer": self.pointer, "kind": self.kind, "before": self.before, "after": self.after, "reason": self.reason
        }  # fmt: skip


USER_SHAPED: Final = frozenset(
    {
        "input", "input_schema", "parameters", "schema", "output_schema", "metadata", "logit_bias", "properties", "variables",
        "headers", "arguments", "input_examples", "configs", "definition",
    }
)  # fmt: skip
"""Keys below which the order of keys is content: JSON that users or models shape."""

_DEEPEST: Final = 100
"""Below this depth two differing values are one row, whole: no provider's own structure is as deep."""


def diff(before: Json, after: Json) -> tuple[Loss, ...]:
    """Return the rows that turn ``after`` into ``before``; none where they are the same."""
    rows: list[Loss] = []
    _diff(before, after, (), False, rows)
    return tuple(rows)


def _diff(before: Json, after: Json, path: tuple[str | int, ...], shaped: bool, rows: list[Loss]) -> None:
    if same_json(before, after, ordered=shaped):
        if not shaped and isinstance(before, (dict, list)):
            if len(path) < _DEEPEST:
                _orders(before, after, path, rows)
            elif _is_reordered(before, after):
                rows.append(Loss(pointer(*path), "changed", before, after))
        return
    if isinstance(before, dict) and isinstance(after, dict) and len(path) < _DEEPEST:
        _diff_objects(before, after, path, shaped, rows)
    elif isinstance(before, list) and isinstance(after, list) and len(path) < _DEEPEST:
        _diff_arrays(before, after, path, shaped, rows)
    elif not shaped and (_is_one_text(before, after) or _is_one_text(after, before)):
        _diff_spellings(before, after, path, rows)
    else:
        rows.append(Loss(pointer(*path), "changed", before, after))


TEXT_TYPES: Final = ("text", "input_text", "output_text")
"""Types of the blocks that are a text and no more."""
EMPTY_LISTS: Final = ("annotations", "logprobs")
"""Keys of a text that an empty list says nothing under."""


def _is_one_text(blocks: Json, text: Json) -> bool:
    """Tell whether one block of a list, and no other text of it, says what stands as a string on the other side."""
    if not (isinstance(text, str) and isinstance(blocks, list)):
        return False
    texts = [block["text"] for block in blocks if _is_text(block)]
    return len(texts) == 1 and texts[0] == text


def _is_text(block: Json) -> bool:
    kind = block.get("type") if isinstance(block, dict) else None
    return isinstance(kind, str) and kind in TEXT_TYPES and isinstance(block.get("text"), str)


def _diff_spellings(before: Json, after: Json, path: tuple[str | int, ...], rows: list[Loss]) -> None:
    """Tell a string and a list with that text apart: the spelling is one row, and each thing the list says beside the text another."""
    turned = isinstance(before, str)
    blocks: list[Json] = after if turned else before
    bare = [_bare(next(filter(_is_text, blocks)))]
    rows.append(Loss(pointer(*path), "changed", before if turned else bare, bare if turned else after))
    _diff_arrays(bare if turned else before, after if turned else bare, path, False, rows)


def _bare(block: dict[str, Json]) -> Json:
    """Return a block that says its text and no more."""
    return {
        key: value for key, value in block.items() if key in ("type", "text") or (key in EMPTY_LISTS and value == [])
    }


def _orders(before: Json, after: Json, path: tuple[str | int, ...], rows: list[Loss]) -> None:
    """Look for reordered keys below the places where order is content, in values that are the same but for order."""
    if before is after or same_json(before, after):
        return
    if isinstance(before, dict):
        for key, value in before.items():
            _diff(value, after[key], (*path, key), _is_shaped(path, key), rows)
    elif isinstance(before, list):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            _diff(one, other, (*path, place), False, rows)


def _is_reordered(before: Json, after: Json) -> bool:
    """Tell of values that are the same but for order whether it differs where it is content, at any depth."""
    stack = [(before, after)]
    while stack:
        one, other = stack.pop()
        if isinstance(one, dict):
            if any(key in USER_SHAPED and not same_json(value, other[key]) for key, value in one.items()):
                return True
            stack.extend((value, other[key]) for key, value in one.items())
        elif isinstance(one, list):
            stack.extend(zip(one, other, strict=True))
    return False


def _is_shaped(path: tuple[str | int, ...], key: str) -> bool:
    """Tell whether the order of keys below a key is content. A Responses request has the provider's own items in ``input``."""
    return key in USER_SHAPED and (key != "input" or bool(path))


def _diff_objects(
    before: dict[str, Json], after: dict[str, Json], path: tuple[str | int, ...], shaped: bool, rows: list[Loss]
) -> None:
    for key, value in before.items():
        if key not in after:
            rows.append(Loss(pointer(*path, key), "dropped", value))
        else:
            _diff(value, after[key], (*path, key), shaped or _is_shaped(path, key), rows)
    rows.extend(Loss(pointer(*path, key), "added", None, value) for key, value in after.items() if key not in before)
    if shaped and not _stays_in_order(before, after):
        rows.append(Loss(pointer(*path), "reordered", list(before), list(after)))


def _stays_in_order(before: dict[str, Json], after: dict[str, Json]) -> bool:
    """Tell whether the keys are in order again when what was added is gone and what was dropped, one key at most, is put at the end."""
    dropped = [key for key in before if key not in after]
    return len(dropped) < 2 and [key for key in after if key in before] + dropped == list(before)


def _diff_arrays(
    before: list[Json], after: list[Json], path: tuple[str | int, ...], shaped: bool, rows: list[Loss]
) -> None:
    i = j = 0
    for paired_before, paired_after in [*align(before, after), (len(before), len(after))]:
        rows.extend(Loss(pointer(*path, i), "added", None, after[extra]) for extra in range(j, paired_after))
        rows.extend(Loss(pointer(*path, gone), "dropped", before[gone]) for gone in range(i, paired_before))
        if paired_before < len(before):
            _diff(before[paired_before], after[paired_after], (*path, paired_before), shaped, rows)
        i, j = paired_before + 1, paired_after + 1


def patch(after: Json, rows: Iterable[Loss]) -> Json:
    """Apply rows to what the way back gave: returns the source document. ``patch(b, diff(a, b))`` is ``a``."""
    tree: _Node = _Node()
    for row in rows:
        node = tree
        for token in tokens_of(row.pointer):
            node = node.children.setdefault(token, _Node())
        node.rows.append(row)
    return _patched(after, tree)


class _Node:
    """The rows at one pointer, and those below it."""

    __slots__ = ("children", "rows")

    def __init__(self) -> None:
        self.rows: list[Loss] = []
        self.children: dict[str, _Node] = {}

    def one(self, kind: LossKind) -> Loss | None:
        return next((row for row in self.rows if row.kind == kind), None)


def _patched(after: Json, node: _Node) -> Json:
    changed = node.one("changed")
    if changed is not None:
        after = changed.before
    if isinstance(after, dict):
        return _patched_object(after, node)
    if isinstance(after, list) and node.children:
        return _patched_array(after, node)
    return after


def _patched_object(after: dict[str, Json], node: _Node) -> Json:
    if not node.children and not node.rows:
        return after
    done = dict(after)
    for key, child in node.children.items():
        dropped = child.one("dropped")
        if child.one("added") is not None:
            del done[key]
        elif dropped is not None:
            done[key] = dropped.before
        else:
            done[key] = _patched(done[key], child)
    reordered = node.one("reordered")
    if reordered is not None:
        done = {key: done[key] for key in reordered.before}
    return done


def _patched_array(after: list[Json], node: _Node) -> Json:
    done: list[Json] = []
    nothing = _Node()
    i = j = 0
    last = max(map(int, node.children), default=-1)
    while j < len(after) or i <= last:
        child = node.children.get(str(i), nothing)
        j += sum(row.kind == "added" for row in child.rows)
        dropped = child.one("dropped")
        if dropped is not None:
            done.append(dropped.before)
        elif j < len(after):
            done.append(_patched(after[j], child))
            j += 1
        else:
            break
        i += 1
    return done


def matches(pattern: str, path: str) -> bool:
    """Match a JSON pointer: ``*`` stands for one token, ``**`` for any number of them."""
    return _compiled(pattern).fullmatch(path) is not None


_PATTERNS: Final[dict[str, re.Pattern[str]]] = {}


def _compiled(pattern: str) -> re.Pattern[str]:
    if pattern not in _PATTERNS:
        if len(_PATTERNS) > 4096:
            _PATTERNS.clear()
        text = re.escape(pattern).replace(r"/\*\*", "(?:/[^/]*)*").replace(r"\*", "[^/]*")
        _PATTERNS[pattern] = re.compile(text)
    return _PATTERNS[pattern]


def reason_for(row: Loss, reasons: Iterable[tuple[str, str]]) -> str:
    """Return the reason of the first pattern that fits the row's pointer; empty where none does."""
    return next((reason for pattern, reason in reasons if matches(pattern, row.pointer)), "")


def row_from_json(document: Mapping[str, Json]) -> Loss:
    """Read a row back from its JSON object. Raises `FormatError` for one that is none."""
    if not isinstance(document["pointer"], str) or document["kind"] not in get_args(LossKind):
        raise FormatError("a row without a pointer, or of a kind that is none")
    return Loss(
        document["pointer"], document["kind"], document.get("before"), document.get("after"), document.get("reason", "")
    )
