"""What stands before an organization, read from a real cluster, and what counts on this machine."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from postflow_desktop.cluster.notifications import MongoNoticeStore
from postflow_desktop.cluster.presence import MongoPresenceStore
from postflow_desktop.cluster.schema.notifications import NOTIFICATION_COLLECTIONS
from postflow_desktop.cluster.schema.spec import apply
from postflow_desktop.cluster.target_news import MongoTargetNews
from postflow_desktop.domain.notice import Notice, NoticeKind
from postflow_desktop.domain.pause import Pause
from postflow_desktop.services.agenda import AHEAD, Agenda, AgendaParts, AgendaService
from postflow_desktop.services.ports.organizations import Organization
from tests.publishing.kit import World
from tests.publishing.test_presence import AGENT, DESKTOP, publisher, service, store

__all__ = ["store"]

HOUR = 3600.0


def look(
    world: World, store: MongoPresenceStore, *, here: str = "", pause: Pause | None = None
) -> Agenda:
    organization = Organization(
        id=world.organization_id,
        name="Corner Bakery",
        slug="corner-bakery",
        timezone="Europe/Berlin",
        plan_id="p",
        created_at=datetime.now(UTC),
        pause=pause,
    )
    parts = AgendaParts(
        organization=organization,
        here=here,
        targets=MongoTargetNews(world.cluster.db),
        posts=world.posts,
        notices=MongoNoticeStore(world.cluster.db),
        presence=service(world, store),
    )
    return AgendaService(parts).look()


@pytest.fixture(autouse=True)
def notices(world: World) -> MongoNoticeStore:
    apply(world.cluster.db, NOTIFICATION_COLLECTIONS)
    return MongoNoticeStore(world.cluster.db)


def test_the_next_posts_come_first_with_their_words(
    world: World, store: MongoPresenceStore
) -> None:
    later = world.plan("Cake", in_seconds=3 * HOUR)
    sooner = world.plan("Fresh bread\nfrom the oven", in_seconds=HOUR)
    world.plan("Out of sight", in_seconds=AHEAD.total_seconds() + HOUR)
    world.plan("Due already", in_seconds=-5)
    agenda = look(world, store)
    assert [(post.post_id, post.title) for post in agenda.posts] == [
        (sooner.post_id, "Fresh bread from the oven"),
        (later.post_id, "Cake"),
    ]
    assert agenda.posts[0].at == sooner.scheduled_at
    assert not any(post.covered for post in agenda.posts)
    assert agenda.pause_reason is None


def test_an_agent_covers_whatever_machine_it_is_on(world: World, store: MongoPresenceStore) -> None:
    world.plan("Cake", in_seconds=3 * HOUR)
    agent = publisher(world, "server", AGENT)
    agent.beat()
    (post,) = look(world, store, here=agent.who.machine).posts
    assert post.covered


def test_the_window_that_asks_does_not_cover_for_itself(
    world: World, store: MongoPresenceStore
) -> None:
    world.plan("Cake", in_seconds=HOUR / 2)
    desktop = publisher(world, "laptop", DESKTOP)
    desktop.beat()
    (post,) = look(world, store, here=desktop.who.machine).posts
    assert not post.covered
    (post,) = look(world, store, here="another").posts
    assert post.covered


def test_trouble_is_counted_and_the_pause_is_told(
    world: World, store: MongoPresenceStore, notices: MongoNoticeStore
) -> None:
    for number, kind in enumerate(
        (NoticeKind.FAILED, NoticeKind.MISSED, NoticeKind.PUBLISHED, NoticeKind.COVERAGE)
    ):
        notices.put(
            Notice(
                key=f"target:{number}",
                organization_id=world.organization_id,
                kind=kind,
                title="What",
                text="Why",
                at=datetime.now(UTC),
            )
        )
    notices.withdraw(world.organization_id, "target:1")
    pause = Pause(reason="Storm", by="u", at=datetime.now(UTC))
    agenda = look(world, store, pause=pause)
    assert (agenda.attention, agenda.pause_reason) == (1, "Storm")
