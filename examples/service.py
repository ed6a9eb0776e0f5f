"""The loop in a FastAPI service: a job runs in the background, can be looked at, and can be cancelled.

    pip install fastapi uvicorn
    uvicorn --factory examples.service:make_app

    POST /jobs {"task": "..."}     starts a job and returns its id
    GET /jobs/{id}                 says how it is: running, done with its result, failed, cancelled
    POST /jobs/{id}/cancel         stops it at once; its history stays sendable
    POST /jobs/{id}/resume         goes on where it was stopped, also after the service itself was killed

`Jobs` knows nothing of FastAPI. Jobs live in one SQLite file; stopping the service cancels what runs.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from polyloop.loop import SqliteStore, sampling_loop
from polyloop.loop.ports import ProviderClient, Store
from polyloop.translate.errors import PolyloopError


class Jobs:
    """Jobs that run in the background of one event loop."""

    def __init__(self, store: Store, make_client: Callable[[], ProviderClient] | None = None) -> None:
        """Take the store, and what makes a client for each job; without it the environment's key is used."""
        self.store = store
        self._make_client = make_client
        self._running: dict[str, asyncio.Task[Any]] = {}

    def start(self, job: str, task: str = "") -> None:
        """Start a job with a task, or resume it with none. Raises ``KeyError`` where it runs already."""
        if self.status(job)["status"] == "running":
            raise KeyError(job)
        self._running[job] = asyncio.create_task(self._run(job, task))

    async def _run(self, job: str, task: str) -> Any:
        client = self._make_client() if self._make_client is not None else None
        try:
            result, _ = await sampling_loop(
                job_id=job,
                db=self.store,
                model="claude-opus-4-6",
                provider="anthropic",
                system_prompt_suffix="",
                messages=[{"role": "user", "content": task}] if task else [],
                output_callback=lambda block: None,
                tool_output_callback=lambda result, call_id: None,
                tool_version="computer_use_20250124",
                client=client,
            )
        finally:
            if client is not None:
                await client.aclose()
        return result

    def status(self, job: str) -> dict[str, Any]:
        """Say how a job is; ``unknown`` for one that this process has not started."""
        task = self._running.get(job)
        if task is None:
            return {"status": "unknown"}
        if not task.done():
            return {"status": "running"}
        if task.cancelled():
            return {"status": "cancelled"}
        error = task.exception()
        if isinstance(error, PolyloopError):
            return {"status": "failed", "error": str(error)}
        return {"status": "done", "result": task.result()}

    async def wait(self, job: str) -> dict[str, Any]:
        """Wait until a job has ended, and say how."""
        await asyncio.wait({self._running[job]})
        return self.status(job)

    async def cancel(self, job: str) -> dict[str, Any]:
        """Stop a job and wait until it has stopped: what it did is stored, and nothing of it runs any more."""
        self._running[job].cancel()
        return await self.wait(job)

    async def aclose(self) -> None:
        """Stop everything and close the store."""
        for job in self._running:
            await self.cancel(job)
        await self.store.aclose()


def make_app(jobs: Jobs | None = None) -> Any:
    """Make the service."""
    fastapi: Any = import_module("fastapi")  # here and not above: the rest of this file needs no web framework
    kept = jobs or Jobs(SqliteStore(Path("jobs.db")))

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        yield
        await kept.aclose()

    app = fastapi.FastAPI(lifespan=lifespan)

    def known(job: str) -> str:
        if kept.status(job)["status"] == "unknown":
            raise fastapi.HTTPException(404, "no such job")
        return job

    async def start(body: dict[str, str]) -> dict[str, str]:
        if not body.get("task"):
            raise fastapi.HTTPException(422, "say a task")
        job = str(uuid.uuid4())
        kept.start(job, body["task"])
        return {"job": job}

    async def status(job: str) -> dict[str, Any]:
        return kept.status(known(job))

    async def cancel(job: str) -> dict[str, Any]:
        return await kept.cancel(known(job))

    async def resume(job: str) -> dict[str, str]:
        if not await kept.store.rows(job):
            raise fastapi.HTTPException(404, "no such job")
        try:
            kept.start(job)
        except KeyError:
            raise fastapi.HTTPException(409, "it is running") from None
        return {"job": job}

    app.add_api_route("/jobs", start, methods=["POST"], status_code=202)
    app.add_api_route("/jobs/{job}", status, methods=["GET"])
    app.add_api_route("/jobs/{job}/cancel", cancel, methods=["POST"])
    app.add_api_route("/jobs/{job}/resume", resume, methods=["POST"], status_code=202)
    return app
