"""What the server remembers of each request, for a test to look at."""

from __future__ import annotations

from attrs import frozen

from polyloop.translate.jsonvalue import Json

from .auth import Credential
from .faults import Fault
from .scenario import Provider, Wire


@frozen(kw_only=True)
class LoggedRequest:
    """One request as it came, without its secrets."""

    method: str
    path: str
    """Still percent-encoded, without the query."""
    query: str
    headers: dict[str, str]
    """Names in lower case. A secret is ``sha256:`` and the first twelve digits of its digest."""
    credential: Credential
    provider: Provider
    wire: Wire | None
    """None where the provider has no such path."""
    body: Json
    """The parsed JSON; None where there was none or it was malformed."""
    status: int
    """Of the answer, before a fault befell it."""
    fault: Fault | None = None
