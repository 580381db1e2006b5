"""Accounts that only this computer has: everything can be tried without a network."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from postflow_desktop.sandbox.state import State
from tests.conftest import ClusterDb
from tests.kit.command import CommandLine, seated

NETWORKS = ("bluesky", "facebook", "linkedin", "telegram", "threads", "x")


@pytest.fixture
def team(tmp_path: Path, cluster_db: ClusterDb) -> tuple[CommandLine, str]:
    return seated(tmp_path / "home", cluster_db.uri, cluster_db.name)


@pytest.fixture
def command(team: tuple[CommandLine, str]) -> CommandLine:
    return team[0]


def texts(command: CommandLine) -> list[str]:
    """What the sandbox took so far; it does not run between commands."""
    return [entry.text for entry in State(command.home / "sandbox").log if entry.text]


def test_one_account_of_every_network_and_a_post_to_all(command: CommandLine) -> None:
    accounts = []
    for network in NETWORKS:
        made = command.ok("account", "connect", network, "--sandbox")["account"]
        assert (made["network"], made["status"]) == (network, "active")
        accounts += ["--account", made["id"]]
    post = command.ok("post", "create", "--text", "To all", *accounts, "--now")["post"]
    assert post["status"] == "published"
    assert texts(command) == ["To all"] * len(NETWORKS)
    again = command.ok("account", "connect", "x", "--sandbox")["account"]
    assert again["id"] in accounts
    for account in command.ok("account", "list")["accounts"]:
        assert command.ok("account", "check", account["id"])["account"]["status"] == "active"
    command.ok("post", "delete", post["id"], "--everywhere")


def test_several_commands_at_once_share_the_sandbox(command: CommandLine) -> None:
    account = command.ok("account", "connect", "bluesky", "--sandbox", "--handle", "cafe")
    assert account["account"]["username"] == "cafe.test"

    def publish(number: int) -> str:
        words = ("post", "create", "--text", f"Post {number}", "--account")
        status: str = command.ok(*words, account["account"]["id"], "--now")["post"]["status"]
        return status

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(publish, range(6))) == {"published"}
    assert sorted(texts(command)) == [f"Post {number}" for number in range(6)]


def test_another_machine_leaves_its_targets_alone(
    team: tuple[CommandLine, str], tmp_path: Path, cluster_db: ClusterDb
) -> None:
    command, recovery = team
    account = command.ok("account", "connect", "x", "--sandbox")["account"]["id"]
    other = CommandLine(tmp_path / "other")
    other.ok("workspace", "create", "--name", "T", "--uri", cluster_db.uri, "--db", cluster_db.name)
    other.ok("user", "login", "--email", "ana@example.com", "--recovery", recovery)
    when = ("--at", "2030-01-01T00:00:00Z")
    post = command.ok("post", "create", "--text", "Mine", "--account", account, *when)["post"]
    cluster_db.db["schedules"].update_many({}, [{"$set": {"notBefore": "$$NOW"}}])
    assert other.ok("agent", "--until-idle")["published"] == 0
    assert command.ok("post", "show", post["id"])["post"]["status"] == "scheduled"


def test_a_network_with_pages_of_its_own_needs_an_app(command: CommandLine) -> None:
    answer = command.run("account", "connect", "x")
    assert (answer.exit_code, answer.code) == (3, "no_client")
    assert "client guide x" in answer["error"]["fix"]
    assert command.run("account", "connect", "bluesky").exit_code == 2
