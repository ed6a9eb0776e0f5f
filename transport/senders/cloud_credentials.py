"""Credentials where the settings have none: what a cloud's own library finds in its files, roles and metadata servers.

The SDK's clients for Bedrock and Vertex would ask the same libraries, and keep for good what they were told at first: a file that is written
anew under a running process is never read (anthropic 2.12.0, `lib/aws/_auth.py`, `lib/vertex/_client.py`, read 2026-11-24). Here what was found
is looked for again when a provider refuses it. Libraries that may go to the network, or read files, do so in a thread.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from ..secrets import Secret
from ..settings import Key

_GOOGLE_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_GOOGLE_IDENTITY: Final = ("service_account_email", "client_id", "client_secret", "refresh_token")
"""What tells two of Google's credentials apart, whatever tokens they have minted; of a service account also its key's id."""


class AwsChain:
    """The AWS chain: a profile's keys, a role's, those of the machine."""

    def __init__(self, profile: str | None) -> None:
        self._profile = profile
        self._found: Any = None

    async def keys(self) -> Mapping[str, Key | str | None]:
        """Return the keys to sign with, renewed where they expire; none where nothing is found. Raises what botocore raises."""
        if self._found is None:
            await self.look_again()
        found = self._found
        if found is None:
            return {}
        expires = getattr(found, "refresh_needed", None)  # those of a role do
        if expires is not None and expires():
            frozen = await asyncio.to_thread(found.get_frozen_credentials)
        else:
            frozen = found.get_frozen_credentials()
        return {
            "access_key_id": frozen.access_key,
            "secret_access_key": Secret(frozen.secret_key),
            "session_token": Secret(frozen.token) if frozen.token else None,
        }

    async def look_again(self) -> None:
        """Read everything anew. Raises what botocore raises."""
        self._found = await asyncio.to_thread(self._look)

    def _look(self) -> Any:
        return importlib.import_module("boto3").Session(profile_name=self._profile).get_credentials()


class GoogleDefault:
    """Google's application default credentials, and the tokens that they mint."""

    def __init__(self) -> None:
        self._found: Any = None
        self._minting = Lock()

    async def keys(self) -> Mapping[str, Key | str | None]:
        """Return an access token that has not expired. Raises what google-auth raises."""
        if self._found is None:
            await self.look_again()
        found = self._found
        if _is_spent(found):
            await asyncio.to_thread(self._mint, found)
        return {"access_token": Secret(found.token)}

    async def look_again(self) -> None:
        """Read the credentials anew; those that are the same keep their token. Raises what google-auth raises."""
        found = await asyncio.to_thread(_google_default)
        if self._found is None or _identity(found) != _identity(self._found):
            self._found = found

    def _mint(self, found: Any) -> None:
        with self._minting:  # the others wait for the token of the first
            if _is_spent(found):
                requests = importlib.import_module("requests")
                transport = importlib.import_module("google.auth.transport.requests")
                with requests.Session() as session:
                    found.refresh(transport.Request(session))


def _google_default() -> Any:
    found, _ = importlib.import_module("google.auth").default(scopes=[_GOOGLE_SCOPE])
    return found


def _is_spent(found: Any) -> bool:
    return not found.token or bool(found.expired)


def _identity(found: Any) -> tuple[Any, ...]:
    key = getattr(getattr(found, "signer", None), "key_id", None)
    return (type(found), key, *[getattr(found, name, None) for name in _GOOGLE_IDENTITY])
