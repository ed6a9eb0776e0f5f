"""The leaves of a document that are its conversation, and which of them a translation's rows take away.

A leaf is a JSON scalar. Those of the conversation stand under messages, system, instructions, input, tools, the messages of
choices, content and output; ids, status, log probabilities, usage and nulls are not counted, nor what stands under a key that no
record of the published schema has. Inside JSON that users shape (a tool's input, a schema) every leaf but null counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

from polyloop.translate.jsonvalue import Json, tokens_of
from polyloop.translate.loss import USER_SHAPED, Loss

Steps: TypeAlias = tuple[str, ...]

REGIONS: Final = frozenset({"messages", "system", "instructions", "input", "tools", "choices", "content", "output"})
UNCOUNTED: Final = frozenset({"id", "status", "logprobs", "usage"})
_PREFIXES: Final = {"anthropic": "anthropic_", "openai-chat": "openai_chat_", "openai-responses": "openai_responses_"}


def scalars(value: Json, path: Steps = ()) -> Iterator[tuple[Steps, Json]]:
    """Yield (path, value) of every JSON scalar."""
    stack: list[tuple[Steps, Json]] = [(path, value)]
    while stack:
        here, found = stack.pop()
        if isinstance(found, dict):
            stack.extend(((*here, key), item) for key, item in found.items())
        elif isinstance(found, (list, tuple)):
            stack.extend(((*here, str(place)), item) for place, item in enumerate(found))
        else:
            yield here, found


def conversation(document: Json, published: frozenset[str] | None = None) -> dict[Steps, str]:
    """Return path -> field of every leaf of the conversation in a request or a reply."""
    return {
        path: field_of(path)
        for path, value in scalars(document)
        if value is not None and _in_conversation(path) and _counted(path, published)
    }


def _in_conversation(path: Steps) -> bool:
    if not path or path[0] not in REGIONS:
        return False
    return path[0] != "choices" or (len(path) > 2 and path[2] == "message")


def _counted(path: Steps, published: frozenset[str] | None) -> bool:
    for place, key in enumerate(path):
        if place and key in USER_SHAPED:
            return True
        if key.isdigit():
            continue
        if key in UNCOUNTED or key.endswith("_id") or (published is not None and key not in published):
            return False
    return True


def field_of(path: Steps) -> str:
    """Spell a path as a pattern: positions become ``*``, and JSON that users shape is one field."""
    spelled: list[str] = []
    for place, key in enumerate(path):
        spelled.append("*" if key.isdigit() else key)
        if key in USER_SHAPED and place:
            break
    return "/" + "/".join(spelled)


def lost(row: Loss, leaves: dict[Steps, str]) -> set[Steps]:
    """Return the leaves that a row says the value does not give back."""
    if row.kind not in ("dropped", "changed"):
        return set()
    return {path for path, _ in scalars(row.before, tokens_of(row.pointer)) if path in leaves}


def published_keys(wire: str, folder: Path) -> frozenset[str] | None:
    """Return every key that a record of a wire's published schema has; ``None`` where the schemas are not at hand.

    The schemas are lists of records as text, ``Name { key: type, key?: type }``, in ``reference/schemas`` beside the corpus.
    """
    return frozenset(re.findall(r'[{,] "?([A-Za-z_][A-Za-z0-9_.-]*)"?\??:', _schemas(wire, folder))) or None


def published_words(wire: str, folder: Path) -> frozenset[str] | None:
    """Return `published_keys` and every value that a wire's published schema spells out."""
    keys = published_keys(wire, folder)
    return None if keys is None else keys | frozenset(re.findall(r'"([^"]+)"', _schemas(wire, folder)))


def words_of(document: Json, path: Steps) -> Iterator[str]:
    """Yield what must stand in a schema for a leaf to be known: the keys to it, the types on the way, and a reason to stop."""
    for key in path:
        document = document[int(key)] if isinstance(document, list) else document[key]
        if not key.isdigit():
            yield key
        if key in USER_SHAPED:
            return
        if isinstance(document, dict) and isinstance(document.get("type"), str):
            yield document["type"]
    if path[-1] in ("stop_reason", "finish_reason"):
        yield document


def _schemas(wire: str, folder: Path) -> str:
    places = [place / "reference" / "schemas" for place in (folder.parent, folder.parent.parent)]
    files = [path for place in places for path in sorted(place.glob(_PREFIXES.get(wire, "?") + "*.txt"))]
    return "".join(path.read_text(encoding="utf-8") for path in files)
