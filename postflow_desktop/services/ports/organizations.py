"""Organizations, their members and their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from postflow_desktop.domain.late import LateRule
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.own_rules import OwnRules, RuleValue
from postflow_desktop.domain.pause import Pause
from postflow_desktop.services.ports.entitlements import Room
from postflow_desktop.services.ports.vault import KeyWrap


class Role(StrEnum):
    """What a member may do; exactly one owner per organization."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationSettings:
    """Bounded settings (`organizations.settings`)."""

    min_lead_minutes: int = 5
    """How long before its time a post must be scheduled."""
    late: LateRule = field(default_factory=LateRule)
    """What becomes of a post that nobody could publish at its time."""
    max_tries: int = 8
    """Tries per target for what is nobody's fault: not sent, or told to come back later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A tenant (`organizations`)."""

    id: str
    name: str
    slug: str
    timezone: str
    plan_id: str
    created_at: datetime
    settings: OrganizationSettings = field(default_factory=OrganizationSettings)
    key_version: int = 1
    pause: Pause | None = None
    """While it stands, nothing of this organization goes out."""
    rules: Mapping[Network, OwnRules] = field(default_factory=dict, hash=False)
    """What it changed of the networks' rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A person in an organization (`memberships`)."""

    user_id: str
    organization_id: str
    role: Role


class OrganizationStore(Protocol):
    """`organizations`, `memberships`, `keyWraps`, `subscriptionPlans`."""

    def new_id(self) -> str:
        """An id that nobody has."""
        ...

    def plan_id(self, slug: str) -> str:
        """Id of the plan with that slug; the catalogue is seeded with the workspace."""
        ...

    def create(
        self,
        organization: Organization,
        owner: Membership,
        wrap: KeyWrap,
        room: Room | None = None,
    ) -> None:
        """All three or nothing. Conflict (`slug_taken`); NoRoom where the owner's plan ends."""
        ...

    def get(self, organization_id: str) -> Organization | None:
        """One organization, or None."""
        ...

    def slug_exists(self, slug: str) -> bool:
        """Whether some organization of the workspace has it."""
        ...

    def of_user(self, user_id: str) -> Sequence[tuple[Organization, Role]]:
        """The organizations a person is in, by name."""
        ...

    def change_settings(self, organization_id: str, settings: OrganizationSettings) -> None:
        """Replace the settings."""
        ...

    def set_rules(
        self,
        organization_id: str,
        network: Network,
        values: Mapping[str, RuleValue],
        *,
        note: str,
        by: str,
    ) -> None:
        """Replace the organization's own rules of a network; publishers see it at once."""
        ...

    def reset_rules(self, organization_id: str, network: Network) -> None:
        """Drop them."""
        ...

    def wrap_for(self, organization_id: str, user_id: str, key_version: int) -> KeyWrap | None:
        """The organization's key for one person."""
        ...
