"""Plans: what an organization may have of what, and which features come with it.

A plan that ends somewhere refuses what would be one more. It never takes anything away: what is
there beyond a smaller plan is locked, oldest first kept, until there is room again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

UNLIMITED = -1


class Meter(StrEnum):
    """What a plan counts; the value is the field of `subscriptionPlans.limits`."""

    SOCIAL_ACCOUNTS = "socialAccounts"
    POSTS_PER_MONTH = "postsPerMonth"
    TEAM_MEMBERS = "teamMembers"
    WORKSPACES = "workspaces"
    """Organizations of one owner."""
    QUEUE_SIZE = "queueSize"
    """Posts that wait in the queue of one account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most of each that a plan has; `UNLIMITED` where there is no end."""

    social_accounts: int
    posts_per_month: int
    team_members: int = UNLIMITED
    workspaces: int = UNLIMITED
    queue_size: int = UNLIMITED

    def of(self, meter: Meter) -> int | None:
        """The most of one thing; None where there is no end."""
        most = {
            Meter.SOCIAL_ACCOUNTS: self.social_accounts,
            Meter.POSTS_PER_MONTH: self.posts_per_month,
            Meter.TEAM_MEMBERS: self.team_members,
            Meter.WORKSPACES: self.workspaces,
            Meter.QUEUE_SIZE: self.queue_size,
        }[meter]
        return None if most < 0 else most


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One plan of the catalogue (`subscriptionPlans`)."""

    id: str
    slug: str
    name: str
    limits: Limits
    features: frozenset[str] = frozenset()


def month_of(moment: datetime) -> datetime:
    """When the month began that posts are counted in: calendar months in UTC."""
    utc = moment.astimezone(UTC)
    return utc.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def beyond(ids_oldest_first: Sequence[str], most: int | None) -> frozenset[str]:
    """Which of them a plan with room for `most` locks: the newest."""
    return frozenset() if most is None else frozenset(ids_oldest_first[most:])
