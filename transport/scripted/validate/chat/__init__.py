"""OpenAI's checks of a chat completions request."""

from __future__ import annotations

from ...failures import Rejected
from ..openai_rules import (
    NO_STOP_MODEL,
    REASONING_MODEL,
    check_name,
    check_parameters,
    check_sampling,
    reasons,
    unsupported,
)
from ..request import Check
from ..shape import OpenAI, Path, invalid_value
from .form import check as check_shape
from .messages import check_messages, check_pairs, empty_array
from .tables import FORMATS, OFFERED, REQUEST, STREAM_OPTIONS, TOOLS


def check(looked_at: Check) -> None:
    """Raise `Rejected` where OpenAI would refuse the request."""
    body = looked_at.body
    if "model" not in body:  # this one has words of its own
        raise Rejected("you must provide a model parameter")
    check_shape(body, REQUEST, (), OpenAI())
    _options(looked_at)  # what the model does not take is said before what the messages lack (recorded)
    check_sampling(looked_at, body.get("reasoning_effort"))
    check_messages(looked_at)
    _tools(looked_at)
    check_pairs(body["messages"])
    _images(looked_at)


def _tools(looked_at: Check) -> None:
    tools = looked_at.body.get("tools")
    if tools is not None and not tools:
        raise empty_array(("tools",))
    for index, tool in enumerate(tools or ()):
        path: Path = ("tools", index)
        if not isinstance(tool, dict) or "type" not in tool:
            raise OpenAI().missing((*path, "type"))
        kind = tool["type"]
        if kind not in TOOLS:
            raise invalid_value((*path, "type"), kind, tuple(TOOLS))
        check_shape(tool, TOOLS[kind], path, OpenAI())
        check_shape(tool[kind], OFFERED[kind], (*path, kind), OpenAI())
        check_name(tool[kind]["name"], (*path, kind, "name"))
        check_parameters(tool[kind], (*path, kind))
    if looked_at.body.get("tool_choice") not in (None, "none") and not tools:
        raise Rejected(
            "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
            param="tool_choice",
        )
    if "parallel_tool_calls" in looked_at.body and not tools:
        message = (
            "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified."
        )
        raise Rejected(message, param="parallel_tool_calls")


def _options(looked_at: Check) -> None:
    body = looked_at.body
    options = body.get("stream_options")
    if options is not None:
        if body.get("stream") is not True:
            message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
            raise Rejected(message, param="stream_options")
        check_shape(options, STREAM_OPTIONS, ("stream_options",), OpenAI())
    wanted = body.get("response_format")
    if wanted is not None:
        kind = wanted.get("type")
        if kind not in FORMATS:
            raise invalid_value(("response_format", "type"), kind, tuple(FORMATS))
        check_shape(wanted, FORMATS[kind], ("response_format",), OpenAI())
    if body.get("max_tokens") is not None and REASONING_MODEL.match(looked_at.model):
        raise unsupported("max_tokens", "max_completion_tokens")
    if body.get("stop") and NO_STOP_MODEL.match(looked_at.model):
        raise unsupported("stop")
    if body.get("logprobs") and reasons(looked_at.model, body.get("reasoning_effort")):
        raise unsupported("logprobs")
    if body.get("max_tokens") is not None and body.get("max_completion_tokens") is not None:
        raise Rejected(
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", param="max_tokens"
        )


def _images(looked_at: Check) -> None:
    parts = [
        part
        for message in looked_at.body["messages"]
        if isinstance(message.get("content"), list)
        for part in message["content"]
    ]
    count = sum(part.get("type") == "image_url" for part in parts)
    if count > looked_at.limits.images:
        raise Rejected(
            f"Too many images: at most {looked_at.limits.images} are allowed, found {count}.", param="messages"
        )
