"""The publish protocol, wired: for the window, agents and commands."""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING

from postflow_desktop import __version__
from postflow_desktop.bootstrap.machine import Machine
from postflow_desktop.bootstrap.notifications import notice_raiser
from postflow_desktop.domain.presence import PublisherKind, PublisherProcess
from postflow_desktop.machine.host import host_name
from postflow_desktop.services.ports.targets import Scope
from postflow_desktop.services.presence import Attendance
from postflow_desktop.services.publishing.engine import PublishingEngine
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.services.publishing.timings import Timings
from postflow_desktop.services.sessions import AccountSessions

if TYPE_CHECKING:
    from postflow_desktop.cluster.workspace import ClusterWorkspace


def publishing_engine(
    machine: Machine,
    workspace_id: str,
    cluster: ClusterWorkspace,
    sessions: AccountSessions,
    scope: Scope,
    *,
    kind: PublisherKind,
) -> PublishingEngine:
    """An engine for what is in the scope; others see it as a publisher of that kind."""
    return PublishingEngine(
        PublishingParts(
            workspace_id=workspace_id,
            scope=scope,
            targets=cluster.targets,
            attempts=cluster.attempts,
            payloads=cluster.payloads,
            posts=cluster.posts,
            media=cluster.media,
            sessions=sessions,
            publishers=machine.publishers,
            journal=machine.journal,
            processes=machine.processes,
            clock=machine.clock,
            timings=Timings(),
            random=SystemRandom().random,
            cluster_time=machine.cluster_time,
            gates=cluster.gates,
            budgets=cluster.budgets,
            attendance=_attendance(machine, cluster, scope, kind),
            notices=notice_raiser(cluster),
        )
    )


def _attendance(
    machine: Machine, cluster: ClusterWorkspace, scope: Scope, kind: PublisherKind
) -> Attendance:
    who = PublisherProcess(
        machine=machine.home.machine_id,
        name=host_name(),
        kind=kind,
        process=machine.processes.process_id,
        version=__version__,
        organization_ids=scope.organization_ids,
    )
    return Attendance(
        who,
        cluster.presence,
        machine.clock,
        SystemRandom().random,
        keeps_hours=scope.target_ids is None,
    )
