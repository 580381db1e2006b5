"""The catalogue of subscription plans, seeded with every workspace.

Prices come with billing; until then every new organization has `business`: as many posts as it
likes, more accounts, members and organizations than anybody has asked for.
"""

from __future__ import annotations

from collections.abc import Mapping

from bson import ObjectId
from pymongo.database import Database

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document
from postflow_desktop.domain.plan import UNLIMITED


def _plan(name: str, description: str, limits: Document, features: list[str]) -> Document:
    return {"name": name, "description": description, "limits": limits, "features": features}


def _limits(accounts: int, posts: int, members: int, workspaces: int, queue: int) -> Document:
    return {
        "socialAccounts": accounts,
        "postsPerMonth": posts,
        "teamMembers": members,
        "workspaces": workspaces,
        "queueSize": queue,
    }


_ALL = ["queue", "analytics", "best_time"]
CATALOGUE: Mapping[str, Document] = {
    "free": _plan("Free", "For trying it and for one person.", _limits(3, 30, 1, 1, 10), ["queue"]),
    "pro": _plan(
        "Pro", "For people who post every day.", _limits(10, 500, 3, 3, 200), ["queue", "analytics"]
    ),
    "business": _plan(
        "Business", "For teams and agencies.", _limits(50, UNLIMITED, 25, 50, UNLIMITED), _ALL
    ),
    "enterprise": _plan("Enterprise", "Without ends.", _limits(*[UNLIMITED] * 5), _ALL),
}
"""Slug to plan, in the order in which they are shown."""


def seed_plans(database: Database[Document]) -> None:
    """Add the plans that are missing; never changes one that is there."""
    plans = database["subscriptionPlans"]
    query = {"slug": {"$in": list(CATALOGUE)}}
    with cluster_errors():
        known = {plan["slug"] for plan in plans.find(query, {"slug": True})}
        for order, (slug, plan) in enumerate(CATALOGUE.items()):
            if slug not in known:
                # By slug, so that of two machines at once one inserts and the other meets it.
                new = {"_id": ObjectId(), **plan, "sortOrder": order, "active": True, "rev": 1}
                stamps = {"createdAt": True, "updatedAt": True}
                update = {"$setOnInsert": new, "$currentDate": stamps}
                plans.update_one({"slug": slug}, update, upsert=True)
