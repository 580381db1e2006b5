"""Organizations, their members and their key wraps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, new_id, to_object_id, try_object_id
from postflow_desktop.cluster.gates import note_change
from postflow_desktop.cluster.pause_codec import late_document, read_late, read_pause
from postflow_desktop.cluster.plans import seed_plans
from postflow_desktop.cluster.rooms import with_room
from postflow_desktop.cluster.rules_codec import own_rules_expression, read_own_rules
from postflow_desktop.cluster.stamps import change, insert_stamped
from postflow_desktop.domain.errors import Bug, Conflict
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.own_rules import RuleValue
from postflow_desktop.services.ports.entitlements import Room
from postflow_desktop.services.ports.organizations import (
    Membership,
    Organization,
    OrganizationSettings,
    Role,
)
from postflow_desktop.services.ports.vault import KeyWrap


class MongoOrganizationStore:
    """The OrganizationStore port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._database = database
        self._organizations = database["organizations"]
        self._memberships = database["memberships"]
        self._wraps = database["keyWraps"]
        self._plans = database["subscriptionPlans"]

    def new_id(self) -> str:
        """An id that nobody has."""
        return new_id()

    def seed_plans(self) -> None:
        """Add the plans that are missing; never changes one that is there."""
        seed_plans(self._database)

    def plan_id(self, slug: str) -> str:
        """Id of the plan with that slug; Bug where the workspace was not seeded."""
        with cluster_errors():
            found = self._plans.find_one({"slug": slug}, {"_id": True})
        if found is None:
            raise Bug(f"The workspace has no plan '{slug}'; its catalogue was not seeded.")
        return str(found["_id"])

    def create(
        self,
        organization: Organization,
        owner: Membership,
        wrap: KeyWrap,
        room: Room | None = None,
    ) -> None:
        """Organization, owner and key wrap in one transaction. Conflict (`slug_taken`); NoRoom."""

        def insert(session: ClientSession | None) -> None:
            insert_stamped(self._organizations, _organization(organization), session=session)
            insert_stamped(
                self._memberships, _membership(owner), now=("joinedAt",), session=session
            )
            insert_stamped(self._wraps, _wrap(wrap), session=session)

        with cluster_errors(), self._database.client.start_session() as session:
            try:
                if room is None:
                    session.with_transaction(insert)
                else:
                    with_room(self._database, room, insert)
            except DuplicateKeyError as error:
                if "slug" not in (error.details or {}).get("keyPattern", {}):
                    raise Bug("A new organization's id or membership is taken.") from error
                raise Conflict(
                    f"The short name '{organization.slug}' is taken. Nothing was changed.",
                    code="slug_taken",
                    fix="Choose another name for the organization.",
                ) from error

    def get(self, organization_id: str) -> Organization | None:
        """One organization, or None."""
        oid = try_object_id(organization_id)
        if oid is None:
            return None
        with cluster_errors():
            found = self._organizations.find_one({"_id": oid})
        return None if found is None else _read(found)

    def slug_exists(self, slug: str) -> bool:
        """Whether some organization of the workspace has it."""
        with cluster_errors():
            return self._organizations.find_one({"slug": slug}, {"_id": True}) is not None

    def of_user(self, user_id: str) -> Sequence[tuple[Organization, Role]]:
        """The organizations a person has joined, by name."""
        oid = try_object_id(user_id)
        if oid is None:
            return ()
        with cluster_errors():
            member = self._memberships.find(
                {"userId": oid, "joinedAt": {"$type": "date"}},
                {"organizationId": True, "role": True},
            )
            roles = {entry["organizationId"]: Role(entry["role"]) for entry in member}
            found = list(self._organizations.find({"_id": {"$in": list(roles)}}))
        pairs = [(_read(document), roles[document["_id"]]) for document in found]
        return tuple(sorted(pairs, key=lambda pair: (pair[0].name.casefold(), pair[0].id)))

    def change_settings(self, organization_id: str, settings: OrganizationSettings) -> None:
        """Replace the settings that this version knows."""
        fields = {f"settings.{name}": value for name, value in _settings(settings).items()}
        update = change(fields)
        with cluster_errors():
            self._organizations.update_one({"_id": to_object_id(organization_id)}, update)

    def set_rules(
        self,
        organization_id: str,
        network: Network,
        values: Mapping[str, RuleValue],
        *,
        note: str,
        by: str,
    ) -> None:
        """Replace the organization's own rules of a network, on the server's clock."""
        self._change_rules(organization_id, network, own_rules_expression(values, note, by))

    def reset_rules(self, organization_id: str, network: Network) -> None:
        """The network's own rules hold again."""
        self._change_rules(organization_id, network, "$$REMOVE")

    def _change_rules(self, organization_id: str, network: Network, value: object) -> None:
        oid = to_object_id(organization_id)
        change = {
            f"networkRules.{network.value}": value,
            "updatedAt": "$$NOW",
            "rev": {"$add": ["$rev", 1]},
        }
        with cluster_errors():
            self._organizations.update_one({"_id": oid}, [{"$set": change}])
            note_change(self._database, oid)

    def wrap_for(self, organization_id: str, user_id: str, key_version: int) -> KeyWrap | None:
        """The organization's key for one person."""
        ids = try_object_id(organization_id), try_object_id(user_id)
        if None in ids:
            return None
        query = {"organizationId": ids[0], "keyVersion": key_version, "userId": ids[1]}
        with cluster_errors():
            found = self._wraps.find_one(query)
        return None if found is None else _read_wrap(found)


def _organization(organization: Organization) -> Document:
    return {
        "_id": to_object_id(organization.id),
        "name": organization.name,
        "slug": organization.slug,
        "timezone": organization.timezone,
        "planId": to_object_id(organization.plan_id),
        "settings": _settings(organization.settings),
        "status": "active",
        "keyVersion": organization.key_version,
    }


def _settings(settings: OrganizationSettings) -> Document:
    return {
        "minLeadMinutes": settings.min_lead_minutes,
        "late": late_document(settings.late),
        "maxTries": settings.max_tries,
    }


def _read_settings(settings: Document) -> OrganizationSettings:
    default = OrganizationSettings()
    return OrganizationSettings(
        min_lead_minutes=settings.get("minLeadMinutes", default.min_lead_minutes),
        late=read_late(settings.get("late")) or default.late,
        max_tries=settings.get("maxTries", default.max_tries),
    )


def _membership(membership: Membership) -> Document:
    return {
        "_id": to_object_id(new_id()),
        "userId": to_object_id(membership.user_id),
        "organizationId": to_object_id(membership.organization_id),
        "role": membership.role.value,
    }


def _wrap(wrap: KeyWrap) -> Document:
    return {
        "_id": wrap.id,
        "organizationId": to_object_id(wrap.organization_id),
        "userId": to_object_id(wrap.user_id),
        "keyVersion": wrap.key_version,
        "ciphertext": wrap.ciphertext,
        "signedBy": to_object_id(wrap.signed_by),
        "signature": wrap.signature,
    }


def _read(document: Document) -> Organization:
    return Organization(
        id=str(document["_id"]),
        name=document["name"],
        slug=document["slug"],
        timezone=document["timezone"],
        plan_id=str(document["planId"]),
        created_at=document["createdAt"],
        settings=_read_settings(document.get("settings", {})),
        key_version=document["keyVersion"],
        pause=read_pause(document.get("pause")),
        rules=read_own_rules(document.get("networkRules")),
    )


def _read_wrap(document: Document) -> KeyWrap:
    return KeyWrap(
        id=document["_id"],
        organization_id=str(document["organizationId"]),
        user_id=str(document["userId"]),
        key_version=document["keyVersion"],
        ciphertext=document["ciphertext"],
        signed_by=str(document["signedBy"]),
        signature=document["signature"],
    )
