"""What ``polyloop demo`` runs: one task on the simulated desktop, through all six providers, against a scripted model.

The scripted provider stands in for the models: it is a real HTTP server on loopback with each provider's paths, envelopes, credentials and
streams, and says what a fixed script says. Everything else is real: the clients, the translation, the loop, the desktop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from polyloop.translate import hub
from polyloop.translate.computer_use.actions import Click, ScreenAction, Scroll, Type
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.computer_use.points import ScreenPoint
from polyloop.translate.jsontext import spell
from polyloop.translate.jsonvalue import Json, JsonObject
from polyloop.translate.translation import Translation
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
from .journal import Row
from .page import Page, images_of, render_page, spoken, story_of
from .ports import Store

PROVIDERS: Final = ("anthropic", "bedrock", "vertex", "legacyuse", "openai", "uitars")
TASK: Final = "Register Ada Lovelace from Geneva for the newsletter, then report what you registered."
ANSWER: Final = {"name": "Ada Lovelace", "email": "ada@example.org", "city": "Geneva", "newsletter": True}
CLOSING: Final = "Ada Lovelace is registered."
PAGE: Final = "page.html"
INDEX: Final = "index.html"


@attrs.frozen(kw_only=True)
class Outcome:
    """What one provider's run came to. ``losses`` counts what its wire could not say of the conversation, ``form`` is what the desktop
    holds, ``page`` the run as HTML."""

    provider: str
    wire: str
    turns: int
    requests: int
    tokens: int
    losses: int
    result: Json
    form: JsonObject
    page: str = attrs.field(repr=False)


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
    """Run the task through one provider and return what came of it; with a folder that exists, keep pictures, requests and page there."""
    from .sampling_loop import sampling_loop
    from .stores.memory import MemoryStore

    store, job = MemoryStore(), f"demo-{provider}"
    computer = FilmedComputer(SimulatedComputer(), tell, folder)
    first = len(server.requests)
    seen = _Replies()
    async with _client(provider, server) as client:
        result, exchanges = await sampling_loop(
            job_id=job,
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
            store=store,
        )
        wire = client.wire
    requests = server.requests[first:]
    rows = await store.rows(job)
    said = spoken(story_of(rows, job).state.turns, wire, model=MODELS[provider])
    page = await _page(
        rows, store, job, said, (("provider", provider), ("model", f"a script, asked for as {MODELS[provider]}"))
    )
    if folder is not None:
        _keep(folder, requests, exchanges)
        (folder / PAGE).write_text(page, encoding="utf-8")
    return Outcome(
        provider=provider, wire=wire, turns=len(seen.responses), requests=len(requests), tokens=seen.tokens(),
        losses=0 if said is None else len(said.losses), result=result, form=_form(computer.desktop), page=page,
    )  # fmt: skip


async def _page(
    rows: tuple[Row, ...], store: Store, job: str, said: Translation | None, facts: tuple[tuple[str, str], ...]
) -> str:
    images = {digest: await store.image(digest) for digest in images_of(story_of(rows, job))}
    about = Page(facts=facts)
    if said is not None:
        about = Page(facts=facts, losses=said.losses, insertions=said.insertions, wire=said.target)
    return render_page(rows, images, job=job, about=about)


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
    """Listens at a client: every reply."""

    def __init__(self) -> None:
        self.responses: list[hub.Response] = []

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
        self._replies.responses.append(response)
        return response


def _total(usage: hub.Usage) -> int:
    buckets = (getattr(usage, a.name) for a in attrs.fields(hub.Usage) if a.name != "reported")
    return sum(bucket.n for bucket in buckets if bucket is not None)


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


def write_index(outcomes: Sequence[Outcome], folder: Path) -> Path:
    """Write a page that links the runs' pages in the folders beside it, and return its path."""
    from .page.index import index_page

    rows = [
        (
            f"{each.provider}/{PAGE}",
            (each.provider, each.wire, str(each.turns), str(each.tokens), str(each.losses), spell(each.result)),
        )
        for each in outcomes
    ]
    heads = ("provider", "wire", "turns", "tokens", "losses", "result")
    text = "The model is a script, played by a server on the machine that ran this; everything else is the real thing."
    path = folder / INDEX
    path.write_text(index_page(f"polyloop demo: {TASK}", text, heads, rows), encoding="utf-8")
    return path
