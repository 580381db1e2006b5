"""How accounts are used: the last post that went out or was refused, caps, quotas, blocks.

Nothing is kept for it: it is read from what publishing writes anyway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo.database import Database

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, try_object_id
from postflow_desktop.cluster.quota_codec import read_quota
from postflow_desktop.domain.account_use import AccountUse, CapUse, PostTrouble
from postflow_desktop.domain.quota import Quota
from postflow_desktop.domain.target import TargetError, TargetStatus

_TROUBLE_DAYS = 30
_TOLD_HOURS = 25
"""No network has a longer window than a day."""
_ATTEMPTS = 3
"""The newest replies are looked at: not every one carries every limit."""


class MongoAccountUseStore:
    """The AccountUseStore port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._database = database

    def of(self, organization_id: str) -> Mapping[str, AccountUse]:
        """Every account of the organization by id."""
        oid = try_object_id(organization_id)
        if oid is None:
            return {}
        with cluster_errors():
            now: datetime = self._database.command(
                "hello", codec_options=self._database.codec_options
            )["localTime"]
            ids = [d["_id"] for d in self._find("socialAccounts", {"organizationId": oid}, "_id")]
            budgets = list(self._database["budgets"].find({"organizationId": oid}))
            return {
                str(account): self._use(
                    {"organizationId": oid, "socialAccountId": account},
                    [b for b in budgets if b["socialAccountId"] == account],
                    now,
                )
                for account in ids
            }

    def _use(self, account: Document, budgets: Sequence[Document], now: datetime) -> AccountUse:
        quotas = self._quotas(account, budgets, now)
        blocks = [b["blockedUntil"] for b in budgets if b.get("blockedUntil")]
        blocks = [until for until in blocks if until > now]
        published = self._last_published(account, now)
        return AccountUse(
            at=now,
            last_published_at=published,
            trouble=self._trouble(account, now, published),
            caps=_caps(budgets, now),
            quotas=quotas,
            blocked_until=max(blocks, default=None),
        )

    def _last_published(self, account: Document, now: datetime) -> datetime | None:
        """By its planned time, of which there is an index: what is planned later is not out."""
        query = {
            **account,
            "scheduledAt": {"$lte": now},
            "status": TargetStatus.PUBLISHED.value,
        }
        found = self._database["schedules"].find_one(
            query, {"publishedAt": 1}, sort=[("scheduledAt", -1)]
        )
        moment: datetime | None = None if found is None else found.get("publishedAt")
        return moment

    def _trouble(
        self, account: Document, now: datetime, published: datetime | None
    ) -> PostTrouble | None:
        query = {
            **account,
            "scheduledAt": {"$gte": now - timedelta(days=_TROUBLE_DAYS), "$lte": now},
            "status": TargetStatus.FAILED.value,
        }
        found = self._database["schedules"].find_one(
            query, {"updatedAt": 1, "lastError": 1}, sort=[("scheduledAt", -1)]
        )
        error = None if found is None else found.get("lastError")
        if found is None or not error or (published and published > found["updatedAt"]):
            return None
        said = TargetError(
            code=error["code"], message=error.get("message", ""), fix=error.get("fix", "")
        )
        return PostTrouble(at=found["updatedAt"], error=said)

    def _quotas(
        self, account: Document, budgets: Sequence[Document], now: datetime
    ) -> tuple[Quota, ...]:
        """The newest word on each limit."""
        query = {
            **account,
            "at": {"$gte": now - timedelta(hours=_TOLD_HOURS)},
            "quotas.limit": {"$exists": True},
        }
        attempts = self._database["publishAttempts"].find(query, {"quotas": 1, "at": 1})
        told: list[tuple[datetime, Document]] = [
            (found["at"], quota)
            for found in attempts.sort("at", -1).limit(_ATTEMPTS)
            for quota in found["quotas"]
        ]
        told += [(b["at"], b["told"]) for b in budgets if b.get("told")]
        newest: dict[tuple[int, bool], Quota] = {}
        for _, document in sorted(told, key=lambda one: one[0]):
            quota = read_quota(document)
            newest[quota.seconds, quota.of_app] = quota
        held = [quota for quota in newest.values() if quota.holds(now)]
        return tuple(sorted(held, key=lambda quota: (quota.seconds, quota.of_app)))

    def _find(self, collection: str, query: Document, *fields: str) -> list[dict[str, Any]]:
        return list(self._database[collection].find(query, dict.fromkeys(fields, 1)))


def _caps(budgets: Sequence[Document], now: datetime) -> tuple[CapUse, ...]:
    """The buckets as they are filled now."""
    found = []
    for budget in budgets:
        window, cap = budget["window"], budget.get("cap")
        if not window.isdecimal() or cap is None or "tokens" not in budget:
            continue
        passed = max(0.0, (now - budget["at"]).total_seconds())
        tokens = min(cap, budget["tokens"] + budget.get("rate", 0) * passed)
        told = budget.get("told")
        if told and budget["at"] < told["resetsAt"] <= now:
            tokens = cap
        found.append(CapUse(posts=round(cap), seconds=int(window), left=int(tokens + 1e-6)))
    return tuple(sorted(found, key=lambda use: use.seconds))
