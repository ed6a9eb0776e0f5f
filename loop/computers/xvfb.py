"""An X server of our own: Xvfb, started without a race for a display number, and ended with whoever started it."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from typing import IO, Final

from polyloop.translate.computer_use.coordinates import Size

from .errors import MissingDisplayError

START_SECONDS: Final = 15.0
INSTALL: Final = "apt-get install xvfb xdotool x11-xserver-utils"


class Xvfb:
    """A running server. ``display`` is what DISPLAY would be."""

    def __init__(self, process: asyncio.subprocess.Process, display: str, log: IO[bytes]) -> None:
        self._process = process
        self._log = log
        self.display = display

    @classmethod
    async def start(cls, size: Size) -> Xvfb:
        """Start a server with one screen of that size. Raises `MissingDisplayError` where it is not installed or does not start.

        ``-noreset``: without it the server starts anew when its last client leaves, and one call in twenty finds no display.
        """
        program = shutil.which("Xvfb")
        if program is None:
            raise MissingDisplayError(f"Xvfb is not installed: {INSTALL}")
        log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  (closed by stop)
        readable, writable = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                program, "-displayfd", str(writable), "-screen", "0", f"{size.width}x{size.height}x24", "-nolisten", "tcp",
                "-noreset", pass_fds=(writable,), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=log,
            )  # fmt: skip
        except BaseException:
            os.close(readable)
            log.close()
            raise
        finally:
            os.close(writable)
        server = cls(process, "", log)
        try:
            number = await asyncio.wait_for(_line(readable), START_SECONDS)
        except TimeoutError:
            number = b""
        except BaseException:
            await server.stop()
            raise
        finally:
            os.close(readable)
        if not number.strip():
            said = server._said()
            await server.stop()
            raise MissingDisplayError(f"Xvfb did not start{said}")
        server.display = f":{number.strip().decode('ascii')}"
        return server

    def _said(self) -> str:
        self._log.seek(0)
        text = " ".join(self._log.read(2000).decode("utf-8", "replace").split())
        return f": {text[:300]}" if text else ""

    async def stop(self) -> None:
        """End the server. May be called twice."""
        if self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()
        self._log.close()


async def _line(readable: int) -> bytes:
    """Read up to a newline or the end."""
    loop = asyncio.get_running_loop()
    line = b""
    while not line.endswith(b"\n"):
        ready = asyncio.Event()
        loop.add_reader(readable, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(readable)
        more = os.read(readable, 64)
        if not more:
            return b""
        line += more
    return line
