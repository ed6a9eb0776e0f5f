"""Tables in a narrow terminal: every name that has to be typed again is there, whole."""

from __future__ import annotations

import pytest

from polyloop.loop.cli.tables import print_table

JOB = "20261124-071012-a1b2"
SETTING = "LEGACYUSE_PROXY_BASE_URL"


@pytest.mark.parametrize("width", [60, 80, 100])
def test_nothing_is_cut_off_in_a_narrow_terminal(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("rich", reason="without rich there are lines with tabs")
    monkeypatch.setattr("polyloop.loop.cli.tables.WIDE", width)
    print_table(("job", "status", "what to do"), [(JOB, "completed", f"set {SETTING}")])
    out = capsys.readouterr().out
    assert JOB in out
    assert "\u2026" not in out
    last = "".join(line.split("\u2502")[3].strip() for line in out.splitlines() if line.startswith("\u2502"))
    assert last.replace(" ", "") == f"set{SETTING}"


def test_where_there_is_no_room_for_a_table_each_row_is_a_paragraph(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("rich", reason="without rich there are lines with tabs")
    monkeypatch.setattr("polyloop.loop.cli.tables.WIDE", 40)
    heads = ("job", "status", "provider", "steps", "task")
    print_table(
        heads, [(JOB, "completed", "anthropic", "4", "Look at the screen."), ("second", "running", "", "0", "")]
    )
    assert capsys.readouterr().out.splitlines() == [
        JOB,
        "  status completed, provider anthropic,",
        "  steps 4, task Look at the screen.",
        "second",
        "  status running, steps 0",
    ]
