"""Tools, and the choice among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import attrs

from ..jsonvalue import ABSENT, Absent, Json
from .base import HubRecord, Mark, Owned

CallForm: TypeAlias = Literal["function", "custom", "computer", "browser", "shell", "patch", "text_editor", "memory"]


@attrs.frozen(kw_only=True, eq=False)
class Builtin(HubRecord):
    """A tool the provider defines: ``type`` without its date, ``version`` the date (``20250124``), ``options`` the rest.

    A type whose date is written ``web_search_20250305`` is ``Builtin(type="web_search", version="20250305", ...)``.
    """

    type: str
    version: str | Absent = ABSENT
    options: Mapping[str, Json] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True, eq=False)
class Grammar(Owned):
    """What the free text given to a custom tool has to follow: a definition, and the syntax it is in (lark, regex)."""

    syntax: str
    definition: str


@attrs.frozen(kw_only=True, eq=False)
class Tool(Owned):
    """A tool the model may call. ``schema`` is the JSON Schema of its arguments, for ``form`` function; ``output_schema`` that of
    what it gives; ``grammar`` binds the text given to one of form custom.

    With ``defer_loading`` the model does not see the tool until a search for tools finds it. ``callers`` are who may call it: direct
    is the model itself, other words name programs of the model's that run at the provider. ``cache`` is a cache point behind it.
    """

    name: str | Absent = ABSENT
    description: str | Absent | None = ABSENT
    schema: Json = ABSENT
    form: CallForm | Literal["server"] = "function"
    strict: bool | Absent | None = ABSENT
    builtin: Builtin | None = None
    output_schema: Json = ABSENT
    grammar: Grammar | None = None
    defer_loading: bool | Absent | None = ABSENT
    callers: tuple[str, ...] | Absent = ABSENT
    cache: Mark | None = None


@attrs.frozen(kw_only=True, eq=False)
class ToolChoice(Owned):
    """``parallel`` false allows at most one call in a turn; with ``required`` one of the tools of mode allowed must be called."""

    mode: Literal["auto", "none", "required", "named", "allowed"]
    names: tuple[str, ...] = ()
    parallel: bool | Absent | None = ABSENT
    required: bool = False
