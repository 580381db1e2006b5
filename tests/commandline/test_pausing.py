"""`postflow publishing …`, `account pause|resume|set`, `org set`, `queue set --late`."""

from __future__ import annotations

from typing import Any

from tests.commandline.conftest import Desk, connect


def test_publishing_is_paused_for_all_machines_and_resumed(desk: Desk) -> None:
    status = desk.command.ok("publishing", "status")["publishing"]
    assert status == {"paused": False, "pause": None, "accounts": []}
    missing = desk.command.run("publishing", "pause")
    assert (missing.exit_code, missing.code) == (2, "usage")
    empty = desk.command.run("publishing", "pause", "--reason", " ")
    assert (empty.exit_code, empty.code) == (3, "bad_reason")

    paused = desk.command.ok("publishing", "pause", "--reason", "Fire in the shop")["publishing"]
    assert paused["paused"] is True
    assert paused["pause"]["reason"] == "Fire in the shop"
    assert paused["pause"]["since"].endswith("Z")
    me = desk.command.ok("user", "whoami")["user"]["id"]
    assert paused["pause"]["by"] == me

    refused = desk.command.run(
        "post", "create", "--text", "Now", "--account", desk.account, "--now"
    )
    assert (refused.exit_code, refused.code) == (3, "paused")
    assert "Fire in the shop" in refused["error"]["message"]
    (post,) = desk.command.ok("post", "list")["posts"]
    assert _hold(desk, post["id"]) == {"level": "organization", **paused["pause"]}
    agent = desk.command.ok("agent", "--until-idle")
    assert (agent["published"], desk.texts()) == (0, [])

    assert desk.command.ok("publishing", "resume")["publishing"]["paused"] is False
    assert _hold(desk, post["id"]) is None
    desk.command.ok("agent", "--until-idle")
    assert desk.texts() == ["Now"]


def test_an_account_is_paused_by_itself(desk: Desk) -> None:
    other = connect(desk.command, desk.sandbox.url, "cafe.test")
    paused = desk.command.ok("account", "pause", desk.account, "--reason", "New owner")["account"]
    assert (paused["id"], paused["pause"]["reason"]) == (desk.account, "New owner")
    listed = {a["id"]: a for a in desk.command.ok("account", "list")["accounts"]}
    assert listed[desk.account]["pause"] == paused["pause"]
    assert (listed[other]["pause"], listed[other]["preflightMinutes"]) == (None, 0)
    for account, text in ((desk.account, "Kept"), (other, "Goes")):
        made = desk.command.run("post", "create", "--text", text, "--account", account, "--now")
        assert made.exit_code == (3 if text == "Kept" else 0)
    desk.command.ok("publishing", "pause", "--reason", "Fire")
    resumed = desk.command.ok("account", "resume", desk.account)["account"]
    assert resumed["pause"] is None
    desk.command.ok("agent", "--until-idle")
    assert desk.texts() == ["Goes"]
    desk.command.ok("publishing", "resume")
    desk.command.ok("agent", "--until-idle")
    assert sorted(desk.texts()) == ["Goes", "Kept"]
    unknown = desk.command.run("account", "pause", "nobody", "--reason", "?")
    assert (unknown.exit_code, unknown.code) == (3, "unknown_account")


def test_settings_of_account_organization_and_queue(desk: Desk) -> None:
    changed = desk.command.ok("account", "set", desk.account, "--preflight", "15")["account"]
    assert changed["preflightMinutes"] == 15
    bad = desk.command.run("account", "set", desk.account, "--preflight", "-1")
    assert (bad.exit_code, bad.code) == (3, "bad_minutes")

    settings: dict[str, Any] = {}
    for name, value in (
        ("latePolicy", "skip"),
        ("lateGraceMinutes", "45"),
        ("maxTries", "3"),
    ):
        settings = desk.command.ok("org", "set", name, value)["organization"]["settings"]
    assert settings["latePolicy"] == "skip"
    assert (settings["lateGraceMinutes"], settings["maxTries"]) == (45, 3)
    (listed,) = desk.command.ok("org", "list")["organizations"]
    assert listed["settings"] == settings
    for name, value in (("latePolicy", "guess"), ("lateGraceMinutes", "x"), ("maxTries", "21")):
        refused = desk.command.run("org", "set", name, value)
        assert (refused.exit_code, refused.code) == (3, "bad_setting")

    account = ("--account", desk.account)
    queue = desk.command.ok("queue", "set", *account, "--slots", "mon 09:00")["queue"]
    assert queue["late"] is None
    queue = desk.command.ok("queue", "set", *account, "--late", "publish")["queue"]
    assert queue["late"] == {"policy": "publish", "graceMinutes": 45}
    queue = desk.command.ok("queue", "set", *account, "--late-grace", "10")["queue"]
    assert queue["late"] == {"policy": "publish", "graceMinutes": 10}
    long = desk.command.run("queue", "set", *account, "--late-grace", "10081")
    assert (long.exit_code, long.code) == (3, "bad_grace")
    queue = desk.command.ok("queue", "set", *account, "--late", "organization")["queue"]
    assert queue["late"] is None
    (shown,) = desk.command.ok("queue", "show")["queues"]
    assert (shown["late"], shown["slots"]) == (None, ["mon 09:00"])


def _hold(desk: Desk, post_id: str) -> Any:
    (target,) = desk.command.ok("post", "show", post_id)["post"]["targets"]
    return target["hold"]


def test_a_single_post_is_held_put_off_and_let_go(desk: Desk) -> None:
    words = ("post", "create", "--text", "Wait", "--account", desk.account)
    post = desk.command.ok(*words, "--at", "2030-01-01T00:00:00Z")["post"]["id"]
    held = desk.command.ok("post", "hold", post, "--reason", "Ask the boss")
    assert _hold(desk, post)["reason"] == "Ask the boss"
    assert held["changed"] == [held["post"]["targets"][0]["id"]]
    later = desk.command.ok("post", "postpone", post, "--minutes", "90")["post"]
    assert later["targets"][0]["scheduledAt"].startswith("2030-01-01T01:30")
    desk.command.ok("post", "release", post)
    assert _hold(desk, post) is None
    desk.command.ok("post", "cancel", post)
    nothing = desk.command.run("post", "hold", post)
    assert (nothing.exit_code, nothing.code) == (3, "nothing_planned")
