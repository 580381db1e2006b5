"""What the steps of a content are, what they cost, and that old hashes stay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.step import StepKind, content_of, steps_for
from postflow_desktop.domain.target import TargetStatus
from tests.publishing.kit import World

PARTS = ("Two", "Three")


def asked_for(world: World) -> list[str]:
    """What one piece of work asks the cluster, in order."""
    world.cluster.db.command("profile", 2)
    world.machines[0].engine.work_once()
    world.cluster.db.command("profile", 0)
    profile = world.cluster.db["system.profile"]
    seen = [entry["ns"].partition(".")[2] for entry in profile.find({}).sort("ts", 1)]
    world.cluster.db.drop_collection("system.profile")
    return [name for name in seen if name in COLLECTIONS]


COLLECTIONS = {"schedules", "payloads", "posts", "publishAttempts"}
ONE_ATTEMPT = [
    "schedules",
    "payloads",
    "publishAttempts",
    "schedules",
    "publishAttempts",
    "schedules",
    "posts",
    "schedules",
]


def test_each_step_asks_the_cluster_as_often_as_a_whole_post(world: World) -> None:
    """Claim, content, announcement, barrier, conclusion, settlement, and the post's status."""
    world.machine()
    target = world.plan()
    assert asked_for(world)[:8] == ONE_ATTEMPT
    document = world.cluster.db["schedules"].find_one({})
    assert document is not None
    assert "steps" not in document
    assert world.look(target).status is TargetStatus.PUBLISHED
    world.plan("One", parts=PARTS)
    for _ in range(3):
        assert asked_for(world)[:8] == ONE_ATTEMPT


def test_a_hash_without_further_steps_is_the_one_of_before() -> None:
    payload = Payload(
        organization_id="o",
        network=Network.BLUESKY,
        text="Hello",
        link_url=None,
        media=(),
    )
    known = "bc891221fc45c90795f78015e2085559aeaf4d3e243beab5dd37263ebd9acd8a"
    assert payload.content_hash == known
    others = [
        replace(payload, parts=("Two",)),
        replace(payload, parts=("Two", "Three")),
        replace(payload, first_comment="Two"),
        replace(payload, first_comment=""),
    ]
    assert len({known, *(other.content_hash for other in others)}) == 5


def test_steps_of_content() -> None:
    payload = Payload(
        organization_id="o",
        network=Network.BLUESKY,
        text="One",
        link_url="https://example.com",
        media=(),
        parts=("Two",),
        first_comment="More",
    )
    assert [step.kind for step in steps_for(payload)] == [
        StepKind.PUBLISH,
        StepKind.REPLY,
        StepKind.FIRST_COMMENT,
    ]
    assert steps_for(replace(payload, parts=(), first_comment=None)) == ()
    contents = [content_of(payload, n) for n in range(3)]
    assert [(one.text, one.link_url) for one in contents] == [
        ("One", "https://example.com"),
        ("Two", None),
        ("More", None),
    ]
    with pytest.raises(IndexError):
        content_of(payload, 3)
