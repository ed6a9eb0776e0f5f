"""UI-TARS: actions as text inside a chat completion.

Source: bytedance/UI-TARS 582f3a7, bytedance/UI-TARS-desktop 239b654, trycua/cua b296ec9, read 2026-11.
"""

from .assembly import Earlier, Said, Screen, Step, assemble, decorated, prompt
from .definition import WIRE
from .functions import FunctionCall, FunctionTool, name_functions, read_function, write_function
from .read_calls import read_call
from .render import render
from .reply import UNKNOWN, Reply, TextCall, describe_call, describe_reply
from .templates import TEMPLATES, Template, template_named
from .text import parse
from .write_calls import CallOutcome, WrittenCalls, write_call

__all__ = [
    "TEMPLATES",
    "UNKNOWN",
    "WIRE",
    "CallOutcome",
    "Earlier",
    "FunctionCall",
    "FunctionTool",
    "Reply",
    "Said",
    "Screen",
    "Step",
    "Template",
    "TextCall",
    "WrittenCalls",
    "assemble",
    "decorated",
    "describe_call",
    "describe_reply",
    "name_functions",
    "parse",
    "prompt",
    "read_call",
    "read_function",
    "render",
    "template_named",
    "write_call",
    "write_function",
]
