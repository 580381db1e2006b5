"""The settings of this machine as values, and as the JSON they are kept in."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from postflow_desktop.domain.errors import InvalidInput, MachineProblem, NotFound
from postflow_desktop.domain.text import has_half_characters
from postflow_desktop.domain.time import require_aware, utc_text

_VERSION = 1
MAX_WORKSPACE_NAME = 100


class WorkspaceKind(StrEnum):
    """Where the cluster of a workspace is."""

    EMBEDDED = "embedded"
    """The local MongoDB that PostFlow runs itself."""
    URI = "uri"
    """A MongoDB elsewhere; its address is a secret and lies in the secret store."""


def workspace_name(text: str) -> str:
    """A workspace's name without spaces around it; InvalidInput (`bad_name`)."""
    name = text.strip()
    if not 1 <= len(name) <= MAX_WORKSPACE_NAME or has_half_characters(name):
        raise InvalidInput(
            f"A workspace can't have this name: it has {len(name)} characters, or broken ones.",
            code="bad_name",
            fix=f"Use 1 to {MAX_WORKSPACE_NAME} characters.",
        )
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceRecord:
    """What this machine knows of a workspace; no secrets."""

    id: str
    name: str
    kind: WorkspaceKind
    db: str
    """Name of the database on the cluster."""
    created_at: datetime
    user_id: str | None = None
    """Who is signed in here."""
    user_email: str | None = None
    organization_id: str | None = None
    """The organization that commands are about."""

    def __post_init__(self) -> None:
        require_aware(self.created_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of a home."""

    workspaces: tuple[WorkspaceRecord, ...] = ()
    current: str | None = None
    """Id of the current workspace."""

    def require(self, workspace_id: str) -> WorkspaceRecord:
        """One workspace by id; NotFound (`unknown_workspace`)."""
        for record in self.workspaces:
            if record.id == workspace_id:
                return record
        raise NotFound(
            f"This machine has no workspace '{workspace_id}'.",
            code="unknown_workspace",
            fix="Open one with `postflow workspace create --name NAME`.",
        )

    def named(self, name: str) -> WorkspaceRecord | None:
        """One workspace by name, capitals ignored, or None."""
        wanted = name.casefold()
        return next((w for w in self.workspaces if w.name.casefold() == wanted), None)

    def with_record(self, record: WorkspaceRecord) -> Settings:
        """The same settings with this record in place of the one with its id."""
        changed = tuple(record if w.id == record.id else w for w in self.workspaces)
        return replace(self, workspaces=changed)

    def without(self, workspace_id: str) -> Settings:
        """The same settings without that workspace; the first of the rest becomes current."""
        rest = tuple(w for w in self.workspaces if w.id != workspace_id)
        current = self.current
        if current == workspace_id:
            current = rest[0].id if rest else None
        return Settings(workspaces=rest, current=current)


class DamagedSettingsError(Exception):
    """The bytes are not settings."""


def encode_settings(settings: Settings) -> bytes:
    """The JSON text of settings."""
    document = {
        "version": _VERSION,
        "current": settings.current,
        "workspaces": [_record_document(record) for record in settings.workspaces],
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def decode_settings(data: bytes) -> Settings:
    """Settings from JSON; DamagedSettingsError, MachineProblem if a newer PostFlow wrote them."""
    try:
        document = json.loads(data)
        if document["version"] > _VERSION:
            raise MachineProblem(
                "The settings of this machine were written by a newer PostFlow.",
                code="settings_newer",
                fix="Start the newer PostFlow, or name another folder in POSTFLOW_HOME.",
            )
        return Settings(
            workspaces=tuple(_record(item) for item in document["workspaces"]),
            current=_optional_text(document["current"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedSettingsError from error


def _record_document(record: WorkspaceRecord) -> dict[str, object]:
    return {
        "id": record.id,
        "name": record.name,
        "kind": record.kind.value,
        "db": record.db,
        "createdAt": utc_text(record.created_at),
        "userId": record.user_id,
        "userEmail": record.user_email,
        "organizationId": record.organization_id,
    }


def _record(item: dict[str, Any]) -> WorkspaceRecord:
    return WorkspaceRecord(
        id=_text(item["id"]),
        name=_text(item["name"]),
        kind=WorkspaceKind(item["kind"]),
        db=_text(item["db"]),
        created_at=datetime.fromisoformat(item["createdAt"]),
        user_id=_optional_text(item["userId"]),
        user_email=_optional_text(item["userEmail"]),
        organization_id=_optional_text(item["organizationId"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text expected")
    return value


def _optional_text(value: object) -> str | None:
    return None if value is None else _text(value)
