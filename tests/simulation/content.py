"""What a simulated world publishes, and what belongs to it: organization, accounts, rules."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bson import ObjectId

from postflow_desktop.cluster.schema.gates import GATE_COLLECTIONS
from postflow_desktop.cluster.schema.posts import POST_COLLECTIONS
from postflow_desktop.cluster.schema.presence import PRESENCE_COLLECTIONS
from postflow_desktop.domain.account import Session
from postflow_desktop.domain.late import LatePolicy
from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.domain.payload import payload_for
from postflow_desktop.domain.post import Media, MediaKind, Post, PostStatus
from postflow_desktop.domain.step import steps_for
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.ports.media import (
    HeldStream,
    MediaContent,
    MediaStream,
    Progress,
)
from postflow_desktop.services.publishing.summaries import refresh_summary
from postflow_desktop.services.publishing.timings import Timings
from tests.simulation.bson_order import NotModelled
from tests.simulation.networks import NETWORKS
from tests.simulation.scenario import PlannedPost, Scenario

if TYPE_CHECKING:
    from tests.simulation.world import World

COLLECTIONS = (*POST_COLLECTIONS, *GATE_COLLECTIONS, *PRESENCE_COLLECTIONS)
"""Those that publishing writes to."""


@dataclass(frozen=True)
class Sessions:
    """SessionSource port: every account is signed in."""

    networks: dict[str, Network]

    def open(
        self, organization_id: str, account_id: str, *, force_refresh: bool = False
    ) -> Session:
        """At once."""
        return Session(
            account_id=account_id,
            network=self.networks[account_id],
            user_id=account_id,
            username="someone",
            service="https://network.example",
            access_token="token",
        )


@dataclass(frozen=True)
class Pictures:
    """MediaStore port; an upload may take long."""

    world: World

    def put(
        self,
        organization_id: str,
        media: Media,
        content: MediaContent,
        progress: Progress | None = None,
    ) -> None:
        """Nobody does."""
        raise NotModelled

    def open(self, sha256: str) -> MediaStream:
        """As `read`."""
        return HeldStream(self.read(sha256))

    def read(self, sha256: str) -> bytes:
        """Sooner or later."""
        self.world.pause(self.world.chance.choice((0.1, 1.0, 31.0, 50.0)))
        return b"picture"


def fill(world: World) -> list[Target]:
    """The organization with its accounts and planned targets."""
    scenario = world.scenario
    settings: dict[str, Any] = {}
    if scenario.late is not None:
        rule = scenario.late
        settings["late"] = {"policy": rule.policy.value, "graceMinutes": rule.grace_minutes}
    if scenario.max_tries is not None:
        settings["maxTries"] = scenario.max_tries
    document = {"_id": ObjectId(world.organization_id), "settings": settings, "rev": 1}
    world.office["organizations"].insert_one(document)
    return [_plan(world, post) for post in scenario.posts]


def _plan(world: World, planned: PlannedPost) -> Target:
    """Twins have the same words on the same account, that of the first post."""
    now, network = world.cluster_time(), NETWORKS[planned.letter]
    account = next(iter(world.accounts)) if planned.twin else _connect(world, network)
    first = account == next(iter(world.accounts))
    post = Post(
        id=world.new_id(),
        organization_id=world.organization_id,
        created_by=world.new_id(),
        status=PostStatus.DRAFT,
        text="First" if first else f"Post for {account}",
        parts=tuple(f"Part {n + 2}" for n in range(planned.parts)),
        first_comment="A comment" if planned.comment else None,
        account_ids=(account,),
        media=tuple(_picture(number) for number in range(planned.pictures)),
        created_at=now,
        updated_at=now,
    )
    payload = payload_for(post, account, network)
    due = now + timedelta(milliseconds=int(planned.due * 1000))
    target = Target(
        id=world.new_id(),
        organization_id=world.organization_id,
        post_id=post.id,
        account_id=account,
        network=network,
        status=TargetStatus.PENDING,
        scheduled_at=due,
        not_before=due,
        content_hash=world.payloads.put(payload),
        steps=steps_for(payload),
        created_at=now,
        updated_at=now,
    )
    world.posts.add(post)
    world.targets.add([target])
    refresh_summary(world.posts, world.targets, world.organization_id, post.id)
    return target


def _connect(world: World, network: Network) -> str:
    account_id = world.new_id()
    world.accounts[account_id] = network
    document: dict[str, Any] = {
        "_id": ObjectId(account_id),
        "organizationId": ObjectId(world.organization_id),
        "rev": 1,
    }
    world.office["socialAccounts"].insert_one(document)
    return account_id


def _picture(number: int) -> Media:
    return Media(
        kind=MediaKind.IMAGE,
        sha256=f"{number:064x}",
        mime="image/png",
        size=10,
        width=8,
        height=8,
    )


def rules(network: Network) -> NetworkRules:
    """What every simulated network accepts."""
    return NetworkRules(
        network=network,
        title="Simulated",
        max_graphemes=500,
        max_text_bytes=None,
        max_images=4,
        max_image_bytes=1000,
        image_types=frozenset({"image/png"}),
        max_alt_graphemes=100,
        max_parts=10,
        max_comment=500,
        source="tests",
    )


def grace(scenario: Scenario, timings: Timings) -> float:
    """How late a post must be to be missed."""
    rule = scenario.late
    if rule is None:
        return timings.late_grace
    return math.inf if rule.policy is LatePolicy.PUBLISH else rule.grace_minutes * 60.0
