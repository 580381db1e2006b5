"""What decides whether a target may go now: pauses, blocks, late rules, limits of tries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, to_object_id
from postflow_desktop.cluster.pause_codec import read_late, read_pause
from postflow_desktop.cluster.rules_codec import read_own_rules
from postflow_desktop.cluster.target_codec import read_target
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.own_rules import OwnRules
from postflow_desktop.domain.pause import Pause, Pauses
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.ports.gates import Lateness, Standing

_PAUSED: Document = {"pause.at": {"$type": "date"}}


class MongoGateStore:
    """The GateStore port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._database = database

    def standing(self, organization_ids: Sequence[str]) -> Standing:
        """Pauses, blocks and own rules of these organizations, in one round trip."""
        ids = [to_object_id(each) for each in organization_ids]
        blocked: Document = {
            "organizationId": {"$in": ids},
            "$expr": {"$gt": ["$blockedUntil", "$$NOW"]},
        }
        blocks: Document = {
            "$unionWith": {
                "coll": "budgets",
                "pipeline": [
                    {"$match": blocked},
                    {"$project": {"_id": 0, "account": "$socialAccountId", "blockedUntil": 1}},
                ],
            }
        }
        with cluster_errors():
            pipeline = [*_pauses_pipeline(ids), blocks, _own_rules(ids)]
            found = list(self._database["organizations"].aggregate(pipeline))
        until: dict[str, datetime] = {}
        rules: dict[tuple[str, Network], OwnRules] = {}
        for document in found:
            for network, own in read_own_rules(document.get("networkRules")).items():
                rules[str(document["_id"]), network] = own
            if "blockedUntil" in document:
                account, moment = str(document["account"]), document["blockedUntil"]
                until[account] = max(moment, until.get(account, moment))
        return Standing(pauses=_read_pauses(found), blocks=until, rules=rules)

    def changes(self, organization_ids: Sequence[str]) -> frozenset[tuple[str, int]]:
        """Differs whenever a pause, a block or a rule of these organizations has changed."""
        ids = [to_object_id(each) for each in organization_ids]
        query: Document = {"_id": ids[0] if len(ids) == 1 else {"$in": ids}}
        with cluster_errors():
            found = list(self._database["gates"].find(query, {"rev": 1}))
        return frozenset((str(document["_id"]), document["rev"]) for document in found)

    def lateness(self, target: Target) -> Lateness:
        """What a late target is judged by: two or three reads, for late ones alone."""
        oid = to_object_id(target.organization_id)
        account = {"_id": to_object_id(target.account_id), "organizationId": oid}
        slot = {"socialAccountId": account["_id"], "organizationId": oid}
        with cluster_errors():
            organization = self._one(
                "organizations", {"_id": oid}, {"settings.late": 1, "resumedAt": 1}
            )
            connected = self._one("socialAccounts", account, {"resumedAt": 1})
            queue = self._one("queues", slot, {"late": 1}) if target.from_queue else {}
        rule = read_late(queue.get("late")) or read_late(
            organization.get("settings", {}).get("late")
        )
        resumed = [d["resumedAt"] for d in (organization, connected) if d.get("resumedAt")]
        return Lateness(rule=rule, resumed_at=max(resumed, default=None))

    def accept(self, target: Target) -> Target | None:
        """Note that a claimed target was let through, now; None if the claim is gone."""
        query: Document = {
            "_id": to_object_id(target.id),
            "organizationId": to_object_id(target.organization_id),
            "fence": target.fence,
            "status": TargetStatus.CLAIMED.value,
        }
        change = {"acceptedAt": "$$NOW", "updatedAt": "$$NOW", "rev": {"$add": ["$rev", 1]}}
        with cluster_errors():
            found: dict[str, Any] | None = self._database["schedules"].find_one_and_update(
                query, [{"$set": change}], return_document=ReturnDocument.AFTER
            )
        return None if found is None else read_target(found)

    def max_tries(self, organization_id: str) -> int | None:
        """The organization's own limit of tries; None where it has none."""
        query = {"_id": to_object_id(organization_id)}
        with cluster_errors():
            found = self._one("organizations", query, {"settings.maxTries": 1})
        tries: int | None = found.get("settings", {}).get("maxTries")
        return tries

    def _one(self, collection: str, query: Document, fields: Document) -> Document:
        found: Document | None = self._database[collection].find_one(query, fields)
        return found or {}


def note_change(database: Database[Document], organization_id: object) -> None:
    """Let the publishers see that a pause, a block or a rule has changed; after it was written."""
    query = {"_id": organization_id}
    for last in (False, True):
        try:
            database["gates"].update_one(query, {"$inc": {"rev": 1}}, upsert=True)
        except DuplicateKeyError:
            # Another machine made it between our look and our insert.
            if last:
                raise
            continue
        return


def read_pauses(database: Database[Document], organization_ids: Sequence[str]) -> Pauses:
    """The pauses that stand in these organizations and their accounts."""
    ids = [to_object_id(each) for each in organization_ids]
    with cluster_errors():
        return _read_pauses(list(database["organizations"].aggregate(_pauses_pipeline(ids))))


def _pauses_pipeline(ids: Sequence[Any]) -> list[Document]:
    accounts: Document = {
        "$unionWith": {
            "coll": "socialAccounts",
            "pipeline": [
                {"$match": {"organizationId": {"$in": ids}, **_PAUSED}},
                {"$project": {"_id": 0, "account": "$_id", "pause": 1}},
            ],
        }
    }
    return [
        {"$match": {"_id": {"$in": ids}, **_PAUSED}},
        {"$project": {"pause": 1}},
        accounts,
    ]


def _own_rules(ids: Sequence[Any]) -> Document:
    return {
        "$unionWith": {
            "coll": "organizations",
            "pipeline": [
                {"$match": {"_id": {"$in": ids}, "networkRules": {"$type": "object"}}},
                {"$project": {"networkRules": 1}},
            ],
        }
    }


def _read_pauses(found: Sequence[Document]) -> Pauses:
    organizations: dict[str, Pause] = {}
    accounts: dict[str, Pause] = {}
    for document in found:
        pause = read_pause(document.get("pause"))
        if pause is not None:
            account = document.get("account")
            place, key = (
                (organizations, document["_id"]) if account is None else (accounts, account)
            )
            place[str(key)] = pause
    return Pauses(organizations=organizations, accounts=accounts)
