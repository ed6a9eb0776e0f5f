"""Refuse what the provider refuses, one module for each wire. A first version: see the modules for the rules."""

from __future__ import annotations

from polyloop.translate.jsonvalue import JsonObject

from ..http1 import Request
from ..routes import Route
from ..scenario import Scenario
from ..settings import Settings


def check(place: Route, request: Request, body: JsonObject, settings: Settings, scenario: Scenario) -> None:
    """Raise `Rejected` where the provider would refuse the request."""
