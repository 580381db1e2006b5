"""Homes with an embedded server, and the certainty that nothing of them stays behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from filelock import FileLock

from postflow_desktop.cluster.embedded.server import EmbeddedServer
from postflow_desktop.cluster.embedded.settings import KeeperSettings
from tests.kit.mongod import wait_until

WORKER = """
import os, sys
from pathlib import Path
from filelock import FileLock
from postflow_desktop.cluster.connection import open_client
from postflow_desktop.cluster.embedded.settings import KeeperSettings
from postflow_desktop.cluster.embedded.server import EmbeddedServer

home = Path(sys.argv[1])
lock = FileLock(home / "processes" / f"{os.getpid()}.lock")
lock.acquire()
server = EmbeddedServer(
    home / "embedded", password="pass word", processes=home / "processes",
    settings=KeeperSettings(linger_seconds=float(sys.argv[2]), min_free_bytes=1),
)
uri = server.ensure()
print(uri, flush=True)
with open_client(uri) as client:
    for line in sys.stdin:
        client["kept"]["things"].insert_one({"_id": line.strip()})
        print("stored", flush=True)
"""


def lives(pid: int) -> bool:
    """False once no thread of the process can hold a lock or a port any more."""
    try:
        tasks = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/stat")]
    except OSError:
        return Path(f"/proc/{pid}").exists()
    return any(text.rpartition(")")[2].split()[0] not in "ZX" for text in tasks)


class Worker:
    """A process of the home that stores what it is told to."""

    def __init__(self, home: Home) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(home.folder), str(home.linger)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def uri(self) -> str:
        """Wait until it has the server, and return the address it got."""
        return self._line()

    def store(self, name: str) -> None:
        """Have a document stored; returns when it is acknowledged."""
        assert self.process.stdin is not None
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        assert self._line() == "stored"

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def kill9(self) -> None:
        """End it as the system would when it runs out of memory."""
        self.process.kill()
        self.close()

    def close(self) -> None:
        """End it (by the end of its input, if it still lives)."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


class Home:
    """The home of a machine in a test; `embedded` is the folder of its server."""

    def __init__(self, folder: Path, *, linger: float = 30.0) -> None:
        self.folder = folder
        self.embedded = folder / "embedded"
        self.processes = folder / "processes"
        self.processes.mkdir(exist_ok=True)
        self.linger = linger
        self.min_free_bytes = 1
        self.chores_delay = 600.0
        self.workers: list[Worker] = []

    def server(self, *, password: str = "pass word", mongod: Path | None = None) -> EmbeddedServer:
        """The server as a process of this home sees it."""
        settings = KeeperSettings(
            linger_seconds=self.linger,
            min_free_bytes=self.min_free_bytes,
            chores_delay_seconds=self.chores_delay,
        )
        return EmbeddedServer(
            self.embedded,
            password=password,
            processes=self.processes,
            mongod=mongod,
            settings=settings,
        )

    def lock(self, name: str = "test") -> FileLock:
        """Count as a process of the home for as long as the lock is held."""
        return FileLock(self.processes / f"{name}.lock")

    def worker(self) -> Worker:
        """Start another process of the home."""
        self.workers.append(Worker(self))
        return self.workers[-1]

    def pids(self, kind: str = "") -> list[int]:
        """The living processes of the embedded server: `keeper`, `mongod`, or both."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                words = (entry / "cmdline").read_bytes().decode().split("\0")
                ours = any(word.startswith(str(self.embedded)) for word in words)
                is_keeper = any(word.endswith("embedded.keeper") for word in words)
                if ours and kind in ("", "keeper" if is_keeper else "mongod"):
                    found.append(int(entry.name))
        return found

    def kill9(self, kind: str = "") -> None:
        """Kill the server's processes of a kind and wait until they are gone."""
        for pid in (victims := self.pids(kind)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not any(map(lives, victims)), what="the end of the processes")

    def clear(self) -> None:
        """Leave nothing behind."""
        for worker in self.workers:
            worker.kill9()
        while self.pids():
            self.kill9("keeper")
            self.kill9()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home whose server lingers longer than the test."""
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("looks for processes in /proc, which this system lacks")
    made = Home(tmp_path)
    yield made
    made.clear()


Disk = Callable[[str], Path]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Mounts a small disk of its own (`size=…` as mount takes it); needs to be root."""
    mounted: list[Path] = []

    def mount(options: str) -> Path:
        place = tmp_path / f"disk{len(mounted)}"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "postflow-test", str(place)]
        if shutil.which("mount") is None or subprocess.run(command, check=False).returncode:
            pytest.skip("mounting a small disk needs root and mount")
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", "-l", str(place)], check=True)
