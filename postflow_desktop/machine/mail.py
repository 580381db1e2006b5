"""This machine's mail server (`mail.json`), and how mailing goes (`mail-status.json`)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.domain.time import utc_text
from postflow_desktop.machine.disk import (
    disk_errors,
    held,
    keep_aside,
    read_if_there,
    write_private,
)
from postflow_desktop.machine.home import Home
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.mailer import MailSecurity, MailSettings, MailStatus
from postflow_desktop.services.ports.secrets import SecretStore

_PASSWORD = "mail/password"  # noqa: S105 - the name of the secret


class MachineMail:
    """The mail server of one home; its password lies among the secrets."""

    def __init__(self, home: Home, secrets: Callable[[], SecretStore]) -> None:
        self._path = home.path / "mail.json"
        self._secrets = secrets

    def settings(self) -> MailSettings | None:
        """The mail server, or None; MachineProblem (`mail_settings_damaged`)."""
        data = read_if_there(self._path)
        if data is None:
            return None
        try:
            stored = json.loads(data)
            return MailSettings(
                host=str(stored["host"]),
                port=int(stored["port"]),
                sender=str(stored["from"]),
                user=None if stored["user"] is None else str(stored["user"]),
                security=MailSecurity(stored["security"]),
            )
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            aside = keep_aside(self._path)
            raise MachineProblem(
                f"The settings of the mail server were damaged; they are kept as '{aside}'.",
                code="mail_settings_damaged",
                fix="Set them again: postflow mail set",
            ) from error

    def password(self) -> str | None:
        """The password, or None."""
        return self._secrets().get(_PASSWORD)

    def keep(self, settings: MailSettings, password: str | None) -> None:
        """Replace both; MachineProblem."""
        store = self._secrets()
        if password is None:
            store.delete(_PASSWORD)
        else:
            store.set(_PASSWORD, password)
        document = {
            "host": settings.host,
            "port": settings.port,
            "from": settings.sender,
            "user": settings.user,
            "security": settings.security.value,
        }
        write_private(self._path, json.dumps(document, indent=2).encode())

    def forget(self) -> bool:
        """Forget both; whether there was a mail server."""
        known = read_if_there(self._path) is not None
        self._secrets().delete(_PASSWORD)
        with disk_errors(self._path):
            self._path.unlink(missing_ok=True)
        return known


class MailStatusFile:
    """The MailNote port over a file that the processes of a home share."""

    def __init__(self, home: Home, clock: Clock) -> None:
        self._path = home.path / "mail-status.json"
        self._lock = home.path / "mail-status.lock"
        self._clock = clock

    def read(self) -> MailStatus:
        """How it went last; as if nothing had been where the file is damaged."""
        data = read_if_there(self._path)
        if data is None:
            return MailStatus()
        try:
            stored = json.loads(data)
            return MailStatus(
                sent_at=_moment(stored["sentAt"]),
                failed_at=_moment(stored["failedAt"]),
                error=str(stored["error"]),
                failures=int(stored["failures"]),
                retry_at=_moment(stored["retryAt"]),
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            return MailStatus()

    def worked(self) -> None:
        """A mail went out."""
        with held(self._lock):
            now = self._clock.now()
            self._write(MailStatus(sent_at=now, failed_at=self.read().failed_at))

    def failed(self, error: str, retry_in: float) -> None:
        """The server did not take mail."""
        with held(self._lock):
            before, now = self.read(), self._clock.now()
            self._write(
                replace(
                    before,
                    failed_at=now,
                    error=error,
                    failures=before.failures + 1,
                    retry_at=now + timedelta(seconds=retry_in),
                )
            )

    def is_waiting(self) -> bool:
        """Whether the server is not to be asked yet; a clock that was set back does not count."""
        status, now = self.read(), self._clock.now()
        if status.retry_at is None or status.failed_at is None:
            return False
        return status.failed_at <= now < status.retry_at

    def clear(self) -> None:
        """Another server, another story."""
        with held(self._lock):
            self._write(MailStatus())

    def _write(self, status: MailStatus) -> None:
        document: dict[str, Any] = {
            "sentAt": utc_text(status.sent_at),
            "failedAt": utc_text(status.failed_at),
            "error": status.error,
            "failures": status.failures,
            "retryAt": utc_text(status.retry_at),
        }
        write_private(self._path, json.dumps(document, indent=2).encode())


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
