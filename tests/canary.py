"""Keys that must be seen nowhere: not in logs, exceptions, reprs, warnings, output, reports or files. `key_watch` looks for them.

The canary is made when the tests run, so that no source line that a traceback quotes holds it.
"""

from __future__ import annotations

import hashlib
from typing import Final

import attrs

from polyloop.transport.scripted import Keys

CANARY: Final = "canary-" + hashlib.sha256(b"polyloop").hexdigest()[:24]

KEYS: Final = Keys(
    anthropic=f"sk-ant-{CANARY}",
    openai=f"sk-{CANARY}",
    uitars=f"ui-{CANARY}",
    legacyuse=f"lu-{CANARY}",
    vertex=f"ya29.{CANARY}",
    bedrock=f"bedrock-{CANARY}",
    aws_access_key="AKIACANARYPROVIDER00",
    aws_secret_key=f"aws/{CANARY}",
    aws_session_token=f"session/{CANARY}",
)
"""Every secret of these holds the canary."""

ENVIRONMENT: Final = {
    "ANTHROPIC_API_KEY": KEYS.anthropic,
    "OPENAI_API_KEY": KEYS.openai,
    "UITARS_API_KEY": KEYS.uitars,
    "LEGACYUSE_PROXY_API_KEY": KEYS.legacyuse,
    "AWS_ACCESS_KEY_ID": KEYS.aws_access_key,
    "AWS_SECRET_ACCESS_KEY": KEYS.aws_secret_key,
    "AWS_SESSION_TOKEN": f"session/{CANARY}",
}
"""What the whole suite runs under, in place of what keys a developer may have there. No bearer token for Bedrock: it would go before the
keys that sign."""

_PUBLIC: Final = frozenset({"aws_access_key"})
"""Names its owner and opens nothing; a signature shows it."""

WATCHED: Final = (CANARY, *(value for name, value in attrs.asdict(Keys()).items() if value and name not in _PUBLIC))
"""The canary, and the keys that the scripted provider takes where a test names none."""
