"""One post with everything that became of it, read in one go."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress

from postflow_desktop.domain.metrics import MeasuredPost
from postflow_desktop.replica.metric_rows import read_measured
from postflow_desktop.replica.plain import load, read_attempts, read_post, read_target
from postflow_desktop.replica.statements import sql
from postflow_desktop.services.ports.replica import PostDetail


def read_detail(
    connection: sqlite3.Connection, organization_id: str, post_id: str
) -> PostDetail | None:
    """The post, or None; ValueError or KeyError where a newer version wrote it."""
    scope = {"org": organization_id, "id": post_id, "post": post_id}
    connection.execute("BEGIN")
    try:
        row = connection.execute(sql("reads", "post"), scope).fetchone()
        targets = connection.execute(sql("reads", "targets_of_post"), scope).fetchall()
        attempts = connection.execute(sql("reads", "attempts_of_post"), scope).fetchall()
        metrics = connection.execute(sql("reads", "metrics_of_post"), scope).fetchall()
    finally:
        connection.execute("COMMIT")
    if row is None:
        return None
    made = [read_target(load(text)) for (text,) in targets]
    return PostDetail(
        post=read_post(load(row[0])),
        targets=tuple(sorted(made, key=lambda target: (target.scheduled_at, target.id))),
        attempts=read_attempts(load(text) for (text,) in attempts),
        metrics=tuple(_known(text for (text,) in metrics)),
    )


def _known(texts: Iterable[str]) -> Iterator[MeasuredPost]:
    """Those that this version can read; the numbers of another don't hide the post."""
    for text in texts:
        with suppress(ValueError, KeyError):
            yield read_measured(text)
