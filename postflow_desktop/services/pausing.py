"""Keeping publishing back: all of an organization, an account, one post for one account.

Whatever is confirmed here holds on every machine: a publisher that had taken the target up already
finds at its barrier that it is not its any more. What was sent before is finished.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from postflow_desktop.domain.errors import Conflict, InvalidInput, NotFound
from postflow_desktop.domain.pause import Pause, Pauses
from postflow_desktop.domain.target import Target
from postflow_desktop.domain.time import plan_instant
from postflow_desktop.services.permissions import Action, require
from postflow_desktop.services.ports.accounts import AccountStore
from postflow_desktop.services.ports.organizations import Membership
from postflow_desktop.services.ports.pauses import PauseStore
from postflow_desktop.services.ports.posts import PostStore
from postflow_desktop.services.ports.targets import TargetStore
from postflow_desktop.services.publishing.summaries import refresh_summary
from postflow_desktop.services.sessions import unknown_account

MAX_REASON = 500
MAX_POSTPONE = 60 * 24 * 366
"""Minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseParts:
    """The ports of pausing, for one member of one organization."""

    actor: Membership
    pauses: PauseStore
    accounts: AccountStore
    targets: TargetStore
    posts: PostStore


class PauseService:
    """Pauses of one organization and its accounts, holds of its targets."""

    def __init__(self, parts: PauseParts) -> None:
        self._parts = parts
        self._organization_id = parts.actor.organization_id

    def standing(self) -> Pauses:
        """Everything that is paused now."""
        require(self._parts.actor, Action.READ)
        return self._parts.pauses.standing([self._organization_id])

    def pause_all(self, reason: str) -> Pause:
        """Nothing of the organization goes out until `resume_all`. InvalidInput (`bad_reason`)."""
        require(self._parts.actor, Action.PAUSE)
        paused = self._parts.pauses.pause_organization(
            self._organization_id, _reason(reason), self._parts.actor.user_id
        )
        if paused is None:
            raise NotFound(
                "This organization is gone.",
                code="unknown_organization",
                fix="See yours: postflow org list",
            )
        return paused

    def resume_all(self) -> bool:
        """Lift the organization's pause; False where there was none. Accounts keep theirs."""
        require(self._parts.actor, Action.PAUSE)
        return self._parts.pauses.resume_organization(self._organization_id)

    def pause_account(self, account_id: str, reason: str) -> Pause:
        """Nothing of the account goes out. InvalidInput (`bad_reason`), NotFound."""
        require(self._parts.actor, Action.PAUSE)
        paused = self._parts.pauses.pause_account(
            self._organization_id, account_id, _reason(reason), self._parts.actor.user_id
        )
        if paused is None:
            raise unknown_account(account_id)
        return paused

    def resume_account(self, account_id: str) -> bool:
        """Lift the account's pause; False where there was none. NotFound."""
        require(self._parts.actor, Action.PAUSE)
        if self._parts.accounts.get(self._organization_id, account_id) is None:
            raise unknown_account(account_id)
        return self._parts.pauses.resume_account(self._organization_id, account_id)

    def hold(self, target_id: str, reason: str = "") -> Target:
        """Keep a target back until `release`; Conflict (`too_late`) once it is being sent."""
        require(self._parts.actor, Action.WRITE_POSTS)
        target = self._target(target_id)
        held = self._parts.pauses.hold(
            self._organization_id,
            target_id,
            reason.strip()[:MAX_REASON],
            self._parts.actor.user_id,
        )
        return self._told(held, target)

    def release(self, target_id: str) -> Target:
        """Let it go; what is late by now is for the late policy. As it is, if nobody held it."""
        require(self._parts.actor, Action.WRITE_POSTS)
        target = self._target(target_id)
        released = self._parts.pauses.release(self._organization_id, target_id)
        return released or target

    def postpone(self, target_id: str, minutes: int) -> Target:
        """So much later than planned, but never in the past; it leaves its slot, a hold stays.

        InvalidInput (`bad_minutes`); Conflict (`too_late`) once it is being sent.
        """
        require(self._parts.actor, Action.WRITE_POSTS)
        if not 1 <= minutes <= MAX_POSTPONE:
            raise InvalidInput(
                f"A post can't be put off by {minutes} minutes.",
                code="bad_minutes",
                fix=f"Use 1 to {MAX_POSTPONE}.",
            )
        target = self._target(target_id)
        start = max(target.scheduled_at, self._parts.targets.now())
        later = plan_instant(start + timedelta(minutes=minutes), target.timezone or "UTC")
        moved = self._told(self._parts.pauses.postpone(target, later), target)
        refresh_summary(
            self._parts.posts, self._parts.targets, self._organization_id, moved.post_id
        )
        return moved

    def upcoming(self) -> Sequence[Target]:
        """What goes out within the pre-flight minutes of its account, the next first."""
        require(self._parts.actor, Action.READ)
        return upcoming(self._parts.accounts, self._parts.pauses, self._organization_id)

    def _target(self, target_id: str) -> Target:
        target = self._parts.targets.get(self._organization_id, target_id)
        if target is None:
            raise NotFound(
                f"There is no target '{target_id[:80]}' in this organization.",
                code="unknown_target",
                fix="Look at the post: postflow post show ID",
            )
        return target

    def _told(self, changed: Target | None, seen: Target) -> Target:
        """What was changed; Conflict where it was too late for that."""
        if changed is not None:
            return changed
        now = self._parts.targets.get(self._organization_id, seen.id) or seen
        raise Conflict(
            f"It is too late for that: the post is {now.status.value.replace('_', ' ')}, or "
            "somebody has just changed it. Nothing was changed.",
            code="too_late",
            fix="Look at it with `postflow post show`.",
        )


def upcoming(accounts: AccountStore, pauses: PauseStore, organization_id: str) -> Sequence[Target]:
    """As `PauseService.upcoming`, for recurring work that acts for nobody."""
    listed = accounts.list(organization_id)
    minutes = {a.id: a.preflight_minutes for a in listed if a.preflight_minutes and not a.pause}
    if not minutes or organization_id in pauses.standing([organization_id]).organizations:
        return ()
    return pauses.upcoming(organization_id, minutes)


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not 1 <= len(reason) <= MAX_REASON:
        raise InvalidInput(
            "A pause needs a reason that the others can read."
            if not reason
            else f"The reason is longer than {MAX_REASON} characters.",
            code="bad_reason",
            fix='Say why, in a sentence: --reason "The shop is on fire"',
        )
    return reason
