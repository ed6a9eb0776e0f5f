"""The callbacks that existing callers give, called from the loop's events."""

from __future__ import annotations

import base64
import inspect
from collections.abc import Callable
from typing import Any

from attrs import field, frozen

from polyloop.translate import hub
from polyloop.translate.errors import UsageError
from polyloop.translate.jsonvalue import JsonObject

from .blocks import shown_blocks
from .calls import answered_since
from .events import Event, Sampled
from .media import digest_of, fetch
from .ports import Exchange, Store
from .state import CallState, State

OutputCallback = Callable[[JsonObject], Any]
ApiResponseCallback = Callable[[Any, Any, "BaseException | None"], Any]


@frozen(kw_only=True)
class ToolResult:
    """What came of a tool, as existing callers take it."""

    output: str | None = None
    error: str | None = None
    base64_image: str | None = None
    system: str | None = None


ToolOutputCallback = Callable[[ToolResult, str], Any]


@frozen(kw_only=True)
class Callbacks:
    """Tells callbacks, sync or async, of replies and of results, each once and in order."""

    output: OutputCallback
    tool_output: ToolOutputCallback
    store: Store

    def __attrs_post_init__(self) -> None:
        for name, callback in (("output_callback", self.output), ("tool_output_callback", self.tool_output)):
            if not callable(callback):  # told before anything is asked for, which may cost
                raise UsageError(f"{name} is called with every block or result; {callback!r} cannot be")

    async def listen(self, event: Event, before: State, after: State) -> None:
        """Take an event of the loop."""
        if isinstance(event, Sampled) and event.response.candidates:
            turn = event.response.candidates[0].turn
            shown = hub.Turn(role="assistant", parts=await fetch(turn.parts, self.store), origin=turn.origin)
            for block in shown_blocks(shown):
                await _told(self.output(block))
        for call in answered_since(before, after):
            await _told(self.tool_output(await self._result(call), call.call.id))

    async def _result(self, call: CallState) -> ToolResult:
        assert call.outcome is not None
        texts = [part.text for part in call.outcome.parts if isinstance(part, hub.Text)]
        digests = [digest for part in call.outcome.parts if (digest := digest_of(part)) is not None]
        image = base64.b64encode((await self.store.image(digests[-1]))[0]).decode("ascii") if digests else None
        text = "\n".join(texts) or None
        if call.outcome.outcome == "ok":
            return ToolResult(output=text, base64_image=image)
        return ToolResult(error=text or call.outcome.outcome, base64_image=image)


async def _told(returned: Any) -> None:
    if inspect.isawaitable(returned):
        await returned


@frozen(kw_only=True)
class Exchanges:
    """Keeps what was exchanged with the provider, and tells the callback of it, failures included."""

    keep: bool = True
    callback: ApiResponseCallback | None = None
    kept: list[JsonObject] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        if inspect.iscoroutinefunction(self.callback):
            raise UsageError(
                "api_response_callback is told in the middle of a call and cannot be waited for: it is a plain function"
            )

    @property
    def wanted(self) -> bool:
        """Whether anybody wants to know of exchanges: telling of them costs time."""
        return self.keep or self.callback is not None

    def take(self, exchange: Exchange) -> None:
        """Take an exchange."""
        if exchange.error is None and self.keep:
            self.kept.append({"request": exchange.request, "response": exchange.response})
        if self.callback is not None:
            self.callback(exchange.request, exchange.response, exchange.error)
