"""What plans allow: the catalogue and its meters, as the EntitlementStore port."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bson import ObjectId
from pymongo.database import Database

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, new_id, to_object_id, try_object_id
from postflow_desktop.cluster.rooms import count, meter_id, touch
from postflow_desktop.cluster.stamps import change
from postflow_desktop.domain.account import DISCONNECTED
from postflow_desktop.domain.errors import Bug
from postflow_desktop.domain.plan import UNLIMITED, Limits, Plan
from postflow_desktop.services.ports.entitlements import Room


class MongoEntitlements:
    """The EntitlementStore port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._database = database

    def now(self) -> datetime:
        """The cluster's clock."""
        with cluster_errors():
            moment: datetime = self._database.command(
                "hello", codec_options=self._database.codec_options
            )["localTime"]
        return moment

    def plan_of(self, organization_id: str) -> Plan | None:
        """The plan of an organization; None where there is no such organization."""
        oid = try_object_id(organization_id)
        with cluster_errors():
            found = self._database["organizations"].find_one({"_id": oid}, {"planId": True})
        if found is None:
            return None
        (plan,) = self._plans([found["planId"]])
        return plan

    def plans_of_owner(self, user_id: str) -> Sequence[Plan]:
        """The plans of the organizations that a person owns."""
        owned = {"userId": to_object_id(user_id), "role": "owner"}
        with cluster_errors():
            mine = self._database["memberships"].find(owned, {"organizationId": True})
            ids = [each["organizationId"] for each in mine]
            found = self._database["organizations"].find({"_id": {"$in": ids}}, {"planId": True})
            plans = sorted({each["planId"] for each in found})
        return self._plans(plans)

    def set_plan(self, organization_id: str, slug: str) -> bool:
        """Give the organization another plan; False where there is no such plan."""
        with cluster_errors():
            plan = self._database["subscriptionPlans"].find_one({"slug": slug}, {"_id": True})
            if plan is None:
                return False
            self._database["organizations"].update_one(
                {"_id": to_object_id(organization_id)}, change({"planId": plan["_id"]})
            )
        return True

    def used(self, room: Room) -> int:
        """How much of it is taken; counted up to `room.most` + 1 000 at most."""
        with cluster_errors():
            return count(self._database, room)

    def accounts(self, organization_id: str) -> Sequence[str]:
        """Ids of the connected accounts, oldest first."""
        query = {
            "organizationId": to_object_id(organization_id),
            "lastErrorCode": {"$ne": DISCONNECTED},
        }
        with cluster_errors():
            found = list(self._database["socialAccounts"].find(query, {"createdAt": True}))
        found.sort(key=lambda each: (each["createdAt"], each["_id"]))
        return tuple(str(each["_id"]) for each in found)

    def members(self, organization_id: str) -> Sequence[str]:
        """Ids of the people of an organization: the owner, then who came first."""
        query = {"organizationId": to_object_id(organization_id)}
        fields = {"userId": True, "role": True, "createdAt": True}
        with cluster_errors():
            found = list(self._database["memberships"].find(query, fields))
        found.sort(key=lambda each: (each["role"] != "owner", each["createdAt"], each["_id"]))
        return tuple(str(each["userId"]) for each in found)

    def hold(self, room: Room, seconds: float) -> str | None:
        """Be the only one who takes of it for a while, on the cluster's clock: a token."""
        token = new_id()
        # A missing date compares as smaller than every date (BSON comparison order).
        free = {"_id": meter_id(room), "$expr": {"$lte": ["$lease.until", "$$NOW"]}}
        until = {"$add": ["$$NOW", round(seconds * 1000)]}
        taken = {
            "lease": {"owner": token, "until": until},
            "updatedAt": "$$NOW",
            "rev": {"$add": ["$rev", 1]},
        }
        with cluster_errors():
            touch(self._database, room)
            found = self._database["meters"].update_one(free, [{"$set": taken}])
        return token if found.matched_count else None

    def let_go(self, room: Room, token: str) -> None:
        """Let others take."""
        mine = {"_id": meter_id(room), "lease.owner": token}
        with cluster_errors():
            self._database["meters"].update_one(mine, change({"lease": None}))

    def _plans(self, ids: Sequence[ObjectId]) -> list[Plan]:
        """Bug where the catalogue lacks one."""
        with cluster_errors():
            found = list(self._database["subscriptionPlans"].find({"_id": {"$in": list(ids)}}))
        if len(found) != len(ids):
            raise Bug("An organization has a plan that the catalogue lacks.")
        return [read_plan(document) for document in found]


def read_plan(document: Document) -> Plan:
    """A stored plan; a limit that it doesn't name has no end."""
    limits = document["limits"]
    return Plan(
        id=str(document["_id"]),
        slug=document["slug"],
        name=document["name"],
        limits=Limits(
            social_accounts=limits["socialAccounts"],
            posts_per_month=limits["postsPerMonth"],
            team_members=limits.get("teamMembers", UNLIMITED),
            workspaces=limits.get("workspaces", UNLIMITED),
            queue_size=limits.get("queueSize", UNLIMITED),
        ),
        features=frozenset(document.get("features", ())),
    )
