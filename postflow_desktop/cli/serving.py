"""One workspace that the agent publishes for: connection, publisher, and how it is doing."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from postflow_desktop.bootstrap import Machine
from postflow_desktop.desktop.connection import Connection
from postflow_desktop.desktop.places import SAMPLE_DATABASE
from postflow_desktop.domain.errors import Bug, PostFlowError, Refused
from postflow_desktop.domain.presence import PublisherKind
from postflow_desktop.machine.settings import WorkspaceRecord
from postflow_desktop.scheduler.recurring import RecurringWork
from postflow_desktop.scheduler.runner import PublisherRunner

if TYPE_CHECKING:
    from postflow_desktop.bootstrap import Workspace
    from postflow_desktop.services.publishing.engine import PublishingEngine

log = logging.getLogger("postflow_desktop.agent")

RETRY_SECONDS = 5.0
HEALTH_SECONDS = 2.0
"""A cluster that takes longer to count what is due is told as away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How an agent works."""

    password: str | None
    workers: int
    until_idle: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was settled, by how it ended."""

    published: int = 0
    failed: int = 0
    needs_attention: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            published=self.published + other.published,
            failed=self.failed + other.failed,
            needs_attention=self.needs_attention + other.needs_attention,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How it is doing with one workspace now."""

    name: str
    connected: bool
    last_error: str | None
    due: int
    under_way: int


class ServedWorkspace:
    """Publishes on a thread of its own, until stopped; with `until_idle` until nothing is left.

    A cluster that is away is waited for. What a person has to put right ends it, with `error`.
    """

    def __init__(
        self, machine: Machine, record: WorkspaceRecord, manner: Manner, ended: Callable[[], None]
    ) -> None:
        self.record = record
        self.error: BaseException | None = None
        self._manner = manner
        self._ended = ended
        self._connection = Connection(machine, record)
        self._stopping = threading.Event()
        self._done = threading.Event()
        self._again = threading.Event()
        self._is_stale: Callable[[], bool] = lambda: False
        self._lock = threading.Lock()
        self._before = Tally()
        self._runner: PublisherRunner | None = None
        self._engine: PublishingEngine | None = None
        self._workspace: Workspace | None = None
        self._trouble: str | None = None
        self._thread = threading.Thread(target=self._run, name=f"serving-{record.id}")

    def start(self) -> None:
        """Begin; no cluster is waited for."""
        self._thread.start()

    def stop(self) -> None:
        """Ask for the end: what is being sent is finished, nothing new is begun."""
        self._stopping.set()
        runner = self._runner
        if runner is not None:
            runner.stop()

    def join(self) -> None:
        """Wait for the end."""
        self._thread.join()
        self._connection.close()

    @property
    def is_running(self) -> bool:
        """Whether it still publishes or tries to."""
        return not self._done.is_set()

    @property
    def has_served(self) -> bool:
        """Whether it got as far as publishing."""
        return self._engine is not None

    def follow(self) -> None:
        """Begin again where the person joined or left an organization meanwhile."""
        workspace = self._workspace
        with suppress(PostFlowError):
            if workspace is not None and not workspace.is_lost and self._is_stale():
                self._begin_again()

    def tally(self) -> Tally:
        """What it settled so far."""
        with self._lock:
            return self._before + _tally(self._engine)

    def condition(self) -> Condition:
        """How it is doing; asks the cluster, if there is one."""
        engine, workspace = self._engine, self._workspace
        due, connected = 0, False
        if engine and workspace and self.is_running and not workspace.is_lost:
            try:
                with workspace.answering_within(HEALTH_SECONDS):
                    due = engine.unfinished()
                connected, self._trouble = True, None
            except PostFlowError as error:
                self._trouble = error.message
        return Condition(
            name=self.record.name,
            connected=connected,
            last_error=None if connected else self._trouble or "The cluster does not answer yet.",
            due=due,
            under_way=0 if engine is None else len(engine.under_way()),
        )

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                try:
                    if self._serve(self._connection.workspace()):
                        return
                except PostFlowError as error:
                    self._note(error)
                    if self._manner.until_idle or isinstance(error, Refused | Bug):
                        raise
                    self._stopping.wait(RETRY_SECONDS)
        except BaseException as error:  # noqa: BLE001 - the agent's own thread raises it again
            self.error = error
        finally:
            self._done.set()
            self._ended()

    def _serve(self, workspace: Workspace) -> bool:
        """Until the end, or until address or organizations change; True at the end."""
        person = workspace.person(self._manner.password)
        kind = PublisherKind.COMMAND if self._manner.until_idle else PublisherKind.AGENT
        served = workspace.publishes_for(person)
        engine = workspace.engine(person, kind=kind)
        self._again.clear()

        def look_again() -> None:
            # Brings a killed embedded server back; it may have another port then.
            try:
                if self._connection.workspace() is not workspace:
                    self._begin_again()
            except PostFlowError as error:
                self._note(error)
                raise

        on_bug = workspace.machine.report_bug
        # Nobody is mailed at the sample's made-up address.
        mails = self.record.db != SAMPLE_DATABASE
        beside = RecurringWork(workspace.recurring_jobs(person, mails=mails), on_bug=on_bug)
        runner = PublisherRunner(
            engine,
            workers=self._manner.workers,
            on_lost=look_again,
            on_bug=on_bug,
            on_clock_set=beside.again,
        )
        with self._lock:
            self._before += _tally(self._engine)
            self._engine, self._workspace, self._runner = engine, workspace, runner
            self._is_stale = lambda: workspace.publishes_for(person) != served
            self._trouble = None
        if self._stopping.is_set():
            return True
        log.info("Publishing for a workspace.", extra={"workspace": self.record.name})
        if self._manner.until_idle:
            runner.run_until_idle()
            beside.once()
        else:
            with beside:
                runner.run()
        return not self._again.is_set()

    def _begin_again(self) -> None:
        self._again.set()
        runner = self._runner
        if runner is not None:
            runner.stop()

    def _note(self, error: PostFlowError) -> None:
        if self._trouble != error.message:
            extra = {"workspace": self.record.name, "reason": error.message}
            log.warning("A workspace can't be served now.", extra=extra)
        self._trouble = error.message


def _tally(engine: PublishingEngine | None) -> Tally:
    if engine is None:
        return Tally()
    counts = engine.counts()
    return Tally(
        published=counts.published, failed=counts.failed, needs_attention=counts.needs_attention
    )
