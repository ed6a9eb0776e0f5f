"""What all tests of the transport are under: no key is ever seen in logs, exceptions, output or files."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.transport.canary import CANARY, Watch, chain, texts_below

from polyloop.transport.errors import TransportError


@pytest.fixture(scope="session", autouse=True)
def _hears_every_log() -> Iterator[Watch]:
    """One ear for the session, at the lowest level of every library."""
    watch, root = Watch(), logging.getLogger()
    before = root.level
    root.addHandler(watch)
    root.setLevel(logging.DEBUG)
    logging.getLogger("asyncio").setLevel(logging.INFO)
    yield watch
    root.removeHandler(watch)
    root.setLevel(before)


@pytest.fixture(autouse=True)
def _no_key_is_seen(
    _hears_every_log: Watch, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[None]:
    """Look, after each test, through all that it said, raised and wrote."""
    folder: Path | None = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames else None
    raised: list[BaseException] = []
    begin = TransportError.__init__

    def noted(self: TransportError, *arguments: object) -> None:
        begin(self, *arguments)
        raised.append(self)

    monkeypatch.setattr(TransportError, "__init__", noted)
    _hears_every_log.said.clear()
    yield
    assert not [line for line in _hears_every_log.said if CANARY in line], "a key in a log"
    for error in raised:
        assert not [text for text in chain(error) if CANARY in text], f"a key in {type(error).__name__}"
    if folder is not None:
        assert not [name for name, text in texts_below(folder) if CANARY.encode() in text], "a key in a file"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """No report, captured output included, shows a key."""
    report: pytest.TestReport = yield  # type: ignore[assignment]  # a wrapper is sent the result
    shown = "\n".join([report.longreprtext, *(text for _, text in report.sections)])
    assert CANARY not in shown, "a key in a report"
    return report  # type: ignore[return-value]
