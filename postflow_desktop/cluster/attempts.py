"""`publishAttempts`: one document announces an attempt, another one tells its outcome."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, to_object_id, without_none
from postflow_desktop.cluster.quota_codec import quota_documents
from postflow_desktop.domain.outcome import Outcome
from postflow_desktop.services.ports.attempts import AttemptHistory, AttemptRecord

_CONCLUDED = "#outcome"


class MongoAttemptStore:
    """The AttemptStore port; inserts only."""

    def __init__(self, database: Database[Document]) -> None:
        self._attempts = database["publishAttempts"]

    def announce(self, record: AttemptRecord) -> bool:
        """Record the attempt; False if somebody announced it before."""
        document = {
            **_common(record),
            "_id": record.id,
            "kind": "announced",
            "at": record.at,
            "fence": record.fence,
            "contentHash": record.content_hash,
            "requestHash": hashlib.sha256(record.wire.encode()).hexdigest(),
            "sent": record.wire[:4000] or None,
        }
        return self._insert(document)

    def conclude(self, record: AttemptRecord, outcome: Outcome, at: datetime) -> None:
        """Record the outcome; the first one of an attempt stays."""
        document = {
            **_common(record),
            "_id": record.id + _CONCLUDED,
            "kind": "concluded",
            "at": at,
            "outcome": outcome.kind.value,
            "letter": outcome.kind.letter,
            "code": outcome.code[:100] or None,
            "message": outcome.message[:2000] or None,
            "httpStatus": outcome.status,
            "received": outcome.received[:4000] or None,
            "quotas": quota_documents(outcome.quotas) or None,
            "retryAt": outcome.retry_at,
        }
        self._insert(document)

    def of_targets(
        self, organization_id: str, target_ids: Sequence[str]
    ) -> Sequence[AttemptHistory]:
        """Attempts of these targets, oldest first."""
        query = {
            "organizationId": to_object_id(organization_id),
            "targetId": {"$in": [to_object_id(target_id) for target_id in target_ids]},
        }
        with cluster_errors():
            documents = list(self._attempts.find(query).sort("at", 1))
        outcomes = {d["attemptId"]: d for d in documents if d["kind"] == "concluded"}
        return [
            _history(d, outcomes.get(d["attemptId"])) for d in documents if d["kind"] == "announced"
        ]

    def _insert(self, document: Document) -> bool:
        with cluster_errors():
            try:
                self._attempts.insert_one(without_none(document))
            except DuplicateKeyError:
                return False
        return True


def _common(record: AttemptRecord) -> Document:
    return {
        "attemptId": record.id,
        "organizationId": to_object_id(record.organization_id),
        "postId": to_object_id(record.post_id),
        "targetId": to_object_id(record.target_id),
        "socialAccountId": to_object_id(record.account_id),
        "machine": record.machine,
        "process": record.process,
        "rev": 1,
    }


def _history(announced: Document, concluded: Document | None) -> AttemptHistory:
    end = concluded or {}
    return AttemptHistory(
        id=announced["attemptId"],
        target_id=str(announced["targetId"]),
        at=announced["at"],
        machine=announced["machine"],
        fence=announced["fence"],
        outcome=end.get("outcome"),
        letter=end.get("letter"),
        finished_at=end.get("at"),
        code=end.get("code", ""),
        message=end.get("message", ""),
        status=end.get("httpStatus"),
        received=end.get("received", ""),
        sent=announced.get("sent", ""),
    )
