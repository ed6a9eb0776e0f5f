"""A scripted provider: a real HTTP server on loopback that speaks all six providers' wires, for tests and demonstrations.

It knows plain JSON only and imports no translator: what polyloop writes is read here by an independent counterpart.
"""

from .failures import Kind
from .faults import (
    BreakBody,
    Duplicate,
    Fail,
    FailInStream,
    Fault,
    HangUp,
    HtmlPage,
    MalformedJson,
    Rule,
    Silence,
    Truncate,
    WrongContentType,
)
from .log import LoggedRequest
from .scenario import (
    ComputerAction,
    Provider,
    Refusal,
    Reply,
    Scenario,
    ScenarioError,
    Step,
    Text,
    Thinking,
    TokenCounts,
    ToolCall,
    When,
    Wire,
)
from .script import Script, load
from .server import ScriptedProvider
from .settings import Keys, Limits, Settings

__all__ = [
    "BreakBody",
    "ComputerAction",
    "Duplicate",
    "Fail",
    "FailInStream",
    "Fault",
    "HangUp",
    "HtmlPage",
    "Keys",
    "Kind",
    "Limits",
    "LoggedRequest",
    "MalformedJson",
    "Provider",
    "Refusal",
    "Reply",
    "Rule",
    "Scenario",
    "ScenarioError",
    "Script",
    "ScriptedProvider",
    "Settings",
    "Silence",
    "Step",
    "Text",
    "Thinking",
    "TokenCounts",
    "ToolCall",
    "Truncate",
    "When",
    "Wire",
    "WrongContentType",
    "load",
]
