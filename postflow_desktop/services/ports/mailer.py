"""Mail: what is sent to a person, and the machine's way to send it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from postflow_desktop.domain.time import require_aware


class MailSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"
    """For a server on this computer or in this house."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """This machine's mail server; the password lies among the secrets."""

    host: str
    port: int
    sender: str
    """The address that mail comes from."""
    user: str | None = None
    security: MailSecurity = MailSecurity.STARTTLS


@dataclass(frozen=True, slots=True, kw_only=True)
class MailStatus:
    """How mailing went on this machine, by its own clock."""

    sent_at: datetime | None = None
    failed_at: datetime | None = None
    error: str = ""
    """Why the last try failed; empty after one that worked."""
    failures: int = 0
    """In a row."""
    retry_at: datetime | None = None

    def __post_init__(self) -> None:
        for moment in (self.sent_at, self.failed_at, self.retry_at):
            require_aware(moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterItem:
    """One thing that a letter tells."""

    title: str
    text: str
    fix: str = ""
    when: str = ""
    """The reader's wall time of it."""
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail before it has a form."""

    to: str
    subject: str
    items: tuple[LetterItem, ...]
    foot: str
    """Why the reader gets it, and how to stop it."""
    id: str
    """The same for the same letter, so that a reader who gets it twice sees it once."""


class Mailer(Protocol):
    """A way to send mail."""

    def send(self, letter: Letter) -> None:
        """Hand it to the server; returns when the server took it.

        Refused (`mail_recipient_refused`, `mail_refused`) about this letter; about the server
        Unreachable (`mail_unreachable`, `mail_tls`) and Refused (`mail_login_refused`).
        """
        ...


class MailNote(Protocol):
    """Where this machine remembers how mailing goes; several processes share it."""

    def read(self) -> MailStatus:
        """How it went last."""
        ...

    def worked(self) -> None:
        """A mail went out."""
        ...

    def failed(self, error: str, retry_in: float) -> None:
        """The server did not take mail; it is asked again after so many seconds."""
        ...

    def is_waiting(self) -> bool:
        """Whether the server is not to be asked yet."""
        ...
