"""The drafts screen over the fake backend, with time standing still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from postflow_desktop.domain.post import Media, Post, PostStatus
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.replica import Link, SyncState
from postflow_desktop.ui.drafts.viewmodel import DraftsViewModel
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.fakes.backend import NOW, FakeBackend
from tests.ui.composer.held import HeldMoments


@dataclass
class Desk:
    """The view model with everything around it, and what it said."""

    backend: FakeBackend
    changes: Changes
    moments: HeldMoments
    model: DraftsViewModel
    toasts: list[tuple[str, str]] = field(default_factory=list)
    offers: list[tuple[str, str, Callable[[], None]]] = field(default_factory=list)
    opened: list[tuple[str, str]] = field(default_factory=list)

    def listen(self) -> None:
        self.model.toast.connect(lambda text, kind: self.toasts.append((text, kind)))
        self.model.offer.connect(lambda *offer: self.offers.append(offer))
        self.model.draft_opened.connect(lambda key: self.opened.append(("draft", key)))
        self.model.post_opened.connect(lambda key: self.opened.append(("post", key)))

    def local(
        self,
        draft_id: str,
        text: str = "Local words",
        *,
        post_id: str | None = None,
        media: tuple[Media, ...] = (),
        accounts: tuple[str, ...] = ("a1",),
        ago: timedelta = timedelta(0),
    ) -> LocalDraft:
        """A draft on this machine, edited that long ago."""
        draft = LocalDraft(
            id=draft_id,
            organization_id="o1",
            post_id=post_id,
            text=text,
            media=media,
            account_ids=accounts,
            changed_at=NOW - ago,
        )
        self.backend.drafts.put(draft)
        return draft

    def stored(
        self,
        text: str = "Stored words",
        *,
        ago: timedelta = timedelta(0),
        accounts: tuple[str, ...] = ("a1",),
        media: tuple[Media, ...] = (),
    ) -> Post:
        """A draft post of the workspace, edited that long ago."""
        made = self.backend.add_post(
            text, at=None, status=PostStatus.DRAFT, accounts=accounts, media=media
        )
        post = replace(made, updated_at=NOW - ago)
        self.backend.replica.posts[post.id] = post
        return post

    @property
    def titles(self) -> list[str]:
        return [row.title for row in self.model.rows]

    @property
    def deleted(self) -> list[object]:
        """What the backend was asked to delete."""
        return [call[1] for call in self.backend.calls if call[0] == "delete"]

    def take_offer(self) -> None:
        """Press the button of the newest notice."""
        self.offers[-1][2]()

    def time_passes(self) -> None:
        """More than any notice stands."""
        self.moments.pass_ms(60_000)

    def go_offline(self, since: datetime = NOW) -> None:
        self.changes._take_state(SyncState(link=Link.OFFLINE, since=since))

    def go_online(self, since: datetime = NOW) -> None:
        self.changes._take_state(SyncState(link=Link.LIVE, since=since))


@pytest.fixture
def desk(qapp: object) -> Iterator[Desk]:
    backend, changes, moments = FakeBackend(), Changes(), HeldMoments()
    tasks = Tasks(immediate=True)
    model = DraftsViewModel(backend, tasks, changes, moments=moments)
    made = Desk(backend=backend, changes=changes, moments=moments, model=model)
    made.listen()
    yield made
    # News that are still on their way find nobody.
    tasks.shutdown()
    model.deleteLater()
    changes.deleteLater()
