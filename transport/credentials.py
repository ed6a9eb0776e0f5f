"""A client's settings whose secrets may change while it lives: keys that rotate, tokens that expire.

Three ways to bring the next one in, none of which needs a new client:

* a setting may be a callable (``api_key=vault.current_key``, sync or async): it is asked before each attempt;
* settings from the environment or the file are read again when the provider refuses the credential, and if there is another one by then,
  the call is attempted once more with it (`retry.decide` counts that attempt like any other);
* so is what a cloud's own library finds where the settings have no key: a profile of AWS, Google's default credentials (`Fallback`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from inspect import isawaitable
from typing import Any, Final, Protocol

import attrs

from polyloop.translate.provider_errors import ProviderError, wire_of

from .errors import AuthenticationError, SettingsError
from .foreign_errors import map_exception
from .secrets import Secret
from .settings import PROVIDER_OF, ROTATING, Key, KeySource, ProviderSettings, checked, secrets_of

RENEWABLE: Final = frozenset({"authentication", "permission"})
"""Kinds of a refusal that another credential may help against. Bedrock refuses an expired bearer token as a lack of permission."""


class Fallback(Protocol):
    """Finds credentials where the settings have none."""

    async def keys(self) -> Mapping[str, Key | str | None]:
        """Return them by the names of the settings' fields; what was found before, unless it has expired."""
        ...

    async def look_again(self) -> None:
        """Look for them as if for the first time."""
        ...


class Credentials:
    """The settings of one client as they are now. Iterating gives every secret that was ever among them, to be scrubbed."""

    def __init__(self, settings: ProviderSettings, *, read: Callable[[], ProviderSettings] | None = None) -> None:
        """Take the settings, and how to read them again."""
        self._loaded = settings
        self._read = read
        self._sources = _sources_of(settings)
        self.settings = settings
        """As they were last known; before the first `current` a setting may still be a callable."""
        self._seen: dict[Secret, None] = dict.fromkeys(secrets_of(settings))
        self._fallback: Fallback | None = None

    def fall_back_on(self, fallback: Fallback) -> None:
        """Ask somebody else as long as the settings have no key."""
        self._fallback = fallback

    def __iter__(self) -> Iterator[Secret]:
        return iter(tuple(self._seen))

    async def current(self) -> ProviderSettings:
        """Return the settings to send with, callables asked. Raises `AuthenticationError` where one fails, `SettingsError` where its
        answer is no key, and what a fallback raises."""
        fallback = self._asked_instead()
        if fallback is not None:
            self._adopt(_with(self._loaded, await fallback.keys()))
        elif self._sources:
            given = {name: await _asked(name, source, self._loaded) for name, source in self._sources.items()}
            self._adopt(_with(self._loaded, given))
        return self.settings

    async def renewed_since(self, before: ProviderSettings) -> bool:
        """Look for another credential than the one that an attempt was refused with, which had ``before`` as its settings; tell whether
        there is one."""
        if _sources_of(before) or not secrets_of(before):
            before = self.settings  # what the attempt's callables gave, or the fallback
        if self._read is not None:
            try:
                found = self._read()
            except SettingsError:
                return False  # what stands there now is no credential: the refusal is what the caller should hear of
            if secrets_of(found) or _sources_of(found):
                self._loaded = _with_keys_of(found, self._loaded)
                if not self._sources:
                    self._adopt(self._loaded)
            elif self._fallback is None:
                return False
        fallback = self._asked_instead()
        if fallback is None:
            return await self.current() != before
        try:
            await fallback.look_again()
            return await self.current() != before
        except Exception as error:
            if map_exception(error, PROVIDER_OF[type(self.settings)]) is None:
                raise
            return False  # nothing is found any more: as above

    def _asked_instead(self) -> Fallback | None:
        return None if self._sources or secrets_of(self._loaded) else self._fallback

    def _adopt(self, settings: ProviderSettings) -> None:
        if settings != self.settings:
            self.settings = checked(settings)
            self._seen.update(dict.fromkeys(secrets_of(settings)))


def _with_keys_of(found: ProviderSettings, settings: ProviderSettings) -> ProviderSettings:
    """Return settings with newly found keys: where a client's requests go does not change in its life."""
    names = (attribute.name for attribute in attrs.fields(type(settings)))
    return _with(settings, {name: getattr(found, name) for name in names if name in ROTATING})


def _with(settings: ProviderSettings, keys: Mapping[str, Any]) -> ProviderSettings:
    changed: ProviderSettings = attrs.evolve(settings, **dict(keys))
    return changed


def _sources_of(settings: ProviderSettings) -> dict[str, KeySource]:
    fields = ((attribute.name, getattr(settings, attribute.name)) for attribute in attrs.fields(type(settings)))
    return {name: value for name, value in fields if callable(value)}


async def _asked(name: str, source: KeySource, settings: ProviderSettings) -> Secret:
    provider = PROVIDER_OF[type(settings)]
    try:
        answer = source()
        key: object = await answer if isawaitable(answer) else answer
    except Exception as error:
        record = ProviderError(
            kind="authentication", provider=provider, wire=wire_of(provider), retryable=False,
            message=f"no {name} could be had: its source raised {type(error).__name__}", type="credentials_unavailable",
        )  # fmt: skip
        raise AuthenticationError(record) from error
    if isinstance(key, Secret):
        return key
    if isinstance(key, str) and key:
        return Secret(key)
    raise SettingsError(f"the source of {name} gave no key")
