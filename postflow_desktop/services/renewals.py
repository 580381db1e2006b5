"""New tokens ahead of time, so that a post that becomes due finds a session that works.

A token is renewed when between 50 and 70 percent of its life are over, at a point of its own for
each account. It happens under the account's lease (see `sessions`), whether anything is due or
not: a token of 60 days would else end on an account that posts every three months.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.errors import ClusterUnreachable, PostFlowError
from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.accounts import AccountStore
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.publisher import Connector
from postflow_desktop.services.sessions import AccountSessions

log = logging.getLogger("postflow_desktop.upkeep")

EARLIEST, LATEST = 0.5, 0.7
"""Shares of a token's life; after the first it may be renewed, after the second it has to be."""
STALE_LEASE_SECONDS = 3600.0
"""A refresh lease that ended so long ago belongs to nobody who could still give it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalParts:
    """What the renewals work with."""

    organization_ids: Sequence[str]
    accounts: AccountStore
    sessions: AccountSessions
    connectors: Mapping[Network, Connector]
    clock: Clock
    """The cluster's time."""


class Renewals:
    """Renews the tokens of some organizations."""

    def __init__(self, parts: RenewalParts) -> None:
        self._parts = parts

    def run(self) -> int:
        """Renew what is to be renewed; how many this process renewed. ClusterUnreachable."""
        return sum(
            self._renew(account)
            for organization_id in self._parts.organization_ids
            for account in self._parts.accounts.list(organization_id)
            if self._is_time(account)
        )

    def sweep(self) -> int:
        """Take away refresh leases that machines left behind; how many. ClusterUnreachable."""
        organizations = self._parts.organization_ids
        return self._parts.accounts.sweep_leases(organizations, STALE_LEASE_SECONDS)

    def _is_time(self, account: SocialAccount) -> bool:
        renewable = account.status is AccountStatus.ACTIVE and account.sealed_refresh_token
        at = renew_at(account, self._parts.connectors.get(account.network))
        return bool(renewable) and at is not None and at <= self._parts.clock.now()

    def _renew(self, account: SocialAccount) -> bool:
        """One account's trouble is no reason to leave out the others."""
        try:
            renewed = self._parts.sessions.renew(account)
        except ClusterUnreachable:
            raise
        except PostFlowError as error:
            extra = {"account": account.id, "reason": error.message}
            log.info("A session could not be renewed ahead of time.", extra=extra)
            return False
        if renewed:
            log.info(
                "A session was renewed ahead of time.",
                extra={"action": "renewed", "account": account.id},
            )
        return renewed


def renew_at(account: SocialAccount, connector: Connector | None) -> datetime | None:
    """When the account's tokens are to be renewed; None where they have no known end."""
    ends, life = account.token_expires_at, None if connector is None else connector.token_life
    if ends is None or life is None:
        return None
    since = account.last_refreshed_at
    if since is not None and since < ends:
        # What it really lives, as far as it is known: a server may give it less than is usual.
        life = ends - since
    share = EARLIEST + (LATEST - EARLIEST) * crc32(account.id.encode()) / 2**32
    return ends - life * (1 - share)
