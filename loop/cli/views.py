"""What is seen of a job while it runs: a live panel in a terminal, lines elsewhere, JSON lines for scripts."""

from __future__ import annotations

import json
import re
import sys
import time
from collections import deque
from collections.abc import Mapping
from decimal import Decimal
from types import TracebackType
from typing import Any, Final, Protocol, Self

from attrs import field, mutable

from polyloop.translate import hub
from polyloop.translate.jsonvalue import Json, JsonObject

from ..callbacks import ToolResult
from ..limits import tokens_of
from ..ports import Notice

_LINES: Final = 6
_LONGEST: Final = 400
# What a model or a page wrote is shown, and never obeyed by the terminal.
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def shown(text: str, longest: int = _LONGEST) -> str:
    """Return a text that a terminal shows and does nothing else with, cut to a length."""
    clean = _CONTROLS.sub("\ufffd", text)
    return clean if len(clean) <= longest else clean[:longest] + "..."


def call_line(name: str, arguments: Json) -> str:
    """Say a call in a line."""
    if not isinstance(arguments, Mapping):
        return shown(name)
    rest = {key: value for key, value in arguments.items() if key != "action"}
    verb = arguments.get("action") if isinstance(arguments.get("action"), str) else name
    said = " ".join(
        f"({value[0]}, {value[1]})"
        if isinstance(value, list) and len(value) == 2
        else json.dumps(value, ensure_ascii=False)
        for value in rest.values()
    )
    return shown(f"{verb} {said}".strip(), 160).replace("\n", " ")


@mutable(kw_only=True)
class Progress:
    """How far a run has come."""

    job: str
    title: str
    step: int = 0
    tokens: int = 0
    tokens_unknown: bool = False
    cost: Decimal = Decimal(0)
    unpriced: bool = False
    words: str = ""
    lines: deque[str] = field(factory=lambda: deque(maxlen=_LINES))
    began: float = field(factory=time.monotonic)

    def replied(self, usage: hub.Usage | None, cost: Decimal | None) -> None:
        """Count a reply."""
        tokens = tokens_of(usage)
        self.step += 1
        self.tokens += tokens or 0
        self.tokens_unknown = self.tokens_unknown or tokens is None
        self.cost += cost or 0
        self.unpriced = self.unpriced or cost is None

    @property
    def spent(self) -> str:
        """Say tokens and cost; what nobody knows is said to be unknown."""
        tokens = f"{'at least ' if self.tokens_unknown else ''}{self.tokens:,} tokens"
        cost = (
            "unpriced" if self.unpriced and not self.cost else f"{'at least ' if self.unpriced else ''}${self.cost:.4f}"
        )
        return f"{tokens}, {cost}"


class View(Protocol):
    """Is told what happens, and shows it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def replied(self, usage: hub.Usage | None, cost: Decimal | None) -> None:
        """The model replied."""

    def said(self, block: JsonObject) -> None:
        """A block of the reply: text, thinking or a call."""

    def answered(self, result: ToolResult, call_id: str) -> None:
        """A call has a result."""

    def notice(self, notice: Notice) -> None:
        """Something else happened."""

    def suspend(self) -> None:
        """Leave the terminal to a question; whatever is told next takes it back."""


class LinesView:
    """A line for each thing that happens."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def __enter__(self) -> Self:
        print(self.progress.title, flush=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held."""

    def replied(self, usage: hub.Usage | None, cost: Decimal | None) -> None:
        self.progress.replied(usage, cost)
        print(f"step {self.progress.step} ({self.progress.spent})", flush=True)

    def said(self, block: JsonObject) -> None:
        line = line_of(block)
        if line:
            print(f"  {line}", flush=True)

    def answered(self, result: ToolResult, call_id: str) -> None:
        if result.error:
            print(f"  ! {shown(result.error)}", flush=True)

    def notice(self, notice: Notice) -> None:
        line = notice_line(notice)
        if line:
            print(f"  {line}", flush=True)

    def suspend(self) -> None:
        """Nothing is held."""


class JsonView:
    """A JSON object a line, for scripts."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def __enter__(self) -> Self:
        self._tell("begin", job=self.progress.job)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held."""

    def replied(self, usage: hub.Usage | None, cost: Decimal | None) -> None:
        self.progress.replied(usage, cost)
        self._tell("reply", step=self.progress.step, tokens=tokens_of(usage), cost=None if cost is None else str(cost))

    def said(self, block: JsonObject) -> None:
        self._tell("said", block=block)

    def answered(self, result: ToolResult, call_id: str) -> None:
        self._tell(
            "result", call=call_id, output=result.output, error=result.error, image=result.base64_image is not None
        )

    def notice(self, notice: Notice) -> None:
        self._tell("notice", kind=notice.kind, data=notice.data)

    def suspend(self) -> None:
        """Nothing is held."""

    def _tell(self, event: str, **data: Json) -> None:
        print(json.dumps({"event": event, **data}), flush=True)


class LiveView:
    """A panel that is kept up to date. Needs rich."""

    def __init__(self, progress: Progress) -> None:
        from rich.live import Live

        self.progress = progress
        self._over = False
        self._live: Any = Live(get_renderable=self._panel, refresh_per_second=8, transient=False)
        self._suspended = False

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True  # it is drawn once more, and stays
        self._live.stop()

    def replied(self, usage: hub.Usage | None, cost: Decimal | None) -> None:
        self.progress.replied(usage, cost)
        self._again()

    def said(self, block: JsonObject) -> None:
        if block.get("type") == "text":
            self.progress.words = shown(str(block.get("text", "")))
        elif line := line_of(block):
            self.progress.lines.append(line)
        self._again()

    def answered(self, result: ToolResult, call_id: str) -> None:
        if result.error:
            self.progress.lines.append(f"! {shown(result.error, 160)}")
        self._again()

    def notice(self, notice: Notice) -> None:
        if line := notice_line(notice):
            self.progress.lines.append(line)
        self._again()

    def suspend(self) -> None:
        self._live.stop()
        self._suspended = True

    def _again(self) -> None:
        if self._suspended:
            self._suspended = False
            self._live.start()

    def _panel(self) -> Any:
        from rich.console import Group
        from rich.panel import Panel
        from rich.text import Text

        progress = self.progress
        seconds = int(time.monotonic() - progress.began)
        head = Text(f"step {progress.step}  {progress.spent}  {seconds // 60}:{seconds % 60:02}", style="bold")
        said = Text(progress.words or "...", style="italic")
        acts = [Text(line, style="red" if line.startswith("!") else "") for line in progress.lines]
        way_out = None if self._over else "Ctrl-C stops; it can be resumed"
        return Panel(Group(head, said, *acts), title=Text(progress.title), subtitle=way_out)


def line_of(block: JsonObject) -> str:
    """Say a block of a reply in a line."""
    if block.get("type") == "text":
        return shown(str(block.get("text", "")))
    if str(block.get("type", "")).endswith("tool_use"):
        return f"> {call_line(str(block.get('name', '')), block.get('input'))}"
    return ""


def notice_line(notice: Notice) -> str:
    """Say a notice in a line; those that the other calls tell better are silent."""
    data = notice.data
    if notice.kind == "sample_failed":
        return f"! the provider gave no reply: {shown(str(data.get('kind', '')))}"
    if notice.kind == "tool_failed":
        return f"! a tool failed: {shown(str(data.get('error', '')))}"
    if notice.kind == "paused":
        return f"paused: {shown(str(data.get('reason', '')))}"
    return ""


def choose_view(progress: Progress, *, as_json: bool) -> View:
    """Return the view that fits: JSON where it is asked for, a panel in a terminal where rich is installed, else lines."""
    if as_json:
        return JsonView(progress)
    if sys.stdout.isatty():
        try:
            return LiveView(progress)
        except ImportError:
            return LinesView(progress)
    return LinesView(progress)
