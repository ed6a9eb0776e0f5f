"""A scenario in a file: JSON, or YAML where PyYAML is at hand.

The file says what the records say, key by key. Three things are shorter in a file: a step may be its reply, a reply may be the
list of its parts or a text, and a part is known by its key (``text``, ``thinking``, ``refusal``, ``tool``, ``action``).
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import frozen

from polyloop.translate.jsonvalue import Json, JsonObject, json_type

from .faults import (
    BreakBody,
    Duplicate,
    Fail,
    FailInStream,
    HangUp,
    HtmlPage,
    MalformedJson,
    Rule,
    Silence,
    Truncate,
    WrongContentType,
)
from .scenario import ComputerAction, Refusal, Reply, Scenario, ScenarioError, Step, Text, Thinking, ToolCall
from .settings import Keys, Settings

FAULTS: Final[Mapping[str, type]] = {
    "hang_up": HangUp,
    "break_body": BreakBody,
    "fail": Fail,
    "fail_in_stream": FailInStream,
    "silence": Silence,
    "malformed_json": MalformedJson,
    "html_page": HtmlPage,
    "wrong_content_type": WrongContentType,
    "truncate": Truncate,
    "duplicate": Duplicate,
}
"""By the name that a rule's ``fault`` has in a file."""

# By the key that tells a part's kind: the record, and the field that the key's value is.
_PARTS: Final[Mapping[str, tuple[type, str]]] = {
    "text": (Text, "text"),
    "thinking": (Thinking, "text"),
    "refusal": (Refusal, "text"),
    "tool": (ToolCall, "name"),
    "action": (ComputerAction, "action"),
}


@frozen(kw_only=True)
class Script:
    """Everything that a file can say about a server: what `ScriptedProvider` takes."""

    scenario: Scenario
    faults: tuple[Rule, ...] = ()
    seed: int = 0
    keys: Keys = attrs.Factory(Keys)
    settings: Settings = attrs.Factory(Settings)


def load(path: Path | str) -> Script:
    """Read a script from a file.

    Raises `ScenarioError`, which names the place in the file, where it is not well formed, and `OSError` where it cannot be read.
    """
    path = Path(path)
    text = path.read_text("utf-8")
    value = _yaml(text) if path.suffix in (".yaml", ".yml") else _json(text)
    return parse(value)


def parse(value: Json) -> Script:
    """Read a script from a JSON value: an object with ``steps`` and what else a scenario has, ``faults``, ``keys``, ..."""
    if not isinstance(value, dict):
        raise ScenarioError(f"a script is an object, not {json_type(value)}")
    around = {field.name for field in attrs.fields(Script)} - {"scenario"}
    scenario = {key: item for key, item in value.items() if key not in around}
    rest = {key: item for key, item in value.items() if key in around}
    known = {
        "scenario": _record(Scenario, scenario, ""),
        **({"faults": tuple(_items(rest.pop("faults"), "faults", _rule))} if "faults" in rest else {}),
    }
    hints = get_type_hints(Script)
    return Script(**known, **{key: _structure(hints[key], item, key) for key, item in rest.items()})


def _json(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError as wrong:
        raise ScenarioError(f"the script is not JSON: {wrong}") from wrong


def _yaml(text: str) -> Json:
    try:
        import yaml
    except ImportError as missing:
        raise ScenarioError(
            "reading YAML needs the package PyYAML; write the script as JSON, or install it"
        ) from missing
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        raise ScenarioError(f"the script is not YAML: {wrong}") from wrong


def _items(value: Json, path: str, read: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ScenarioError(f"{path}: expected an array, found {json_type(value)}")
    return [read(item, f"{path}[{index}]") for index, item in enumerate(value)]


def _step(value: Json, path: str) -> Step:
    if isinstance(value, dict) and "reply" in value:
        step: Step = _record(Step, value, path)
        return step
    return Step(reply=_reply(value, path))


def _reply(value: Json, path: str) -> Reply:
    if isinstance(value, str):
        return Reply(parts=(Text(text=value),))
    if isinstance(value, list):
        return Reply(parts=tuple(_items(value, path, _part)))
    reply: Reply = _record(Reply, value, path)
    return reply


def _part(value: Json, path: str) -> Any:
    named = [key for key in _PARTS if isinstance(value, dict) and key in value]
    if len(named) != 1:
        raise ScenarioError(f"{path}: a part has exactly one of {', '.join(_PARTS)}")
    kind, field = _PARTS[named[0]]
    rest = {key: item for key, item in value.items() if key != named[0]}
    return _record(kind, {field: value[named[0]], **rest}, path)


def _rule(value: Json, path: str) -> Rule:
    """A rule and its fault stand side by side in one object: ``{"fault": "fail", "kind": "rate_limit", "nth": 1}``."""
    name = str(value.get("fault")) if isinstance(value, dict) else ""
    if name not in FAULTS:
        raise ScenarioError(f"{path}: fault is one of {', '.join(FAULTS)}")
    own = {field.name for field in attrs.fields(Rule)} - {"fault"}
    about = {key: item for key, item in value.items() if key in own}
    details = {key: item for key, item in value.items() if key not in own and key != "fault"}
    hints = get_type_hints(Rule)
    known = {key: _structure(hints[key], item, f"{path}.{key}") for key, item in about.items()}
    return Rule(fault=_record(FAULTS[name], details, path), **known)


_READERS: Final[Mapping[tuple[type, str], Any]] = {
    (Scenario, "steps"): lambda value, path: tuple(_items(value, path, _step)),
    (Scenario, "otherwise"): _reply,
    (Step, "reply"): _reply,
    (Reply, "parts"): lambda value, path: tuple(_items(value, path, _part)),
}


def _record(kind: type, value: Json, path: str) -> Any:
    """Build a record from an object: every key is a field, and every field without a default is there."""
    where = path or "the script"
    if not isinstance(value, dict):
        raise ScenarioError(f"{where}: expected an object, found {json_type(value)}")
    fields = attrs.fields_dict(kind)
    hints = get_type_hints(kind)
    for key in value:
        if key not in fields:
            raise ScenarioError(f"{where}: {key!r} is not one of {', '.join(fields)}")
    for name, field in fields.items():
        if field.default is attrs.NOTHING and name not in value:
            raise ScenarioError(f"{where}: {name} is missing")
    known = {key: _field(kind, key, hints[key], item, f"{path}.{key}".lstrip(".")) for key, item in value.items()}
    return kind(**known)


def _field(kind: type, key: str, hint: Any, value: Json, path: str) -> Any:
    reader = _READERS.get((kind, key))
    return reader(value, path) if reader is not None else _structure(hint, value, path)


def _structure(hint: Any, value: Json, path: str) -> Any:
    """Check a value against a field's type, and make lists tuples and objects records where the type says so."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return value
    if origin in (Union, types.UnionType):
        return _one_of(arguments, value, path)
    if origin is Literal:
        if value not in arguments:
            raise ScenarioError(f"{path}: expected one of {', '.join(map(str, arguments))}, found {value!r}")
        return value
    if origin is tuple:
        return _tuple(arguments, value, path)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(arguments, value, path)
    if attrs.has(hint):
        return _record(hint, value, path)
    return _scalar(hint, value, path)


def _one_of(kinds: Sequence[Any], value: Json, path: str) -> Any:
    """The first type that fits; the last one's complaint where none does."""
    if value is None and type(None) in kinds:
        return None
    complaint: ScenarioError | None = None
    for kind in kinds:
        if kind is type(None):
            continue
        try:
            return _structure(kind, value, path)
        except ScenarioError as wrong:
            complaint = wrong
    raise complaint or ScenarioError(f"{path}: null is all it can be")


def _tuple(kinds: Sequence[Any], value: Json, path: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ScenarioError(f"{path}: expected an array, found {json_type(value)}")
    wanted = [kinds[0]] * len(value) if kinds[-1] is Ellipsis else list(kinds)
    if len(wanted) != len(value):
        raise ScenarioError(f"{path}: expected {len(wanted)} items, found {len(value)}")
    return tuple(
        _structure(kind, item, f"{path}[{index}]") for index, (kind, item) in enumerate(zip(wanted, value, strict=True))
    )


def _mapping(kinds: Sequence[Any], value: Json, path: str) -> JsonObject:
    if not isinstance(value, dict):
        raise ScenarioError(f"{path}: expected an object, found {json_type(value)}")
    return {_structure(kinds[0], key, path): _structure(kinds[1], item, f"{path}.{key}") for key, item in value.items()}


def _scalar(kind: Any, value: Json, path: str) -> Any:
    if kind is float and type(value) is int:
        return float(value)
    if not isinstance(kind, type) or type(value) is not kind:
        expected = kind.__name__ if isinstance(kind, type) else "nothing that a file can give"
        raise ScenarioError(f"{path}: expected {expected}, found {json_type(value)}")
    return value
