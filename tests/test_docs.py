"""The documentation is run: every block of README and docs, against the scripted provider on loopback; and the reference is complete."""

from __future__ import annotations

import ast
import asyncio
import doctest
import inspect
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from attrs import frozen
from benchmarks import tables

from polyloop.loop.cli import main
from polyloop.loop.cli.main import COMMANDS
from polyloop.loop.stores import MemoryStore
from polyloop.transport.scripted import Reply, Scenario, ScriptedProvider, Text, ToolCall, When
from polyloop.transport.scripted.scenario import Step
from polyloop.transport.scripted.script import load
from polyloop.transport.settings import load_transport_config

for module in ("anthropic", "openai", "PIL"):
    pytest.importorskip(
        module,
        reason="the documentation uses the clients of the providers and draws the desktop: install polyloop[dev]",
    )

ROOT: Final = Path(__file__).resolve().parents[1]
PAGES: Final = sorted(
    str(path.relative_to(ROOT))
    for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
    if path.exists() and path.name != "reference.md"  # made of docstrings
)
BLOCK: Final = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
RUN: Final = ("python", "sh", "json", "toml")
MAKES_AN_ENVIRONMENT: Final = ".venv"
DOCTESTED: Final = ("polyloop.translate",)
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


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str) -> list[Block]:
    text = text_of(page)
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


def test_every_block_is_of_a_language_that_is_run() -> None:
    """``text`` is output. A block without a language would be run by nobody."""
    found = {(page, block.line): block.language for page in PAGES for block in blocks(page)}
    assert {place: language for place, language in found.items() if language not in (*RUN, "text")} == {}
    for page in PAGES:
        assert len(re.findall("^ *```", text_of(page), re.MULTILINE)) == 2 * len(blocks(page)), f"{page}: an odd fence"


@pytest.mark.parametrize("page", [page for page in PAGES if any(block.language == "python" for block in blocks(page))])
def test_the_python_of_a_page_runs(page: str, world: ScriptedProvider) -> None:
    """The blocks of a page are one program. What it defines is run as well: coroutine functions without parameters or with a ``db``,
    and tests, with the fixture they ask for."""
    names: dict[str, Any] = {"__name__": "documentation", "my_agent": my_agent}
    for block in blocks(page):
        if block.language != "python":
            continue
        before = set(names)
        # The line numbers of a failure are those of the page.
        exec(compile("\n" * (block.line - 1) + block.text, page, "exec", dont_inherit=True), names)
        for name in sorted(set(names) - before):
            ran(name, names[name], names)


def ran(name: str, value: Any, names: Mapping[str, Any]) -> None:
    if not inspect.isfunction(value) or value.__module__ != "documentation":
        return
    parameters = list(inspect.signature(value).parameters)
    if inspect.iscoroutinefunction(value):
        if parameters == ["db"]:
            asyncio.run(value(MemoryStore()))
        elif not parameters:
            asyncio.run(value())
    elif name.startswith("test_") and parameters == ["scripted_provider"]:
        with ExitStack() as servers:
            value(lambda scenario: servers.enter_context(ScriptedProvider.running(scenario)))
    elif name.startswith("test_") and not parameters:
        value()


def my_agent(api_key: str, base_url: str) -> None:
    """Somebody's agent, for the page on testing agents: asks, looks up what it is told to, and tells."""
    tool = {"name": "lookup", "input_schema": {"type": "object"}}
    messages: list[Any] = [{"role": "user", "content": "Where is the button?"}]
    while True:
        body = {"model": "claude-opus-4-6", "max_tokens": 64, "tools": [tool], "messages": messages}
        headers = {"x-api-key": api_key, "anthropic-version": "2023-06-01"}
        answer = httpx.post(f"{base_url}/v1/messages", json=body, headers=headers).raise_for_status().json()
        calls = [block for block in answer["content"] if block["type"] == "tool_use"]
        if not calls:
            return
        results = [{"type": "tool_result", "tool_use_id": call["id"], "content": "found"} for call in calls]
        messages += [{"role": "assistant", "content": answer["content"]}, {"role": "user", "content": results}]


@pytest.mark.parametrize("page", [page for page in PAGES if any(block.language == "sh" for block in blocks(page))])
def test_the_commands_of_a_page_run(page: str, world: ScriptedProvider, capsys: pytest.CaptureFixture[str]) -> None:
    for block in blocks(page):
        if block.language == "sh":
            for line in block.text.splitlines():
                run_line(shlex.split(line, comments=True), f"{page}:{block.line}: {line}", capsys)


def run_line(words: list[str], where: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Run a line of a shell block. Those that make an environment of their own are run by ``.ci/run`` as they stand."""
    if not words or MAKES_AN_ENVIRONMENT in words:
        return
    assert words[0] == "polyloop", f"{where}: nobody runs this"
    output = Path(words[-1]) if words[-2:-1] == [">"] else None
    arguments = words[1:-2] if output else words[1:]
    if "--port" in arguments:
        serves(arguments[: arguments.index("--port")], where)
        return
    assert main(arguments) == 0, f"{where}\n{capsys.readouterr().err}"
    if output is not None:
        output.write_text(capsys.readouterr().out, encoding="utf-8")


def serves(arguments: list[str], where: str) -> None:
    """Start a command that serves, on a free port, until it listens, and interrupt it."""
    code = "import sys; from polyloop.loop.cli import main; sys.exit(main())"
    server = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    with server:
        assert server.stdout.readline().startswith("Listening on"), where
        server.send_signal(signal.SIGINT)
        server.stdout.read()
    assert server.returncode == 0, where


def test_what_makes_an_environment_is_run_by_ci_as_it_stands(repository: Path) -> None:
    """The README's blocks that a fresh clone starts with; CI takes them from the README."""
    found = [block.text for block in blocks("README.md") if MAKES_AN_ENVIRONMENT in block.text.split()]
    assert [("polyloop demo" in text, "pytest" in text) for text in found] == [(True, False), (False, True)]
    elsewhere = [
        page for page in PAGES if page != "README.md" for block in blocks(page) if MAKES_AN_ENVIRONMENT in block.text
    ]
    assert elsewhere == []
    ci = (repository / ".ci" / "run").read_text(encoding="utf-8")
    assert "readme_commands README.md" in ci


@pytest.mark.parametrize(
    ("page", "block"),
    [(page, block) for page in PAGES for block in blocks(page) if block.language in ("json", "toml")],
    ids=lambda value: value if isinstance(value, str) else str(value.line),
)
def test_the_files_of_a_page_are_read(page: str, block: Block, tmp_path: Path) -> None:
    """JSON is a script of the scripted provider, TOML a file of settings."""
    path = tmp_path / f"file.{block.language}"
    path.write_text(block.text, encoding="utf-8")
    if block.language == "json":
        assert load(path).scenario.steps
    else:
        load_transport_config(environment={}, path=path)


def test_every_command_in_a_sentence_is_one() -> None:
    """``polyloop COMMAND``, ``python -m MODULE`` and paths between backticks."""
    for page in PAGES:
        for said in re.findall(r"`([^`\n]+)`", text_of(page)):
            words = said.split()
            if words[0] == "polyloop" and len(words) > 1 and words[1].islower():
                assert words[1] in COMMANDS, f"{page}: {said}"
            elif words[:2] == ["python", "-m"]:
                assert find_spec(words[2]) is not None, f"{page}: {said}"
            elif re.match(r"(tests|docs|examples|benchmarks)/", said) and (ROOT / "CONTRIBUTING.md").exists():
                assert (ROOT / words[0]).exists(), f"{page}: {said}"


def test_the_docstrings_examples_run() -> None:
    for name in DOCTESTED:
        found = doctest.testmod(import_module(name))
        assert found.attempted > 0
        assert found.failed == 0


def test_nothing_else_has_an_example_in_its_docstring(repository: Path) -> None:
    shown = [
        path.relative_to(repository)
        for package in ("translate", "transport", "loop")
        for path in (repository / package).rglob("*.py")
        if re.search(r"^ *>>> ", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert [".".join(("polyloop", *path.with_suffix("").parts)).removesuffix(".__init__") for path in shown] == list(
        DOCTESTED
    )


def test_every_link_between_pages_leads_somewhere(repository: Path) -> None:
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert ((ROOT / page).parent / target).exists(), f"{page} links {target}"


@pytest.fixture(scope="module")
def made(repository: Path) -> str:
    """The reference as its program makes it, in a process that no test has changed anything in."""
    command = [sys.executable, str(repository / "docs" / "reference.py"), "-"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


@pytest.fixture(scope="module")
def program(repository: Path) -> dict[str, Any]:
    """What docs/reference.py defines."""
    names: dict[str, Any] = {"__name__": "reference", "__file__": str(repository / "docs" / "reference.py")}
    exec((repository / "docs" / "reference.py").read_text(encoding="utf-8"), names)
    return names


def test_the_reference_names_everything_that_is_public(made: str, program: dict[str, Any]) -> None:
    """Every name that a package offers, and everything that the pages and examples import."""
    sections = dict(re.findall(r"^## (polyloop[.\w]*)\n(.*?)(?=^## polyloop|\Z)", made, re.MULTILINE | re.DOTALL))
    assert {"polyloop.translate", "polyloop.transport", "polyloop.loop", "polyloop.loop.computers"} <= set(sections)
    headed = {name: set(re.findall(r"^### `(\w+)", text, re.MULTILINE)) for name, text in sections.items()}
    for name in headed:
        assert headed[name] == set(program["names"](import_module(name))), name
    for page in PAGES:
        for block in blocks(page):
            for node in ast.walk(ast.parse(block.text)) if block.language == "python" else ():
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("polyloop."):
                    for alias in node.names:
                        known = f"{node.module}.{alias.name}" in headed or alias.name in headed.get(
                            node.module or "", ()
                        )
                        assert known, f"{page}: {node.module}.{alias.name}"


def test_everything_in_the_reference_says_what_it_is(made: str) -> None:
    said = re.split(r"^###+ ", made, flags=re.MULTILINE)[1:]
    assert len(said) > 800
    assert [entry.split("\n")[0] for entry in said if not entry.partition("\n")[2].partition("\n## ")[0].strip()] == []


def test_the_reference_is_up_to_date(repository: Path, made: str) -> None:
    if sys.version_info[:2] != (3, 11):
        pytest.skip("signatures are spelled as Python 3.11 spells them, which CI has")
    said = (repository / "docs" / "reference.md").read_text(encoding="utf-8")
    assert said == made, "run python docs/reference.py"


def test_the_measurements_that_are_shown_can_be_made_again(repository: Path) -> None:
    page = text_of("docs/performance.md")
    shown = tables.commands(page)
    assert len(shown) > 4
    assert page.count("<!-- end -->") == len(shown)
    for command in shown:
        assert find_spec(command.split()[2]) is not None, command
        assert f"<!-- {command} -->\n```text\n" in page, (
            f"never measured: python -m benchmarks.tables {command.split()[2]}"
        )
        again = tables.filled(page, command, "measured anew\n")
        assert again.count("measured anew") == 1
        assert [line for line in again.splitlines() if line.startswith("#")] == [
            line for line in page.splitlines() if line.startswith("#")
        ]


def test_the_page_of_the_laws_has_all_of_them(repository: Path) -> None:
    """With the files that test them, and the functions that hold anybody's format to them."""
    page = text_of("docs/laws.md")
    rows = re.findall(r"^\| L(\d+) .*?\| (.*?) \| (.*?) \|$", page, re.MULTILINE)
    assert [int(number) for number, _, _ in rows] == list(range(1, 16))
    for number, _, where in rows:
        files = re.findall(r"`(tests/[^`]+)`", where)
        assert files, f"L{number}"
        assert all((repository / file).exists() for file in files), f"L{number}"
