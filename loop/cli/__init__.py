"""The command line: ``polyloop COMMAND``. Each command is one module here, imported when it is called for."""

from __future__ import annotations

from .main import main

__all__ = ["main"]
