"""One HTTP exchange with a provider as plain data, for who wants to see what went over the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import attrs

from polyloop.translate.jsonvalue import JsonObject


@attrs.frozen(kw_only=True)
class Exchange:
    """One exchange as it went over the wire, without credentials.

    ``request`` has method, path, headers and body (a document); ``response`` status, headers and body, or is ``None`` where none came.
    """

    request: JsonObject = attrs.field(repr=False)
    response: JsonObject | None = attrs.field(repr=False)
    error: BaseException | None = None


ExchangeListener: TypeAlias = Callable[[Exchange], None]
