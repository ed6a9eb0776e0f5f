"""The flow of a conversation: a list of items into turns.

An item becomes one part, a message as many as it has. A turn is a run of items of one speaker; who speaks follows from an item's type,
save for messages. A seam is made where the turn alone would not give the item back: where a message follows a message, where an
item has an id, a status or a phase, and around a message that holds a part no record fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from .. import hub
from ..codec import encode
from ..jsonvalue import ABSENT
from ..making import new_text, new_turn
from . import calls, results, server_calls, server_items
from . import wire_items as wire
from . import wire_server_items as server
from .content import CONTENT, UNTYPED, read_part
from .residue import WIRE_NAME, WITHOUT, own
from .thinking import read_thinking

Readers: TypeAlias = Mapping[type, tuple[hub.Role, Callable[[Any], hub.Part | None]]]

_READERS: Final[Readers] = {
    wire.FunctionCall: ("assistant", calls.read_function_call),
    wire.FunctionCallOutput: ("tool", results.read_function_output),
    wire.ReasoningItem: ("assistant", read_thinking),
    wire.CustomToolCall: ("assistant", calls.read_custom_call),
    wire.CustomToolCallOutput: ("tool", results.read_custom_output),
    wire.ComputerCall: ("assistant", calls.read_computer_call),
    wire.ComputerCallOutput: ("tool", results.read_computer_output),
    wire.LocalShellCall: ("assistant", calls.read_local_shell_call),
    wire.LocalShellCallOutput: ("tool", results.read_local_shell_output),
    wire.ShellCall: ("assistant", calls.read_shell_call),
    wire.ShellCallOutput: ("tool", results.read_shell_output),
    wire.ApplyPatchCall: ("assistant", calls.read_patch_call),
    wire.ApplyPatchCallOutput: ("tool", results.read_patch_output),
    wire.McpApprovalRequest: ("assistant", server_items.read_approval),
    wire.McpApprovalResponse: ("user", server_items.read_approval_answer),
    wire.AdditionalTools: ("developer", server_items.read_mark),
    wire.ConfigurationUpdate: ("developer", server_items.read_mark),
    wire.Compaction: ("assistant", server_items.read_mark),
    wire.CompactionTrigger: ("user", server_items.read_mark),
    wire.ItemReference: ("assistant", server_items.read_reference),
}
_SERVER_CALLS: Final = frozenset(
    {
        server.WebSearchCall, server.FileSearchCall, server.CodeInterpreterCall, server.ImageGenerationCall,
        server.McpCall, server.McpListTools, server.ToolSearchCall, server.Program,
    }
)  # fmt: skip
_SERVER_RESULTS: Final = frozenset({server.ToolSearchOutput, server.ProgramOutput})
_ITSELF: Final = frozenset({wire.ItemReference, wire.McpApprovalRequest})
"""Items whose id is their part's id, not their seam's."""
_ROLES: Final = ("user", "assistant", "system", "developer")


class Reading:
    """Turns while they are read."""

    __slots__ = ("after_message", "hosted", "parts", "role", "seams", "turns", "unit")

    def __init__(self, speaker: hub.Role | None = None) -> None:
        self.unit = speaker
        """Whose turn all items are, in a reply; ``None`` where each item says."""
        self.turns: list[hub.Turn] = []
        self.hosted: set[str] = set()
        """Ids of shell calls that the provider runs."""
        self._begin(speaker or "user")

    def _begin(self, role: hub.Role) -> None:
        self.role = role
        self.parts: list[hub.Part] = []
        self.seams: list[hub.Seam] = []
        self.after_message = False

    def speak(self, role: hub.Role) -> None:
        """Go on with a turn of this speaker, or begin one."""
        if role != self.role and self.unit is None:
            self.end()
            self._begin(role)

    def end(self) -> None:
        """Close the turn. A seam around a message that is a whole turn and empty says nothing that the turn does not."""
        if not self.parts and not self.seams:
            return
        if not self.parts and len(self.seams) == 1 and self.seams[0] == _EMPTY and self.seams[0].spelling is None:
            self.seams = []
        self.turns.append(new_turn(role=self.role, parts=tuple(self.parts), seams=tuple(self.seams)))


_EMPTY: Final = hub.Seam(start=0, stop=0)


def read_items(items: Iterable[wire.Item]) -> tuple[hub.Turn, ...]:
    """Read a request's items into turns."""
    reading = Reading()
    for item in items:
        _read_item(item, reading)
    reading.end()
    return tuple(reading.turns)


def read_output(items: Iterable[wire.Item]) -> hub.Turn:
    """Read a reply's items into the one turn they are."""
    reading = Reading("assistant")
    for item in items:
        _read_item(item, reading)
    reading.end()
    return reading.turns[0] if reading.turns else hub.Turn(role="assistant")


def _read_item(item: Any, reading: Reading) -> None:
    cls = item.__class__
    if cls is wire.Message and item.role in _ROLES:
        read_message(item, reading)
        return
    known = _READERS.get(cls)
    if known is not None:
        role, reader = known
        if not (cls is wire.ShellCall and calls.is_hosted(item)) and not (
            cls is wire.ShellCallOutput and item.call_id in reading.hosted
        ):
            part = reader(item)
            if part is not None:
                reading.speak(role)
                _add_item(item, part, reading)
                return
    _read_other(item, reading)


def _add_item(item: Any, part: hub.Part, reading: Reading) -> None:
    start = len(reading.parts)
    reading.parts.append(part)
    reading.after_message = False
    if item.__class__ in _ITSELF:
        return
    cls = item.__class__
    id = getattr(item, "id", ABSENT) if cls is not wire.LocalShellCallOutput else ABSENT
    status = getattr(item, "status", ABSENT) if cls is not wire.ApplyPatchCallOutput else ABSENT
    if status is not ABSENT and isinstance(part, hub.Call) and part.state != "complete":
        status = ABSENT
    if id is not ABSENT or status is not ABSENT:
        reading.seams.append(hub.Seam(start=start, stop=start + 1, form=item.type, id=id, status=status))


def _read_other(item: Any, reading: Reading) -> None:
    """Read what the provider runs itself, and what no record fits."""
    cls = item.__class__
    part: hub.Part
    role: hub.Role = "assistant"
    if cls in _SERVER_CALLS or (cls is wire.ShellCall and calls.is_hosted(item)):
        part = server_calls.read_server_call(item)
        if cls is wire.ShellCall:
            reading.hosted.add(item.call_id)
    elif cls in _SERVER_RESULTS or (cls is wire.ShellCallOutput and item.call_id in reading.hosted):
        part = server_calls.read_server_result(item)
    else:
        document = encode(item)
        part = hub.Opaque(wire=WIRE_NAME, document=document)
        role = speaker_of(document)
    reading.speak(role)
    reading.parts.append(part)
    reading.after_message = False


def speaker_of(document: Any) -> hub.Role:
    """Tell who speaks in an item of an unknown type: by its role, or that an output is a tool's."""
    if not isinstance(document, dict):
        return "user"
    role: Any = document.get("role")
    if role in _ROLES:
        return role  # type: ignore[no-any-return]
    kind = document.get("type")
    if not isinstance(kind, str):
        return "user"
    return "tool" if kind.endswith("_output") else "assistant"


def read_message(item: wire.Message, reading: Reading) -> None:
    """Read a message into the turn of its speaker."""
    role: Any = item.role
    reading.speak(role)
    parts = reading.parts
    start = len(parts)
    content = item.content
    seam = (
        reading.after_message
        or item.id is not ABSENT
        or item.status is not ABSENT
        or item.phase is not ABSENT
        or bool(item.extra)
        or role != reading.role
    )
    reading.after_message = True
    if content.__class__ is str:
        spelling = UNTYPED if item.type is ABSENT else None
        parts.append(new_text(text=content, form="string", spelling=spelling))
    elif content:
        seam = seam or any(part.__class__ not in CONTENT for part in content)  # type: ignore[union-attr]
        untyped = item.type is ABSENT and not seam
        _read_parts(content, role == "assistant", UNTYPED if untyped else None, parts)
        if not seam and hub.Opaque in map(type, parts[start:]):  # an image from nowhere, say
            seam = True
            del parts[start:]
            _read_parts(content, role == "assistant", None, parts)
    if seam or len(parts) == start:
        reading.seams.append(_message_seam(item, start, len(parts), role, reading))


def _read_parts(content: Any, assistant: bool, spelling: hub.Own | None, into: list[hub.Part]) -> None:
    """Read parts into a list. ``spelling`` is what the first of them carries for its message."""
    for part in content:
        read_part(part, assistant, spelling, into)
        spelling = None


def _message_seam(item: wire.Message, start: int, stop: int, role: str, reading: Reading) -> hub.Seam:
    fields = dict(item.extra)
    if role != reading.role:
        fields["role"] = role
    spelling: dict[str, Any] = {"untyped": True} if item.type is ABSENT else {}
    if item.content is ABSENT:
        spelling[WITHOUT] = ["content"]
    elif item.content is None:
        spelling["content"] = None
    return hub.Seam(
        start=start, stop=stop, id=item.id, status=item.status, phase=item.phase, own=own(fields), spelling=own(spelling)
    )  # fmt: skip
