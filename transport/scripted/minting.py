"""Everything the server makes up for a reply: ids, signatures, created times, token counts.

All of it is derived from the request, so that the same request gets the same bytes, streamed or not, first try or fifth.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from polyloop.translate.jsonvalue import JsonObject

from . import compact
from .facts import Facts
from .scenario import Provider, Refusal, Reply, Text, Thinking, TokenCounts, ToolCall

CREATED: Final = 1_767_225_600
"""2026-01-01T00:00:00Z, the created time of every first reply; each turn is a minute later."""

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_SEAL_KEY: Final = b"polyloop scripted provider"
_NOT_CONTENT: Final = frozenset({"stream", "stream_options"})
_IMAGE_TOKENS: Final = 1500
_CHARACTERS_A_TOKEN: Final = 4

# The clouds mark the ids that Anthropic's models mint there.
_CLOUD_MARKS: Final[Mapping[Provider, str]] = {"bedrock": "bdrk_", "vertex": "vrtx_"}


@frozen(kw_only=True)
class Mint:
    """The source of one reply's made-up values."""

    provider: Provider
    seed: str
    turn: int
    """How many turns the assistant had before this one."""

    @property
    def created(self) -> int:
        """Seconds since 1970."""
        return CREATED + 60 * self.turn

    def anthropic_id(self, prefix: str, place: int = 0) -> str:
        """``msg_01...`` or ``toolu_01...``; ``place`` tells the ids of one reply apart."""
        return f"{prefix}_{_CLOUD_MARKS.get(self.provider, '')}01{self._letters(f'{prefix}:{place}', 22)}"

    def chat_id(self) -> str:
        return f"chatcmpl-{self._letters('chat', 29)}"

    def call_id(self, place: int) -> str:
        return f"call_{self._letters(f'call:{place}', 24)}"

    def item_id(self, prefix: str, place: int) -> str:
        """``msg_``, ``fc_``, ``rs_`` or ``cu_`` and 50 hexadecimal digits."""
        return f"{prefix}_{self._hex(f'{prefix}:{place}', 50)}"

    def response_id(self) -> str:
        """Carries the turn, by which a request that names it as its previous response is known to be one turn further."""
        return f"resp_t{self.turn:04d}{self._hex('response', 45)}"

    def _digest(self, label: str) -> bytes:
        return hashlib.sha512(f"{self.seed}/{label}".encode()).digest()

    def _letters(self, label: str, count: int) -> str:
        return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in self._digest(label)[:count])

    def _hex(self, label: str, count: int) -> str:
        return self._digest(label).hex()[:count]


def mint(provider: Provider, body: JsonObject, turn: int) -> Mint:
    """Return the mint of a request's reply: what only says how to deliver it has no part in it."""
    text = json.dumps(_content(body), sort_keys=True)
    return Mint(provider=provider, seed=hashlib.sha256(text.encode()).hexdigest(), turn=turn)


def _content(body: JsonObject) -> JsonObject:
    return {key: value for key, value in body.items() if key not in _NOT_CONTENT}


def seal(text: str) -> str:
    """Sign a thought: a function of its text alone, so that the server knows its own again without remembering it."""
    digest = hmac.new(_SEAL_KEY, compact.utf8(text), hashlib.sha512).digest()
    return base64.b64encode(b"\x12\x88\x02\x0a" + digest * 2).decode()


def encrypt(text: str) -> str:
    """The ``encrypted_content`` of a reasoning item: opaque to the caller, recognised by `is_ours`."""
    payload = compact.utf8(text)
    mark = hmac.new(_SEAL_KEY, payload, hashlib.sha256).digest()
    return "gAAAA" + base64.urlsafe_b64encode(mark + payload).decode()


def is_ours(encrypted: str) -> bool:
    """Tell whether an ``encrypted_content`` came from `encrypt`."""
    if not encrypted.startswith("gAAAA"):
        return False
    try:
        raw = base64.urlsafe_b64decode(encrypted[5:])
    except ValueError:
        return False
    return hmac.compare_digest(raw[:32], hmac.new(_SEAL_KEY, raw[32:], hashlib.sha256).digest())


def count_tokens(facts: Facts, body: JsonObject) -> int:
    """Count a request's input: four characters of its JSON are a token, image data aside, and an image is 1,500."""
    content = _content(body)
    length = len(compact.text(content)) - _image_characters(content)
    return max(1, length // _CHARACTERS_A_TOKEN) + _IMAGE_TOKENS * facts.image_count


def usage_of(reply: Reply, facts: Facts, body: JsonObject) -> TokenCounts:
    """Return the reply's own counts, or counts from the lengths of request and reply."""
    if reply.usage is not None:
        return reply.usage
    lengths = [(_length(part), isinstance(part, Thinking)) for part in reply.parts]
    reasoning = sum(-(-length // _CHARACTERS_A_TOKEN) for length, thought in lengths if thought)
    spoken = sum(-(-length // _CHARACTERS_A_TOKEN) for length, thought in lengths if not thought)
    return TokenCounts(input=count_tokens(facts, body), output=max(1, spoken + reasoning), reasoning=reasoning)


def _length(part: object) -> int:
    match part:
        case Text() | Thinking() | Refusal():
            return len(part.text)
        case ToolCall():
            return len(part.name) + len(json.dumps(part.arguments))
        case _:
            return 40


def _image_characters(value: object) -> int:
    """Sum up the long base64 runs of a document: they are counted as images, not as text."""
    stack, total = [value], 0
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, str) and len(item) > 256 and (item.startswith("data:") or " " not in item):
            total += len(item)
    return total
