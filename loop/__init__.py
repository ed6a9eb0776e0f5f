"""Run a computer-use sampling loop over any of the providers.

    from polyloop.loop import APIProvider, sampling_loop

Names are looked up when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .callbacks import ToolResult
    from .history import explain_prefix
    from .imaging import PillowImager
    from .journal import JobTakenError, LoopError, SchemaVersionError, StaleClaimError, StoreError, ToolError
    from .lag import LoopLag
    from .limits import Limits
    from .preflight import RequestRefusedError
    from .providers import PROVIDER_TO_DEFAULT_MODEL_NAME, APIProvider
    from .results import JobPausedError, NoResultError, RunEndedError
    from .runner import Runner
    from .safety import AskFunction, DenyAll, LeaveToLater, Redaction
    from .sampling_loop import SYSTEM_PROMPT, sampling_loop
    from .stores.archive import export_job, import_job
    from .stores.memory import MemoryStore
    from .stores.sqlalchemy import SqlAlchemyStore
    from .stores.sqlite import SqliteStore
    from .tools.functions import Image, tool

_WHERE: Final = {
    "ToolResult": "callbacks",
    "JobTakenError": "journal",
    "LoopError": "journal",
    "SchemaVersionError": "journal",
    "StaleClaimError": "journal",
    "StoreError": "journal",
    "Limits": "limits",
    "LoopLag": "lag",
    "explain_prefix": "history",
    "PillowImager": "imaging",
    "RequestRefusedError": "preflight",
    "PROVIDER_TO_DEFAULT_MODEL_NAME": "providers",
    "APIProvider": "providers",
    "JobPausedError": "results",
    "NoResultError": "results",
    "RunEndedError": "results",
    "Runner": "runner",
    "ToolError": "journal",
    "AskFunction": "safety",
    "DenyAll": "safety",
    "LeaveToLater": "safety",
    "Redaction": "safety",
    "SYSTEM_PROMPT": "sampling_loop",
    "sampling_loop": "sampling_loop",
    "export_job": "stores.archive",
    "import_job": "stores.archive",
    "MemoryStore": "stores.memory",
    "SqlAlchemyStore": "stores.sqlalchemy",
    "SqliteStore": "stores.sqlite",
    "Image": "tools.functions",
    "tool": "tools.functions",
}

__all__ = [
    "PROVIDER_TO_DEFAULT_MODEL_NAME",
    "SYSTEM_PROMPT",
    "APIProvider",
    "AskFunction",
    "DenyAll",
    "Image",
    "JobPausedError",
    "JobTakenError",
    "LeaveToLater",
    "Limits",
    "LoopError",
    "LoopLag",
    "MemoryStore",
    "NoResultError",
    "PillowImager",
    "Redaction",
    "RequestRefusedError",
    "RunEndedError",
    "Runner",
    "SchemaVersionError",
    "SqlAlchemyStore",
    "SqliteStore",
    "StaleClaimError",
    "StoreError",
    "ToolError",
    "ToolResult",
    "explain_prefix",
    "export_job",
    "import_job",
    "sampling_loop",
    "tool",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_WHERE[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """The package: its ``sampling_loop`` is the function, also when somebody imported the module of that name first."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "sampling_loop" and isinstance(value, ModuleType):
            value = value.sampling_loop
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
