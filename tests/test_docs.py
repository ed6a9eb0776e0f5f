"""The documentation is run: every Python block, and every ``polyloop`` command of a shell block, against the scripted provider on loopback."""

from __future__ import annotations

import asyncio
import inspect
import re
import shlex
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import frozen

from polyloop.loop.cli import main
from polyloop.loop.stores import MemoryStore
from polyloop.transport.scripted import Reply, Scenario, ScriptedProvider, Text, ToolCall, When
from polyloop.transport.scripted.scenario import Step

for module in ("anthropic", "openai", "PIL"):
    pytest.importorskip(
        module,
        reason="the documentation uses the clients of the providers and draws the desktop: install polyloop[dev]",
    )

ROOT: Final = Path(__file__).resolve().parents[1]
PAGES: Final = sorted(
    str(path.relative_to(ROOT)) for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")) if path.exists()
)
BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")

SCENARIO: Final = Scenario(
    steps=(
        Step(
            when=When(tool="extraction", turns=0),
            reply=Reply(
                parts=(
                    ToolCall(name="extraction", arguments={"data": {"name": "greeting", "result": {"text": "hello"}}}),
                )
            ),
        ),
    ),
    otherwise=Reply(parts=(Text(text="Done."),)),
)
DOCUMENT: Final = '{"model": "claude-opus-5", "max_tokens": 16, "messages": [{"role": "user", "content": "Hello."}]}'


@frozen
class Block:
    language: str
    text: str
    line: int


def blocks(page: str) -> list[Block]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [Block(found[1], found[2], text[: found.start()].count("\n") + 2) for found in BLOCK.finditer(text)]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedProvider]:
    """An empty folder, the scripted provider under every provider's settings, and no way to any other host."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "request.json").write_text(DOCUMENT, encoding="utf-8")
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        assert isinstance(address, str) or address[0] in LOOPBACK, f"the documentation reaches for {address}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    with ScriptedProvider.running(SCENARIO) as server:
        keys = server.keys
        for name, value in {
            "ANTHROPIC_API_KEY": keys.anthropic,
            "ANTHROPIC_BASE_URL": server.base_url("anthropic"),
            "OPENAI_API_KEY": keys.openai,
            "OPENAI_BASE_URL": server.base_url("openai"),
            "UITARS_API_KEY": keys.uitars,
            "UITARS_BASE_URL": server.base_url("uitars"),
            "LEGACYUSE_PROXY_API_KEY": keys.legacyuse,
            "LEGACYUSE_PROXY_BASE_URL": server.base_url("legacyuse"),
        }.items():
            monkeypatch.setenv(name, value)
        yield server


def test_pages_were_found_in_a_checkout(repository: Path) -> None:
    assert "README.md" in PAGES
    assert "docs/index.md" in PAGES
    assert sum(len(blocks(page)) for page in PAGES) > 20


@pytest.mark.parametrize("page", [page for page in PAGES if any(block.language == "python" for block in blocks(page))])
def test_the_python_of_a_page_runs(page: str, world: ScriptedProvider) -> None:
    """The blocks of a page are one program. A coroutine function without parameters, or with a ``db``, is run as well."""
    names: dict[str, Any] = {"__name__": "documentation"}
    for block in blocks(page):
        if block.language != "python":
            continue
        before = set(names)
        # The line numbers of a failure are those of the page.
        exec(compile("\n" * (block.line - 1) + block.text, page, "exec", dont_inherit=True), names)
        for name in sorted(set(names) - before):
            ran(names[name], page)


def ran(value: Any, page: str) -> None:
    if not inspect.iscoroutinefunction(value) or value.__module__ != "documentation":
        return
    parameters = list(inspect.signature(value).parameters)
    if parameters == ["db"]:
        asyncio.run(value(MemoryStore()))
    elif not parameters:
        asyncio.run(value())


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any("polyloop " in block.text for block in blocks(page) if block.language == "sh")],
)
def test_the_commands_of_a_page_run(page: str, world: ScriptedProvider, capsys: pytest.CaptureFixture[str]) -> None:
    for block in blocks(page):
        if block.language != "sh":
            continue
        for line in block.text.splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["polyloop"]:
                assert main(words[1:]) == 0, f"{page}:{block.line}: {line}\n{capsys.readouterr().err}"


def test_every_link_between_pages_leads_somewhere(repository: Path) -> None:
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert ((ROOT / page).parent / target).exists(), f"{page} links {target}"


def test_the_reference_is_made_from_the_docstrings(repository: Path) -> None:
    names: dict[str, Any] = {"__name__": "reference", "__file__": str(repository / "docs" / "reference.py")}
    exec((repository / "docs" / "reference.py").read_text(encoding="utf-8"), names)
    text = names["reference"]()
    for name in ("convert", "StreamConverter", "create_client", "sampling_loop", "X11Computer", "render_page"):
        assert f"`{name}(" in text
