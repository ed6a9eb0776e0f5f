"""A store of your own: a job's journal and its images wherever you like, here in files of one folder.

    python -m examples.custom_store

A `Store` has eight methods; `check_store` holds any implementation to their promises. This one is for one process: its claims are files
that nobody else is meant to write.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import evolve

from polyloop.loop import JobTakenError, StaleClaimError
from polyloop.loop.journal import Claim, MissingImageError, Row
from polyloop.loop.testing import check_store


class FolderStore:
    """Jobs as files of JSON lines, images as files named by their digest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def _file(self, job: str, suffix: str) -> Path:
        return self._folder / (hashlib.sha256(job.encode()).hexdigest()[:32] + suffix)

    def _owner(self, job: str) -> dict[str, Any]:
        path = self._file(job, ".owner")
        found: dict[str, Any] = {"owner": "", "fence": 0, "expires_at": 0.0}
        return json.loads(path.read_text()) if path.exists() else found

    def _own(self, job: str, owner: str, fence: int, expires_at: float) -> Claim:
        whole = self._file(job, ".new")
        whole.write_text(json.dumps({"owner": owner, "fence": fence, "expires_at": expires_at}))
        whole.replace(self._file(job, ".owner"))
        return Claim(job=job, owner=owner, fence=fence, expires_at=expires_at)

    def _check(self, claim: Claim) -> None:
        if self._owner(claim.job)["fence"] != claim.fence:
            raise StaleClaimError(f"job {claim.job!r} has another owner now")

    async def claim(self, job: str, owner: str, ttl: float) -> Claim:
        known = self._owner(job)
        if known["owner"] not in ("", owner) and known["expires_at"] > time.time():
            raise JobTakenError(f"job {job!r} belongs to {known['owner']!r}")
        return self._own(job, owner, known["fence"] + 1, time.time() + ttl)

    async def renew(self, claim: Claim, ttl: float) -> Claim:
        self._check(claim)
        return self._own(claim.job, claim.owner, claim.fence, time.time() + ttl)

    async def release(self, claim: Claim) -> None:
        if self._owner(claim.job)["fence"] == claim.fence:
            self._own(claim.job, "", claim.fence, 0.0)

    async def append(self, claim: Claim, rows: Sequence[Row]) -> int:
        self._check(claim)
        known = await self.rows(claim.job)
        added = [evolve(row, sequence=number) for number, row in enumerate(rows, start=len(known) + 1)]
        lines = "".join(json.dumps({"kind": r.kind, "key": r.key, "data": r.data}) + "\n" for r in (*known, *added))
        whole = self._file(claim.job, ".new")
        whole.write_text(lines)  # for a store that survives the loss of power, add os.fsync here
        whole.replace(self._file(claim.job, ".jsonl"))
        return len(known) + len(added)

    async def rows(self, job: str, after: int = 0) -> tuple[Row, ...]:
        path = self._file(job, ".jsonl")
        lines = path.read_text().splitlines() if path.exists() else []
        return tuple(Row(sequence=number, **json.loads(line)) for number, line in enumerate(lines, start=1))[after:]

    async def put_image(self, data: bytes, media_type: str) -> str:
        digest = hashlib.sha256(data).hexdigest()
        (self._folder / digest).write_bytes(media_type.encode() + b"\n" + data)
        return digest

    async def image(self, digest: str) -> tuple[bytes, str]:
        path = self._folder / digest
        if not path.exists():
            raise MissingImageError(f"no image {digest[:12]}... is stored")
        media_type, _, data = path.read_bytes().partition(b"\n")
        return data, media_type.decode()

    async def aclose(self) -> None:
        return None


async def check(folder: Path) -> int:
    """Hold the store to every law; return how many empty stores that took."""
    count = 0

    async def make() -> FolderStore:
        nonlocal count
        count += 1
        return FolderStore(folder / str(count))

    await check_store(make)
    return count


def main() -> None:
    with TemporaryDirectory() as folder:
        count = asyncio.run(check(Path(folder)))
    print(f"the store keeps the laws of stores ({count} groups of them)")


if __name__ == "__main__":
    main()
