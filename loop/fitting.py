"""Images brought to what a host takes, before they are shown to it; where that cannot be, a marker stands for them."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from attrs import evolve, frozen

from polyloop.translate import hub
from polyloop.translate.profiles import ImageLimits
from polyloop.translate.profiles.pictures import picture_size

from . import texts
from .ports import Imager, ImageWish
from .preflight import Refitted, Room, takes

_SHOWN_DIGITS: Final = 12


@frozen(kw_only=True)
class Fitter:
    """Fits images to a profile's limits, with an imager where there is one."""

    limits: ImageLimits
    room: Room
    imager: Imager | None = None

    async def fit(
        self, parts: tuple[hub.Part, ...], history: tuple[hub.Part, ...]
    ) -> tuple[tuple[hub.Part, ...], tuple[Refitted, ...]]:
        """Return parts whose images the host takes, and what was done. ``history`` are the same parts as the history has them."""
        fitted: list[hub.Part] = []
        changes: list[Refitted] = []
        for part, kept in zip(parts, history, strict=True):
            if isinstance(part, hub.Result) and isinstance(kept, hub.Result):
                inner, found = await self.fit(part.parts, kept.parts)
                fitted.append(part if inner is part.parts else evolve(part, parts=inner))
                changes += found
                continue
            shown, change = await self._fitted(part, kept)
            fitted.append(shown)
            changes += [change] if change is not None else []
        return (tuple(fitted), tuple(changes)) if changes else (parts, ())

    async def _fitted(self, part: hub.Part, kept: hub.Part) -> tuple[hub.Part, Refitted | None]:
        if not isinstance(part, hub.Media) or part.kind != "image" or not isinstance(part.source, hub.Base64):
            return part, None
        source = part.source
        size = picture_size(source.data)
        if takes(self.limits, self.room, source.media_type, len(source.data), size):
            return part, None
        digest = (
            kept.source.id[:_SHOWN_DIGITS]
            if isinstance(kept, hub.Media) and isinstance(kept.source, hub.FileId)
            else None
        )
        before = _said(source, size)
        made = await self._made(source)
        if made is None:
            return hub.Text(text=texts.refused_image(digest)), Refitted(digest=digest, before=before, after=None)
        after = _said(made, picture_size(made.data))
        return evolve(part, source=made), Refitted(digest=digest, before=before, after=after)

    async def _made(self, source: hub.Base64) -> hub.Base64 | None:
        """Return the image in a form that the host takes; None where nobody can make one."""
        if self.imager is None:
            return None
        try:
            data = base64.b64decode(source.data, validate=True)
        except (binascii.Error, ValueError):
            return None
        wish = ImageWish(side=self.room.side, bytes=self.limits.bytes, media_types=self.limits.media_types)
        made = await self.imager.fit(data, source.media_type, wish)
        if made is None:
            return None
        found = hub.Base64(media_type=made[1], data=base64.b64encode(made[0]).decode("ascii"))
        good = takes(self.limits, self.room, found.media_type, len(found.data), picture_size(found.data))
        return found if good else None


def _said(source: hub.Base64, size: tuple[int, int] | None) -> str:
    pixels = "" if size is None else f" {size[0]}x{size[1]}"
    return f"{source.media_type}{pixels}, {len(source.data)} bytes of base64"
