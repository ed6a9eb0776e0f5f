"""Calls of the computer and of other tools that a provider defines, said as calls of functions.

A computer's actions become the arguments its own provider's tool would have: ``{"action": ...}`` for one action in Anthropic's
words, ``{"actions": [...]}`` for a batch. An action that these words cannot say keeps the hub's own spelling.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..client_tools import FunctionForm, function_form
from ..computer_use import anthropic, openai
from ..computer_use.actions import Action
from ..computer_use.outcomes import NotExpressible
from ..computer_use.storage import dump_action
from ..jsonvalue import ABSENT, Absent, Json, JsonObject
from ..steps import map_each, map_parts, sayable_arguments
from .residue import WIRE_NAME

_DEFAULT_WORDS: Final = "computer_20251124"
"""Words for actions where no tool of the request says which."""
_REASON: Final = "describes a provider's own tool, which the target does not know"
_NAMES: Final[dict[str, str]] = {"text_editor": "str_replace_based_edit_tool", "patch": "apply_patch"}


class CallWriter:
    """Says calls as calls of functions, in the words of the tools that a request defines."""

    def __init__(self, tools: tuple[hub.Tool | hub.Opaque, ...] | Absent | None, adapting: Adapting) -> None:
        self._tools = tools if isinstance(tools, tuple) else ()
        self._adapting = adapting
        self._words = _DEFAULT_WORDS
        for tool in self._tools:
            if isinstance(tool, hub.Tool) and tool.builtin is not None and tool.form in ("computer", "browser"):
                self._words = _dated(tool.builtin)

    def request(self, request: hub.Request) -> hub.Request:
        """Say the calls of a request, and define its tools, as functions."""
        request = map_each(request, hub.Call, "assistant", self._call)
        tools = tuple(self._function(tool) for tool in self._tools)
        if all(one is other for one, other in zip(tools, self._tools, strict=True)):
            return request
        return attrs.evolve(request, tools=tools)

    def turn(self, turn: hub.Turn) -> hub.Turn:
        """Say the calls of an assistant's turn as calls of functions."""
        return map_parts(turn, self._part) if turn.role == "assistant" else turn

    def _part(self, part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        return self._call(part) if isinstance(part, hub.Call) else None

    def _call(self, call: hub.Call) -> Sequence[hub.Part] | None:
        own = call.own if call.own is not None and call.own.wire == WIRE_NAME else None
        plain = call.toolset is call.namespace is call.actions is ABSENT and not call.checks and call.caller is None
        if plain and call.form in ("function", "custom") and call.state == "complete" and own is call.own:
            said = _said(call)
            return None if said is call.arguments else (attrs.evolve(call, arguments=said),)
        arguments = _said(call) if call.actions is ABSENT else hub.Arguments(value=self._arguments(call.actions))
        return (
            hub.Call(
                id=call.id, name=call.name or _NAMES.get(call.form, call.form), arguments=arguments,
                form="custom" if call.form == "custom" else "function", own=own, spelling=call.spelling,
            ),
        )  # fmt: skip

    def _arguments(self, actions: tuple[Action, ...]) -> Json:
        documents = [document for action in actions for document in self._documents(action)]
        in_batches = self._words in openai.TOOLS
        return documents[0] if len(documents) == 1 and not in_batches else {"actions": documents}

    def _documents(self, action: Action) -> list[JsonObject]:
        if self._words in openai.TOOLS:
            outcome = openai.write_action(action, self._words, batch=True)
        elif self._words in anthropic.TOOLS:
            outcome = anthropic.write_action(action, self._words)
        else:
            return [dump_action(action)]
        if isinstance(outcome, NotExpressible):
            return [dump_action(action)]
        return [_flat(document) for document in outcome.documents]

    def _function(self, tool: hub.Tool | hub.Opaque) -> hub.Tool | hub.Opaque:
        """Define a provider's tool that we perform as a function; one the provider runs itself stays, and is left out later."""
        if isinstance(tool, hub.Opaque) or tool.builtin is None or tool.form == "server":
            return tool
        form: FunctionForm | None = function_form(tool.builtin.type, _dated(tool.builtin), tool.builtin.options)
        if form is None:
            return tool
        name = tool.name if isinstance(tool.name, str) else _NAMES.get(tool.form, tool.form)
        if tool.form in ("computer", "browser"):
            self._adapting.context["computer"] = {"name": name, "tool": _dated(tool.builtin)}
        description = str(self._adapting.insert(form.description, _REASON))
        schema = self._adapting.insert(form.schema, _REASON)
        return hub.Tool(name=name, description=description, schema=schema)


def _dated(builtin: hub.Builtin) -> str:
    return builtin.type if builtin.version is ABSENT else f"{builtin.type}_{builtin.version}"


def _flat(document: JsonObject) -> JsonObject:
    """Put a toolset's member, whose name is the action, into the form with the action among the arguments."""
    if "toolset_name" not in document:
        return document
    return {"action": document["name"], **document["input"]}


def _said(call: hub.Call) -> hub.Arguments:
    """Return arguments that are a text, or JSON for a function."""
    said = call.arguments
    if call.form == "custom":
        is_text = said.text is not ABSENT and said.value is ABSENT
        return said if is_text else hub.Arguments(text=said.text if said.text is not ABSENT else "")
    return hub.Arguments(text="") if said.text is said.value is ABSENT else sayable_arguments(said)
