"""Health of accounts by command, on the sandbox over HTTP and a real database."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from postflow_desktop.sandbox.server import SandboxServer
from tests.commandline.conftest import connect
from tests.commandline.test_browser_sign_in import BROWSER
from tests.conftest import ClusterDb
from tests.kit.command import CommandLine, seated

LATER = ("--at", "2030-01-01T09:00")
OWN = "openid profile w_member_social w_organization_social rw_organization_admin"
"""Without this product, LinkedIn gives no refresh token: r_organization_social."""


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def command(tmp_path: Path, cluster_db: ClusterDb, sandbox: SandboxServer) -> CommandLine:
    command, _ = seated(tmp_path / "home", cluster_db.uri, cluster_db.name)
    places = tmp_path / "endpoints.toml"
    networks = ("linkedin", "x")
    places.write_text("".join(f'[{name}]\nservice = "{sandbox.url}"\n' for name in networks))
    command.environ["POSTFLOW_ENDPOINTS"] = str(places)
    command.ok("client", "set", "x", "--id", "the-app")
    return command


def browser(tmp_path: Path, username: str = "bakery") -> str:
    """A browser that signs in as this person by itself."""
    path = tmp_path / f"browser-{abs(hash(username))}.py"
    path.write_text(
        BROWSER.format(python=sys.executable, username=username, allow=True, change="back")
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def printed(command: CommandLine, *words: str) -> str:
    """What people get to read."""
    done = subprocess.run(
        [sys.executable, "-m", "postflow_desktop", *words],
        env=command.environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout


def on_x(command: CommandLine, tmp_path: Path, *words: str, name: str = "bakery") -> str:
    made = command.ok("account", "connect", "x", *words, POSTFLOW_BROWSER=browser(tmp_path, name))
    account: str = made["account"]["id"]
    return account


def later(command: CommandLine, *accounts: str) -> str:
    words = [word for account in accounts for word in ("--account", account)]
    post: str = command.ok("post", "create", "--text", "Later", *words, *LATER)["post"]["id"]
    return post


def status(command: CommandLine, post: str) -> tuple[str, list[str]]:
    shown = command.ok("post", "show", post)["post"]
    return shown["status"], [target["status"] for target in shown["targets"]]


def test_what_the_network_said_is_printed(command: CommandLine, tmp_path: Path) -> None:
    account = on_x(command, tmp_path)
    (before,) = command.ok("account", "list")["accounts"]
    assert before["health"] == {"level": "ok", "reasons": []}
    assert "media.write" in before["scopes"]
    assert (before["quotas"], before["lastPublishedAt"]) == ([], None)
    command.ok("post", "create", "--text", "One", "--account", account, "--now")
    (after,) = command.ok("account", "list")["accounts"]
    (quota,) = after["quotas"]
    assert (quota["left"], quota["posts"], quota["seconds"]) == (99, 100, 900)
    assert after["lastPublishedAt"] is not None
    assert [(cap["posts"], cap["left"]) for cap in after["caps"]] == [(100, 99)]
    text = printed(command, "account", "list")
    assert "99 of 100 posts left in this quarter of an hour, until" in text
    assert "Allowed: tweet.read, tweet.write" in text
    assert "Last success: post 20" in text


def test_bluesky_counts_points_and_posts_are_shown(
    command: CommandLine, sandbox: SandboxServer
) -> None:
    account = connect(command, sandbox.url)
    command.ok("post", "create", "--text", "One", "--account", account, "--now")
    (shown,) = command.ok("account", "list")["accounts"]
    (quota,) = shown["quotas"]
    assert (quota["posts"], quota["left"], quota["seconds"]) == (1666, 1666, 3600)


def test_a_missing_permission_is_told_before_a_post_fails_of_it(
    command: CommandLine, tmp_path: Path, cluster_db: ClusterDb
) -> None:
    account = on_x(command, tmp_path)
    lacking = {"$pull": {"scopes": "media.write"}}
    cluster_db.db["socialAccounts"].update_one({}, lacking)
    (shown,) = command.ok("account", "list")["accounts"]
    (reason,) = shown["health"]["reasons"]
    assert (shown["health"]["level"], reason["code"]) == ("attention", "scope_missing")
    assert "media.write" in reason["message"]
    assert "Reconnect" in reason["fix"]
    again = on_x(command, tmp_path, "--again", account)
    assert again == account
    (healed,) = command.ok("account", "list")["accounts"]
    assert healed["health"]["level"] == "ok"


def test_scopes_of_a_refresh_are_kept(
    command: CommandLine, tmp_path: Path, cluster_db: ClusterDb
) -> None:
    account = on_x(command, tmp_path)
    cluster_db.db["socialAccounts"].update_one({}, {"$unset": {"scopes": ""}})
    refreshed = command.ok("account", "refresh", account)["account"]
    assert "tweet.write" in refreshed["scopes"]
    assert refreshed["lastRefreshedAt"] is not None


def test_a_network_that_is_away_changes_no_status(
    command: CommandLine, tmp_path: Path, sandbox: SandboxServer
) -> None:
    account = on_x(command, tmp_path)
    (before,) = command.ok("account", "list")["accounts"]
    sandbox.stop()
    for verb in ("check", "refresh"):
        answer = command.run("account", verb, account)
        assert answer.exit_code == 4
    every = command.run("account", "check", "--all")
    assert (every.exit_code, every.document["problems"]) == (4, 1)
    (after,) = command.ok("account", "list")["accounts"]
    for field in ("status", "health", "error", "lastCheckedAt"):
        assert after[field] == before[field]


def test_every_account_is_checked_whatever_becomes_of_the_others(
    command: CommandLine, tmp_path: Path, sandbox: SandboxServer, cluster_db: ClusterDb
) -> None:
    good, bad = on_x(command, tmp_path), connect(command, sandbox.url)
    both = command.ok("account", "check", "--all")
    assert {one["id"] for one in both["accounts"]} == {good, bad}
    assert both["problems"] == 0
    nowhere = {"$set": {"metadata.service": "http://127.0.0.1:1"}}
    cluster_db.db["socialAccounts"].update_one({"platform": "bluesky"}, nowhere)
    one = command.run("account", "check", "--all")
    assert (one.exit_code, one["problems"]) == (4, 1)
    said = {account["id"]: account["check"] for account in one["accounts"]}
    assert said[good] is None
    assert said[bad]["message"]
    assert {account["status"] for account in one["accounts"]} == {"active"}
    assert command.run("account", "check").exit_code == 2
    assert command.run("account", "check", good, "--all").exit_code == 2


# --- connecting again ---------------------------------------------------------------------------


def test_x_is_reconnected_by_the_same_person_only(command: CommandLine, tmp_path: Path) -> None:
    account = on_x(command, tmp_path)
    post = later(command, account)
    (before,) = command.ok("account", "list")["accounts"]
    words = ("account", "connect", "x", "--again", account)
    other = command.run(*words, POSTFLOW_BROWSER=browser(tmp_path, "mallory"))
    assert (other.exit_code, other.code) == (3, "other_account")
    assert "@mallory" in other["error"]["message"]
    assert command.ok("account", "list")["accounts"] == [before]
    assert on_x(command, tmp_path, "--again", account) == account
    assert status(command, post) == ("scheduled", ["pending"])


def test_linkedin_people_and_organizations_keep_their_posts(
    command: CommandLine, tmp_path: Path
) -> None:
    command.ok(
        *(
            "client",
            "set",
            "linkedin",
            "--id",
            "the-app",
            "--scopes",
            f"{OWN} r_organization_social",
        ),
        POSTFLOW_SECRET="the-secret",
    )
    ana = browser(tmp_path, "Ana Baker, Corner Bakery")
    made = command.ok("account", "connect", "linkedin", "--all", POSTFLOW_BROWSER=ana)["accounts"]
    person, page = (one["id"] for one in made)
    assert all(one["renews"] and one["endsAt"] for one in made)
    post = later(command, person, page)
    before = command.ok("account", "list")["accounts"]
    for account in (person, page):
        words = ("account", "connect", "linkedin", "--again", account)
        other = command.run(
            *words, POSTFLOW_BROWSER=browser(tmp_path, "Mallory Miller, Night Cafe")
        )
        assert (other.exit_code, other.code) == (3, "other_account")
        assert command.ok("account", "list")["accounts"] == before
        again = command.ok(*words, POSTFLOW_BROWSER=ana)["accounts"]
        assert [one["id"] for one in again] == [account]
        before = command.ok("account", "list")["accounts"]
    assert status(command, post) == ("scheduled", ["pending", "pending"])


def test_bluesky_is_reconnected_by_the_same_person_only(
    command: CommandLine, sandbox: SandboxServer
) -> None:
    account = connect(command, sandbox.url)
    post = later(command, account)
    (before,) = command.ok("account", "list")["accounts"]
    words = ("account", "connect", "bluesky", "--service", sandbox.url, "--again", account)
    secret = "abcd-efgh-ijkl-mnop"
    other = command.run(*words, "--handle", "mallory.test", POSTFLOW_SECRET=secret)
    assert (other.exit_code, other.code) == (3, "other_account")
    assert command.ok("account", "list")["accounts"] == [before]
    assert command.ok(*words, POSTFLOW_SECRET=secret)["account"]["id"] == account
    assert status(command, post) == ("scheduled", ["pending"])
    unknown = command.run("account", "connect", "x", "--again", account)
    assert unknown.code == "unknown_account"


# --- disconnecting ------------------------------------------------------------------------------


def test_disconnecting_says_what_it_concerns_before_it_does_it(
    command: CommandLine, tmp_path: Path, sandbox: SandboxServer
) -> None:
    account = on_x(command, tmp_path)
    post = later(command, account)
    asked = command.run("account", "disconnect", account)
    assert (asked.exit_code, asked.code) == (3, "account_in_use")
    assert "1 scheduled post for @bakery" in asked["error"]["message"]
    assert "planned for 2030-01-01T08:00 UTC" in asked["error"]["message"]
    assert "--posts keep --yes" in asked["error"]["fix"]
    half = command.run("account", "disconnect", account, "--posts", "keep")
    assert half.code == "account_in_use"
    assert "would stay planned" in half["error"]["message"]
    gone = command.ok("account", "disconnect", account, "--posts", "keep", "--yes")
    assert (gone["revoked"], gone["kept"], gone["canceled"]) == (True, 1, 0)
    (kept,) = command.ok("account", "list")["accounts"]
    assert (kept["status"], kept["health"]["level"]) == ("revoked", "broken")
    assert kept["scopes"] == []
    assert status(command, post) == ("scheduled", ["pending"])
    assert on_x(command, tmp_path) == account
    (back,) = command.ok("account", "list")["accounts"]
    assert (back["health"]["level"], back["pause"]) == ("ok", None)
    last = command.ok("account", "disconnect", account, "--posts", "cancel", "--yes")
    assert (last["revoked"], last["canceled"]) == (True, 1)
    assert status(command, post) == ("draft", ["canceled"])
    assert command.ok("account", "list")["accounts"] == []


def test_a_sign_in_that_others_use_stays_until_the_last_of_them(
    command: CommandLine, tmp_path: Path
) -> None:
    """Self-serve apps get no refresh token: the app's own id and secret end the access."""
    command.ok(
        *("client", "set", "linkedin", "--id", "the-app", "--scopes", OWN),
        POSTFLOW_SECRET="the-secret",
    )
    ana = browser(tmp_path, "Ana Baker, Corner Bakery")
    made = command.ok("account", "connect", "linkedin", "--all", POSTFLOW_BROWSER=ana)["accounts"]
    assert [one["renews"] for one in made] == [False, False]
    person, page = (one["id"] for one in made)
    shared = command.ok("account", "disconnect", page)
    assert (shared["signIn"], shared["revoked"]) == ("shared", False)
    assert "Ana Baker" in shared["warnings"][0]
    assert command.ok("account", "check", person)["account"]["status"] == "active"
    last = command.ok("account", "disconnect", person)
    assert (last["signIn"], last["revoked"]) == ("revoked", True)


def test_a_network_that_is_away_is_no_reason_to_keep_the_tokens(
    command: CommandLine, tmp_path: Path, sandbox: SandboxServer
) -> None:
    account = on_x(command, tmp_path)
    sandbox.stop()
    gone = command.ok("account", "disconnect", account)
    assert (gone["revoked"], gone["signIn"]) == (False, "not_revoked")
    assert "https://x.com/settings/connected_apps" in gone["warnings"][0]
    assert command.ok("account", "list")["accounts"] == []


# --- the end of a sign-in -----------------------------------------------------------------------


@pytest.mark.parametrize(("days", "level"), [(30, "ok"), (9, "attention"), (-1, "broken")])
def test_linkedin_without_renewing_is_told_from_day_50(
    command: CommandLine, cluster_db: ClusterDb, days: int, level: str
) -> None:
    made = command.ok("account", "connect", "linkedin", "--sandbox")["account"]
    ends = datetime.now(UTC) + timedelta(days=days)
    cluster_db.db["socialAccounts"].update_one({}, {"$set": {"tokenExpiresAt": ends}})
    (shown,) = command.ok("account", "list")["accounts"]
    assert (shown["id"], shown["health"]["level"]) == (made["id"], level)
    if level != "ok":
        assert "one click" in shown["health"]["reasons"][0]["fix"]
