"""What a renderer needs: the reply, the request it answers, and the mint."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import Factory, frozen

from polyloop.translate.jsonvalue import Json, JsonObject

from .. import compact
from ..facts import Facts
from ..minting import Mint
from ..scenario import ComputerAction, Refusal, Reply, ScenarioError, Stop, TokenCounts, ToolCall
from ..settings import Settings


@frozen(kw_only=True)
class Scene:
    """One reply in its place."""

    reply: Reply
    body: JsonObject
    facts: Facts
    mint: Mint
    usage: TokenCounts
    model: str
    screen: tuple[int, int] | None
    settings: Settings

    @property
    def stop(self) -> Stop:
        """The reply's stop reason, its own or the one its parts imply."""
        if self.reply.stop is not None:
            return self.reply.stop
        if any(isinstance(part, ToolCall | ComputerAction) for part in self.reply.parts):
            return "tool_use"
        return "refusal" if any(isinstance(part, Refusal) for part in self.reply.parts) else "end_turn"


@frozen(kw_only=True)
class Rendered:
    """A response document, and what only its stream can say."""

    document: Json
    cut_arguments: Mapping[str, str] = Factory(dict)
    """By call id: argument text that is not JSON. Only a stream of Anthropic's needs it, whose document holds objects."""


def arguments_text(call: ToolCall) -> str:
    """Return the JSON text of a call's arguments."""
    if call.arguments_text is not None:
        return call.arguments_text
    return compact.text(call.arguments)


def input_of(action: ComputerAction, scene: Scene) -> JsonObject:
    """Return an action's input with its coordinates scaled from the scenario's screen to the newest image of the request."""
    size = scene.facts.image_size
    if scene.screen is None or size is None or (size.width, size.height) == scene.screen:
        return dict(action.input)
    scales = (size.width / scene.screen[0], size.height / scene.screen[1])
    points = {key: value for key, value in action.input.items() if key in ("coordinate", "start_coordinate", "region")}
    scaled = {
        key: [round(number * scales[place % 2]) for place, number in enumerate(point_of(value, action, key))]
        for key, value in points.items()
    }
    return {**action.input, **scaled}


def point_of(value: Json, action: ComputerAction, key: str = "coordinate") -> list[float]:
    """Return a point's (or a region's) numbers. Raises `ScenarioError` where it is none."""
    if isinstance(value, list | tuple) and len(value) in (2, 4):
        return list(value)
    raise ScenarioError(f"{action.action} needs {key} to be a list of numbers")


def as_function(action: ComputerAction, scene: Scene) -> ToolCall:
    """Say a computer action as a call of a function tool.

    A tool named after the action gets its input; otherwise the tool ``computer`` gets the input with ``action`` in front.
    """
    details = input_of(action, scene)
    if action.action in scene.facts.tools:
        return ToolCall(name=action.action, arguments=details)
    return ToolCall(name="computer", arguments={"action": action.action, **details})
