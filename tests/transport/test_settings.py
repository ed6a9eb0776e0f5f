"""Settings: arguments before environment before file, one line that says what to set, never a value shown."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.canary import CANARY

from polyloop.transport.config import TransportConfig, ssl_setting
from polyloop.transport.errors import SettingsError
from polyloop.transport.secrets import Secret
from polyloop.transport.settings import (
    SETTINGS_OF_PROVIDER,
    UITARS_DEFAULT_URL,
    VARIABLES,
    BedrockSettings,
    OpenAISettings,
    UITarsSettings,
    VertexSettings,
    base_url_of,
    load_settings,
    load_transport_config,
    secrets_of,
)

ENOUGH: dict[str, dict[str, str]] = {
    "anthropic": {"ANTHROPIC_API_KEY": CANARY},
    "openai": {"OPENAI_API_KEY": CANARY},
    "openai-responses": {"OPENAI_API_KEY": CANARY},
    "uitars": {"UITARS_API_KEY": CANARY},
    "bedrock": {"AWS_REGION": "us-west-2", "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": CANARY},
    "vertex": {"CLOUD_ML_REGION": "us-east5", "ANTHROPIC_VERTEX_PROJECT_ID": "p"},
    "legacyuse": {"LEGACYUSE_PROXY_BASE_URL": "https://proxy.example", "LEGACYUSE_PROXY_API_KEY": CANARY},
}
PROVIDERS = sorted(SETTINGS_OF_PROVIDER)


def settings_file(folder: Path, text: str) -> Path:
    path = folder / "polyloop.toml"
    path.write_text(text, encoding="utf-8")
    return path


def plain(value: object) -> object:
    return value.reveal() if isinstance(value, Secret) else value


@given(st.sampled_from(PROVIDERS), st.data())
def test_each_field_comes_from_the_first_source_that_has_it(
    tmp_path_factory: pytest.TempPathFactory, provider: str, data: st.DataObject
) -> None:
    record = SETTINGS_OF_PROVIDER[provider]
    names = [attribute.name for attribute in attrs.fields(record)]
    value = {name: "https://{}.example" if name == "base_url" else "{}-" + name for name in names}
    sources: dict[str, list[str]] = {
        name: data.draw(st.lists(st.sampled_from(["argument", "environment", "file"]), min_size=1, unique=True))
        for name in names
    }
    arguments = {name: value[name].format("argument") for name in names if "argument" in sources[name]}
    environment = {
        VARIABLES[record][name][0]: value[name].format("environment")
        for name in names
        if "environment" in sources[name] and VARIABLES[record][name]
    }
    table = [
        f'{name} = "{value[name].format("file")}"'
        for name in names
        if "file" in sources[name] or not VARIABLES[record][name]
    ]
    name_of_table = "openai" if provider == "openai-responses" else provider
    path = settings_file(tmp_path_factory.mktemp("settings"), "\n".join([f"[{name_of_table}]", *table]))
    settings = load_settings(provider, environment=environment, path=path, **arguments)
    for name in names:
        order = [source for source in ("argument", "environment", "file") if source in sources[name]]
        if not VARIABLES[record][name]:
            order = [source for source in ("argument", "file") if source in (*sources[name], "file")]
        assert plain(getattr(settings, name)) == value[name].format(order[0])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_environment_that_the_sdks_read_is_enough(provider: str) -> None:
    settings = load_settings(provider, environment=ENOUGH[provider])
    assert type(settings) is SETTINGS_OF_PROVIDER[provider]
    assert CANARY not in repr(settings)
    if provider != "vertex":
        assert CANARY in [secret.reveal() for secret in secrets_of(settings)]


@pytest.mark.parametrize(
    ("provider", "variable"),
    [
        (provider, variable)
        for provider in PROVIDERS
        for variable in ENOUGH[provider]
        if variable != "AWS_ACCESS_KEY_ID"
    ],
)
def test_what_is_missing_is_said_in_one_line_that_names_what_to_set(provider: str, variable: str) -> None:
    environment = {name: value for name, value in ENOUGH[provider].items() if name != variable}
    for lacking in (environment, {**environment, variable: ""}):
        with pytest.raises(SettingsError) as raised:
            load_settings(provider, environment=lacking)
        message = str(raised.value)
        assert variable in message
        assert "\n" not in message
        assert CANARY not in message


@pytest.mark.holds_key("the settings file that is read")
def test_the_file_named_by_the_environment_is_read(tmp_path: Path) -> None:
    path = settings_file(tmp_path, f'[openai]\napi_key = "{CANARY}"\nbase_url = "https://llm.example/v1/"\n')
    settings = load_settings("openai", environment={"POLYLOOP_CONFIG": str(path)})
    assert settings == OpenAISettings(api_key=CANARY, base_url="https://llm.example/v1/")
    assert base_url_of(settings) == "https://llm.example/v1"


@pytest.mark.holds_key("the settings file that is wrong")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[openai]\napi_kye = "x"', "unknown setting 'api_kye'; known ones: api_key"),
        ("[openai]\napi_key = 3", "must be a string"),
        ("openai = 3", "must be a table"),
        (f'[openai]\napi_key = "{CANARY}', "is not TOML"),
    ],
    ids=["unknown", "number", "no table", "no TOML"],
)
def test_a_wrong_file_is_said_without_showing_it(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as raised:
        load_settings("openai", environment={"OPENAI_API_KEY": ""}, path=settings_file(tmp_path, text))
    assert CANARY not in f"{raised.value!r}{raised.value.__cause__!r}"


def test_a_file_that_is_not_there_or_not_text_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load_settings("openai", environment={}, path=tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="UTF-8"):
        load_settings("openai", environment={}, path=tmp_path / "bytes.toml")


@pytest.mark.parametrize(
    ("provider", "environment", "arguments", "words"),
    [
        ("gemini", {}, {}, "known ones: anthropic"),
        ("openai", {}, {"apikey": "x"}, "unknown setting 'apikey'"),
        ("openai", ENOUGH["openai"], {"base_url": "llm.example"}, "http://"),
        ("openai", ENOUGH["openai"], {"base_url": "https://user:pass@llm.example"}, "password"),
        ("openai", ENOUGH["openai"], {"base_url": "https:///v1"}, "host"),
        ("openai", {"OPENAI_API_KEY": CANARY + "\n"}, {}, "white space"),
        ("bedrock", {"AWS_REGION": "r", "AWS_ACCESS_KEY_ID": "AKIA"}, {}, "both AWS_ACCESS_KEY_ID and AWS_SECRET"),
    ],
)
def test_settings_that_cannot_work_are_refused(
    provider: str, environment: Mapping[str, str], arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(SettingsError, match=words) as raised:
        load_settings(provider, environment=environment, **arguments)
    assert CANARY not in str(raised.value)


def test_ui_tars_needs_a_key_only_at_the_default_url_and_says_that_a_deployment_has_its_own() -> None:
    with pytest.raises(SettingsError, match=r"UITARS_BASE_URL.*a URL of its own"):
        load_settings("uitars", environment={})
    own = load_settings("uitars", environment={"UITARS_BASE_URL": "http://host:8000/v1"})
    assert own == UITarsSettings(base_url="http://host:8000/v1")
    assert base_url_of(load_settings("uitars", environment=ENOUGH["uitars"])) == UITARS_DEFAULT_URL


@pytest.mark.parametrize(
    ("region", "url"),
    [
        ("global", "https://aiplatform.googleapis.com/v1"),
        ("us", "https://aiplatform.us.rep.googleapis.com/v1"),
        ("eu", "https://aiplatform.eu.rep.googleapis.com/v1"),
        ("us-east5", "https://us-east5-aiplatform.googleapis.com/v1"),
    ],
)
def test_a_cloud_region_makes_the_url(region: str, url: str) -> None:
    assert base_url_of(VertexSettings(region=region, project="p")) == url
    assert base_url_of(BedrockSettings(region="us-west-2")) == "https://bedrock-runtime.us-west-2.amazonaws.com"


def test_connection_options_come_from_file_and_arguments(tmp_path: Path) -> None:
    path = settings_file(
        tmp_path,
        '[transport]\nproxy = "http://u:secret@proxy:8080"\ntrust_env = false\n'
        "[transport.timeouts]\nfirst_content = 30\n[transport.limits]\nmax_connections = 5\n",
    )
    config = load_transport_config(environment={"POLYLOOP_CONFIG": str(path)}, trust_env=True)
    assert config.trust_env is True
    assert (config.timeouts.first_content, config.timeouts.connect, config.limits.max_connections) == (30, 10.0, 5)
    assert config.proxy is not None
    assert config.proxy.reveal() == "http://u:secret@proxy:8080"
    assert "secret" not in repr(config).replace("[secret]", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[transport]\nverfy = true", "unknown setting 'verfy'"),
        ('[transport]\nverify = "yes"', "must be a boolean"),
        ("[transport]\nproxy = 3", "must be a string"),
        ("[transport.timeouts]\nconnect = -1", "zero or more"),
        ("[transport.timeouts]\nfirst = 1", "unknown setting 'first'"),
        ('[transport.limits]\nmax_connections = "5"', "must be a number"),
    ],
)
def test_wrong_connection_options_are_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        load_transport_config(environment={}, path=settings_file(tmp_path, text))


def test_verification_can_be_switched_off_and_given() -> None:
    assert ssl_setting(TransportConfig(verify=False, ca_file="unused")) is False
    context = ssl.create_default_context()
    assert ssl_setting(TransportConfig(verify=context)) is context
    with pytest.raises(OSError, match="No such file"):
        ssl_setting(TransportConfig(ca_file="/nonexistent.pem"))
