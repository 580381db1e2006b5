"""Files in GridFS, written and read in small steps (mongodb.com, GridFS specification).

The driver's own writer gathers 48 MB before it sends anything, its reader fetches 25 MB at once: on
a slow line such a message takes longer than an answer may, nobody could see how far it is, and it
takes that much memory. Every step here is a command of its own, which the driver may repeat.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING, DESCENDING
from pymongo.database import Database

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document
from postflow_desktop.domain.errors import PostFlowError

CHUNK_BYTES = 255 * 1024
"""What the specification proposes; a document of it fits its place on disk well."""
PIECE_BYTES = 4 * CHUNK_BYTES
"""What is sent at once: at 300 kbit/s still within the time that an answer may take."""


class GridUpload:
    """A file that has no name until all of it is there; nobody finds it before."""

    def __init__(self, database: Database[Any]) -> None:
        self._files = database["fs.files"]
        self._chunks = database["fs.chunks"]
        self._id = ObjectId()
        self._next = 0
        self._size = 0

    def prepare(self) -> None:
        """See that reading finds its indexes; nothing happens where they are."""
        with cluster_errors():
            self._files.create_index([("filename", ASCENDING), ("uploadDate", ASCENDING)])
            self._chunks.create_index([("files_id", ASCENDING), ("n", ASCENDING)], unique=True)

    def write(self, piece: bytes) -> None:
        """Add bytes; all pieces but the last have PIECE_BYTES."""
        documents: list[Document] = [
            {
                "files_id": self._id,
                "n": self._next + number,
                "data": piece[at : at + CHUNK_BYTES],
            }
            for number, at in enumerate(range(0, len(piece), CHUNK_BYTES))
        ]
        with cluster_errors():
            self._chunks.insert_many(documents)
        self._next += len(documents)
        self._size += len(piece)

    def finish(self, name: str, details: Document) -> None:
        """Give it its name."""
        document = {
            "_id": self._id,
            "length": self._size,
            "chunkSize": CHUNK_BYTES,
            "uploadDate": datetime.now(UTC),
            "filename": name,
            "metadata": details,
        }
        with cluster_errors():
            self._files.insert_one(document)

    def forget(self) -> None:
        """Take away what broke off; where that can't be done, nothing refers to it."""
        with suppress(PostFlowError), cluster_errors():
            self._files.delete_one({"_id": self._id})
            self._chunks.delete_many({"files_id": self._id})


class GridDownload:
    """A stored file from its beginning to its end; LookupError where a part of it is missing."""

    def __init__(self, database: Database[Any], stored: Document) -> None:
        """`stored`: its document in `fs.files`."""
        self._chunks = database["fs.chunks"]
        self._id = stored["_id"]
        self.size = int(stored["length"])
        self._each = int(stored["chunkSize"])
        self._next = 0
        self._left = self.size
        self._held = bytearray()

    def read(self, most: int) -> bytes:
        """The next bytes: that many, fewer only at the end."""
        wanted = min(most, self._left)
        while len(self._held) < wanted:
            self._fetch()
        piece = bytes(self._held[:wanted])
        del self._held[:wanted]
        self._left -= len(piece)
        return piece

    def _fetch(self) -> None:
        many = max(1, PIECE_BYTES // self._each)
        wanted = {"files_id": self._id, "n": {"$gte": self._next, "$lt": self._next + many}}
        with cluster_errors():
            found = list(self._chunks.find(wanted, {"n": 1, "data": 1}).sort("n", ASCENDING))
        if [chunk["n"] for chunk in found] != [self._next + n for n in range(len(found))]:
            raise LookupError
        if not found:
            raise LookupError
        for chunk in found:
            self._held += chunk["data"]
        self._next += len(found)


def stored_file(database: Database[Any], name: str) -> Document | None:
    """The newest file of that name, or None."""
    with cluster_errors():
        found: Document | None = database["fs.files"].find_one(
            {"filename": name}, sort=[("uploadDate", DESCENDING)]
        )
    return found
