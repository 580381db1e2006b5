"""The files of the embedded server in its folder, and how they are written.

data/         mongod's own files
keyFile       the cluster key; its holder is the internal user `__system`
server.json   port and state, written by the keeper (ServerRecord)
login.json    proof that the user's password was set, without the password
keeper.lock   held by the keeper for as long as it lives
start.lock    held by the process that starts a keeper
mongod.log    and .1, .2: at most 10 MB each; mongod.out: what it printed
backups/      one folder per UTC date
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from postflow_desktop.domain.errors import MachineProblem

MIN_KEY_LENGTH = 64
LOG_BYTES = 10 * 1024 * 1024
STARTING = "starting"
READY = "ready"
STOPPED = "stopped"

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
_NOT_ALLOWED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRecord:
    """What `server.json` says: the port (kept while stopped), mongod's process, the state."""

    port: int
    pid: int
    state: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths inside the folder of one embedded server."""

    folder: Path

    @property
    def data(self) -> Path:
        """The data folder of mongod."""
        return self.folder / "data"

    @property
    def key_file(self) -> Path:
        """The cluster key."""
        return self.folder / "keyFile"

    @property
    def record(self) -> Path:
        """Port and state."""
        return self.folder / "server.json"

    @property
    def login(self) -> Path:
        """The fingerprint of the password that is known to be set."""
        return self.folder / "login.json"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper."""
        return self.folder / "keeper.lock"

    @property
    def start_lock(self) -> Path:
        """Held by whoever starts a keeper."""
        return self.folder / "start.lock"

    @property
    def log(self) -> Path:
        """The log of mongod, JSON lines."""
        return self.folder / "mongod.log"

    @property
    def output(self) -> Path:
        """What mongod printed at its last start: the loader's complaints and the like."""
        return self.folder / "mongod.out"

    @property
    def keeper_log(self) -> Path:
        """The keeper's own log."""
        return self.folder / "keeper.log"

    @property
    def backups(self) -> Path:
        """One folder per UTC date."""
        return self.folder / "backups"

    def prepare(self) -> None:
        """Make the folder, readable by its owner only, and check that it takes writes.

        Raises MachineProblem `home_read_only`, `disk_full` or `home_unusable`.
        """
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            if sys.platform != "win32" and self.folder.stat().st_mode & 0o077:
                self.folder.chmod(0o700)
            probe = self.folder / f".probe-{os.getpid()}-{secrets.token_hex(4)}"
            probe.write_bytes(b"x")
            probe.unlink()
        except OSError as error:
            raise storage_problem(error, self.folder) from error

    def read_record(self) -> ServerRecord | None:
        """Return what `server.json` says; None if it is missing or damaged."""
        found = _read_json(self.record)
        port, pid, state = found.get("port"), found.get("pid"), found.get("state")
        if isinstance(port, int) and isinstance(pid, int) and isinstance(state, str):
            return ServerRecord(port=port, pid=pid, state=state) if 0 < port < 65536 else None
        return None

    def write_record(self, record: ServerRecord) -> None:
        """Replace `server.json`."""
        write_private(self.record, json.dumps(asdict(record)))

    def read_login(self) -> str:
        """Return the fingerprint of the password that was last seen to work, or ""."""
        return str(_read_json(self.login).get("fingerprint", ""))

    def write_login(self, fingerprint: str) -> None:
        """Remember that a password works."""
        write_private(self.login, json.dumps({"fingerprint": fingerprint}))

    def read_key(self) -> str:
        """Return the cluster key, or "" if there is none that can be used."""
        try:
            key = self.key_file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""
        return key if len(key) >= MIN_KEY_LENGTH else ""

    def ensure_key(self) -> None:
        """Make the cluster key if there is none; the data does not depend on its value."""
        if not self.read_key():
            write_private(self.key_file, secrets.token_hex(128))
        elif sys.platform != "win32":
            self.key_file.chmod(0o600)

    def rotate_logs(self) -> bool:
        """Put the log aside when it is above 10 MB, keeping two old ones; True if it was."""
        try:
            if self.log.stat().st_size < LOG_BYTES:
                return False
            first = self.log.with_name("mongod.log.1")
            if first.exists():
                first.replace(self.log.with_name("mongod.log.2"))
            self.log.replace(first)
        except OSError:  # not there yet, or (on Windows) open in mongod
            return False
        return True


def storage_problem(error: OSError, folder: Path) -> MachineProblem:
    """Return the error to show when the folder of the embedded server can't be written."""
    if error.errno in _NO_SPACE:
        return disk_full(folder)
    if error.errno in _NOT_ALLOWED:
        return MachineProblem(
            f"PostFlow can't write to its folder {folder} ({error.strerror}). "
            "What is stored in it is kept.",
            code="home_read_only",
            fix="Give your user the right to write there (and check that the disk is not mounted "
            "read-only), or set POSTFLOW_HOME to a folder of your own.",
        )
    return MachineProblem(
        f"PostFlow can't use its folder {folder}: {error.strerror or error}.",
        code="home_unusable",
        fix="Repair or remove what is in the way, or set POSTFLOW_HOME to another folder.",
    )


def disk_full(folder: Path) -> MachineProblem:
    """Return the error for a disk without room for the database."""
    return MachineProblem(
        f"The disk that holds {folder} is full. What is stored in it is kept.",
        code="disk_full",
        fix="Free some space (1 GB is plenty) and try again, or set POSTFLOW_HOME to a folder "
        "on a larger disk.",
    )


def write_private(path: Path, text: str) -> None:
    """Replace a file as a whole, on disk before its name shows it; only its owner reads it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
