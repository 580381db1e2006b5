"""A MongoDB in memory with the calls of pymongo that the real stores make.

Every call is one atomic step on one server whose clock somebody else holds. Unique indexes are
those of the real schema. What a call does not know it refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from bson import ObjectId
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError

from tests.simulation.bson_order import NotModelled
from tests.simulation.expressions import Document, changed
from tests.simulation.pipelines import (
    by_status,
    changed_by_operators,
    from_query,
    ordered,
    project,
    stage,
)
from tests.simulation.queries import matches
from tests.simulation.server import Server

Call = Callable[[str, Callable[[], Any]], Any]


class MemoryClient:
    """A connection; `call` stands between it and the server and may fail or never come back."""

    def __init__(self, server: Server, call: Call = lambda _name, work: work()) -> None:
        self.server = server
        self.call = call

    def __getitem__(self, name: str) -> MemoryDatabase:
        return MemoryDatabase(self, name)

    def start_session(self) -> _Session:
        """A session whose transaction is one step."""
        return _Session(self)


class _Session:
    def __init__(self, client: MemoryClient) -> None:
        self._client = client

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def with_transaction(self, work: Callable[[_Session], Any]) -> Any:
        """All or nothing."""
        server = self._client.server
        call, self._client.call = self._client.call, lambda _name, inner: inner()

        def whole() -> Any:
            before = {name: dict(documents) for name, documents in server.collections.items()}
            try:
                return work(self)
            except BaseException:
                server.collections = before
                raise

        try:
            return call("transaction", whole)
        finally:
            self._client.call = call


class MemoryDatabase:
    """One database; all names of databases mean the same one."""

    codec_options: Any = None

    def __init__(self, client: MemoryClient, name: str) -> None:
        self.client = client
        self.name = name

    def __getitem__(self, name: str) -> MemoryCollection:
        return MemoryCollection(self.client, name)

    def command(self, name: str, **_options: Any) -> Document:
        """Only `hello`."""
        if name != "hello":
            raise NotModelled(name)
        answer: Document = self.client.call(
            "hello", lambda: {"localTime": self.client.server.clock()}
        )
        return answer


@dataclass(frozen=True)
class _Updated:
    matched_count: int
    modified_count: int


@dataclass(frozen=True)
class _Deleted:
    deleted_count: int


class MemoryCollection:
    """The calls of pymongo's Collection that are made."""

    def __init__(self, client: MemoryClient, name: str) -> None:
        self._client = client
        self._server = client.server
        self.name = name

    def find_one_and_update(
        self,
        query: Document,
        update: Sequence[Document] | Document,
        projection: Document | None = None,
        sort: list[tuple[str, int]] | None = None,
        upsert: bool = False,
        return_document: bool = False,
    ) -> Document | None:
        """Change the first that matches; the old or the new one, or None."""

        def work() -> Document | None:
            old, new = self._update_first(query, update, sort, upsert=upsert)
            shown = new if return_document else old
            return shown if shown is None else self._shown(shown, projection)

        found: Document | None = self._call(
            "find_one_and_update",
            work,
            filter=query,
            update=update,
            projection=projection,
            sort=sort,
            upsert=upsert,
            return_document=return_document,
        )
        return found

    def update_one(
        self, query: Document, update: Sequence[Document] | Document, *, upsert: bool = False
    ) -> _Updated:
        """Change the first that matches."""

        def work() -> _Updated:
            old, new = self._update_first(query, update, None, upsert=upsert)
            return _Updated(int(old is not None), int(old is not None and new is not old))

        updated: _Updated = self._call(
            "update_one", work, filter=query, update=update, upsert=upsert
        )
        return updated

    def update_many(self, query: Document, update: Sequence[Document]) -> None:
        """Change all that match, in one step."""

        def work() -> None:
            for old in self._all(query):
                self._server.store(self.name, old, changed(old, update, self._server.clock()))

        self._call("update_many", work, filter=query, update=update)

    def with_options(self, **_options: Any) -> Self:
        """Write concerns make no difference: here every write is kept."""
        return self

    def find_one(
        self,
        query: Document | None = None,
        projection: Document | None = None,
        *,
        sort: list[tuple[str, int]] | None = None,
    ) -> Document | None:
        """The first that matches, or None."""

        def work() -> Document | None:
            found = self._first(query or {}, sort)
            return found if found is None else self._shown(found, projection)

        one: Document | None = self._call(
            "find_one", work, filter=query, projection=projection, sort=sort
        )
        return one

    def find(self, query: Document | None = None, projection: Document | None = None) -> Cursor:
        """All that match; read when it is gone through."""
        return Cursor(self, query or {}, projection)

    def count_documents(self, query: Document, **_options: Any) -> int:
        """How many match."""
        count: int = self._call("count_documents", lambda: len(self._all(query)), filter=query)
        return count

    def insert_one(self, document: Document, session: Any = None) -> None:
        """DuplicateKeyError."""
        self._call("insert_one", lambda: self._insert(document), document=document)

    def insert_many(self, documents: Sequence[Document], session: Any = None) -> None:
        """One after the other; BulkWriteError at the first that does not go."""

        def work() -> None:
            for document in documents:
                try:
                    self._insert(document)
                except DuplicateKeyError as error:
                    raise BulkWriteError({"writeErrors": [error.details]}) from error

        self._call("insert_many", work, documents=documents)

    def delete_one(self, query: Document) -> _Deleted:
        """Delete the first that matches."""

        def work() -> _Deleted:
            found = self._first(query, None)
            if found is not None:
                del self._server.documents(self.name)[found["_id"]]
            return _Deleted(int(found is not None))

        deleted: _Deleted = self._call("delete_one", work, filter=query)
        return deleted

    def aggregate(self, pipeline: Sequence[Document]) -> list[Document]:
        """Match, sort, limit, project, set, union and group by null."""

        def work() -> list[Document]:
            now = self._server.clock()
            first = pipeline[0].get("$match", {})
            found = by_status(first, self._server.documents(self.name).values())
            return self._through(pipeline, found, now)

        documents: list[Document] = self._call("aggregate", work, pipeline=pipeline)
        return documents

    def _through(
        self, pipeline: Sequence[Document], found: list[Document], now: datetime
    ) -> list[Document]:
        for one in pipeline:
            ((name, options),) = one.items()
            if name == "$unionWith":
                others = list(self._server.documents(options["coll"]).values())
                found = [*found, *self._through(options["pipeline"], others, now)]
            else:
                found = stage(name)(options, found, now)
        return found

    def _shown(self, document: Document, projection: Document | None) -> Document:
        if projection is None:
            return document
        return project(document, projection, self._server.clock())

    def _call(self, name: str, work: Callable[[], Any], **asked: Any) -> Any:
        heard = self._server.on_call

        def told() -> Any:
            try:
                found = work()
            except PyMongoError as error:
                found = error
            assert heard is not None
            heard(self.name, name, asked, found, self._server.clock())
            if isinstance(found, PyMongoError):
                raise found
            return found

        return self._client.call(f"{self.name}.{name}", work if heard is None else told)

    def _all(
        self, query: Document, sort: Sequence[tuple[str, int]] | None = None
    ) -> list[Document]:
        now = self._server.clock()
        documents = self._server.documents(self.name)
        one = query.get("_id")
        if isinstance(one, ObjectId | str):
            candidates = [documents[one]] if one in documents else []
        else:
            candidates = by_status(query, documents.values())
        found = [document for document in candidates if matches(query, document, now)]
        return ordered(found, sort) if sort else found

    def _first(self, query: Document, sort: Sequence[tuple[str, int]] | None) -> Document | None:
        found = self._all(query, sort)
        return found[0] if found else None

    def _insert(self, document: Document) -> None:
        stored = dict(document)
        stored.setdefault("_id", ObjectId())
        self._server.store(self.name, None, stored)

    def _update_first(
        self,
        query: Document,
        update: Sequence[Document] | Document,
        sort: Sequence[tuple[str, int]] | None,
        *,
        upsert: bool,
    ) -> tuple[Document | None, Document | None]:
        old = self._first(query, sort)
        if old is None and not upsert:
            return None, None
        base = old if old is not None else from_query(query)
        now = self._server.clock()
        if isinstance(update, Mapping):
            new = changed_by_operators(base, dict(update), inserting=old is None)
        else:
            new = changed(base, update, now)
        self._server.store(self.name, old, new)
        return old, new


class Cursor:
    """What `find` gives."""

    def __init__(
        self, collection: MemoryCollection, query: Document, projection: Document | None
    ) -> None:
        self._collection = collection
        self._query = query
        self._projection = projection
        self._sort: list[tuple[str, int]] = []
        self._limit = 0

    def sort(self, key: str | list[tuple[str, int]], direction: int = 1) -> Self:
        """Order the result."""
        self._sort = [(key, direction)] if isinstance(key, str) else list(key)
        return self

    def limit(self, count: int) -> Self:
        """At most so many; all for 0."""
        self._limit = count
        return self

    def hint(self, _index: str) -> Self:
        """No matter here."""
        return self

    def __iter__(self) -> Iterator[Document]:
        def work() -> list[Document]:
            found = self._collection._all(self._query, self._sort)
            found = found[: self._limit] if self._limit else found
            return [self._collection._shown(document, self._projection) for document in found]

        found = self._collection._call(
            "find",
            work,
            filter=self._query,
            projection=self._projection,
            sort=self._sort or None,
            limit=self._limit,
        )
        return iter(found)
