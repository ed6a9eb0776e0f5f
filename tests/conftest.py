"""Hypothesis profiles, the recorded traffic, the watch for keys, and a guard against a second copy of our packages."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests.canary import ENVIRONMENT, WATCHED
from tests.key_watch import MARK, KeyWatch

from polyloop.translate.testing import corpus as recorded

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, print_blob=True, database=None)
settings.register_profile("quick", settings.get_profile("ci"), max_examples=20)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))


_WATCH = pytest.StashKey[KeyWatch]()


def pytest_configure(config: pytest.Config) -> None:
    """Put canaries where keys are looked for, and watch the whole suite for them."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell that starts the tests in the background has interrupts ignored, and every program that they start inherits it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", f"{MARK}(reason): puts a key into its own files or output")
    os.environ.update(ENVIRONMENT)
    watch = KeyWatch(WATCHED)
    config.stash[_WATCH] = watch
    config.pluginmanager.register(watch, "key-watch")


@pytest.fixture(scope="session", autouse=True)
def _no_key_in_any_folder(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[KeyWatch]:
    """Look at the folders that several tests share, when all are done."""
    watch = pytestconfig.stash[_WATCH]
    yield watch
    watch.found.clear()
    watch.look_below(tmp_path_factory.getbasetemp())
    places = sorted(set(watch.found))
    watch.found.clear()
    assert not places, f"a key is seen in: {', '.join(places)}"


@pytest.fixture(scope="session")
def corpus() -> recorded.Corpus:
    """The recorded traffic; the test is skipped where there is none. POLYLOOP_FULL=1 takes every line of it."""
    found = recorded.find(cover=not os.environ.get("POLYLOOP_FULL"))
    if found is None:
        pytest.skip(f"no recorded traffic: set {recorded.VARIABLE} to a folder that holds it")
    return found


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout; the test is skipped where the tests run against an installed wheel alone."""
    root = Path(__file__).resolve().parents[1]
    if not (root / "translate").is_dir():
        pytest.skip("not a checkout of the repository: the tests run against an installed wheel")
    return root


@pytest.fixture(scope="session", autouse=True)
def _one_copy_of_every_class() -> Iterator[None]:
    """From the repository's root ``import translate`` works too, and makes a second copy of every class: nobody may do it."""
    yield
    twice = sorted({"translate", "transport", "loop"} & set(sys.modules))
    assert not twice, f"imported without the polyloop prefix: {', '.join(twice)}"
