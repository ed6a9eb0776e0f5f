"""Verify AWS Signature Version 4 as Bedrock does: recompute the signature from what arrived.

Source: AWS "Signature Version 4 signing process"; header authorization only, as the SDKs use it for Bedrock.
"""

from __future__ import annotations

import calendar
import hashlib
import hmac
import re
import time
from typing import Final
from urllib.parse import parse_qsl, quote

from attrs import frozen

from .failures import Rejected
from .http1 import Request
from .settings import Keys

SERVICE: Final = "bedrock"
SKEW_SECONDS: Final = 300
"""How old, or how far in the future, a signature may be."""

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_AUTHORIZATION: Final = re.compile(
    _ALGORITHM
    + r"\s+Credential=(?P<credential>[^,\s]+),\s*SignedHeaders=(?P<signed>[^,\s]+),\s*Signature=(?P<signature>[0-9a-f]+)"
)
_MUST_BE_SIGNED: Final = ("host", "x-amz-date")


@frozen(kw_only=True)
class _Claim:
    access_key: str
    date: str
    region: str
    service: str
    signed: tuple[str, ...]
    signature: str

    @property
    def scope(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


def verify(request: Request, keys: Keys, region: str, now: float) -> None:
    """Raise `Rejected`, with the exception Bedrock names, unless the request carries a right and fresh signature."""
    claim = _read_claim(request.header("authorization") or "")
    if claim.access_key != keys.aws_access_key or not _token_fits(request, keys):
        raise Rejected(
            "The security token included in the request is invalid.",
            kind="authentication",
            code="UnrecognizedClientException",
        )
    if claim.service != SERVICE:
        raise _mismatch(f"Credential should be scoped to correct service: '{SERVICE}'.")
    if claim.region != region:
        raise _mismatch("Credential should be scoped to a valid region.")
    stamp = request.header("x-amz-date") or ""
    _check_date(stamp, claim, now)
    for name in _MUST_BE_SIGNED:
        if name not in claim.signed:
            raise _mismatch(f"'{name}' must be a signed header.")
    expected = sign(request, claim.signed, keys.aws_secret_key, stamp, claim.scope)
    if not hmac.compare_digest(expected, claim.signature):
        raise _mismatch(
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
        )


def sign(request: Request, signed: tuple[str, ...], secret: str, stamp: str, scope: str) -> str:
    """Return the hexadecimal signature of a request over the named headers."""
    to_sign = "\n".join((_ALGORITHM, stamp, scope, _sha256(_canonical(request, signed).encode())))
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


def _canonical(request: Request, signed: tuple[str, ...]) -> str:
    pairs = parse_qsl(request.query, keep_blank_values=True)
    # Sorted as they are written: an escaped letter comes before a digit.
    encoded = sorted((quote(key, safe="-_.~"), quote(value, safe="-_.~")) for key, value in pairs)
    query = "&".join(f"{key}={value}" for key, value in encoded)
    headers = "".join(f"{name}:{' '.join((request.header(name) or '').split())}\n" for name in signed)
    # Every service but S3 encodes the path once more than it stands on the wire.
    path = quote(request.path, safe="/~-_.")
    return "\n".join((request.method, path, query, headers, ";".join(signed), _sha256(request.body)))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _mismatch(message: str) -> Rejected:
    return Rejected(message, kind="permission", code="InvalidSignatureException")


def _read_claim(authorization: str) -> _Claim:
    found = _AUTHORIZATION.fullmatch(authorization)
    credential = found["credential"].split("/") if found else []
    if found is None or len(credential) != 5 or credential[4] != "aws4_request":
        raise Rejected(
            "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.",
            kind="permission",
            code="IncompleteSignatureException",
        )
    return _Claim(
        access_key=credential[0],
        date=credential[1],
        region=credential[2],
        service=credential[3],
        signed=tuple(found["signed"].split(";")),
        signature=found["signature"],
    )


def _token_fits(request: Request, keys: Keys) -> bool:
    return keys.aws_session_token is None or request.header("x-amz-security-token") == keys.aws_session_token


def _check_date(stamp: str, claim: _Claim, now: float) -> None:
    try:
        at = calendar.timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ"))
    except ValueError as wrong:
        raise _mismatch("The date header is not of the form YYYYMMDD'T'HHMMSS'Z'.") from wrong
    if not stamp.startswith(claim.date):
        raise _mismatch("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.")
    if abs(now - at) > SKEW_SECONDS:
        raise _mismatch(
            f"Signature expired or not yet current: {stamp} is more than {SKEW_SECONDS // 60} minutes away."
        )
