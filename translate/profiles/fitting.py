"""A request without what its profile refuses: `fit`, a chain of small steps. What they leave out is found as a loss by `convert`."""

from __future__ import annotations

import attrs

from .. import hub
from ..jsonvalue import ABSENT
from ..web_searches import read_search
from .checking import refused_choice, refused_sampling, versioned
from .record import Profile


def fit(request: hub.Request, profile: Profile) -> hub.Request:
    """Leave out of a request what the profile's host refuses: parameters, forced choices, modes of thinking, tool versions.

    Images are not touched: whether to downscale or to prune them is the loop's decision, and `check` says so.
    """
    for step in (_sampling, _choice, _thinking, _version, _computer_tools, _searches):
        request = step(request, profile)
    return request


def _sampling(request: hub.Request, profile: Profile) -> hub.Request:
    refused = dict.fromkeys(refused_sampling(request, profile), ABSENT)
    if not refused:
        return request
    return attrs.evolve(request, sampling=attrs.evolve(request.sampling, **refused))


def _choice(request: hub.Request, profile: Profile) -> hub.Request:
    choice = request.choice
    if not isinstance(choice, hub.ToolChoice) or refused_choice(choice, profile) is None:
        return request
    if choice.mode in profile.choices:
        return attrs.evolve(request, choice=attrs.evolve(choice, required=False))
    if "auto" not in profile.choices:
        return attrs.evolve(request, choice=ABSENT)
    return attrs.evolve(request, choice=attrs.evolve(choice, mode="auto", names=(), required=False))


def _thinking(request: hub.Request, profile: Profile) -> hub.Request:
    reasoning = request.reasoning
    if profile.thinking is None or not isinstance(reasoning, hub.Reasoning) or not isinstance(reasoning.mode, str):
        return request
    if reasoning.mode in profile.thinking:
        return request
    if reasoning.mode == "enabled" and "adaptive" in profile.thinking:
        return attrs.evolve(request, reasoning=attrs.evolve(reasoning, mode="adaptive", budget=ABSENT))
    kept = attrs.evolve(reasoning, mode=ABSENT, budget=ABSENT, display=ABSENT)
    return attrs.evolve(request, reasoning=ABSENT if kept.effort is ABSENT else kept)


def _version(request: hub.Request, profile: Profile) -> hub.Request:
    """Say the API version the model wants, where the request says another one or none."""
    if profile.version is None or request.version == profile.version or request.version is ABSENT:
        return request
    return attrs.evolve(request, version=profile.version)


def _computer_tools(request: hub.Request, profile: Profile) -> hub.Request:
    """Offer the computer tool in the version the host takes."""
    accepted = profile.builtin_tools
    if accepted is None or profile.computer is None or not isinstance(request.tools, tuple):
        return request
    tools = tuple(_in_version(tool, accepted, profile.computer) for tool in request.tools)
    same = all(new is old for new, old in zip(tools, request.tools, strict=True))
    return request if same else attrs.evolve(request, tools=tools)


def _searches(request: hub.Request, profile: Profile) -> hub.Request:
    """Offer no search of the web where the host runs none for the model."""
    if profile.searches or not isinstance(request.tools, tuple):
        return request
    tools = tuple(tool for tool in request.tools if read_search(tool) is None)
    return request if len(tools) == len(request.tools) else attrs.evolve(request, tools=tools or ABSENT)


def _in_version(tool: hub.Tool | hub.Opaque, accepted: frozenset[str], wanted: str) -> hub.Tool | hub.Opaque:
    if not isinstance(tool, hub.Tool) or tool.builtin is None or tool.form != "computer":
        return tool
    if versioned(tool.builtin) in accepted:
        return tool
    kind, _, version = wanted.rpartition("_")
    return attrs.evolve(tool, builtin=attrs.evolve(tool.builtin, type=kind, version=version))


__all__ = ["fit"]
