"""The model of a wire's records, made anew for msgspec and pydantic from the records' own annotations, so that all decode the same.

Nothing is converted by any of them, null and a missing key are allowed where we allow them, and unions are told apart by their tag. What the
others do less: msgspec drops unknown keys, pydantic keeps them (``extra="allow"``); both forget the order of keys, and refuse a document with an
unknown member of a union or one whose fields do not fit, which we keep as `Opaque`. Where a class holds itself, and where a union has
no tag, they take anything and look at nothing inside.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from polyloop.translate.codec import Opaque, WireRecord, field_names, key_of
from polyloop.translate.jsonvalue import Absent
from polyloop.translate.testing.strategies import hints_of, literals_of

_TAGS = ("type", "role")


class Model:
    """Classes of another library, one for each record class, made when first met."""

    def __init__(self) -> None:
        self._made: dict[tuple[type[WireRecord], str | None], Any] = {}

    def of(self, hint: Any) -> Any:
        """Return the other library's annotation for a record's."""
        members = list(get_args(hint)) if get_origin(hint) in (Union, types.UnionType) else [hint]
        members = [member for member in members if member is not Opaque and member is not Absent]
        if any(member is Any for member in members):
            return Any
        records = [member for member in members if isinstance(member, type) and issubclass(member, WireRecord)]
        others = [self._plain(member) for member in members if member not in records]
        union = self._records(records)
        if union is Any:
            return Any
        made = [*others, *([] if union is None else [union])]
        return Union[tuple(made)] if made else Any  # noqa: UP007  made at run time

    def _plain(self, hint: Any) -> Any:
        origin = get_origin(hint)
        if origin is Literal:
            return type(get_args(hint)[0])
        if origin is tuple:
            return list[self.of(get_args(hint)[0])]  # type: ignore[misc]
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return dict[str, self.of(get_args(hint)[1])]  # type: ignore[misc]
        return hint

    def _records(self, records: list[type[WireRecord]]) -> Any:
        """Return a union told apart by a tag: a class of the other library for each value of it, the first that names it."""
        if len(records) < 2:
            return self._class(records[0], None, None) if records else None
        for tag in _TAGS:
            by_value: dict[str, type[WireRecord]] = {}
            for cls in records:
                for value in literals_of(hints_of(cls).get(tag)):
                    by_value.setdefault(value, cls)
            if len(by_value) > 1:
                return self.union({value: self._class(cls, tag, value) for value, cls in by_value.items()}, tag)
        return Any

    def _class(self, cls: type[WireRecord], tag: str | None, value: str | None) -> Any:
        if (cls, value) not in self._made:
            self._made[cls, value] = Any  # a class that holds itself: what is inside is not looked at
            hints = hints_of(cls)
            fields = {key_of(name): self.of(hints[name]) for name in field_names(cls) if name != tag}
            self._made[cls, value] = self.make(cls.__name__, fields, tag, value)
        return self._made[cls, value]

    def make(self, name: str, fields: Mapping[str, Any], tag: str | None, value: str | None) -> Any:
        raise NotImplementedError

    def union(self, by_value: Mapping[str, Any], tag: str) -> Any:
        raise NotImplementedError


class Structs(Model):
    """msgspec Structs."""

    def make(self, name: str, fields: Mapping[str, Any], tag: str | None, value: str | None) -> Any:
        msgspec: Any = import_module("msgspec")
        optional = [(key, hint | None | msgspec.UnsetType, msgspec.UNSET) for key, hint in fields.items()]
        return msgspec.defstruct(name, optional, tag_field=tag, tag=value, frozen=True, kw_only=True)

    def union(self, by_value: Mapping[str, Any], tag: str) -> Any:
        return Union[tuple(by_value.values())]  # noqa: UP007  made at run time


class Pydantic(Model):
    """pydantic models that keep unknown keys and convert nothing, with the tag named as discriminator, which is how pydantic is fast."""

    def make(self, name: str, fields: Mapping[str, Any], tag: str | None, value: str | None) -> Any:
        pydantic: Any = import_module("pydantic")
        optional: dict[str, Any] = {
            _safe(key): (hint | None, pydantic.Field(None, alias=key)) for key, hint in fields.items()
        }
        if tag:
            optional[tag] = (Literal[value], ...)
        config = pydantic.ConfigDict(extra="allow", strict=True)
        return pydantic.create_model(name, __config__=config, **optional)

    def union(self, by_value: Mapping[str, Any], tag: str) -> Any:
        pydantic: Any = import_module("pydantic")
        return Annotated[Union[tuple(by_value.values())], pydantic.Field(discriminator=tag)]  # noqa: UP007  made at run time


def _safe(key: str) -> str:
    """Rename what pydantic's own classes use."""
    return (
        f"{key}_"
        if key in ("schema", "json", "copy", "dict", "construct", "validate") or key.startswith("model_")
        else key
    )
