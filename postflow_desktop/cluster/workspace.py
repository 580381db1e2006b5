"""One cluster database with its stores, and the steps that make it a workspace."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

import pymongo
from pymongo import MongoClient  # noqa: TID251 - only its type
from pymongo.database import Database

from postflow_desktop.cluster.accounts import MongoAccountStore
from postflow_desktop.cluster.attempts import MongoAttemptStore
from postflow_desktop.cluster.budgets import MongoBudgetStore
from postflow_desktop.cluster.clients import MongoClientStore
from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.dating import date_back
from postflow_desktop.cluster.documents import Document
from postflow_desktop.cluster.gates import MongoGateStore
from postflow_desktop.cluster.media_store import MongoMediaStore
from postflow_desktop.cluster.notifications import MongoNoticeStore
from postflow_desktop.cluster.organizations import MongoOrganizationStore
from postflow_desktop.cluster.pauses import MongoPauseStore
from postflow_desktop.cluster.payloads import MongoPayloadStore
from postflow_desktop.cluster.posts import MongoPostStore
from postflow_desktop.cluster.presence import MongoPresenceStore
from postflow_desktop.cluster.queues import MongoQueueStore
from postflow_desktop.cluster.schema.accounts import ACCOUNT_COLLECTIONS
from postflow_desktop.cluster.schema.clients import CLIENT_COLLECTIONS
from postflow_desktop.cluster.schema.gates import GATE_COLLECTIONS
from postflow_desktop.cluster.schema.notifications import NOTIFICATION_COLLECTIONS
from postflow_desktop.cluster.schema.people import PEOPLE_COLLECTIONS
from postflow_desktop.cluster.schema.posts import POST_COLLECTIONS
from postflow_desktop.cluster.schema.presence import PRESENCE_COLLECTIONS
from postflow_desktop.cluster.schema.queues import QUEUE_COLLECTIONS
from postflow_desktop.cluster.schema.spec import apply
from postflow_desktop.cluster.target_news import MongoTargetNews
from postflow_desktop.cluster.targets import MongoTargetStore
from postflow_desktop.cluster.users import MongoUserStore
from postflow_desktop.cluster.wishes import MongoWishStore
from postflow_desktop.cluster.zone_checks import MongoZoneChecks
from postflow_desktop.domain.errors import ClusterUnreachable, InvalidInput

SCHEMA_VERSION = 5
"""Counts up with every change of collections, validators or indexes."""
COLLECTIONS = (
    *PEOPLE_COLLECTIONS,
    *ACCOUNT_COLLECTIONS,
    *POST_COLLECTIONS,
    *QUEUE_COLLECTIONS,
    *PRESENCE_COLLECTIONS,
    *GATE_COLLECTIONS,
    *NOTIFICATION_COLLECTIONS,
    *CLIENT_COLLECTIONS,
)

_FAREWELL_SECONDS = 0.5

_MEDIA = "_media"
_MAX_NAME_BYTES = 63 - len(_MEDIA)
_RESERVED = frozenset({"admin", "config", "local"})
# What some platform or other forbids: mongodb.com/docs/manual/reference/limits (naming).
_FORBIDDEN = frozenset('/\\. "$*<>:|?\0')


def check_database_name(name: str) -> None:
    """InvalidInput (`bad_database`); `…_media` belongs to the database named before it."""
    fits = 1 <= len(name.encode("utf-8", "replace")) <= _MAX_NAME_BYTES
    ours = name.lower() not in _RESERVED and not name.endswith(_MEDIA)
    if fits and ours and name.isprintable() and _FORBIDDEN.isdisjoint(name):
        return
    raise InvalidInput(
        f"'{name[:80]}' can't be the name of a workspace's database.",
        code="bad_database",
        fix=f"Use 1 to {_MAX_NAME_BYTES} letters, digits, - and _; not admin, config, local or "
        f"an ending of {_MEDIA}.",
    )


class ClusterWorkspace:
    """The stores of one database; media lie in a second one, `<name>_media`."""

    def __init__(self, client: MongoClient[Document], name: str) -> None:
        """InvalidInput (`bad_database`) for a name that MongoDB or PostFlow can't use."""
        check_database_name(name)
        self.client = client
        self.name = name
        self.database: Database[Document] = client[name]

    def prepare(self) -> None:
        """Create what is missing; cheap (one read) where the schema is already ours.

        ClusterUnreachable (`newer_workspace`) where a newer PostFlow must be used to write.
        """
        with cluster_errors():
            schema = self.database["meta"].find_one({"_id": "schema"}) or {}
        if schema.get("minWriter", 0) > SCHEMA_VERSION:
            raise ClusterUnreachable(
                "A newer PostFlow updated this workspace; this one is too old to write to it.",
                code="newer_workspace",
                fix="Update PostFlow on this machine. Nothing was changed.",
            )
        if schema.get("version", 0) >= SCHEMA_VERSION:
            return
        with cluster_errors():
            apply(self.database, COLLECTIONS)
        self.organizations.seed_plans()
        with cluster_errors():
            self.database["meta"].update_one(
                {"_id": "schema"},
                {
                    "$max": {"version": SCHEMA_VERSION, "minWriter": 1, "minReader": 1},
                    "$inc": {"rev": 1},
                },
                upsert=True,
            )

    def date_back(self, post_id: str, *, to: datetime, local: str) -> None:
        """Give a sample post a past: as if it had been planned for `to`."""
        date_back(self.database, post_id, to=to, local=local)

    def drop(self) -> None:
        """Drop the database and its media for good."""
        with cluster_errors():
            self.client.drop_database(self.name)
            self.client.drop_database(f"{self.name}{_MEDIA}")

    def close(self) -> None:
        """Close the connections; a server that is gone is not waited for to be told."""
        with pymongo.timeout(_FAREWELL_SECONDS):
            self.client.close()

    def ping(self) -> str:
        """The server's version; ClusterUnreachable."""
        with cluster_errors():
            version: str = self.client.server_info()["version"]
        return version

    @cached_property
    def users(self) -> MongoUserStore:
        """People."""
        return MongoUserStore(self.database)

    @cached_property
    def organizations(self) -> MongoOrganizationStore:
        """Organizations, memberships, keys, plans."""
        return MongoOrganizationStore(self.database)

    @cached_property
    def accounts(self) -> MongoAccountStore:
        """Connected accounts."""
        return MongoAccountStore(self.database)

    @cached_property
    def posts(self) -> MongoPostStore:
        """Posts."""
        return MongoPostStore(self.database)

    @cached_property
    def targets(self) -> MongoTargetStore:
        """Targets."""
        return MongoTargetStore(self.database)

    @cached_property
    def queues(self) -> MongoQueueStore:
        """Queues."""
        return MongoQueueStore(self.database)

    @cached_property
    def payloads(self) -> MongoPayloadStore:
        """Frozen payloads."""
        return MongoPayloadStore(self.database)

    @cached_property
    def attempts(self) -> MongoAttemptStore:
        """Attempts."""
        return MongoAttemptStore(self.database)

    @cached_property
    def clients(self) -> MongoClientStore:
        """Developer apps."""
        return MongoClientStore(self.database)

    @cached_property
    def zone_checks(self) -> MongoZoneChecks:
        """By which rules of time zones the plans were checked."""
        return MongoZoneChecks(self.database)

    @cached_property
    def presence(self) -> MongoPresenceStore:
        """Publishers."""
        return MongoPresenceStore(self.database)

    @cached_property
    def notices(self) -> MongoNoticeStore:
        """Notices."""
        return MongoNoticeStore(self.database)

    @cached_property
    def target_news(self) -> MongoTargetNews:
        """Targets that ended lately or are due soon."""
        return MongoTargetNews(self.database)

    @cached_property
    def wishes(self) -> MongoWishStore:
        """How people want to be told."""
        return MongoWishStore(self.database)

    @cached_property
    def pauses(self) -> MongoPauseStore:
        """Pauses and holds."""
        return MongoPauseStore(self.database)

    @cached_property
    def gates(self) -> MongoGateStore:
        """What decides whether a target may go."""
        return MongoGateStore(self.database)

    @cached_property
    def budgets(self) -> MongoBudgetStore:
        """Budgets of accounts."""
        return MongoBudgetStore(self.database)

    @cached_property
    def media(self) -> MongoMediaStore:
        """Media bytes."""
        return MongoMediaStore(self.client[f"{self.name}{_MEDIA}"])
