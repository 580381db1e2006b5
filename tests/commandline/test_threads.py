"""A thread with a first comment by command: made, interrupted, finished, shown, deleted."""

from __future__ import annotations

import subprocess
import sys

from postflow_desktop.sandbox.faults import FaultKind
from tests.commandline.conftest import Desk

PARTS = ("--part", "One", "--part", "Two", "--part", "Three", "--first-comment", "More")


def test_a_thread_goes_on_where_it_failed(desk: Desk) -> None:
    desk.sandbox.fail(FaultKind.SLOW, delay=0)
    desk.sandbox.fail(FaultKind.EXPIRED_TOKEN, times=2)
    made = desk.command.run("post", "create", *PARTS, "--account", desk.account, "--now")
    assert made.exit_code == 3
    assert desk.texts() == ["One"]
    post = made["post"]
    assert (post["text"], post["parts"], post["firstComment"]) == ("One", ["Two", "Three"], "More")
    assert (post["status"], post["failureCode"]) == ("failed", "partial")
    (target,) = post["targets"]
    assert target["error"]["message"].startswith("Part 2 of 3: ")
    assert target["url"], "the post that is out is shown"
    assert [(s["n"], s["kind"], s["status"]) for s in target["steps"]] == [
        (0, "publish", "published"),
        (1, "reply", "failed"),
        (2, "reply", "pending"),
        (3, "first_comment", "pending"),
    ]
    done = desk.command.ok("post", "publish", post["id"])["post"]
    assert done["status"] == "published"
    assert desk.texts() == ["One", "Two", "Three", "More"]
    steps = done["targets"][0]["steps"]
    assert {step["status"] for step in steps} == {"published"}
    assert len({step["url"] for step in steps}) == 4
    assert steps[0]["externalId"] == target["externalId"]
    history = desk.command.ok("post", "history", post["id"])["attempts"]
    assert [attempt["step"] for attempt in history] == [0, 1, 1, 1, 2, 3]


def test_people_see_each_step_with_its_address(desk: Desk) -> None:
    made = desk.command.ok("post", "create", *PARTS, "--account", desk.account, "--now")["post"]
    command = [sys.executable, "-m", "postflow_desktop", "post"]
    shown, told = (
        subprocess.check_output(
            [*command, verb, made["id"]], env=desk.command.environment(), text=True
        )
        for verb in ("show", "history")
    )
    steps = made["targets"][0]["steps"]
    for step in steps:
        line = f"{step['n']} {step['kind']}: published {step['url']}"
        assert line in shown
        assert f"step {step['n']}" in told


def test_a_thread_is_deleted_whole(desk: Desk) -> None:
    made = desk.command.ok("post", "create", *PARTS, "--account", desk.account, "--now")["post"]
    kept = desk.command.run("post", "delete", made["id"])
    assert (kept.exit_code, kept.code) == (3, "published")
    desk.command.ok("post", "delete", made["id"], "--everywhere")
    deleted = [entry.external_id for entry in desk.sandbox.log if entry.action == "delete"]
    steps = made["targets"][0]["steps"]
    assert deleted == [step["externalId"] for step in reversed(steps)]
