"""Connected social accounts: the documents of `socialAccounts`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.account_codec import (
    account_document,
    connection_fields,
    read_account,
    storable,
    stored_scopes,
)
from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, new_id, try_object_id
from postflow_desktop.cluster.rooms import with_room
from postflow_desktop.cluster.schema.accounts import (
    MAX_ERROR_CODE,
    MAX_ERROR_MESSAGE,
    MAX_USERNAME,
)
from postflow_desktop.cluster.stamps import change, insert_stamped
from postflow_desktop.domain.account import DISCONNECTED, AccountStatus, SocialAccount
from postflow_desktop.domain.errors import Conflict
from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.entitlements import Room

_NO_ERROR: Document = dict.fromkeys(
    ("lastErrorCode", "lastErrorMessage", "lastErrorFix", "lastErrorAt")
)


class MongoAccountStore:
    """The AccountStore port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._accounts = database["socialAccounts"]
        self._queues = database["queues"]

    def new_id(self) -> str:
        """An id that nobody has."""
        return new_id()

    def add(self, account: SocialAccount, room: Room | None = None) -> None:
        """Insert; Conflict (`already_connected`) where the organization has it; NoRoom."""
        document = account_document(account)

        def insert(session: ClientSession | None) -> None:
            insert_stamped(self._accounts, document, now=("lastCheckedAt",), session=session)

        with cluster_errors():
            try:
                with_room(self._accounts.database, room, insert)
            except DuplicateKeyError as error:
                raise Conflict(
                    f"{account.username} is already connected. Nothing was changed.",
                    code="already_connected",
                    fix="List the accounts: postflow account list",
                ) from error

    def replace_connection(
        self, account: SocialAccount, *, expected_token_version: int, room: Room | None = None
    ) -> bool:
        """Reconnect; False if the token version moved on or the account is gone. NoRoom."""
        query = _one(account.organization_id, account.id, tokenVersion=expected_token_version)
        fields = {**connection_fields(account), **_NO_ERROR, "lastRefreshedAt": None}
        fields["status"] = AccountStatus.ACTIVE.value
        update = change(fields, now=("lastCheckedAt",))
        with cluster_errors():
            return with_room(
                self._accounts.database,
                room,
                lambda session: self._update(query, update, session),
            )

    def checked(self, organization_id: str, account_id: str, *, token_version: int) -> bool:
        """The network says that the sign-in works: active, no error, now."""
        query = _one(organization_id, account_id, tokenVersion=token_version)
        fields = {**_NO_ERROR, "status": AccountStatus.ACTIVE.value}
        return self._update(query, change(fields, now=("lastCheckedAt",)))

    def retire(
        self,
        organization_id: str,
        account_id: str,
        *,
        expected_version: int,
        sealed_nothing: str,
        message: str,
        fix: str,
    ) -> bool:
        """Forget the tokens and keep the account, revoked; False if the version moved on."""
        query = _one(organization_id, account_id, tokenVersion=expected_version)
        fields = {
            "accessToken": sealed_nothing,
            "refreshToken": None,
            "tokenExpiresAt": None,
            "tokenVersion": expected_version + 1,
            "renews": False,
            "renewableUntil": None,
            "scopes": None,
            "status": AccountStatus.REVOKED.value,
            "lastErrorCode": DISCONNECTED,
            "lastErrorMessage": storable(message, MAX_ERROR_MESSAGE),
            "lastErrorFix": storable(fix, MAX_ERROR_MESSAGE),
        }
        return self._update(query, change(fields, now=("lastErrorAt",)))

    def get(self, organization_id: str, account_id: str) -> SocialAccount | None:
        """One account, or None."""
        query = _one(organization_id, account_id)
        return None if query is None else self._find(query)

    def find(self, organization_id: str, network: Network, user_id: str) -> SocialAccount | None:
        """By the network's own id."""
        oid = try_object_id(organization_id)
        query = {"organizationId": oid, "platform": network.value, "platformUserId": user_id}
        return None if oid is None else self._find(query)

    def list(self, organization_id: str) -> Sequence[SocialAccount]:
        """All accounts of an organization, by network and username."""
        oid = try_object_id(organization_id)
        if oid is None:
            return ()
        with cluster_errors():
            found = [read_account(each) for each in self._accounts.find({"organizationId": oid})]
        found.sort(key=lambda account: (account.network.value, account.username, account.id))
        return tuple(found)

    def lease_refresh(
        self, organization_id: str, account_id: str, owner: str, seconds: float
    ) -> bool:
        """Take the refresh lease on the cluster's clock; False if it is held or nothing is there.

        One operation, so that of two machines exactly one gets it.
        """
        query = _one(organization_id, account_id)
        if query is None:
            return False
        until = {
            "$dateAdd": {
                "startDate": "$$NOW",
                "unit": "millisecond",
                "amount": round(seconds * 1000),
            }
        }
        # A missing date compares as smaller than every date (BSON comparison order).
        query["$expr"] = {"$lte": ["$refreshLease.until", "$$NOW"]}
        taken = {
            "refreshLease": {"owner": {"$literal": owner}, "until": until},
            "updatedAt": "$$NOW",
            "rev": {"$add": ["$rev", 1]},
        }
        with cluster_errors():
            found = self._accounts.find_one_and_update(
                query, [{"$set": taken}], projection={"_id": True}
            )
        return found is not None

    def release_refresh(self, organization_id: str, account_id: str, owner: str) -> None:
        """Give the lease back, if it is still this owner's."""
        query = _one(organization_id, account_id, **{"refreshLease.owner": owner})
        self._update(query, change({"refreshLease": None}))

    def sweep_leases(self, organization_ids: Sequence[str], seconds: float) -> int:
        """Take away refresh leases that ended so long ago; how many."""
        oids = [oid for oid in map(try_object_id, organization_ids) if oid is not None]
        long_ago = {"$subtract": ["$$NOW", round(seconds * 1000)]}
        query: Document = {
            "organizationId": {"$in": oids},
            "refreshLease.until": {"$type": "date"},
            "$expr": {"$lt": ["$refreshLease.until", long_ago]},
        }
        with cluster_errors():
            swept = self._accounts.update_many(query, change({"refreshLease": None}))
        return swept.modified_count

    def save_tokens(
        self,
        organization_id: str,
        account_id: str,
        *,
        expected_version: int,
        sealed_access: str,
        sealed_refresh: str | None,
        expires_at: datetime | None,
        scopes: Sequence[str] = (),
    ) -> bool:
        """Compare-and-set on the token version; what is missing is kept as it was."""
        query = _one(organization_id, account_id, tokenVersion=expected_version)
        fields = {
            **_NO_ERROR,
            "accessToken": sealed_access,
            "tokenExpiresAt": expires_at,
            "tokenVersion": expected_version + 1,
            "status": AccountStatus.ACTIVE.value,
        }
        if sealed_refresh is not None:
            fields |= {"refreshToken": sealed_refresh, "renews": True}
        if scopes:
            fields["scopes"] = stored_scopes(scopes)
        return self._update(query, change(fields, now=("lastRefreshedAt",)))

    def mark(
        self,
        organization_id: str,
        account_id: str,
        status: AccountStatus,
        code: str,
        message: str,
        *,
        fix: str = "",
        token_version: int | None = None,
    ) -> None:
        """Record the state with its last error; with a version, only while tokens are the same."""
        only = {} if token_version is None else {"tokenVersion": token_version}
        query = _one(organization_id, account_id, **only)
        if not code:
            self._update(query, change({**_NO_ERROR, "status": status.value}))
            return
        fields = {
            "status": status.value,
            "lastErrorCode": storable(code, MAX_ERROR_CODE),
            "lastErrorMessage": storable(message, MAX_ERROR_MESSAGE),
            "lastErrorFix": storable(fix, MAX_ERROR_MESSAGE) or None,
        }
        self._update(query, change(fields, now=("lastErrorAt",)))

    def rename(self, organization_id: str, account_id: str, username: str) -> None:
        """The network calls the account something else now."""
        query = _one(organization_id, account_id)
        self._update(query, change({"platformUsername": storable(username, MAX_USERNAME)}))

    def set_preflight(self, organization_id: str, account_id: str, minutes: int) -> bool:
        """How long before its time a post is announced once more; False where it is gone."""
        return self._update(
            _one(organization_id, account_id), change({"preflightMinutes": minutes})
        )

    def remove(self, organization_id: str, account_id: str) -> bool:
        """Delete the account with its envelopes and its queue; False where it is gone."""
        query = _one(organization_id, account_id)
        if query is None:
            return False
        with cluster_errors():
            self._queues.delete_one(
                {"organizationId": query["organizationId"], "socialAccountId": query["_id"]}
            )
            return self._accounts.delete_one(query).deleted_count == 1

    def _find(self, query: Document) -> SocialAccount | None:
        with cluster_errors():
            found = self._accounts.find_one(query)
        return None if found is None else read_account(found)

    def _update(
        self, query: Document | None, update: Document, session: ClientSession | None = None
    ) -> bool:
        if query is None:
            return False
        if session is not None:
            # The transaction has to see the driver's own errors: some of them it tries again.
            return self._accounts.update_one(query, update, session=session).matched_count == 1
        with cluster_errors():
            return self._accounts.update_one(query, update).matched_count == 1


def _one(organization_id: str, account_id: str, **more: object) -> Document | None:
    """The query for one account of one organization; None where an id can't be one."""
    ids = try_object_id(account_id), try_object_id(organization_id)
    return None if None in ids else {"_id": ids[0], "organizationId": ids[1], **more}
