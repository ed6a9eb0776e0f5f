"""Make the laws into pytest tests for a wire of your own.

    from polyloop.translate.testing.check import check_wire
    from my_service.my_wire import WIRE

    TestMyWire = check_wire(WIRE)

pytest collects the class. Its documents are generated from the record classes that ``WIRE.roots`` names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ..wires import Wire, read, wire_of
from . import laws
from .neutral import places, says_nothing, without_residue
from .records import field_values, requests, responses
from .strategies import documents, mutations

_SLOW: Final = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
"""Whole documents are large: what Hypothesis warns of in tests of small values."""
_READ: Final = ("request", "response")
_RECORDS: Final = {"request": requests, "response": responses}


def check_wire(wire: str | Wire) -> type:
    """Return a class of tests, one for each law and kind that the wire has.

    L1 for every kind, under mutation too; L2 with its second half (no shadow copy) for requests and replies; where the wire adapts,
    that what was adapted can be written, reads back as itself and needs no more adapting.
    """
    found = wire_of(wire)
    tests: dict[str, Any] = {"__doc__": f"The laws for the wire {found.name}."}
    for kind in found.roots:
        tests |= _codec_tests(found, kind)
    for kind in (kind for kind in _READ if kind in found.roots):
        tests |= _hub_tests(found, kind)
        if (found.adapt_request if kind == "request" else found.adapt_response) is not None:
            tests |= _adapting_tests(found, kind)
    return type(f"Test {found.name}", (), tests)


def _codec_tests(wire: Wire, kind: str) -> dict[str, Any]:
    made = documents(wire, kind)
    return {
        f"test_{kind}_is_exact_through_the_codec": _test(
            made, lambda document: laws.exact_codec(document, wire=wire, kind=kind)
        ),
        f"test_{kind}_mutated_is_exact_or_refused": _test(
            made.flatmap(mutations), lambda document: laws.exact_or_refused(document, wire=wire, kind=kind)
        ),
    }


def _hub_tests(wire: Wire, kind: str) -> dict[str, Any]:
    made = documents(wire, kind)
    return {
        f"test_{kind}_is_exact_through_the_hub": _test(
            made, lambda document: laws.exact_hub(document, wire=wire, kind=kind)
        ),
        f"test_{kind}_has_no_shadow_copy_in_the_hub": _test(st.data(), lambda data: _evolve(data, wire, kind)),
    }


def _adapting_tests(wire: Wire, kind: str) -> dict[str, Any]:
    made = _RECORDS[kind]()
    return {
        f"test_{kind}_adapted_reads_back": _test(made, lambda record: laws.adapted_reads_back(record, wire=wire)),
        f"test_{kind}_adapted_needs_no_more_adapting": _test(
            made, lambda record: laws.adapting_is_idempotent(record, wire=wire)
        ),
    }


def _evolve(data: st.DataObject, wire: Wire, kind: str) -> None:
    record = read(wire, kind, data.draw(documents(wire, kind)))
    found = list(places(record))
    assume(found)
    place, cls, name = data.draw(st.sampled_from(found))
    value = without_residue(data.draw(field_values(cls, name)))
    assume(not says_nothing(value))
    laws.evolve_survives(record, place, value, wire=wire)


def _test(made: st.SearchStrategy[Any], law: Callable[[Any], None]) -> Callable[[Any], None]:
    @settings(deadline=None, suppress_health_check=_SLOW)
    @given(drawn=made)
    def test(self: object, drawn: Any) -> None:
        law(drawn)

    return test
