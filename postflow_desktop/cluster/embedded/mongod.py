"""One run of mongod: its command line, its start, and why it ended."""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote

from postflow_desktop.cluster.embedded.binary import not_runnable, refusal_of_system
from postflow_desktop.cluster.embedded.layout import Layout, disk_full, storage_problem
from postflow_desktop.domain.errors import MachineProblem

REPLICA_SET = "postflow"
USER = "postflow"
START_SECONDS = 90.0
"""Replaying the journal of a large database after a power cut takes a while."""

JOURNAL_BYTES = 300 * 1024 * 1024
"""What mongod sets aside for its journal before it stores anything (measured with 6.0.5)."""

# Below the ports that systems hand out for outgoing connections (Linux 32768, others 49152), so
# that nobody takes ours by chance while the server is down.
_PORTS = range(20_000, 32_000)
_NOTHING_LEFT_BYTES = 100_000  # too little even for the log, so its last words are missing
# Exit codes of mongod: src/mongo/util/exit_code.h in MongoDB's sources.
_EXIT_PORT_TAKEN = 48

_OPTIONS = (
    *("--bind_ip", "127.0.0.1", "--auth", "--replSet", REPLICA_SET, "--oplogSize", "512"),
    *("--wiredTigerCacheSizeGB", "0.25", "--networkMessageCompressors", "snappy,zstd"),
    *("--quiet", "--logappend", "--logRotate", "reopen"),
    # Nobody may make the first user but the holder of the key file.
    *("--setParameter", "enableLocalhostAuthBypass=false"),
    *("--setParameter", "diagnosticDataCollectionEnabled=false"),
)


class PortTaken(Exception):
    """Something else listens on the port."""


def pick_port(preferred: int | None) -> int:
    """Return `preferred` if nothing listens on it, else a free port of 127.0.0.1."""
    if preferred and _is_free(preferred):
        return preferred
    for _ in range(200):
        port = random.choice(_PORTS)  # noqa: S311 - not a secret
        if _is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def user_uri(port: int, password: str) -> str:
    """Return the address that the processes of the home use; its clients wait out restarts."""
    return (
        f"mongodb://{USER}:{quote(password, safe='')}@127.0.0.1:{port}/"
        f"?replicaSet={REPLICA_SET}&authSource=admin"
    )


def answers(port: int) -> bool:
    """Tell whether something takes connections on a port of 127.0.0.1; some 0.1 ms."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
    except OSError:
        return False


def check_space(layout: Layout, min_free_bytes: int) -> None:
    """Raise MachineProblem `disk_full` when less than `min_free_bytes` are free.

    A first start needs the space of the journal on top; 0 bytes turn the check off.
    """
    first = 0 if (layout.data / "WiredTiger").exists() else JOURNAL_BYTES
    if min_free_bytes and shutil.disk_usage(layout.folder).free < min_free_bytes + first:
        raise disk_full(layout.folder)


class MongodRun:
    """One try to run mongod on a port."""

    def __init__(self, mongod: Path, layout: Layout, port: int) -> None:
        self._mongod = mongod
        self._layout = layout
        self._log_start = 0
        self._port = port

    def start(self) -> subprocess.Popen[bytes]:
        """Start it and return its process, which takes connections.

        Raises PortTaken, or MachineProblem `mongod_missing`, `mongod_not_runnable`,
        `mongod_failed`, `disk_full`, `home_read_only` or `data_in_use`.
        """
        self._layout.rotate_logs()
        if self._layout.log.exists():
            self._log_start = self._layout.log.stat().st_size
        process = self._spawn()
        pause = threading.Event()
        for _ in range(int(START_SECONDS / 0.01)):
            status = process.poll()
            if status is not None:
                raise self.why(status)
            if answers(self._port):
                return process
            pause.wait(0.01)
        process.kill()
        process.wait()
        raise self._failed(f"it took no connections within {START_SECONDS:.0f} s")

    def _spawn(self) -> subprocess.Popen[bytes]:
        layout = self._layout
        command = [
            str(self._mongod),
            *("--dbpath", str(layout.data), "--port", str(self._port)),
            *("--keyFile", str(layout.key_file), "--logpath", str(layout.log)),
            *_OPTIONS,
            *(() if sys.platform == "win32" else ("--nounixsocket",)),
        ]
        with layout.output.open("wb") as output:
            try:
                return subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd=layout.folder,
                    **detached(),
                )
            except FileNotFoundError as error:
                raise not_runnable(self._mongod, "it or its interpreter is missing") from error
            except OSError as error:
                raise not_runnable(self._mongod, error.strerror or "unknown reason") from error

    def why(self, status: int) -> Exception:
        """Return what to raise for a run that ended with `status`; reads its log."""
        output = _text(self._layout.output)
        refused = refusal_of_system(status, output)
        if refused:
            return not_runnable(self._mongod, refused)
        lines = self._log_lines()
        everything = output + "\n".join(json.dumps(line) for line in lines)
        if status == _EXIT_PORT_TAKEN or "Address already in use" in everything:
            return PortTaken()
        left = shutil.disk_usage(self._layout.folder).free
        if "No space left on device" in everything or left < _NOTHING_LEFT_BYTES:
            return disk_full(self._layout.folder)
        if "DBPathInUse" in everything:
            return data_in_use(self._layout, 0)
        if "Read-only file system" in everything or "Permission denied" in everything:
            return storage_problem(PermissionError(13, "Permission denied"), self._layout.folder)
        return self._failed(_meaning(lines) or _last_line(output) or f"it ended with {status}")

    def _log_lines(self) -> list[dict[str, Any]]:
        """Return what mongod logged in this run (at most the last 200 kB)."""
        try:
            with self._layout.log.open("rb") as stream:
                size = stream.seek(0, os.SEEK_END)
                stream.seek(max(self._log_start, size - 200_000))
                raw = stream.read()
        except OSError:
            return []
        found = []
        for line in raw.splitlines():
            try:
                parsed = json.loads(line)
            except ValueError:
                continue
            if isinstance(parsed, dict):
                found.append(parsed)
        return found

    def _failed(self, reason: str) -> MachineProblem:
        return MachineProblem(
            f"The local database could not start: {reason}. Its files are kept as they are.",
            code="mongod_failed",
            fix=f"Look at {self._layout.log}. If the files are damaged, a backup of the last 30 "
            f"days lies in {self._layout.backups}. Or use a MongoDB of your own: --uri mongodb://…",
        )


def data_in_use(layout: Layout, pid: int) -> MachineProblem:
    """Return the error for data that a mongod has open that is not ours to command."""
    who = f"the process {pid}" if pid else "another process"
    return MachineProblem(
        f"The local database's files in {layout.data} are in use by {who}, which does not "
        "answer as PostFlow's own server would. Nothing was changed.",
        code="data_in_use",
        fix=f"End {who} (a MongoDB server) and try again, or set POSTFLOW_HOME to another folder.",
    )


def detached() -> dict[str, Any]:
    """Return the options of Popen for a process that outlives its terminal and its parent."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        if sys.platform == "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:  # as mongod does: what lingers in TIME_WAIT does not count
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def _meaning(lines: list[dict[str, Any]]) -> str:
    """Return the last line that says what went wrong; fatal ones count more than errors."""
    for severity in ("F", "E"):
        for line in reversed(lines):
            if line.get("s") != severity:
                continue
            attributes = line.get("attr")
            detail = attributes.get("error", "") if isinstance(attributes, dict) else ""
            if isinstance(detail, dict):
                detail = detail.get("errmsg", "")
            text = str(line.get("msg", "")).strip()
            if text and "aborting after" not in text:
                return f"{text}: {detail}"[:300] if detail else text[:300]
    return ""


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")[-20_000:]
    except OSError:
        return ""
