"""Why a place of another wire has none in Chat Completions, and what this wire assumes by itself."""

from __future__ import annotations

from typing import Final

from ..jsonvalue import Json

REASONS: Final[tuple[tuple[str, str, str], ...]] = ()
DEFAULTS: Final[tuple[tuple[str, Json], ...]] = ()
