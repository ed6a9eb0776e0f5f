"""The laws for UI-TARS, over generated documents and records."""

from __future__ import annotations

from polyloop.translate.testing.check import check_wire

TestUITars = check_wire("uitars")
