"""Structured answers over all six providers: found, asked for again, refused, bounded and summed."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Literal

import attrs
import pydantic
import pytest
from tests.canary import KEYS
from tests.transport.doors import DOORS, ask, open_door, user

from polyloop.translate import hub
from polyloop.translate.errors import UsageError
from polyloop.translate.profiles import PROFILES, profile_for
from polyloop.transport.errors import AuthenticationError, RateLimited
from polyloop.transport.retry import RetryPolicy
from polyloop.transport.scripted import (
    Fail,
    Refusal,
    Reply,
    Rule,
    Scenario,
    ScriptedProvider,
    Step,
    Text,
    Thinking,
    ToolCall,
    When,
)
from polyloop.transport.structured import StructuredOutputFailed, create_structured
from polyloop.transport.structured_models import model_of
from polyloop.transport.structured_modes import ask_for, asking, mode_for
from polyloop.transport.synchronous import SyncClient

ALL = tuple(DOORS)


class Person(pydantic.BaseModel):
    """A person who was found."""

    name: str
    age: int = pydantic.Field(description="in years", ge=0)
    nickname: str | None = None


GOOD = {"name": "Ada", "age": 36}
BAD = {"name": "Ada", "age": -1}


def said(name: str, value: dict[str, Any], *, model: str = "Person") -> Reply:
    """A reply that gives a value in the mode that a door is asked in."""
    mode = MODES[name]
    if mode in ("tool", "offered"):
        return Reply(parts=(Text(text="Here it is."), ToolCall(name=model, arguments=value)))
    if mode == "schema":
        return Reply(parts=(Text(text=json.dumps({"nickname": None, **value})),))
    return Reply(parts=(Text(text=f"```json\n{json.dumps(value)}\n```"),))


MODES = {
    "anthropic": "schema", "bedrock": "tool", "vertex": "tool", "legacyuse": "tool", "openai-chat": "schema",
    "openai-responses": "schema", "uitars": "words",
}  # fmt: skip


def request(**fields: Any) -> hub.Request:
    return (
        attrs.evolve(ask("Who was it?"), tools=(), **fields) if fields else attrs.evolve(ask("Who was it?"), tools=())
    )


@pytest.mark.parametrize("name", ALL)
def test_an_answer_is_an_instance_on_every_provider(name: str) -> None:
    async def main() -> None:
        async with open_door(name, scenario=Scenario(steps=(said(name, GOOD),))) as (server, client):
            person, response = await create_structured(client, request(), response_model=Person)
            assert person == Person(name="Ada", age=36)
            assert type(person) is Person
            assert response.status == "finished"
            assert len(server.requests) == 1

    asyncio.run(main())


@pytest.mark.parametrize("name", ALL)
def test_a_wrong_answer_is_asked_for_again_in_a_conversation_that_the_provider_accepts(name: str) -> None:
    async def main() -> None:
        scenario = Scenario(steps=(said(name, BAD), said(name, {"age": 1}), said(name, GOOD)))
        async with open_door(name, scenario=scenario) as (server, client):
            single = await client.create_message(request())
            first = len(server.requests)
            person, response = await create_structured(client, request(), response_model=Person)
            assert person == Person(name="Ada", age=36)
            assert len(server.requests) - first == 3
            assert [logged.status for logged in server.requests] == [200] * 4, "validated by the provider's rules"
            assert isinstance(response.usage, hub.Usage)
            assert isinstance(response.usage.uncached_in, hub.Known)
            assert single.usage is not None
            assert isinstance(single.usage.uncached_in, hub.Known)
            assert response.usage.uncached_in.n > 3 * single.usage.uncached_in.n, "all three are counted"
            told = json.dumps(server.requests[-1].body)
            assert "greater than or equal to 0" in told

    asyncio.run(main())


@pytest.mark.parametrize("name", ALL)
def test_attempts_and_tokens_are_bounded(name: str) -> None:
    async def main() -> None:
        scenario = Scenario(otherwise=said(name, BAD))
        async with open_door(name, scenario=scenario) as (server, client):
            with pytest.raises(StructuredOutputFailed, match="no Person in 2 attempts: none was valid") as raised:
                await create_structured(client, request(), response_model=Person, attempts=2)
            assert len(server.requests) == 2
            assert len(raised.value.responses) == 2
            assert raised.value.usage is not None
            with pytest.raises(StructuredOutputFailed, match="within 1 tokens"):
                await create_structured(client, request(), response_model=Person, attempts=9, token_budget=1)
            assert len(server.requests) == 3

    asyncio.run(main())


@pytest.mark.parametrize("name", ALL)
def test_a_providers_error_comes_out_as_it_is_and_is_retried_by_the_client_alone(name: str) -> None:
    async def main() -> None:
        faults = [Rule(fault=Fail(kind="rate_limit", retry_after=1))]
        options = {
            "faults": faults,
            "retry": RetryPolicy(max_attempts=2),
            "scenario": Scenario(otherwise=said(name, GOOD)),
        }
        async with open_door(name, **options) as (server, client):  # type: ignore[arg-type]
            with pytest.raises(RateLimited) as raised:
                await create_structured(client, request(), response_model=Person)
            assert len(server.requests) == 2
            assert raised.value.retry_after is not None

    asyncio.run(main())


def test_a_refusal_is_not_asked_again() -> None:
    async def main() -> None:
        scenario = Scenario(otherwise=Reply(parts=(Refusal(text="I will not."),)))
        for name in ("openai-chat", "anthropic"):
            async with open_door(name, scenario=scenario) as (server, client):
                with pytest.raises(StructuredOutputFailed, match="refused"):
                    await create_structured(client, request(), response_model=Person)
                assert len(server.requests) == 1

    asyncio.run(main())


@attrs.frozen
class Place:
    x: int
    y: int


@attrs.frozen(kw_only=True)
class Sighting:
    """Where something was seen."""

    what: str = attrs.field(metadata={"description": "one word"})
    at: Place
    further: tuple[Place, ...] = ()
    certainty: Literal["low", "high"] = "high"
    notes: list[str] = attrs.field(factory=list)
    seen: int | None = attrs.field(default=None, converter=attrs.converters.optional(int))

    @what.validator
    def _one_word(self, _attribute: object, value: str) -> None:
        if " " in value:
            raise ValueError("what must be one word")


@pytest.mark.parametrize("name", ["bedrock", "uitars"])
def test_an_attrs_class_makes_the_answer_and_its_validators_have_the_last_word(name: str) -> None:
    async def main() -> None:
        wrong = {"what": "a bird", "at": {"x": 1, "y": 2}}
        right = {"what": "bird", "at": {"x": 1, "y": 2}, "further": [{"x": 3, "y": 4}], "certainty": "low"}
        steps = (said(name, wrong, model="Sighting"), said(name, right, model="Sighting"))
        async with open_door(name, scenario=Scenario(steps=steps)) as (server, client):
            sighting, _ = await create_structured(client, request(), response_model=Sighting)
            assert sighting == Sighting(what="bird", at=Place(1, 2), further=(Place(3, 4),), certainty="low")
            assert "what must be one word" in json.dumps(server.requests[-1].body)
            assert "one word" in json.dumps(server.requests[0].body)

    asyncio.run(main())


def test_a_model_made_of_an_attrs_class_says_what_the_class_says() -> None:
    model, made = model_of(Sighting)
    schema = model.model_json_schema()
    assert schema["required"] == ["what", "at"]
    assert schema["properties"]["what"]["description"] == "one word"
    assert schema["properties"]["certainty"]["enum"] == ["low", "high"]
    assert schema["$defs"]["Place"]["required"] == ["x", "y"]
    value = made(model.model_validate({"what": "bird", "at": {"x": 1, "y": 2}, "seen": None}))
    assert value == Sighting(what="bird", at=Place(1, 2))
    with pytest.raises(UsageError, match="pydantic model or an attrs class"):
        model_of(dict)


def test_a_forced_choice_is_avoided_where_the_profile_forbids_it() -> None:
    for profile in PROFILES:
        for thinking in (False, True):
            asked = request(reasoning=hub.Reasoning(mode="adaptive")) if thinking else request()
            mode = mode_for(asked, profile, None)
            done = asking(asked, ask_for(Person, mode))
            choice = done.choice
            if isinstance(choice, hub.ToolChoice) and choice.mode in ("named", "required"):
                assert choice.mode in profile.choices
                assert not (thinking and profile.wire == "anthropic")
            if not profile.function_tools:
                assert mode == "words"
    strict = profile_for("vertex", "claude-opus-5-5")
    assert strict is not None
    assert mode_for(request(), strict, "claude-opus-5-5") == "offered"
    assert mode_for(request(), None, "whatever") == "words"


def test_an_offered_tool_that_is_not_called_is_asked_for() -> None:
    async def main() -> None:
        steps = (Reply(parts=(Text(text="It was Ada."),)), Reply(parts=(ToolCall(name="Person", arguments=GOOD),)))
        async with open_door("vertex", scenario=Scenario(steps=steps)) as (server, client):
            asked = request(model="claude-opus-5-5")
            person, _ = await create_structured(client, asked, response_model=Person)
            assert person.name == "Ada"
            assert [logged.status for logged in server.requests] == [200, 200]
            assert (
                "tool_choice" not in server.requests[0].body or server.requests[0].body["tool_choice"]["type"] == "auto"
            )

    asyncio.run(main())


def test_other_tools_stay_and_a_call_of_one_is_answered() -> None:
    async def main() -> None:
        steps = (
            Reply(
                parts=(
                    ToolCall(name="lookup", arguments={"query": "q", "limit": 1}),
                    ToolCall(name="Person", arguments=GOOD),
                )
            ),
            Reply(parts=(ToolCall(name="Person", arguments=GOOD),)),
        )
        async with open_door("legacyuse", scenario=Scenario(steps=steps)) as (server, client):
            person, _ = await create_structured(client, ask("Who?"), response_model=Person)
            assert person.age == 36
            assert [tool["name"] for tool in server.requests[0].body["tools"]] == ["lookup", "Person"]
            assert [logged.status for logged in server.requests] == [200] * len(server.requests)

    asyncio.run(main())


def test_the_history_keeps_its_turns_as_they_came() -> None:
    """Thinking goes back signed: instructor's own copy of a turn would have lost it."""

    async def main() -> None:
        steps = (
            Reply(parts=(Thinking(text="Hm."), ToolCall(name="Person", arguments=BAD))),
            Reply(parts=(ToolCall(name="Person", arguments=GOOD),)),
        )
        async with open_door("vertex", scenario=Scenario(steps=steps)) as (server, client):
            asked = request(reasoning=hub.Reasoning(mode="adaptive"))
            await create_structured(client, asked, response_model=Person)
            blocks = server.requests[1].body["messages"][1]["content"]
            assert [block["type"] for block in blocks] == ["thinking", "tool_use"]
            assert blocks[0]["signature"]

    asyncio.run(main())


def test_plain_code_gets_the_same() -> None:
    scenario = Scenario(steps=(Step(reply=said("bedrock", GOOD)),))
    with ScriptedProvider.running(scenario, keys=KEYS) as server, SyncClient(DOORS["bedrock"].client(server)) as client:
        for _ in range(2):
            person, response = create_structured(client, request(), response_model=Person)
            assert person == Person(name="Ada", age=36)
            assert response.usage is not None


def test_a_wrong_key_is_told_as_such() -> None:
    async def main() -> None:
        async with open_door("anthropic") as (server, _):
            async with DOORS["anthropic"].client(server, api_key="wrong-key-of-nobody") as stranger:
                with pytest.raises(AuthenticationError):
                    await create_structured(stranger, request(), response_model=Person)
            assert server.requests[-1].credential == "wrong"

    asyncio.run(main())


def test_the_condition_of_a_script_sees_the_second_question() -> None:
    async def main() -> None:
        steps = (
            Step(reply=said("bedrock", GOOD), when=When(outcome="error")),
            Step(reply=said("bedrock", BAD)),
        )
        async with open_door("bedrock", scenario=Scenario(steps=steps)) as (_, client):
            grown = attrs.evolve(request(), turns=(user("Who was it?"),))
            person, _ = await create_structured(client, grown, response_model=Person)
            assert person.age == 36

    asyncio.run(main())
