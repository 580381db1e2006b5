"""The folder of this machine and the few settings that belong to it.

    <home>/machine-id            who this machine is, made once
    <home>/settings.json         workspaces, the current one, who is signed in (no secrets)
    <home>/settings.previous.json   the settings before the last change
    <home>/secrets.json          only where secrets are kept in a file
    <home>/publish_journal.db    the journal
    <home>/processes|database|crashes|logs/

A copied home is still one machine: its copies must not run at the same time.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from postflow_desktop.domain.errors import Conflict, MachineProblem
from postflow_desktop.machine.disk import (
    held,
    keep_aside,
    make_private_folder,
    read_if_there,
    write_private,
)
from postflow_desktop.machine.settings import (
    DamagedSettingsError,
    Settings,
    WorkspaceKind,
    WorkspaceRecord,
    decode_settings,
    encode_settings,
    workspace_name,
)


def default_home_path(environ: Mapping[str, str]) -> Path:
    """`POSTFLOW_HOME`, else the folder that the system has for data of a program."""
    chosen = environ.get("POSTFLOW_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("PostFlow", appauthor=False)


class Home:
    """The folder of this machine; safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        """Make the folder (0700) where it is missing; MachineProblem (`home_read_only`, …)."""
        self.path = make_private_folder(path)

    @cached_property
    def machine_id(self) -> str:
        """Random id of this machine, the same for ever; MachineProblem."""
        path = self.path / "machine-id"
        known = _text(read_if_there(path))
        if known:
            return known
        with held(self.path / "settings.lock"):
            known = _text(read_if_there(path))
            if not known:
                known = f"m-{secrets.token_hex(12)}"
                write_private(path, f"{known}\n".encode())
        return known

    @property
    def processes(self) -> Path:
        """Folder of the process locks."""
        return make_private_folder(self.path / "processes")

    @property
    def database(self) -> Path:
        """Folder of the embedded database."""
        return make_private_folder(self.path / "database")

    @property
    def crashes(self) -> Path:
        """Folder of the crash reports."""
        return make_private_folder(self.path / "crashes")

    @property
    def logs(self) -> Path:
        """Folder of the logs."""
        return make_private_folder(self.path / "logs")

    @property
    def journal_path(self) -> Path:
        """The publish journal."""
        return self.path / "publish_journal.db"

    @property
    def secrets_path(self) -> Path:
        """Where secrets lie if they are kept in a file."""
        return self.path / "secrets.json"

    def workspaces(self) -> tuple[WorkspaceRecord, ...]:
        """The workspaces of this machine, in the order they were added; MachineProblem."""
        return self._read().workspaces

    def workspace(self, workspace_id: str) -> WorkspaceRecord:
        """One workspace by id; NotFound."""
        return self._read().require(workspace_id)

    def workspace_named(self, name: str) -> WorkspaceRecord | None:
        """One workspace by name, capitals ignored, or None."""
        return self._read().named(name)

    def current(self) -> WorkspaceRecord | None:
        """The workspace that commands are about unless they name one."""
        settings = self._read()
        return next((w for w in settings.workspaces if w.id == settings.current), None)

    def add(
        self, name: str, kind: WorkspaceKind, *, db: str, created_at: datetime
    ) -> WorkspaceRecord:
        """Add a workspace and make it current; Conflict (`workspace_exists`) on a known name.

        InvalidInput (`bad_name`).
        """
        record = self._new_record(name, kind, db, created_at)
        with held(self.path / "settings.lock"):
            settings = self._read_held()
            if settings.named(record.name) is not None:
                raise workspace_exists(record.name)
            self._write(Settings(workspaces=(*settings.workspaces, record), current=record.id))
        return record

    def open(
        self, name: str, kind: WorkspaceKind, *, db: str, created_at: datetime
    ) -> WorkspaceRecord:
        """Make a workspace current, added if it is new; safe for processes that do so at once.

        Conflict (`workspace_exists`) where the name stands for another database.
        """
        record = self._new_record(name, kind, db, created_at)
        with held(self.path / "settings.lock"):
            settings = self._read_held()
            known = settings.named(record.name)
            if known is not None and (known.kind, known.db) != (kind, db):
                raise workspace_exists(record.name)
            if known is None:
                settings = replace(settings, workspaces=(*settings.workspaces, record))
                known = record
            self._write(replace(settings, current=known.id))
        return known

    def _new_record(
        self, name: str, kind: WorkspaceKind, db: str, created_at: datetime
    ) -> WorkspaceRecord:
        return WorkspaceRecord(
            id=f"w-{secrets.token_hex(8)}",
            name=workspace_name(name),
            kind=kind,
            db=db,
            created_at=created_at,
        )

    def set_current(self, workspace_id: str) -> None:
        """Choose the workspace that commands are about; NotFound."""
        with held(self.path / "settings.lock"):
            settings = self._read_held()
            settings.require(workspace_id)
            self._write(replace(settings, current=workspace_id))

    def set_user(self, workspace_id: str, user_id: str | None, email: str | None = None) -> None:
        """Remember who is signed in, None after a log-out; NotFound.

        Another person starts without a current organization.
        """
        with held(self.path / "settings.lock"):
            settings = self._read_held()
            record = settings.require(workspace_id)
            organization = record.organization_id if record.user_id == user_id else None
            self._write(
                settings.with_record(
                    replace(record, user_id=user_id, user_email=email, organization_id=organization)
                )
            )

    def set_organization(self, workspace_id: str, organization_id: str | None) -> None:
        """Choose the organization that commands are about; NotFound."""
        with held(self.path / "settings.lock"):
            settings = self._read_held()
            record = replace(settings.require(workspace_id), organization_id=organization_id)
            self._write(settings.with_record(record))

    def remove(self, workspace_id: str) -> None:
        """Forget a workspace on this machine; its database is left alone. NotFound."""
        with held(self.path / "settings.lock"):
            settings = self._read_held()
            settings.require(workspace_id)
            self._write(settings.without(workspace_id))

    @property
    def _settings_path(self) -> Path:
        return self.path / "settings.json"

    @property
    def _previous_path(self) -> Path:
        return self.path / "settings.previous.json"

    def _read(self) -> Settings:
        with held(self.path / "settings.lock"):
            return self._read_held()

    def _read_held(self) -> Settings:
        data = read_if_there(self._settings_path)
        if data is None:
            return Settings()
        try:
            return decode_settings(data)
        except DamagedSettingsError as error:
            raise self._recover() from error

    def _recover(self) -> MachineProblem:
        """Put the damaged file aside and the settings before the last change in its place."""
        aside = keep_aside(self._settings_path)
        previous = read_if_there(self._previous_path)
        what = "PostFlow starts with empty settings"
        fix = "Open your workspace again with `postflow workspace create`; no post is lost."
        if previous is not None and _is_sound(previous):
            write_private(self._settings_path, previous)
            what = "the settings before the last change are back"
            fix = "Try again; the last change of workspace, person or organization may be missing."
        return MachineProblem(
            f"The settings of this machine were damaged. They are kept as '{aside}'; {what}.",
            code="settings_damaged",
            fix=fix,
        )

    def _write(self, settings: Settings) -> None:
        before = read_if_there(self._settings_path)
        if before is not None:
            write_private(self._previous_path, before)
        write_private(self._settings_path, encode_settings(settings))


def workspace_exists(name: str) -> Conflict:
    """The name stands for another database already."""
    return Conflict(
        f"This machine already has a workspace named '{name}'.",
        code="workspace_exists",
        fix="Choose another name, or use that workspace.",
    )


def _text(data: bytes | None) -> str:
    return "" if data is None else data.decode("ascii", errors="replace").strip()


def _is_sound(data: bytes) -> bool:
    try:
        decode_settings(data)
    except DamagedSettingsError:
        return False
    return True
