"""What a validator looks at."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from polyloop.translate.jsonvalue import JsonObject

from ..http1 import Request
from ..routes import Route
from ..scenario import Provider
from ..settings import Limits, Settings


@frozen(kw_only=True)
class Check:
    """A request in front of a validator."""

    place: Route
    request: Request
    body: JsonObject
    settings: Settings
    seals: Mapping[str, str]
    """Signatures and encrypted contents that the scenario hands out itself, each with the text it seals."""

    @property
    def provider(self) -> Provider:
        return self.place.provider

    @property
    def limits(self) -> Limits:
        return self.settings.limits_of(self.place.provider)

    @property
    def model(self) -> str:
        """The model's name, from the path or the body; empty where the server chooses."""
        named = self.place.model if self.place.model is not None else self.body.get("model")
        return named if isinstance(named, str) else ""
