"""`payloads`: insert-only, found by content hash."""

from __future__ import annotations

from datetime import UTC, datetime

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document
from postflow_desktop.cluster.post_codec import payload_document, read_payload
from postflow_desktop.domain.errors import Bug
from postflow_desktop.domain.payload import Payload


class MongoPayloadStore:
    """The PayloadStore port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._payloads = database["payloads"]

    def put(self, payload: Payload) -> str:
        """Keep it; its content hash."""
        document = {**payload_document(payload), "createdAt": datetime.now(UTC)}
        with cluster_errors():
            try:
                self._payloads.insert_one(document)
            except DuplicateKeyError:
                # The same content is already there: payloads never change.
                return payload.content_hash
        return payload.content_hash

    def get(self, content_hash: str) -> Payload | None:
        """The payload; Bug if the stored content does not have that hash."""
        with cluster_errors():
            found = self._payloads.find_one({"_id": content_hash})
        if found is None:
            return None
        payload = read_payload(found)
        if payload.content_hash != content_hash:
            raise Bug("A stored payload was changed after it was approved; it is not sent.")
        return payload
