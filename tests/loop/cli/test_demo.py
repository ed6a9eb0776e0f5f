"""``polyloop demo``: one task through six providers, with a page of each run and an index."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from polyloop.loop.cli.demo import _NEEDED, _has, table_of
from polyloop.loop.cli.main import main

pytestmark = pytest.mark.skipif(not all(map(_has, _NEEDED)), reason="the demo needs polyloop[demo]")


def test_six_equal_results_and_a_page_of_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "results equal: yes; forms filled in as told: yes" in out
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'href="([^"#]+)"', index)
    assert len(links) == 6
    for link in links:
        page = (tmp_path / link).read_text(encoding="utf-8")
        assert page.count('class="point"') == 6
        assert "Ada Lovelace" in page
        assert sorted(path.name for path in (tmp_path / link).parent.glob("screen-*.png"))


def test_one_provider_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--provider", "anthropic", "--out", str(tmp_path)]) == 0
    assert "anthropic" in capsys.readouterr().out
    assert main(["demo", "--provider", "nobody", "--out", str(tmp_path)]) == 2
    assert "unknown provider" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert main(["demo", "--out", str(tmp_path / "file")]) == 2
    assert "cannot make" in capsys.readouterr().err


def test_the_table_fits_a_narrow_terminal_and_cuts_nothing_off() -> None:
    from rich.console import Console

    from polyloop.loop.demo import Outcome

    result = {"name": "Ada Lovelace", "email": "ada@example.org"}
    outcome = Outcome(
        provider="anthropic", wire="anthropic", turns=1, requests=1, tokens=1, losses=0, result=result, form={}, page=""
    )
    for width, columns in ((40, 3), (80, 3), (160, 7)):
        console = Console(width=width, record=True, file=io.StringIO())
        console.print(table_of([outcome], width))
        lines = console.export_text().splitlines()
        assert max(map(len, lines)) <= width
        assert lines[1].count("┃") == columns + 1
        said = "".join(line.split("│")[-2].strip() for line in lines[3:-1])
        assert said.replace(" ", "") == json.dumps(result, separators=(",", ":")).replace(" ", "")
