"""One HTTP client for all tests here: making one costs more than most of the tests."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from polyloop.transport.testing import StartScriptedProvider, scripted_provider

__all__ = ["StartScriptedProvider", "scripted_provider"]


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    """A client that keeps no connection between requests, so that no test meets another's."""
    with httpx.Client(limits=httpx.Limits(max_keepalive_connections=0)) as http:
        yield http
