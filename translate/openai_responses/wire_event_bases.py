"""What events of an OpenAI Responses stream have in common."""

from __future__ import annotations

from ..codec import WireRecord, wire_record
from ..jsonvalue import ABSENT, Absent


@wire_record
class StreamEvent(WireRecord):
    """What every event has."""

    sequence_number: int | Absent | None = ABSENT


@wire_record
class OutputEvent(StreamEvent):
    """An event of one output item."""

    item_id: str | Absent | None = ABSENT
    output_index: int | Absent | None = ABSENT


@wire_record
class ContentEvent(OutputEvent):
    """An event of one content part of an output item."""

    content_index: int | Absent | None = ABSENT
