"""What the networks have, asked and taken away by command."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from tests.commandline.conftest import Desk
from tests.kit.command import CommandLine


def published(desk: Desk, *more: str) -> dict[str, Any]:
    post: dict[str, Any] = desk.command.ok(
        "post", "create", "--text", "Fresh rye", "--account", desk.account, "--now", *more
    )["post"]
    return post


def test_what_stands_at_the_network_is_read_back(desk: Desk) -> None:
    post = published(desk, "--part", "and more of it")
    target = post["targets"][0]
    copies = desk.command.ok("post", "fetch", post["id"])["copies"]
    assert [(c["step"], c["state"], c["post"]["text"]) for c in copies] == [
        (0, "present", "Fresh rye"),
        (1, "present", "and more of it"),
    ]
    assert copies[0]["externalId"] == copies[0]["post"]["externalId"] == target["externalId"]
    assert copies[0]["post"]["url"] == target["url"]
    assert copies[0]["post"]["createdAt"].endswith("Z")
    draft = desk.command.ok("post", "create", "--text", "Later")["post"]["id"]
    assert desk.command.ok("post", "fetch", draft)["copies"] == []
    assert desk.command.run("post", "fetch", "nothing").code == "unknown_post"
    assert desk.command.run("post", "fetch").exit_code == 2
    assert desk.command.run("post", "fetch", draft, "--account", desk.account).exit_code == 2


def test_an_account_is_listed_page_by_page(desk: Desk) -> None:
    made = [published(desk)["targets"][0]["externalId"] for _ in range(3)]
    first = desk.command.ok("post", "fetch", "--account", desk.account, "--limit", "2")
    second = desk.command.ok(
        "post", "fetch", "--account", desk.account, "--limit", "2", "--cursor", first["next"]
    )
    found = [post["externalId"] for page in (first, second) for post in page["posts"]]
    assert found == list(reversed(made))
    assert desk.command.run("post", "fetch", "--account", "nobody").code == "unknown_account"


def test_deleting_at_the_network_wants_a_yes(desk: Desk) -> None:
    post = published(desk)
    refused = desk.command.run("post", "delete", post["id"], "--at-network")
    assert (refused.exit_code, refused.code) == (3, "not_confirmed")
    assert desk.command.run("post", "delete", post["id"]).code == "published"
    assert desk.command.ok("post", "fetch", post["id"])["copies"][0]["state"] == "present"
    desk.command.ok("post", "delete", post["id"], "--at-network", "--yes")
    assert desk.command.ok("post", "fetch", "--account", desk.account)["posts"] == []
    assert desk.command.run("post", "show", post["id"]).code == "unknown_post"


def test_a_yes_is_typed_at_a_terminal(desk: Desk) -> None:
    post = published(desk)
    assert answered(desk.command, post["id"], "no\n") == 3
    assert desk.command.ok("post", "fetch", post["id"])["copies"][0]["state"] == "present"
    assert answered(desk.command, post["id"], "yes\n") == 0
    assert desk.command.ok("post", "fetch", "--account", desk.account)["posts"] == []


def test_what_somebody_took_away_there_is_gone(desk: Desk) -> None:
    post = published(desk)
    with desk.sandbox.bluesky._state.lock:
        for key, _ in desk.sandbox.bluesky._state.items("records"):
            desk.sandbox.bluesky._state.delete("records", key)
    (copy,) = desk.command.ok("post", "fetch", post["id"])["copies"]
    assert (copy["state"], copy["post"]) == ("gone", None)
    desk.sandbox.stop()
    (copy,) = desk.command.ok("post", "fetch", post["id"])["copies"]
    assert copy["state"] == "unknown"
    assert copy["fix"]


def answered(command: CommandLine, post_id: str, typed: str) -> int:
    """Run the deletion at a terminal of its own and type an answer."""
    import os
    import pty

    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "postflow_desktop", "post", "delete", post_id, "--at-network"],
        env=command.environment(),
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    os.close(slave)
    os.write(master, typed.encode())
    process.communicate(timeout=120)
    os.close(master)
    return process.returncode
