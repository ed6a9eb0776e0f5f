"""Tool schemas in the dialects providers take: `project` and `lift` (law L12).

    projection = project(schema, "openai-strict")
    projection.schema                    passes the dialect's rules
    lift(value, projection)              a value valid under it, as one that is valid under the original
    projection.losses                    where that cannot be promised, by path

Sources, read 2026-11-22: platform.openai.com/docs/guides/structured-outputs (supported schemas) and guides/function-calling;
platform.claude.com/docs (tool use, structured outputs).
"""

from __future__ import annotations

from .dialects import DIALECTS, Dialect, violations
from .projection import WRAPPED, Projection, SchemaLoss, lift, lower, project

__all__ = ["DIALECTS", "WRAPPED", "Dialect", "Projection", "SchemaLoss", "lift", "lower", "project", "violations"]
