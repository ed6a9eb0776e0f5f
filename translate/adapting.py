"""What adapting a hub record to a wire gives besides the record: what was put in, and what was renamed.

Adapting is not writing. A wire's ``adapt_request`` is a chain of small named functions hub -> hub, each the identity on a record
that needs nothing of it. What a step inserts it says here; what it leaves out or changes is found as a loss by `convert`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import attrs

from . import hub
from .jsonvalue import Json
from .profiles.record import Profile


@attrs.frozen(kw_only=True)
class Inserted:
    """A text, number or key that stands in no source: ``text`` from a table of inserted strings and defaults, and why."""

    text: Json
    reason: str
    key: bool = False
    """It is the key of an object, and not what stands under one."""
    at: str | None = None
    """The key it stands under in the target's document: of a value that a source may well state elsewhere, such as false."""
    beside: tuple[str, Json] | None = None
    """A key and value of the same object, where ``at`` is not enough."""


@attrs.define(kw_only=True)
class Stretch:
    """Turns of a conversation that are adapted by themselves: where they stand, for steps that look further than from a call to its
    results, and what these steps say of them, so that stretches can be put together (`incremental`)."""

    begins: bool
    """The conversation begins with them."""
    ends: bool
    """The conversation ends with them."""
    images_behind: int
    """So many images stand in the turns behind them."""
    images: int = 0
    """Said by a target that limits images: so many are in these turns, sent or not."""
    most_images: int = 0
    """Said by such a target: so many it takes, the newest."""
    calls: tuple[str, ...] = ()
    """Said by a target that counts calls: their ids, in order."""
    open: bool = False
    """Said by a target that says otherwise what ends a conversation than what goes on."""
    inseparable: bool = False
    """Said where something before them hangs on them: they are not to be adapted by themselves."""


@attrs.define(kw_only=True)
class Adapting:
    """What the steps of one adaptation share: the target, its profile, and what they report.

    ``context`` is plain JSON: maps of names and ids (source spelling -> target spelling), which tool is the computer. It is what the
    conversion of the reply needs, and is given to it by the caller.
    """

    target: str
    source: str | None = None
    profile: Profile | None = None
    model: str | None = None
    given: Mapping[str, Json] | None = None
    """The context of the request, where a reply is adapted."""
    context: dict[str, Json] = attrs.field(factory=dict)
    inserted: list[Inserted] = attrs.field(factory=list)
    stretch: Stretch | None = None
    """Where the turns stand that are adapted; ``None``: they are the whole conversation."""

    def insert(self, text: Json, reason: str, *, at: str | None = None, beside: tuple[str, Json] | None = None) -> Json:
        """Note an inserted text or number, and return it."""
        self.inserted.append(Inserted(text=text, reason=reason, at=at, beside=beside))
        return text

    def insert_key(self, key: str, reason: str) -> None:
        """Note an inserted key."""
        self.inserted.append(Inserted(text=key, reason=reason, key=True))


Adapter: TypeAlias = Callable[[Any, Adapting], "hub.Request | hub.Response"]
