"""The prompt templates of UI-TARS, as dated profile data.

A template is a contract with a model that was trained on it: its action space (the signatures, verbatim), what the
numbers mean, how large an image may be, and how the reply is written. Which template a deployment speaks is declared,
never guessed from a model's name: absolute and relative coordinates mixed up are the commonest fault around UI-TARS.

Source: prompts of bytedance/UI-TARS 582f3a7 and bytedance/UI-TARS-desktop 239b654, uitars2 prompts of trycua/cua
b296ec9, read 2026-11. Only the signatures are theirs; the words around them are ours.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final, Literal, TypeAlias

from attrs import field, frozen

from ..computer_use.coordinates import DEFAULT_MIN_PIXELS, PATCH, Frame, Size, Space, frame_of
from ..errors import UsageError
from .verbs import VERBS, Role, role_of

Syntax: TypeAlias = Literal["calls", "tags"]
PointForm: TypeAlias = Literal["parens", "point", "box"]

_SIGNATURE: Final = re.compile(r"([a-z_]+)\((.*)\)")
_PARAMETER: Final = re.compile(r"([a-z_]+)='([^']*)'")


@frozen(kw_only=True)
class Form:
    """One verb of an action space: how it is spelled, and its arguments in order."""

    verb: str
    spelling: str
    arguments: tuple[tuple[Role, str], ...]
    signature: str
    examples: tuple[str, ...] = ()
    """What stands in the signature for each argument."""

    def argument(self, role: Role) -> str | None:
        """Return the argument's name for a role, ``None`` where the form has none."""
        return next((name for having, name in self.arguments if having == role), None)


@frozen(kw_only=True)
class Sampling:
    """Sampling parameters a client of this model uses when nothing else is asked for."""

    temperature: float = 0.0
    top_p: float = 0.7
    max_tokens: int = 1000
    retry_temperature: float = 1.0
    """For sampling again after a reply that could not be read."""


@frozen(kw_only=True)
class Template:
    """One prompt template with everything a client must know of the model behind it."""

    name: str
    read_on: str = "2026-11"
    signatures: tuple[str, ...]
    space: Space
    point_form: PointForm
    syntax: Syntax = "calls"
    thought: bool = True
    """The model is asked for a thought before its action."""
    min_pixels: int = DEFAULT_MIN_PIXELS
    max_pixels: int
    image_limit: int = 5
    """Newest screenshots that are kept in a request; a server started with the usual limit refuses more."""
    step_limit: int = 100
    scroll_notches: int = 5
    """What a scroll, which says no amount, is executed as."""
    wait_seconds: int = 5
    """What ``wait()`` is executed as."""
    sampling: Sampling = field(factory=Sampling)
    notes: tuple[str, ...] = ()

    @cached_property
    def forms(self) -> dict[str, Form]:
        """The action space by canonical verb."""
        return {form.verb: form for form in map(_form, self.signatures)}

    def frame(self, screen: Size) -> Frame:
        """Return the frame of a screenshot: the size to send it in, and the space of the answer."""
        return frame_of(screen, space=self.space, min_pixels=self.min_pixels, max_pixels=self.max_pixels)


def _form(signature: str) -> Form:
    match = _SIGNATURE.fullmatch(signature)
    verb = None if match is None else VERBS.get(match[1])
    if match is None or verb is None:
        raise UsageError(f"no signature of a known verb: {signature}")
    arguments, examples = [], []
    for name, example in _PARAMETER.findall(match[2]):
        role = role_of(verb, name)
        if role is None:
            raise UsageError(f"{match[1]} has no argument {name}")
        arguments.append((role, name))
        examples.append(example)
    return Form(
        verb=verb,
        spelling=match[1],
        arguments=tuple(arguments),
        signature=signature,
        examples=tuple(examples),
    )


_KEY_NOTE: Final = "hotkey: lower-case key names, a space between them, three keys at most."
_TYPE_NOTE: Final = "type: escape quotes as \\' and \\\", a line break as \\n; end the content with \\n to submit it."
_WAIT_NOTE: Final = "wait: sleeps for 5 seconds and takes a screenshot to look for changes."
_DESKTOP_NOTES: Final = (_KEY_NOTE, _TYPE_NOTE, _WAIT_NOTE)


def _boxed(point: str, other: str) -> tuple[str, ...]:
    """The pointer's part of a desktop action space that writes ``start_box``."""
    return (
        f"click(start_box='{point}')",
        f"left_double(start_box='{point}')",
        f"right_single(start_box='{point}')",
        f"drag(start_box='{point}', end_box='{other}')",
        "hotkey(key='ctrl c')",
        "type(content='xxx')",
        f"scroll(start_box='{point}', direction='down or up or right or left')",
        "wait()",
    )


_POINTED: Final = (
    "click(point='<point>x1 y1</point>')",
    "left_double(point='<point>x1 y1</point>')",
    "right_single(point='<point>x1 y1</point>')",
    "drag(start_point='<point>x1 y1</point>', end_point='<point>x2 y2</point>')",
    "hotkey(key='ctrl c')",
    "type(content='xxx')",
    "scroll(point='<point>x1 y1</point>', direction='down or up or right or left')",
    "wait()",
)

TEMPLATES: Final[dict[str, Template]] = {
    template.name: template
    for template in (
        Template(
            name="computer-1.5",
            signatures=(
                *_boxed("<|box_start|>(x1,y1)<|box_end|>", "<|box_start|>(x3,y3)<|box_end|>"),
                "finished()",
                "call_user()",
            ),
            space="pixels",
            point_form="parens",
            max_pixels=16384 * PATCH * PATCH,
            sampling=Sampling(max_tokens=65535),
            notes=_DESKTOP_NOTES,
        ),
        Template(
            name="computer-1.0",
            signatures=(
                *_boxed("<|box_start|>(x1, y1)<|box_end|>", "<|box_start|>(x3, y3)<|box_end|>"),
                "finished()",
                "call_user()",
            ),
            space="thousandths",
            point_form="parens",
            max_pixels=2700 * PATCH * PATCH,
            notes=_DESKTOP_NOTES,
        ),
        Template(
            name="mobile-1.0",
            signatures=(
                "click(start_box='<|box_start|>(x1,y1)<|box_end|>')",
                "long_press(start_box='<|box_start|>(x1,y1)<|box_end|>', time='')",
                "type(content='')",
                "scroll(start_box='<|box_start|>(x1,y1)<|box_end|>', end_box='<|box_start|>(x3,y3)<|box_end|>')",
                "press_home()",
                "press_back()",
                "finished(content='')",
            ),
            space="thousandths",
            point_form="parens",
            max_pixels=2700 * PATCH * PATCH,
            wait_seconds=2,
        ),
        Template(
            name="computer-doubao",
            signatures=(*_POINTED, "finished(content='xxx')"),
            space="thousandths",
            point_form="point",
            max_pixels=5120 * PATCH * PATCH,
            notes=_DESKTOP_NOTES,
        ),
        Template(
            name="computer-doubao-15b",
            signatures=(*_boxed("[x1, y1, x2, y2]", "[x3, y3, x4, y4]"), "finished(content='xxx')"),
            space="thousandths",
            point_form="box",
            max_pixels=5120 * PATCH * PATCH,
            notes=_DESKTOP_NOTES,
        ),
        Template(
            name="computer-doubao-20b",
            signatures=(
                *_POINTED,
                "press(key='ctrl')",
                "release(key='ctrl')",
                "navigate(content='xxx')",
                "navigate_back()",
                "finished(content='xxx')",
                "call_user()",
            ),
            space="thousandths",
            point_form="point",
            max_pixels=5120 * PATCH * PATCH,
            notes=(
                *_DESKTOP_NOTES,
                "press and release: hold one key down while other actions follow, and let it go again.",
                "Several actions may follow one thought, with an empty line between them.",
            ),
        ),
        Template(
            name="mobile-doubao",
            signatures=(
                "click(point='<point>x1 y1</point>')",
                "long_press(point='<point>x1 y1</point>')",
                "type(content='')",
                "scroll(point='<point>x1 y1</point>', direction='down or up or right or left')",
                "open_app(app_name='')",
                "drag(start_point='<point>x1 y1</point>', end_point='<point>x2 y2</point>')",
                "press_home()",
                "press_back()",
                "finished(content='xxx')",
            ),
            space="thousandths",
            point_form="point",
            max_pixels=5120 * PATCH * PATCH,
            wait_seconds=2,
            notes=(_TYPE_NOTE,),
        ),
        Template(
            name="grounding-doubao",
            # The stray quote is in the source the model was trained on.
            signatures=("click(point='<point>x1 y1</point>'')",),
            space="thousandths",
            point_form="point",
            thought=False,
            max_pixels=5120 * PATCH * PATCH,
        ),
        Template(
            name="computer-2",
            signatures=(
                *_POINTED[:-1],
                "move_to(point='<point>x1 y1</point>')",
                "press(key='ctrl')",
                "release(key='ctrl')",
                "mouse_down(point='<point>x1 y1</point>', button='left')",
                "mouse_up(point='<point>x1 y1</point>', button='left')",
                "wait(time='')",
                "take_screenshot()",
                "open_computer()",
                "finished(content='xxx')",
                "call_user(content='xxx')",
            ),
            space="thousandths",
            point_form="point",
            syntax="tags",
            max_pixels=5120 * PATCH * PATCH,
            notes=(_KEY_NOTE, "type: the content is taken as it stands between its tags."),
        ),
    )
}


def template_named(name: str) -> Template:
    """Return a template. Raises `UsageError` that names the known ones."""
    try:
        return TEMPLATES[name]
    except KeyError:
        raise UsageError(f"unknown template {name!r}: known are {', '.join(TEMPLATES)}") from None
