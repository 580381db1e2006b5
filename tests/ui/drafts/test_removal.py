"""Taking a draft out of the real store and putting it back: nothing of it is lost."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.replica.outbox import OutboxDrafts
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.ui.drafts.removal import PutBack, TakeOut
from tests.fakes.backend import NOW

DATA = b"bytes"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OutboxDrafts]:
    made = OutboxDrafts(tmp_path / "outbox.db")
    yield made
    made.close()


def make_draft() -> LocalDraft:
    picture = Media(
        kind=MediaKind.IMAGE,
        sha256=SHA256,
        mime="image/png",
        size=len(DATA),
        width=8,
        height=6,
        alt="A stall",
    )
    return LocalDraft(
        id="d1",
        organization_id="o1",
        post_id=None,
        text="Words",
        account_ids=("a1",),
        variants={"a1": "Own words"},
        media=(picture,),
        at_local="2026-11-23T09:00:00",
        timezone="Europe/Berlin",
        changed_at=NOW,
    )


def test_it_goes_with_its_pictures_and_comes_back_with_them(store: OutboxDrafts) -> None:
    draft = make_draft()
    store.put_media(draft.media[0], DATA)
    store.put(draft)
    kept = TakeOut(store, "d1")()
    assert store.list("o1") == []
    assert store.media(SHA256) is None
    assert kept is not None
    assert PutBack(kept)() == "d1"
    assert store.list("o1") == [draft]
    assert store.media(SHA256) == DATA


def test_a_picture_that_lies_in_the_workspace_only_is_no_hindrance(store: OutboxDrafts) -> None:
    draft = make_draft()
    store.put(draft)
    kept = TakeOut(store, "d1")()
    assert kept is not None
    PutBack(kept)()
    assert store.get("d1") == draft
    assert store.media(SHA256) is None


def test_what_is_gone_already_is_not_kept(store: OutboxDrafts) -> None:
    assert TakeOut(store, "d1")() is None
