"""docs/losses.md is what the project claims: it is up to date, every loss in it has a reason, and every field was really said."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.loss_probes import PROBES
from benchmarks.losses_table import page

from polyloop.translate import convert, restore
from polyloop.translate.jsonvalue import same_json
from polyloop.translate.wires import WIRES


def test_the_table_in_the_documentation_is_up_to_date(repository: Path) -> None:
    said = (repository / "docs" / "losses.md").read_text(encoding="utf-8")
    assert said == page(), "run python -m benchmarks.losses_table > docs/losses.md"


def test_what_has_no_place_says_why() -> None:
    rows = [line.split(" | ") for line in page().splitlines() if line.startswith("| ")]
    assert len(rows) > 300
    assert [row for row in rows if row[1] == "no" and not row[2].strip(" |")] == []


@pytest.mark.parametrize("target", WIRES)
@pytest.mark.parametrize(("wire", "kind"), PROBES)
def test_every_probe_is_restored(wire: str, kind: str, target: str) -> None:
    base, probes = PROBES[wire, kind]
    assert len({field for field, _ in probes}) == len(probes)
    for field, keys in probes:
        document = {**base, **keys}
        translation = convert(document, kind=kind, source=wire, target=target)
        assert same_json(restore(translation), document, ordered=False), field
