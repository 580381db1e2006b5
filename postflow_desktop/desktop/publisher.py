"""The publisher inside the window: the same engine as the agent's, on a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from postflow_desktop.desktop.connection import Connection
from postflow_desktop.domain.errors import PostFlowError

if TYPE_CHECKING:
    from postflow_desktop.bootstrap import Workspace
    from postflow_desktop.scheduler.recurring import RecurringWork
    from postflow_desktop.scheduler.runner import PublisherRunner

log = logging.getLogger("postflow_desktop.desktop")

RETRY_SECONDS = 5.0


class EmbeddedPublisher:
    """Publishes what is due while PostFlow runs; waits where the cluster is away."""

    def __init__(
        self,
        connection: Connection,
        workspace: Callable[[], Workspace],
        *,
        is_sample: bool = False,
    ) -> None:
        """Nobody is mailed at the sample's made-up address."""
        self._is_sample = is_sample
        self._connection = connection
        self._workspace = workspace
        self._wake = threading.Event()
        self._stopping = False
        self._runner: PublisherRunner | None = None
        self._beside: RecurringWork | None = None
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look at once: something was made due now."""
        self._wake.set()
        runner, beside = self._runner, self._beside
        if runner is not None:
            runner.wake()
        if beside is not None:
            # What was retried is no news any more.
            beside.soon("notices")

    def stop(self, *, wait: bool = True) -> None:
        """End gently: what is being sent is finished."""
        self._stopping = True
        self._wake.set()
        runner = self._runner
        if runner is not None:
            runner.stop()
        if wait:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                self._publish(self._workspace())
            except PostFlowError as error:
                log.info("Publishing waits.", extra={"reason": error.message})
                if not self._stopping:
                    self._wake.wait(RETRY_SECONDS)

    def _publish(self, workspace: Workspace) -> None:
        """Until the end, or until the workspace has another address."""
        from postflow_desktop.scheduler.recurring import RecurringWork
        from postflow_desktop.scheduler.runner import PublisherRunner

        person = workspace.person(self._connection.machine.environ.get("POSTFLOW_PASSWORD"))

        def look_again() -> None:
            # Brings a killed embedded server back; it may have another port then.
            if self._connection.workspace() is not workspace:
                runner.stop()

        on_bug = workspace.machine.report_bug
        jobs = workspace.recurring_jobs(person, mails=not self._is_sample)
        beside = RecurringWork(jobs, on_bug=on_bug)
        runner = PublisherRunner(
            workspace.engine(person),
            workers=4,
            on_lost=look_again,
            on_bug=on_bug,
            on_clock_set=beside.again,
        )
        self._runner, self._beside = runner, beside
        if not self._stopping:
            with beside:
                runner.run()
