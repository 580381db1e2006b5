"""Measuring how posts are doing, wired: what a publisher does beside publishing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from postflow_desktop.bootstrap.machine import Machine
from postflow_desktop.scheduler.recurring import Job
from postflow_desktop.services.insights import Insights, InsightsParts
from postflow_desktop.services.measuring import MeasuringParts
from postflow_desktop.services.sessions import AccountSessions

if TYPE_CHECKING:
    from postflow_desktop.cluster.workspace import ClusterWorkspace

INSIGHTS_SECONDS = 300.0


def insights_job(
    machine: Machine,
    cluster: ClusterWorkspace,
    sessions: AccountSessions,
    organization_ids: Sequence[str],
) -> Job:
    """What a publisher measures of these organizations."""
    insights = Insights(
        InsightsParts(
            organization_ids=organization_ids,
            accounts=cluster.accounts,
            gates=cluster.gates,
            measuring=measuring_parts(machine, cluster, sessions),
            clock=machine.cluster_time,
            machine=machine.home.machine_id,
        )
    )
    return Job(name="insights", seconds=INSIGHTS_SECONDS, run=insights.run)


def measuring_parts(
    machine: Machine, cluster: ClusterWorkspace, sessions: AccountSessions
) -> MeasuringParts:
    """What every measuring of this process works with."""
    return MeasuringParts(
        analytics=cluster.analytics,
        sessions=sessions,
        metrics=machine.metrics,
        owner=machine.processes.process_id,
    )
