"""Strategies for the hub's records: each record by itself, and whole conversations, requests and replies.

`records_of` makes any record its class allows. The plural nouns below it make records that belong together: a result follows the
call it answers, turns take turns, ids are unique. They are known to ``st.from_type`` through Hypothesis' entry point.
"""

from __future__ import annotations

import base64
import json
import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, Literal, Union, get_args, get_origin

import attrs
from hypothesis import strategies as st

from .. import hub
from ..computer_use import actions as computer
from ..computer_use.points import ModelPoint
from ..jsonvalue import ABSENT, Absent, Json
from ..wires import WIRES
from .strategies import UNHEARD_OF, json_objects, json_texts, json_values

Draw = Callable[[st.SearchStrategy[Any]], Any]

FAMILIES: Final = ("anthropic", "openai", "bytedance")
_DEEPEST: Final = 4
"""Parts inside parts (a result's image, a document's text) end here."""


def actions() -> st.SearchStrategy[Any]:
    """Computer actions of every kind a pointer or a keyboard makes, with points in the model's numbers."""
    points = st.builds(ModelPoint, st.integers(0, 4000), st.integers(0, 4000))
    seconds = st.none() | st.integers(0, 60)
    return st.one_of(
        st.builds(
            computer.Click, button=st.sampled_from(("left", "right", "middle")), count=st.integers(1, 3), at=points
        ),
        st.builds(computer.Move, at=points),
        st.builds(computer.Drag, path=st.lists(points, min_size=2, max_size=3).map(tuple)),
        st.builds(computer.Scroll, dy=st.integers(-10, 10), unit=st.just("notch"), at=points),
        st.builds(computer.Type, text=json_texts()),
        st.sampled_from((computer.press("Enter"), computer.press("Control", "c"))),
        st.builds(computer.Wait, seconds=seconds),
        st.just(computer.Screenshot()),
    )


def arguments() -> st.SearchStrategy[hub.Arguments]:
    """Arguments that were sampled as text, as a value or both; some of the texts are no JSON."""
    objects = json_objects(max_leaves=3)
    return st.one_of(
        objects.map(lambda value: hub.Arguments(value=value)),
        objects.map(lambda value: hub.Arguments(text=json.dumps(value), value=value)),
        json_texts().map(_arguments_of_text),
    )


def _arguments_of_text(text: str) -> hub.Arguments:
    try:
        return hub.Arguments(text=text, value=json.loads(text, parse_constant=_refuse))
    except ValueError:
        return hub.Arguments(text=text)


def _refuse(constant: str) -> Json:
    raise ValueError(f"{constant} is not JSON")


def counts() -> st.SearchStrategy[hub.Count]:
    """A number of tokens that is known, a lower bound of one, or nothing known."""
    numbers = st.integers(0, 10**9)
    return st.none() | st.builds(hub.Known, n=numbers) | st.builds(hub.AtLeast, n=numbers)


def base64_texts() -> st.SearchStrategy[str]:
    """Valid base64."""
    return st.binary(max_size=12).map(lambda data: base64.b64encode(data).decode())


_ORDINARY: Final = st.sampled_from(("", "a", "Hello", "what is it?", "cafe\u0301", "line\nline", "<|im_end|>"))
_SERVER_TOOLS: Final = st.sampled_from(("web_search", "web_fetch", "code_execution", "tool_search"))
_SPECIAL: Final[Mapping[tuple[type, str], st.SearchStrategy[Any]]] = {
    (hub.Own, "wire"): st.sampled_from(WIRES),
    (hub.Own, "fields"): st.dictionaries(
        st.just(UNHEARD_OF) | json_texts(), json_values(max_leaves=2), min_size=1, max_size=2
    ),
    (hub.Opaque, "wire"): st.sampled_from(WIRES),
    (hub.Origin, "family"): st.none() | st.sampled_from(FAMILIES),
    (hub.Base64, "media_type"): st.sampled_from(("image/png", "image/jpeg", "application/pdf", "audio/wav")),
    (hub.Base64, "data"): base64_texts(),
    # Not ABSENT: where the only thing a wire can say is "error", silence and "ok" are one.
    (hub.Result, "outcome"): st.sampled_from(("ok", "error", "denied", "not_run", "unknown")),
    # Not empty: a list of no log probabilities says what no list says, and a wire that has to write one writes it by itself.
    (hub.Text, "logprobs"): st.just(ABSENT)
    | st.lists(
        st.fixed_dictionaries({"token": _ORDINARY, "logprob": st.sampled_from((-1, -0.5))}), min_size=1, max_size=2
    ),
    (hub.Citation, "kind"): st.sampled_from(("url", "document", "search", "file")),
    (hub.Builtin, "type"): st.sampled_from(("computer", "bash", "text_editor", "web_search", "web_search_preview")),
    (hub.ServerCall, "tool"): _SERVER_TOOLS | json_texts(),
    (hub.ServerResult, "tool"): _SERVER_TOOLS | json_texts(),
    (hub.Call, "actions"): st.just(ABSENT) | st.lists(actions(), max_size=3).map(tuple),
}
_FAMILY: Final = st.sampled_from(FAMILIES)
_SCALARS: Final[Mapping[Any, st.SearchStrategy[Any]]] = {
    str: _ORDINARY | json_texts(),
    int: st.integers(),
    float: st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 2),
    bool: st.booleans(),
    Any: json_values(max_leaves=3),
    type(None): st.none(),
    hub.Count: counts(),
    hub.Arguments: arguments(),
}


@cache
def hints_of(cls: type) -> dict[str, Any]:
    """Return the type hints of a hub record's fields."""
    return typing.get_type_hints(cls)


def field_values(cls: type, name: str, *, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of one field of a hub record."""
    if (cls, name) in _SPECIAL:
        return _SPECIAL[cls, name]
    if name == "family" and cls is not hub.Origin:
        return _FAMILY
    if (cls, name) == (hub.Request, "instructions"):
        return st.just(ABSENT) | turns("system", depth=depth)
    if (cls, name) == (hub.Candidate, "turn"):
        return turns("assistant", depth=depth)
    return _of_hint(hints_of(cls)[name], depth)


def records_of(cls: type[Any]) -> st.SearchStrategy[Any]:
    """Any record of one class of the hub, its fields drawn apart from one another; turns come without seams."""
    return _record(cls, 0)


def _record(cls: type[Any], depth: int) -> st.SearchStrategy[Any]:
    if cls is hub.Arguments:
        return arguments()
    if cls is hub.Turn:
        return turns(depth=depth)

    @st.composite
    def made(draw: Draw) -> Any:
        fields = attrs.fields(cls)
        needed = [field.name for field in fields if field.default is attrs.NOTHING]
        optional = [field.name for field in fields if field.default is not attrs.NOTHING and field.name != "spelling"]
        chosen = draw(st.lists(st.sampled_from(optional), unique=True, max_size=4)) if optional else []
        return cls(**{name: draw(field_values(cls, name, depth=depth)) for name in [*needed, *chosen]})

    return made()


def _of_hint(hint: Any, depth: int) -> st.SearchStrategy[Any]:
    if hint in _SCALARS:
        return _SCALARS[hint]
    if hint is Absent:
        return st.just(ABSENT)
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return st.one_of(
            [_of_hint(member, depth) for member in inner if depth < _DEEPEST or not _holds_records(member)]
        )
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is tuple:
        most = 2 if depth < _DEEPEST else 0
        return st.deferred(lambda: st.lists(_of_hint(inner[0], depth + 1), max_size=most).map(tuple))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return json_objects(max_leaves=3)
    if isinstance(hint, type) and issubclass(hint, hub.HubRecord):
        return st.deferred(lambda: _record(hint, depth + 1))
    if isinstance(hint, type):  # an enumeration
        return st.sampled_from(list(hint))  # type: ignore[call-overload]
    raise TypeError(f"a hub record cannot have a field of type {hint!r}")


def _holds_records(hint: Any) -> bool:
    return hint is hub.Inline or any(map(_holds_records, get_args(hint)))


SPOKEN: Final[Mapping[str, tuple[type[hub.HubRecord], ...]]] = {
    "system": (hub.Text,),
    "developer": (hub.Text,),
    "user": (hub.Text, hub.Media),
    "assistant": (
        hub.Text,
        hub.Refusal,
        hub.Thinking,
        hub.Call,
        hub.ServerCall,
        hub.ServerResult,
        hub.Mark,
        hub.Opaque,
    ),
    "tool": (hub.Result,),
}
"""What each role may say in a turn that is made by itself."""


def parts(role: str, *, depth: int = 0) -> st.SearchStrategy[hub.Part]:
    """Parts that a role may say."""
    return st.one_of([_record(cls, depth + 1) for cls in SPOKEN[role]])


def turns(role: hub.Role | None = None, *, depth: int = 0) -> st.SearchStrategy[hub.Turn]:
    """Turns of one role, or of any; what they say needs no other turn."""
    if role is None:
        return st.sampled_from(tuple(SPOKEN)).flatmap(
            lambda chosen: turns(typing.cast("hub.Role", chosen), depth=depth)
        )
    made = st.lists(parts(role, depth=depth), min_size=1, max_size=3)
    return made.map(lambda found: hub.Turn(role=role, parts=tuple(found)))


def texts(*, least: int = 0) -> st.SearchStrategy[hub.Text]:
    """Plain texts without residue; ``least`` 1 leaves the empty one out."""
    return st.builds(hub.Text, text=(_ORDINARY | st.text(max_size=8)).filter(lambda text: len(text.strip()) >= least))


def images() -> st.SearchStrategy[hub.Media]:
    """Images in the document or at an address."""
    inside = st.builds(hub.Base64, media_type=st.sampled_from(("image/png", "image/jpeg")), data=base64_texts())
    return st.builds(
        hub.Media, kind=st.just("image"), source=inside | st.just(hub.Url(url="https://example.org/a.png"))
    )


def tools() -> st.SearchStrategy[hub.Tool]:
    """Function tools with a schema."""
    schemas = st.fixed_dictionaries(
        {
            "type": st.just("object"),
            "properties": st.dictionaries(st.sampled_from(("city", "n")), st.just({"type": "string"}), max_size=2),
        }
    )
    names = st.sampled_from(("get_weather", "look", "send-mail", "a" * 64))
    return st.builds(hub.Tool, name=names, description=st.just(ABSENT) | _ORDINARY, schema=schemas)


@st.composite
def conversations(draw: Draw, *, longest: int = 3) -> tuple[hub.Turn, ...]:
    """Turns that take turns: a user asks, the assistant thinks, speaks and calls, each call is answered once, in order."""
    found: list[hub.Turn] = []
    for number in range(draw(st.integers(1, longest))):
        asked = draw(st.lists(texts(least=1) | images(), min_size=1, max_size=3))
        found.append(hub.Turn(role="user", parts=tuple(asked)))
        if number + 1 < longest and draw(st.booleans()):
            found += _answered(draw, number)
        elif number + 1 < longest:
            found.append(
                hub.Turn(role="assistant", parts=tuple(draw(st.lists(texts(least=1), min_size=1, max_size=2))))
            )
    if found[-1].role != "user":
        found.append(hub.Turn(role="user", parts=(hub.Text(text="go on"),)))
    return tuple(found)


def _answered(draw: Draw, number: int) -> list[hub.Turn]:
    said = draw(st.lists(texts(least=1), max_size=1))
    calls = [
        hub.Call(id=f"call_{number}_{place}", name="look", arguments=draw(arguments().filter(_is_object)))
        for place in range(draw(st.integers(1, 3)))
    ]
    results = [
        hub.Result(call_id=call.id, parts=tuple(draw(st.lists(texts(least=1) | images(), min_size=1, max_size=2))))
        for call in calls
    ]
    return [hub.Turn(role="assistant", parts=(*said, *calls)), hub.Turn(role="tool", parts=tuple(results))]


def _is_object(found: hub.Arguments) -> bool:
    """Tell whether arguments are an object of finite numbers: what a model can sample and every wire can spell."""
    return isinstance(found.value, dict) and "Infinity" not in json.dumps(found.value)


@st.composite
def requests(draw: Draw) -> hub.Request:
    """Requests that every provider could be asked, before they are adapted to one."""
    plain = {
        "tools": st.lists(tools(), max_size=2, unique_by=lambda tool: tool.name).map(tuple),
        "sampling": st.builds(
            hub.Sampling, temperature=st.sampled_from((0, 0.5, 1)), top_p=st.just(ABSENT) | st.just(0.9)
        ),
        "stop": st.lists(st.sampled_from(("END", "\n\n")), unique=True, max_size=2).map(tuple),
        "instructions": st.builds(hub.Turn, role=st.just("system"), parts=st.tuples(texts(least=1))),
        "settings": st.builds(hub.Settings, stream=st.just(ABSENT) | st.booleans()),
    }
    chosen = draw(st.lists(st.sampled_from(list(plain)), unique=True))
    fields = {name: draw(plain[name]) for name in chosen}
    return hub.Request(
        model=draw(st.sampled_from(("model-a", "model-b"))), max_output=draw(st.integers(1, 8192)),
        turns=draw(conversations()), **fields,
    )  # fmt: skip


def echoes() -> st.SearchStrategy[hub.Request]:
    """What a reply repeats of its request: settings and tools, no turns."""
    return st.builds(
        hub.Request,
        instructions=st.just(ABSENT)
        | st.builds(hub.Turn, role=st.just("system"), parts=st.tuples(texts().map(_as_string))),
        tools=st.lists(tools(), max_size=2, unique_by=lambda tool: tool.name).map(tuple),
        choice=st.builds(hub.ToolChoice, mode=st.sampled_from(("auto", "none", "required")), parallel=st.booleans()),
        sampling=st.builds(
            hub.Sampling, temperature=st.sampled_from((0, 0.5, 1)), top_p=st.just(ABSENT) | st.just(0.9)
        ),
        reasoning=st.just(ABSENT) | st.builds(hub.Reasoning, effort=st.sampled_from((None, "low", "high"))),
        max_output=st.none() | st.integers(1, 8192),
    )


def _as_string(said: hub.Text) -> hub.Text:
    return attrs.evolve(said, form="string")


@st.composite
def responses(draw: Draw) -> hub.Response:
    """Replies with one answer: texts, then calls where the stop reason says so. Some repeat their request."""
    said = draw(st.lists(texts(least=1), max_size=2))
    calls = [
        hub.Call(id=f"call_{n}", name="look", arguments=draw(arguments().filter(_is_object)))
        for n in range(draw(st.integers(0, 2)))
    ]
    usage = st.builds(
        hub.Usage,
        uncached_in=st.builds(hub.Known, n=st.integers(0, 999)),
        out_text=st.builds(hub.Known, n=st.integers(0, 999)),
    )
    turn = hub.Turn(role="assistant", parts=(*said, *calls))
    stop = hub.Reason.TOOL_USE if calls else draw(st.sampled_from((hub.Reason.END_TURN, hub.Reason.MAX_TOKENS)))
    return hub.Response(
        id="reply_1", model="model-a", candidates=(hub.Candidate(turn=turn, stop=stop),), usage=draw(st.none() | usage),
        request=draw(st.none() | echoes()),
    )  # fmt: skip
