"""What is chosen beside the content by command: sent, shown, changed, refused; and what networks
take, with the team's own rules over it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.commandline.conftest import Desk

LABELS = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "nudity"}]}


def create(desk: Desk, text: str, *more: str) -> Any:
    return desk.command.ok("post", "create", "--text", text, "--account", desk.account, *more)[
        "post"
    ]


def option(desk: Desk, words: str) -> tuple[str, str]:
    return "--option", f"{desk.account}:{words}"


def record(desk: Desk, post: Any) -> dict[str, Any]:
    repo, _, rkey = post["targets"][0]["externalId"].removeprefix("at://").split("/")
    answer = httpx.get(
        f"{desk.sandbox.url}/xrpc/com.atproto.repo.getRecord",
        params={"repo": repo, "collection": "app.bsky.feed.post", "rkey": rkey},
    )
    found: dict[str, Any] = answer.raise_for_status().json()["value"]
    return found


def test_what_is_chosen_is_sent_and_shown(desk: Desk) -> None:
    chosen = (*option(desk, "labels=nudity"), *option(desk, "langs= en, de"))
    post = create(desk, "Chosen", *chosen, "--now")
    assert post["options"] == {desk.account: {"labels": "nudity", "langs": "en,de"}}
    sent = record(desk, post)
    assert (sent["labels"], sent["langs"]) == (LABELS, ["en", "de"])
    page = httpx.get(desk.sandbox.url).text
    assert "<li>Content warning: nudity</li><li>Written in en, de</li>" in page


def test_a_planned_post_gets_other_choices(desk: Desk) -> None:
    at = ("--at", "2027-03-01T09:00")
    post = create(desk, "Later", *option(desk, "labels=sexual"), *option(desk, "langs=en"), *at)
    edited = desk.command.ok("post", "edit", post["id"], *option(desk, "labels=nudity"))["post"]
    assert edited["options"] == {desk.account: {"labels": "nudity", "langs": "en"}}
    assert edited["scheduledAt"] == post["scheduledAt"]
    assert edited["targets"][0]["status"] == "pending"
    bare = desk.command.ok(
        "post", "edit", post["id"], "--text", "Bare", "--reset-options", desk.account
    )["post"]
    assert (bare["text"], bare["options"]) == ("Bare", {})
    out = desk.command.ok("post", "publish", post["id"])["post"]
    assert {"labels", "langs"} & set(record(desk, out)) == set()


def test_what_the_network_does_not_have_is_refused_with_a_way_out(desk: Desk) -> None:
    for words, code in (("labels=rude", "option_value"), ("reply_settings=x", "option_unknown")):
        refused = desk.command.run(
            "post",
            "create",
            "--text",
            "No",
            "--account",
            desk.account,
            *option(desk, words),
            "--at",
            "2027-03-01T09:00",
        )
        assert (refused.exit_code, refused.code) == (3, code)
        assert refused["error"]["fix"]
    wrong = desk.command.run("post", "create", "--text", "No", "--option", "nonsense")
    assert (wrong.exit_code, wrong.code) == (2, "usage")
    assert desk.texts() == []


def test_what_networks_take_can_be_listed(desk: Desk) -> None:
    listed = desk.command.ok("network", "options")["networks"]
    by_name = {one["network"]: one["options"] for one in listed}
    replies = next(one for one in by_name["x"] if one["key"] == "reply_settings")
    assert replies["default"] == "everyone"
    assert [one["value"] for one in replies["choices"]][1:] == [
        "following",
        "mentionedUsers",
        "subscribers",
        "verified",
    ]
    assert replies["date"] == "2026-08-22"
    (linkedin,) = desk.command.ok("network", "options", "linkedin")["networks"]
    only = {c["value"]: c["only"] for one in linkedin["options"] for c in one["choices"]}
    assert only == {"PUBLIC": None, "LOGGED_IN": None, "CONNECTIONS": "person"}
    limits = desk.command.ok("network", "limits")["networks"]
    assert {one["network"] for one in limits} == set(by_name)
    for rule in (rule for one in limits for rule in one["rules"]):
        assert rule["source"]
        assert rule["date"].startswith("2026-"), rule
    unknown = desk.command.run("network", "limits", "orkut")
    assert (unknown.exit_code, unknown.code) == (3, "unknown_network")


def test_people_read_tables(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text("textLength = 500\n[[caps]]\nposts = 3\nseconds = 7200\n")
    desk.command.ok("rules", "set", "x", str(file), "--note", "Since yesterday")

    def told(*words: str) -> list[str]:
        command = [sys.executable, "-m", "postflow_desktop", *words]
        text = subprocess.check_output(command, env=desk.command.environment(), text=True)
        return [" ".join(line.split()) for line in text.splitlines()]

    limits = told("network", "limits", "x")
    assert limits[0] == "X (x)"
    assert "Text 280 characters docs.x.com and X's OpenAPI 2.167 of 2026-08-22;" in limits[1]
    rules = told("rules", "show", "x")
    assert "Text 500 characters your team's rules" in rules
    assert "Posts of an account 3 in 2 hours your team's rules" in rules
    assert rules[-1].startswith("Changed by Ana on 20")
    assert rules[-1].endswith(": Since yesterday")
    assert "verified Verified accounts" in told("network", "options", "x")


def test_the_teams_rules_hold_for_what_is_planned_and_sent(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "bluesky.toml"
    file.write_text('textLength = 10\nnote = "They shortened it."\n')
    before = desk.command.ok("rules", "show", "bluesky")
    assert (before["changed"], _rule(before, "textLength")["value"]) == (None, 300)
    planned = create(desk, "Twelve chars", "--at", "2027-03-01T09:00")
    changed = desk.command.ok("rules", "set", "bluesky", str(file))
    rule = _rule(changed, "textLength")
    assert (rule["value"], rule["own"], rule["source"]) == (10, True, "your team's rules")
    assert changed["changed"]["name"] == "Ana"
    assert changed["changed"]["note"] == "They shortened it."
    refused = desk.command.run(
        "post", "create", "--text", "Twelve chars", "--account", desk.account, "--now"
    )
    assert (refused.exit_code, refused.code) == (3, "text_too_long")
    assert "takes 10 characters" in refused["error"]["message"]
    # What was planned before is judged again before it goes out.
    late = desk.command.run("post", "publish", planned["id"])
    assert (late.exit_code, late.code) == (3, "text_too_long")
    assert desk.texts() == []
    reset = desk.command.ok("rules", "reset", "bluesky")
    assert (reset["changed"], _rule(reset, "textLength")["value"]) == (None, 300)
    desk.command.ok("post", "publish", planned["id"])
    assert desk.texts() == ["Twelve chars"]


def test_a_longer_text_goes_out_where_the_team_knows_better(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_text('{"altLength": 5000, "images": 8}')
    desk.command.ok("rules", "set", "bluesky", str(file), "--note", "From the changelog")
    shown = desk.command.ok("rules", "show", "bluesky")
    assert shown["changed"]["note"] == "From the changelog"
    assert (_rule(shown, "altLength")["value"], _rule(shown, "images")["value"]) == (5000, 8)
    assert create(desk, "Hello", "--now")["status"] == "published"


def test_a_broken_file_changes_nothing_and_says_where(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    for words, where in (
        ("textLength = 500\nimages = -1\n", "rules.toml, line 2: images can't be -1"),
        ("textLength = 500\n\ntextLenght = 2\n", "rules.toml, line 3: there is no rule"),
        ("textLength = \n", "rules.toml, line 1: "),
        ('imageTypes = ["image/bmp"]\n', "rules.toml, line 1: imageTypes.0"),
        ("[[caps]]\nposts = 1\nseconds = 0\n", "rules.toml, line 1: caps.0.seconds can't be 0"),
        ("", "The file changes no rule"),
    ):
        file.write_text(words)
        refused = desk.command.run("rules", "set", "bluesky", str(file))
        assert (refused.exit_code, refused.code) == (3, "bad_rules"), words
        assert refused["error"]["message"].startswith(where), refused["error"]["message"]
        assert "Nothing was changed." in refused["error"]["message"]
    file.write_text("parts = 5\n")
    refused = desk.command.run("rules", "set", "linkedin", str(file))
    assert refused.code == "bad_rules"
    missing = desk.command.run("rules", "set", "bluesky", str(tmp_path / "none.toml"))
    assert (missing.exit_code, missing.code) == (3, "no_file")
    assert desk.command.ok("rules", "show", "bluesky")["changed"] is None


def _rule(document: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in document["rules"] if one["field"] == name)
    return found
