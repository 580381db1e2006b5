"""What plans allow, and how much of it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from postflow_desktop.domain.plan import Meter, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a plan has room for; a store that gets it takes one more only while there is room."""

    meter: Meter
    scope: str
    """Id of the organization; of the owner for workspaces, of the account for its queue."""
    most: int
    organization_id: str | None = None
    """None for what is a person's."""
    since: datetime | None = None
    """Only what was made since then is counted."""


class NoRoom(Exception):
    """The plan has no room for one more; nothing was stored."""


Taking = Callable[[str, Meter], AbstractContextManager[Room | None]]
"""For an organization and what is taken: the room to hand to the store, None where there is no
end. LimitReached (`plan_limit`) where the store finds none."""


@contextmanager
def without_end(organization_id: str, meter: Meter) -> Iterator[Room | None]:
    """Where no plan counts."""
    del organization_id, meter
    yield None


class EntitlementStore(Protocol):
    """`subscriptionPlans` and what they count. Methods raise ClusterUnreachable."""

    def now(self) -> datetime:
        """The cluster's clock."""
        ...

    def plan_of(self, organization_id: str) -> Plan | None:
        """The plan of an organization; None where there is no such organization."""
        ...

    def plans_of_owner(self, user_id: str) -> Sequence[Plan]:
        """The plans of the organizations that a person owns."""
        ...

    def set_plan(self, organization_id: str, slug: str) -> bool:
        """Give the organization another plan; False where there is no such plan."""
        ...

    def used(self, room: Room) -> int:
        """How much of it is taken; counted up to `room.most` + 1 000 at most."""
        ...

    def accounts(self, organization_id: str) -> Sequence[str]:
        """Ids of the connected accounts, oldest first."""
        ...

    def members(self, organization_id: str) -> Sequence[str]:
        """Ids of the people of an organization: the owner, then who came first."""
        ...

    def hold(self, room: Room, seconds: float) -> str | None:
        """Be the only one who takes of it for a while: a token; None where somebody else is."""
        ...

    def let_go(self, room: Room, token: str) -> None:
        """Let others take."""
        ...
