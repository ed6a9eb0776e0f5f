"""Law L11: an action said in another vocabulary without loss does the same to a desktop; with loss, never something else."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import find, given
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from polyloop.loop.computers import Desktop, Event, NotPerformableError, form_desktop, perform
from polyloop.loop.computers.events import Paused, WheelTurned
from polyloop.translate.computer_use.actions import Action, Click, Foreign, ScreenAction, neutral
from polyloop.translate.computer_use.coordinates import Frame, Size
from polyloop.translate.computer_use.outcomes import NotExpressible
from polyloop.translate.computer_use.placement import place
from polyloop.translate.computer_use.points import ModelPoint
from polyloop.translate.testing.actions import actions
from polyloop.translate.testing.vocabularies import VOCABULARIES, Said, Vocabulary

# Side and range are alike, so that pixels and thousandths name the same points and nothing is lost to rounding.
SIZE = Size(1000, 1000)
FRAME = Frame(screen=SIZE, sent=SIZE)
DESKTOP = form_desktop(SIZE)

Effect = Event | ScreenAction
"""What a vocabulary's words come to: events on the desktop, or an action that is not the desktop's to do."""

NEVER_LOSSY = frozenset({"computer_20241022", "uitars grounding-doubao", "uitars mobile-1.0"})
"""They have so few forms that all they cannot say exactly is refused."""

each = pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda vocabulary: vocabulary.name)
pairs = pytest.mark.parametrize(
    ("source", "target"),
    [(source, target) for source in VOCABULARIES for target in VOCABULARIES if source is not target],
    ids=lambda vocabulary: vocabulary.name,
)


def effects_of(said: Iterable[Action], desktop: Desktop = DESKTOP) -> list[Effect]:
    effects: list[Effect] = []
    for action in said:
        placed = place(action, FRAME)
        try:
            desktop, trace = perform(desktop, placed)
        except NotPerformableError:
            effects.append(neutral(placed))
        else:
            effects.extend(trace)
    return effects


def without_numbers(effects: list[Effect]) -> list[object]:
    """Leave out what a vocabulary may lack and then names as missing: how long, how far, which closing words."""
    coarse: list[object] = []
    for effect in effects:
        match effect:
            case WheelTurned(dx, dy):
                coarse.append(("wheel", (dx > 0) - (dx < 0), (dy > 0) - (dy < 0)))
            case Paused():
                coarse.append("pause")
            case _:
                coarse.append(type(effect) if type(effect).__name__ in ("Done", "AskUser") else effect)
    return coarse


@each
def test_no_loss_means_the_same_events(vocabulary: Vocabulary) -> None:
    """From one vocabulary through the hub to every other: nothing missing on the way, the same trace on the desktop."""

    @given(actions())
    def law(action: Action) -> None:
        first = vocabulary.say(action)
        if not isinstance(first, Said):
            return
        before = effects_of(first.read_back)
        for target in VOCABULARIES:
            said = [target.say(read) for read in first.read_back]
            whole = [saying for saying in said if isinstance(saying, Said)]
            if len(whole) == len(said):
                check(before, whole)

    law()


def check(before: list[Effect], said: list[Said]) -> None:
    after = effects_of(read for saying in said for read in saying.read_back)
    if any(saying.missing for saying in said):
        assert without_numbers(after) == without_numbers(before)
    else:
        assert after == before


@each
def test_a_vocabulary_says_an_action_or_something_is_missing(vocabulary: Vocabulary) -> None:
    """From the hub to a vocabulary and back: the same trace, or a loss, and never another action."""

    @given(st.lists(actions(), min_size=1, max_size=3))
    def law(batch: list[Action]) -> None:
        said = [(action, vocabulary.say(action)) for action in batch]
        whole = [(action, saying) for action, saying in said if isinstance(saying, Said)]
        check(effects_of(action for action, _ in whole), [saying for _, saying in whole])

    law()


@pairs
def test_a_click_is_lossless_between_all_of_them(source: Vocabulary, target: Vocabulary) -> None:
    """The law is not kept by refusing everything."""
    click = Click(at=ModelPoint(320, 134))
    first = source.say(click)
    assert isinstance(first, Said)
    assert not first.missing
    said = [target.say(read) for read in first.read_back]
    refused = [each for each in said if not isinstance(each, Said)]
    if source.name == "computer_20241022":
        # Its click is a move and a click where the pointer is, and not everyone can say these.
        return
    assert not refused
    assert effects_of([click]) == effects_of(read for each in said if isinstance(each, Said) for read in each.read_back)


@each
def test_losses_and_refusals_are_reached(vocabulary: Vocabulary) -> None:
    def refused(action: Action) -> bool:
        return isinstance(vocabulary.say(action), NotExpressible)

    def loses(action: Action) -> bool:
        said = vocabulary.say(action)
        return isinstance(said, Said) and said.missing != ()

    assert refused(find(actions(), refused))
    if vocabulary.name in NEVER_LOSSY:
        with pytest.raises(NoSuchExample):
            find(actions(), loses)
    else:
        assert loses(find(actions(), loses))


def test_foreign_actions_are_refused_with_their_reason() -> None:
    foreign = Foreign(family="anthropic", tool="computer_20250124", document={}, reason="unknown key 'Foo'")
    with pytest.raises(NotPerformableError, match="unknown key 'Foo'"):
        perform(DESKTOP, foreign)
