"""Between Quota values and their documents."""

from __future__ import annotations

from collections.abc import Sequence

from postflow_desktop.cluster.documents import Document
from postflow_desktop.cluster.schema.gates import MAX_QUOTAS
from postflow_desktop.domain.quota import Quota

_MOST = 2**31 - 1


def quota_documents(quotas: Sequence[Quota]) -> list[Document]:
    """As they are stored."""
    return [quota_document(quota) for quota in quotas[:MAX_QUOTAS]]


def quota_document(quota: Quota) -> Document:
    """As it is stored; the numbers come from a network, and are cut to what fits."""
    return {
        "seconds": quota.seconds,
        "limit": min(_MOST, max(0, quota.limit)),
        "remaining": min(_MOST, max(0, quota.remaining)),
        "resetsAt": quota.resets_at,
        "cost": quota.cost,
        "ofApp": quota.of_app,
    }


def read_quota(document: Document) -> Quota:
    """The value of a stored one."""
    return Quota(
        seconds=document["seconds"],
        limit=document["limit"],
        remaining=document["remaining"],
        resets_at=document["resetsAt"],
        cost=document.get("cost", 1),
        of_app=document.get("ofApp", False),
    )
