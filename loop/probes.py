"""Whether the target answers: over HTTP, or by a session of an existing database."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from attrs import frozen

from .ports import Health
from .rows import asked

TARGET_PORT: Final = 8088
"""Of a target's HTTP API, its health included."""
SECONDS: Final = 5.0


@frozen(kw_only=True)
class HttpProbe:
    """Asks a URL; any answer of the 200s is health."""

    url: str
    seconds: float = SECONDS

    async def check(self) -> Health:
        """Ask the URL once."""
        import httpx  # a target in this process needs no HTTP client

        try:
            async with httpx.AsyncClient(timeout=self.seconds) as client:
                answer = await client.get(self.url)
        except httpx.HTTPError as error:
            return Health(healthy=False, reason=f"the target does not answer: {type(error).__name__}")
        if answer.is_success:
            return Health(healthy=True)
        return Health(healthy=False, reason=f"the target answers with status {answer.status_code}")


@frozen(kw_only=True)
class SessionProbe:
    """Looks a session up and asks its container, each time anew: a session may move."""

    db: Any
    session_id: str | None
    port: int = TARGET_PORT

    async def check(self) -> Health:
        """Look the session up and ask its container."""
        if not self.session_id:
            return Health(healthy=False, reason="the computer needs a session, and no session_id was given")
        try:
            address = await session_address_of(self.db, self.session_id)
        except ValueError:
            return Health(healthy=False, reason=f"{self.session_id!r} is no session id")
        if address is None:
            return Health(healthy=False, reason=f"session {self.session_id} has no container_ip")
        return await HttpProbe(url=f"http://{address}:{self.port}/health").check()


async def session_address_of(db: Any, session_id: str) -> str | None:
    """Look a session up in an existing database and return its container's address. Raises `ValueError` for what is no session id."""
    return session_address(await asked(db.get_session, UUID(str(session_id))))


def session_address(session: Any) -> str | None:
    """Return the address of a session's container: ``container_ip`` of a mapping or an object."""
    found = session.get("container_ip") if isinstance(session, dict) else getattr(session, "container_ip", None)
    return found if isinstance(found, str) and found else None
