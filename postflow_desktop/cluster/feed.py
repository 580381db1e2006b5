"""The ClusterFeed port: change stream, digests and batch reads of one database.

Documents leave here plain (ids are text, times aware) and without secrets: what seals and what is
sealed never reaches the replica, not even inside a change event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from threading import Event
from typing import Any

import pymongo
from bson import ObjectId, json_util
from bson.codec_options import DatetimeConversion, TypeDecoder, TypeRegistry
from pymongo.change_stream import DatabaseChangeStream
from pymongo.database import Database
from pymongo.errors import InvalidOperation, PyMongoError
from pymongo.read_concern import ReadConcern

from postflow_desktop.cluster.connection import translate
from postflow_desktop.cluster.documents import Document, try_object_id
from postflow_desktop.domain.errors import ClusterUnreachable, PostFlowError
from postflow_desktop.services.ports.feed import (
    COLLECTIONS,
    FeedEvent,
    PlainDocument,
    TokenLost,
)

DIGEST_INDEX = "_id_1_rev_1"
"""Every collection of the feed has it: digests are read from it alone."""
LEFT_OUT = {
    "users": ("keys", "passwordHash"),
    "socialAccounts": ("accessToken", "refreshToken", "refreshLease"),
    "schedules": ("wire",),
    "notifications": ("mailedTo", "raisedBy"),
}
"""Secrets, and what only a publisher needs: wire forms, who was mailed."""

_BATCH = 2000
_AWAIT_MS = 250
"""How long the server holds a question for changes that has no answer: so soon a stop is seen."""
_PATIENCE_SECONDS = 5.0
"""A server that is silent for longer than this is gone, whatever TCP believes."""
_WRITES = frozenset({"insert", "update", "replace"})
_TEXT_IDS = frozenset({"publishAttempts"})

# The pipeline never changes: a resumed stream that matches less than before may fail
# (SERVER-71565). Drops and renames are let through, for they end what a token can tell.
_PIPELINE: list[Document] = [
    {
        "$match": {
            "$or": [
                {"ns.coll": {"$in": list(COLLECTIONS)}},
                {"operationType": {"$in": ["dropDatabase", "invalidate"]}},
            ]
        }
    },
    {
        "$unset": [
            "updateDescription",
            *(f"fullDocument.{name}" for names in LEFT_OUT.values() for name in names),
        ]
    },
]


class _IdsAsText(TypeDecoder):
    """ObjectIds become their 24 hex digits while documents are decoded."""

    bson_type = ObjectId

    def transform_bson(self, value: ObjectId) -> str:
        """The id as text."""
        return str(value)


class MongoFeed:
    """ClusterFeed over one database; used by one thread, `watch` possibly by another."""

    def __init__(self, database: Database[Document]) -> None:
        options = database.codec_options.with_options(
            type_registry=TypeRegistry([_IdsAsText()]),
            tz_aware=True,
            unicode_decode_error_handler="replace",
            datetime_conversion=DatetimeConversion.DATETIME_CLAMP,
        )
        self._database: Database[Document] = database.with_options(
            codec_options=options, read_concern=ReadConcern("majority")
        )

    def fingerprint(self) -> str:
        """The database's name and the server's own id of its `organizations`.

        A database that was dropped, or restored into another cluster, has another one.
        """
        with _feed_errors():
            found = self._database.command(
                "listCollections", filter={"name": "organizations"}, cursor={}
            )
        made = found["cursor"]["firstBatch"]
        return f"{self._database.name}:{made[0]['info']['uuid'] if made else 'new'}"

    def now(self) -> datetime:
        """The cluster's clock, by `hello`."""
        with _feed_errors():
            moment: datetime = self._database.command(
                "hello", codec_options=self._database.codec_options
            )["localTime"]
        return moment

    def token(self) -> str:
        """A place in the stream that is now: the token of a stream that was just opened."""
        with _feed_errors(), self._stream(None) as stream:
            if stream.resume_token is None:
                stream.try_next()
            return _token_text(stream.resume_token)

    def documents(self, collection: str) -> Iterator[PlainDocument]:
        """Every document of a collection, in batches underneath."""
        return self._find(collection, {})

    def digest(self, collection: str) -> Iterator[tuple[str, int]]:
        """(id, rev) of every document, from the index alone."""
        with _feed_errors():
            found = self._database[collection].find({}, {"rev": 1}).hint(DIGEST_INDEX)
            for document in found.batch_size(10 * _BATCH):
                yield document["_id"], document.get("rev", 0)

    def sums(self, collection: str) -> tuple[int, int]:
        """How many documents there are, and the sum of their revs, from the index alone."""
        group: Document = {"_id": None, "count": {"$sum": 1}, "revs": {"$sum": "$rev"}}
        with _feed_errors():
            found = list(
                self._database[collection].aggregate([{"$group": group}], hint=DIGEST_INDEX)
            )
        return (found[0]["count"], found[0]["revs"]) if found else (0, 0)

    def fetch(self, collection: str, ids: list[str]) -> Iterator[PlainDocument]:
        """The documents with these ids; ids that are gone are passed over."""
        keys = ids if collection in _TEXT_IDS else [try_object_id(key) for key in ids]
        return self._find(collection, {"_id": {"$in": keys}})

    def watch(self, token: str, stop: Event) -> Iterator[FeedEvent | None]:
        """Changes after the token, until `stop`; None whenever nothing came for a moment.

        TokenLost for every error that is not the network's: too old a token is error 280 or 286,
        and any other says just as little about what was missed.
        """
        try:
            with self._stream(token) as stream:
                while not stop.is_set() and stream.alive:
                    with pymongo.timeout(_PATIENCE_SECONDS):
                        change = stream.try_next()
                    yield None if change is None else _event(change)
        except PyMongoError as error:
            problem = _problem(error)
            if isinstance(problem, ClusterUnreachable):
                raise problem from error
            raise TokenLost(problem.message) from error
        if not stop.is_set():
            raise TokenLost("the stream ended")

    def _find(self, collection: str, query: Document) -> Iterator[PlainDocument]:
        left_out: Mapping[str, int] = dict.fromkeys(LEFT_OUT.get(collection, ()), 0)
        with _feed_errors():
            yield from self._database[collection].find(query, left_out or None, batch_size=_BATCH)

    def _stream(self, token: str | None) -> DatabaseChangeStream[Document]:
        return self._database.watch(
            _PIPELINE,
            full_document="updateLookup",
            resume_after=None if token is None else json_util.loads(token),
            max_await_time_ms=_AWAIT_MS,
        )


def _event(change: Mapping[str, Any]) -> FeedEvent:
    """TokenLost where the change is none of documents: a collection was dropped, say."""
    kind = change["operationType"]
    if kind not in _WRITES and kind != "delete":
        raise TokenLost(f"{kind} ended the stream")
    return FeedEvent(
        collection=change["ns"]["coll"],
        id=change["documentKey"]["_id"],
        document=change.get("fullDocument") if kind in _WRITES else None,
        token=_token_text(change["_id"]),
    )


def _token_text(token: Mapping[str, Any] | None) -> str:
    return json_util.dumps(token)


@contextmanager
def _feed_errors() -> Iterator[None]:
    try:
        yield
    except PyMongoError as error:
        raise _problem(error) from error


def _problem(error: PyMongoError) -> PostFlowError:
    """A client that its owner closed is like a cluster that is away: there will be another."""
    if isinstance(error, InvalidOperation):
        return ClusterUnreachable("The connection to the cluster was closed.", code="closed")
    return translate(error)
