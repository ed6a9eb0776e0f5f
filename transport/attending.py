"""Await something, and attend to what it has brought so far each time before really waiting.

A socket's read brings many events of a stream at once, but an HTTP library hands them out one by one, each after some awaits that do not
wait. Whoever reads an event as it is handed out pays for the change between the two every time. Here they are gathered for as long as
nothing needs to be waited for, and are read together; none of them is ever looked at later than it would have been, but by the time that it
takes to gather the others.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from types import coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


@coroutine
def attending(work: Coroutine[Any, Any, Result], attend: Callable[[], None]) -> Generator[Any, Any, Result]:
    """Await ``work`` and call ``attend`` whenever it is about to wait. What ``attend`` raises is raised in ``work``, where it waits. Behind
    that, and behind a cancellation, ``attend`` is not called again: what waits then is the clearing up.

    Otherwise it is ``await work``: results, exceptions and cancellation pass through. What was gathered after the last wait is left to the
    caller.
    """
    resume: Callable[[Any], Any] = work.send
    given: Any = None
    attentive = True
    while True:
        try:
            signal = resume(given)
        except StopIteration as end:
            result: Result = end.value
            return result
        if attentive:
            try:
                attend()
            except Exception as error:
                attentive = False
                resume, given = work.throw, error
                continue
        try:
            given = yield signal
            resume = work.send
        except BaseException as error:  # a cancellation too is for the work to receive
            attentive = False
            resume, given = work.throw, error
