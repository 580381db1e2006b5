"""Two homes on one cluster: agents killed at random, every post out exactly once."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from postflow_desktop.cluster.attempts import MongoAttemptStore
from postflow_desktop.sandbox.faults import FaultKind
from tests.commandline.conftest import Desk
from tests.kit.command import CommandLine, kill

LIMIT_SECONDS = 240.0


@pytest.mark.parametrize("posts", [200, pytest.param(2000, marks=pytest.mark.long)])
def test_two_agents_killed_at_random_post_everything_exactly_once(
    desk: Desk, tmp_path: Path, posts: int
) -> None:
    seed = int(os.environ.get("POSTFLOW_TEST_SEED", random.SystemRandom().randrange(2**32)))
    print(f"seed {seed} (replay with POSTFLOW_TEST_SEED)")
    chance = random.Random(seed)
    second = _second_home(desk, tmp_path)
    texts = _plan(desk, posts)
    kills = _publish_with_kills(desk, [desk.command, second], chance, posts)
    counted = Counter(desk.texts())
    assert {text: n for text, n in counted.items() if n != 1} == {}
    assert set(counted) == set(texts)
    states = Counter(d["status"] for d in desk.cluster.db["schedules"].find())
    assert states == {"published": posts}
    assert kills >= 4, "the agents were through before they could be killed"
    _published_posts_agree(desk, posts)


def test_the_second_home_goes_on_when_the_first_dies_for_good(desk: Desk, tmp_path: Path) -> None:
    """Claimed by a dead machine: the other one waits for the lease, then takes over."""
    second = _second_home(desk, tmp_path)
    _plan(desk, 1)
    past = datetime.now(UTC) - timedelta(seconds=1)
    lease = {"owner": "p-dead", "machine": "m-elsewhere", "until": past}
    desk.cluster.db["schedules"].update_many(
        {}, {"$set": {"status": "claimed", "fence": 1, "lease": lease}}
    )
    assert second.ok("agent", "--until-idle")["published"] == 1
    assert len(desk.texts()) == 1


def test_login_needs_the_right_password_and_the_right_code(desk: Desk, tmp_path: Path) -> None:
    second = CommandLine(tmp_path / "second")
    second.ok(
        "workspace", "create", "--name", "T", "--uri", desk.cluster.uri, "--db", desk.cluster.name
    )
    words = ("user", "login", "--email", "ana@example.com")
    assert second.run(*words).code == "recovery_needed"
    wrong = second.run(*words, "--recovery", desk.recovery, POSTFLOW_PASSWORD="something else")
    assert (wrong.exit_code, wrong.code) == (3, "wrong_credentials")
    typo = desk.recovery[:-1] + ("A" if desk.recovery[-1] != "A" else "B")
    assert second.run(*words, "--recovery", typo).code == "bad_recovery_code"
    entered = second.ok(*words, "--recovery", desk.recovery)
    assert entered["organization"]["slug"] == "corner-bakery"
    assert second.ok("user", "whoami")["user"]["email"] == "ana@example.com"
    second.ok("user", "logout")
    assert second.run("user", "whoami").code == "not_signed_in"
    second.ok(*words)


def _second_home(desk: Desk, tmp_path: Path) -> CommandLine:
    second = CommandLine(tmp_path / "second")
    second.ok(
        "workspace",
        "create",
        "--name",
        "Team",
        "--uri",
        desk.cluster.uri,
        "--db",
        desk.cluster.name,
    )
    second.ok("user", "login", "--email", "ana@example.com", "--recovery", desk.recovery)
    return second


def _plan(desk: Desk, posts: int) -> list[str]:
    """One post by the command line; the others as copies of its documents, for speed."""
    from bson import ObjectId

    from postflow_desktop.cluster.post_codec import payload_document
    from postflow_desktop.domain.network import Network
    from postflow_desktop.domain.payload import Payload

    made = desk.command.ok(
        "post",
        "create",
        "--text",
        "Post 0",
        "--account",
        desk.account,
        "--at",
        (datetime.now(UTC) + timedelta(seconds=1)).isoformat(),
    )
    db = desk.cluster.db
    post = db["posts"].find_one({"_id": ObjectId(made["post"]["id"])})
    target = db["schedules"].find_one({"postId": ObjectId(made["post"]["id"])})
    assert post is not None
    assert target is not None
    for number in range(1, posts):
        copy_id = ObjectId()
        text = f"Post {number}"
        payload = Payload(
            organization_id=str(post["organizationId"]),
            network=Network.BLUESKY,
            text=text,
            link_url=None,
            media=(),
        )
        db["payloads"].insert_one({**payload_document(payload), "createdAt": post["createdAt"]})
        db["posts"].insert_one({**post, "_id": copy_id, "content": {"text": text}})
        db["schedules"].insert_one(
            {**target, "_id": ObjectId(), "postId": copy_id, "contentHash": payload.content_hash}
        )
    return [f"Post {number}" for number in range(posts)]


def _publish_with_kills(
    desk: Desk, homes: list[CommandLine], chance: random.Random, posts: int
) -> int:
    """Keep one agent per home alive and kill them at random until everything is settled."""
    # The sandbox takes its time, so that kills meet requests that are under way.
    desk.sandbox.fail(FaultKind.SLOW, times=posts * 3, delay=0.25)
    agents = {home.home: home.start("agent", "--until-idle", "--workers", "4") for home in homes}
    deadline = time.monotonic() + LIMIT_SECONDS * max(1, posts // 200)
    kills = 0
    schedules = desk.cluster.db["schedules"]
    while schedules.count_documents({"status": {"$ne": "published"}}):
        assert time.monotonic() < deadline, Counter(d["status"] for d in schedules.find())
        home = chance.choice(homes)
        try:
            agents[home.home].communicate(timeout=chance.uniform(0.6, 1.6))
        except subprocess.TimeoutExpired:
            kill(agents[home.home])
            kills += 1
        agents[home.home] = home.start("agent", "--until-idle", "--workers", "4")
    for agent in agents.values():
        agent.communicate(timeout=60)
    return kills


def _published_posts_agree(desk: Desk, posts: int) -> None:
    """What the posts say follows from their targets, whoever settled them."""
    assert desk.cluster.db["posts"].count_documents({"status": "published"}) == posts
    sample = desk.cluster.db["schedules"].find_one()
    assert sample is not None
    history = MongoAttemptStore(desk.cluster.db).of_targets(
        str(sample["organizationId"]), [str(sample["_id"])]
    )
    assert history
