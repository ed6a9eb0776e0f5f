"""The exceptions of computers.

ComputerError                    base: something about a computer, never about a provider
├── NotPerformableError          an action this computer has no means for; nothing was done
├── NotShownError                a widget or text that is not to be seen
├── ComputerClosedError          the computer was closed before
└── MissingExtraError            a package is needed that an extra of polyloop brings
"""

from __future__ import annotations

from polyloop.translate.errors import PolyloopError


class ComputerError(PolyloopError):
    """Base of the exceptions of computers."""


class NotPerformableError(ComputerError):
    """An action this computer has no means for. Nothing was done; the message can be shown to the model."""


class NotShownError(ComputerError, LookupError):
    """A widget, menu item or list item that is not to be seen. The message names what is."""


class ComputerClosedError(ComputerError):
    """The computer was closed before. Nothing was done."""


class MissingExtraError(ComputerError, ImportError):
    """A package is not installed. The message names the extra of polyloop that brings it."""
