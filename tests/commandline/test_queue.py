"""`postflow queue …`, `post queue` and `post create --queue`, as scripts see them."""

from __future__ import annotations

from typing import Any

from tests.commandline.conftest import Desk


def test_a_queue_is_set_told_and_filled(desk: Desk) -> None:
    words = ("post", "create", "--text", "Queued", "--account", desk.account, "--queue")
    refused = desk.command.run(*words)
    assert (refused.exit_code, refused.code) == (3, "no_queue")
    bad = desk.command.run("queue", "set", "--account", desk.account, "--slots", "mon 25:00")
    assert (bad.exit_code, bad.code) == (3, "bad_slots")
    free = _set_and_tell(desk)

    made = [desk.command.ok(*words, "--idempotency-key", "k")["post"] for _ in range(2)]
    assert made[0] == made[1]
    (target,) = made[0]["targets"]
    assert (made[0]["status"], target["status"]) == ("queued", "pending")
    assert (target["scheduledAt"], target["fromQueue"]) == (free[0]["at"], True)
    both = desk.command.run(*words, "--at", "2030-11-23T09:00")
    assert (both.exit_code, both.code) == (2, "usage")

    draft = desk.command.ok("post", "create", "--text", "Draft", "--account", desk.account)
    queued = desk.command.ok("post", "queue", draft["post"]["id"])["post"]
    assert queued["targets"][0]["scheduledAt"] == free[1]["at"]
    by_hand = desk.command.ok("post", "schedule", made[0]["id"], "--at", "2030-11-23T09:00")
    assert by_hand["post"]["status"] == "scheduled"
    (view,) = desk.command.ok("queue", "show", "--account", desk.account)["queues"]
    assert (view["waiting"], view["next"]) == (1, free[0])


def _set_and_tell(desk: Desk) -> list[dict[str, Any]]:
    """The next two slots of a new queue."""
    account = ("--account", desk.account)
    zone = ("--zone", "Europe/Berlin")
    made = desk.command.ok("queue", "set", *account, "--slots", "fri 17:30,mon 9:00", *zone)
    assert made["queue"]["slots"] == ["mon 09:00", "fri 17:30"]
    assert (made["queue"]["accountId"], made["queue"]["zone"]) == (desk.account, "Europe/Berlin")
    # The clocks of Berlin go back on the 27th: the wall time stays.
    told = desk.command.ok("queue", "next", *account, "--from", "2030-10-21T09:00", "--count", "3")
    assert told.document == {
        "slots": [
            {"at": at, "local": local, "zone": "Europe/Berlin"}
            for at, local in (
                ("2030-10-21T07:00:00.000Z", "2030-10-21T09:00"),
                ("2030-10-25T15:30:00.000Z", "2030-10-25T17:30"),
                ("2030-10-28T08:00:00.000Z", "2030-10-28T09:00"),
            )
        ]
    }
    free: list[dict[str, Any]] = desk.command.ok("queue", "next", *account, "--count", "2")["slots"]
    assert free[0] == made["queue"]["next"]
    return free
