"""Measurements to documents of `analytics` and `accountMetrics`, and back."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from postflow_desktop.cluster.documents import Document, without_none
from postflow_desktop.domain.metrics import (
    NUMBERS,
    AccountDay,
    AccountMetrics,
    MeasuredPost,
    PostMetrics,
    Untold,
    count,
    with_numbers,
)
from postflow_desktop.domain.network import Network


def metrics_fields(metrics: PostMetrics | AccountMetrics) -> Document:
    """What is told, and why not more; what is not told is left out, which is never 0."""
    return {
        "metrics": without_none(dict(metrics.numbers)),
        "untold": None if metrics.reason is None else metrics.reason.value,
    }


def read_measured(document: Document) -> MeasuredPost:
    """A stored measurement; ValueError for a network of a newer version."""
    return MeasuredPost(
        organization_id=str(document["organizationId"]),
        post_id=str(document["postId"]),
        account_id=str(document["socialAccountId"]),
        network=Network(document["platform"]),
        external_id=document.get("platformPostId") or "",
        url=document.get("platformPostUrl") or "",
        metrics=read_metrics(document),
        fetched_at=document["fetchedAt"],
        asked_at=document.get("askedAt") or document["fetchedAt"],
        gone_at=document.get("goneAt"),
    )


def read_metrics(document: Document) -> PostMetrics:
    """The numbers of a stored measurement."""
    found: dict[str, Any] = document.get("metrics") or {}
    numbers = {name: count(found.get(name)) for name in NUMBERS}
    return with_numbers(numbers, reason=_reason(document))


def read_day(document: Document) -> AccountDay:
    """A stored day of an account; ValueError for a network of a newer version."""
    found: dict[str, Any] = document.get("metrics") or {}
    numbers = {name: count(found.get(name)) for name in AccountMetrics().numbers}
    return AccountDay(
        organization_id=str(document["organizationId"]),
        account_id=str(document["socialAccountId"]),
        network=Network(document["platform"]),
        day=document["day"].date(),
        metrics=AccountMetrics(**numbers, reason=_reason(document)),
        fetched_at=document["fetchedAt"],
    )


def _reason(document: Document) -> Untold | None:
    """A reason that this version can name."""
    with suppress(ValueError):
        return Untold(document.get("untold") or "")
    return None
