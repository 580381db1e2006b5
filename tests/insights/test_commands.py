"""`postflow post metrics` and `postflow account metrics`, as a person or a script uses them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from postflow_desktop.domain.metrics import NUMBERS
from postflow_desktop.sandbox.server import SandboxServer
from tests.commandline.conftest import Desk, desk, sandbox
from tests.conftest import ClusterDb
from tests.kit.command import CommandLine, seated

__all__ = ["desk", "sandbox"]


def publish(desk: Desk, text: str = "Fresh bread") -> str:
    made = desk.command.ok("post", "create", "--text", text, "--account", desk.account, "--now")
    post_id: str = made["post"]["id"]
    return post_id


def test_a_post_is_measured_when_somebody_asks(desk: Desk) -> None:
    post_id = publish(desk)
    before = desk.command.ok("post", "metrics", post_id)
    assert before["postId"] == post_id
    (row,) = before["metrics"]
    assert (row["metrics"], row["fetchedAt"], row["told"]) == (None, None, True)
    after = desk.command.ok("post", "metrics", post_id, "--refresh")
    (row,) = after["metrics"]
    assert row["accountId"] == desk.account
    assert row["network"] == "bluesky"
    assert set(row["metrics"]) == set(NUMBERS)
    assert row["metrics"]["likes"] == 0, "told, and nobody did so far"
    assert row["metrics"]["impressions"] is None, "not told"
    assert row["notTold"] == ["impressions", "reach", "clicks", "views"]
    assert (row["reason"], row["goneAt"], row["error"]) == (None, None, None)
    assert row["fetchedAt"].endswith("Z")
    again = desk.command.ok("post", "metrics", post_id)
    assert again["metrics"] == after["metrics"]


def test_a_draft_has_no_numbers(desk: Desk) -> None:
    draft = desk.command.ok("post", "create", "--text", "Hi", "--account", desk.account)["post"]
    assert desk.command.ok("post", "metrics", draft["id"])["metrics"] == []
    unknown = desk.command.run("post", "metrics", "0" * 24)
    assert (unknown.exit_code, unknown.code) == (3, "unknown_post")


def test_an_account_has_days(desk: Desk) -> None:
    empty = desk.command.ok("account", "metrics", desk.account)
    assert (empty["latest"], empty["days"]) == (None, [])
    publish(desk)
    told = desk.command.ok("account", "metrics", desk.account, "--refresh")
    (day,) = told["days"]
    assert told["latest"] == day
    assert day["metrics"]["followers"] > 0
    assert day["metrics"]["posts"] == 1
    assert day["notTold"] == []
    unknown = desk.command.run("account", "metrics", "0" * 24)
    assert (unknown.exit_code, unknown.code) == (3, "unknown_account")


def test_a_network_that_is_away_is_an_error_and_the_last_numbers_stay(desk: Desk) -> None:
    post_id = publish(desk)
    first = desk.command.ok("post", "metrics", post_id, "--refresh")
    desk.cluster.db["analytics"].update_many(
        {}, [{"$set": {"askedAt": {"$subtract": ["$askedAt", 60_000]}}}]
    )
    desk.sandbox.stop()
    away = desk.command.run("post", "metrics", post_id, "--refresh")
    assert away.exit_code == 4
    (row,) = away["metrics"]
    assert row["error"]["code"] == away.code == "connection_refused"
    assert row["metrics"] == first["metrics"][0]["metrics"]
    assert desk.command.run("account", "metrics", desk.account, "--refresh").exit_code == 4


@pytest.fixture
def team(tmp_path: Path, cluster_db: ClusterDb) -> CommandLine:
    return seated(tmp_path / "home", cluster_db.uri, cluster_db.name)[0]


def test_every_network_of_the_sandbox(team: CommandLine) -> None:
    """LinkedIn's page tells, and so does X; Telegram is not read."""
    ids = {}
    for network in ("x", "linkedin", "telegram"):
        made = team.ok("account", "connect", network, "--sandbox")["account"]
        ids[made["id"]] = network
    accounts = [word for account in ids for word in ("--account", account)]
    post = team.ok("post", "create", "--text", "To all", *accounts, "--now")["post"]
    told = team.ok("post", "metrics", post["id"], "--refresh")
    rows = {ids[row["accountId"]]: row for row in told["metrics"]}
    assert rows["x"]["metrics"]["impressions"] == 0
    assert rows["x"]["notTold"] == ["reach", "views"]
    assert rows["linkedin"]["metrics"] is not None
    assert rows["telegram"]["told"] is False
    assert rows["telegram"]["metrics"] is None
    refused = team.run("account", "metrics", _of(ids, "telegram"), "--refresh")
    assert (refused.exit_code, refused.code) == (3, "no_metrics")


def _of(ids: dict[str, str], network: str) -> str:
    return next(account for account, known in ids.items() if known == network)


def test_people_read_lines(desk: Desk) -> None:
    post_id = publish(desk)
    said = _plain(desk, "post", "metrics", post_id, "--refresh")
    assert said[0] == "Bluesky, @bakery.test"
    assert said[1].strip() == "likes 0, comments 0, shares 0, saves 0, engagement 0"
    assert said[2].strip() == "Not told by Bluesky: impressions, reach, clicks, video views."
    assert said[3].strip().startswith("Told at 20")
    account = _plain(desk, "account", "metrics", desk.account, "--refresh")
    assert "followers" in account[1]


def _plain(desk: Desk, *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "postflow_desktop", *arguments],
        env=desk.command.environment(PYTHONIOENCODING="utf-8"),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_the_agent_measures_beside_publishing(desk: Desk, sandbox: SandboxServer) -> None:
    del sandbox
    post_id = publish(desk)
    two_hours = 2 * 3_600_000
    back = {name: {"$subtract": [f"${name}", two_hours]} for name in ("scheduledAt", "publishedAt")}
    desk.cluster.db["schedules"].update_many({}, [{"$set": back}])
    desk.command.ok("agent", "--until-idle")
    (row,) = desk.command.ok("post", "metrics", post_id)["metrics"]
    assert row["metrics"]["likes"] is not None
    assert desk.command.ok("account", "metrics", desk.account)["latest"] is not None
