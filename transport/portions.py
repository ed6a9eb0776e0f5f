"""A long history that is new to a client, translated a portion at a time, so that nobody waits for the whole of it.

A job that is resumed shows a client all its turns at once. Translating and encoding them is work of the event loop's; done at one go it would hold
everybody else up, for longer the more images there are. A memo makes the way there a series of requests that grow: each is what the
client would have been asked before, and costs what is new in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from weakref import WeakValueDictionary

import attrs

from polyloop.translate import hub

STEPS: Final = 1
"""Steps of a conversation, each a reply and what follows it, that are translated at one go."""
MOST_PORTIONS: Final = 100
"""Each portion walks over those before it: a very long history has larger ones."""


class Portions:
    """Knows which conversations a client has seen, by the identity of their turns; holds none of them alive."""

    def __init__(self) -> None:
        self._seen: WeakValueDictionary[int, hub.Turn] = WeakValueDictionary()

    def of(self, request: hub.Request) -> Iterator[hub.Request]:
        """Give the beginnings of a request that are to be translated before it; none where all but a few steps are known."""
        turns = request.turns
        cuts: list[int] = []
        for place in range(len(turns) - 1, -1, -1):
            turn = turns[place]
            if turn.role == "assistant":
                if self._seen.get(id(turn)) is turn:
                    break
                cuts.append(place)
        if cuts:
            self._seen[id(turns[cuts[0]])] = turns[cuts[0]]
        cuts.reverse()
        step = max(STEPS, -(-len(cuts) // MOST_PORTIONS))
        for place in cuts[step::step]:
            yield attrs.evolve(request, turns=turns[:place])
