"""Everything that a publisher does beside publishing, put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from postflow_desktop.bootstrap.insights import insights_job
from postflow_desktop.bootstrap.machine import Machine
from postflow_desktop.bootstrap.notifications import recurring_jobs
from postflow_desktop.bootstrap.upkeep import upkeep_jobs
from postflow_desktop.scheduler.recurring import Job
from postflow_desktop.services.sessions import AccountSessions

if TYPE_CHECKING:
    from postflow_desktop.cluster.workspace import ClusterWorkspace


def jobs_beside(
    machine: Machine,
    cluster: ClusterWorkspace,
    sessions: AccountSessions,
    organization_ids: Sequence[str],
    *,
    mails: bool,
) -> tuple[Job, ...]:
    """Upkeep, notices, looking ahead, mail, numbers; the clock is the first of them."""
    return (
        *upkeep_jobs(machine, cluster, sessions, organization_ids),
        *recurring_jobs(machine, cluster, organization_ids, mails=mails),
        insights_job(machine, cluster, sessions, organization_ids),
    )
