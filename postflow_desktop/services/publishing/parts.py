"""What the protocol works with, wired once per process and workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.attempts import AttemptStore
from postflow_desktop.services.ports.budgets import BudgetStore
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.gates import GateStore
from postflow_desktop.services.ports.journal import Journal, ProcessRegistry
from postflow_desktop.services.ports.media import MediaStore
from postflow_desktop.services.ports.notices import SettledListener
from postflow_desktop.services.ports.posts import PayloadStore, PostStore
from postflow_desktop.services.ports.publisher import Publisher
from postflow_desktop.services.ports.sessions import SessionSource
from postflow_desktop.services.ports.targets import Scope, TargetStore
from postflow_desktop.services.presence import Attendance
from postflow_desktop.services.publishing.clustertime import ClusterTime
from postflow_desktop.services.publishing.halting import Halt
from postflow_desktop.services.publishing.timings import Timings


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishingParts:
    """The ports of the publish protocol."""

    workspace_id: str
    scope: Scope
    targets: TargetStore
    attempts: AttemptStore
    payloads: PayloadStore
    posts: PostStore
    media: MediaStore
    sessions: SessionSource
    publishers: Mapping[Network, Publisher]
    journal: Journal
    processes: ProcessRegistry
    clock: Clock
    timings: Timings
    random: Callable[[], float]
    """Uniform in [0, 1); only spreads back-offs."""
    cluster_time: ClusterTime | None = None
    """The clock of the publishers, told with every claim; None where they have one of their own."""
    attendance: Attendance | None = None
    """How others see this process; None where nobody needs to."""
    notices: SettledListener | None = None
    """Told of every target that was settled; it never raises."""
    gates: GateStore | None = None
    """Pauses, late rules, limits of tries; None: nothing is paused, and the defaults hold."""
    budgets: BudgetStore | None = None
    """None: nothing is counted."""
    halt: Halt = field(default_factory=Halt)
    """Ends waits for a network that still works on a video."""
