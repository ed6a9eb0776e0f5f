"""Tools, and the choice among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import attrs

from ..jsonvalue import ABSENT, Absent, Json
from .base import HubRecord, Owned

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
class Tool(Owned):
    """A tool the model may call. ``schema`` is the JSON Schema of its arguments, for ``form`` function."""

    name: str | Absent = ABSENT
    description: str | Absent | None = ABSENT
    schema: Json = ABSENT
    form: CallForm | Literal["server"] = "function"
    strict: bool | Absent | None = ABSENT
    builtin: Builtin | None = None


@attrs.frozen(kw_only=True, eq=False)
class ToolChoice(Owned):
    """``parallel`` false allows at most one call in a turn."""

    mode: Literal["auto", "none", "required", "named", "allowed"]
    names: tuple[str, ...] = ()
    parallel: bool | Absent | None = ABSENT
