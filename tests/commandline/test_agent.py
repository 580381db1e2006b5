"""The agent as a process: every workspace of its home, health, a gentle end."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from postflow_desktop.bootstrap import Machine
from postflow_desktop.cli import agency
from postflow_desktop.cli.serving import Manner
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.settings import WorkspaceKind
from postflow_desktop.sandbox.faults import FaultKind
from postflow_desktop.sandbox.server import SandboxServer
from tests.commandline.conftest import Desk, connect
from tests.conftest import ClusterDb
from tests.kit.command import PASSWORD, CommandLine, kill, seated
from tests.kit.mongod import TestMongod, drop_quietly, free_port
from tests.kit.wait import wait_for
from tests.plugins.logfail import ExpectedLogs

CORE = {"ok", "since", "workspaces", "published", "failed"}
NIGHT = datetime(2031, 1, 6, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory, mongod_client: Any, mongod_uri: str
) -> Iterator[Desk]:
    """A desk that the tests of this file share, each with posts of its own."""
    cluster = ClusterDb(client=mongod_client, name="office", uri=mongod_uri)
    with SandboxServer() as sandbox:
        home = tmp_path_factory.mktemp("office") / "home"
        command, recovery = seated(home, cluster.uri, cluster.name)
        yield Desk(command, recovery, connect(command, sandbox.url), sandbox, cluster)
    drop_quietly(mongod_client, cluster.name, cluster.media_name)


def copied(office: Desk, folder: Path) -> CommandLine:
    """The home of the office for one test; the same machine, so never beside the original."""
    shutil.copytree(office.command.home, folder / "home")
    return CommandLine(folder / "home")


@contextmanager
def running(command: CommandLine, *options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """An agent with its health endpoint; killed if the test does not end it."""
    port = free_port()
    process = command.start("agent", "--health", str(port), *options)
    try:
        yield process, port
    finally:
        if process.poll() is None:
            kill(process)


def ask(port: int, path: str = "/health", host: str | None = None) -> tuple[int, dict[str, Any]]:
    """Status and document of the endpoint; 0 while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Host": host} if host else {})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except ConnectionError:
        return 0, {}
    finally:
        connection.close()


def rows(port: int) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in ask(port)[1]["workspaces"]}


def ended(process: subprocess.Popen[str]) -> tuple[dict[str, Any], str]:
    """End it as systemd does; its document and what it said."""
    process.terminate()
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    document: dict[str, Any] = json.loads(stdout)
    return document, stderr


def plan(command: CommandLine, account: str, text: str, at: datetime) -> dict[str, Any]:
    words = ("post", "create", "--text", text, "--account", account, "--at", at.isoformat())
    return command.ok(*words).document


def test_an_agent_serves_every_workspace_and_is_seen(office: Desk, tmp_path: Path) -> None:
    command = copied(office, tmp_path)
    warned = plan(command, office.account, "At night", NIGHT)
    asleep = "No computer was on at 04:00 in the last 14 days."
    assert [text.startswith(asleep) for text in warned["warnings"]] == [True]
    assert "postflow agent" in warned["warnings"][0]
    server = TestMongod(tmp_path / "mongod").start()
    try:
        _plan_in_both(office, command, server.uri)
        with running(command) as (process, port):
            wait_for(lambda: ask(port)[0] == 200, what="serving both")
            wait_for(lambda: ask(port)[1]["published"] == 2, what="publishing in both")
            assert sorted(office.texts()) == ["In the first", "In the second"]
            _is_seen(command, warned["post"]["id"])
            _survives(server, port)
            document, stderr = ended(process)
        assert document == {"published": 2, "failed": 0, "needsAttention": 0}
        assert office.cluster.db["presence"].count_documents({}) == 0
        _tells_no_secret(command, stderr, office.cluster.uri, server.uri)
    finally:
        server.stop()


def _plan_in_both(office: Desk, command: CommandLine, second: str) -> None:
    now, home = datetime.now(UTC), Home(command.home)
    plan(command, office.account, "In the first", now)
    team = home.current()
    assert team is not None
    seated(command.home, second, "second", name="Second")
    plan(command, connect(command, office.sandbox.url, "second.test"), "In the second", now)
    home.set_current(team.id)


def _is_seen(command: CommandLine, post: str) -> None:
    """While an agent is on, no time of the day is worth a warning."""
    moved = command.ok("post", "schedule", post, "--at", (NIGHT + timedelta(1)).isoformat())
    assert "warnings" not in moved.document
    checks = {check["name"]: check for check in command.ok("doctor")["checks"]}
    (publisher,) = checks["publishers"]["publishers"]
    assert (publisher["kind"], publisher["alwaysOn"]) == ("agent", True)
    assert publisher["machine"] == Home(command.home).machine_id
    assert "agent on " in checks["publishers"]["detail"]


def _survives(server: TestMongod, port: int) -> None:
    """A workspace that is silent is told, leaves the other alone and is taken up again."""
    wait_for(lambda: all(row["underWay"] == 0 for row in rows(port).values()), what="rest")
    os.kill(server.pid, signal.SIGSTOP)
    wait_for(lambda: ask(port)[0] == 503, what="the loss")
    seen = rows(port)
    assert (seen["Team"]["connected"], seen["Second"]["connected"]) == (True, False)
    os.kill(server.pid, signal.SIGCONT)
    wait_for(lambda: ask(port)[0] == 200, what="the return")
    assert rows(port)["Second"]["lastError"] is None


def _tells_no_secret(command: CommandLine, stderr: str, *addresses: str) -> None:
    written = (command.home / "logs" / "postflow.jsonl").read_text()
    lines = [json.loads(line) for line in written.splitlines()]
    told = [line for line in lines if line["logger"] == "postflow_desktop.agent"]
    assert [line.get("action") for line in told if "action" in line] == ["begin", "end"]
    assert {line["workspace"] for line in told if "workspace" in line} == {"Team", "Second"}
    secrets = {PASSWORD, *(str(urlsplit(address).password) for address in addresses)}
    assert [secret for secret in secrets if secret in written + stderr] == []


def test_the_end_waits_for_what_is_being_sent(office: Desk) -> None:
    office.sandbox.fail(FaultKind.SLOW, times=5, delay=1.5)
    made = plan(office.command, office.account, "Under way", datetime.now(UTC))
    later = plan(office.command, office.account, "Later", NIGHT)
    schedules = office.cluster.db["schedules"]
    with running(office.command) as (process, port):
        wait_for(lambda: schedules.count_documents({"status": "sending"}) == 1, what="sending")
        assert rows(port)["Team"]["underWay"] == 1
        document, _ = ended(process)
    assert document == {"published": 1, "failed": 0, "needsAttention": 0}
    assert office.texts()[-1:] == ["Under way"]
    states = {str(d["postId"]): (d["status"], d["lease"]) for d in schedules.find()}
    assert states[made["post"]["id"]] == ("published", None)
    assert states[later["post"]["id"]] == ("pending", None)


def test_a_workspace_that_is_away_does_not_hold_up_the_current_one(
    office: Desk, tmp_path: Path
) -> None:
    command = copied(office, tmp_path)
    home = Home(command.home)
    team = home.current()
    assert team is not None
    away = home.add("Away", WorkspaceKind.URI, db="away", created_at=datetime.now(UTC))
    home.set_user(away.id, "0" * 24, "ana@example.com")
    refused = command.run("agent", "--until-idle")
    assert (refused.exit_code, refused.code) == (4, "no_address")
    home.set_current(team.id)
    plan(command, office.account, "Here", datetime.now(UTC))
    done = command.ok("agent", "--until-idle").document
    (warning,) = done.pop("warnings")
    assert warning.startswith("Workspace 'Away' was left out: ")
    assert done == {"published": 1, "failed": 0, "needsAttention": 0}


def test_an_agent_follows_who_is_signed_in_and_where(
    office: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.add("can't be served now")
    monkeypatch.setattr(agency, "FOLLOW_SECONDS", 0.1)
    command = copied(office, tmp_path)
    home, presence = Home(command.home), office.cluster.db["presence"]
    current = home.current()
    assert current is not None
    machine = Machine(command.environment(), home)
    ours = agency.Agency(machine, Manner(password=PASSWORD, workers=1, until_idle=False))
    thread = threading.Thread(target=ours.run)
    thread.start()
    try:
        wait_for(lambda: bool(ours.health()["ok"]), what="serving")
        command.ok("org", "create", "Second Bakery")
        both = {"organizationIds": {"$size": 2}}
        wait_for(lambda: presence.count_documents(both) == 1, what="publishing for both")
        home.set_user(current.id, None)
        wait_for(lambda: presence.count_documents({}) == 0, what="leaving after the log-out")
        wait_for(lambda: "signed in" in str(ours.health()["workspaces"]), what="telling so")
        home.set_user(current.id, current.user_id, current.user_email)
        wait_for(lambda: bool(ours.health()["ok"]), what="serving again")
    finally:
        ours.stop()
        thread.join()
        machine.close()


def test_nothing_but_health_is_answered_and_only_here(office: Desk) -> None:
    with running(office.command) as (_, port):
        wait_for(lambda: ask(port)[0] == 200, what="serving")
        assert ask(port, "/")[0] == 404
        assert ask(port, host="evil.example")[0] == 404
        assert ask(port, host=f"localhost:{port}")[0] == 200
        assert set(ask(port)[1]) == CORE
        taken = office.command.run("agent", "--health", str(port))
        assert (taken.exit_code, taken.code) == (4, "port_taken")
    assert office.command.run("agent", "--health", "0").exit_code == 2


def test_an_agent_that_is_locked_out_ends_and_says_why(office: Desk, tmp_path: Path) -> None:
    copy = copied(office, tmp_path)
    (copy.home / "secrets.json").unlink()
    uri = office.cluster.uri
    locked = copy.run("agent", POSTFLOW_PASSWORD="wrong", POSTFLOW_MONGODB_URI=uri)
    assert (locked.exit_code, locked["error"]["fix"] != "") == (3, True)


def test_an_agent_without_anybody_ends_and_says_why(tmp_path: Path, cluster_db: ClusterDb) -> None:
    command = CommandLine(tmp_path / "home")
    assert command.run("agent").code == "no_workspace"
    words = ("workspace", "create", "--name", "T", "--uri", cluster_db.uri)
    command.ok(*words, "--db", cluster_db.name)
    assert command.run("agent").code == "not_signed_in"
