"""An X11 display as a computer: xdotool moves the pointer and presses keys, xmodmap gives keys to
characters that have none, Pillow looks.

xdotool gets argument lists, never a shell; keys are keysyms of the closed table; its standard error is read, because it skips what it
does not know and reports success. One process does a whole action, up to a pause or a text. The pointer is never waited for
(``--sync`` hangs where it already is). Text goes to xdotool's standard input, where no list of processes shows it.

Source: xdotool 3.20160805 on Xvfb, 2026-11.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import shutil
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final, Self

from attrs import evolve

from polyloop.translate.computer_use.actions import ScreenAction
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.computer_use.points import ScreenPoint

from ..ports import Health
from .errors import (
    ActionInterruptedError,
    ComputerClosedError,
    DriverError,
    LostComputerError,
    MissingDisplayError,
    MissingExtraError,
    NotPerformableError,
)
from .events import (
    ButtonPressed,
    Event,
    KeyPressed,
)
from .pictures import enlarged, size_of
from .planning import DEFAULT_NOTCHES, Sight, plan
from .x11_keymap import Keymap, pieces_within
from .x11_runs import Rest, Run, release_of, run_of, runs_of
from .xvfb import INSTALL, Xvfb

CATCHING_UP: Final = 0.3
"""Seconds for clients to read what was typed before a key gets another character."""
ANSWER_SECONDS: Final = 15.0
_NO_DISPLAY: Final = re.compile(
    r"can't open display|unable to open display|failed creating new xdo instance", re.IGNORECASE
)
_COMPRESSION: Final = 1
"""Of PNGs: 1 takes 60 ms for a full screen and 6 takes 95, for a quarter fewer bytes."""


class X11Computer:
    """A display. Make one with `open` (a display that is there) or `start` (one of its own)."""

    def __init__(self, display: str, *, server: Xvfb | None = None, unspecified_notches: int = DEFAULT_NOTCHES) -> None:
        self.display = display
        self._server = server
        self._unspecified_notches = unspecified_notches
        # xdotool reads text by the locale, and in that of C it types nothing beyond ASCII. Its complaints are read in English.
        self._environment = {**os.environ, "DISPLAY": display, "LC_ALL": "C.UTF-8"}
        self._xdotool, self._xmodmap = shutil.which("xdotool") or "", shutil.which("xmodmap") or ""
        self._keymap = Keymap(modify=self._modify)
        self._sight = Sight()
        self._held: list[ButtonPressed | KeyPressed] = []
        self._closed = False

    @classmethod
    async def open(cls, display: str, *, unspecified_notches: int = DEFAULT_NOTCHES) -> X11Computer:
        """Open a display that is there, such as ``:0``. Raises `MissingDisplayError` and `MissingExtraError` that say what to do."""
        if not display:
            raise MissingDisplayError(
                "no display: set DISPLAY, or take one of its own (--computer xvfb, X11Computer.start)"
            )
        computer = cls(display, unspecified_notches=unspecified_notches)
        if not computer._xdotool or not computer._xmodmap:
            lacking = "xmodmap" if computer._xdotool else "xdotool"
            raise MissingDisplayError(f"{lacking} is not installed: {INSTALL}")
        _image_grab()
        try:
            await computer.size()
        except LostComputerError as error:
            raise MissingDisplayError(f"there is no display {display!r}, or it lets nobody in (xauth)") from error
        return computer

    @classmethod
    async def start(cls, size: Size | None = None, *, unspecified_notches: int = DEFAULT_NOTCHES) -> X11Computer:
        """Start an Xvfb and open its display; `close` ends it. Raises `MissingDisplayError` and `MissingExtraError`."""
        server = await Xvfb.start(size or Size(1024, 768))
        try:
            computer = await cls.open(server.display, unspecified_notches=unspecified_notches)
        except BaseException:
            await server.stop()
            raise
        computer._server = server
        return computer

    async def check(self) -> Health:
        """Tell whether the display is there. Never raises for one that is gone."""
        try:
            await self.size()
        except (LostComputerError, DriverError) as error:
            return Health(healthy=False, reason=str(error))
        return Health(healthy=True)

    async def size(self) -> Size:
        """Return the screen's size as it is now."""
        said = await self._ask("getdisplaygeometry")
        found = re.fullmatch(r"(\d+) (\d+)", said.strip())
        if found is None:
            raise DriverError(f"xdotool does not say how large the screen is: {said[:60]!r}")
        self._sight.now = Size(int(found[1]), int(found[2]))
        return self._sight.now

    async def screenshot(self) -> bytes:
        """Return the screen as a PNG. Raises `LostComputerError` where the display is gone."""
        self._check_open()
        picture = await asyncio.to_thread(self._grabbed)
        size = size_of(picture)
        assert size is not None, "Pillow writes PNGs"
        self._sight.show(size)
        return picture

    async def zoom(self, top_left: ScreenPoint, bottom_right: ScreenPoint) -> bytes:
        """Return a part of the screen, enlarged."""
        self._check_open()
        return await asyncio.to_thread(lambda: enlarged(self._grabbed(), top_left, bottom_right))

    async def perform(self, action: ScreenAction) -> None:
        """Do one action. Raises `ActionInterruptedError` where nobody knows what was done, `DriverError` where xdotool complained, and
        part of it may be done; after any other error nothing was.
        """
        self._check_open()
        if self._sight.now is None:
            await self.size()
        size = self._sight.check(action)
        steps = runs_of(plan(action, size, self._unspecified_notches))
        for number, step in enumerate(steps):
            if isinstance(step, Rest):
                await asyncio.sleep(step.seconds)
            elif step.text is not None:
                await self._type(step, step.text, begun=number > 0)
            else:
                await self._do(step, begun=number > 0)

    async def cursor_position(self) -> ScreenPoint:
        """Return where the pointer is."""
        said = await self._ask("getmouselocation")
        found = re.match(r"x:(\d+) y:(\d+)", said)
        if found is None:
            raise DriverError(f"xdotool does not say where the pointer is: {said[:60]!r}")
        return ScreenPoint(int(found[1]), int(found[2]))

    async def release_held(self) -> None:
        """Release every key and button that may be held, the latest first."""
        if not self._held or self._closed:
            return
        releases = tuple(release_of(held) for held in reversed(self._held))
        try:
            await self._do(run_of(releases), begun=False)
        except (LostComputerError, ActionInterruptedError):
            # Asked for behind a failure, which is what has to be told. They stay noted as held, so the next release tries again.
            return

    async def close(self) -> None:
        """Let go of the display: its spare keys are as they were, and a server that was started for it ends."""
        if self._closed:
            return
        self._closed = True
        if self._server is not None:
            await self._server.stop()
            return
        try:
            await self._keymap.free()
        except LostComputerError:
            return  # a display that is gone has no keys

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _type(self, run: Run, text: str, *, begun: bool) -> None:
        """Type a text, with what is on no key put on one before."""
        if text.isascii():
            await self._do(run, begun=begun)
            return
        keys = await self._keymap.keys()
        if not keys:
            raise NotPerformableError("not executed: the keyboard has no spare key for characters beyond ASCII")
        for number, piece in enumerate(pieces_within(text, keys)):
            if self._keymap.would_take(piece):
                await asyncio.sleep(CATCHING_UP)
            await self._keymap.bind(piece)
            await self._do(evolve(run, text=piece), begun=begun or number > 0)

    async def _do(self, run: Run, *, begun: bool) -> None:
        self._held += run.presses
        try:
            await self._run_program(self._xdotool, run.arguments, run.text, ANSWER_SECONDS + run.seconds)
        except LostComputerError as error:
            if begun:
                raise ActionInterruptedError(str(error)) from error
            self._held = self._held[: len(self._held) - len(run.presses)]
            raise
        for release in run.releases:
            self._let_go(release)

    def _let_go(self, release: Event) -> None:
        for index in reversed(range(len(self._held))):
            if release_of(self._held[index]) == release:
                del self._held[index]
                return

    async def _ask(self, question: str) -> str:
        """Ask xdotool something that changes nothing."""
        self._check_open()
        try:
            return await self._run_program(self._xdotool, (question,), None, ANSWER_SECONDS)
        except ActionInterruptedError as error:
            raise LostComputerError(str(error)) from error

    async def _modify(self, arguments: Sequence[str], text: str | None) -> str:
        return await self._run_program(self._xmodmap, arguments, text, ANSWER_SECONDS)

    async def _run_program(self, program: str, arguments: Sequence[str], text: str | None, seconds: float) -> str:
        """Run xdotool or xmodmap once and return its output. Cancelled or late, it is ended; what it did by then is not known."""
        name = os.path.basename(program)
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                program,
                *arguments,
                stdin=nothing if text is None else pipe,
                stdout=pipe,
                stderr=pipe,
                env=self._environment,
            )
        except OSError as error:
            raise LostComputerError(f"{name} cannot be run: {error.strerror}") from error
        data = None if text is None else text.encode("utf-8")
        try:
            output, complaints = await asyncio.wait_for(process.communicate(data), seconds)
        except TimeoutError:
            raise ActionInterruptedError(f"{name} did not come to its end within {seconds:.0f} s") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        said = " ".join(complaints.decode("utf-8", "replace").split())
        if _NO_DISPLAY.search(said):
            raise LostComputerError(f"the display {self.display} is gone")
        if process.returncode or said:
            raise DriverError(
                f"{name} complained, and part of it may have been done: {said[:300] or process.returncode}"
            )
        return output.decode("utf-8", "replace")

    def _grabbed(self) -> bytes:
        grab = _image_grab()
        try:
            picture = grab.grab(xdisplay=self.display)
        except OSError as error:
            raise LostComputerError(f"the display {self.display} cannot be looked at: {error}") from error
        out = io.BytesIO()
        picture.save(out, format="PNG", compress_level=_COMPRESSION)
        return out.getvalue()

    def _check_open(self) -> None:
        if self._closed:
            raise ComputerClosedError("the display was let go of")


def _image_grab() -> Any:
    try:
        from PIL import ImageGrab
    except ImportError as error:
        raise MissingExtraError("looking at a display needs Pillow: install polyloop[x11]") from error
    return ImageGrab
