"""Organizations: making and finding them, their settings, and opening their key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from postflow_desktop.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from postflow_desktop.domain.late import MAX_GRACE_MINUTES
from postflow_desktop.domain.time import zone
from postflow_desktop.services.names import candidates, clean_name
from postflow_desktop.services.permissions import Action, require
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.entitlements import Room
from postflow_desktop.services.ports.organizations import (
    Membership,
    Organization,
    OrganizationSettings,
    OrganizationStore,
    Role,
)
from postflow_desktop.services.ports.users import UserStore
from postflow_desktop.services.ports.vault import Identity, KeyWrap, OrganizationKey, Vault

MAX_LEAD_MINUTES = 1440
MAX_MAX_TRIES = 20
FIRST_PLAN = "business"
"""Unlimited posts, until billing is set up."""
_SAME_NAMES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationParts:
    """What the organization service works with; `default_zone` is this machine's."""

    organizations: OrganizationStore
    users: UserStore
    vault: Vault
    clock: Clock
    default_zone: str = "UTC"
    founding: Callable[[str], AbstractContextManager[Room | None]] | None = None
    """Room for one more organization of an owner; None where no plan counts."""


class OrganizationService:
    """Organizations of one workspace; opened keys stay in this object's memory."""

    def __init__(self, parts: OrganizationParts) -> None:
        self._parts = parts
        self._keys: dict[tuple[str, str], OrganizationKey] = {}

    def create(self, name: str, identity: Identity, timezone: str | None = None) -> Organization:
        """A new organization that this person owns. InvalidInput: `bad_name`, `unknown_zone`."""
        draft = self._draft(_name(name), _zone(timezone, self._parts.default_zone))
        owner = Membership(user_id=identity.user_id, organization_id=draft.id, role=Role.OWNER)
        key = self._parts.vault.new_organization_key(draft.id)
        wrap = self._parts.vault.wrap(key, identity.user_id, identity.public_x25519, identity)
        for slug in self._free_slugs(draft.name):
            organization = replace(draft, slug=slug)
            try:
                self._found(organization, owner, wrap)
            except Conflict as error:
                if error.code != "slug_taken":
                    raise
                continue
            self._keys[(organization.id, identity.user_id)] = key
            return organization
        raise Conflict(
            f"More than {_SAME_NAMES} organizations are called '{draft.name}'.",
            code="slug_taken",
            fix="Choose another name.",
        )

    def _found(self, organization: Organization, owner: Membership, wrap: KeyWrap) -> None:
        """LimitReached (`plan_limit`)."""
        if self._parts.founding is None:
            self._parts.organizations.create(organization, owner, wrap)
            return
        with self._parts.founding(owner.user_id) as room:
            self._parts.organizations.create(organization, owner, wrap, room)

    def list(self, user_id: str) -> tuple[tuple[Organization, Role], ...]:
        """The organizations a person is in, by name."""
        return tuple(self._parts.organizations.of_user(user_id))

    def find(self, user_id: str, reference: str) -> tuple[Organization, Membership]:
        """One of the person's organizations by slug or id; NotFound (`unknown_organization`)."""
        for organization, role in self._parts.organizations.of_user(user_id):
            if reference in (organization.slug, organization.id):
                member = Membership(user_id=user_id, organization_id=organization.id, role=role)
                return organization, member
        raise NotFound(
            f"You are in no organization '{reference[:80]}'.",
            code="unknown_organization",
            fix="See yours: postflow org list",
        )

    def change_settings(self, actor: Membership, settings: OrganizationSettings) -> Organization:
        """Replace the settings; owner and admins. InvalidInput (`bad_setting`)."""
        require(actor, Action.CHANGE_SETTINGS)
        _within("minLeadMinutes", settings.min_lead_minutes, 0, MAX_LEAD_MINUTES)
        _within("lateGraceMinutes", settings.late.grace_minutes, 0, MAX_GRACE_MINUTES)
        _within("maxTries", settings.max_tries, 1, MAX_MAX_TRIES)
        self._parts.organizations.change_settings(actor.organization_id, settings)
        return self._get(actor.organization_id)

    def open_key(self, organization_id: str, identity: Identity) -> OrganizationKey:
        """The organization's key for this member; read once, then kept in memory.

        NotAllowed: `no_key` (a viewer, or not invited yet), `bad_key_wrap`.
        """
        name = (organization_id, identity.user_id)
        if name not in self._keys:
            self._keys[name] = self._open(organization_id, identity)
        return self._keys[name]

    def _open(self, organization_id: str, identity: Identity) -> OrganizationKey:
        version = self._get(organization_id).key_version
        wrap = self._parts.organizations.wrap_for(organization_id, identity.user_id, version)
        if wrap is None:
            raise NotAllowed(
                "You hold no key of this organization, so its accounts stay closed to you.",
                code="no_key",
                fix="Ask the owner or an admin to give you a role that may publish.",
            )
        return self._parts.vault.unwrap(wrap, identity, self._signer_key(wrap.signed_by, identity))

    def _signer_key(self, signed_by: str, identity: Identity) -> str:
        """The signer's public key; one's own comes from one's own keys, not from the cluster."""
        if signed_by == identity.user_id:
            return identity.public_ed25519
        signer = self._parts.users.get(signed_by)
        return "" if signer is None else signer.keys.public_ed25519

    def _draft(self, name: str, zone_name: str) -> Organization:
        return Organization(
            id=self._parts.organizations.new_id(),
            name=name,
            slug="",
            timezone=zone_name,
            plan_id=self._parts.organizations.plan_id(FIRST_PLAN),
            created_at=self._parts.clock.now(),
        )

    def _free_slugs(self, name: str) -> Iterator[str]:
        for slug in candidates(name, _SAME_NAMES):
            if not self._parts.organizations.slug_exists(slug):
                yield slug

    def _get(self, organization_id: str) -> Organization:
        organization = self._parts.organizations.get(organization_id)
        if organization is None:
            raise NotFound(
                "This organization is gone.",
                code="unknown_organization",
                fix="See yours: postflow org list",
            )
        return organization


def _name(text: str) -> str:
    name = clean_name(text)
    if not name:
        raise InvalidInput(
            "An organization needs a name.",
            code="bad_name",
            fix="Give one: postflow org create NAME",
        )
    return name


def _within(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InvalidInput(
            f"{name} can't be {value}.", code="bad_setting", fix=f"Use {least} to {most}."
        )


def _zone(wanted: str | None, default: str) -> str:
    """The zone asked for, checked; without one the machine's, or UTC where that is unknown."""
    if wanted is not None:
        return zone(wanted).key
    try:
        return zone(default).key
    except InvalidInput:
        return "UTC"
