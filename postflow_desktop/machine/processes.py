"""Which processes of this home are alive, proven by locks that the kernel releases.

Each process holds an exclusive lock on a file of its own. The kernel lets go of it at any end of
the process, kill -9 and power loss included; no process id of the operating system is compared,
since those come round again.
"""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, SoftFileLock, Timeout

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.machine.disk import disk_errors
from postflow_desktop.machine.home import Home

_PROCESS_ID = re.compile(r"p-[0-9a-f]{24}")
_START_SECONDS = 5.0


class HomeProcesses:
    """ProcessRegistry port; a context manager that lives as long as the process."""

    def __init__(self, home: Home) -> None:
        """Take this process's lock; MachineProblem where the folder can't hold one."""
        self.process_id = f"p-{secrets.token_hex(12)}"
        self.machine_id = home.machine_id
        self._folder = home.processes
        self._lock = self._take(self._path(self.process_id))

    def is_alive(self, process_id: str) -> bool:
        """Whether that process of this home still holds its lock; MachineProblem.

        An id without a file is dead: the file is there before anybody can know the id. While two
        processes look at the same dead one, the second may be told `alive`; asking later helps.
        """
        if process_id == self.process_id:
            return self._lock.is_locked
        if not _PROCESS_ID.fullmatch(process_id):
            return False
        path = self._path(process_id)
        with disk_errors(path):
            return path.exists() and not self._is_free(path)

    def sweep(self) -> int:
        """Remove the files of processes that are gone; how many. MachineProblem."""
        swept = 0
        with disk_errors(self._folder):
            for path in sorted(self._folder.glob("p-*.lock")):
                if path != self._path(self.process_id) and self._remove_if_free(path):
                    swept += 1
        return swept

    def close(self) -> None:
        """Give the lock back and remove its file; closing twice is fine."""
        if not self._lock.is_locked:
            return
        # An open file can't be removed on Windows; there filelock removes it on release.
        with suppress(OSError):
            self._path(self.process_id).unlink()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _path(self, process_id: str) -> Path:
        return self._folder / f"{process_id}.lock"

    @staticmethod
    def _take(path: Path) -> FileLock:
        lock = FileLock(path, timeout=_START_SECONDS, mode=0o600, thread_local=False)
        with disk_errors(path):
            lock.acquire()
        if isinstance(lock, SoftFileLock):
            lock.release()
            raise MachineProblem(
                f"The folder '{path.parent}' lies on a file system without file locks.",
                code="home_without_locks",
                fix="Name a folder on a local disk in POSTFLOW_HOME.",
            )
        return lock

    @staticmethod
    def _is_free(path: Path) -> bool:
        probe = FileLock(path, thread_local=False)
        try:
            probe.acquire(timeout=0)
        except Timeout:
            return False
        probe.release()
        return True

    @staticmethod
    def _remove_if_free(path: Path) -> bool:
        probe = FileLock(path, thread_local=False)
        try:
            probe.acquire(timeout=0)
        except Timeout:
            return False
        with suppress(OSError):
            path.unlink()
        probe.release()
        return True
