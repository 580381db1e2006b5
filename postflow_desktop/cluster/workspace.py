"""One cluster database with its stores, and the steps that make it a workspace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from threading import Event
from typing import TYPE_CHECKING

import pymongo
from pymongo import MongoClient  # noqa: TID251 - only its type
from pymongo.database import Database

from postflow_desktop.cluster.account_uses import MongoAccountUseStore
from postflow_desktop.cluster.accounts import MongoAccountStore
from postflow_desktop.cluster.analytics import MongoAnalyticsStore
from postflow_desktop.cluster.attempts import MongoAttemptStore
from postflow_desktop.cluster.budgets import MongoBudgetStore
from postflow_desktop.cluster.clients import MongoClientStore
from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.dating import date_back
from postflow_desktop.cluster.documents import Document
from postflow_desktop.cluster.entitlements import MongoEntitlements
from postflow_desktop.cluster.gates import MongoGateStore
from postflow_desktop.cluster.media_store import MongoMediaStore
from postflow_desktop.cluster.notifications import MongoNoticeStore
from postflow_desktop.cluster.organizations import MongoOrganizationStore
from postflow_desktop.cluster.pauses import MongoPauseStore
from postflow_desktop.cluster.payloads import MongoPayloadStore
from postflow_desktop.cluster.plans import seed_plans
from postflow_desktop.cluster.posts import MongoPostStore
from postflow_desktop.cluster.presence import MongoPresenceStore
from postflow_desktop.cluster.queues import MongoQueueStore
from postflow_desktop.cluster.schema.accounts import ACCOUNT_COLLECTIONS
from postflow_desktop.cluster.schema.analytics import ANALYTICS_COLLECTIONS
from postflow_desktop.cluster.schema.billing import BILLING_COLLECTIONS
from postflow_desktop.cluster.schema.clients import CLIENT_COLLECTIONS
from postflow_desktop.cluster.schema.gates import GATE_COLLECTIONS
from postflow_desktop.cluster.schema.notifications import NOTIFICATION_COLLECTIONS
from postflow_desktop.cluster.schema.people import PEOPLE_COLLECTIONS
from postflow_desktop.cluster.schema.posts import POST_COLLECTIONS
from postflow_desktop.cluster.schema.presence import PRESENCE_COLLECTIONS
from postflow_desktop.cluster.schema.queues import QUEUE_COLLECTIONS
from postflow_desktop.cluster.schema.sharded import for_shards, sharded_collections
from postflow_desktop.cluster.schema.spec import apply
from postflow_desktop.cluster.schema.store import STORE_COLLECTIONS
from postflow_desktop.cluster.target_news import MongoTargetNews
from postflow_desktop.cluster.targets import MongoTargetStore
from postflow_desktop.cluster.users import MongoUserStore
from postflow_desktop.cluster.versions import (
    GuardedDatabase,
    WriteGuard,
    read_state,
    refuse_newer,
    refuse_readers,
)
from postflow_desktop.cluster.wishes import MongoWishStore
from postflow_desktop.cluster.zone_checks import MongoZoneChecks
from postflow_desktop.domain.errors import InvalidInput

if TYPE_CHECKING:
    from postflow_desktop.cluster.inspection.inspector import MongoInspection
    from postflow_desktop.services.ports.migrating import Migrated

SCHEMA_VERSION = 6
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
    *ANALYTICS_COLLECTIONS,
    *BILLING_COLLECTIONS,
    *STORE_COLLECTIONS,
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
        self._plain: Database[Document] = client[name]
        self.guard = WriteGuard(self._plain, SCHEMA_VERSION)
        self.database: Database[Document] = GuardedDatabase(self._plain, self.guard)

    def prepare(self, *, reading: bool = False) -> None:
        """Create what is missing; cheap (one read) where the schema is already ours.

        ClusterUnreachable (`newer_workspace`, `older_workspace`) where another PostFlow must be
        used to write; with `reading` only where it must be used to read too, and writes are refused
        one by one.
        """
        state = read_state(self._plain)
        refuse_readers(state, SCHEMA_VERSION)
        self.guard.saw(state)
        if self.guard.refusal is not None:
            if not reading:
                self.guard.check()
            return
        if state.version < SCHEMA_VERSION:
            self.migrate()

    def migrate(
        self, to: int | None = None, progress: Callable[[str], None] = lambda _: None
    ) -> Migrated:
        """Bring the schema to a version, else to ours, by one machine at a time.

        InvalidInput (`bad_version`); ClusterUnreachable (`newer_workspace`, `migrating`).
        """
        from postflow_desktop.cluster.migrations.runner import Migrator, MigratorParts
        from postflow_desktop.cluster.migrations.steps import MIGRATIONS

        state = read_state(self._plain)
        refuse_newer(state, SCHEMA_VERSION)
        parts = MigratorParts(
            database=self._plain,
            migrations=MIGRATIONS,
            newest=SCHEMA_VERSION,
            shape=self._shape,
            pause=Event().wait,
        )
        done = Migrator(parts, progress).migrate(to)
        self.guard.saw(read_state(self._plain))
        return done

    def _shape(self) -> None:
        with cluster_errors():
            sharded = sharded_collections(self._plain)
            apply(
                self._plain,
                COLLECTIONS,
                lambda spec: for_shards(spec.indexes) if spec.name in sharded else spec.indexes,
            )
        seed_plans(self._plain)

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

    @property
    def inspection(self) -> MongoInspection:
        """Looking at indexes, documents and shards."""
        # Models are heavy, and only operators ask.
        from postflow_desktop.cluster.inspection.inspector import MongoInspection

        return MongoInspection(self.database, COLLECTIONS)

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
    def account_uses(self) -> MongoAccountUseStore:
        """How accounts are used."""
        return MongoAccountUseStore(self.database)

    @cached_property
    def posts(self) -> MongoPostStore:
        """Posts."""
        return MongoPostStore(self.database)

    @cached_property
    def targets(self) -> MongoTargetStore:
        """Targets."""
        return MongoTargetStore(self.database)

    @cached_property
    def analytics(self) -> MongoAnalyticsStore:
        """What was measured of posts and accounts."""
        return MongoAnalyticsStore(self.database)

    @cached_property
    def entitlements(self) -> MongoEntitlements:
        """What plans allow, and how much of it is used."""
        return MongoEntitlements(self.database)

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
