"""The publisher inside the window: the same engine as the agent's, on a thread of its own."""

from __future__ import annotations

import logging
import threading

from postflow_desktop.desktop.connection import Connection
from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.scheduler.runner import PublisherRunner

log = logging.getLogger("postflow_desktop.desktop")

RETRY_SECONDS = 5.0


class EmbeddedPublisher:
    """Publishes what is due while the window is open; waits where the cluster is away."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stop = threading.Event()
        self._runner: PublisherRunner | None = None
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look at once: something was made due now."""
        runner = self._runner
        if runner is not None:
            runner.wake()

    def stop(self) -> None:
        """End gently: what is being sent is finished."""
        self._stop.set()
        runner = self._runner
        if runner is not None:
            runner.stop()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                workspace = self._connection.workspace()
                person = workspace.person(self._connection.machine.environ.get("POSTFLOW_PASSWORD"))
                self._runner = PublisherRunner(workspace.engine(person), workers=4)
                if not self._stop.is_set():
                    self._runner.run()
            except PostFlowError as error:
                log.info("Publishing waits.", extra={"reason": error.message})
            self._stop.wait(RETRY_SECONDS)
