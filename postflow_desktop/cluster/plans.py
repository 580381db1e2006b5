"""The catalogue of subscription plans, seeded with every workspace.

Prices come with billing; until then every new organization has `business`.
"""

from __future__ import annotations

from bson import ObjectId
from pymongo.database import Database

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document

UNLIMITED = -1


def _plan(name: str, accounts: int, posts: int, members: int, features: list[str]) -> Document:
    limits = {"socialAccounts": accounts, "postsPerMonth": posts, "teamMembers": members}
    return {"name": name, "limits": {**limits, "workspaces": 1}, "features": features}


_CATALOGUE: dict[str, Document] = {
    "free": _plan("Free", 3, 30, 1, ["queue"]),
    "pro": _plan("Pro", 10, 500, 3, ["queue", "analytics"]),
    "business": _plan("Business", 50, UNLIMITED, 25, ["queue", "analytics", "best_time"]),
    "enterprise": _plan(
        "Enterprise", UNLIMITED, UNLIMITED, UNLIMITED, ["queue", "analytics", "best_time"]
    ),
}


def seed_plans(database: Database[Document]) -> None:
    """Add the plans that are missing; never changes one that is there."""
    plans = database["subscriptionPlans"]
    query = {"slug": {"$in": list(_CATALOGUE)}}
    with cluster_errors():
        known = {plan["slug"] for plan in plans.find(query, {"slug": True})}
        for order, (slug, plan) in enumerate(_CATALOGUE.items()):
            if slug not in known:
                # By slug, so that of two machines at once one inserts and the other meets it.
                new = {"_id": ObjectId(), **plan, "sortOrder": order, "active": True, "rev": 1}
                stamps = {"createdAt": True, "updatedAt": True}
                update = {"$setOnInsert": new, "$currentDate": stamps}
                plans.update_one({"slug": slug}, update, upsert=True)
