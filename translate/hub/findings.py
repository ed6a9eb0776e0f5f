"""What came of a call that the provider ran itself: one record for each kind of outcome.

A search finds, a fetch brings a document, programs run, an MCP server speaks, a list offers tools, and each may fail. Which tool it
was, the call says; these records say what it gave, so that the same outcome reads equal from every wire that tells of it.

Source of the forms: ``web_search_tool_result`` and its like of the Messages API; ``web_search_call``, ``file_search_call``,
``code_interpreter_call``, ``mcp_call`` and their like of the Responses API; the types of both SDKs, read 2026-11-22.
"""

from __future__ import annotations

from typing import TypeAlias

import attrs

from ..jsonvalue import ABSENT, Absent
from .base import HubRecord, Opaque, Owned, Seal
from .content import FileId, Shown, Url
from .tools import Tool


@attrs.frozen(kw_only=True, eq=False)
class Caller(HubRecord):
    """The program that made a call: one of the model's own, which runs at the provider.

    ``kind`` is the provider's word for such programs, ``id`` the call that runs it. A call without a caller is the model's.
    """

    kind: str
    id: str | Absent = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class Found(Owned):
    """One thing that a search found: a page of the web, or a passage of the stored file whose id is ``file``.

    ``age`` is how old the page is, in the provider's words; ``score`` how well it fits, more is better; ``seal`` stands for what
    only the provider can read of it.
    """

    url: str | Absent | None = ABSENT
    title: str | Absent | None = ABSENT
    text: str | Absent | None = ABSENT
    age: str | Absent | None = ABSENT
    file: str | Absent | None = ABSENT
    score: float | int | Absent | None = ABSENT
    seal: Seal | None = None


@attrs.frozen(kw_only=True, eq=False)
class Searched(Owned):
    """What a search found, in the provider's order."""

    found: tuple[Found | Opaque, ...] = ()


@attrs.frozen(kw_only=True, eq=False)
class Fetched(Owned):
    """A page that was fetched, as a document. ``at`` is when, as the provider spells it."""

    url: str | Absent | None = ABSENT
    at: str | Absent | None = ABSENT
    parts: tuple[Shown, ...] = ()


@attrs.frozen(kw_only=True, eq=False)
class Run(Owned):
    """One run of a program. ``exit_code`` is ABSENT where the wire says none, ``files`` are what it made.

    ``seal`` stands for a standard output that only the provider can read.
    """

    stdout: str | Absent | None = ABSENT
    stderr: str | Absent | None = ABSENT
    exit_code: int | Absent = ABSENT
    timed_out: bool = False
    files: tuple[FileId | Url | Opaque, ...] = ()
    seal: Seal | None = None


@attrs.frozen(kw_only=True, eq=False)
class Executed(Owned):
    """What programs wrote, run by run."""

    runs: tuple[Run | Opaque, ...] = ()


@attrs.frozen(kw_only=True, eq=False)
class Said(Owned):
    """What a tool said or showed: the texts of an MCP server, a picture that was made, advice."""

    parts: tuple[Shown, ...] = ()


@attrs.frozen(kw_only=True, eq=False)
class Offered(Owned):
    """Tools that may be called from here on. Of one that is only named the request has the definition."""

    tools: tuple[Tool | Opaque, ...] = ()


@attrs.frozen(kw_only=True, eq=False)
class Failed(Owned):
    """The tool failed: why, in the provider's word (``code``) and for people (``message``), and what it said all the same."""

    code: str | Absent | None = ABSENT
    message: str | Absent | None = ABSENT
    parts: tuple[Shown, ...] = ()


Findings: TypeAlias = Searched | Fetched | Executed | Said | Offered | Failed
