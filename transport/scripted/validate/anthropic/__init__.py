"""The Messages API's checks, on all of its hosts."""

from __future__ import annotations

from ..request import Check
from .envelope import betas, check_keys, version
from .generations import check_generation
from .limits import check_cache_points, check_images, check_numbers
from .messages import check_messages, check_system
from .pairing import check_pairs
from .tools import check_choice, check_format, check_thinking, check_tools


def check(looked_at: Check) -> None:
    """Raise `Rejected` where the host would refuse the request: form first, then what the parts say to each other."""
    api_version = version(looked_at)
    named_betas = betas(looked_at)
    check_keys(looked_at, api_version, named_betas)
    check_numbers(looked_at.body)
    check_system(looked_at)
    check_messages(looked_at, api_version)
    check_tools(looked_at, named_betas)
    check_choice(looked_at)
    check_thinking(looked_at)
    check_format(looked_at)
    check_generation(looked_at)
    check_pairs(looked_at.body["messages"])
    check_cache_points(looked_at.body)
    check_images(looked_at)
