"""A slow upload and a slow network: the claim is kept, or the work ends and nothing is sent."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace

import pytest

from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.domain.target import Target
from postflow_desktop.services.ports.media import HeldContent, pieces
from postflow_desktop.services.ports.publisher import PrepareFailed
from postflow_desktop.services.publishing.carrying import ClaimKeeper, HeartbeatMedia, Keeper
from postflow_desktop.services.publishing.parts import PublishingParts
from tests.fakes.clock import HeldClock
from tests.media import films
from tests.publishing.kit import Machine, World

_FILM = films.film(size=3_000_000)


def film() -> Media:
    digest = hashlib.sha256(_FILM).hexdigest()
    return Media(
        kind=MediaKind.VIDEO,
        sha256=digest,
        mime="video/mp4",
        size=len(_FILM),
        width=640,
        height=360,
    )


def begun(world: World) -> tuple[Machine, PublishingParts, HeldClock, Target]:
    """A claimed target, on a clock that the test holds."""
    machine, clock = world.machine(), HeldClock()
    parts = replace(machine.parts, clock=clock)
    world.plan()
    owner = parts.processes.process_id
    target = parts.targets.claim(parts.scope, owner, parts.timings.claim_lease)
    assert target is not None
    return machine, parts, clock, target


def until(world: World, target: Target) -> float:
    lease = world.look(target).lease
    assert lease is not None
    return lease.until.timestamp()


def test_every_piece_of_a_slow_upload_keeps_the_claim(world: World) -> None:
    _, parts, clock, target = begun(world)
    item = film()
    parts.media.put(world.organization_id, item, HeldContent(_FILM))
    world.set(target, **{"lease.until": world.targets.now()})
    first = until(world, target)
    media = HeartbeatMedia(parts.media, ClaimKeeper(parts, target))
    with media.open(item.sha256) as stream:
        assert stream.size == item.size
        assert stream.read(1000) == _FILM[:1000]
        assert until(world, target) == first
        clock.advance(parts.timings.claim_lease / 3)
        rest = b"".join(pieces(stream, 500_000))
    assert rest == _FILM[1000:]
    assert until(world, target) > first + parts.timings.claim_lease / 2


def test_a_claim_that_was_lost_ends_the_upload(world: World) -> None:
    _, parts, clock, target = begun(world)
    item = film()
    parts.media.put(world.organization_id, item, HeldContent(_FILM))
    media = HeartbeatMedia(parts.media, ClaimKeeper(parts, target))
    with media.open(item.sha256) as stream:
        stream.read(1000)
        world.set(target, fence=target.fence + 1)
        clock.advance(parts.timings.claim_lease / 3)
        with pytest.raises(PrepareFailed) as caught:
            stream.read(1000)
    outcome = caught.value.outcome
    assert (outcome.kind, outcome.code) == (OutcomeKind.NOT_SENT, "claim_lost")


def test_waiting_for_a_network_keeps_the_claim_too(world: World) -> None:
    _, parts, clock, target = begun(world)
    world.set(target, **{"lease.until": world.targets.now()})
    first = until(world, target)

    class Passing(type(parts.halt)):  # type: ignore[misc]
        def wait(self, seconds: float) -> bool:
            clock.advance(seconds)
            return False

    kept = replace(parts, halt=Passing())
    HeartbeatMedia(kept.media, ClaimKeeper(kept, target)).wait(100.0)
    assert until(world, target) > first + parts.timings.claim_lease / 2
    world.set(target, fence=target.fence + 1)
    with pytest.raises(PrepareFailed) as caught:
        HeartbeatMedia(kept.media, ClaimKeeper(kept, target)).wait(100.0)
    assert caught.value.outcome.code == "claim_lost"


def test_the_end_of_the_process_ends_the_waiting(world: World) -> None:
    machine, parts, _, target = begun(world)
    media = HeartbeatMedia(parts.media, ClaimKeeper(parts, target))
    caught: list[PrepareFailed] = []

    def wait() -> None:
        try:
            media.wait(3600.0)
        except PrepareFailed as error:
            caught.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    machine.engine.halt()
    waiting.join(timeout=30.0)
    assert not waiting.is_alive()
    (error,) = caught
    assert (error.outcome.kind, error.outcome.code) == (OutcomeKind.NOT_SENT, "stopped_waiting")
    assert error.outcome.fix
    with pytest.raises(PrepareFailed):
        HeartbeatMedia(parts.media, Keeper(parts)).wait(1.0)
