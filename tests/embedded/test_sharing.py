"""Several processes of one home have one server, and it ends after them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pymongo.errors import OperationFailure

from postflow_desktop.cluster.connection import open_client
from postflow_desktop.cluster.embedded.locks import anyone_alive
from tests.embedded.conftest import WORKER, Home
from tests.kit.mongod import wait_until


def test_processes_that_start_at_once_get_one_server(home: Home) -> None:
    workers = [home.worker() for _ in range(3)]
    uris = {worker.uri() for worker in workers}
    assert len(uris) == 1
    workers[0].store("a")
    workers[1].store("b")
    assert len(home.pids("keeper")) == len(home.pids("mongod")) == 1
    with open_client(uris.pop()) as client:
        assert client["kept"]["things"].count_documents({}) == 2


def test_threads_may_ask_at_once(home: Home) -> None:
    server = home.server()
    with ThreadPoolExecutor(4) as pool:
        uris = set(pool.map(lambda _: server.ensure(), range(4)))
    assert len(uris) == 1
    assert len(home.pids("mongod")) == 1


def test_the_server_has_transactions_and_change_streams(home: Home) -> None:
    with open_client(home.server().ensure()) as client:
        things = client["some"].create_collection("things")
        with things.watch() as changes:
            with client.start_session() as session, session.start_transaction():
                things.insert_one({"_id": 1}, session=session)
            assert changes.next()["operationType"] == "insert"


def test_only_the_owner_reads_the_folder_and_only_the_password_lets_in(home: Home) -> None:
    uri = home.server().ensure()
    assert home.embedded.stat().st_mode & 0o077 == 0
    assert (home.embedded / "keyFile").stat().st_mode & 0o077 == 0
    open_door = f"mongodb://{uri.partition('@')[2].partition('?')[0]}?directConnection=true"
    with open_client(open_door) as client, pytest.raises(OperationFailure, match="auth"):
        client.admin.command("createUser", "thief", pwd="x", roles=["root"])


def test_no_password_is_in_argv_environment_or_files(home: Home) -> None:
    home.server(password="canary-7431").ensure()
    for pid in home.pids():
        for name in ("cmdline", "environ"):
            assert b"canary-7431" not in Path(f"/proc/{pid}/{name}").read_bytes()
    for path in home.embedded.iterdir():
        assert path.is_dir() or b"canary-7431" not in path.read_bytes()


def test_a_pipeline_ends_with_the_command_that_started_the_server(home: Home) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORKER, str(home.folder), "30"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.startswith(b"mongodb://")
    (keeper,) = home.pids("keeper")
    assert os.getsid(keeper) != os.getsid(0)
    assert Path(f"/proc/{keeper}/cwd").resolve() == Path("/")
    for number in range(3):
        assert Path(f"/proc/{keeper}/fd/{number}").resolve() == Path(os.devnull)


def test_the_server_ends_when_the_last_process_has_gone(home: Home) -> None:
    home.linger = 0.3
    worker = home.worker()
    worker.uri()
    worker.store("kept")
    worker.kill9()
    wait_until(lambda: not home.pids(), what="the end of the server")
    assert not list(home.processes.glob("*.lock"))
    assert "Shutting down" in (home.embedded / "mongod.log").read_text().splitlines()[-1]
    with home.lock(), open_client(home.server().ensure()) as client:
        assert client["kept"]["things"].find_one() == {"_id": "kept"}


def test_the_server_stays_while_a_process_lives(home: Home) -> None:
    home.linger = 0.2
    home.processes.joinpath("dead.lock").touch()
    with home.lock():
        uri = home.server().ensure()
        wait_until(lambda: not (home.processes / "dead.lock").exists(), what="the clean-up")
        assert anyone_alive(home.processes)
        with open_client(uri) as client:
            assert client.admin.command("ping")["ok"] == 1
    wait_until(lambda: not home.pids(), what="the end of the server")


def test_coming_and_going_never_finds_the_server_gone(home: Home) -> None:
    home.linger = 0.05  # so that newcomers meet a server that is just leaving
    for number in range(6):
        with home.lock(f"p{number}"), open_client(home.server().ensure()) as client:
            client["kept"]["things"].insert_one({"_id": number})
            assert client["kept"]["things"].count_documents({}) == number + 1
        (home.embedded / "keeper.lock").stat()


def test_a_keeper_that_is_told_to_end_stops_the_server_in_order(home: Home) -> None:
    with home.lock():
        home.server().ensure()
        os.kill(home.pids("keeper")[0], signal.SIGTERM)  # as when the person signs off
        wait_until(lambda: not home.pids(), what="the end of the server")
    assert "Shutting down" in (home.embedded / "mongod.log").read_text().splitlines()[-1]


def test_nothing_stays_when_the_home_is_deleted(home: Home) -> None:
    home.linger = 5
    with home.lock():
        home.server().ensure()
        home.embedded.rename(home.folder / "gone")
        wait_until(lambda: not home.pids(), seconds=40, what="the end of the server")


def test_doctor_is_told_about_program_and_server(home: Home) -> None:
    server = home.server()
    before = server.status()
    assert (before.running, before.port, before.last_backup) == (False, None, None)
    assert before.version[0].isdigit()
    uri = server.ensure()
    now = server.status()
    assert now.running
    assert f":{now.port}/" in uri
    assert [now.pid] == home.pids("mongod")
    assert now.data_bytes > 1_000_000
