"""A stand-in of the remote target, written from what was measured on the real one: its answers, and every trap it has.

It acts like xdotool on an X server that nobody looks at: what an application would receive is recorded. Time is never spent; where the
real one would wait for its pointer, that is counted. Knows nothing of polyloop.
"""

from __future__ import annotations

import base64
import json
import re
import socket
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.keysyms import SIGNS

ACTIONS = frozenset(
    [
        "key",
        "type",
        "mouse_move",
        "left_click",
        "left_click_drag",
        "right_click",
        "middle_click",
        "double_click",
        "triple_click",
        "screenshot",
        "cursor_position",
        "left_mouse_down",
        "left_mouse_up",
        "scroll",
        "hold_key",
        "wait",
    ]
)
MODIFIERS = {"ctrl": "Control", "shift": "Shift", "alt": "Alt", "super": "Meta"}
NAMED = {
    "Return": "Enter", "Tab": "Tab", "Escape": "Escape", "BackSpace": "Backspace", "Delete": "Delete", "Insert": "Insert",
    "space": "Space", "Right": "ArrowRight", "Left": "ArrowLeft", "Up": "ArrowUp", "Down": "ArrowDown", "Home": "Home", "End": "End",
    "Page_Up": "PageUp", "Page_Down": "PageDown", "Caps_Lock": "CapsLock", "Num_Lock": "NumLock", "Scroll_Lock": "ScrollLock",
    "Print": "PrintScreen", "Pause": "Pause", "Menu": "ContextMenu",
}  # fmt: skip
KEYSYMS = MODIFIERS | NAMED | SIGNS | {f"F{number}": f"F{number}" for number in range(1, 25) if number != 24}
"""What this X server's keyboard has; it lacks F24, so that a key which is not there can be asked for."""
BUTTONS = {
    "left_click": ("left", 1),
    "right_click": ("right", 1),
    "middle_click": ("middle", 1),
    "double_click": ("left", 2),
}
BUTTONS |= {"triple_click": ("left", 3)}
WHEEL = {"up": (0, -100), "down": (0, 100), "left": (-100, 0), "right": (100, 0)}


def png(width: int, height: int) -> bytes:
    """Make a white picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\x00" + b"\xff" * width) * height)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class Refused(Exception):
    """The target's ToolError: status 400."""


class Invalid(Exception):
    """A body its framework refuses: status 422."""


class StandInTarget:
    """The target's state, and what reached the applications on its screen."""

    def __init__(self, width: int = 1024, height: int = 768) -> None:
        self.size = (width, height)
        self.pointer = (width // 2, height // 2)
        self.received: list[tuple[Any, ...]] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.stalls = 0
        """How often the pointer was waited for, 15 s each."""
        self.shell: list[str] = []
        """What a shell ran besides xdotool."""
        self.healthy = True
        self.silent_at: str | None = None
        """Take a request for this action, do it, and hang up without an answer."""
        self.failing_at: str | None = None
        """Do this action and answer with status 500."""
        self.url = ""

    def perform(self, action: str, body: dict[str, Any]) -> tuple[str, str, bool]:
        """Do one action; return output, what xdotool wrote to its standard error, and whether a picture comes with it."""
        self.asked.append((action, body))
        _validated(action, body)
        if action == "cursor_position":
            return f"X={self.pointer[0]},Y={self.pointer[1]}", "", False
        if action == "screenshot":
            return "", "", True
        do = getattr(self, "_" + action, self._click)
        return "", do(action, body) or "", True

    def _place(self, body: dict[str, Any], *, needed: bool = False) -> None:
        if body.get("coordinate") is None:
            if needed:
                raise Refused("coordinate is required")
            return
        x, y = body["coordinate"]
        # Out of range is clamped by the X server, with success.
        place = (min(x, self.size[0] - 1), min(y, self.size[1] - 1))
        if place == self.pointer:
            self.stalls += 1
            return
        self.pointer = place
        self.received.append(("move", *place))

    def _keys(self, text: str) -> tuple[list[str], str]:
        """Say a chord in keysyms that xdotool knows; the text comes from a shell's command line."""
        command, *more = re.split(r"[;&|\n`$]", text)
        self.shell += more
        known, complaints = [], ""
        for name in command.split("+"):
            if name in KEYSYMS or re.fullmatch(r"[A-Za-z0-9]", name):
                known.append(KEYSYMS.get(name, name))
            elif re.fullmatch(r"U[0-9a-f]{4,6}", name):
                known.append(chr(int(name[1:], 16)))
            else:
                complaints += f"(symbol) No such key name '{name}'. Ignoring it.\n"
        return known, complaints

    def _chord(self, text: str, inner: list[tuple[Any, ...]]) -> str:
        keys, complaints = self._keys(text)
        self.received += [("key_down", key) for key in keys]
        self.received += inner
        self.received += [("key_up", key) for key in reversed(keys)]
        return complaints

    def _click(self, action: str, body: dict[str, Any]) -> str:
        button, count = BUTTONS[action]
        if body.get("text") is not None:
            raise Refused(f"text is not accepted for {action}")
        keys, complaints = self._keys(body["key"]) if body.get("key") else ([], "")
        self.received += [("key_down", key) for key in keys]
        self._place(body)
        for number in range(1, count + 1):
            self.received += [("down", button, number), ("up", button)]
        self.received += [("key_up", key) for key in reversed(keys)]
        return complaints

    def _mouse_move(self, action: str, body: dict[str, Any]) -> None:
        self._place(body, needed=True)

    def _left_click_drag(self, action: str, body: dict[str, Any]) -> None:
        # start_coordinate is not looked at.
        if body.get("coordinate") is None:
            raise Refused("coordinate is required")
        self.received.append(("down", "left", 1))
        self._place(body)
        self.received.append(("up", "left"))

    def _left_mouse_down(self, action: str, body: dict[str, Any]) -> None:
        if body.get("coordinate") is not None:
            raise Refused(f"coordinate is not accepted for {action}")
        self.received.append(("down", "left", 1))

    def _left_mouse_up(self, action: str, body: dict[str, Any]) -> None:
        if body.get("coordinate") is not None:
            raise Refused(f"coordinate is not accepted for {action}")
        self.received.append(("up", "left"))

    def _scroll(self, action: str, body: dict[str, Any]) -> str:
        if body.get("scroll_direction") is None:
            raise Refused("scroll_direction is required")
        dx, dy = WHEEL[body["scroll_direction"]]
        keys, complaints = self._keys(body["key"]) if body.get("key") else ([], "")
        self.received += [("key_down", key) for key in keys]
        self._place(body)
        self.received += [("wheel", dx, dy)] * int(body["scroll_amount"])
        self.received += [("key_up", key) for key in reversed(keys)]
        return complaints

    def _key(self, action: str, body: dict[str, Any]) -> str:
        if body["text"] == "Return":
            self.received.append(("text", "\n"))
            return ""
        return self._chord(body["text"], [])

    def _hold_key(self, action: str, body: dict[str, Any]) -> str:
        if body["duration"] > 100:
            raise Refused("duration is too long")
        return self._chord(body["text"], [])

    def _wait(self, action: str, body: dict[str, Any]) -> None:
        if body["duration"] > 100:
            raise Refused("duration is too long")

    def _type(self, action: str, body: dict[str, Any]) -> None:
        # Quoted for the shell; a newline arrives as the keysym Linefeed, which is not the Enter key.
        self.received.append(("text", body["text"].replace("\n", "<Linefeed>")))


def _validated(action: str, body: dict[str, Any]) -> None:
    if action not in ACTIONS:
        raise Invalid("unknown action")
    coordinate = body.get("coordinate")
    if coordinate is not None and not (
        isinstance(coordinate, list) and len(coordinate) == 2 and all(type(number) is int for number in coordinate)
    ):
        raise Invalid("coordinate is a pair of integers")
    if body.get("scroll_direction") not in (None, *WHEEL):
        raise Invalid("bad direction")
    if action in ("key", "type", "hold_key") and body.get("text") is None:
        raise Refused("text is required")


@contextmanager
def running(target: StandInTarget) -> Iterator[StandInTarget]:
    """Serve a target on loopback."""

    connections: list[socket.socket] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            connections.append(self.connection)

        def do_GET(self) -> None:
            if target.healthy:
                self._answer(200, {"status": "ok", "target_type": "generic"})
            else:
                self._answer(503, {"detail": "Remote screen sharing solution is not running (vnc)"})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            action = self.path.removeprefix("/tool_use/")
            nothing = {"output": None, "base64_image": None, "system": None}
            try:
                output, complaints, pictured = target.perform(action, body)
            except Refused as error:
                self._answer(400, {**nothing, "error": str(error)})
                return
            except Invalid as error:
                self._answer(422, {"detail": [{"msg": str(error)}]})
                return
            if action == target.silent_at:
                self.close_connection = True
                return
            if action == target.failing_at:
                self._answer(500, {**nothing, "error": "it broke"})
                return
            picture = base64.b64encode(png(*target.size)).decode() if pictured else None
            self._answer(200, {"output": output, "error": complaints, "base64_image": picture, "system": None})

        def _answer(self, status: int, document: Any) -> None:
            data = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    target.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield target
    finally:
        server.shutdown()
        thread.join()
        for connection in connections:
            with suppress(OSError):  # closed by the other side
                connection.shutdown(socket.SHUT_RDWR)
        server.server_close()
