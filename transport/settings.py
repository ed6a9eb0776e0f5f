"""Settings of the six providers: one record each, made from arguments, environment and a file, in that order.

    file (TOML, from ``path`` or POLYLOOP_CONFIG)      environment (a mapping)      arguments
    [openai]                                           OPENAI_API_KEY=...           api_key=...
    base_url = "https://llm.example/v1"                OPENAI_BASE_URL=...          base_url=...

An empty environment variable counts as none. The table ``[transport]`` of the file makes the `TransportConfig`. Where a key is wanted, a
callable that gives it will do as an argument: `credentials` says when it is asked.
Sources: the SDKs' own variables (anthropic 2.12.0, openai 3.3.0, 2026-11-22), so that what works with them works here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

from attrs import NOTHING, field, fields, frozen

from polyloop.translate.jsonvalue import json_type

from .config import Limits, Timeouts, TransportConfig
from .errors import SettingsError
from .secrets import Secret, fits_header

CONFIG_VARIABLE: Final = "POLYLOOP_CONFIG"
"""Names the settings file where no path is given."""

UITARS_DEFAULT_URL: Final = "https://api.uitars.com/v1"
UITARS_URL_HINT: Final = (
    f"{UITARS_DEFAULT_URL} is only the documented default: a UI-TARS deployment normally has a URL of its own, set "
    "UITARS_BASE_URL (or base_url) to it, for example http://host:8000/v1 for vLLM"
)

_VERTEX_HOSTS: Final = {
    "global": "https://aiplatform.googleapis.com/v1",
    "us": "https://aiplatform.us.rep.googleapis.com/v1",
    "eu": "https://aiplatform.eu.rep.googleapis.com/v1",
}


KeySource: TypeAlias = Callable[[], "Secret | str | Awaitable[Secret | str]"]
"""Gives a key that may be another one tomorrow; sync if it answers at once, else async."""
Key: TypeAlias = Secret | KeySource


def _key(value: Key | str) -> Key:
    return Secret(value) if isinstance(value, str) else value


def _optional_key(value: Key | str | None) -> Key | None:
    return None if value is None else _key(value)


def _optional_text(value: Key | str | None) -> str | KeySource | None:
    return value.reveal() if isinstance(value, Secret) else value


@frozen(kw_only=True)
class AnthropicSettings:
    """Anthropic's own API, or a gateway that speaks it."""

    api_key: Key = field(converter=_key)
    base_url: str = "https://api.anthropic.com"


@frozen(kw_only=True)
class OpenAISettings:
    """OpenAI, or a server compatible with it."""

    api_key: Key = field(converter=_key)
    base_url: str = "https://api.openai.com/v1"
    organization: str | None = None
    project: str | None = None


@frozen(kw_only=True)
class UITarsSettings:
    """A server of a UI-TARS model. Its key may be missing where the URL is a deployment's own."""

    api_key: Key | None = field(default=None, converter=_optional_key)
    base_url: str = UITARS_DEFAULT_URL


@frozen(kw_only=True)
class BedrockSettings:
    """Amazon Bedrock. With neither bearer token nor access key the AWS chain (profile, role) is asked for each call, which renews what
    expires."""

    region: str
    access_key_id: str | KeySource | None = field(default=None, converter=_optional_text)
    secret_access_key: Key | None = field(default=None, converter=_optional_key)
    session_token: Key | None = field(default=None, converter=_optional_key)
    bearer_token: Key | None = field(default=None, converter=_optional_key)
    profile: str | None = None
    base_url: str | None = None
    """None: the region's own."""


@frozen(kw_only=True)
class VertexSettings:
    """Google Vertex AI. Without an access token Google's application default credentials are asked."""

    region: str
    project: str
    access_token: Key | None = field(default=None, converter=_optional_key)
    """Lives about an hour; a long run is better off without, or with a callable."""
    base_url: str | None = None
    """None: the region's own."""


@frozen(kw_only=True)
class LegacyUseSettings:
    """The LegacyUse proxy. It has no default URL."""

    base_url: str
    api_key: Key = field(converter=_key)


ProviderSettings: TypeAlias = (
    AnthropicSettings | OpenAISettings | UITarsSettings | BedrockSettings | VertexSettings | LegacyUseSettings
)

SETTINGS_OF_PROVIDER: Final[dict[str, type[ProviderSettings]]] = {
    "anthropic": AnthropicSettings,
    "openai": OpenAISettings,
    "openai-responses": OpenAISettings,
    "uitars": UITarsSettings,
    "bedrock": BedrockSettings,
    "vertex": VertexSettings,
    "legacyuse": LegacyUseSettings,
}

PROVIDER_OF: Final[dict[type[ProviderSettings], str]] = {
    AnthropicSettings: "anthropic",
    OpenAISettings: "openai",
    UITarsSettings: "uitars",
    BedrockSettings: "bedrock",
    VertexSettings: "vertex",
    LegacyUseSettings: "legacyuse",
}

VARIABLES: Final[dict[type[ProviderSettings], dict[str, tuple[str, ...]]]] = {
    AnthropicSettings: {"api_key": ("ANTHROPIC_API_KEY",), "base_url": ("ANTHROPIC_BASE_URL",)},
    OpenAISettings: {
        "api_key": ("OPENAI_API_KEY",),
        "base_url": ("OPENAI_BASE_URL",),
        "organization": ("OPENAI_ORG_ID",),
        "project": ("OPENAI_PROJECT_ID",),
    },
    UITarsSettings: {"api_key": ("UITARS_API_KEY",), "base_url": ("UITARS_BASE_URL",)},
    BedrockSettings: {
        "region": ("AWS_REGION", "AWS_DEFAULT_REGION"),
        "access_key_id": ("AWS_ACCESS_KEY_ID",),
        "secret_access_key": ("AWS_SECRET_ACCESS_KEY",),
        "session_token": ("AWS_SESSION_TOKEN",),
        "bearer_token": ("AWS_BEARER_TOKEN_BEDROCK",),
        "profile": ("AWS_PROFILE",),
        "base_url": ("ANTHROPIC_BEDROCK_BASE_URL",),
    },
    VertexSettings: {
        "region": ("CLOUD_ML_REGION",),
        "project": ("ANTHROPIC_VERTEX_PROJECT_ID",),
        "access_token": (),
        "base_url": ("ANTHROPIC_VERTEX_BASE_URL",),
    },
    LegacyUseSettings: {"base_url": ("LEGACYUSE_PROXY_BASE_URL",), "api_key": ("LEGACYUSE_PROXY_API_KEY",)},
}
"""The environment variables of each field, in the order asked."""

ROTATING: Final = frozenset(
    {"api_key", "access_key_id", "secret_access_key", "session_token", "bearer_token", "access_token"}
)
"""Settings that may change while a client lives, and that a callable may give."""

RATE_LIMITS: Final = "rate_limits"
"""The table inside a provider's own that `rate_limits.load_rate_limits` reads."""

_FILE_TABLE_OF_PROVIDER: Final = {"openai-responses": "openai"}

Record = TypeVar("Record")


def load_settings(
    provider: str,
    *,
    environment: Mapping[str, str],
    path: str | Path | None = None,
    **arguments: str | Key | None,
) -> ProviderSettings:
    """Return a provider's settings; an argument of None counts as not given.

    ``environment`` is ``os.environ`` or any mapping. Raises `SettingsError` in one line: what is missing and what to set,
    an unknown provider or argument, an unreadable file, a file's key that does not exist.
    """
    if provider not in SETTINGS_OF_PROVIDER:
        raise SettingsError(f"unknown provider {provider!r}; known ones: {', '.join(SETTINGS_OF_PROVIDER)}")
    record = SETTINGS_OF_PROVIDER[provider]
    table_name = _FILE_TABLE_OF_PROVIDER.get(provider, provider)
    table = table_of(read_settings_file(environment, path), table_name)
    known = [attribute.name for attribute in fields(record)]
    stored = {key: value for key, value in table.items() if key != RATE_LIMITS}
    for source, keys in ((f"[{table_name}] of the settings file", stored), ("the arguments", arguments)):
        refuse_unknown(keys, known, source)
    values: dict[str, Any] = {}
    for attribute in fields(record):
        name, variables = attribute.name, VARIABLES[record][attribute.name]
        value = _chosen(name, variables, arguments, environment, table, table_name)
        if value is not None:
            values[name] = value
        elif attribute.default is NOTHING:
            raise SettingsError(
                f"{provider} needs {name}: set {' or '.join(variables)}, pass {name}=, "
                f"or put {name} into [{table_name}] of the settings file"
            )
    return checked(record(**values))


def load_transport_config(
    *, environment: Mapping[str, str], path: str | Path | None = None, **arguments: Any
) -> TransportConfig:
    """Return how to connect, from arguments and the file's tables ``[transport]``, ``.timeouts`` and ``.limits``.

    Raises `SettingsError` as `load_settings` does.
    """
    table = dict(table_of(read_settings_file(environment, path), "transport"))
    values: dict[str, Any] = {}
    for name, record in (("timeouts", Timeouts), ("limits", Limits)):
        if name in table:
            values[name] = numbers(record, table_of(table, name), f"[transport.{name}]")
            del table[name]
    known = ("verify", "ca_file", "proxy", "trust_env")
    refuse_unknown(table, (*known, "timeouts", "limits"), "[transport] of the settings file")
    for key, value in table.items():
        expected = "boolean" if key in {"verify", "trust_env"} else "string"
        if json_type(value) != expected:
            raise SettingsError(f"{key} in [transport] of the settings file must be a {expected}")
        values[key] = value
    refuse_unknown(arguments, [attribute.name for attribute in fields(TransportConfig)], "the arguments")
    values.update({key: value for key, value in arguments.items() if value is not None})
    return TransportConfig(**values)


def read_settings_file(environment: Mapping[str, str], path: str | Path | None = None) -> Mapping[str, Any]:
    """Return the settings file's document; without a path and without POLYLOOP_CONFIG it is empty.

    Raises `SettingsError` if the file cannot be read or is no TOML; its text is never quoted.
    """
    chosen = path if path is not None else environment.get(CONFIG_VARIABLE) or None
    if chosen is None:
        return {}
    try:
        return tomllib.loads(Path(chosen).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read the settings file {chosen}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"the settings file {chosen} is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        # No `from error`: from Python 3.14 on it carries the file's text, keys and all.
        raise SettingsError(f"the settings file {chosen} is not TOML: {error}") from None


def base_url_of(settings: ProviderSettings) -> str:
    """Return the URL that a request's path is relative to, without a slash at its end."""
    if isinstance(settings, BedrockSettings):
        url = settings.base_url or f"https://bedrock-runtime.{settings.region}.amazonaws.com"
    elif isinstance(settings, VertexSettings):
        regional = f"https://{settings.region}-aiplatform.googleapis.com/v1"
        url = settings.base_url or _VERTEX_HOSTS.get(settings.region, regional)
    else:
        url = settings.base_url
    return url.rstrip("/")


def secrets_of(settings: ProviderSettings) -> tuple[Secret, ...]:
    """Return every secret in the settings, to be scrubbed from what is shown."""
    values = (getattr(settings, attribute.name) for attribute in fields(type(settings)))
    return tuple(value for value in values if isinstance(value, Secret))


def revealed_key(key: Key | str | None) -> str | None:
    """Return a key's text. Raises `TypeError` for a callable, which `Credentials.current` asks first."""
    if callable(key):
        raise TypeError("a key's source is asked before its key is used")
    return key.reveal() if isinstance(key, Secret) else key


def _chosen(
    name: str,
    variables: tuple[str, ...],
    arguments: Mapping[str, Any],
    environment: Mapping[str, str],
    table: Mapping[str, Any],
    table_name: str,
) -> str | Key | None:
    given = arguments.get(name)
    if given is not None and given != "":
        if isinstance(given, (str, Secret)) or (callable(given) and name in ROTATING):
            chosen: str | Key = given
            return chosen
        raise SettingsError(f"the argument {name} must be a string")
    for variable in variables:
        if environment.get(variable):
            return environment[variable]
    stored = table.get(name)
    if stored is None or isinstance(stored, str):
        return stored or None
    raise SettingsError(f"{name} in [{table_name}] of the settings file must be a string")


def checked(settings: ProviderSettings) -> ProviderSettings:
    """Return the settings if their fields fit together."""
    url = base_url_of(settings)
    if not url.startswith(("http://", "https://")):
        raise SettingsError("base_url must begin with http:// or https://")
    host = url.split("/")[2]
    if not host:
        raise SettingsError("base_url must name a host")
    if "@" in host:
        raise SettingsError("base_url must not hold a user or password: URLs are written into logs")
    if not all(fits_header(secret.reveal()) for secret in secrets_of(settings)):
        raise SettingsError("a key holds white space at its ends, control characters or letters outside ASCII")
    if isinstance(settings, BedrockSettings) and (settings.access_key_id is None) != (
        settings.secret_access_key is None
    ):
        raise SettingsError("bedrock needs both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither")
    if isinstance(settings, UITarsSettings) and settings.api_key is None and url == UITARS_DEFAULT_URL:
        raise SettingsError(f"uitars needs UITARS_API_KEY, or UITARS_BASE_URL: {UITARS_URL_HINT}")
    return settings


def table_of(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a table of the settings file, empty where it is not there. Raises `SettingsError` for what is no table."""
    table = document.get(name, {})
    if not isinstance(table, Mapping):
        raise SettingsError(f"{name} in the settings file must be a table")
    return table


def refuse_unknown(keys: Mapping[str, Any], known: list[str] | tuple[str, ...], source: str) -> None:
    """Raise `SettingsError` for the first key that is no setting."""
    for key in keys:
        if key not in known:
            raise SettingsError(f"{source}: unknown setting {key!r}; known ones: {', '.join(known)}")


def numbers(record: type[Record], table: Mapping[str, Any], source: str) -> Record:
    """Return a record of numbers from a table. Raises `SettingsError` for what is no number or no field."""
    known = [attribute.name for attribute in fields(record)]  # type: ignore[arg-type]  # both are attrs records
    refuse_unknown(table, known, source)
    for key, value in table.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise SettingsError(f"{key} in {source} must be a number, zero or more")
    return record(**table)
