"""Measurements in the replica: from a document of the feed to a row, and from JSON to the value."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from postflow_desktop.domain.metrics import (
    NUMBERS,
    MeasuredPost,
    PostMetrics,
    Untold,
    count,
    with_numbers,
)
from postflow_desktop.domain.network import Network
from postflow_desktop.replica.plain import load, moment
from postflow_desktop.services.ports.feed import PlainDocument


def metric_row(document: PlainDocument) -> tuple[object, ...]:
    """The place of a measurement, as `metric_put` takes it."""
    return document["_id"], document["postId"]


def read_measured(text: str) -> MeasuredPost:
    """A stored measurement; ValueError for a network of a newer version."""
    document = load(text)
    fetched_at = moment(document["fetchedAt"])
    if fetched_at is None:
        raise ValueError("a measurement without a time")
    return MeasuredPost(
        organization_id=document["organizationId"],
        post_id=document["postId"],
        account_id=document["socialAccountId"],
        network=Network(document["platform"]),
        external_id=document.get("platformPostId") or "",
        url=document.get("platformPostUrl") or "",
        metrics=_metrics(document),
        fetched_at=fetched_at,
        asked_at=moment(document.get("askedAt")) or fetched_at,
        gone_at=moment(document.get("goneAt")),
    )


def _metrics(document: dict[str, Any]) -> PostMetrics:
    found: dict[str, Any] = document.get("metrics") or {}
    reason: Untold | None = None
    with suppress(ValueError):
        reason = Untold(document.get("untold") or "")
    return with_numbers({name: count(found.get(name)) for name in NUMBERS}, reason=reason)
