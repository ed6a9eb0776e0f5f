"""The exceptions of computers.

ComputerError                    base: something about a computer, never about a provider
├── NotPerformableError          an action this computer has no means for; nothing was done
├── NotShownError                a widget or text that is not to be seen
├── ScreenChangedError           the screen has another size than in the picture given last; nothing was done
├── DriverError                  what moves pointer and keys complained; part of the action may have been done
├── ComputerClosedError          the computer was closed before
├── MissingComputerError         there is no such computer; the message says what to do
│   ├── MissingDisplayError      no X11 display, or no program to act on one
│   ├── MissingBrowserError      no Chromium or Chrome
│   └── MissingTargetError       nothing answers at the target's address
├── LostComputerError            the computer was there and is gone; what was asked was not done
└── MissingExtraError            a package is needed that an extra of polyloop brings

ActionInterruptedError           no ComputerError: the action was begun, and nobody knows what came of it

The last one stands apart because of what the `Computer` port says: an error of ``PolyloopError`` is a refusal, and the model is told that
nothing was executed. Anything else means that the action may have been carried out, and it is never repeated.
"""

from __future__ import annotations

from polyloop.translate.errors import PolyloopError


class ComputerError(PolyloopError):
    """Base of the exceptions of computers."""


class NotPerformableError(ComputerError):
    """An action this computer has no means for. Nothing was done; the message can be shown to the model."""


class NotShownError(ComputerError, LookupError):
    """A widget, menu item or list item that is not to be seen. The message names what is."""


class ScreenChangedError(ComputerError):
    """The screen has another size than in the picture that was given last, so the points mean nothing. Nothing was done."""


class DriverError(ComputerError):
    """What moves pointer and keys complained. The message says what about; part of the action may have been done."""


class ComputerClosedError(ComputerError):
    """The computer was closed before. Nothing was done."""


class MissingComputerError(ComputerError):
    """There is no such computer here. The message says what to do."""


class MissingDisplayError(MissingComputerError):
    """There is no X11 display, or no program to act on one."""


class MissingBrowserError(MissingComputerError):
    """No Chromium or Chrome was found, or it did not start."""


class MissingTargetError(MissingComputerError):
    """Nothing that is a target answers at the address."""


class LostComputerError(ComputerError):
    """The computer was there and is gone. What was asked was not done."""


class MissingExtraError(ComputerError, ImportError):
    """A package is not installed. The message names the extra of polyloop that brings it."""


class ActionInterruptedError(Exception):
    """An action was begun, and nobody knows what came of it: no answer came in time, or the connection broke. Never repeated."""
