"""What ``polyloop demo`` runs: one task on the simulated desktop, through all six providers, against a scripted model.

The scripted provider stands in for the models: it is a real HTTP server on loopback with each provider's paths, envelopes, credentials and
streams, and says what a fixed script says. Everything else is real: the clients, the translation, the loop, the desktop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from polyloop.translate import hub, wires
from polyloop.translate.adapting import Adapting
from polyloop.translate.computer_use.actions import Click, ScreenAction, Scroll, Type
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.computer_use.points import ScreenPoint
from polyloop.translate.jsontext import spell
from polyloop.translate.jsonvalue import Json, JsonObject
from polyloop.translate.translation import adapted, convert
from polyloop.transport import create_client
from polyloop.transport.scripted import (
    ComputerAction,
    LoggedRequest,
    Reply,
    Scenario,
    ScriptedProvider,
    Step,
    Text,
    ToolCall,
)

from .computers import Desktop, SimulatedComputer, find, form_desktop, perform
from .computers.events import Trace

PROVIDERS: Final = ("anthropic", "bedrock", "vertex", "legacyuse", "openai", "uitars")
TASK: Final = "Register Ada Lovelace from Geneva for the newsletter, then report what you registered."
ANSWER: Final = {"name": "Ada Lovelace", "email": "ada@example.org", "city": "Geneva", "newsletter": True}
CLOSING: Final = "Ada Lovelace is registered."


@attrs.frozen(kw_only=True)
class Outcome:
    """What one provider's run came to. ``losses`` counts what its wire could not say of the conversation, ``form`` is what the desktop holds."""

    provider: str
    wire: str
    turns: int
    requests: int
    tokens: int
    losses: int
    result: Json
    form: JsonObject


class FilmedComputer:
    """A simulated computer that keeps every screenshot it gives and tells of every action."""

    def __init__(self, computer: SimulatedComputer, tell: Callable[[str], None], folder: Path | None) -> None:
        self._computer = computer
        self._tell = tell
        self._folder = folder
        self._count = 0

    @property
    def desktop(self) -> Desktop:
        """The desktop as it is now."""
        return self._computer.desktop

    async def size(self) -> Size:
        return await self._computer.size()

    async def screenshot(self) -> bytes:
        picture = await self._computer.screenshot()
        self._count += 1
        if self._folder is not None:
            (self._folder / f"screen-{self._count:02}.png").write_bytes(picture)
        return picture

    async def perform(self, action: ScreenAction) -> Trace:
        self._tell(type(action).__name__.lower())
        return await self._computer.perform(action)

    async def cursor_position(self) -> ScreenPoint:
        return await self._computer.cursor_position()

    async def release_held(self) -> Trace:
        return await self._computer.release_held()

    async def close(self) -> None:
        await self._computer.close()


def script() -> Scenario:
    """Write the model's part: every point is looked up on a desktop that the same actions were performed on."""
    desktop = form_desktop()
    steps = [_says("I look at the screen first.", ComputerAction(action="screenshot"))]
    for words, label, typed in (
        ("The name goes first.", "Name", ANSWER["name"]),
        ("Now the e-mail address.", "E-mail", ANSWER["email"]),
    ):
        desktop, click = _click(desktop, label)
        steps.append(_says(words, click))
        desktop, _ = perform(desktop, Type(text=str(typed)))
        steps.append(_says(f"I type it into {label}.", ComputerAction(action="type", input={"text": typed})))
    where = find(desktop, "City")
    scrolled, _ = perform(desktop, Scroll(at=where, dx=0, dy=5, unit="notch"))
    down = {"coordinate": [where.x, where.y], "scroll_direction": "down", "scroll_amount": 5}
    steps.append(_says("The city is further down the list.", ComputerAction(action="scroll", input=down)))
    desktop = scrolled
    for words, label in (
        ("There it is.", str(ANSWER["city"])),
        ("She wants the newsletter.", "Newsletter"),
        ("Everything is filled in.", "Submit"),
    ):
        desktop, click = _click(desktop, label)
        steps.append(_says(words, click))
    report = {"name": "registration", "result": ANSWER}
    steps.append(_says("I report what I registered.", ToolCall(name="extraction", arguments={"data": report})))
    steps.append(Step(reply=Reply(parts=(Text(text=CLOSING),))))
    return Scenario(steps=tuple(steps), screen=(desktop.size.width, desktop.size.height))


def _says(words: str, call: ComputerAction | ToolCall) -> Step:
    return Step(reply=Reply(parts=(Text(text=words), call)))


def _click(desktop: Desktop, label: str) -> tuple[Desktop, ComputerAction]:
    point = find(desktop, label)
    clicked, _ = perform(desktop, Click(at=point))
    return clicked, ComputerAction(action="left_click", input={"coordinate": [point.x, point.y]})


async def run_provider(
    provider: str, server: ScriptedProvider, tell: Callable[[str], None], folder: Path | None
) -> Outcome:
    """Run the task through one provider and return what came of it; with a folder that exists, keep pictures and requests there."""
    from .sampling_loop import sampling_loop
    from .stores.memory import MemoryStore

    computer = FilmedComputer(SimulatedComputer(), tell, folder)
    first = len(server.requests)
    seen = _Replies()
    async with _client(provider, server) as client:
        result, exchanges = await sampling_loop(
            job_id=f"demo-{provider}",
            db=None,
            model=MODELS[provider],
            provider=provider,
            system_prompt_suffix="",
            messages=[{"role": "user", "content": TASK}],
            output_callback=lambda block: None,
            tool_output_callback=lambda result, tool_id: None,
            tool_version="computer_use_20250124",
            max_tokens=1024,
            client=seen.around(client),
            computer=computer,
            store=MemoryStore(),
        )
        wire = client.wire
    requests = server.requests[first:]
    if folder is not None:
        _keep(folder, requests, exchanges)
    return Outcome(
        provider=provider, wire=wire, turns=len(seen.responses), requests=len(requests), tokens=seen.tokens(),
        losses=_losses(seen.last, wire), result=result, form=_form(computer.desktop),
    )  # fmt: skip


MODELS: Final[Mapping[str, str]] = {
    "anthropic": "claude-opus-4-6", "bedrock": "anthropic.claude-opus-4-6-v1:0", "vertex": "claude-opus-4-6",
    "legacyuse": "legacy-use-sonnet-4", "openai": "gpt-5.5", "uitars": "ui-tars-1.5-7b",
}  # fmt: skip
"""Names the scripted provider is asked for; it answers under any."""


def _client(provider: str, server: ScriptedProvider) -> Any:
    keys = server.keys
    given: Mapping[str, Mapping[str, Any]] = {
        "anthropic": {"api_key": keys.anthropic},
        "bedrock": {
            "region": "us-east-1", "access_key_id": keys.aws_access_key, "secret_access_key": keys.aws_secret_key
        },
        "vertex": {"region": "us-east5", "project": "demo", "access_token": keys.vertex},
        "legacyuse": {"api_key": keys.legacyuse},
        "openai": {"api_key": keys.openai},
        "uitars": {"api_key": keys.uitars},
    }  # fmt: skip
    base_url = server.base_url(provider)  # type: ignore[arg-type]
    return create_client(provider, base_url=base_url, environment={}, **given[provider])


class _Replies:
    """Listens at a client: what was asked last, and every reply."""

    def __init__(self) -> None:
        self.responses: list[hub.Response] = []
        self.last: hub.Request | None = None

    def around(self, client: Any) -> Any:
        return _Listening(client, self)

    def tokens(self) -> int:
        return sum(_total(response.usage) for response in self.responses if response.usage is not None)


class _Listening:
    def __init__(self, client: Any, replies: _Replies) -> None:
        self._client = client
        self._replies = replies

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def create_message(self, request: hub.Request) -> hub.Response:
        response: hub.Response = await self._client.create_message(request)
        self._replies.last = request
        self._replies.responses.append(response)
        return response


def _total(usage: hub.Usage) -> int:
    buckets = (getattr(usage, a.name) for a in attrs.fields(hub.Usage) if a.name != "reported")
    return sum(bucket.n for bucket in buckets if bucket is not None)


def _losses(request: hub.Request | None, wire: str) -> int:
    """Count what the wire does not say of the conversation as Anthropic's would say it."""
    if request is None:
        return 0
    anthropic = wires.wire_of("anthropic")
    document = wires.write(anthropic, adapted(request, anthropic, Adapting(target="anthropic")))
    return len(convert(document, kind="request", source="anthropic", target=wire).losses)


def _form(desktop: Desktop) -> JsonObject:
    """Read off the desktop what was really filled in."""
    fields: Any = {widget.label: widget for widget in desktop.widgets}
    city = fields["City"]
    return {
        "name": fields["Name"].text,
        "email": fields["E-mail"].text,
        "city": None if city.selected is None else city.items[city.selected],
        "newsletter": fields["Newsletter"].checked,
    }


def _keep(folder: Path, requests: list[LoggedRequest], exchanges: Any) -> None:
    for number, request in enumerate(requests, 1):
        document = {
            "method": request.method,
            "path": request.path,
            "headers": dict(request.headers),
            "body": request.body,
        }
        (folder / f"request-{number:02}.json").write_text(spell(document), encoding="utf-8")
    (folder / "exchanges.json").write_text(spell(exchanges), encoding="utf-8")
