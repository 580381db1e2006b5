"""The upkeep around publishing: sessions renewed, zones read again, records trimmed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from postflow_desktop.bootstrap.machine import Machine
from postflow_desktop.machine.zonerules import SystemZoneRules
from postflow_desktop.scheduler.recurring import Job
from postflow_desktop.services.clockwatch import ClockWatch
from postflow_desktop.services.publishing.summaries import catch_up
from postflow_desktop.services.renewals import RenewalParts, Renewals
from postflow_desktop.services.retiming import Retiming, RetimingParts
from postflow_desktop.services.sessions import AccountSessions

if TYPE_CHECKING:
    from postflow_desktop.cluster.workspace import ClusterWorkspace

CLOCK_SECONDS = 600.0
RENEWAL_SECONDS = 300.0
SWEEP_SECONDS = 3600.0
ZONES_SECONDS = 3600.0
SUMMARY_SECONDS = 600.0
JOURNAL_SECONDS = 6 * 3600.0
JOURNAL_DAYS = 30
JOURNAL_ENTRIES = 5000
"""Settled attempts that the journal remembers at most; unsettled ones stay for ever."""


def upkeep_jobs(
    machine: Machine,
    cluster: ClusterWorkspace,
    sessions: AccountSessions,
    organization_ids: Sequence[str],
) -> tuple[Job, ...]:
    """What a publisher keeps in order for these organizations."""
    clock = ClockWatch(cluster.targets.now, machine.clock, machine.cluster_time)
    renewals = Renewals(
        RenewalParts(
            organization_ids=organization_ids,
            accounts=cluster.accounts,
            sessions=sessions,
            connectors=machine.connectors,
            clock=machine.cluster_time,
        )
    )
    retiming = Retiming(
        RetimingParts(
            organization_ids=organization_ids,
            targets=cluster.targets,
            posts=cluster.posts,
            checks=cluster.zone_checks,
            rules=SystemZoneRules(),
            owner=machine.processes.process_id,
        )
    )
    summaries = partial(catch_up, cluster.posts, cluster.targets, organization_ids)
    trim = partial(machine.journal.trim, JOURNAL_DAYS, JOURNAL_ENTRIES)
    # The clock first: the others go by what it tells.
    return (
        Job(name="clock", seconds=CLOCK_SECONDS, run=clock.run),
        Job(name="renewals", seconds=RENEWAL_SECONDS, run=renewals.run),
        Job(name="leases", seconds=SWEEP_SECONDS, run=renewals.sweep),
        Job(name="zones", seconds=ZONES_SECONDS, run=retiming.run),
        Job(name="summaries", seconds=SUMMARY_SECONDS, run=summaries),
        Job(name="journal", seconds=JOURNAL_SECONDS, run=trim),
    )
