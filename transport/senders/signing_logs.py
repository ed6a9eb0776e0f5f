"""What a signing library says of its work, without the token of a session.

At level DEBUG botocore logs each request as it was signed, and with it the header that carries a session token: good for as long as the
session lasts (botocore 1.44.5, `botocore.auth`, read 2026-11-24). A signature itself opens nothing else, and stays.
"""

from __future__ import annotations

import logging
import re
from typing import Any, Final

from ..secrets import MASK

SIGNING_LOGGER: Final = "botocore.auth"
_TOKEN: Final = re.compile(r"(x-amz-security-token\s*[:=]\s*)\S+", re.IGNORECASE)


class _WithoutTokens(logging.Filter):
    """Takes session tokens out of records, and lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _masked(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_masked(argument) for argument in record.args)
        return True


def keep_tokens_out_of_logs() -> None:
    """Put the filter before the signing library's logger, once."""
    logger = logging.getLogger(SIGNING_LOGGER)
    if not any(isinstance(known, _WithoutTokens) for known in logger.filters):
        logger.addFilter(_WithoutTokens())


def _masked(value: Any) -> Any:
    return _TOKEN.sub(rf"\g<1>{MASK}", value) if isinstance(value, str) else value
