"""What a structured answer is made of: a pydantic model of the user's, or one made from an attrs class.

Of an attrs class the fields' types, defaults and the texts in ``metadata={"description": ...}`` make the model, and so the schema that a
provider is given. An answer is then made by the class itself, so that its converters and validators have the last word, and what they
raise is told to the model like any other error of validation.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs

from polyloop.translate.errors import UsageError


def is_pydantic(model: Any) -> bool:
    """Tell whether a class is a pydantic model."""
    import pydantic

    return isinstance(model, type) and issubclass(model, pydantic.BaseModel)


def model_of(response_model: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return the pydantic model, and what makes the answer of its instance. Raises `UsageError` for what is neither of the two."""
    if is_pydantic(response_model):
        return response_model, lambda instance: instance
    if isinstance(response_model, type) and attrs.has(response_model):
        return _Models().model(response_model), lambda instance: instance.made()
    raise UsageError("response_model must be a pydantic model or an attrs class")


class _Models:
    """Makes one pydantic model for each attrs class, also where classes hold each other."""

    def __init__(self) -> None:
        self._made: dict[type, Any] = {}

    def model(self, record: type) -> Any:
        if record in self._made:
            return self._made[record]
        import pydantic

        class Answer(pydantic.BaseModel):
            """What all such models share: the record behind."""

            model_config = pydantic.ConfigDict(extra="forbid", arbitrary_types_allowed=False)
            _record: Any = pydantic.PrivateAttr(default=None)

            @pydantic.model_validator(mode="after")
            def _make(self) -> Answer:
                given = {name: _made(getattr(self, name)) for name in self.model_fields_set}
                arguments = {aliases[name]: value for name, value in given.items()}
                try:
                    self._record = record(**arguments)
                except TypeError as error:  # validators of attrs raise it; pydantic passes on ValueError alone
                    raise ValueError(str(error)) from error
                return self

            def made(self) -> Any:
                return self._record

        hints = get_type_hints(record, include_extras=True)
        known = [field for field in attrs.fields(record) if field.init]
        aliases = {field.name.lstrip("_"): field.alias or field.name for field in known}
        definitions: Any = {}
        self._made[record] = None  # a class that holds itself is refused below, not looped over
        for field in known:
            definitions[field.name.lstrip("_")] = (self._type(hints.get(field.name, Any)), _field(pydantic, field))
        made = pydantic.create_model(record.__name__, __base__=Answer, __doc__=record.__doc__, **definitions)
        self._made[record] = made
        return made

    def _type(self, hint: Any) -> Any:
        """Return a type hint with every attrs class in it replaced by its model."""
        if isinstance(hint, type) and attrs.has(hint):
            model = self.model(hint)
            if model is None:
                raise UsageError(f"{hint.__name__} holds itself: give its schema as a pydantic model")
            return model
        arguments = get_args(hint)
        if not arguments:
            return hint
        replaced = tuple(self._type(argument) for argument in arguments)
        if replaced == arguments:
            return hint
        if get_origin(hint) in (Union, types.UnionType):
            return reduce(or_, replaced)
        return get_origin(hint)[replaced]


def _field(pydantic: Any, field: attrs.Attribute[Any]) -> Any:
    description = field.metadata.get("description")
    if field.default is attrs.NOTHING:
        return pydantic.Field(description=description)
    default: Any = field.default
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]  # a class at run time
        # What is left out is not given to the record, which then makes its own; the model's default is never used.
        factory = (lambda: None) if default.takes_self else default.factory
        return pydantic.Field(default_factory=factory, description=description, validate_default=False)
    return pydantic.Field(default=default, description=description, validate_default=False)


def _made(value: Any) -> Any:
    """Return a value with every instance of a made model replaced by its record."""
    if hasattr(value, "made") and hasattr(value, "model_fields_set"):
        return value.made()
    if isinstance(value, (list, tuple, set, frozenset)):
        return type(value)(_made(item) for item in value)
    if isinstance(value, dict):
        return {key: _made(item) for key, item in value.items()}
    return value
