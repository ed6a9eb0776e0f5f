"""Assemble the messages of a UI-TARS request: the prompt, the screenshots, the replies so far.

Two layouts are in use. *Desktop* (the official SDK and README): no system message, the prompt with the task is the
first user text, each screenshot a user message, each reply an assistant message. *OSWorld*: the same behind a system
message, and past replies carry the box tokens of the training data.

Of the screenshots the newest few are sent; every reply is, so that assistant messages may stand next to each other,
and the last message is always an image: the next screenshot is the result of an action, there is no other channel.
Replies the model wrote are sent again byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias

from attrs import frozen

from ..errors import UsageError, WriteError
from ..jsonvalue import Json, JsonObject
from .functions import FunctionTool, function_lines
from .render import prompt_line, render
from .templates import Template
from .text import parse

Layout: TypeAlias = Literal["desktop", "osworld"]

OSWORLD_SYSTEM: Final = "You are a helpful assistant."
MOST_EARLIER_MESSAGES: Final = 30
INSTRUCTION: Final = "## User Instruction\n"
"""The heading of a prompt's last section, which is the task."""
_ENDINGS: Final = ("finished", "call_user")
"""Verbs that end a task: all of an action space that needs no computer."""


@frozen(kw_only=True)
class Screen:
    """What the user's side says in a step: texts first, then the screenshot."""

    url: str
    """A data URL, or an address the server can reach."""
    texts: tuple[str, ...] = ()
    """Results and errors of tools, which have no place of their own on this wire."""


@frozen(kw_only=True)
class Said:
    """What the model's side said in a step."""

    text: str
    """The reply as sampled, or rendered for a turn minted elsewhere."""


Step: TypeAlias = Screen | Said


@frozen(kw_only=True)
class Earlier:
    """A message of a conversation before the task."""

    speaker: Literal["human", "assistant"]
    text: str


def prompt(
    template: Template,
    instruction: str,
    *,
    language: str = "English",
    functions: Sequence[FunctionTool] = (),
    verbs: Mapping[str, str] | None = None,
    earlier: Sequence[Earlier] = (),
    computer: bool = True,
) -> str:
    """Write the prompt of a template for a task.

    ``verbs`` are the names under which the ``functions`` are offered (`name_functions`). Without a ``computer`` the action space is
    the functions and the verbs that end a task: a model must not be told to click where nothing can.
    Raises `UsageError` when more earlier messages are given than the layout holds.
    """
    if len(earlier) > MOST_EARLIER_MESSAGES:
        raise UsageError(f"at most {MOST_EARLIER_MESSAGES} earlier messages, not {len(earlier)}")
    forms = [form for form in template.forms.values() if computer or form.verb in _ENDINGS]
    offered = [prompt_line(form, template) for form in forms]
    offered += function_lines(functions, verbs or {})
    history = "".join(f"{message.speaker}: {message.text}\n" for message in earlier)
    sections = [
        _head(template, computer=computer),
        f"## Output Format\n{_output_format(template)}",
        "## Action Space\n" + "\n".join(offered),
        "## Note\n" + "\n".join(f"- {note}" for note in _notes(template, language, computer=computer)),
        *([f"## History Messages\n{history.rstrip()}"] if history else []),
        f"{INSTRUCTION}{instruction}",
    ]
    return "\n\n".join(sections)


def _head(template: Template, *, computer: bool) -> str:
    if not computer:
        return "You are an agent. You get a task and the actions taken so far. Take the next action that brings the task forward."
    if not template.thought:
        return "You are a GUI agent. You get an instruction and a screenshot. Say the one action that carries it out."
    return (
        "You are a GUI agent. You get a task, the actions taken so far and screenshots. "
        "Take the next action that brings the task forward."
    )


def _output_format(template: Template) -> str:
    if template.syntax == "tags":
        return "<gui_think>...</gui_think>\n<seed:tool_call>\n<function=...>...</function>\n</seed:tool_call>"
    return "```\nThought: ...\nAction: ...\n```" if template.thought else "```\nAction: ...\n```"


def _notes(template: Template, language: str, *, computer: bool) -> tuple[str, ...]:
    thought = (
        f"Use {language} in the `Thought` part.",
        "In the `Thought` part, plan briefly and end with one sentence on the next action and the element it acts on.",
    )
    return (*(thought if template.thought else ()), *(template.notes if computer else ()))


def assemble(
    template: Template,
    prompt_text: str,
    steps: Sequence[Step],
    *,
    layout: Layout = "desktop",
    image_limit: int | None = None,
) -> list[JsonObject]:
    """Return the ``messages`` of a chat completion.

    Only the newest ``image_limit`` screenshots are kept (the template's own limit when nothing is said), and every
    text. Raises `UsageError` when the last step is not a screenshot: the model answers to what it sees.
    """
    limit = template.image_limit if image_limit is None else image_limit
    if not steps or not isinstance(steps[-1], Screen):
        raise UsageError("the last step must be a screenshot: the model answers to what it sees")
    if limit < 1:
        raise UsageError(f"at least one image must be kept, not {limit}")
    screens = [index for index, step in enumerate(steps) if isinstance(step, Screen)]
    kept = frozenset(screens[-limit:])
    messages: list[JsonObject] = []
    if layout == "osworld":
        messages.append({"role": "system", "content": OSWORLD_SYSTEM})
    messages.append({"role": "user", "content": prompt_text})
    for index, step in enumerate(steps):
        if isinstance(step, Said):
            text = decorated(step.text, template) if layout == "osworld" else step.text
            messages.append({"role": "assistant", "content": text})
        else:
            messages.extend(_screen_message(step, keep=index in kept))
    return messages


def _screen_message(screen: Screen, *, keep: bool) -> list[JsonObject]:
    content: list[Json] = [{"type": "text", "text": text} for text in screen.texts]
    if keep:
        content.append({"type": "image_url", "image_url": {"url": screen.url}})
    return [{"role": "user", "content": content}] if content else []


def decorated(text: str, template: Template) -> str:
    """Put the box tokens of the training data around the points of a reply.

    Only a reply in exactly the strict form is changed, and only in its points; any other is sent as it is.
    """
    if template.point_form != "parens":
        return text
    reply = parse(text)
    if reply.status != "ok" or reply.anomalies:
        return text
    try:
        plain, boxed = (
            render(reply.actions, template, thought=reply.thought, reflection=reply.reflection, box_tokens=tokens)
            for tokens in (False, True)
        )
    except WriteError:
        return text
    return boxed if plain == text else text
