"""A throw-away MongoDB for tests: one process, a replica set, authentication on."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pymongo import MongoClient as Client  # noqa: TID251 - the kit needs a direct connection
from pymongo.errors import OperationFailure, PyMongoError

from postflow_desktop.cluster.embedded.binary import find_mongod

REPLICA_SET = "throwaway"
PASSWORD = "throw away + password"  # needs percent-encoding, so that tests meet it
_FEW_FILES = "file_manager=(close_idle_time=10,close_scan_interval=5,close_handle_minimum=250)"
START_SECONDS = 30


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Any, *, seconds: float = 20.0, what: str = "the condition") -> None:
    """Ask `true()` every 20 ms until it holds; fails the test after `seconds`."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        pause.wait(0.02)
    raise AssertionError(f"{what} did not come true within {seconds} s")


class TestMongod:
    """One mongod with its own data folder; `uri` is the root user's address.

    `kill9`, then `restart`, keep the port and the data. `stop` ends it and checks that it is gone.
    """

    __test__ = False

    def __init__(
        self,
        folder: Path,
        *,
        extra: tuple[str, ...] = (),
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """`environ` is added to the environment of the server."""
        self.folder = folder
        self._environ = dict(environ or {})
        self.port = free_port()
        self._extra = extra
        self._process: subprocess.Popen[bytes] | None = None
        self._key = secrets.token_hex(64)
        self._root_made = False

    @property
    def uri(self) -> str:
        """The root user's address; survives `restart`."""
        return (
            f"mongodb://root:throw%20away%20%2B%20password@127.0.0.1:{self.port}/"
            f"?replicaSet={REPLICA_SET}&authSource=admin"
        )

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        assert self._process is not None, "not running"
        return self._process.pid

    def start(self) -> Self:
        """Start the server and return when it takes writes as the root user."""
        assert self._process is None, "already running"
        data = self.folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        key_file = self.folder / "keyFile"
        if not key_file.exists():
            key_file.write_text(self._key)
            key_file.chmod(0o400)
        self._process = subprocess.Popen(
            self._command(data, key_file),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **self._environ},
        )
        try:
            self._make_ready()
        except BaseException:
            self.kill9()
            raise
        return self

    def _command(self, data: Path, key_file: Path) -> list[str]:
        fixed = (
            "--bind_ip 127.0.0.1 --nounixsocket --auth --wiredTigerCacheSizeGB 0.25 "
            "--oplogSize 128 --quiet --networkMessageCompressors snappy,zstd "
            "--setParameter diagnosticDataCollectionEnabled=false "
            "--setParameter enableTestCommands=1"  # for failCommand: errors on demand
        )
        return [
            str(find_mongod(os.environ)),
            *("--dbpath", str(data), "--keyFile", str(key_file)),
            *("--logpath", str(self.folder / "log"), "--logappend"),
            *("--replSet", REPLICA_SET, "--port", str(self.port)),
            *fixed.split(),
            # Thousands of tests with a database each: their files must not stay open.
            *("--wiredTigerEngineConfigString", _FEW_FILES),
            *self._extra,
        ]

    def _make_ready(self) -> None:
        wait_until(self._answers, seconds=START_SECONDS, what="mongod's start")
        with self._system() as client:
            try:
                client.admin.command("replSetGetStatus")
            except OperationFailure:
                member = {"_id": 0, "host": f"127.0.0.1:{self.port}"}
                config = {"_id": REPLICA_SET, "members": [member]}
                client.admin.command("replSetInitiate", config)
            wait_until(
                lambda: client.admin.command("hello").get("isWritablePrimary"),
                seconds=START_SECONDS,
                what="becoming primary",
            )
        if not self._root_made:
            with self._system() as client:
                client.admin.command("createUser", "root", pwd=PASSWORD, roles=["root"])
            self._root_made = True

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log_tail()
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False

    def _system(self) -> Client[dict[str, Any]]:
        return Client(
            "127.0.0.1",
            self.port,
            username="__system",
            password=self._key,
            authSource="local",
            directConnection=True,
            serverSelectionTimeoutMS=START_SECONDS * 1000,
        )

    def log_tail(self) -> str:
        """The last lines of the server's log."""
        log = self.folder / "log"
        return "\n".join(log.read_text().splitlines()[-5:]) if log.exists() else "no log"

    def kill9(self) -> None:
        """Kill the server as a power cut would; the data stays."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def restart(self) -> Self:
        """Start again on the same port with the same data (after `kill9`, or killing it now)."""
        self.kill9()
        return self.start()

    def stop(self) -> None:
        """End the server for good and check that its port is free."""
        self.kill9()
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", self.port)) != 0, "the port still answers"


def drop_quietly(client: Client[dict[str, Any]], *names: str) -> None:
    """Drop databases; a server that a test has stopped is no further failure."""
    for name in names:
        try:
            client.drop_database(name)
        except PyMongoError:
            return
