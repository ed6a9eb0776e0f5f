"""The entry point through which Hypothesis learns polyloop's strategies when it is imported."""

from __future__ import annotations


def register() -> None:
    """Register the hub's strategies for ``st.from_type``; nothing of polyloop is imported before one of them is asked for."""
