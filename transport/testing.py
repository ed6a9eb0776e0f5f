"""For the tests of those who use polyloop: the scripted provider as a pytest fixture.

Make it known with ``pytest_plugins = ["polyloop.transport.testing"]`` in a ``conftest.py``, or import ``scripted_provider`` there.
pytest is imported when the fixture is first looked up, not with this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

from .scripted import Keys, Rule, Scenario, ScriptedProvider, Settings

__all__ = ["StartScriptedProvider", "scripted_provider"]


class StartScriptedProvider(Protocol):
    """What the fixture ``scripted_provider`` gives a test."""

    def __call__(
        self,
        scenario: Scenario,
        *,
        keys: Keys | None = None,
        settings: Settings | None = None,
        faults: Sequence[Rule] = (),
        seed: int = 0,
    ) -> ScriptedProvider:
        """Start a server in a thread of its own; it ends with the test. May be called several times in one test."""
        ...


def _scripted_provider() -> Iterator[StartScriptedProvider]:
    """Start scripted providers that end with the test, and fail it where a scenario had no answer."""
    with ExitStack() as servers:

        def start(
            scenario: Scenario,
            *,
            keys: Keys | None = None,
            settings: Settings | None = None,
            faults: Sequence[Rule] = (),
            seed: int = 0,
        ) -> ScriptedProvider:
            running = ScriptedProvider.running(scenario, keys=keys, settings=settings, faults=faults, seed=seed)
            return servers.enter_context(running)

        yield start


if TYPE_CHECKING:
    import pytest

    scripted_provider = pytest.fixture(_scripted_provider)
else:

    def __getattr__(name: str) -> Any:
        """Make the fixture when it is first asked for."""
        if name != "scripted_provider":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import pytest

        fixture = pytest.fixture(_scripted_provider, name=name)
        globals()[name] = fixture
        return fixture

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
