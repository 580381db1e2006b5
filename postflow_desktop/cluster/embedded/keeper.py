"""The keeper: a small process of its own that looks after the mongod of one home.

    python -m postflow_desktop.cluster.embedded.keeper --folder … --processes … --mongod …

It starts mongod (or adopts one whose keeper was killed), starts it again when it dies, backs it
up, and stops it when no process of the home has lived for a minute. It holds `keeper.lock` while
it is responsible. It needs no password: it is `__system` by the key file. It reports the outcome
of its start as one line of JSON on its standard output and then lets go of it.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from logging.handlers import RotatingFileHandler
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING

from postflow_desktop.cluster.embedded.layout import READY, STOPPED, Layout
from postflow_desktop.cluster.embedded.locks import anyone_alive
from postflow_desktop.cluster.embedded.settings import KeeperSettings
from postflow_desktop.cluster.embedded.supervised import SupervisedServer
from postflow_desktop.domain.errors import MachineProblem, PostFlowError

if TYPE_CHECKING:
    from filelock import BaseFileLock

__all__ = ["Keeper", "KeeperSettings", "main"]

BACKUP_AGE = timedelta(hours=24)
_CHORES_SECONDS = 3600.0
_STEADY_SECONDS = 30.0  # a server that lived this long is started again without a pause
_FIRST_PAUSE_SECONDS = 0.5
_LAST_PAUSE_SECONDS = 5.0
_LOCK_SECONDS = 2.0

log = logging.getLogger("postflow.keeper")


class Keeper:
    """Looks after one mongod: `take_lock`, `start`, then `run` until it returns."""

    def __init__(
        self, layout: Layout, processes: Path, *, mongod: Path, settings: KeeperSettings
    ) -> None:
        self._layout = layout
        self._processes = processes
        self._settings = settings
        self._lock: BaseFileLock | None = None
        self._lock_inode = 0
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._chores: threading.Thread | None = None
        self._next_chores = monotonic() + settings.chores_delay_seconds
        self._pause = 0.0
        self._started = monotonic()
        self._server = SupervisedServer(
            layout, mongod, min_free_bytes=settings.min_free_bytes, on_end=self._wake.set
        )

    def ask_to_stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """End `run` soon, with mongod stopped in order; fits as a handler of signals."""
        self._stop.set()
        self._wake.set()

    def take_lock(self, *, seconds: float = _LOCK_SECONDS) -> bool:
        """Become responsible; False if another keeper is.

        Others try the lock for an instant to see whether a keeper lives, so it pays to wait.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self._layout.keeper_lock, poll_interval=0.01)
        try:
            lock.acquire(timeout=seconds)
        except Timeout:
            return False
        self._lock = lock
        self._lock_inode = self._layout.keeper_lock.stat().st_ino
        return True

    def start(self) -> None:
        """Have mongod running and primary; raises MachineProblem or ClusterUnreachable."""
        self._server.start()
        self._started = monotonic()

    def run(self) -> None:
        """Look after the server until nobody needs it, `ask_to_stop`, or the home is gone."""
        linger = self._settings.linger_seconds
        tick = max(0.05, min(2.0, linger / 10))
        last_alive = monotonic()
        while not self._stop.is_set() and self._home_is_ours():
            self._wake.wait(min(tick, 0.5) if self._server.must_be_polled else tick)
            self._wake.clear()
            if anyone_alive(self._processes) or self._has_chores():
                last_alive = monotonic()
            if not self._server.lives() and not self._start_again():
                return
            if monotonic() - last_alive >= linger and self._may_leave():
                break
            self._begin_chores()
        self._end()

    def _home_is_ours(self) -> bool:
        """False when the folder was deleted, or replaced by one that is not ours."""
        try:
            return self._layout.keeper_lock.stat().st_ino == self._lock_inode
        except OSError:
            return False

    def _start_again(self) -> bool:
        """Start the dead server; False if that is no longer for us to do.

        Between tries the lock is let go: the next process that needs the server then starts a
        keeper of its own, without waiting, and hears the reason at once if that fails too.
        """
        log.warning("mongod ended, see %s", self._layout.log.name)
        if monotonic() - self._started > _STEADY_SECONDS:
            self._pause = 0.0
        while not self._stop.is_set() and self._home_is_ours():
            if self._pause and not self._pause_unlocked():
                return False
            self._pause = min(_LAST_PAUSE_SECONDS, max(_FIRST_PAUSE_SECONDS, self._pause * 2))
            try:
                self.start()
            except PostFlowError as error:
                log.warning("mongod does not start: %s", error)
            else:
                return True
        return True

    def _pause_unlocked(self) -> bool:
        if self._lock is not None:
            self._lock.release()
        self._stop.wait(self._pause)
        return anyone_alive(self._processes) and self.take_lock(seconds=0)

    def _may_leave(self) -> bool:
        """Announce that the server stops, and see whether somebody came meanwhile.

        A newcomer takes its own lock and then reads the state. So either its lock is seen here,
        or it sees that the server is stopping, and waits until it can start it again.
        """
        try:
            self._server.announce(STOPPED)
            if anyone_alive(self._processes):
                self._server.announce(READY)
                return False
        except OSError:  # a full disk: those who come now find no answer and start it again
            log.warning("the state could not be written")
        return True

    def _end(self) -> None:
        self._stop.set()  # a backup under way gives up
        if self._chores is not None:
            self._chores.join(30)
        self._server.end()
        log.info("stopped")

    def _has_chores(self) -> bool:
        return self._chores is not None and self._chores.is_alive()

    def _begin_chores(self) -> None:
        if monotonic() < self._next_chores or self._has_chores():
            return
        self._next_chores = monotonic() + _CHORES_SECONDS
        self._chores = threading.Thread(target=self._do_chores, daemon=True)
        self._chores.start()

    def _do_chores(self) -> None:
        from postflow_desktop.cluster.embedded.replica import reopen_log

        try:
            if self._layout.rotate_logs():
                reopen_log(self._layout, self._server.port)
            self._back_up()
        except PostFlowError as error:
            log.warning("backup failed, the older ones are kept: %s", error)

    def _back_up(self) -> None:
        from postflow_desktop.cluster.embedded import backup

        newest = backup.newest_backup(self._layout.backups)
        # A newest one far in the future was taken under a wrong clock and counts for nothing.
        if newest is not None and abs(datetime.now(UTC) - newest) < BACKUP_AGE:
            return
        rules = backup.BackupRules(free_bytes=self._settings.min_free_bytes, cancel=self._stop)
        try:
            taken = backup.backup_now(self._layout.folder, rules=rules)
        except backup.BackupCancelled:
            log.info("backup given up: the server is to stop")
        else:
            log.info("backed up to %s", taken.name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a keeper in the background; the process that was called ends at once (POSIX).

    Standard output gets one line: `{"ok": true}`, `{"busy": true}` when another keeper is
    responsible, or `{"code", "message", "fix"}`.
    """
    options = _parse(arguments)
    if sys.platform != "win32":
        if os.fork():
            os._exit(0)  # the caller has no child left that it would have to wait for
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    layout = Layout(options.folder)
    os.chdir(layout.folder.anchor)
    keeper = Keeper(
        layout,
        options.processes,
        mongod=options.mongod,
        settings=KeeperSettings(
            linger_seconds=options.linger,
            min_free_bytes=options.min_free_bytes,
            chores_delay_seconds=options.chores_delay,
        ),
    )
    signal.signal(signal.SIGTERM, keeper.ask_to_stop)
    return _start_and_run(keeper, layout)


def _start_and_run(keeper: Keeper, layout: Layout) -> int:
    if not keeper.take_lock():
        _report({"busy": True})
        return 0
    _log_to(layout.keeper_log)
    try:
        keeper.start()
    except PostFlowError as error:
        log.warning("mongod does not start: %s", error)
        trouble = isinstance(error, MachineProblem)
        code = error.code if trouble else "mongod_failed"
        _report({"code": code, "message": error.message, "fix": error.fix})
        return 4
    _report({"ok": True})
    keeper.run()
    return 0


def _report(outcome: Mapping[str, object]) -> None:
    """Tell the caller, who may be dead, and let go of its pipe."""
    with suppress(OSError):
        os.write(1, json.dumps(outcome).encode() + b"\n")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _log_to(path: Path) -> None:
    logging.raiseExceptions = False  # a full disk must not disturb
    with suppress(OSError):
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=1, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(message)s"))
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    usual = KeeperSettings()
    parser = argparse.ArgumentParser(prog="postflow keeper", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="of the embedded server")
    parser.add_argument("--processes", type=Path, required=True, help="lock files of the home")
    parser.add_argument("--mongod", type=Path, required=True, help="the program to run")
    parser.add_argument("--linger", type=float, default=usual.linger_seconds)
    parser.add_argument("--min-free-bytes", type=int, default=usual.min_free_bytes)
    parser.add_argument("--chores-delay", type=float, default=usual.chores_delay_seconds)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
