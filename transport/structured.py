"""Structured answers from any provider: `create_structured`.

    person, response = await create_structured(client, request, response_model=Person)

instructor makes the schema's instance, validates it and words the second question; the talk itself is ours. Each of its re-asks becomes an
ordinary turn of the neutral conversation: the model's own turn as it came (thinking and seals included), the results of its calls, and what
was wrong. So it is legal on every wire, goes through one client with its retries and limits, and what all attempts cost is summed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, Protocol, TypeVar, overload

import attrs

from polyloop.translate import hub, repair
from polyloop.translate.errors import DecodeError
from polyloop.translate.jsontext import parse, spell
from polyloop.translate.jsonvalue import JsonObject
from polyloop.translate.profiles import Profile
from polyloop.translate.tool_schemas import lift

from .errors import MissingDependency, TransportError
from .reading import total_tokens
from .structured_models import model_of
from .structured_modes import Ask, Mode, ask_for, asking, mode_for, summed, with_words
from .synchronous import SyncClient, run_sync

Answer = TypeVar("Answer")
DEFAULT_ATTEMPTS: Final = 3


class StructuredOutputFailed(TransportError):
    """The model gave no valid answer within the attempts or tokens allowed, or refused to.

    The text names the class and the reason, never what the model said; the last reply is in ``response``.
    """

    def __init__(self, message: str, *, responses: tuple[hub.Response, ...] = ()) -> None:
        super().__init__(message)
        self.responses = responses
        """The replies of all attempts."""

    @property
    def response(self) -> hub.Response | None:
        """The last reply."""
        return self.responses[-1] if self.responses else None

    @property
    def usage(self) -> hub.Usage | None:
        """What all attempts cost."""
        return summed([response.usage for response in self.responses])


class Asked(Protocol):
    """What `create_structured` needs of a client."""

    def profile(self, model: str | None = None) -> Profile | None:
        """Return the profile that requests for a model are fitted to."""
        ...

    async def create_message(self, request: hub.Request) -> hub.Response:
        """Ask for the next turn."""
        ...


@overload
def create_structured(
    client: SyncClient,
    request: hub.Request,
    *,
    response_model: type[Answer],
    attempts: int = ...,
    token_budget: int | None = ...,
    mode: Mode | None = ...,
) -> tuple[Answer, hub.Response]: ...


@overload
def create_structured(
    client: Asked,
    request: hub.Request,
    *,
    response_model: type[Answer],
    attempts: int = ...,
    token_budget: int | None = ...,
    mode: Mode | None = ...,
) -> Coroutine[Any, Any, tuple[Answer, hub.Response]]: ...


def create_structured(
    client: SyncClient | Asked,
    request: hub.Request,
    *,
    response_model: type[Answer],
    attempts: int = DEFAULT_ATTEMPTS,
    token_budget: int | None = None,
    mode: Mode | None = None,
) -> Any:
    """Ask for an instance of a pydantic model or an attrs class, and return it with the reply it was read from.

    To be awaited, unless the client is a `SyncClient`. ``attempts`` bounds the questions, the first one counted; no further one is asked once
    they have cost ``token_budget`` tokens. ``mode`` overrides how it is asked, which otherwise follows from the client's profile. The reply's
    usage is that of all attempts. Raises `StructuredOutputFailed`, `ProviderCallError` as the client does, `UsageError` for another
    ``response_model``, and `MissingDependency` without instructor.
    """
    asynchronous = client.asynchronous if isinstance(client, SyncClient) else client
    answer = _create(asynchronous, request, response_model, attempts, token_budget, mode)
    return run_sync(answer) if isinstance(client, SyncClient) else answer


async def _create(
    client: Asked, request: hub.Request, response_model: Any, attempts: int, token_budget: int | None, mode: Mode | None
) -> tuple[Any, hub.Response]:
    instructor = await asyncio.to_thread(_load)
    model, made = model_of(response_model)
    named = request.model if isinstance(request.model, str) else None
    profile = client.profile(named)
    chosen = mode or mode_for(request, profile, named or getattr(client, "model", None))
    talk = _Talk(client, request, ask_for(model, chosen), token_budget)
    create = instructor.patch(
        create=talk.answer, mode=_instructors(instructor, chosen), provider=instructor.Provider.OPENAI
    )
    try:
        instance = await create(
            response_model=model,
            messages=[{"role": "user", "content": "."}],
            max_retries=max(attempts, 1) - 1,
            model="-",
        )
    except Exception:
        if talk.stopped is None and not talk.responses:
            raise
        # Not from instructor's own exception, which quotes the conversation.
        raise talk.failure() from (None if talk.stopped is None else talk.stopped.__cause__)
    return made(_of_class(instance, model)), attrs.evolve(talk.responses[-1], usage=talk.usage)


def _of_class(instance: Any, model: Any) -> Any:
    """Return instructor's instance as one of the model itself: instructor makes a subclass, and hangs its own reply onto the instance."""
    if isinstance(instance, model) and type(instance) is not model:
        instance.__dict__.pop("_raw_response", None)
        object.__setattr__(instance, "__class__", model)
    return instance


class _Talk:
    """The conversation behind instructor's calls."""

    def __init__(self, client: Asked, request: hub.Request, ask: Ask, token_budget: int | None) -> None:
        self._client = client
        self._ask = ask
        self._request = asking(request, ask)
        self._token_budget = token_budget
        self._seen = 0
        self.responses: list[hub.Response] = []
        self.stopped: Exception | None = None
        """What ended the talk before instructor would have."""

    @property
    def usage(self) -> hub.Usage | None:
        return summed([response.usage for response in self.responses])

    async def answer(self, **call: Any) -> Any:
        """Answer one of instructor's calls: it knows a talk of its own, of which only what is new counts."""
        messages: list[JsonObject] = call["messages"]
        if self.responses:
            self._check_budget()
            self._ask_again(messages[self._seen :])
        self._seen = len(messages)
        try:
            response = await self._client.create_message(self._request)
        except Exception as error:  # raised through instructor, which makes one of its own of it
            self.stopped = error
            raise
        self.responses.append(response)
        self._check_refusal(response)
        return _completion(response, self._ask, call)

    def failure(self) -> Exception:
        """Return what the caller is told."""
        if self.stopped is not None:
            return self.stopped
        name, count = self._ask.name, len(self.responses)
        candidates = self.responses[-1].candidates
        cut = bool(candidates) and candidates[0].stop is hub.Reason.MAX_TOKENS
        why = "its tokens ran out before it was complete" if cut else "none was valid"
        return StructuredOutputFailed(f"no {name} in {count} attempts: {why}", responses=tuple(self.responses))

    def _check_budget(self) -> None:
        if self._token_budget is not None and total_tokens(self.usage) >= self._token_budget:
            self._stop(f"no {self._ask.name} within {self._token_budget} tokens")

    def _check_refusal(self, response: hub.Response) -> None:
        for candidate in response.candidates[:1]:
            refused = any(isinstance(part, hub.Refusal) for part in candidate.turn.parts)
            if refused or candidate.stop in (hub.Reason.REFUSAL, hub.Reason.CONTENT_FILTER):
                self._stop(f"the model refused to give a {self._ask.name}")

    def _stop(self, message: str) -> None:
        self.stopped = StructuredOutputFailed(message, responses=tuple(self.responses))
        raise self.stopped

    def _ask_again(self, said: list[JsonObject]) -> None:
        """Grow the conversation by the model's turn and what is wrong with it."""
        candidates = self.responses[-1].candidates
        turns = (*self._request.turns, *(candidate.turn for candidate in candidates[:1]))
        results = tuple(
            hub.Result(call_id=message["tool_call_id"], parts=(hub.Text(text=message["content"]),), outcome="error")
            for message in said
            if message.get("role") == "tool"
        )
        if results:
            turns = (*turns, hub.Turn(role="tool", parts=results))
        # Calls that instructor was not shown are answered too, as not run.
        grown = attrs.evolve(self._request, turns=repair(turns))
        words = [message["content"] for message in said if message.get("role") == "user"]
        if not words and not results:
            words = [f"That was no {self._ask.name}. Call the tool {self._ask.name} with your answer."]
        self._request = with_words(grown, "\n\n".join(words)) if words else grown


def _completion(response: hub.Response, ask: Ask, call: JsonObject) -> Any:
    """Return a reply as instructor reads one: a chat completion of the openai SDK's."""
    from openai.types.chat import ChatCompletion

    parts = response.candidates[0].turn.parts if response.candidates else ()
    stop = response.candidates[0].stop if response.candidates else None
    text = "".join(part.text for part in parts if isinstance(part, hub.Text))
    forced = (call.get("tools") or [{}])[0].get("function", {}).get("name", ask.name)
    calls = [
        {
            "id": part.id,
            "type": "function",
            "function": {"name": forced if part.name == ask.name else part.name, "arguments": _arguments(part)},
        }
        for part in parts
        if isinstance(part, hub.Call) and part.form == "function"
    ]
    message = {
        "role": "assistant", "refusal": None, "content": _lifted(text, ask) or None,
        "tool_calls": calls if calls and ask.mode in ("tool", "offered") else None,
    }  # fmt: skip
    finish = "length" if stop is hub.Reason.MAX_TOKENS else "tool_calls" if calls else "stop"
    choice = {"index": 0, "finish_reason": finish, "logprobs": None, "message": message}
    document = {"id": "-", "object": "chat.completion", "created": 0, "model": "-", "choices": [choice]}
    return ChatCompletion.model_validate(document)


def _arguments(call: hub.Call) -> str:
    text = call.arguments.text
    return text if isinstance(text, str) else spell(call.arguments.value)


def _lifted(text: str, ask: Ask) -> str:
    """Return an answer under the projected schema as one under the model's own; what is no JSON is left for instructor to see."""
    if ask.projection is None:
        return text
    try:
        return spell(lift(parse(text), ask.projection))
    except DecodeError:
        return text


def _instructors(instructor: Any, mode: Mode) -> Any:
    modes = {"schema": "JSON_SCHEMA", "tool": "TOOLS", "offered": "TOOLS", "words": "MD_JSON"}
    return getattr(instructor.Mode, modes[mode])


def _load() -> Any:
    try:
        import instructor
        import openai.types.chat  # noqa: F401  # what a reply is shown to instructor as
    except ImportError as error:
        raise MissingDependency("structured answers need instructor: pip install 'polyloop[structured]'") from error
    return instructor
