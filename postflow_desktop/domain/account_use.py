"""What became of an account's posts lately, and how much of it may go out; never its tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from postflow_desktop.domain.quota import Quota
from postflow_desktop.domain.target import TargetError
from postflow_desktop.domain.time import require_aware


@dataclass(frozen=True, slots=True, kw_only=True)
class CapUse:
    """PostFlow's own count against a cap of the network; what was used comes back by and by."""

    posts: int
    """The cap."""
    seconds: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostTrouble:
    """The last post of an account that the network did not take."""

    at: datetime
    error: TargetError


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUse:
    """One account's use, as the cluster knows it at one moment; times are UTC."""

    at: datetime
    """The cluster's clock."""
    last_published_at: datetime | None = None
    trouble: PostTrouble | None = None
    """The newest refused post of the last month; None where a later one went out."""
    caps: tuple[CapUse, ...] = ()
    quotas: tuple[Quota, ...] = ()
    """What the network said last, as far as it still holds; the shortest window first."""
    blocked_until: datetime | None = None
    """The network takes nothing until then."""

    def __post_init__(self) -> None:
        for moment in (self.at, self.last_published_at, self.blocked_until):
            require_aware(moment)
