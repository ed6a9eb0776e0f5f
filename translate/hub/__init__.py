"""The hub: the neutral records every wire is read to and written from.

The hub is a small algebra, not a union of all providers' formats. A neutral field holds what more than one wire can say, or what
a loop must know. What only one wire can ever say stays in ``own``, a residue that no other wire reads. It is also the storage
format (`storage`): plain data, versioned.

Three kinds of fields:

* neutral fields are compared, and each survives ``read(write(evolve(record, field=value)))`` on every wire that has a place for it;
* ``own`` is the residue of one wire: keys that no neutral field states. Another wire's writer never looks at it;
* ``spelling`` and ``origin`` are not compared. A spelling says in which of two documented equal ways the wire put it (a string for
  one text block, a default written out), so that the same wire gets the same document back; an origin says who minted a turn.

How turns are cut. A `Turn` is a maximal run of one speaker. The roles: ``system`` and ``developer`` in mid-conversation (what
stands before the conversation is ``Request.instructions``), ``user``, ``assistant``, and ``tool``: the results of calls are the
tool's words, also where a wire puts them into the user's message. Every wire has a grouping it writes by default:

* anthropic: adjacent tool and user turns make one ``user`` message; an assistant turn makes one message;
* openai-chat: each result is one ``tool`` message, any other turn one message;
* openai-responses: each result, call, thinking and opaque item is one item, and each run of text, media and refusals one message;
* uitars: as openai-chat.

A `Seam` on a turn says where a wire's document was cut otherwise, or what a message or item carried itself (id, status, phase,
name, unknown keys). A turn without seams is written by default; writers of other wires ignore form and id, never the cut itself
unless they cannot make it.
"""

from __future__ import annotations

from .base import (
    NO_ARGUMENTS,
    UNCOMPARED,
    Arguments,
    HubRecord,
    Mark,
    Opaque,
    Origin,
    Own,
    Owned,
    Seal,
)
from .content import (
    Base64,
    Citation,
    FileId,
    Inline,
    Media,
    Refusal,
    Shown,
    Source,
    Text,
    Thinking,
    Url,
)
from .findings import (
    Caller,
    Executed,
    Failed,
    Fetched,
    Findings,
    Found,
    Offered,
    Run,
    Said,
    Searched,
)
from .parts import (
    Approval,
    ApprovalAnswer,
    Call,
    Part,
    Reference,
    Result,
    Role,
    SafetyCheck,
    Seam,
    ServerCall,
    ServerResult,
    Turn,
)
from .reply import (
    AtLeast,
    Candidate,
    Count,
    Known,
    Other,
    Reason,
    Response,
    StopReason,
    ToolUsage,
    Usage,
)
from .request import (
    Compaction,
    Continues,
    Format,
    McpServer,
    Reasoning,
    Request,
    Sampling,
    Settings,
)
from .tools import (
    Builtin,
    CallForm,
    Grammar,
    Tool,
    ToolChoice,
)

__all__ = [
    "NO_ARGUMENTS",
    "UNCOMPARED",
    "Approval",
    "ApprovalAnswer",
    "Arguments",
    "AtLeast",
    "Base64",
    "Builtin",
    "Call",
    "CallForm",
    "Caller",
    "Candidate",
    "Citation",
    "Compaction",
    "Continues",
    "Count",
    "Executed",
    "Failed",
    "Fetched",
    "FileId",
    "Findings",
    "Format",
    "Found",
    "Grammar",
    "HubRecord",
    "Inline",
    "Known",
    "Mark",
    "McpServer",
    "Media",
    "Offered",
    "Opaque",
    "Origin",
    "Other",
    "Own",
    "Owned",
    "Part",
    "Reason",
    "Reasoning",
    "Reference",
    "Refusal",
    "Request",
    "Response",
    "Result",
    "Role",
    "Run",
    "SafetyCheck",
    "Said",
    "Sampling",
    "Seal",
    "Seam",
    "Searched",
    "ServerCall",
    "ServerResult",
    "Settings",
    "Shown",
    "Source",
    "StopReason",
    "Text",
    "Thinking",
    "Tool",
    "ToolChoice",
    "ToolUsage",
    "Turn",
    "Url",
    "Usage",
]
