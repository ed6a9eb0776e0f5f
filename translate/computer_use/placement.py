"""Put an action's points on the screen, and back into a model's numbers, with the frame of one screenshot."""

from __future__ import annotations

from .actions import Action, ScreenAction, map_points
from .coordinates import Frame


def place(action: Action, frame: Frame) -> ScreenAction:
    """Return the action with its points on the screen.

    Raises `OutOfRangeError` when a point is outside the model's range: nothing of such an action may be executed.
    """
    return map_points(action, frame.to_screen)


def unplace(action: ScreenAction, frame: Frame) -> Action:
    """Return the action with its points in the numbers a model of this frame speaks. Raises `OutOfRangeError`."""
    return map_points(action, frame.to_model)
