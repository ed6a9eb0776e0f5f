"""Signatures are really verified: botocore signs, the server recomputes."""

from __future__ import annotations

import calendar
import json
import time
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import example, given
from hypothesis import strategies as st
from tests.transport.scripted.kit import DONE, DOORS

from polyloop.transport.scripted import Keys, Scenario, ScriptedProvider
from polyloop.transport.scripted.failures import Rejected
from polyloop.transport.scripted.http1 import Request
from polyloop.transport.scripted.sigv4 import sign, verify

KEYS = Keys()
HOST = "http://127.0.0.1:8000"


def signed(
    path: str,
    body: bytes,
    *,
    secret: str = KEYS.aws_secret_key,
    access_key: str = KEYS.aws_access_key,
    token: str | None = None,
    region: str = "us-east-1",
    service: str = "bedrock",
    host: str = HOST,
    extra: dict[str, str] | None = None,
) -> dict[str, str]:
    """The headers that botocore signs a request with."""
    request = AWSRequest("POST", host + path, headers={"content-type": "application/json", **(extra or {})}, data=body)
    credentials = Credentials(access_key, secret, token)
    SigV4Auth(credentials, service, region).add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


def arrived(path: str, body: bytes, headers: dict[str, str]) -> Request:
    named = {"host": HOST.removeprefix("http://"), **headers}
    return Request(method="POST", target=path, headers=tuple(named.items()), body=body)


def stamp_of(headers: dict[str, str]) -> float:
    return calendar.timegm(time.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ"))


segments = st.text(st.characters(codec="ascii", categories=["L", "N"], include_characters="-._~:;%+ "), min_size=1)


@given(
    model=segments, body=st.binary(max_size=50), query=st.dictionaries(segments, segments, max_size=2), value=segments
)
@example(model="m", body=b"", query={"0": "", ":": ""}, value="-")  # sorted as they are escaped, "%3A" before "0"
def test_what_botocore_signs_is_verified(model: str, body: bytes, query: dict[str, str], value: str) -> None:
    """For every path, query, header and body: the right secret is verified, another is not, nor another body."""
    if model in (".", ".."):
        model = "m"
    path = f"/bedrock/model/{quote(model, safe=':;')}/invoke" + (
        f"?{urlencode(query, quote_via=quote)}" if query else ""
    )
    headers = signed(path, body, extra={"x-custom": f"  a   {value.strip()} "})
    now = stamp_of(headers)
    verify(arrived(path, body, headers), KEYS, "us-east-1", now)
    with pytest.raises(Rejected, match="does not match the signature"):
        verify(arrived(path, body + b"!", headers), KEYS, "us-east-1", now)
    with pytest.raises(Rejected, match="does not match the signature"):
        verify(arrived(path, body, {**headers, "x-custom": "other!"}), KEYS, "us-east-1", now)
    with pytest.raises(Rejected, match="does not match the signature"):
        verify(arrived(path, body, headers), Keys(aws_secret_key="other"), "us-east-1", now)


@pytest.mark.parametrize(
    ("changes", "status", "exception", "words"),
    [
        ({"secret": "not the secret"}, 403, "InvalidSignatureException", "signature we calculated does not match"),
        (
            {"access_key": "AKIASTRANGER"},
            403,
            "UnrecognizedClientException",
            "security token included in the request is invalid",
        ),
        ({"region": "eu-west-1"}, 403, "InvalidSignatureException", "scoped to a valid region"),
        ({"service": "s3"}, 403, "InvalidSignatureException", "scoped to correct service: 'bedrock'"),
    ],
)
def test_a_bad_signature_is_refused_as_bedrock_does(
    client: httpx.Client, changes: dict[str, Any], status: int, exception: str, words: str
) -> None:
    door = DOORS["bedrock"]
    body = json.dumps(dict(door.body)).encode()
    with ScriptedProvider.running(Scenario(otherwise=DONE)) as server:
        path = "/bedrock" + door.path
        good = client.post(server.url + path, headers=signed(path, body, host=server.url), content=body)
        assert good.status_code == 200, good.text
        bad = client.post(server.url + path, headers=signed(path, body, host=server.url, **changes), content=body)
        assert bad.status_code == status
        assert bad.headers["x-amzn-errortype"].startswith(exception + ":")
        assert words in bad.json()["message"]
        assert [logged.credential for logged in server.requests] == ["valid", "wrong"]


@pytest.mark.parametrize(("age", "fresh"), [(-301, False), (-300, True), (0, True), (300, True), (301, False)])
def test_a_signature_gets_old(age: float, fresh: bool) -> None:
    headers = signed("/model/m/invoke", b"")
    request, now = arrived("/model/m/invoke", b"", headers), stamp_of(headers) + age
    if fresh:
        verify(request, KEYS, "us-east-1", now)
    else:
        with pytest.raises(Rejected, match="Signature expired or not yet current"):
            verify(request, KEYS, "us-east-1", now)


@pytest.mark.parametrize(
    ("stamp", "words"), [("yesterday", "not of the form"), ("20200101T000000Z", "Date in Credential scope")]
)
def test_a_date_is_one_and_is_the_scopes(stamp: str, words: str) -> None:
    headers = {**signed("/model/m/invoke", b""), "x-amz-date": stamp}
    with pytest.raises(Rejected, match=words):
        verify(arrived("/model/m/invoke", b"", headers), KEYS, "us-east-1", 0.0)


def test_a_session_token_is_part_of_the_credential(client: httpx.Client) -> None:
    door = DOORS["bedrock"]
    body = json.dumps(dict(door.body)).encode()
    path = "/bedrock" + door.path
    with ScriptedProvider.running(Scenario(otherwise=DONE), keys=Keys(aws_session_token="token")) as server:
        right = signed(path, body, host=server.url, token="token")
        wrong = signed(path, body, host=server.url, token="other")
        assert client.post(server.url + path, headers=right, content=body).status_code == 200
        assert client.post(server.url + path, headers=wrong, content=body).status_code == 403
        assert "token" not in str(server.requests[0].headers["x-amz-security-token"])


@pytest.mark.parametrize(
    ("authorization", "exception"),
    [
        ("AWS4-HMAC-SHA256 Credential=a/b", "IncompleteSignatureException"),
        ("AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=00", "IncompleteSignatureException"),
        ("Basic eDp5", "IncompleteSignatureException"),
        (
            f"AWS4-HMAC-SHA256 Credential={KEYS.aws_access_key}/20260101/us-east-1/bedrock/aws4_request, "
            "SignedHeaders=host, Signature=00",
            "InvalidSignatureException",
        ),
    ],
)
def test_a_malformed_authorization_is_refused(client: httpx.Client, authorization: str, exception: str) -> None:
    with ScriptedProvider.running(Scenario(otherwise=DONE)) as server:
        url = server.base_url("bedrock") + DOORS["bedrock"].path
        answer = client.post(url, headers={"authorization": authorization}, json={})
    assert answer.status_code == 403
    assert answer.headers["x-amzn-errortype"].startswith(exception)


def test_a_header_that_must_be_signed_must_be_signed() -> None:
    headers = signed("/model/m/invoke", b"")
    now = stamp_of(headers)
    request = arrived("/model/m/invoke", b"", headers)
    scope = f"{headers['x-amz-date'][:8]}/us-east-1/bedrock/aws4_request"
    signature = sign(request, ("x-amz-date",), KEYS.aws_secret_key, headers["x-amz-date"], scope)
    claim = (
        f"AWS4-HMAC-SHA256 Credential={KEYS.aws_access_key}/{scope}, SignedHeaders=x-amz-date, Signature={signature}"
    )
    with pytest.raises(Rejected, match="'host' must be a signed header"):
        verify(arrived("/model/m/invoke", b"", {**headers, "authorization": claim}), KEYS, "us-east-1", now)
