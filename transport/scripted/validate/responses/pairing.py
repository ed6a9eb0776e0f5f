"""Every call of a Responses input has its output behind it, every output its call, every thought what it led to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from polyloop.translate.jsonvalue import JsonObject

from ...facts.responses import is_model_item
from ...failures import Rejected
from .items import kind_of

_OUTPUT_OF: Final[Mapping[str, str]] = {
    "function_call": "function_call_output",
    "custom_tool_call": "custom_tool_call_output",
    "computer_call": "computer_call_output",
}
_NAMES: Final[Mapping[str, str]] = {
    "function_call": "function call",
    "custom_tool_call": "custom tool call",
    "computer_call": "computer call",
}


def check_pairs(items: list[JsonObject], continues: bool) -> None:
    """Raise `Rejected` for a call without output or an output without call.

    A request that continues state of the server may answer calls that stand there: ``continues`` allows outputs without a call.
    So does a reference, whose item stands elsewhere.
    """
    elsewhere = continues or any(kind_of(item) == "item_reference" for item in items)
    others = {item.get("call_id") for item in items if kind_of(item) not in (*_OUTPUT_OF, *_OUTPUT_OF.values())}
    calls: dict[tuple[str, str], str] = {}
    answered: set[tuple[str, str]] = set()
    call_of = {output: call for call, output in _OUTPUT_OF.items()}
    for item in items:
        kind = kind_of(item)
        if kind in _OUTPUT_OF:
            calls[kind, item["call_id"]] = item["call_id"]
        elif kind in call_of:
            key = (call_of[kind], item["call_id"])
            if key not in calls and item["call_id"] not in others and not elsewhere:
                message = f"No tool call found for {_NAMES[call_of[kind]]} output with call_id {item['call_id']}."
                raise Rejected(message, param="input")
            answered.add(key)
    for kind, id in calls:
        if (kind, id) not in answered:
            raise Rejected(f"No tool output found for {_NAMES[kind]} {id}.", param="input")


def check_reasoning(items: list[JsonObject]) -> None:
    """Raise `Rejected` for a reasoning item that is not followed by what the model went on to say or call.

    Both are the server's own items: one without an id is a copy and binds nothing, and a copy is no follower (recorded).
    """
    following = [*items[1:], None]
    for item, after in zip(items, following, strict=True):
        if kind_of(item) != "reasoning" or item.get("id") is None:
            continue
        if after is None or not is_model_item(after) or (kind_of(after) == "message" and after.get("id") is None):
            message = f"Item '{item['id']}' of type 'reasoning' was provided without its required following item."
            raise Rejected(message, param="input")
