"""Thinking: blocks with a signature, blocks whose signature is empty, and redacted ones.

A signature that is empty is no seal: nobody can check it, and the API refuses a request that has one. It is how replies say reasoning that
Anthropic did not sign, in the block that its clients read: the signature is required there (ThinkingBlock, anthropic SDK 2.12.0).
"""

from __future__ import annotations

from typing import Final

import attrs

from .. import hub
from ..errors import WriteError
from ..jsonvalue import ABSENT
from ..steps import map_parts
from .residue import FAMILY, WIRE_NAME, build, nulls, own, own_of
from .wire_blocks import RedactedThinkingBlock, ThinkingBlock

UNSEALED: Final = hub.Own(wire=WIRE_NAME, fields={"signature": ""})
"""The spelling of thinking without a seal whose block has a signature all the same."""


def read_thinking(block: ThinkingBlock) -> hub.Thinking:
    """Read thinking."""
    signature = block.signature
    if not isinstance(signature, str) or not signature:
        spelling = UNSEALED if signature == "" else own(nulls(block, "signature"))
        return hub.Thinking(text=block.thinking, own=own_of(block), spelling=spelling)
    seal = hub.Seal(kind="signature", data=signature, family=FAMILY)
    return hub.Thinking(text=block.thinking, seal=seal, own=own_of(block) if block.extra else None)


def read_redacted(block: RedactedThinkingBlock) -> hub.Thinking:
    """Read thinking that only the provider can read."""
    return hub.Thinking(seal=hub.Seal(kind="redacted", data=block.data, family=FAMILY), own=own_of(block))


def write_thinking(part: hub.Thinking) -> ThinkingBlock | RedactedThinkingBlock:
    """Write thinking. Raises `WriteError` for what is neither a text, signed or not, nor redacted data."""
    seal = part.seal
    if part.summary:
        raise WriteError("thinking of the Messages API has no summary beside its text")
    if seal is not None and seal.family != FAMILY:
        raise WriteError(f"thinking sealed by {seal.family} means nothing to the Messages API")
    if seal is not None and seal.kind == "signature" and not seal.data:
        raise WriteError("an empty signature seals nothing: such thinking has no seal")
    if part.text is not ABSENT and (seal is None or seal.kind == "signature"):
        return build(ThinkingBlock, part, thinking=part.text, signature=ABSENT if seal is None else seal.data)
    if part.text is ABSENT and seal is not None and seal.kind == "redacted":
        return build(RedactedThinkingBlock, part, data=seal.data)
    raise WriteError("thinking of the Messages API is a text with its signature, or redacted data")


def is_sealed(thinking: hub.Thinking) -> bool:
    """Tell whether thinking has a seal that the Messages API takes back: Anthropic's own, and not an empty one."""
    seal = thinking.seal
    return seal is not None and seal.family == FAMILY and seal.kind != "encrypted" and seal.data != ""


def say_thoughts(turn: hub.Turn) -> hub.Turn:
    """Return a turn of a reply in which others' reasoning is thinking, as far as it has words; a seal stays out, and never becomes words.

    Each part of a summary is a block of its own. Whoever gets a reply may read it. A request is another matter: there the API takes back
    its own thinking only, and none without a seal.
    """
    return map_parts(turn, lambda part, _: _said_words(part) if isinstance(part, hub.Thinking) else None)


def _said_words(thinking: hub.Thinking) -> tuple[hub.Part, ...] | None:
    if is_sealed(thinking):
        return None
    said = thinking.summary if thinking.text is ABSENT else (thinking.text,)
    own = thinking.own if thinking.own is not None and thinking.own.wire == WIRE_NAME else None
    unsealed = attrs.evolve(thinking, summary=(), seal=None, own=own, spelling=UNSEALED)
    return tuple([attrs.evolve(unsealed, text=words) for words in said if words])
