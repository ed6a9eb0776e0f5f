"""A plugin that watches the whole suite for keys: a test in which one is seen fails, and the failure names the place.

Looked at: log records of every level and library, their exceptions included (URLs are logged by the HTTP libraries); captured output;
warnings; what failed, with everything it was raised from; every error of the transport, whether or not a test expected it; and all files
under the folders that pytest gave to tests: stores, recordings, pages. A test that must put a key somewhere itself says so:

    @pytest.mark.holds_key("a settings file is what is read here")     # only errors of the transport are looked at then
"""

from __future__ import annotations

import logging
import traceback
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from polyloop.transport.errors import TransportError

MARK: Final = "holds_key"
MASK: Final = "<key>"


class KeyWatch:
    """The plugin. Its findings belong to the test that runs when they are made."""

    def __init__(self, watched: Iterable[str]) -> None:
        self.watched = tuple(watched)
        self.found: list[str] = []
        self.raised: list[BaseException] = []
        self.exempt: set[Path] = set()
        self._begin = TransportError.__init__
        self._ear = _Ear(self)

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Listen to every logger, and note every error of the transport."""
        root = logging.getLogger()
        root.addHandler(self._ear)
        root.setLevel(logging.DEBUG)
        logging.getLogger("asyncio").setLevel(logging.INFO)
        begin, raised = self._begin, self.raised

        def noted(error: TransportError, *arguments: Any) -> None:
            begin(error, *arguments)
            raised.append(error)

        TransportError.__init__ = noted  # type: ignore[method-assign, assignment]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Stop listening."""
        logging.getLogger().removeHandler(self._ear)
        TransportError.__init__ = self._begin  # type: ignore[method-assign]

    def see(self, place: str, text: str) -> None:
        """Look at a text from a place."""
        if self.shown_in(text):
            self.found.append(place)

    def shown_in(self, text: str) -> bool:
        """Tell whether a text shows a key."""
        return any(key in text for key in self.watched)

    def masked(self, text: str) -> str:
        """Return a text without keys."""
        for key in self.watched:
            text = text.replace(key, MASK)
        return text

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Run the test; then fail it for what was seen."""
        holds = item.get_closest_marker(MARK) is not None
        self.found.clear()
        self.raised.clear()
        result = yield
        if holds:
            self.found.clear()
        for error in self.raised:
            self.see(f"an error of the transport, {type(error).__name__}", "\n".join(chain(error)))
        self.raised.clear()
        if self.found:
            places = ", ".join(sorted(set(self.found)))
            report = pytest.TestReport(
                item.nodeid, item.location, {}, "failed", f"a key is seen in: {places}", "teardown"
            )
            item.ihook.pytest_runtest_logreport(report=report)
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        """Look at a report, and take a key out of it before anybody reads it."""
        report: pytest.TestReport = yield  # type: ignore[assignment]  # a wrapper is sent the result
        if self.shown_in(report.longreprtext):
            self.found.append("the report")
            report.longrepr = self.masked(report.longreprtext)
        if call.excinfo is not None:
            self.see("an exception", "\n".join(chain(call.excinfo.value)))
        for name, text in report.sections:
            self.see(name, text)
        report.sections = [(name, self.masked(text)) for name, text in report.sections]
        self._look_at_files(item, ended=call.when == "teardown")
        return report  # type: ignore[return-value]

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        """Look at a warning, and take a key out of it before it is summed up."""
        text = str(warning_message.message)
        if self.shown_in(text):
            self.found.append(f"a warning, {warning_message.category.__name__}")
            warning_message.message = warning_message.category(self.masked(text))

    def look_below(self, folder: Path) -> None:
        """Look at every file under a folder, but for those of tests that hold keys."""
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.is_symlink() or not self.exempt.isdisjoint(path.parents):
                continue
            content = path.read_bytes()
            if any(key.encode() in content for key in self.watched):
                self.found.append(f"the file {path.relative_to(folder)}")

    def _look_at_files(self, item: pytest.Item, *, ended: bool) -> None:
        known = getattr(item, "funcargs", None) or {}
        folders = [known.get("tmp_path"), getattr(known.get("pytester"), "path", None)]
        for folder in (folder for folder in folders if folder is not None):
            if item.get_closest_marker(MARK) is not None:
                self.exempt.add(
                    folder
                )  # before the end of the test, which may be the end of all, where every folder is looked at
            elif ended:
                self.look_below(folder)


class _Ear(logging.Handler):
    """Hears every log record."""

    def __init__(self, watch: KeyWatch) -> None:
        super().__init__(level=logging.DEBUG)
        self._watch = watch

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            text += "\n".join(chain(record.exc_info[1]))
        self._watch.see(f"a log of {record.name}", text)


def chain(error: BaseException) -> Iterator[str]:
    """Yield what can be read off an exception and everything it was raised from: text, repr, attributes, traceback."""
    yield "".join(traceback.format_exception(error))
    seen: set[int] = set()
    links: list[BaseException | None] = [error]
    while links:
        link = links.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        yield f"{link!s}\n{link!r}\n{vars(link)!r}\n{link.args!r}"
        links += [link.__cause__, link.__context__]
