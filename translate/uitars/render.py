"""Write UI-TARS replies in the strict form: what a turn minted elsewhere looks like to the model.

``parse(render(calls, ...))`` gives back the same calls, thought and reflection, for any text in them, and of every
prefix of the result only whole calls are read. A thought that would break this (one with an ``Action:`` line of its
own) is refused, not changed. Replies the model itself wrote are never rendered: they are sent again as they were.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ..errors import WriteError
from .reply import UNKNOWN, Corners, Number, Place, TextCall
from .templates import Form, PointForm, Template
from .verbs import Role

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t", "\r": "\\r"})
_SECTION_LINE: Final = re.compile(r"^[ \t]*+(?:Thought|Reflection|Action_Summary|Action)[ \t]*+[:：]", re.MULTILINE)
_CALL_IN_PROSE: Final = re.compile(r"(?<!\w)Action[ \t]*+[:：]\s*+[A-Za-z_][A-Za-z0-9_]*+[ \t]*+\(")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*+")
_THINK_END: Final = "</gui_think>"
_PARAMETER_END: Final = "</parameter>"


def render(
    calls: Sequence[TextCall],
    template: Template,
    *,
    thought: str | None = None,
    reflection: str | None = None,
    box_tokens: bool = False,
) -> str:
    """Write a reply in a template's form.

    ``box_tokens`` puts ``<|box_start|>`` around points in parentheses, the form of the training data.
    Raises `WriteError` for a call the template has no form for, and for a thought that could not be read back.
    """
    if not calls:
        raise WriteError("a reply needs at least one action")
    arguments = [_arguments(call, template, box_tokens=box_tokens) for call in calls]
    if template.syntax == "tags" and reflection is None and _fits_tags(arguments, thought):
        return _render_tags(arguments, thought)
    # Behind a reflection its parsers look for the summary of the action, and find no thought under another heading.
    prose = [("Reflection", reflection), ("Thought" if reflection is None else "Action_Summary", thought)]
    head = "".join(f"{title}: {_checked(text, title)}\n" for title, text in prose if text is not None)
    return head + "Action: " + "\n\n".join(_render_call(name, values) for name, values in arguments)


_Arguments = tuple[str, list[tuple[str, str]]]


def _render_call(name: str, values: list[tuple[str, str]]) -> str:
    inner = ", ".join(f"{key}='{value.translate(_ESCAPES)}'" for key, value in values)
    return f"{name}({inner})"


def _checked(text: str, title: str) -> str:
    """Return prose that reads back as it is. Raises `WriteError`."""
    if not text or text != text.strip():
        raise WriteError(f"{title} is empty or has blanks at an end, which are not read back")
    if _SECTION_LINE.search(text) or _CALL_IN_PROSE.search(text):
        raise WriteError(f"{title} has a section marker or an action in it, which would be read as one")
    return text


def _fits_tags(arguments: list[_Arguments], thought: str | None) -> bool:
    """Tell whether the tagged form, which has no escapes, can hold all texts; the form with calls can always."""
    if thought is not None and (not thought or thought != thought.strip() or _THINK_END in thought):
        return False
    texts = [value for _, values in arguments for _, value in values]
    return not any(_PARAMETER_END in text for text in texts)


def _render_tags(arguments: list[_Arguments], thought: str | None) -> str:
    lines = [] if thought is None else [f"<gui_think>{thought}{_THINK_END}"]
    lines.append("<seed:tool_call>")
    for name, values in arguments:
        lines.append(f"<function={name}>")
        lines.extend(f"<parameter={key}>{value}{_PARAMETER_END}" for key, value in values)
        lines.append("</function>")
    lines.append("</seed:tool_call>")
    return "\n".join(lines)


def _arguments(call: TextCall, template: Template, *, box_tokens: bool) -> _Arguments:
    """Return the name and the spelled arguments of a call, in the order of its form. Raises `WriteError`."""
    if call.verb == UNKNOWN:
        return _function_arguments(call)
    form = template.forms.get(call.verb)
    if form is None:
        raise WriteError(f"template {template.name} has no {call.verb}")
    if call.extra:
        raise WriteError(f"{form.spelling} has no argument {next(iter(call.extra))}")
    said = _said(call, template, box_tokens=box_tokens)
    # In the order in which a reader expects them; a role the form lacks is refused.
    roles = [role for role, _ in form.arguments]
    for role in said:
        if role not in roles:
            raise WriteError(f"{form.spelling} of template {template.name} cannot say {role}")
    return form.spelling, [(name, said[role]) for role, name in form.arguments if role in said]


def _function_arguments(call: TextCall) -> _Arguments:
    if call.name is None or not _NAME.fullmatch(call.name) or call.at is not None:
        raise WriteError("a call of an unknown verb needs a name and has no point")
    values = []
    for key, value in call.extra.items():
        if not isinstance(value, str) or not _NAME.fullmatch(key) or key != key.lower():
            raise WriteError("arguments of an unknown verb must be texts with lower-case names")
        values.append((key, value))
    return call.name, values


def _said(call: TextCall, template: Template, *, box_tokens: bool) -> dict[Role, str]:
    said: dict[Role, str] = {}
    if call.at is not None:
        said["at"] = _point(call.at, call.box, template.point_form, box_tokens=box_tokens)
    if call.to is not None:
        said["to"] = _point(call.to, call.to_box, template.point_form, box_tokens=box_tokens)
    if call.keys is not None:
        said["keys"] = " ".join(call.keys)
    if call.seconds is not None:
        said["seconds"] = f"{call.seconds}"
    texts: dict[Role, str | None] = {
        "text": call.text,
        "direction": call.direction,
        "button": call.button,
        "url": call.url,
        "app": call.app,
    }
    said.update({role: text for role, text in texts.items() if text is not None})
    return said


def _point(place: Place, box: Corners | None, form: PointForm, *, box_tokens: bool) -> str:
    if form == "box":
        corners = (*place, *place) if box is None else box
        return f"[{', '.join(map(_whole, corners))}]"
    if box is not None:
        raise WriteError("this template writes points, not boxes")
    x, y = map(_whole, place)
    if form == "point":
        return f"<point>{x} {y}</point>"
    return f"<|box_start|>({x},{y})<|box_end|>" if box_tokens else f"({x},{y})"


def _whole(value: Number) -> str:
    if isinstance(value, int):
        return str(value)
    raise WriteError(f"{value} is not a whole number")


def prompt_line(form: Form, template: Template) -> str:
    """Return the line of the prompt that offers a verb."""
    if template.syntax == "calls":
        return form.signature
    named = zip(form.arguments, form.examples, strict=True)
    parameters = "".join(f"<parameter={name}>{example}{_PARAMETER_END}" for (_, name), example in named)
    return f"<function={form.spelling}>{parameters}</function>"
