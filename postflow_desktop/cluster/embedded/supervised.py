"""The one mongod that a keeper is responsible for, started by it or found running."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic

from postflow_desktop.cluster.embedded.layout import (
    READY,
    STARTING,
    STOPPED,
    Layout,
    ServerRecord,
    storage_problem,
)
from postflow_desktop.cluster.embedded.locks import data_holder
from postflow_desktop.cluster.embedded.mongod import (
    MongodRun,
    PortTaken,
    answers,
    check_space,
    data_in_use,
    pick_port,
)
from postflow_desktop.domain.errors import MachineProblem, PostFlowError

_ADOPT_SECONDS = 30.0
_STOP_SECONDS = 20.0
_KILL_SECONDS = 5.0
_LAST_WORDS_SECONDS = 2.0  # between hanging up and the end, mongod writes its stack to the log
_PORT_TRIES = 5

log = logging.getLogger("postflow.keeper")


class SupervisedServer:
    """Starts, watches and ends mongod; for the holder of `keeper.lock` only.

    `on_end` is called from another thread when a mongod that was started here ends.
    """

    def __init__(
        self, layout: Layout, mongod: Path, *, min_free_bytes: int, on_end: Callable[[], None]
    ) -> None:
        self._layout = layout
        self._mongod = mongod
        self._min_free_bytes = min_free_bytes
        self._on_end = on_end
        self._child: subprocess.Popen[bytes] | None = None
        self._run: MongodRun | None = None
        self._record = ServerRecord(port=0, pid=0, state=STOPPED)

    @property
    def must_be_polled(self) -> bool:
        """True for a mongod that was adopted: nobody tells us when it ends."""
        return self._child is None

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        return self._record.port

    def start(self) -> None:
        """Adopt the mongod that runs on our data, or start one; then it is primary.

        Raises MachineProblem or ClusterUnreachable.
        """
        self._layout.prepare()
        try:
            self._adopt_or_launch()
            # pymongo is loaded while mongod starts up, hence only here.
            from postflow_desktop.cluster.embedded.replica import make_ready

            make_ready(self._layout, self._record.port)
            self.announce(READY)
        except OSError as error:
            self.end()
            raise storage_problem(error, self._layout.folder) from error
        except PostFlowError as error:
            reason = self._why_ended()
            self.end()
            raise (reason or error) from error
        log.info("ready on port %d, process %d", self._record.port, self._record.pid)

    def announce(self, state: str) -> None:
        """Write the state into `server.json`, where other processes look."""
        self._record = ServerRecord(port=self._record.port, pid=self._record.pid, state=state)
        self._layout.write_record(self._record)

    def lives(self) -> bool:
        """Tell whether mongod runs."""
        if self._child is not None:
            return self._child.poll() is None
        return self._record.pid > 0 and data_holder(self._layout.data) is not None

    def end(self) -> None:
        """Stop mongod in order; by force if it has not ended after 20 s. Harmless if it ended."""
        if self._record.pid == 0:
            return
        with suppress(OSError):  # the folder may be full or gone
            self.announce(STOPPED)
        if self.lives():
            from postflow_desktop.cluster.embedded.replica import shut_down

            shut_down(self._layout, self._record.port)
            if not self._ended_within(_STOP_SECONDS):
                log.warning("mongod did not stop when asked to")
                self._signal(signal.SIGTERM)
        elif not self._layout.folder.exists() and answers(self._record.port):
            self._signal(signal.SIGTERM)  # adopted, and its home was deleted under it
        self._child = None
        self._record = ServerRecord(port=self._record.port, pid=0, state=STOPPED)

    def _why_ended(self) -> Exception | None:
        """Return the reason in mongod's own log if it ended (or just ends) while made ready."""
        if self._child is None or self._run is None:
            return None
        try:
            return self._run.why(self._child.wait(_LAST_WORDS_SECONDS))
        except subprocess.TimeoutExpired:
            return None

    def _adopt_or_launch(self) -> None:
        known = self._layout.read_record()
        holder = data_holder(self._layout.data)
        if holder is not None and self._adopt(known, holder):
            return
        check_space(self._layout, self._min_free_bytes)
        self._layout.ensure_key()
        self._launch(known.port if known else None)

    def _adopt(self, known: ServerRecord | None, holder: int) -> bool:
        """Take over the running mongod; False if it has ended meanwhile.

        That it takes our key and has the process id of the file's holder proves that it is ours.
        """
        from postflow_desktop.cluster.embedded.replica import process_at

        if known is None or (known.pid and holder and known.pid != holder):
            raise data_in_use(self._layout, holder)  # each start of ours is announced with pid 0
        pause = threading.Event()
        deadline = monotonic() + _ADOPT_SECONDS
        while monotonic() < deadline:
            now_held = data_holder(self._layout.data)
            if now_held is None:
                return False
            pid = process_at(self._layout, known.port)
            if pid is not None and now_held in (0, pid):
                self._record = ServerRecord(port=known.port, pid=pid, state=STARTING)
                log.info("adopted process %d", pid)
                return True
            pause.wait(0.1)
        raise data_in_use(self._layout, holder)

    def _launch(self, port: int | None) -> None:
        for _ in range(_PORT_TRIES):
            port = pick_port(port)
            # Before the start, so that a keeper that comes after us can adopt it.
            self._layout.write_record(ServerRecord(port=port, pid=0, state=STARTING))
            run = MongodRun(self._mongod, self._layout, port)
            try:
                child = run.start()
            except PortTaken:
                port = None
                continue
            self._run, self._child = run, child
            self._record = ServerRecord(port=port, pid=child.pid, state=STARTING)
            threading.Thread(target=self._tell_end, args=(child,), daemon=True).start()
            return
        raise MachineProblem(
            "No free port of 127.0.0.1 was found for the local database.",
            code="mongod_failed",
            fix="Look for a program or firewall that takes all local ports, and try again.",
        )

    def _tell_end(self, child: subprocess.Popen[bytes]) -> None:
        child.wait()
        self._on_end()

    def _ended_within(self, seconds: float) -> bool:
        pause = threading.Event()
        deadline = monotonic() + seconds
        while self.lives():
            if monotonic() >= deadline:
                return False
            pause.wait(0.01)
        return True

    def _signal(self, number: signal.Signals) -> None:
        with suppress(OSError):
            os.kill(self._record.pid, number)
        if not self._ended_within(_KILL_SECONDS):
            with suppress(OSError):
                os.kill(self._record.pid, getattr(signal, "SIGKILL", number))
