"""The tools a loop comes with, and how to make one of a function."""

from .computer import ComputerTool
from .custom_action import CustomActionTool, custom_action_tool
from .extraction import ExtractionTool, UiNotAsExpectedTool, extraction_tool, ui_not_as_expected_tool
from .functions import FunctionTool, Image, tool

__all__ = [
    "ComputerTool",
    "CustomActionTool",
    "ExtractionTool",
    "FunctionTool",
    "Image",
    "UiNotAsExpectedTool",
    "custom_action_tool",
    "extraction_tool",
    "tool",
    "ui_not_as_expected_tool",
]
