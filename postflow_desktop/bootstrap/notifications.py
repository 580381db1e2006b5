"""Notices wired for one workspace: raising, the recurring work of a publisher, mail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from postflow_desktop.scheduler.recurring import Job
from postflow_desktop.services.notifications.lookout import Lookout, LookoutParts
from postflow_desktop.services.notifications.mailing import MailingParts, NoticeMailing
from postflow_desktop.services.notifications.raising import (
    NoticeRaiser,
    NoticeSweep,
    RaisingParts,
)

if TYPE_CHECKING:
    from postflow_desktop.bootstrap.machine import Machine
    from postflow_desktop.cluster.workspace import ClusterWorkspace
    from postflow_desktop.mail.smtp import SmtpMailer
    from postflow_desktop.services.ports.mailer import MailSettings

SWEEP_SECONDS = 15.0
PREFLIGHT_SECONDS = 15.0
ACCOUNTS_SECONDS = 30.0
COVERAGE_SECONDS = 120.0
MAIL_SECONDS = 20.0


def raising_parts(cluster: ClusterWorkspace) -> RaisingParts:
    """What notices of a workspace are raised from."""
    return RaisingParts(
        notices=cluster.notices,
        news=cluster.target_news,
        targets=cluster.targets,
        posts=cluster.posts,
        accounts=cluster.accounts,
        organizations=cluster.organizations,
    )


def notice_raiser(cluster: ClusterWorkspace) -> NoticeRaiser:
    """Raises notices of a workspace, for the publish protocol."""
    return NoticeRaiser(raising_parts(cluster))


def recurring_jobs(
    machine: Machine,
    cluster: ClusterWorkspace,
    organization_ids: Sequence[str],
    *,
    mails: bool,
) -> tuple[Job, ...]:
    """What a publisher does beside publishing for these organizations."""
    parts = raising_parts(cluster)
    raiser = NoticeRaiser(parts)
    sweep = NoticeSweep(parts, raiser)
    lookout = Lookout(
        LookoutParts(
            raising=parts,
            presence=cluster.presence,
            pauses=cluster.pauses,
        ),
        raiser,
    )
    mailing = notice_mailing(machine, cluster)
    work: tuple[tuple[str, float, Callable[[str], int]], ...] = (
        ("notices", SWEEP_SECONDS, sweep.run),
        ("preflight", PREFLIGHT_SECONDS, lookout.preflight),
        ("accounts", ACCOUNTS_SECONDS, lookout.accounts),
        ("coverage", COVERAGE_SECONDS, lookout.coverage),
        ("mail", MAIL_SECONDS, mailing.run),
    )
    return tuple(
        Job(name=name, seconds=seconds, run=partial(_for_all, run, tuple(organization_ids)))
        for name, seconds, run in work
        if mails or name != "mail"
    )


def notice_mailing(machine: Machine, cluster: ClusterWorkspace) -> NoticeMailing:
    """Mails the members of a workspace's organizations, where this machine has a mail server."""
    return NoticeMailing(
        MailingParts(
            notices=cluster.notices,
            wishes=cluster.wishes,
            organizations=cluster.organizations,
            now=cluster.targets.now,
            clock=machine.clock,
            mailer=lambda: machine_mailer(machine),
            note=machine.mail_status,
            owner=machine.processes.process_id,
        )
    )


def machine_mailer(machine: Machine) -> SmtpMailer | None:
    """This machine's way to send mail, as it is set now; None where there is none."""
    from postflow_desktop.mail.smtp import SmtpMailer

    settings = machine.mail.settings()
    if settings is None:
        return None
    password = machine.mail.password()
    if password is not None:
        machine.redactor.add(password)
    return SmtpMailer(settings, password)


def keep_mail_server(machine: Machine, settings: MailSettings, password: str | None) -> None:
    """Let this machine send mail by that server; InvalidInput as `check_settings`."""
    from postflow_desktop.mail.smtp import check_settings

    check_settings(settings, has_password=password is not None)
    machine.mail.keep(settings, password)
    machine.mail_status.clear()


def _for_all(run: Callable[[str], int], organization_ids: tuple[str, ...]) -> int:
    return sum(run(organization_id) for organization_id in organization_ids)
