"""`postflow cluster …` as an operator uses it."""

from __future__ import annotations

from pathlib import Path

from bson import ObjectId

from tests.commandline.conftest import Desk
from tests.kit.command import CommandLine


def test_indexes_are_told_with_what_is_wrong(desk: Desk) -> None:
    answer = desk.command.ok("cluster", "indexes")
    assert answer["ok"] is True
    assert (answer["missing"], answer["extra"], answer["different"]) == ([], [], [])
    (email,) = [
        i for i in answer["indexes"] if (i["collection"], i["name"]) == ("users", "email_1")
    ]
    assert email["keys"] == [["email", 1]]
    assert (email["state"], email["options"]) == ("ok", ["unique", "partial"])
    assert email["since"].endswith("Z")
    desk.cluster.db["posts"].drop_index("status_1_scheduledAt_1")
    desk.cluster.db["posts"].create_index("mine")
    answer = desk.command.ok("cluster", "indexes")
    assert answer["ok"] is False
    assert answer["missing"] == ["posts.status_1_scheduledAt_1"]
    assert answer["extra"] == ["posts.mine_1"]
    assert "posts.mine_1" in answer["unused"]


def test_a_used_workspace_is_sound_and_what_is_not_is_told(desk: Desk) -> None:
    desk.command.ok("queue", "set", "--account", desk.account, "--slots", "mon 09:00")
    desk.command.ok("post", "create", "--text", "Draft", "--account", desk.account)
    desk.command.ok("post", "create", "--text", "Queued", "--account", desk.account, "--queue")
    desk.command.ok("post", "create", "--text", "Out", "--account", desk.account, "--now")
    answer = desk.command.ok("cluster", "validate")
    assert (answer["ok"], answer["findings"]) == (True, [])
    counts = {each["name"]: each["documents"] for each in answer["collections"]}
    assert (counts["posts"], counts["schedules"], counts["queues"]) == (3, 2, 1)
    assert counts["subscriptionPlans"] == 4
    desk.cluster.db["queues"].update_one({}, {"$set": {"socialAccountId": ObjectId()}})
    desk.cluster.db["users"].update_one({}, {"$set": {"timezone": "Europe/Atlantis"}})
    answer = desk.command.ok("cluster", "validate", "--findings", "1")
    assert answer["ok"] is False
    assert {(f["collection"], f["kind"], f["path"]) for f in answer["findings"]} == {
        ("queues", "orphan", "socialAccountId"),
        ("users", "broken", "timezone"),
    }


def test_the_plan_of_shards_is_printed_and_needs_a_router(desk: Desk) -> None:
    answer = desk.command.ok("cluster", "shard-plan")
    posts = next(each for each in answer["collections"] if each["name"] == "posts")
    assert posts["key"] == {"organizationId": 1}
    assert [each["index"] for each in posts["replaced"]] == ["idempotencyKey_1"]
    name = desk.cluster.name
    assert f'sh.shardCollection("{name}.posts", {{"organizationId": 1}})' in answer["commands"]
    assert "try it on a copy" in answer["warnings"][0]
    refused = desk.command.run("cluster", "shard-plan", "--apply")
    assert (refused.exit_code, refused.code) == (3, "not_sharded")


def test_without_a_workspace_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    answer = CommandLine(tmp_path / "home").run("cluster", "indexes")
    assert (answer.exit_code, answer.code) == (3, "no_workspace")
    wrong = CommandLine(tmp_path / "home").run("cluster", "validate", "--findings", "x")
    assert wrong.exit_code == 2


def test_a_workspace_goes_back_for_an_older_program_and_up_again(desk: Desk) -> None:
    newest = desk.command.ok("cluster", "migrate")
    assert (newest["from"], newest["steps"]) == (newest["to"], [])
    back = desk.command.ok("cluster", "migrate", "--to", "5")
    assert (back["from"], back["to"]) == (newest["to"], 5)
    assert [(step["version"], step["back"]) for step in back["steps"]] == [(6, True)]
    listed = desk.command.ok("account", "list")
    assert len(listed["accounts"]) == 1
    assert "rolled back to version 5" in listed["warnings"][-1]
    refused = desk.command.run("post", "create", "--text", "Not now")
    assert (refused.exit_code, refused.code) == (4, "older_workspace")
    up = desk.command.ok("cluster", "migrate")
    assert (up["to"], [step["version"] for step in up["steps"]]) == (newest["to"], [6])
    made = desk.command.ok("post", "create", "--text", "Now")
    assert "warnings" not in made.document
    wrong = desk.command.run("cluster", "migrate", "--to", "4")
    assert (wrong.exit_code, wrong.code) == (3, "bad_version")


def test_a_program_that_is_too_old_reads_and_says_so(desk: Desk) -> None:
    draft = desk.command.ok("post", "create", "--text", "Before")["post"]["id"]
    desk.cluster.db["meta"].update_one(
        {"_id": "schema"}, {"$set": {"version": 900, "minWriter": 900}}
    )
    shown = desk.command.ok("post", "show", draft)
    assert shown["post"]["text"] == "Before"
    assert "A newer PostFlow updated this workspace" in shown["warnings"][-1]
    refused = desk.command.run("post", "create", "--text", "After")
    assert (refused.exit_code, refused.code) == (4, "newer_workspace")
    assert desk.cluster.db["posts"].count_documents({}) == 1
    assert desk.command.run("cluster", "migrate").code == "newer_workspace"
    desk.cluster.db["meta"].update_one({"_id": "schema"}, {"$set": {"minReader": 900}})
    assert desk.command.run("post", "list").code == "newer_workspace"
