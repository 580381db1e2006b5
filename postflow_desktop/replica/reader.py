"""The Replica port over `cache.db`: what screens read, from this machine's disk alone."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from postflow_desktop.domain.account import AccountStatus
from postflow_desktop.domain.errors import Unreachable
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.notice import Notice
from postflow_desktop.domain.pause import Pause
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.telling import NoticeWishes
from postflow_desktop.replica.database import CacheFile, empty_cache
from postflow_desktop.replica.files import is_damage, unwritable
from postflow_desktop.replica.notice_rows import read_notice, wishes_of
from postflow_desktop.replica.organization_rows import read_organization
from postflow_desktop.replica.plain import (
    from_milliseconds,
    load,
    milliseconds,
    moment,
    read_error,
    read_pause,
)
from postflow_desktop.replica.post_detail import read_detail
from postflow_desktop.replica.statements import sql
from postflow_desktop.services.ports.replica import (
    AccountRow,
    AttentionRow,
    CalendarRow,
    Counts,
    OrganizationRow,
    PostDetail,
    PostHit,
)

_MOST = 500
"""Rows of a list."""
_CACHED_ROWS = 40_000
"""Some months of the busiest organization, so that paging among them makes no row again."""
_CACHED_SPANS = 8
_WORD = re.compile(r"\w+")
_PLANNED = (PostStatus.SCHEDULED, PostStatus.QUEUED)

T = TypeVar("T")
_Row = tuple[Any, ...]


class SqliteReplica:
    """Reads of one workspace, by one thread at a time. Never waits for the cluster.

    A damaged file is put away and an empty one read instead; the synchronisation fills it again.
    Rows that a newer PostFlow wrote and this one can't name are left out of lists.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._file: CacheFile | None = None
        self._closed = False
        self._rows: dict[str, tuple[int, CalendarRow]] = {}
        self._networks: dict[str, str] = {}
        self._spans: dict[tuple[object, ...], list[CalendarRow]] = {}
        self._data_version = -1

    def calendar(
        self,
        organization_id: str,
        start: datetime,
        end: datetime,
        *,
        account_ids: frozenset[str] | None = None,
    ) -> Sequence[CalendarRow]:
        """Posts from start (included) to end (excluded), by time; only these accounts if given."""
        span = {"org": organization_id, "start": milliseconds(start), "end": milliseconds(end)}
        rows = self._read(lambda connection: self._span(connection, span))
        return [
            row
            for row in rows
            if account_ids is None or not account_ids.isdisjoint(row.account_ids)
        ]

    def post(self, organization_id: str, post_id: str) -> PostDetail | None:
        """One post, or None; Unreachable (`newer_document`) where this PostFlow is too old."""
        try:
            return self._read(lambda connection: read_detail(connection, organization_id, post_id))
        except (ValueError, KeyError) as error:
            raise Unreachable(
                "A newer PostFlow wrote this post; this one can't show it. Nothing was changed.",
                code="newer_document",
                fix="Update PostFlow on this computer.",
            ) from error

    def accounts(self, organization_id: str) -> Sequence[AccountRow]:
        """Accounts by network and name."""
        rows = self._all("accounts", org=organization_id)
        return list(_known(_account, rows))

    def pause(self, organization_id: str) -> Pause | None:
        """Why nothing of the organization goes out; None where it does."""
        rows = self._all("document", coll="organizations", id=organization_id)
        return read_pause(load(rows[0][0]).get("pause")) if rows else None

    def organization(self, organization_id: str) -> OrganizationRow | None:
        """Its settings, its pause and its people; None before it was read."""
        found = self._all("document", coll="organizations", id=organization_id)
        people = self._all("people", org=organization_id)
        return read_organization(found[0][0], people) if found else None

    def attention(self, organization_id: str) -> Sequence[AttentionRow]:
        """What a person should look at, newest first; at most 500."""
        rows = self._all("attention", org=organization_id, limit=_MOST)
        return list(_known(_attention, rows))

    def drafts(self, organization_id: str) -> Sequence[PostHit]:
        """Drafts, last changed first; at most 500."""
        return list(_known(_hit, self._all("drafts", org=organization_id, limit=_MOST)))

    def search(self, organization_id: str, words: str, *, limit: int = 20) -> Sequence[PostHit]:
        """Posts whose words begin like these (full text), best first; none for no words."""
        query = " ".join(f'"{word}"*' for word in _WORD.findall(words))
        if not query:
            return []
        rows = self._all("search", org=organization_id, query=query, limit=limit)
        return list(_known(_hit, rows))

    def posts_of(self, organization_id: str, target_ids: Sequence[str]) -> Mapping[str, PostHit]:
        """The posts of these targets, by target; what is not known here is left out."""
        ids = json.dumps(list(target_ids))
        rows = self._all("posts_of_targets", org=organization_id, ids=ids)
        return dict(_known(_hit_of_target, rows))

    def notices(self, organization_id: str, *, limit: int = 100) -> Sequence[Notice]:
        """Notices, newest first, withdrawn ones too; at most 500."""
        rows = self._all("notices", org=organization_id, limit=min(limit, _MOST))
        return list(_known(lambda row: read_notice(row[0]), rows))

    def unread_notices(self, organization_id: str, user_id: str) -> int:
        """How many wait for that member: not seen, not settled, not for the list only."""
        rows = self._all("count_unread", org=organization_id, user=user_id)
        return int(rows[0][0])

    def notice_wishes(self, user_id: str) -> NoticeWishes:
        """How that person wants to be told; the defaults where nothing is known here."""
        rows = self._all("document", coll="users", id=user_id)
        return wishes_of(rows[0][0]) if rows else NoticeWishes()

    def counts(self, organization_id: str) -> Counts:
        """Numbers beside the navigation."""

        def count(connection: sqlite3.Connection) -> Counts:
            scope = {"org": organization_id}
            posts = dict(connection.execute(sql("reads", "count_posts"), scope).fetchall())
            (attention,) = connection.execute(sql("reads", "count_attention"), scope).fetchone()
            return Counts(
                drafts=posts.get(PostStatus.DRAFT, 0),
                planned=sum(posts.get(status, 0) for status in _PLANNED),
                attention=attention,
            )

        return self._read(count)

    def close(self) -> None:
        """Close the file for good; whoever still asks finds nothing, and makes no file again."""
        with self._lock:
            self._closed = True
            self._forget()

    def _all(self, name: str, **parameters: object) -> list[_Row]:
        return self._read(lambda c: c.execute(sql("reads", name), parameters).fetchall())

    def _span(self, connection: sqlite3.Connection, span: dict[str, object]) -> list[CalendarRow]:
        """Read anew only if another connection wrote (sqlite.org/pragma.html, data_version)."""
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if version != self._data_version or len(self._spans) >= _CACHED_SPANS:
            self._spans.clear()
            self._data_version = version
        key = tuple(span.values())
        rows = self._spans.get(key)
        if rows is None:
            rows = self._spans[key] = self._calendar(connection, span)
        return rows

    def _calendar(
        self, connection: sqlite3.Connection, span: dict[str, object]
    ) -> list[CalendarRow]:
        """Rows that are known already are not made again: making one costs more than reading it."""
        connection.execute("BEGIN")
        try:
            self._keep_networks(connection, span)
            found = connection.execute(sql("reads", "calendar_versions"), span).fetchall()
            known = self._rows
            fresh = [key for key, version in found if known.get(key, _NONE)[0] != version]
            if fresh:
                self._make_rows(connection, span, found)
        finally:
            connection.execute("COMMIT")
        return [row[1] for key, _ in found if (row := self._rows.get(key)) is not None]

    def _make_rows(
        self, connection: sqlite3.Connection, span: dict[str, object], found: list[_Row]
    ) -> None:
        if len(self._rows) + len(found) > _CACHED_ROWS:
            self._rows = {key: self._rows[key] for key, _ in found if key in self._rows}
        made = self._rows
        build = _RowBuilder(self._networks)
        for row in connection.execute(sql("reads", "calendar_rows"), span):
            key, version = row[0], row[1]
            if made.get(key, _NONE)[0] != version:
                made.pop(key, None)
                with suppress(ValueError):
                    made[key] = (version, build(row))

    def _keep_networks(self, connection: sqlite3.Connection, span: dict[str, object]) -> None:
        networks = dict(connection.execute(sql("reads", "account_networks"), span).fetchall())
        if networks != self._networks:
            self._networks = networks
            self._rows.clear()

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            if self._closed:
                with closing(empty_cache()) as nothing:
                    return work(nothing)
            try:
                return work(self._connection())
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise unwritable(self._path, error) from error
                self._discard(error)
            try:
                return work(self._connection())
            except sqlite3.DatabaseError as error:
                raise unwritable(self._path, error) from error

    def _connection(self) -> sqlite3.Connection:
        if self._file is not None and self._file.moved():
            self._forget()
        if self._file is None:
            self._file = CacheFile(self._path)
        return self._file.connection

    def _discard(self, error: sqlite3.DatabaseError) -> None:
        file = self._file
        if file is not None:
            self._forget()
            file.discard(error)

    def _forget(self) -> None:
        self._rows.clear()
        self._spans.clear()
        self._networks = {}
        if self._file is not None:
            self._file.close()
            self._file = None


class _RowBuilder:
    """Makes calendar rows; the many posts with the same accounts share their tuples."""

    def __init__(self, networks: dict[str, str]) -> None:
        self._networks = networks
        self._shared: dict[tuple[str, str], tuple[tuple[str, ...], tuple[Network, ...]]] = {}
        self._states = {status.value: status for status in PostStatus}

    def __call__(self, row: _Row) -> CalendarRow:
        """ValueError where a value is of a newer version."""
        key, _, at, title, status, code, accounts, targets, has_media, movable, held = row
        account_ids, networks = self._accounts(accounts, targets)
        return CalendarRow(
            post_id=key,
            at=from_milliseconds(at),
            title=title,
            status=self._states.get(status) or PostStatus(status),
            failure_code=code,
            networks=networks,
            account_ids=account_ids,
            has_media=bool(has_media),
            movable=bool(movable),
            held=bool(held),
        )

    def _accounts(self, accounts: str, targets: str) -> tuple[tuple[str, ...], tuple[Network, ...]]:
        found = self._shared.get((accounts, targets))
        if found is None:
            account_ids = tuple(accounts.split())
            by_target = dict(pair.split("=", 1) for pair in targets.split())
            names = (by_target.get(a) or self._networks.get(a) for a in account_ids)
            networks = tuple(dict.fromkeys(Network(name) for name in names if name))
            found = self._shared[(accounts, targets)] = (account_ids, networks)
        return found


_NONE = (-1, None)


def _known(make: Callable[[_Row], T], rows: Iterable[_Row]) -> Iterator[T]:
    """What can be made of the rows; those of a newer version are passed over."""
    for row in rows:
        try:
            made = make(row)
        except (ValueError, KeyError):
            continue
        yield made


def _account(row: _Row) -> AccountRow:
    document = load(row[0])
    return AccountRow(
        id=document["_id"],
        network=Network(document["platform"]),
        username=document.get("platformUsername") or "",
        display_name=document.get("displayName"),
        status=AccountStatus(document["status"]),
        service=(document.get("metadata") or {}).get("service", ""),
        last_error_code=document.get("lastErrorCode"),
        last_error_message=document.get("lastErrorMessage"),
        token_expires_at=moment(document.get("tokenExpiresAt")),
        pause=read_pause(document.get("pause")),
        preflight_minutes=document.get("preflightMinutes", 0),
        user_id=document.get("platformUserId", ""),
        last_error_fix=document.get("lastErrorFix"),
        last_error_at=moment(document.get("lastErrorAt")),
        last_checked_at=moment(document.get("lastCheckedAt")),
        last_refreshed_at=moment(document.get("lastRefreshedAt")),
        scopes=tuple(document.get("scopes") or ()),
        # Older accounts don't say it; LinkedIn gives most apps nothing to renew with.
        renews=document.get("renews", document["platform"] != Network.LINKEDIN.value),
        renewable_until=moment(document.get("renewableUntil")),
    )


def _attention(row: _Row) -> AttentionRow:
    target_id, post_id, account_id, username, network, status, at, title, text = row
    return AttentionRow(
        target_id=target_id,
        post_id=post_id,
        account_id=account_id,
        username=username or "",
        network=Network(network),
        status=status,
        at=from_milliseconds(at),
        title=title,
        error=read_error(load(text).get("lastError")),
    )


def _hit(row: _Row) -> PostHit:
    post_id, title, status, at = row
    return PostHit(
        post_id=post_id,
        title=title,
        status=PostStatus(status),
        at=None if at is None else from_milliseconds(at),
    )


def _hit_of_target(row: _Row) -> tuple[str, PostHit]:
    return row[0], _hit(row[1:])
