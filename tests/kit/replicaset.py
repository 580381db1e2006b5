"""A throw-away replica set of three, whose members can be killed, stopped and told to step down."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from pymongo import MongoClient as Client  # noqa: TID251 - the kit needs direct connections
from pymongo.errors import PyMongoError

from postflow_desktop.cluster.embedded.binary import find_mongod
from tests.kit.mongod import PASSWORD, START_SECONDS, free_port, wait_until

NAME = "throwaway3"
LOGIN = f"root:{quote(PASSWORD)}"
ELECTION_MS = 1500
"""How long members wait for a silent primary; ten seconds by default. A fail-over takes a bit
more than that (`GAP`)."""
GAP = 3.0
"""Seconds without a primary, at most, on a computer that is not overloaded."""
_ANSWER_MS = 1000


class Member:
    """One mongod of the set; it keeps its port and its data."""

    def __init__(self, folder: Path, key: str) -> None:
        self.folder = folder
        self.port = free_port()
        self._key = key
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def uri(self) -> str:
        """The root user's address of this member alone."""
        return f"mongodb://{LOGIN}@{self.host}/?directConnection=true&authSource=admin"

    def start(self) -> None:
        """Start it; harmless when it runs."""
        if self._process is not None:
            return
        data, key_file = self.folder / "data", self.folder / "keyFile"
        data.mkdir(parents=True, exist_ok=True)
        if not key_file.exists():
            key_file.write_text(self._key)
            key_file.chmod(0o400)
        options = (
            "--bind_ip 127.0.0.1 --nounixsocket --auth --wiredTigerCacheSizeGB 0.25 --oplogSize 64 "
            "--quiet --networkMessageCompressors snappy,zstd "
            "--setParameter diagnosticDataCollectionEnabled=false "
            "--setParameter enableTestCommands=1"  # for the points at which a write can be held
        )
        self._process = subprocess.Popen(
            [
                str(find_mongod(os.environ)),
                *("--dbpath", str(data), "--keyFile", str(key_file), "--port", str(self.port)),
                *("--logpath", str(self.folder / "log"), "--logappend", "--replSet", NAME),
                *options.split(),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill9(self) -> None:
        """As a power cut would; a stopped one dies as well."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def freeze(self) -> None:
        """As a machine that stands still: its connections stay, and nobody answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def ask(self, command: str, value: Any = 1, **arguments: Any) -> dict[str, Any]:
        """A command to this member's admin database; errors of pymongo."""
        with self.connected() as client:
            return dict(client.admin.command(command, value, **arguments))

    @contextmanager
    def connected(self) -> Iterator[Client[dict[str, Any]]]:
        """As the internal user, to this member alone."""
        client: Client[dict[str, Any]] = Client(
            "127.0.0.1",
            self.port,
            username="__system",
            password=self._key,
            authSource="local",
            directConnection=True,
            serverSelectionTimeoutMS=_ANSWER_MS,
            socketTimeoutMS=_ANSWER_MS * 10,
        )
        try:
            yield client
        finally:
            client.close()

    def is_primary(self) -> bool:
        """Whether it says so itself; one that does not answer is none."""
        if self._process is None:
            return False
        try:
            client: Client[dict[str, Any]] = Client(
                "127.0.0.1",
                self.port,
                directConnection=True,
                serverSelectionTimeoutMS=_ANSWER_MS,
                socketTimeoutMS=_ANSWER_MS,
                connectTimeoutMS=_ANSWER_MS,
            )
            with client:
                return bool(client.admin.command("hello").get("isWritablePrimary"))
        except PyMongoError:
            return False

    def _signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)


class TestReplicaSet:
    """Three members; `uri` is the root user's address and names all of them.

    A context manager: whatever happened, at the end no process of it is left.
    """

    __test__ = False

    def __init__(self, folder: Path) -> None:
        key = secrets.token_hex(64)
        self.members = [Member(folder / f"member{number}", key) for number in range(3)]

    @property
    def uri(self) -> str:
        hosts = ",".join(member.host for member in self.members)
        return f"mongodb://{LOGIN}@{hosts}/?replicaSet={NAME}&authSource=admin"

    def start(self) -> Self:
        """Start all members and return when one of them takes writes as the root user."""
        try:
            for member in self.members:
                member.start()
            self._initiate()
        except BaseException:
            self.stop()
            raise
        return self

    def primary(self) -> Member:
        """Who leads; waits until somebody does."""
        return self.leader_among(self.members)

    def leader_among(self, members: list[Member]) -> Member:
        """Who of these leads; waits until one does."""
        found: list[Member] = []

        def elected() -> bool:
            found[:] = [member for member in members if member.is_primary()]
            return bool(found)

        wait_until(elected, seconds=START_SECONDS, what="an election")
        return found[0]

    def others(self, member: Member) -> list[Member]:
        return [one for one in self.members if one is not member]

    def recover(self) -> None:
        """All members run, and one leads."""
        for member in self.members:
            member.thaw()
            member.start()
        self.primary()

    def stop(self) -> None:
        """End all processes."""
        for member in self.members:
            member.kill9()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _initiate(self) -> None:
        first = self.members[0]
        for member in self.members:
            wait_until(_answers(member), seconds=START_SECONDS, what="a member's start")
        config = {
            "_id": NAME,
            "members": [{"_id": n, "host": m.host} for n, m in enumerate(self.members)],
            "settings": {
                "electionTimeoutMillis": ELECTION_MS,
                "heartbeatIntervalMillis": ELECTION_MS // 5,
            },
        }
        first.ask("replSetInitiate", config)
        primary = self.primary()
        primary.ask("createUser", "root", pwd=PASSWORD, roles=["root"], writeConcern={"w": 3})


def _answers(member: Member) -> Callable[[], bool]:
    def answers() -> bool:
        try:
            return bool(member.ask("ping"))
        except PyMongoError:
            return False

    return answers
