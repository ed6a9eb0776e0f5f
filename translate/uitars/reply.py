"""What a UI-TARS reply says: records, and nothing that parses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from attrs import field, frozen

from ..computer_use.actions import Button
from ..jsonvalue import Json, JsonObject

Number: TypeAlias = int | float
Place: TypeAlias = tuple[Number, Number]
"""x and y as the model said them, in its own space."""
Corners: TypeAlias = tuple[Number, Number, Number, Number]
"""Left, top, right, bottom of a box whose centre is meant."""

Status: TypeAlias = Literal["ok", "recovered", "malformed", "no_action"]

UNKNOWN = "unknown"
"""The verb of a call whose name is in no action space. It is kept and never executed."""


@frozen(kw_only=True)
class TextCall:
    """One call of the action space, its arguments read. What was not said is ``None``."""

    verb: str
    """A canonical verb of `verbs`, or ``unknown``."""
    name: str | None = None
    """The name as written, for an unknown verb only."""
    at: Place | None = None
    box: Corners | None = None
    to: Place | None = None
    to_box: Corners | None = None
    text: str | None = None
    keys: tuple[str, ...] | None = None
    """Lower-case names as UI-TARS spells them, not canonical ones."""
    direction: str | None = None
    button: Button | None = None
    seconds: Number | None = None
    url: str | None = None
    app: str | None = None
    extra: Mapping[str, Json] = field(factory=dict, hash=False)
    """Arguments that the verb does not have, by their name in lower case."""


@frozen(kw_only=True)
class Reply:
    """A whole reply.

    ``ok``: everything was read. ``recovered``: the reply was cut or broken, and every action kept is whole.
    ``malformed``: a call was seen and none can be used. ``no_action``: there is none. Actions are there if and only if
    the status is ok or recovered.
    """

    status: Status
    thought: str | None
    reflection: str | None
    actions: tuple[TextCall, ...]
    anomalies: tuple[str, ...]
    """Names of irregularities, in the order they were met, each once."""
    raw: str
    """The reply as sampled. History sends this again, byte for byte."""


def describe_call(call: TextCall) -> JsonObject:
    """Return a call as plain JSON with only what was said; for logs and test data."""
    described: JsonObject = {"verb": call.verb}
    places = {"at": call.at, "box": call.box, "to": call.to, "to_box": call.to_box, "keys": call.keys}
    values = {
        "name": call.name if call.verb == UNKNOWN else call.app,
        "text": call.text,
        "direction": call.direction,
        "button": call.button,
        "seconds": call.seconds,
        "url": call.url,
    }
    described.update({key: list(value) for key, value in places.items() if value is not None})
    described.update({key: value for key, value in values.items() if value is not None})
    return described | dict(call.extra)


def describe_reply(reply: Reply) -> JsonObject:
    """Return a reply as plain JSON, without the raw text."""
    return {
        "status": reply.status,
        "thought": reply.thought,
        "reflection": reply.reflection,
        "actions": [describe_call(call) for call in reply.actions],
        "anomalies": list(reply.anomalies),
    }
