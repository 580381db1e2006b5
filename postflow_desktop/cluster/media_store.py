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
from postflow_desktop.domain.errors import NotFound
from postflow_desktop.domain.post import Media


class MongoMediaStore:
    """The MediaStore port on GridFS."""

    def __init__(self, media_database: Database[Document]) -> None:
        self._database: Database[Any] = media_database

    def put(self, organization_id: str, media: Media, data: bytes) -> None:
        """Keep the bytes; nothing happens where they already are."""
        from gridfs import GridFSBucket

        details = {"organizationId": to_object_id(organization_id), "mime": media.mime}
        with cluster_errors():
            if self._database["fs.files"].find_one({"filename": media.sha256}, {"_id": 1}):
                return
            GridFSBucket(self._database).upload_from_stream(media.sha256, data, metadata=details)

    def read(self, sha256: str) -> bytes:
        """The bytes, checked against their hash."""
        from gridfs import GridFSBucket
        from gridfs.errors import CorruptGridFile, NoFile

        with cluster_errors():
            try:
                data: bytes = (
                    GridFSBucket(self._database).open_download_stream_by_name(sha256).read()
                )
            except (NoFile, CorruptGridFile) as error:
                raise _gone() from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise _gone()
        return data


def _gone() -> NotFound:
    return NotFound(
        "A picture of this post is missing or damaged in the cluster; nothing was sent.",
        code="media_gone",
        fix="Add the picture to the post again.",
    )
