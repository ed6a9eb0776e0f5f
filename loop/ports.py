"""What the loop asks of the world, as protocols.

Everything a runner touches is one of these. Each docstring says what a signature cannot: whether a method may be cancelled, called
twice, and called at the same time as another. `polyloop.loop.testing` has a double of each and laws to check your own by.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

from attrs import field, frozen

from polyloop.translate import hub
from polyloop.translate.computer_use.actions import ScreenAction
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.computer_use.points import ScreenPoint
from polyloop.translate.jsonvalue import ABSENT, Json, JsonObject

from .journal import Claim, Row


class ProviderClient(Protocol):
    """Something that can take the model's next turn: one client for each provider, shared by any number of jobs."""

    @property
    def provider(self) -> str:
        """The provider's name: anthropic, bedrock, vertex, legacyuse, openai, uitars, or one of your own."""
        ...

    @property
    def wire(self) -> str:
        """The wire it speaks: a name of `polyloop.translate.wires`."""
        ...

    async def create_message(self, request: hub.Request) -> hub.Response:
        """Ask for the next turn.

        The request is neutral: the client adapts it to its wire. Owns retrying; the loop never repeats a failed call by itself.
        May be cancelled at any point and then leaves no connection half read; may be called again with the same request, which
        asks for another answer; may be called at the same time for other requests. Raises the provider's errors, classified.
        """
        ...

    async def aclose(self) -> None:
        """Close what the client opened. May be called twice."""
        ...


@frozen(kw_only=True)
class Exchange:
    """One HTTP exchange with a provider, as it went over the wire, secrets removed."""

    request: JsonObject
    """``method``, ``url``, ``headers`` and ``body`` (a JSON document)."""
    response: JsonObject | None
    """``status``, ``headers`` and ``body``; None where none came."""
    error: BaseException | None = None


ExchangeListener: TypeAlias = Callable[[Exchange], None]


@runtime_checkable
class ExchangeSource(Protocol):
    """A client that can also tell of its exchanges."""

    def observed_by(self, listener: ExchangeListener) -> ProviderClient:
        """Return a view of this client that tells the listener of each exchange of its own calls, failed ones too.

        The view shares the client's connections; closing the view closes nothing.
        """
        ...


@frozen(kw_only=True)
class ToolOutcome:
    """What came of a tool.

    ``conclusion`` is a value the run may end with (an extraction). ``ends`` ends the run once the turn's calls are answered: "done"
    as completed, "stop" as stopped by the tool, with ``conclusion`` as its result. Images stand in ``parts`` as `hub.Media` with a `hub.Base64` source.
    """

    parts: tuple[hub.Part, ...] = ()
    outcome: Literal["ok", "error", "denied", "not_run", "unknown"] = "ok"
    conclusion: Json = ABSENT
    ends: Literal["no", "done", "stop"] = "no"


Perform: TypeAlias = Callable[[], Awaitable[JsonObject]]


class CallContext(Protocol):
    """What a tool gets beside its call."""

    @property
    def job(self) -> str:
        """The job's id."""
        ...

    @property
    def key(self) -> str:
        """The call's stable key: an idempotency key for tools that can pass one on."""
        ...

    async def act(self, name: str, action: JsonObject, perform: Perform) -> JsonObject:
        """Perform one action of several, journaled: its intent is durable before, its result after.

        ``name`` is unique in the call and the same on every run. ``perform`` returns plain JSON without images.
        """
        ...


@frozen(kw_only=True)
class ToolPolicy:
    """How a tool may be run. Plain data: the machine decides by it."""

    lane: str | None = None
    """Calls of one lane run one after another, in the order of the turn, and a failure answers the rest unrun."""
    repeatable: bool = False
    """Running it twice does no harm. Only such a call is run again when a crash left its outcome unknown."""
    journaled: bool = False
    """It acts through `CallContext.act` only. After a crash it is run again and goes on behind the actions that are known."""
    approval: bool = False
    """A person must allow each call."""
    checks_target: bool = False
    """The target's health is probed before."""
    seconds: float | None = None
    """Time limit."""


class Tool(Protocol):
    """Something a model may call."""

    @property
    def definition(self) -> hub.Tool:
        """What the model is told. The same on every call: a change breaks the provider's prompt cache."""
        ...

    @property
    def policy(self) -> ToolPolicy:
        """How it may be run."""
        ...

    async def run(self, call: hub.Call, context: CallContext) -> ToolOutcome:
        """Run one call and return its outcome. A refused or failed call is an outcome, not an exception.

        May be cancelled: the outcome is then unknown. Called at most once for a call unless the policy says repeatable. Called at the
        same time for calls of different lanes, never twice at once for one lane. An exception becomes an error outcome that
        names its class only, and is told to the observer.
        """
        ...


@runtime_checkable
class Looks(Protocol):
    """A tool that can show the present state of what it acts on."""

    async def look(self, call: hub.Call) -> tuple[hub.Part, ...]:
        """Return what there is to see, for a call whose outcome is unknown. Repeatable; changes nothing."""
        ...


class Computer(Protocol):
    """A screen, a pointer and a keyboard. Used by one task at a time. Raises an error of `PolyloopError` for what it refuses."""

    async def size(self) -> Size:
        """Return the screen's size in pixels."""
        ...

    async def screenshot(self) -> bytes:
        """Return the screen as a PNG, or a JPEG where that is what there is. Repeatable."""
        ...

    async def perform(self, action: ScreenAction) -> Any:
        """Do one action; what is returned is not looked at. Never repeated by the loop. Cancelled: it may have happened or not."""
        ...

    async def cursor_position(self) -> ScreenPoint:
        """Return where the pointer is. Repeatable."""
        ...

    async def release_held(self) -> Any:
        """Release every key and button that is held down. May be called twice, and after a cancelled action."""
        ...

    async def close(self) -> None:
        """Let go of the computer. May be called twice."""
        ...


@runtime_checkable
class Zooms(Protocol):
    """A computer that can show a part of its screen enlarged."""

    async def zoom(self, top_left: ScreenPoint, bottom_right: ScreenPoint) -> bytes:
        """Return that part of the screen as a PNG. Repeatable."""
        ...


class Store(Protocol):
    """Where jobs live. May be used by many tasks and by many processes at the same time. Never blocks the event loop.

    A cancelled method has either done all of its work or none of it.
    """

    async def claim(self, job: str, owner: str, ttl: float) -> Claim:
        """Take the right to write a job for ``ttl`` seconds, and make every earlier claim stale.

        The same owner may claim again at once. Raises `JobTakenError` while another owner's claim has not run out.
        """
        ...

    async def renew(self, claim: Claim, ttl: float) -> Claim:
        """Keep a claim for ``ttl`` seconds from now. Raises `StaleClaimError`."""
        ...

    async def release(self, claim: Claim) -> None:
        """Give a claim up. Releasing a stale one, or twice, is harmless."""
        ...

    async def append(self, claim: Claim, rows: Sequence[Row]) -> int:
        """Add rows, all or none, durable when it returns; return the last row's sequence.

        Raises `StaleClaimError` when a later claim exists, also if this one has only just been overtaken.
        """
        ...

    async def rows(self, job: str, after: int = 0) -> tuple[Row, ...]:
        """Return a job's rows behind a sequence, in order; none where the job is not known. Raises `SchemaVersionError`."""
        ...

    async def put_image(self, data: bytes, media_type: str) -> str:
        """Keep an image once, whoever puts it how often, and return its digest: lower-case SHA-256 in hexadecimal."""
        ...

    async def image(self, digest: str) -> tuple[bytes, str]:
        """Return an image and its media type. Raises `MissingImageError`."""
        ...

    async def aclose(self) -> None:
        """Close what the store opened. May be called twice."""
        ...


@frozen(kw_only=True)
class ImageWish:
    """What a picture is to fit: pixels of its longer side, bytes of its base64 text, media types. None is no limit."""

    side: int | None = None
    bytes: int | None = None
    media_types: frozenset[str] = frozenset({"image/png", "image/jpeg"})


class Imager(Protocol):
    """Makes pictures fit what a provider takes."""

    async def fit(self, data: bytes, media_type: str, wish: ImageWish) -> tuple[bytes, str] | None:
        """Return the picture in a form that fits, and its media type; None where that cannot be.

        Gives the same for the same, or a resumed job sends other bytes than an uninterrupted one. Never blocks the event loop. May be
        cancelled.
        """
        ...


@frozen(kw_only=True)
class Health:
    """Whether the target can be acted on. ``reason`` is one clause for people."""

    healthy: bool
    reason: str = ""


@runtime_checkable
class HealthProbe(Protocol):
    """Looks whether the target can be acted on."""

    async def check(self) -> Health:
        """Return the target's health; never raises for a target that does not answer. Repeatable, may be cancelled."""
        ...


@frozen(kw_only=True)
class ApprovalRequest:
    """A question to a person. ``binding`` is the digest of everything a decision covers."""

    job: str
    call: hub.Call
    screenshot: str | None
    """Digest of the newest screenshot the model has seen."""
    binding: str
    reasons: tuple[str, ...] = ()


@frozen(kw_only=True)
class Decision:
    """A person's answer. It allows the one call whose ``binding`` it repeats, once."""

    call_id: str
    binding: str
    approve: bool
    reason: str = ""
    by: str = ""


class Approver(Protocol):
    """Decides whether a call may run."""

    async def decide(self, request: ApprovalRequest) -> Decision | None:
        """Return a decision, or None to leave the job paused until one is given. May be cancelled, and then asked again."""
        ...


@frozen(kw_only=True)
class Notice:
    """Something an observer is told. ``data`` is plain JSON without images and without arguments of tools."""

    kind: str
    at: float
    data: JsonObject = field(factory=dict)


class Observer(Protocol):
    """Is told what the loop does."""

    def notice(self, notice: Notice) -> None:
        """Take a notice; must return at once. What it raises ends the run."""
        ...


class Clock(Protocol):
    """Time, so that a test can have its own."""

    def now(self) -> float:
        """Return seconds since 1970."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after that time. May be cancelled."""
        ...
