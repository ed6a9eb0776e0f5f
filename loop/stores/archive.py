"""A job as one JSON file: its journal, and the images its journal refers to. Versioned; an unknown version is refused.

The text is plain: images are base64 under their digest, rows are in the form the journal has. An archive taken in again gives the
same rows, images and digests.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Final

from polyloop.translate.errors import FormatError
from polyloop.translate.jsonvalue import Json, JsonObject

from ..journal import SCHEMA, Row, SchemaVersionError, StoreError
from ..media import FAMILY
from ..ports import Store

FORMAT: Final = "polyloop-job"
IMPORTER: Final = "import"
IMPORT_SECONDS: Final = 60.0


async def export_job(store: Store, job: str) -> str:
    """Return a job as the text of one JSON file. Raises `StoreError` for a job that is not known."""
    rows = await store.rows(job)
    if not rows:
        raise StoreError(f"there is no job {job!r}")
    images: JsonObject = {}
    for digest in sorted({digest for row in rows for digest in _references(row.data)}):
        data, media_type = await store.image(digest)
        images[digest] = {"media_type": media_type, "data": base64.b64encode(data).decode("ascii")}
    document = {
        "format": FORMAT,
        "schema": SCHEMA,
        "job": job,
        "rows": [{"kind": row.kind, "key": row.key, "data": row.data} for row in rows],
        "images": images,
    }
    return json.dumps(document, ensure_ascii=True, allow_nan=False, indent=1) + "\n"


async def import_job(store: Store, text: str, *, job: str | None = None) -> str:
    """Take in an exported job, under another id if one is given, and return its id.

    Raises `SchemaVersionError` for an unknown version, `FormatError` for a damaged file (an image whose digest is wrong included),
    `StoreError` where the store has a job of that id already. After an error the store holds no row of it.
    """
    document = _checked(text)
    name = document["job"] if job is None else job
    if await store.rows(name):
        raise StoreError(f"there is a job {name!r} already")
    rows = [Row(kind=row["kind"], key=row["key"], data=row["data"]) for row in document["rows"]]
    for digest, image in document["images"].items():
        await store.put_image(_image(digest, image), image["media_type"])
    claim = await store.claim(name, IMPORTER, IMPORT_SECONDS)
    try:
        await store.append(claim, rows)
    finally:
        await store.release(claim)
    return str(name)


def _checked(text: str) -> JsonObject:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise FormatError(f"an exported job is JSON: {error}") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise FormatError(f"this is no exported job: its format is not {FORMAT!r}")
    if document.get("schema") != SCHEMA:
        raise SchemaVersionError(f"exported with schema {document.get('schema')!r}, this release reads {SCHEMA}")
    rows, images = document.get("rows"), document.get("images")
    if not isinstance(document.get("job"), str) or not isinstance(rows, list) or not isinstance(images, dict):
        raise FormatError("an exported job has a job, rows and images")
    if not all(isinstance(row, dict) and {"kind", "key", "data"} <= set(row) for row in rows):
        raise FormatError("a row has a kind, a key and data")
    return document


def _image(digest: str, image: Mapping[str, Json]) -> bytes:
    try:
        data = base64.b64decode(image["data"], validate=True)
    except (KeyError, TypeError, binascii.Error, ValueError) as error:
        raise FormatError(f"image {digest[:12]}... is damaged") from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise FormatError(f"image {digest[:12]}... is not the one its digest names")
    return data


def _references(value: Json) -> Iterator[str]:
    """Give the digests of the images that a stored document refers to."""
    if isinstance(value, Mapping):
        if value.get("family") == FAMILY and isinstance(value.get("id"), str):
            yield value["id"]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
