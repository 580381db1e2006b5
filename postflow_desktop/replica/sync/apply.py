"""Apply: documents and deletions into the replica, idempotent and in any order.

A document counts if its rev is higher than what is held; a deletion is for good. What screens
read is a function of the documents alone, so the order in which they came leaves no trace.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from postflow_desktop.replica.metric_rows import metric_row
from postflow_desktop.replica.notice_rows import notice_row
from postflow_desktop.replica.plain import dump, load
from postflow_desktop.replica.statements import sql
from postflow_desktop.replica.sync import views
from postflow_desktop.services.ports.feed import PlainDocument


class Applier:
    """Writes through one connection, inside the caller's transaction; sqlite3.Error."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._views = {
            "posts": self._put_posts,
            "schedules": self._put_targets,
            "publishAttempts": self._put_attempts,
            "socialAccounts": self._put_accounts,
            "notifications": self._put_notices,
            "analytics": self._put_metrics,
        }

    def put(
        self, collection: str, documents: Iterable[PlainDocument], *, force: bool = False
    ) -> set[str]:
        """Keep what is newer; the ids that changed.

        `force` takes them as they are: the cluster was asked and has lower revs (a restored
        backup), or an id again that was deleted.
        """
        newest = _newest(documents)
        known = self._known(collection, newest)
        if force:
            self._many("gone_drop", ((collection, key) for key in newest))
        else:
            dead = self._gone(collection, newest)
            newest = {
                key: document
                for key, document in newest.items()
                if key not in dead and (key not in known or _rev(document) > known[key][1])
            }
        if not newest:
            return set()
        seqs = self._seqs(newest, known)
        self._many(
            "doc_put",
            (
                (seqs[key], collection, key, _rev(document), dump(document))
                for key, document in newest.items()
            ),
        )
        view = self._views.get(collection)
        if view is not None:
            view({seqs[key]: document for key, document in newest.items()}, set(known))
        return set(newest)

    def delete(self, collection: str, ids: Iterable[str]) -> set[str]:
        """Forget these for good; the ids that were held."""
        wanted = list(ids)
        known = self._known(collection, wanted)
        self._many("gone_put", ((collection, key) for key in wanted))
        self._drop_views(collection, known)
        self._many("doc_drop", ((seq,) for seq, _ in known.values()))
        return set(known)

    def _put_posts(self, documents: dict[int, PlainDocument], known: set[str]) -> None:
        ids = [document["_id"] for document in documents.values()]
        old = {document["_id"]: seq for seq, document in documents.items()}
        self._drop_posts({key: seq for key, seq in old.items() if key in known})
        alive = {seq: d for seq, d in documents.items() if d.get("deletedAt") is None}
        self._many("post_put", [views.post_row(seq, d) for seq, d in alive.items()])
        self._many("words_put", ((seq, views.words(d)) for seq, d in alive.items()))
        targets = self._targets_of(ids)
        version = self._next_version()
        self._many(
            "calendar_put",
            (
                views.calendar_row(at, version, d, targets.get(d["_id"], ()))
                for d in alive.values()
                if (at := views.calendar_time(d)) is not None
            ),
        )

    def _put_targets(self, documents: dict[int, PlainDocument], _: set[str]) -> None:
        self._many("target_put", (views.target_row(d) for d in documents.values()))
        self._refresh_calendar({d["postId"] for d in documents.values()})

    def _put_attempts(self, documents: dict[int, PlainDocument], _: set[str]) -> None:
        self._many("attempt_put", (views.attempt_row(d) for d in documents.values()))

    def _put_accounts(self, documents: dict[int, PlainDocument], _: set[str]) -> None:
        self._many("account_drop", ((d["_id"],) for d in documents.values()))
        self._many("account_put", (views.account_row(d) for d in documents.values()))

    def _put_notices(self, documents: dict[int, PlainDocument], _: set[str]) -> None:
        self._many("notice_put", (notice_row(d) for d in documents.values()))

    def _put_metrics(self, documents: dict[int, PlainDocument], _: set[str]) -> None:
        self._many("metric_put", (metric_row(d) for d in documents.values()))

    def _drop_views(self, collection: str, known: dict[str, tuple[int, int]]) -> None:
        match collection:
            case "posts":
                self._drop_posts({key: seq for key, (seq, _) in known.items()})
            case "schedules":
                posts = {post for (post,) in self._rows("posts_of_targets", known)}
                self._many("target_drop", ((key,) for key in known))
                self._refresh_calendar(posts)
            case "publishAttempts":
                stored = [self._document(collection, key) for key in known]
                self._many("attempt_drop", (views.attempt_row(d) for d in stored))
            case "socialAccounts":
                self._many("account_drop", ((key,) for key in known))
            case "notifications":
                self._many("notice_drop", ((key,) for key in known))
            case "analytics":
                self._many("metric_drop", ((key,) for key in known))

    def _drop_posts(self, posts: dict[str, int]) -> None:
        places = self._rows("posts_at", posts) if posts else []
        self._many("calendar_drop", ((org, at, key) for key, org, at, _ in places))
        self._many("post_drop", ((seq,) for seq in posts.values()))
        self._many("words_drop", ((seq,) for seq in posts.values()))

    def _refresh_calendar(self, post_ids: Iterable[str]) -> None:
        ids = list(post_ids)
        targets = self._targets_of(ids)
        version = self._next_version()
        self._many(
            "calendar_targets",
            [
                {
                    "id": key,
                    "org": org,
                    "at": at,
                    "version": version,
                    "networks": views.networks(targets.get(key, ())),
                    "movable": views.movable(status, targets.get(key, ())),
                    "held": views.held(targets.get(key, ())),
                }
                for key, org, at, status in self._rows("posts_at", ids)
            ],
        )

    def _targets_of(self, post_ids: Iterable[str]) -> dict[str, list[views.TargetFacts]]:
        found: dict[str, list[views.TargetFacts]] = defaultdict(list)
        for post, *facts in self._rows("targets_of", post_ids):
            found[post].append(views.TargetFacts(*facts))
        return found

    def _known(self, collection: str, ids: Iterable[str]) -> dict[str, tuple[int, int]]:
        rows = self._rows("known", ids, coll=collection)
        return {key: (seq, rev) for key, seq, rev in rows}

    def _gone(self, collection: str, ids: Iterable[str]) -> set[str]:
        return {key for (key,) in self._rows("gone", ids, coll=collection)}

    def _seqs(self, ids: Iterable[str], known: dict[str, tuple[int, int]]) -> dict[str, int]:
        """The number of each document, new ones counted on."""
        (last,) = self._connection.execute(sql("writes", "last_seq")).fetchone()
        seqs = {key: seq for key, (seq, _) in known.items()}
        for key in ids:
            if key not in seqs:
                last += 1
                seqs[key] = last
        return seqs

    def _next_version(self) -> int:
        """A number that no calendar row of this file has."""
        found = self._connection.execute(sql("writes", "meta_get"), {"key": "version"}).fetchone()
        version = int(found[0]) + 1 if found else 1
        self._connection.execute(
            sql("writes", "meta_put"), {"key": "version", "value": str(version)}
        )
        return version

    def _document(self, collection: str, key: str) -> PlainDocument:
        (text,) = self._connection.execute(sql("writes", "doc_json"), (collection, key)).fetchone()
        return load(text)

    def _rows(self, name: str, ids: Iterable[str], **more: str) -> list[tuple[Any, ...]]:
        parameters = {"ids": json.dumps(list(ids)), **more}
        return self._connection.execute(sql("writes", name), parameters).fetchall()

    def _many(self, name: str, rows: Iterable[Sequence[object] | dict[str, object]]) -> None:
        self._connection.executemany(sql("writes", name), rows)


def _newest(documents: Iterable[PlainDocument]) -> dict[str, PlainDocument]:
    """One document for each id: of several, that of the highest rev."""
    newest: dict[str, PlainDocument] = {}
    for document in documents:
        held = newest.get(document["_id"])
        if held is None or _rev(document) > _rev(held):
            newest[document["_id"]] = document
    return newest


def _rev(document: PlainDocument) -> int:
    rev: int = document.get("rev", 0)
    return rev
