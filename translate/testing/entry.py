"""The entry point through which Hypothesis learns polyloop's strategies when it is itself imported."""

from __future__ import annotations

from typing import Any


def register() -> None:
    """Make the hub's records known to ``st.from_type``; the strategies are made when one of them is first asked for."""
    import attrs
    from hypothesis import strategies as st

    from .. import hub

    def made(record: Any) -> st.SearchStrategy[Any]:
        from .records import records_of

        return records_of(record)

    for found in vars(hub).values():
        if isinstance(found, type) and issubclass(found, hub.HubRecord) and attrs.has(found):
            st.register_type_strategy(found, made)
