"""Credentials that a cloud's own library finds in a file: read anew when the provider refuses them, and kept as long as it takes them."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import attrs
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.canary import KEYS
from tests.transport.doors import SCENARIO, WORDS, Fate, ask, words
from tests.transport.loopback import Received, serving
from tests.transport.test_credentials import NEW

from polyloop.transport import WireClient, create_client
from polyloop.transport.credentials import Credentials
from polyloop.transport.errors import AuthenticationError, ProviderCallError, SettingsError
from polyloop.transport.scripted import Keys, ScriptedProvider
from polyloop.transport.senders import AnthropicSdkSender
from polyloop.transport.senders.cloud_credentials import AwsChain
from polyloop.transport.settings import BedrockSettings

pytest.importorskip("boto3", reason="the SDK's signing needs boto3")
pytest.importorskip("google.auth", reason="Google's default credentials need google-auth")

BEDROCK: Final = "anthropic.claude-opus-4-6-v1:0"
CLOUD_VARIABLES: Final = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE",
    "AWS_BEARER_TOKEN_BEDROCK", "GOOGLE_APPLICATION_CREDENTIALS",
)  # fmt: skip


@pytest.fixture
def aws_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The process's shared credentials file, the only place where the AWS chain finds something."""
    for variable in CLOUD_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    path = tmp_path / "credentials"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return path


def write_profile(path: Path, keys: Keys, profile: str = "default") -> None:
    lines = [f"[{profile}]", f"aws_access_key_id = {keys.aws_access_key}"]
    lines += [f"aws_secret_access_key = {keys.aws_secret_key}", f"aws_session_token = {keys.aws_session_token}"]
    path.write_text("\n".join(lines))


@asynccontextmanager
async def bedrock(**options: Any) -> AsyncIterator[tuple[ScriptedProvider, WireClient]]:
    async with ScriptedProvider(SCENARIO, keys=KEYS) as server:
        known: dict[str, Any] = {
            "model": BEDROCK, "region": "us-east-1", "base_url": server.base_url("bedrock"), "environment": {},
            "chances": Fate().chances(),
        }  # fmt: skip
        async with create_client("bedrock", **(known | options)) as client:
            yield server, client


def seen(server: ScriptedProvider) -> list[str]:
    return [logged.credential for logged in server.requests]


@pytest.mark.holds_key("a credentials file is where keys are")
@pytest.mark.parametrize("profile", [None, "team"])
@pytest.mark.parametrize("streaming", [False, True])
def test_a_profile_that_was_written_anew_is_read_when_the_old_one_is_refused(
    aws_file: Path, profile: str | None, streaming: bool
) -> None:
    async def main() -> None:
        write_profile(aws_file, KEYS, profile or "default")
        async with bedrock(aws_profile=profile) as (server, client):
            assert words(await client.create_message(ask())) == WORDS
            server.keys = NEW
            write_profile(aws_file, NEW, profile or "default")
            if streaming:
                assert [event async for event in client.stream_message(ask())]
            else:
                assert words(await client.create_message(ask())) == WORDS
            assert words(await client.create_message(ask())) == WORDS
            assert seen(server) == ["valid", "wrong", "valid", "valid"]

    asyncio.run(main())


def leave(left: str, aws_file: Path) -> None:
    if left == "no profile":
        write_profile(aws_file, NEW, "other")
    elif left == "no file":
        aws_file.unlink()
    elif left == "no credentials file":
        aws_file.write_text("neither key nor value")


@pytest.mark.holds_key("a credentials file is where keys are")
@pytest.mark.parametrize("left", ["the same", "no profile", "no file", "no credentials file"])
def test_without_another_profile_the_refusal_stands_after_one_attempt(aws_file: Path, left: str) -> None:
    async def main() -> None:
        write_profile(aws_file, KEYS, "team")
        async with bedrock(environment={"AWS_PROFILE": "team"}) as (server, client):
            await client.create_message(ask())
            server.keys = NEW
            leave(left, aws_file)
            with pytest.raises(AuthenticationError) as raised:
                await client.create_message(ask())
            assert raised.value.status == 403
            assert seen(server) == ["valid", "wrong"]

    asyncio.run(main())


@pytest.mark.holds_key("a credentials file is where keys are")
def test_calls_at_once_that_are_all_refused_all_go_on_with_the_new_profile(aws_file: Path) -> None:
    async def main() -> None:
        write_profile(aws_file, KEYS)
        async with bedrock() as (server, client):
            await client.create_message(ask())
            server.keys = NEW
            write_profile(aws_file, NEW)
            replies = await asyncio.gather(*[client.create_message(ask()) for _ in range(8)])
            assert {words(reply) for reply in replies} == {WORDS}

    asyncio.run(main())


@pytest.mark.holds_key("a credentials file is where keys are")
def test_keys_of_a_profile_are_known_to_be_secrets(aws_file: Path) -> None:
    async def main() -> None:
        write_profile(aws_file, KEYS)
        credentials = Credentials(BedrockSettings(region="us-east-1"))
        sender = AnthropicSdkSender(credentials)
        assert list(credentials) == []
        await credentials.current()
        assert {secret.reveal() for secret in credentials} == {KEYS.aws_secret_key, KEYS.aws_session_token}
        await sender.aclose()

    asyncio.run(main())


def test_a_profile_that_is_nowhere_is_an_error_of_authentication(aws_file: Path) -> None:
    async def main() -> None:
        for profile in (None, "team"):
            async with bedrock(aws_profile=profile) as (server, client):
                with pytest.raises(ProviderCallError) as raised:
                    await client.create_message(ask())
                assert raised.value.kind == "authentication"
                assert server.requests == []

    asyncio.run(main())


def test_the_profile_of_aws_is_not_taken_for_that_of_the_model() -> None:
    with pytest.raises(SettingsError, match="aws_profile"):
        create_client("bedrock", region="us-east-1", profile="team", environment={})  # type: ignore[arg-type]


def test_keys_that_expire_are_renewed_in_a_thread_once_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    @attrs.define
    class Role:
        spent: bool = False
        minted: int = 0

        def refresh_needed(self) -> bool:
            return self.spent

        def get_frozen_credentials(self) -> Any:
            if self.spent:
                with pytest.raises(RuntimeError):
                    asyncio.get_running_loop()
                self.spent, self.minted = False, self.minted + 1
            return Frozen(access_key=f"AKIA{self.minted}")

    @attrs.frozen
    class Frozen:
        access_key: str
        secret_key: str = "none"
        token: str | None = None

    role = Role()
    monkeypatch.setattr(AwsChain, "_look", lambda _: role)

    async def main() -> None:
        chain = AwsChain(None)
        assert (await chain.keys())["access_key_id"] == "AKIA0"
        role.spent = True
        assert [(await chain.keys())["access_key_id"] for _ in range(2)] == ["AKIA1", "AKIA1"]

    asyncio.run(main())


# Google's default credentials: a service account's key in a file, and a server that mints a token for each.


@attrs.define
class Minting:
    """A server of tokens: what it gives for a key's id, and how often it was asked."""

    tokens: dict[str, str]
    asked: list[str] = attrs.field(factory=list)

    async def __call__(self, request: Received, writer: asyncio.StreamWriter) -> None:
        head = parse_qs(request.body.decode())["assertion"][0].partition(".")[0]
        key = json.loads(base64.urlsafe_b64decode(head + "=="))["kid"]
        self.asked.append(key)
        token = self.tokens.get(key)
        status = "200 X" if token else "400 X"
        body = json.dumps({"access_token": token, "expires_in": 3600} if token else {"error": "invalid_grant"}).encode()
        head_lines = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head_lines.encode() + body)


@pytest.fixture(scope="module")
def private_key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize("old_key", ["token refused", "key refused"])
def test_a_file_of_google_that_was_written_anew_is_read_when_the_old_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, private_key: str, old_key: str
) -> None:
    path = tmp_path / "account.json"
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))

    def write(key_id: str, token_url: str) -> None:
        account = {
            "type": "service_account", "project_id": "p", "private_key_id": key_id, "private_key": private_key,
            "client_email": "nobody@p.example", "client_id": "1", "token_uri": token_url,
        }  # fmt: skip
        path.write_text(json.dumps(account))

    async def main() -> None:
        minting = Minting(tokens={"one": KEYS.vertex, "two": NEW.vertex})
        async with serving(minting) as tokens, ScriptedProvider(SCENARIO, keys=KEYS) as server:
            write("one", tokens.url)
            options: dict[str, Any] = {"region": "us-east5", "project": "p", "environment": {}}
            async with create_client(
                "vertex", model="claude-opus-5", base_url=server.base_url("vertex"), chances=Fate().chances(), **options
            ) as client:
                for _ in range(2):
                    assert words(await client.create_message(ask())) == WORDS
                assert minting.asked == ["one"]
                server.keys = NEW
                with pytest.raises(AuthenticationError):
                    await client.create_message(ask())
                assert seen(server) == ["valid", "valid", "wrong"]
                assert minting.asked == ["one"], "the same credential is not tried again"
                if old_key == "key refused":
                    del minting.tokens["one"]
                write("two", tokens.url)
                assert words(await client.create_message(ask())) == WORDS
                assert minting.asked == ["one", "two"]
                assert seen(server)[3:] == ["wrong", "valid"]

    asyncio.run(main())
