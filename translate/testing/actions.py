"""Strategies for computer actions, the documents of each vendor that say them, and UI-TARS calls."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from ..computer_use.actions import (
    Action,
    AskUser,
    Back,
    Button,
    Chord,
    Click,
    CursorPosition,
    Done,
    Drag,
    Forward,
    HoldKey,
    Key,
    KeyDown,
    KeyUp,
    LongPress,
    MouseDown,
    MouseUp,
    Move,
    Navigate,
    OpenApp,
    PressBack,
    PressHome,
    Reload,
    Screenshot,
    Scroll,
    Type,
    Wait,
    Zoom,
)
from ..computer_use.anthropic_tools import BROWSER_ONLY, TOOLS
from ..computer_use.keys import MODIFIERS, NAMED_KEYS
from ..computer_use.points import ModelPoint
from ..jsonvalue import Json, JsonObject
from ..uitars.reply import TextCall
from ..uitars.templates import Form, Template
from ..uitars.verbs import Role
from .strategies import json_texts, json_values

BUTTONS: Final[tuple[Button, ...]] = ("left", "right", "middle", "back", "forward")

HARD_TYPED_TEXTS: Final = (
    "",
    " outer blanks ",
    "it's",
    'say "hi"',
    "back\\slash\\",
    "C:\\Users\\me\\new.txt",
    "line\nline\n",
    "\r\n",
    "\t",
    "', b=c, (d)",
    "')",
    "')\n\nclick(start_box='(1,2)')",
    "Action: click(start_box='(1,2)')",
    "\nAction: wait()\n",
    "Thought: no",
    "<point>1 2</point>",
    "<|box_start|>(1,2)<|box_end|>",
    "<|im_end|>",
    "</s>",
    "[EOS]",
    "```",
    "<seed:tool_call>",
    "</parameter></function></seed:tool_call>",
    "</gui_think>",
    "<think>",
    "# comment",
    "；：“”",
    "é👩🏽‍🚀",
    "\u2028",
)
"""Texts that a careless parser of action text takes for its own grammar."""


def model_points(limit: int = 999) -> st.SearchStrategy[ModelPoint]:
    """Points with whole coordinates up to a limit, edges first."""
    edge = st.sampled_from((0, 1, limit)) | st.integers(0, limit)
    return st.builds(ModelPoint, edge, edge)


def keys() -> st.SearchStrategy[str]:
    """Canonical keys: names of the table, ASCII characters, and some that no keyboard has."""
    characters = st.characters(min_codepoint=33, max_codepoint=126)
    return st.sampled_from(sorted(NAMED_KEYS)) | characters | st.sampled_from(("é", "ß", "字", "😀"))


def chords(most: int = 4) -> st.SearchStrategy[Chord]:
    """One key or more, each once."""
    return st.lists(keys(), min_size=1, max_size=most, unique=True).map(tuple)


def modifiers() -> st.SearchStrategy[Chord]:
    """Keys held during a pointer action; mostly none."""
    return st.just(()) | st.lists(st.sampled_from(sorted(MODIFIERS)), max_size=2, unique=True).map(tuple)


def typed_texts() -> st.SearchStrategy[str]:
    """Texts to be typed, hard ones first."""
    return st.sampled_from(HARD_TYPED_TEXTS) | json_texts() | st.text("ab'\"\\\n\t,=() :#<|>;Action", max_size=30)


def seconds() -> st.SearchStrategy[int | float]:
    """Lengths of time, whole and broken."""
    return st.integers(0, 400) | st.sampled_from((0.5, 1.0, 2.25, 30.5))


def _maybe(strategy: st.SearchStrategy[ModelPoint]) -> st.SearchStrategy[ModelPoint | None]:
    return st.none() | strategy


def pointer_actions(points: st.SearchStrategy[ModelPoint] | None = None) -> st.SearchStrategy[Action]:
    """Actions of the pointer: clicks of every button and count, moves, drags along paths, scrolls in every unit."""
    point = model_points() if points is None else points
    button = st.sampled_from(BUTTONS)
    amounts = st.integers(-12, 12) | st.sampled_from((0, 1, -1))
    pixels = st.sampled_from((0, 100, -300, 50, -149, 1)) | st.integers(-2000, 2000)
    ways: st.SearchStrategy[tuple[int, int]] = st.sampled_from(((0, 1), (0, -1), (1, 0), (-1, 0)))
    return st.one_of(
        st.builds(Click, button=button, count=st.sampled_from((1, 2, 3)), at=_maybe(point), modifiers=modifiers()),
        st.builds(Move, at=point, modifiers=modifiers()),
        st.builds(MouseDown, button=button, at=_maybe(point)),
        st.builds(MouseUp, button=button, at=_maybe(point)),
        st.builds(
            Drag,
            path=st.lists(point, min_size=2, max_size=4).map(tuple),
            from_cursor=st.booleans(),
            button=button,
            modifiers=modifiers(),
        ),
        st.builds(Drag, path=st.tuples(point), from_cursor=st.just(True), modifiers=modifiers()),
        st.builds(Scroll, dx=amounts, dy=amounts, unit=st.just("notch"), at=_maybe(point), modifiers=modifiers()),
        st.builds(Scroll, dx=pixels, dy=pixels, unit=st.just("pixel"), at=_maybe(point), modifiers=modifiers()),
        st.builds(
            lambda way, at, held: Scroll(dx=way[0], dy=way[1], unit="unspecified", at=at, modifiers=held),
            ways,
            _maybe(point),
            modifiers(),
        ),
        st.builds(Zoom, top_left=point, bottom_right=point),
        st.builds(LongPress, at=point, seconds=st.none() | seconds()),
    )


def keyboard_actions() -> st.SearchStrategy[Action]:
    """Actions of the keyboard."""
    return st.one_of(
        st.builds(Type, text=typed_texts()),
        st.builds(
            Key,
            chords=st.lists(chords(), min_size=1, max_size=3).map(tuple),
            repeat=st.none() | st.integers(1, 5),
        ),
        st.builds(Key, chords=st.tuples(chords())),
        st.builds(HoldKey, chord=chords(2), seconds=seconds()),
        st.builds(KeyDown, key=keys()),
        st.builds(KeyUp, key=keys()),
    )


def other_actions() -> st.SearchStrategy[Action]:
    """Waiting, looking, browsing, phones, and the end of a task."""
    return st.one_of(
        st.builds(Wait, seconds=st.none() | seconds()),
        st.builds(Navigate, url=st.sampled_from(("example.org", "https://example.org/?a=1", "back", "reload"))),
        st.builds(OpenApp, name=st.sampled_from(("Settings", "M&S", "it's"))),
        st.builds(Done, text=st.none() | typed_texts()),
        st.builds(AskUser, text=st.none() | typed_texts()),
        st.sampled_from((Screenshot(), CursorPosition(), Back(), Forward(), Reload(), PressHome(), PressBack())),
    )


def actions(points: st.SearchStrategy[ModelPoint] | None = None) -> st.SearchStrategy[Action]:
    """Every action there is, without anything that belongs to one vendor."""
    return pointer_actions(points) | keyboard_actions() | other_actions()


# What stands under a key of a vendor's document: mostly right, sometimes not.
_SPELLED_CHORDS: Final = ("ctrl+c", "Return", "CTRL+SHIFT+T", "cmd+a", "ctrl++", "Page_Down", "nonsense", "ctrl+", "")
_PAIRS: Final = st.lists(st.integers(-5, 2000), min_size=2, max_size=2)
_TARGETS: Final = st.one_of(
    st.fixed_dictionaries({"type": st.just("coordinate"), "x": st.integers(0, 2000), "y": st.integers(0, 2000)}),
    st.fixed_dictionaries({"type": st.just("ref"), "ref": st.just("ref_7")}),
)
_XY: Final = st.fixed_dictionaries({"x": st.integers(0, 2000), "y": st.integers(0, 2000)})
_VALUES: Final[dict[str, st.SearchStrategy[Json]]] = {
    "coordinate": _PAIRS,
    "start_coordinate": _PAIRS,
    "text": st.sampled_from(_SPELLED_CHORDS) | typed_texts(),
    "modifiers": st.sampled_from(_SPELLED_CHORDS),
    "scroll_direction": st.sampled_from(("up", "down", "left", "right", "sideways")),
    "scroll_amount": st.integers(-1, 12),
    "duration": seconds(),
    "region": st.lists(st.integers(0, 2000), min_size=4, max_size=4),
    "repeat": st.integers(0, 101),
    "url": st.sampled_from(("example.org", "back", "forward", "reload")),
    "target": _TARGETS,
    "from": _TARGETS,
    "tab_id": st.just("3"),
    "button": st.sampled_from(("left", "right", "wheel", "back", "forward", "middle")),
    "x": st.integers(-5, 2000),
    "y": st.integers(-5, 2000),
    "keys": st.lists(st.sampled_from(("CTRL", "c", "ENTER", "ArrowUp", "UP", "NOPE")), max_size=3),
    "path": st.lists(_XY, max_size=4),
    "scroll_x": st.sampled_from((0, 100, -300, 55)),
    "scroll_y": st.sampled_from((0, 100, -300, 55)),
    "unheard_of": st.just(1),
}
_ANTHROPIC_KEYS: Final = [
    "coordinate",
    "text",
    "scroll_direction",
    "scroll_amount",
    "duration",
    "region",
    "repeat",
    "start_coordinate",
    "unheard_of",
]
_BROWSER_KEYS: Final = [
    "target",
    "from",
    "modifiers",
    "text",
    "scroll_direction",
    "scroll_amount",
    "duration",
    "region",
    "repeat",
    "url",
    "tab_id",
]
_OPENAI_KEYS: Final = ["button", "x", "y", "keys", "path", "scroll_x", "scroll_y", "text", "unheard_of"]


def _objects(names: list[str]) -> st.SearchStrategy[JsonObject]:
    values: dict[str, st.SearchStrategy[Json]] = {
        name: st.one_of(_VALUES[name], _VALUES[name], st.none(), json_values(max_leaves=2)) for name in names
    }
    return st.fixed_dictionaries({}, optional=values)


def anthropic_documents(tool: str) -> st.SearchStrategy[JsonObject]:
    """Documents of one of Anthropic's computer tools: many fit, many do not, some have unknown keys and actions."""
    version = TOOLS[tool]
    names = st.sampled_from((*sorted(version.actions), "teleport"))
    if version.toolset is None:
        fields = _objects(_ANTHROPIC_KEYS)
        return st.builds(lambda name, rest: {"action": name, **rest}, names, fields)
    browser = version.toolset == "browser"
    names = names | st.sampled_from(sorted(BROWSER_ONLY)) if browser else names
    fields = _objects(_BROWSER_KEYS if browser else _ANTHROPIC_KEYS)
    return st.builds(lambda name, rest: {"toolset_name": version.toolset, "name": name, "input": rest}, names, fields)


def openai_documents() -> st.SearchStrategy[JsonObject]:
    """OpenAI's computer actions: many fit, many do not, some have unknown keys and types."""
    names = ["click", "double_click", "drag", "keypress", "move", "screenshot", "scroll", "type", "wait", "teleport"]
    return st.builds(lambda name, rest: {"type": name, **rest}, st.sampled_from(names), _objects(_OPENAI_KEYS))


def _place(limit: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(0, limit), st.integers(0, limit))


def text_calls(template: Template) -> st.SearchStrategy[TextCall]:
    """Calls a template has a form for, with any text in them."""
    return st.sampled_from(list(template.forms.values())).flatmap(lambda form: _calls_of(form, template))


_NEEDED: Final[dict[str, frozenset[Role]]] = {
    "finished": frozenset(),
    "call_user": frozenset(),
    "wait": frozenset(),
    "long_press": frozenset({"at"}),
    "mouse_down": frozenset(),
    "mouse_up": frozenset(),
}
"""Roles a call must have, where that is fewer than its form names."""


def _calls_of(form: Form, template: Template) -> st.SearchStrategy[TextCall]:
    roles = [role for role, _ in form.arguments]
    needed = _NEEDED.get(form.verb, frozenset(roles))
    fields: dict[str, st.SearchStrategy[object]] = {}
    optional: dict[str, st.SearchStrategy[object]] = {}
    for role in roles:
        (fields if role in needed else optional)[role] = _argument(role)
    said = st.fixed_dictionaries(fields, optional=optional)
    return said.map(lambda values: TextCall(verb=form.verb, **_boxed(dict(values), template)))


def _boxed(values: dict[str, Json], template: Template) -> dict[str, Json]:
    """Add the box that a template with boxes writes around each point."""
    if template.point_form == "box":
        for role, box in (("at", "box"), ("to", "to_box")):
            if role in values:
                values[box] = (*values[role], *values[role])
    return values


def _argument(role: Role) -> st.SearchStrategy[object]:
    names = st.sampled_from(("ctrl", "c", "enter", "pagedown", "+", "f5"))
    strategies: dict[Role, st.SearchStrategy[object]] = {
        "at": _place(5000),
        "to": _place(5000),
        "text": typed_texts(),
        "keys": st.lists(names, min_size=1, max_size=3, unique=True)
        .filter(lambda keys: "+" not in keys or keys[-1] == "+")
        .map(tuple),
        "direction": st.sampled_from(("up", "down", "left", "right")),
        "button": st.sampled_from(("left", "right", "middle")),
        "seconds": st.integers(0, 400) | st.sampled_from((0.5, 2.25)),
        "url": typed_texts().filter(bool),
        "app": typed_texts().filter(bool),
    }
    return strategies[role]


def thoughts() -> st.SearchStrategy[str | None]:
    """Thoughts that can be written before an action; ``None`` for none."""
    hard = st.sampled_from(
        (
            "Click it.",
            "two\nlines\n\nand a third",
            "see <point>1 2</point>",
            "the next Action: is to click",
            "call `click(start_box='(1,2)')` now",
            "我应该点击",
            "</think>",
        )
    )
    return st.none() | hard
