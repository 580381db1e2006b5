"""Plans by command: refusals that say which plan ends where, and what a smaller one locks."""

from __future__ import annotations

from tests.commandline.conftest import Desk, connect


def _give(desk: Desk, slug: str, **limits: int) -> None:
    plans, organizations = desk.cluster.db["subscriptionPlans"], desk.cluster.db["organizations"]
    if limits:
        change = {f"limits.{name}": most for name, most in limits.items()}
        plans.update_one({"slug": slug}, {"$set": change})
    plan = plans.find_one({"slug": slug}) or {}
    organizations.update_many({}, {"$set": {"planId": plan["_id"]}})


def test_an_organization_begins_with_unlimited_posts(desk: Desk) -> None:
    answer = desk.command.ok("org", "plan")
    assert (answer["plan"]["slug"], answer["plan"]["limits"]["postsPerMonth"]) == ("business", None)
    assert answer["used"] == {"socialAccounts": 1, "postsPerMonth": 0, "teamMembers": 1}
    assert answer["locked"] == {"accounts": [], "members": []}


def test_of_two_processes_that_want_the_last_post_one_gets_it(desk: Desk) -> None:
    _give(desk, "free", postsPerMonth=2)
    desk.command.ok("post", "create", "--text", "First")
    started = [desk.command.start("post", "create", "--text", f"Race {n}") for n in range(2)]
    outputs = [process.communicate(timeout=120)[0] for process in started]
    assert sorted(process.returncode for process in started) == [0, 3]
    (refused,) = [out for out in outputs if '"plan_limit"' in out]
    assert "The plan Free has 2 posts a month" in refused
    assert desk.cluster.db["posts"].count_documents({}) == 2
    assert desk.command.ok("org", "plan")["used"]["postsPerMonth"] == 2


def test_accounts_queues_and_organizations_end_where_the_plan_does(desk: Desk) -> None:
    _give(desk, "free", socialAccounts=1, queueSize=1, workspaces=1)
    answer = desk.command.run(
        "account",
        "connect",
        "bluesky",
        "--handle",
        "second.test",
        "--service",
        desk.sandbox.url,
        POSTFLOW_SECRET="abcd-efgh-ijkl-mnop",
    )
    assert (answer.exit_code, answer.code) == (3, "plan_limit")
    assert "Free has 1 connected account," in answer["error"]["message"]
    assert connect(desk.command, desk.sandbox.url) == desk.account, "the same one again is no other"
    desk.command.ok("queue", "set", "--account", desk.account, "--slots", "mon 09:00,tue 09:00")
    words = ("--account", desk.account, "--queue")
    first = desk.command.ok("post", "create", "--text", "One", *words)["post"]
    answer = desk.command.run("post", "create", "--text", "Two", *words)
    assert (answer.exit_code, answer.code) == (3, "plan_limit")
    assert "1 waiting post in the queue" in answer["error"]["message"]
    assert desk.cluster.db["posts"].count_documents({}) == 1
    desk.command.ok("post", "cancel", first["id"])
    desk.command.ok("post", "queue", first["id"])
    answer = desk.command.run("org", "create", "Second Bakery")
    assert (answer.exit_code, answer.code) == (3, "plan_limit")
    assert desk.cluster.db["organizations"].count_documents({}) == 1


def test_a_smaller_plan_locks_and_what_was_planned_goes_out(desk: Desk) -> None:
    second = connect(desk.command, desk.sandbox.url, "second.test")
    planned = desk.command.ok(
        "post", "create", "--text", "Planned", "--account", second, "--at", "2030-01-01T09:00"
    )["post"]
    _give(desk, "free", socialAccounts=1)
    assert desk.command.ok("org", "plan")["locked"]["accounts"] == [second]
    answer = desk.command.run("post", "create", "--text", "New", "--account", second, "--now")
    assert (answer.exit_code, answer.code) == (3, "account_locked")
    desk.command.ok("post", "create", "--text", "Mine", "--account", desk.account, "--now")
    now = {"$set": {"scheduledAt": "$$NOW", "notBefore": "$$NOW"}}
    desk.cluster.db["schedules"].update_many({"status": "pending"}, [now])
    desk.command.ok("agent", "--until-idle")
    assert desk.texts() == ["Mine", "Planned"]
    assert desk.command.ok("post", "show", planned["id"])["post"]["status"] == "published"
    assert len(desk.command.ok("account", "list")["accounts"]) == 2
