"""The embedded server as the processes of a home see it: make sure it runs, get its address."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

from postflow_desktop.cluster.embedded.binary import find_mongod, version_of
from postflow_desktop.cluster.embedded.layout import READY, Layout, storage_problem
from postflow_desktop.cluster.embedded.locks import is_held
from postflow_desktop.cluster.embedded.mongod import START_SECONDS, answers, detached, user_uri
from postflow_desktop.cluster.embedded.settings import KeeperSettings
from postflow_desktop.domain.errors import MachineProblem

_ENSURE_SECONDS = START_SECONDS + 30.0
_KEEPER_TRIES = 3
_KEEPER = "postflow_desktop.cluster.embedded.keeper"
_PRIVATE = frozenset({"POSTFLOW_PASSWORD", "POSTFLOW_SECRET", "POSTFLOW_MONGODB_URI"})
_background: list[subprocess.Popen[bytes]] = []  # Windows only: keepers are children there


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStatus:
    """What `doctor` shows; port and process are None while it does not run, size in bytes."""

    mongod: Path
    version: str
    running: bool
    port: int | None
    pid: int | None
    data_bytes: int
    last_backup: datetime | None


class EmbeddedServer:
    """The MongoDB of one home, shared by its processes.

    `folder` is its own; `processes` holds the lock files of the home's processes. The caller
    holds its own lock there before `ensure`, else the server may stop while it is in use. The
    user's password is the caller's to keep; if it was lost, a new one is simply set.
    """

    def __init__(
        self,
        folder: Path,
        *,
        password: str,
        processes: Path,
        mongod: Path | None = None,
        settings: KeeperSettings | None = None,
    ) -> None:
        self._layout = Layout(folder.absolute())
        self._password = password
        self._processes = processes.absolute()
        self._mongod = mongod
        self._settings = settings or KeeperSettings()

    def __repr__(self) -> str:
        return f"EmbeddedServer({str(self._layout.folder)!r})"

    def ensure(self) -> str:
        """Have the server running and return its address, password included.

        Some milliseconds when all is well, about a second after a pause; call it again whenever
        the cluster is unreachable. Safe in several threads and processes at once.
        Raises MachineProblem with the codes `mongod_missing`, `mongod_not_runnable`,
        `mongod_failed`, `home_read_only`, `home_unusable`, `disk_full`, `data_in_use`.
        """
        try:
            port = self._usable_port()
            if port is None or not self._is_known():
                port = self._start()
        except OSError as error:
            raise storage_problem(error, self._layout.folder) from error
        return user_uri(port, self._password)

    def status(self) -> ServerStatus:
        """Look at program and server without starting it; raises MachineProblem (program)."""
        mongod = self._program()
        record = self._layout.read_record()
        running = record is not None and record.state == READY and answers(record.port)
        from postflow_desktop.cluster.embedded.backup import newest_backup

        return ServerStatus(
            mongod=mongod,
            version=version_of(mongod),
            running=running,
            port=record.port if record and running else None,
            pid=record.pid if record and running else None,
            data_bytes=_size(self._layout.data),
            last_backup=newest_backup(self._layout.backups),
        )

    def _usable_port(self) -> int | None:
        """Return the port if the server runs and a keeper looks after it, else None."""
        record = self._layout.read_record()
        if record is None or record.state != READY:
            return None
        # A free lock means a killed keeper: a new one is needed even if mongod still runs.
        if not is_held(self._layout.keeper_lock) or not answers(record.port):
            return None
        return record.port

    def _start(self) -> int:
        """Bring the server up, one process at a time, and set the password if need be."""
        from filelock import FileLock, Timeout

        self._layout.prepare()
        try:
            with FileLock(self._layout.start_lock, timeout=_ENSURE_SECONDS, poll_interval=0.01):
                port = self._wait_for_server()
                if not self._is_known():
                    self._set_login(port)
                return port
        except Timeout as error:
            raise _no_start("another process has been starting it for too long") from error

    def _wait_for_server(self) -> int:
        pause = threading.Event()
        deadline = monotonic() + _ENSURE_SECONDS
        tries = 0
        while monotonic() < deadline:
            port = self._usable_port()
            if port is not None:
                return port
            if is_held(self._layout.keeper_lock):  # starting, restarting or stopping the server
                pause.wait(0.02)
            elif tries < _KEEPER_TRIES:
                tries += 1
                self._start_keeper()
            else:
                raise _no_start("the process that looks after it ended early")
        raise _no_start(f"it was not ready within {_ENSURE_SECONDS:.0f} s")

    def _start_keeper(self) -> None:
        """Start a keeper and wait for what it reports; silence means that it was killed."""
        line = _first_line(self._spawn_keeper())
        try:
            outcome = json.loads(line)
        except ValueError:
            return
        if "code" in outcome:
            raise MachineProblem(outcome["message"], code=outcome["code"], fix=outcome["fix"])

    def _spawn_keeper(self) -> subprocess.Popen[bytes]:
        settings = self._settings
        command = [
            *(sys.executable, "-P", "-m", _KEEPER),
            *("--folder", str(self._layout.folder), "--processes", str(self._processes)),
            *("--mongod", str(self._program()), "--linger", str(settings.linger_seconds)),
            *("--min-free-bytes", str(settings.min_free_bytes)),
            *("--chores-delay", str(settings.chores_delay_seconds)),
        ]
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._layout.folder,
            env=_environment(),
            **detached(),
        )

    def _program(self) -> Path:
        if self._mongod is None:
            return find_mongod(os.environ)
        if not self._mongod.is_file():
            return find_mongod({"POSTFLOW_MONGOD": str(self._mongod)})
        return self._mongod.absolute()

    def _is_known(self) -> bool:
        """Tell whether our password was seen to work, without asking the server."""
        return hmac.compare_digest(self._layout.read_login(), self._fingerprint())

    def _set_login(self, port: int) -> None:
        from postflow_desktop.cluster.embedded.replica import password_works, set_password

        if not password_works(port, self._password):
            set_password(self._layout, port, self._password)
        self._layout.write_login(self._fingerprint())

    def _fingerprint(self) -> str:
        # Keyed with what alone opens the database, so it tells a thief of the file nothing.
        key = self._layout.read_key().encode()
        return hmac.new(key, self._password.encode(), hashlib.sha256).hexdigest()


def _environment() -> dict[str, str]:
    """Return the environment for a keeper: without secrets, and able to import this package."""
    environment = {name: value for name, value in os.environ.items() if name not in _PRIVATE}
    root = Path(__file__).parents[3]
    if root.name not in ("site-packages", "dist-packages"):
        known = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join((str(root), *((known,) if known else ())))
    return environment


def _first_line(process: subprocess.Popen[bytes]) -> bytes:
    """Return the line that a keeper prints once it knows, or b"" if it was killed or hangs."""
    lines: list[bytes] = []
    stream = process.stdout
    if stream is None:
        return b""
    reader = threading.Thread(target=lambda: lines.append(stream.readline()), daemon=True)
    reader.start()
    reader.join(_ENSURE_SECONDS)
    if sys.platform == "win32":
        _background.append(process)
    else:
        process.wait()
    if not reader.is_alive():
        stream.close()
    return lines[0] if lines else b""


def _no_start(reason: str) -> MachineProblem:
    return MachineProblem(
        f"The local database could not start: {reason}. Its files are kept as they are.",
        code="mongod_failed",
        fix="Try again; if it stays so, look at mongod.log and keeper.log in its folder, or use a "
        "MongoDB of your own: --uri mongodb://…",
    )


def _size(folder: Path) -> int:
    """Return the bytes in all files of a folder; files that vanish meanwhile count nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except OSError:
            continue
    return total
