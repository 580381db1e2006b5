"""Telling people by mail: each mail by one machine, few at once, and not in quiet hours."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from postflow_desktop.domain.errors import PostFlowError, Refused
from postflow_desktop.domain.notice import Notice
from postflow_desktop.domain.telling import (
    WINDOW,
    Channel,
    Telling,
    share_out,
    summary_title,
    telling,
)
from postflow_desktop.domain.time import plan_instant
from postflow_desktop.services.notifications.wording import wall_time
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.mailer import Letter, LetterItem, Mailer, MailNote
from postflow_desktop.services.ports.notices import MailTurn, NoticeStore
from postflow_desktop.services.ports.organizations import OrganizationStore
from postflow_desktop.services.ports.wishes import Addressee, WishStore

log = logging.getLogger("postflow_desktop.mail")

LEASE_SECONDS = 300.0
LAST_START_SECONDS = 60.0
"""No mail is begun later in a lease, so that its conversation ends well before the lease."""
RETRY_SECONDS = (60.0, 300.0, 900.0, 3600.0)
"""After the first, second … failure in a row; the last one again and again."""
OF_ONE_READER = frozenset({"mail_recipient_refused", "mail_refused", "bad_address"})
"""Refusals that say nothing about the next reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingParts:
    """What mailing works with."""

    notices: NoticeStore
    wishes: WishStore
    organizations: OrganizationStore
    now: Callable[[], datetime]
    """The cluster's clock."""
    clock: Clock
    mailer: Callable[[], Mailer | None]
    """This machine's way to send; None where it has none."""
    note: MailNote
    owner: str
    """This process, in leases."""


class NoticeMailing:
    """Mails the members of organizations; used by one thread at a time."""

    def __init__(self, parts: MailingParts) -> None:
        self._parts = parts

    def run(self, organization_id: str) -> int:
        """One round for an organization; how many mails went out. ClusterUnreachable.

        Nothing where this machine has no mail server, or waits before it asks that again.
        """
        parts = self._parts
        mailer = None if parts.note.is_waiting() else parts.mailer()
        if mailer is None:
            return 0
        sent = 0
        now = parts.now()
        for reader in parts.wishes.addressees(organization_id):
            quiet = reader.wishes.quiet
            if not reader.wishes.by(Channel.MAIL) or (quiet is not None and quiet.covers(now)):
                continue
            try:
                sent += self._serve(organization_id, reader, mailer)
            except PostFlowError as error:
                if not _is_of_mail(error):
                    raise
                self._server_failed(error)
                break
        return sent

    def _serve(self, organization_id: str, reader: Addressee, mailer: Mailer) -> int:
        """One reader's turn; an error of the server is raised, one of the reader is kept."""
        parts = self._parts
        begun = parts.clock.boottime()
        turn = parts.notices.take_for_mail(
            organization_id, reader.user_id, parts.owner, lease_seconds=LEASE_SECONDS
        )
        if turn is None:
            return 0
        sent, error, retry_in = 0, None, 0.0
        try:
            for told in self._mails(turn, reader):
                if parts.clock.boottime() - begun > LAST_START_SECONDS:
                    break
                mailer.send(self._letter(turn, reader, told))
                parts.notices.mailed(turn, told, summary=len(told) > 1)
                parts.note.worked()
                sent += 1
        except Refused as refusal:
            if refusal.code not in OF_ONE_READER:
                raise
            error, retry_in = refusal.message, pause(turn.failures)
            log.warning("A mail was refused.", extra={"reason": refusal.message})
        finally:
            parts.notices.end_mail(turn, error, retry_in=retry_in)
        return sent

    def _mails(self, turn: MailTurn, reader: Addressee) -> list[tuple[Notice, ...]]:
        """What each mail of this turn tells."""
        waiting = [
            notice
            for notice in turn.waiting
            if telling(notice, reader.user_id, reader.wishes, Channel.MAIL, turn.now) is Telling.NOW
        ]
        shares = share_out(waiting, sum(at > turn.now - WINDOW for at in turn.singly_at))
        mails: list[tuple[Notice, ...]] = [(notice,) for notice in shares.singly]
        may_sum = turn.summed_at is None or turn.summed_at <= turn.now - WINDOW
        if len(shares.summed) > 1 and may_sum:
            mails.append(shares.summed)
        return mails

    def _letter(self, turn: MailTurn, reader: Addressee, told: Sequence[Notice]) -> Letter:
        organization = self._parts.organizations.get(turn.organization_id)
        name = "" if organization is None else organization.name
        zone = reader.timezone or ("UTC" if organization is None else organization.timezone)
        what = told[0].title if len(told) == 1 else summary_title(len(told), more=True)
        marks = "|".join(f"{n.organization_id}/{n.key}/{n.at.isoformat()}" for n in told)
        return Letter(
            to=reader.email,
            subject=f"{what} · {name}" if name else what,
            items=tuple(_item(notice, zone) for notice in told),
            foot=f"You get this as a member of {name or 'an organization'} in PostFlow. "
            "Choose what is mailed to you: postflow notice preferences --help",
            id=hashlib.sha256(f"{reader.user_id}|{marks}".encode()).hexdigest()[:32],
        )

    def _server_failed(self, error: PostFlowError) -> None:
        retry_in = pause(self._parts.note.read().failures)
        self._parts.note.failed(error.message, retry_in)
        log.warning(
            "Mail has to wait.", extra={"reason": error.message, "retry_in": round(retry_in)}
        )


def pause(failures: int) -> float:
    """Seconds until the next try after so many failures before this one."""
    return RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)]


def _is_of_mail(error: PostFlowError) -> bool:
    return error.code.startswith("mail_")


def _item(notice: Notice, zone: str) -> LetterItem:
    return LetterItem(
        title=notice.title,
        text=notice.text,
        fix=notice.fix,
        when=wall_time(plan_instant(notice.at, zone)),
        url=notice.url,
    )
