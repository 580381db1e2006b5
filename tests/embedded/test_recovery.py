"""Whoever is killed, what was acknowledged is still there and the next start just works."""

from __future__ import annotations

import os
import socketserver
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from pymongo import MongoClient  # noqa: TID251 - only its type

from postflow_desktop.cluster.connection import cluster_errors, open_client
from postflow_desktop.domain.errors import ClusterUnreachable
from tests.embedded.conftest import Home
from tests.kit.mongod import wait_until


class HangsUp(socketserver.TCPServer):
    """Some other program on our port."""

    allow_reuse_address = True


class Silent(socketserver.BaseRequestHandler):
    """Takes the call, says nothing for a while and hangs up."""

    def handle(self) -> None:
        Event().wait(3)


def stored(uri: str) -> set[str]:
    with open_client(uri) as client:
        return {found["_id"] for found in client["kept"]["things"].find()}


@pytest.mark.parametrize("victims", ["keeper", "mongod", ""], ids=["keeper", "mongod", "all"])
def test_acknowledged_writes_survive_kill_9_of(home: Home, victims: str) -> None:
    worker = home.worker()
    uri = worker.uri()
    worker.store("before")
    if not victims:
        worker.kill9()
    home.kill9(victims or "keeper")
    home.kill9(victims)
    with home.lock():
        again = home.server().ensure()
        assert again == uri
        assert stored(again) == {"before"}
    if victims:
        worker.store("after")
    assert len(home.pids("keeper")) == len(home.pids("mongod")) == 1


def test_acknowledged_writes_survive_kill_9_of_the_process_that_started_it(home: Home) -> None:
    first, second = home.worker(), home.worker()
    first.uri()
    second.uri()
    first.store("a")
    first.kill9()
    second.store("b")
    assert stored(home.server().ensure()) == {"a", "b"}


def test_an_open_client_works_again_after_each_of_three_crashes(home: Home) -> None:
    with home.lock(), open_client(home.server().ensure(), timeout_seconds=20) as client:
        for number in range(3):
            wait_until(lambda: answers(client), what="the client's recovery")
            client["kept"]["things"].insert_one({"_id": number})
            home.kill9("mongod")
            wait_until(lambda: home.pids("mongod"), what="mongod's return without being asked")
            # An operation during the restart may fail; the client must not stay broken by it.
            wait_until(lambda: answers(client), what="the client's recovery")
            assert client["kept"]["things"].count_documents({}) == number + 1


def answers(client: MongoClient[dict[str, Any]]) -> bool:
    try:
        with cluster_errors():
            client["kept"]["probes"].insert_one({})
    except ClusterUnreachable:
        return False
    return True


def test_a_keeper_killed_with_its_mongod_dying_later_is_replaced(home: Home) -> None:
    with home.lock():
        home.server().ensure()
        home.kill9("keeper")
        home.server().ensure()  # adopts
        (mongod,) = home.pids("mongod")
        home.kill9("mongod")
        wait_until(lambda: set(home.pids("mongod")) - {mongod}, what="mongod's return")
        assert stored(home.server().ensure()) == set()


def test_stale_and_damaged_files_block_nothing(home: Home) -> None:
    worker = home.worker()
    worker.uri()
    worker.store("kept")
    worker.kill9()
    home.kill9("keeper")
    home.kill9()
    (home.embedded / "server.json").write_text('{"port": 20')
    (home.embedded / "login.json").write_bytes(b"\xff\x00")
    (home.embedded / "keyFile").write_text("half")
    (home.embedded / "data" / "mongod.lock").write_text(f"{os.getpid()}\n")  # a living process
    (home.processes / f"{os.getpid()}.lock").touch()
    assert stored(home.server().ensure()) == {"kept"}


@pytest.mark.parametrize("program", [socketserver.BaseRequestHandler, Silent])
def test_another_port_is_taken_when_ours_is(
    home: Home, program: type[socketserver.BaseRequestHandler]
) -> None:
    worker = home.worker()
    uri = worker.uri()
    worker.store("kept")
    worker.kill9()
    home.kill9("keeper")
    home.kill9()
    port = int(uri.partition("127.0.0.1:")[2].partition("/")[0])
    with HangsUp(("127.0.0.1", port), program) as other:
        Thread(target=other.serve_forever, kwargs={"poll_interval": 0.05}).start()
        try:
            with home.lock():
                again = home.server().ensure()
                assert again != uri
                assert stored(again) == {"kept"}
        finally:
            other.shutdown()


def test_a_lost_password_is_replaced(home: Home) -> None:
    worker = home.worker()
    old = worker.uri()
    worker.store("kept")
    new = home.server(password="an / other").ensure()
    assert new != old
    assert stored(new) == {"kept"}
    assert stored(home.server(password="an / other").ensure()) == {"kept"}


def test_logs_are_put_aside_before_they_grow_without_end(home: Home) -> None:
    home.embedded.mkdir(mode=0o700)
    log = home.embedded / "mongod.log"
    log.write_bytes(b"x" * 11_000_000)
    Path(home.embedded / "mongod.log.1").write_text("older")
    home.server().ensure()
    assert log.stat().st_size < 1_000_000
    assert (home.embedded / "mongod.log.2").read_text() == "older"
