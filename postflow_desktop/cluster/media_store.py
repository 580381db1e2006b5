"""Media bytes in GridFS of `<db>_media`, by content hash.

A database of their own, because a change stream on the main one would carry every byte. The file's
name is its hash; an upload that died leaves chunks that nothing refers to, never a wrong picture.
"""

from __future__ import annotations

import hashlib
from typing import Any

from pymongo.database import Database

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, to_object_id
from postflow_desktop.cluster.grid import PIECE_BYTES, GridDownload, GridUpload, stored_file
from postflow_desktop.domain.errors import NotFound
from postflow_desktop.domain.post import Media
from postflow_desktop.services.ports.media import (
    MediaContent,
    MediaStream,
    Progress,
    pieces,
)


class MongoMediaStore:
    """The MediaStore port on GridFS."""

    def __init__(self, media_database: Database[Document]) -> None:
        self._database: Database[Any] = media_database

    def put(
        self,
        organization_id: str,
        media: Media,
        content: MediaContent,
        progress: Progress | None = None,
    ) -> None:
        """Keep the bytes; nothing happens where they already are."""
        details = {"organizationId": to_object_id(organization_id), "mime": media.mime}
        with cluster_errors():
            if self._database["fs.files"].find_one({"filename": media.sha256}, {"_id": 1}):
                return
        into = GridUpload(self._database)
        if progress is not None:
            progress.begin(content.size)
        try:
            into.prepare()
            with content.open() as stream:
                for piece in pieces(stream, PIECE_BYTES):
                    into.write(piece)
                    if progress is not None:
                        progress.went(len(piece))
            into.finish(media.sha256, details)
        except BaseException:
            into.forget()
            raise

    def read(self, sha256: str) -> bytes:
        """The bytes, checked against their hash."""
        with self.open(sha256) as stream:
            return b"".join(pieces(stream))

    def open(self, sha256: str) -> MediaStream:
        """The bytes in pieces, checked against their hash with the last one."""
        found = stored_file(self._database, sha256)
        if found is None:
            raise _gone()
        return _Stored(GridDownload(self._database, found), sha256)


class _Stored:
    """A stream over a file of GridFS."""

    def __init__(self, stored: GridDownload, sha256: str) -> None:
        self._stored = stored
        self._sha256 = sha256
        self._hash = hashlib.sha256()
        self._left = stored.size

    @property
    def size(self) -> int:
        """Bytes in all."""
        return self._stored.size

    def read(self, most: int) -> bytes:
        """The next bytes; NotFound where they are damaged."""
        try:
            piece = self._stored.read(most)
        except LookupError as error:
            raise _gone() from error
        self._left -= len(piece)
        self._hash.update(piece)
        if not self._left and self._hash.hexdigest() != self._sha256:
            raise _gone()
        return piece

    def close(self) -> None:
        """Nothing to let go."""

    def __enter__(self) -> _Stored:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _gone() -> NotFound:
    return NotFound(
        "A picture, video or document of this post is missing or damaged in the cluster;"
        " nothing was sent.",
        code="media_gone",
        fix="Add the file to the post again.",
    )
