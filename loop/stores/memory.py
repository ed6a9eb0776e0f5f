"""A store that is gone with its process: for tests, and for jobs that somebody else keeps."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence

from attrs import evolve, field, frozen, mutable

from ..journal import Claim, JobTakenError, MissingImageError, Row, StaleClaimError


@frozen(kw_only=True)
class _Owner:
    name: str
    fence: int
    expires_at: float
    released: bool = False


@mutable(kw_only=True)
class MemoryStore:
    """Jobs and images in dictionaries. Nothing is awaited inside a method, so each is done as a whole."""

    now: Callable[[], float] = time.time
    """The clock that claims run out by."""
    _rows: dict[str, list[Row]] = field(factory=dict, init=False)
    _owners: dict[str, _Owner] = field(factory=dict, init=False)
    _images: dict[str, tuple[bytes, str]] = field(factory=dict, init=False)

    async def claim(self, job: str, owner: str, ttl: float) -> Claim:
        """See `Store.claim`."""
        now = self.now()
        known = self._owners.get(job)
        if known is not None and not known.released and known.name != owner and known.expires_at > now:
            raise JobTakenError(f"job {job!r} belongs to {known.name!r} for another {known.expires_at - now:.0f} s")
        fence = known.fence + 1 if known is not None else 1
        self._owners[job] = _Owner(name=owner, fence=fence, expires_at=now + ttl)
        return Claim(job=job, owner=owner, fence=fence, expires_at=now + ttl)

    async def renew(self, claim: Claim, ttl: float) -> Claim:
        """See `Store.renew`."""
        owner = self._checked(claim)
        expires_at = self.now() + ttl
        self._owners[claim.job] = evolve(owner, expires_at=expires_at, released=False)
        return evolve(claim, expires_at=expires_at)

    async def release(self, claim: Claim) -> None:
        """See `Store.release`."""
        known = self._owners.get(claim.job)
        if known is not None and known.fence == claim.fence:
            self._owners[claim.job] = evolve(known, released=True)

    async def append(self, claim: Claim, rows: Sequence[Row]) -> int:
        """See `Store.append`."""
        self._checked(claim)
        kept = self._rows.setdefault(claim.job, [])
        first = len(kept) + 1
        kept.extend([evolve(row, sequence=sequence) for sequence, row in enumerate(rows, start=first)])
        return len(kept)

    def _checked(self, claim: Claim) -> _Owner:
        known = self._owners.get(claim.job)
        if known is None or known.fence != claim.fence:
            raise StaleClaimError(f"job {claim.job!r} has another owner now")
        return known

    async def rows(self, job: str, after: int = 0) -> tuple[Row, ...]:
        """See `Store.rows`."""
        return tuple(self._rows.get(job, ())[after:])

    async def put_image(self, data: bytes, media_type: str) -> str:
        """See `Store.put_image`."""
        digest = hashlib.sha256(data).hexdigest()
        self._images.setdefault(digest, (data, media_type))
        return digest

    async def image(self, digest: str) -> tuple[bytes, str]:
        """See `Store.image`."""
        try:
            return self._images[digest]
        except KeyError:
            raise MissingImageError(f"no image {digest[:12]}... is stored") from None

    async def aclose(self) -> None:
        """See `Store.aclose`. What is stored stays."""
