"""Looking ahead: accounts that end, posts that nobody will be awake for, posts that go out soon."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.coverage import HISTORY_DAYS, Cover, coverage
from postflow_desktop.domain.notice import Notice, NoticeKind
from postflow_desktop.services.notifications.raising import NoticeRaiser, RaisingParts
from postflow_desktop.services.notifications.wording import (
    Subject,
    coverage_notice,
    expired_notice,
    expiring_notice,
    preflight_notice,
)
from postflow_desktop.services.pausing import upcoming
from postflow_desktop.services.ports.pauses import PauseStore
from postflow_desktop.services.ports.presence import PresenceStore

COVERAGE_SECONDS = 86_400.0
"""How far ahead it is looked who will be awake."""
WARN_DAYS = (1, 7)
"""Before a permission ends, the nearest first."""
_ACCOUNT_KINDS = frozenset({NoticeKind.ACCOUNT_EXPIRED, NoticeKind.ACCOUNT_EXPIRING})
_DEAD = frozenset({AccountStatus.EXPIRED, AccountStatus.REVOKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class LookoutParts:
    """What the lookout looks at."""

    raising: RaisingParts
    presence: PresenceStore
    pauses: PauseStore


class Lookout:
    """Notices ahead of what they are about, withdrawn when that changes; ClusterUnreachable."""

    def __init__(self, parts: LookoutParts, raiser: NoticeRaiser) -> None:
        self._parts = parts
        self._raiser = raiser

    def accounts(self, organization_id: str) -> int:
        """Accounts that ended or end soon; how many notices changed."""
        raising = self._parts.raising
        now, timezone = raising.targets.now(), self._raiser.timezone(organization_id)
        wanted = [
            notice
            for account in raising.accounts.list(organization_id)
            if (notice := _account_notice(account, timezone, now)) is not None
        ]
        return self._keep(organization_id, _ACCOUNT_KINDS, wanted)

    def coverage(self, organization_id: str) -> int:
        """Posts of the next day that nobody is expected to be awake for."""
        raising, presence = self._parts.raising, self._parts.presence
        ahead = raising.news.upcoming(organization_id, COVERAGE_SECONDS)
        pauses = self._parts.pauses.standing([organization_id])
        going = [t for t in ahead if pauses.on(organization_id, t.account_id, t.hold) is None]
        wanted: list[Notice] = []
        if going:
            now = raising.targets.now()
            alive = presence.alive([organization_id])
            seen = presence.seen(organization_id, now - timedelta(days=HISTORY_DAYS + 1))
            accounts, zone = self._accounts(organization_id), self._raiser.timezone(organization_id)
            for target in going:
                bare = Subject(target=target, username="", text="", timezone=zone)
                found = coverage(bare.planned, now, alive, seen)
                if found.cover is Cover.NOBODY:
                    subject = self._raiser.subject(target, accounts.get(target.account_id))
                    wanted.append(coverage_notice(subject, found))
        return self._keep(organization_id, frozenset({NoticeKind.COVERAGE}), wanted)

    def preflight(self, organization_id: str) -> int:
        """Posts of accounts that want to be told some minutes before."""
        found = upcoming(self._parts.raising.accounts, self._parts.pauses, organization_id)
        wanted = [preflight_notice(self._raiser.subject(target)) for target in found]
        return self._keep(organization_id, frozenset({NoticeKind.PREFLIGHT}), wanted)

    def _accounts(self, organization_id: str) -> dict[str, SocialAccount]:
        found = self._parts.raising.accounts.list(organization_id)
        return {account.id: account for account in found}

    def _keep(
        self, organization_id: str, kinds: frozenset[NoticeKind], wanted: Iterable[Notice]
    ) -> int:
        """Of these kinds exactly these notices stand."""
        notices = self._parts.raising.notices
        keys = set()
        changed = 0
        for notice in wanted:
            keys.add(notice.key)
            changed += notices.put(notice) is not None
        for notice in notices.standing(organization_id, kinds):
            if notice.key not in keys:
                changed += notices.withdraw(organization_id, notice.key)
        return changed


def _account_notice(account: SocialAccount, timezone: str, now: datetime) -> Notice | None:
    """What is to be said of an account, by when a person has to sign in again."""
    if account.status in _DEAD:
        return expired_notice(account, now)
    ends = account.ends_at
    if ends is None:
        return None
    if ends <= now:
        return expired_notice(account, now)
    days = next((days for days in WARN_DAYS if ends <= now + timedelta(days=days)), None)
    return None if days is None else expiring_notice(account, days, timezone, now)
