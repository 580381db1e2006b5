"""Threads and first comments in each network's wire format, with the real adapters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import payload_for
from postflow_desktop.domain.post import Post
from postflow_desktop.domain.step import steps_for
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.platforms import registry
from postflow_desktop.sandbox.exchange import SandboxNetwork, ShownPost
from postflow_desktop.sandbox.faults import FaultKind
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.publishing.checking import payload_problems
from postflow_desktop.services.publishing.engine import PublishingEngine
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.transport.client import HttpClient
from tests.conftest import ClusterDb
from tests.faults.stage import Seats
from tests.publishing.kit import World

TEXTS = ("One", "Two", "Three")
COMMENT = "Read more at our place"
SHAPES: dict[Network, tuple[tuple[str, ...], str | None]] = {
    Network.BLUESKY: (TEXTS[1:], COMMENT),
    Network.X: (TEXTS[1:], COMMENT),
    Network.THREADS: (TEXTS[1:], COMMENT),
    Network.TELEGRAM: (TEXTS[1:], None),
    Network.FACEBOOK: ((), COMMENT),
}
"""What each network can take."""
NETWORKS = list(SHAPES)


class OneAccount:
    """The session that the test opened."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def open(
        self, organization_id: str, account_id: str, *, force_refresh: bool = False
    ) -> Session:
        return self.session


class Street:
    """The sandbox with one account, and an engine with the network's own adapter."""

    def __init__(self, world: World, sandbox: SandboxServer, http: HttpClient) -> None:
        self.world = world
        self.sandbox = sandbox
        self.http = http
        self.seats = Seats(sandbox, http)

    def open(self, network: Network) -> PublishingEngine:
        self.network = network
        self.session = self.seats.take(network)
        machine = self.world.machine()
        self.parts: PublishingParts = replace(
            machine.parts,
            publishers={network: registry.publishers(self.http, SystemClock())[network]},
            scope=replace(machine.parts.scope, networks=frozenset({network})),
            sessions=OneAccount(self.session),
        )
        return PublishingEngine(self.parts)

    def plan(self, parts: tuple[str, ...], comment: str | None) -> Target:
        made = self.world.plan(TEXTS[0], parts=parts, first_comment=comment)
        self.world.cluster.db["schedules"].delete_many({})
        post = self._post(made)
        payload = payload_for(post, self.session.account_id, self.network)
        assert payload_problems(self.parts.publishers[self.network], payload) == []
        target = replace(
            made,
            account_id=self.session.account_id,
            network=self.network,
            content_hash=self.world.payloads.put(payload),
            steps=steps_for(payload),
        )
        self.world.targets.add([target])
        return target

    def _post(self, target: Target) -> Post:
        post = self.world.posts.get(target.organization_id, target.post_id)
        assert post is not None
        return post

    def shown(self) -> dict[str, ShownPost]:
        """What is out, by its text."""
        places: dict[Network, SandboxNetwork] = {
            Network.BLUESKY: self.sandbox.bluesky,
            Network.X: self.sandbox.x,
            Network.THREADS: self.sandbox.threads,
            Network.TELEGRAM: self.sandbox.telegram,
            Network.FACEBOOK: self.sandbox.facebook,
        }
        posts = places[self.network].posts()
        assert len({post.text for post in posts}) == len(posts), "something is there twice"
        return {post.text: post for post in posts}

    def again(self, target: Target) -> None:
        """The quiet time is over, and what the network asked to wait."""
        self.world.cluster.db["budgets"].delete_many({})
        self.world.set(target, notBefore=self.world.targets.now() - timedelta(seconds=1))


@pytest.fixture
def street(cluster_db: ClusterDb, tmp_path: Path) -> Iterator[Street]:
    world = World(cluster_db, tmp_path)
    with SandboxServer() as sandbox, HttpClient() as http:
        yield Street(world, sandbox, http)
        world.close()


def drain(engine: PublishingEngine) -> None:
    while engine.work_once():
        pass


@pytest.mark.parametrize("network", NETWORKS)
def test_every_step_is_out_under_the_right_post(street: Street, network: Network) -> None:
    engine = street.open(network)
    parts, comment = SHAPES[network]
    target = street.plan(parts, comment)
    drain(engine)
    done = street.world.look(target)
    assert done.status is TargetStatus.PUBLISHED, done.last_error
    shown = street.shown()
    texts = [TEXTS[0], *parts, *([comment] if comment else [])]
    assert set(shown) == set(texts)
    assert [step.external_id for step in done.steps] == [shown[t].external_id for t in texts]
    assert len({step.url for step in done.steps}) == len(texts)
    root = shown[TEXTS[0]].external_id
    assert shown[TEXTS[0]].reply_to == ""
    before = root
    for text in parts:
        assert shown[text].reply_to == before
        before = shown[text].external_id
    if comment is not None:
        assert shown[comment].reply_to == root
    publisher = street.parts.publishers[network]
    for step in reversed(done.steps):
        assert step.external_id is not None
        publisher.delete(street.session, step.external_id)
    assert street.shown() == {}, "what is out can be deleted, each by its own id"


FOUND_AFTER = {
    Network.BLUESKY: True,
    Network.X: True,
    Network.THREADS: True,
    Network.FACEBOOK: True,
    Network.TELEGRAM: False,
}
"""Whether a reply that was taken can be found when its answer got lost."""
RESENT = {Network.BLUESKY, Network.THREADS}
"""Where a reply that was not taken is sent again by itself."""


@pytest.mark.parametrize("fault", [FaultKind.RESET_AFTER, FaultKind.RESET_BEFORE])
@pytest.mark.parametrize("network", NETWORKS)
def test_a_lost_answer_to_the_last_step_doubles_nothing(
    street: Street, network: Network, fault: FaultKind
) -> None:
    engine = street.open(network)
    parts, comment = SHAPES[network]
    target = street.plan(parts, comment)
    last = len(target.steps) - 1
    for _ in range(last):
        assert engine.work_once()
    assert street.world.look(target).step == last
    street.sandbox.fail(fault)
    assert engine.work_once()
    street.again(target)
    drain(engine)
    done = street.world.look(target)
    taken = fault is FaultKind.RESET_AFTER
    settled = FOUND_AFTER[network] if taken else network in RESENT
    wanted = TargetStatus.PUBLISHED if settled else TargetStatus.NEEDS_ATTENTION
    assert done.status is wanted, done.last_error
    shown = street.shown()
    assert len(shown) == last + int(taken or settled)
    assert shown[TEXTS[0]].external_id == done.steps[0].external_id
    if settled:
        text = comment or parts[-1]
        assert done.steps[last].external_id == shown[text].external_id
        assert done.steps[last].url
    else:
        assert done.last_error is not None
        named = "The first comment: " if comment else "Part 3 of 3: "
        assert done.last_error.message.startswith(named)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_step_that_is_put_off_is_sent_once_and_its_parent_not_again(
    street: Street, network: Network
) -> None:
    engine = street.open(network)
    target = street.plan(*SHAPES[network])
    assert engine.work_once()
    street.sandbox.fail(FaultKind.RATE_LIMITED)
    assert engine.work_once()
    waiting = street.world.look(target)
    assert (waiting.status, waiting.step, waiting.tries) == (TargetStatus.PENDING, 1, 1)
    street.again(target)
    drain(engine)
    assert street.world.look(target).status is TargetStatus.PUBLISHED
    assert len(street.shown()) == len(target.steps)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_post_that_was_deleted_meanwhile_can_not_be_answered(
    street: Street, network: Network
) -> None:
    engine = street.open(network)
    target = street.plan(*SHAPES[network])
    assert engine.work_once()
    out = street.world.look(target)
    assert out.result is not None
    street.parts.publishers[network].delete(street.session, out.result.external_id)
    for _ in range(10):
        street.again(target)
        drain(engine)
    failed = street.world.look(target)
    assert failed.status is TargetStatus.FAILED
    assert failed.last_error is not None
    assert failed.last_error.message.startswith(("Part 2 of 3: ", "The first comment: "))
    assert failed.result == out.result, "what was out is kept"
    assert street.shown() == {}


@pytest.mark.parametrize(
    ("network", "parts", "comment", "code"),
    [
        (Network.FACEBOOK, ("Two",), None, "threads_unsupported"),
        (Network.TELEGRAM, (), COMMENT, "comments_unsupported"),
        (Network.X, ("Two", "x" * 281), None, "text_too_long"),
        (Network.X, (), "x" * 281, "text_too_long"),
        (Network.BLUESKY, ("Two", " "), None, "empty_part"),
        (Network.BLUESKY, tuple(str(n) for n in range(25)), None, "too_many_parts"),
    ],
)
def test_what_a_network_can_not_do_is_said_before_anything_is_out(
    street: Street, network: Network, parts: tuple[str, ...], comment: str | None, code: str
) -> None:
    engine = street.open(network)
    publisher = street.parts.publishers[network]
    target = street.plan((), None)
    known = street.world.payloads.get(target.content_hash)
    assert known is not None
    payload = replace(known, parts=parts, first_comment=comment)
    found = payload_problems(publisher, payload)
    assert [problem.code for problem in found] == [code]
    assert found[0].message.startswith(("Part 3 of 3", "The first comment")) or (
        publisher.rules.title in found[0].message
    )
    street.world.payloads.put(payload)
    steps = [
        {"n": step.n, "kind": step.kind.value, "status": "pending"} for step in steps_for(payload)
    ]
    street.world.set(target, contentHash=payload.content_hash, steps=steps)
    drain(engine)
    failed = street.world.look(target)
    assert failed.status is TargetStatus.FAILED
    assert failed.last_error is not None
    assert failed.last_error.code == code
    assert street.shown() == {}
