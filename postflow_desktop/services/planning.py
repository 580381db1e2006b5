"""When posts go out: from a draft to targets with a time, and to other times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.errors import Conflict, InvalidInput
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import Payload, payload_for
from postflow_desktop.domain.post import Post
from postflow_desktop.domain.step import steps_for
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.domain.time import PlannedTime, plan_instant, truncate_to_millisecond
from postflow_desktop.services.ports.organizations import Organization
from postflow_desktop.services.ports.posts import PayloadStore, PostStore
from postflow_desktop.services.ports.publisher import Publisher
from postflow_desktop.services.ports.targets import TargetStore
from postflow_desktop.services.publishing.checking import payload_problems
from postflow_desktop.services.publishing.summaries import refresh_summary
from postflow_desktop.services.ruled import ruled_publishers

NOW_SLACK = timedelta(seconds=60)
"""With no lead time, this much in the past still counts as now."""

PLANNABLE = frozenset(
    {
        TargetStatus.PENDING,
        TargetStatus.CANCELED,
        TargetStatus.FAILED,
        TargetStatus.MISSED,
    }
)
"""Targets that can be put to a time, or to another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningParts:
    """The ports of planning, for one organization."""

    organization: Organization
    posts: PostStore
    targets: TargetStore
    payloads: PayloadStore
    publishers: Mapping[Network, Publisher]
    check_unlocked: Callable[[Sequence[SocialAccount]], object] = tuple
    """LimitReached where the plan has no room for one of these accounts."""


class PlanningService:
    """Puts posts to a time; every check is made before anything is stored."""

    def __init__(self, parts: PlanningParts) -> None:
        self._parts = parts
        self._publishers = ruled_publishers(parts.publishers, parts.organization.rules)

    @property
    def lead(self) -> timedelta:
        """How long before its time a post must be planned."""
        return timedelta(minutes=self._parts.organization.settings.min_lead_minutes)

    def check_time(self, planned: PlannedTime) -> None:
        """InvalidInput (`time_in_past`, `too_soon`) by the cluster's clock."""
        now, lead = self._parts.targets.now(), self.lead
        if planned.utc < (now - NOW_SLACK if not lead else now):
            raise InvalidInput(
                f"{planned.local} ({planned.timezone}) is in the past.",
                code="time_in_past",
                fix="Choose a later time, or publish it now (--now).",
            )
        if planned.utc < now + lead - NOW_SLACK and lead:
            raise InvalidInput(
                f"{planned.local} ({planned.timezone}) is less than "
                f"{self._parts.organization.settings.min_lead_minutes} minutes from now.",
                code="too_soon",
                fix="Choose a later time, publish it now (--now), "
                "or lower the lead time: postflow org set minLeadMinutes 0.",
            )

    def now(self) -> PlannedTime:
        """The cluster's now as a plan."""
        return plan_instant(self._parts.targets.now(), self._parts.organization.timezone)

    def check_content(self, post: Post, accounts: Sequence[SocialAccount]) -> None:
        """InvalidInput with the first problem on the first account that has one; Conflict.

        LimitReached (`account_locked`).
        """
        if not accounts:
            raise InvalidInput(
                "This post has no account to go to.",
                code="no_account",
                fix="Choose at least one account (--account).",
            )
        self._parts.check_unlocked(accounts)
        for account in accounts:
            _check_account(account)
            payload = payload_for(post, account.id, account.network)
            self._check_payload(payload, account)

    def retry(self, post: Post, accounts: Sequence[SocialAccount]) -> list[Target]:
        """Make due now what failed or was missed, and nothing else; Conflict as `schedule`."""
        again = (TargetStatus.FAILED, TargetStatus.MISSED)
        targets = self._parts.targets.of_posts(post.organization_id, [post.id])
        wanted = {target.account_id for target in targets if target.status in again}
        chosen = [account for account in accounts if account.id in wanted]
        if not chosen:
            raise nothing_to_plan(targets)
        return self.schedule(post, chosen, self.now())

    def withdraw(self, post: Post) -> None:
        """Cancel what is planned for accounts that the post does not go to any more."""
        for target in self._parts.targets.of_posts(post.organization_id, [post.id]):
            if target.account_id not in post.account_ids and target.status in PLANNABLE:
                self._parts.targets.cancel(target)

    def schedule(
        self, post: Post, accounts: Sequence[SocialAccount], planned: PlannedTime
    ) -> list[Target]:
        """Put the post's targets to this time; those that are out stay as they are.

        Conflict (`nothing_to_plan`, `changed_meanwhile`) where no target can be planned.
        """
        times = {account.id: planned for account in accounts}
        return self.place(post, accounts, times=times, seen=self._targets(post))

    def keep(self, post: Post, accounts: Sequence[SocialAccount]) -> list[Target]:
        """Give what is pending the post's content of now; each keeps its time, and its slot."""
        seen = self._targets(post)
        times = {a: _time_of(t) for a, t in seen.items() if t.status is TargetStatus.PENDING}
        chosen = [account for account in accounts if account.id in times]
        return self.place(post, chosen, times=times, seen=seen) if chosen else []

    def place(
        self,
        post: Post,
        accounts: Sequence[SocialAccount],
        *,
        times: Mapping[str, PlannedTime],
        seen: Mapping[str, Target],
    ) -> list[Target]:
        """As `schedule`, to a time per account id; what changed since it was seen is left alone.

        Conflict (`already_scheduled`, `slot_taken`) too, as the store has it.
        """
        payloads = {a.id: payload_for(post, a.id, a.network) for a in accounts}
        for payload in payloads.values():
            self._parts.payloads.put(payload)
        new = [
            self._new_target(post, account, times[account.id], payloads[account.id])
            for account in accounts
            if account.id not in seen
        ]
        self._parts.targets.add(new)
        moved = [
            self._move(target, times[account_id], payloads[account_id])
            for account_id, target in seen.items()
            if target.status in PLANNABLE and account_id in payloads
        ]
        if not new and not moved:
            raise nothing_to_plan(list(seen.values()))
        refresh_summary(self._parts.posts, self._parts.targets, post.organization_id, post.id)
        return [*new, *moved]

    def _targets(self, post: Post) -> dict[str, Target]:
        """The post's targets by account."""
        found = self._parts.targets.of_posts(post.organization_id, [post.id])
        return {target.account_id: target for target in found}

    def _move(self, target: Target, planned: PlannedTime, payload: Payload) -> Target:
        steps = steps_for(payload, target.steps)
        moved = self._parts.targets.plan(target, planned, payload.content_hash, steps)
        if moved is None:
            raise Conflict(
                "The post was changed or taken up by a publisher at this moment.",
                code="changed_meanwhile",
                fix="Look at it with `postflow post show` and try again.",
            )
        return moved

    def _check_payload(self, payload: Payload, account: SocialAccount) -> None:
        found = payload_problems(
            self._publishers[account.network], payload, user_id=account.user_id
        )
        if found:
            first = found[0]
            raise InvalidInput(
                f"{first.message} (@{account.username})", code=first.code, fix=first.fix
            )

    def _new_target(
        self, post: Post, account: SocialAccount, planned: PlannedTime, payload: Payload
    ) -> Target:
        now = self._parts.targets.now()
        due = truncate_to_millisecond(planned.utc)
        return Target(
            id=self._parts.targets.new_id(),
            organization_id=post.organization_id,
            post_id=post.id,
            account_id=account.id,
            network=account.network,
            status=TargetStatus.PENDING,
            scheduled_at=due,
            not_before=due,
            content_hash=payload.content_hash,
            steps=steps_for(payload),
            timezone=planned.timezone,
            local_time=planned.local,
            from_queue=planned.slot,
            sandbox_machine=account.sandbox_machine,
            created_at=now,
            updated_at=now,
        )


def _time_of(target: Target) -> PlannedTime:
    planned = plan_instant(target.scheduled_at, target.timezone or "UTC")
    return replace(planned, slot=target.from_queue)


def _check_account(account: SocialAccount) -> None:
    if account.status is not AccountStatus.ACTIVE:
        raise Conflict(
            f"@{account.username} is not connected any more ({account.status.value}).",
            code="account_not_connected",
            fix="Connect it again: postflow account connect "
            f"{account.network.value} --handle {account.username}.",
        )


def nothing_to_plan(targets: Sequence[Target]) -> Conflict:
    """What to tell a person whose post is out or on its way on every account."""
    states = ", ".join(sorted({target.status.value for target in targets}))
    return Conflict(
        f"No target of this post can be planned now ({states}).",
        code="nothing_to_plan",
        fix="Look at it with `postflow post show`.",
    )
