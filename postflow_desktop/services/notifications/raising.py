"""How targets ended, as notices: at once where a person is needed, by the sweep in any case."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.notice import Notice, NoticeKind
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.notifications.wording import (
    END_KINDS,
    Subject,
    end_notice,
    kind_of_end,
    target_key,
)
from postflow_desktop.services.ports.accounts import AccountStore
from postflow_desktop.services.ports.notices import NoticeStore, TargetNews
from postflow_desktop.services.ports.organizations import OrganizationStore
from postflow_desktop.services.ports.posts import PostStore
from postflow_desktop.services.ports.targets import TargetStore

log = logging.getLogger("postflow_desktop.notifications")

LOOK_BACK = timedelta(days=1)
"""How far back a process looks that has just begun."""
_OVERLAP = timedelta(seconds=30)
"""A settlement is seen a little after the moment that it carries."""
_BATCH = 200
BAD_ENDS = END_KINDS - {NoticeKind.PUBLISHED}


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisingParts:
    """What notices are raised from."""

    notices: NoticeStore
    news: TargetNews
    targets: TargetStore
    """For the cluster's clock."""
    posts: PostStore
    accounts: AccountStore
    organizations: OrganizationStore


class NoticeRaiser:
    """Raises notices about targets of any organization; safe to use from several threads."""

    def __init__(self, parts: RaisingParts) -> None:
        self._parts = parts

    def settled(self, target: Target) -> None:
        """A target was settled: told at once where a person is needed, else by the next sweep.

        Never raises: what goes wrong here is logged, and the sweep repairs it.
        """
        kind = kind_of_end(target)
        if kind is None or kind is NoticeKind.PUBLISHED:
            return
        try:
            self.raise_end(target)
        except Exception as error:  # noqa: BLE001 - nothing here may disturb publishing
            log.info("A notice has to wait.", extra={"reason": f"{type(error).__name__}: {error}"})

    def raise_end(self, target: Target, account: SocialAccount | None = None) -> Notice | None:
        """How this target ended; None where that is told already. ClusterUnreachable."""
        return self._parts.notices.put(end_notice(self.subject(target, account)))

    def subject(self, target: Target, account: SocialAccount | None = None) -> Subject:
        """The target with its words and its account's name; ClusterUnreachable."""
        parts, organization_id = self._parts, target.organization_id
        if account is None:
            account = parts.accounts.get(organization_id, target.account_id)
        post = parts.posts.get(organization_id, target.post_id)
        return Subject(
            target=target,
            username="" if account is None else account.username,
            text="" if post is None else post.text_for(target.account_id),
            timezone=self.timezone(organization_id) if target.timezone is None else target.timezone,
        )

    def timezone(self, organization_id: str) -> str:
        """The organization's zone."""
        organization = self._parts.organizations.get(organization_id)
        return "UTC" if organization is None else organization.timezone


class NoticeSweep:
    """Raises what nobody raised and withdraws what is settled; used by one thread at a time."""

    def __init__(self, parts: RaisingParts, raiser: NoticeRaiser) -> None:
        self._parts = parts
        self._raiser = raiser
        self._seen_to: dict[str, datetime] = {}

    def run(self, organization_id: str) -> int:
        """One round; how many notices it raised or withdrew. ClusterUnreachable."""
        return self._raise_missing(organization_id) + self._withdraw_settled(organization_id)

    def _raise_missing(self, organization_id: str) -> int:
        news, raised = self._parts.news, 0
        since = self._seen_to.get(organization_id) or self._parts.targets.now() - LOOK_BACK
        while True:
            ended = news.ended(organization_id, since=since, limit=_BATCH)
            raised += self._raise(organization_id, list(ended))
            if not ended:
                return raised
            last = ended[-1].updated_at
            self._seen_to[organization_id] = max(last - _OVERLAP, since)
            if len(ended) < _BATCH or last <= since:
                return raised
            since = last

    def _raise(self, organization_id: str, targets: list[Target]) -> int:
        keys = [target_key(target.id) for target in targets]
        known = {n.key: n for n in self._parts.notices.of_keys(organization_id, keys)}
        fresh = [t for t in targets if not _is_told(t, known.get(target_key(t.id)))]
        listed = self._parts.accounts.list(organization_id) if len(fresh) > 1 else ()
        accounts = {account.id: account for account in listed}
        told = [self._raiser.raise_end(t, accounts.get(t.account_id)) for t in fresh]
        return sum(notice is not None for notice in told)

    def _withdraw_settled(self, organization_id: str) -> int:
        """What a person retried, planned anew, canceled or deleted is no news any more."""
        notices = self._parts.notices
        standing = notices.standing(organization_id, BAD_ENDS)
        ids = [notice.target_id for notice in standing if notice.target_id is not None]
        now = {target.id: target for target in self._parts.news.of_ids(organization_id, ids)}
        changed = 0
        for notice in standing:
            target = now.get(notice.target_id or "")
            kind = None if target is None else kind_of_end(target)
            if kind is notice.kind:
                continue
            if target is not None and target.status is TargetStatus.PUBLISHED:
                changed += self._raiser.raise_end(target) is not None
            else:
                changed += notices.withdraw(organization_id, notice.key)
        return changed


def _is_told(target: Target, told: Notice | None) -> bool:
    """Whether this end of the target is told, not an earlier one."""
    if told is None or told.kind is not kind_of_end(target):
        return False
    return told.kind is NoticeKind.PUBLISHED or told.at >= target.updated_at
