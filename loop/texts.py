"""Every text the loop itself can put into a conversation (law L14). Nothing else is ever said in the model's or the tools' name."""

from __future__ import annotations

from typing import Final

from polyloop.translate import repairing

EARLIER_COMPUTER_FAILURE: Final = "Not executed: an earlier computer action in this turn failed."
EARLIER_FAILURE: Final = "Not executed: an earlier action in this turn failed."
"""These two in the provider's exact words (Anthropic, computer and browser toolsets, read 2026-11-22)."""

CUT_CALL: Final = repairing.CUT
NOT_JSON: Final = "Not executed: the arguments are not valid JSON. Send the call again with valid arguments."
UNKNOWN_OUTCOME: Final = (
    "The outcome of this call is unknown: the run was interrupted while it was carried out. "
    "It was not repeated. Check what happened before going on."
)
NOT_BEGUN: Final = "Not executed: the run was stopped before this call began."
RUN_ENDED: Final = "Not executed: the run ended with an earlier call of this turn."
REPLY_STOPPED: Final = "Not executed: the reply this call was part of was stopped."
DENIED: Final = "Not executed: permission for this call was denied."
UNHEALTHY: Final = "Not executed: the target does not answer."
NO_OUTPUT: Final = "system: Tool returned no output."
CONTINUE: Final = "Your reply was cut off at the output limit. Go on where it stopped."
TIMED_OUT: Final = "The call did not finish in time and was stopped. How far it came is unknown."
PRUNED_IMAGE: Final = "[An earlier image was left out here.]"
PRUNED_IMAGE_FORM: Final = "[An earlier image was left out here: sha256 {digest}...]"

REFUSED_IMAGE: Final = "[An image was left out here: the model's provider does not take one of its size or type.]"
REFUSED_IMAGE_FORM: Final = (
    "[An image was left out here: the model's provider does not take one of its size or type. sha256 {digest}...]"
)
STEPS_LEFT_OUT_FORM: Final = (
    "[{count} steps that followed here were left out: with them the request would be too large.]"
)

TOOL_FAILED_FORM: Final = "The tool failed: {name}."
NO_SCREENSHOT_FORM: Final = "The computer could not be looked at: {name}."
NOT_RELEASED_FORM: Final = "Keys or buttons that were held down could not be released: {name}."
UNKNOWN_TOOL_FORM: Final = "Not executed: there is no tool named {name}. The tools are: {tools}."
DENIED_REASON_FORM: Final = "{text} Reason: {reason}"


def unknown_tool(name: str, tools: tuple[str, ...]) -> str:
    """Say that there is no such tool, and which there are."""
    return UNKNOWN_TOOL_FORM.format(name=name, tools=", ".join(tools) or "none")


def denied(reason: str) -> str:
    """Say that permission was denied, and why where a person said so."""
    return DENIED_REASON_FORM.format(text=DENIED, reason=reason) if reason else DENIED


def pruned_image(digest: str) -> str:
    """Say that an image was left out, and the beginning of its digest."""
    return PRUNED_IMAGE_FORM.format(digest=digest)


def refused_image(digest: str | None) -> str:
    """Say that an image was left out because nobody could make it fit, and the beginning of its digest where it has one."""
    return REFUSED_IMAGE if digest is None else REFUSED_IMAGE_FORM.format(digest=digest)


def steps_left_out(count: int) -> str:
    """Say how many steps behind this place are not shown."""
    return STEPS_LEFT_OUT_FORM.format(count=count)


def tool_failed(name: str) -> str:
    """Say that a tool failed, and the name of the failure's class."""
    return TOOL_FAILED_FORM.format(name=name)


def no_screenshot(name: str) -> str:
    """Say that the screen, or a part of it, could not be shown, and the name of the failure's class."""
    return NO_SCREENSHOT_FORM.format(name=name)


def not_released(name: str) -> str:
    """Say that what was held down may be down still, and the name of the failure's class."""
    return NOT_RELEASED_FORM.format(name=name)
