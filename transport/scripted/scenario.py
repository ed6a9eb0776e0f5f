"""What the scripted provider says, and when: records without behaviour.

A scenario is a list of steps. Which step answers is a function of the request alone (how many turns the assistant has had,
what the last tool result says, who asks), never of what the server answered before: a retried request and a thousand
conversations at once all get the answers they should.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeAlias

from attrs import Factory, field, frozen

from polyloop.translate.jsonvalue import Json, JsonObject

from ..errors import TransportError

Provider: TypeAlias = Literal["anthropic", "bedrock", "vertex", "legacyuse", "openai", "uitars"]
Wire: TypeAlias = Literal["anthropic", "openai-chat", "openai-responses", "uitars"]
Stop: TypeAlias = Literal["end_turn", "tool_use", "max_tokens", "stop_sequence", "refusal"]
Outcome: TypeAlias = Literal["ok", "error", "unknown"]

PROVIDERS: Final[tuple[Provider, ...]] = ("anthropic", "bedrock", "vertex", "legacyuse", "openai", "uitars")
WIRES: Final[tuple[Wire, ...]] = ("anthropic", "openai-chat", "openai-responses", "uitars")


class ScenarioError(TransportError, ValueError):
    """A scenario is not well formed, has no step for a request, or says what the asking wire has no words for."""


@frozen(kw_only=True)
class Thinking:
    """What the model thought before it spoke. Chat completions have no place for it: only its token count shows there."""

    text: str
    signature: str | None = None
    """None: the server signs the text itself, and refuses a thinking block that comes back with another signature."""


@frozen(kw_only=True)
class Text:
    """What the model said."""

    text: str


@frozen(kw_only=True)
class Refusal:
    """A refusal in words. Anthropic says it as a text and the stop reason ``refusal``."""

    text: str


@frozen(kw_only=True)
class ToolCall:
    """A call of a function tool."""

    name: str
    arguments: JsonObject = Factory(dict)
    id: str | None = None
    """None: derived from the request, in the form the provider's ids have."""
    arguments_text: str | None = None
    """JSON text to send in place of ``arguments``: cut short, or not JSON at all. Anthropic's unstreamed form shows ``{}``."""


@frozen(kw_only=True)
class ComputerAction:
    """One action on the computer, in the words of Anthropic's computer toolset: ``left_click``, ``{"coordinate": [x, y]}``.

    It becomes what the asking wire has for it: a member of the toolset, an input of the computer tool, an action of a Responses
    ``computer_call``, a UI-TARS verb, or a call of a function tool that is named after the action or ``computer``.
    """

    action: str
    input: JsonObject = Factory(dict)


Part: TypeAlias = Thinking | Text | Refusal | ToolCall | ComputerAction


@frozen(kw_only=True)
class TokenCounts:
    """What the reply says it cost, in tokens. ``input`` excludes what was read from or written to the cache."""

    input: int
    output: int
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int = 0
    """Part of ``output``."""


def _parts(given: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(given)


@frozen(kw_only=True)
class Reply:
    """One turn of the model, said once for every wire."""

    parts: tuple[Part, ...] = field(default=(), converter=_parts)
    stop: Stop | None = None
    """None: ``tool_use`` when the parts hold a call, ``refusal`` when they hold a refusal, ``end_turn`` otherwise."""
    usage: TokenCounts | None = None
    """None: counted from the lengths of the request and the reply, so that it grows as a conversation does."""
    uitars: str | None = None
    """The UI-TARS form as sampled (``Thought: ...\\nAction: ...``); None: rendered from the parts."""
    documents: Mapping[Wire, Json] = Factory(dict)
    """Response documents that a wire is to get verbatim. A streaming request gets a stream made from the same document."""


@frozen(kw_only=True)
class When:
    """A condition on a request. Everything that is given must hold; an empty condition holds always."""

    turns: int | None = None
    """How many turns the assistant has had."""
    text: str | None = None
    """Occurs in a text of the last user turn."""
    anywhere: str | None = None
    """Occurs in a text of any turn, or in the instructions."""
    result: str | None = None
    """Occurs in a text of the tool results since the last assistant turn."""
    outcome: Outcome | None = None
    """Of any tool result since the last assistant turn. Wires without an error flag are read by `Scenario.outcome_marks`."""
    has_image: bool | None = None
    """An image stands after the last assistant turn."""
    tool: str | None = None
    """Is offered by the request."""
    model: str | None = None
    provider: Provider | None = None
    wire: Wire | None = None


@frozen(kw_only=True)
class Step:
    """A reply and the condition under which it is given.

    A step without a condition waits for its turn: the n-th of them answers a request in which the assistant has had n - 1 turns.
    """

    reply: Reply
    when: When | None = None


# Wires without an error flag say in words how a call ended; the first words of the text decide.
OUTCOME_MARKS: Final[Mapping[Outcome, tuple[str, ...]]] = {
    "error": ("error", "[error", "<error", "(error", "tool error", "failed"),
    "unknown": (
        "the outcome of this call is unknown",
        "outcome unknown",
        "[outcome unknown",
        "outcome: unknown",
        "unknown outcome",
    ),
}


def _steps(given: Iterable[Step | Reply]) -> tuple[Step, ...]:
    return tuple(Step(reply=step) if isinstance(step, Reply) else step for step in given)


@frozen(kw_only=True)
class Scenario:
    """What a provider is to say."""

    steps: tuple[Step, ...] = field(default=(), converter=_steps)
    """A bare reply is a step without a condition. Steps with a condition are tried first, in order; then the step whose turn it is."""
    otherwise: Reply | None = None
    """Answers where no step does. None: the server answers 500 and keeps the problem, which its context manager raises at the end."""
    screen: tuple[int, int] | None = None
    """Width and height, in pixels, that the coordinates of `ComputerAction` are meant in.

    They are scaled to the newest image of the request, so that a click lands on the same spot however a client scales its
    screenshots. None: sent as they stand.
    """
    outcome_marks: Mapping[Outcome, tuple[str, ...]] = Factory(lambda: OUTCOME_MARKS)
