"""A schema made one that a dialect takes, and values brought back: `project`, `lift`, `lower`.

A projection may allow less than the original (an object is closed, what cannot be said is left out): every value the model then gives
is still one the tool takes. Where it would allow more, a keyword being one the dialect does not have, that is a loss that names the path.

How values are brought back is decided by the two schemas alone: a root that was wrapped is unwrapped; a property that was optional and had to
become required is left out where the model says null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

import attrs

from ..jsonvalue import Json, JsonObject, pointer
from .dialects import COMBINING, Dialect, dialect_of, is_one_of, is_type, list_at, names_at, object_at

WRAPPED: Final = "value"
"""The property a schema is put under that cannot stand at the top."""
_SCALARS: Final = ("string", "number", "boolean", "null")
_DEFINITIONS: Final = ("$defs", "definitions")

LossKind: TypeAlias = Literal["widened", "narrowed"]


@attrs.frozen(kw_only=True)
class SchemaLoss:
    """``widened``: a value the projection allows may not be valid under the original. ``narrowed``: the other way about."""

    pointer: str
    kind: LossKind
    reason: str


@attrs.frozen(kw_only=True)
class Projection:
    """A schema in a dialect. ``original`` is what it was made of."""

    schema: JsonObject
    original: Json
    dialect: str
    wrapped: bool
    losses: tuple[SchemaLoss, ...]


def project(schema: Json, dialect: str | Dialect) -> Projection:
    """Make a schema one that a dialect takes. Total, idempotent, key order kept."""
    chosen = dialect_of(dialect)
    work = _Work(chosen)
    root = schema if isinstance(schema, dict) else {}
    if schema is False:
        work.lose((), "narrowed", "a schema that allows nothing becomes one that allows an empty object")
    wrapped = _needs_wrapping(root, chosen)
    if wrapped:
        inner, definitions = _without_definitions(root)
        root = {"type": "object", "properties": {WRAPPED: inner}, "required": [WRAPPED], **definitions}
        if chosen.strict:
            root["additionalProperties"] = False
    elif root.get("type") != "object":
        root = {"type": "object", **{key: value for key, value in root.items() if key != "type"}}
    done = work.schema(root, ())
    return Projection(
        schema=done, original=schema, dialect=chosen.name, wrapped=wrapped, losses=tuple(dict.fromkeys(work.losses))
    )


def _needs_wrapping(root: JsonObject, dialect: Dialect) -> bool:
    if any(key in root for key in dialect.root_forbids):
        return True
    kind = root.get("type", "object")
    if "$ref" in root and kind == "object":
        return True
    return bool(kind != "object")


def _without_definitions(root: JsonObject) -> tuple[JsonObject, JsonObject]:
    definitions: JsonObject = {key: root[key] for key in _DEFINITIONS if key in root}
    return {key: value for key, value in root.items() if key not in definitions}, definitions


class _Work:
    """One projection: what was lost so far."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self.losses: list[SchemaLoss] = []

    def lose(self, path: tuple[str | int, ...], kind: LossKind, reason: str) -> None:
        self.losses.append(SchemaLoss(pointer=pointer(*path), kind=kind, reason=reason))

    def any_schema(self, schema: Json, path: tuple[str | int, ...]) -> Json:
        if isinstance(schema, dict):
            return self.schema(schema, path)
        if not self._dialect.strict or not isinstance(schema, bool):
            return schema
        self.lose(path, "narrowed", "strict schemas name a type: anything becomes any scalar")
        return {"type": list(_SCALARS)}

    def schema(self, schema: JsonObject, path: tuple[str | int, ...]) -> JsonObject:
        if self._dialect.strict:
            schema = self._strict(schema, path)
        done = {key: self._value(key, value, path) for key, value in schema.items()}
        if self._dialect.items_required and is_type(done, "array") and "items" not in done:
            done["items"] = self.any_schema(True, (*path, "items")) if self._dialect.strict else {}
        return done

    def _value(self, key: str, value: Json, path: tuple[str | int, ...]) -> Json:
        inside = (*path, key)
        if key in ("properties", "patternProperties", "dependentSchemas", *_DEFINITIONS) and isinstance(value, dict):
            return {name: self.any_schema(member, (*inside, name)) for name, member in value.items()}
        if key in (*COMBINING, "prefixItems") and isinstance(value, list):
            return [self.any_schema(member, (*inside, place)) for place, member in enumerate(value)]
        if key in ("items", "contains", "not", "if", "then", "else", "propertyNames") and isinstance(
            value, (dict, bool)
        ):
            return self.any_schema(value, inside)
        if key == "additionalProperties" and isinstance(value, dict):
            return self.any_schema(value, inside)
        return value

    def _strict(self, schema: JsonObject, path: tuple[str | int, ...]) -> JsonObject:
        schema = _definitions_renamed(schema)
        schema = self._merged(schema, path)
        schema = self._only_reference(schema, path)
        schema = self._unions(schema, path)
        schema = self._known(schema, path)
        schema = self._typed(schema, path)
        return self._closed(schema, path) if is_type(schema, "object") else schema

    def _only_reference(self, schema: JsonObject, path: tuple[str | int, ...]) -> JsonObject:
        """A reference stands alone: what is said beside it cannot be enforced."""
        if "$ref" not in schema:
            return schema
        reference = schema["$ref"]
        if not (isinstance(reference, str) and reference.startswith("#")):
            self.lose(path, "widened", "a reference to another document cannot be followed")
            return {"type": list(_SCALARS)}
        kept: JsonObject = {
            "$ref": _renamed_reference(reference),
            **{k: schema[k] for k in ("$defs", "description") if k in schema},
        }
        if any(key not in ("$ref", "$defs", *_ANNOTATIONS) for key in schema):
            self.lose(path, "widened", "what stands beside a reference is not enforced in strict schemas")
        return kept

    def _merged(self, schema: JsonObject, path: tuple[str | int, ...]) -> JsonObject:
        """Merge ``allOf`` into the schema where nothing contradicts."""
        members = schema.get("allOf")
        if not isinstance(members, list):
            return schema
        merged = {key: value for key, value in schema.items() if key != "allOf"}
        for place, member in enumerate(members):
            if not isinstance(member, dict) or not _merge(merged, member):
                self.lose(
                    (*path, "allOf", place), "widened", "strict schemas have no allOf, and this part cannot be merged"
                )
        return merged

    def _unions(self, schema: JsonObject, path: tuple[str | int, ...]) -> JsonObject:
        members = schema.get("oneOf")
        if not isinstance(members, list):
            return schema
        if "anyOf" in schema:
            self.lose((*path, "oneOf"), "widened", "strict schemas have one union at a place")
            return {key: value for key, value in schema.items() if key != "oneOf"}
        if not _exclusive(members):
            self.lose((*path, "oneOf"), "widened", "strict schemas have no oneOf: a value may fit more than one member")
        return {("anyOf" if key == "oneOf" else key): value for key, value in schema.items()}

    def _known(self, schema: JsonObject, path: tuple[str | int, ...]) -> JsonObject:
        allowed = self._dialect.keywords or frozenset(schema)
        done: JsonObject = {}
        for key, value in schema.items():
            if key == "format" and self._dialect.formats is not None and not is_one_of(value, self._dialect.formats):
                self.lose((*path, key), "widened", f"strict schemas do not know the format {value!r}")
            elif key in allowed:
                done[key] = value
            elif key not in _ANNOTATIONS:
                self.lose((*path, key), "widened", f"strict schemas have no {key}")
        return done

    def _typed(self, schema: JsonObject, path: tuple[str | int, ...]) -> JsonObject:
        if any(key in schema for key in ("type", "anyOf", "$ref", "enum", "const")):
            return schema
        if "properties" in schema or "required" in schema:
            self.lose(path, "narrowed", "strict schemas name a type: this is an object")
            return {"type": "object", **schema}
        if "items" in schema:
            self.lose(path, "narrowed", "strict schemas name a type: this is an array")
            return {"type": "array", **schema}
        self.lose(path, "narrowed", "strict schemas name a type: anything becomes any scalar")
        return {"type": list(_SCALARS), **schema}

    def _closed(self, schema: JsonObject, path: tuple[str | int, ...]) -> JsonObject:
        named, required = object_at(schema, "properties"), names_at(schema, "required")
        if schema.get("additionalProperties") is not False:
            self.lose(path, "narrowed", "strict schemas close every object")
        done = {key: value for key, value in schema.items() if key not in ("additionalProperties", "required")}
        unnamed = [name for name in required if name not in named]
        kept: JsonObject = {
            name: named[name] if name in required else _or_null(named[name])
            for name in named
            if named[name] is not False
        }
        kept |= {name: {"type": list(_SCALARS)} for name in unnamed}
        done["properties"] = kept
        done["required"] = list(kept)
        done["additionalProperties"] = False
        return done


_ANNOTATIONS: Final = frozenset(
    {"$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"}
)


def _definitions_renamed(schema: JsonObject) -> JsonObject:
    if "definitions" not in schema:
        return schema
    both = {**object_at(schema, "definitions"), **object_at(schema, "$defs")}
    return {
        ("$defs" if key == "definitions" else key): (both if key in _DEFINITIONS else value)
        for key, value in schema.items()
    }


def _renamed_reference(reference: str) -> str:
    return (
        "#/$defs/" + reference.removeprefix("#/definitions/") if reference.startswith("#/definitions/") else reference
    )


_BESIDE_REFERENCE: Final = _ANNOTATIONS | {*_DEFINITIONS}
"""What may stand beside a reference: it says nothing of the value."""


def _merge(into: JsonObject, member: JsonObject) -> bool:
    """Merge a member of an ``allOf``; False, and nothing changed, where the two say different things of one keyword."""
    if "$ref" in into or ("$ref" in member and not into.keys() <= _BESIDE_REFERENCE):
        return False
    for key, value in member.items():
        if key in into and key not in ("properties", "required", *_ANNOTATIONS) and into[key] != value:
            return False
        if key == "properties" and any(into.get(key, {}).get(name, one) != one for name, one in value.items()):
            return False
    for key, value in member.items():
        if key == "properties":
            into[key] = {**into.get(key, {}), **value}
        elif key == "required":
            into[key] = list(dict.fromkeys([*into.get(key, []), *value]))
        else:
            into.setdefault(key, value)
    return True


def _exclusive(members: list[Any]) -> bool:
    """Tell whether no value can fit two members: they have different single types, or different constants in one property."""
    types = [member.get("type") if isinstance(member, dict) else None for member in members]
    if all(isinstance(kind, str) for kind in types) and len(set(types)) == len(types):
        return not {"integer", "number"} <= set(types)
    return any(_tells_apart(members, name) for name in _property_names(members))


def _property_names(members: list[Any]) -> list[str]:
    first = members[0] if members and isinstance(members[0], dict) else {}
    properties = first.get("properties")
    return list(properties) if isinstance(properties, dict) else []


def _tells_apart(members: list[Any], name: str) -> bool:
    seen: list[str] = []
    for member in members:
        holder = member if isinstance(member, dict) else {}
        inner = object_at(object_at(holder, "properties"), name)
        allowed = list_at(inner, "enum")
        constant = inner.get("const", allowed[0] if len(allowed) == 1 else None)
        if not isinstance(constant, str) or name not in names_at(holder, "required"):
            return False
        seen.append(constant)
    return len(set(seen)) == len(seen)


def _or_null(schema: Json) -> Json:
    """Let a property be null, which stands for its being left out."""
    if not isinstance(schema, dict):
        return {"type": list(_SCALARS)}
    kind = schema.get("type")
    if "enum" not in schema and "const" not in schema:
        if kind == "null" or (isinstance(kind, list) and "null" in kind):
            return schema
        if isinstance(kind, str) and "anyOf" not in schema and "$ref" not in schema:
            return {**schema, "type": [kind, "null"]}
        if isinstance(kind, list):
            return {**schema, "type": [*kind, "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def lift(value: Json, projection: Projection) -> Json:
    """Bring a value of the projection back to the original schema."""
    if projection.wrapped and isinstance(value, dict) and WRAPPED in value:
        value = value[WRAPPED]
    return _lifted(value, projection.original, projection.original) if projection.dialect == "openai-strict" else value


def lower(value: Json, projection: Projection) -> Json:
    """Say a value of the original schema, an earlier call's arguments, as the projection wants it at the top."""
    return {WRAPPED: value} if projection.wrapped else value


def _lifted(value: Json, schema: Json, root: Json, depth: int = 0) -> Json:
    """Leave out the nulls that stand for properties left out, at every depth."""
    if not isinstance(schema, dict) or depth > 64:
        return value
    schema = _resolved(schema, root)
    if isinstance(value, list):
        items = schema.get("items")
        return [_lifted(item, items, root, depth + 1) for item in value] if isinstance(items, dict) else value
    if not isinstance(value, dict):
        return value
    properties, required = _object_rules(schema, root)
    done: JsonObject = {}
    for key, item in value.items():
        if item is None and key in properties and key not in required:
            continue
        done[key] = _lifted(item, properties.get(key), root, depth + 1)
    return done


def _resolved(schema: JsonObject, root: Json) -> JsonObject:
    for _ in range(32):
        reference = schema.get("$ref")
        if not (isinstance(reference, str) and reference.startswith("#/")):
            return schema
        found: Any = root
        for token in reference[2:].split("/"):
            found = found.get(token.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
        if not isinstance(found, dict):
            return schema
        schema = found
    return schema


def _object_rules(schema: JsonObject, root: Json) -> tuple[Mapping[str, Json], frozenset[str]]:
    """Return the properties a schema names, through ``allOf`` and unions too, and those that every reading requires."""
    properties: dict[str, Json] = dict(object_at(schema, "properties"))
    required = set(names_at(schema, "required"))
    for member in list_at(schema, "allOf"):
        if isinstance(member, dict):
            inner, needed = _object_rules(_resolved(member, root), root)
            properties |= {name: one for name, one in inner.items() if name not in properties}
            required |= needed
    for key in ("anyOf", "oneOf"):
        for member in list_at(schema, key):
            if isinstance(member, dict):
                inner, needed = _object_rules(_resolved(member, root), root)
                properties |= {name: one for name, one in inner.items() if name not in properties}
                required |= needed
    return properties, frozenset(required)
