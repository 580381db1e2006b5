"""A link's card through the cluster, the payloads, the replica and drafts, nothing lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from bson import ObjectId

from postflow_desktop.cluster.payloads import MongoPayloadStore
from postflow_desktop.cluster.posts import MongoPostStore
from postflow_desktop.cluster.workspace import ClusterWorkspace
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import Payload, payload_for
from postflow_desktop.domain.post import LinkCard, Media, MediaKind, Post, PostStatus, Variant
from postflow_desktop.domain.step import content_of
from postflow_desktop.replica.drafts_json import dump_draft, load_draft, media_of
from postflow_desktop.replica.plain import dump, load
from postflow_desktop.replica.plain import read_post as read_plain
from postflow_desktop.services.ports.drafts import LocalDraft

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
URL = "https://news.example/story"
PICTURE = Media(
    kind=MediaKind.IMAGE, sha256="a" * 64, mime="image/png", size=9, width=600, height=315
)
CARD = LinkCard(
    url=URL, title="Fresh „bread“", description="At six", picture=PICTURE, fetched_at=NOW
)
BARE = LinkCard(url=URL, title="T")
HIDDEN = LinkCard(url=URL, title="", hidden=True)
ACCOUNT, OTHER = str(ObjectId()), str(ObjectId())


def post(card: LinkCard | None = CARD, text: str = f"Read {URL}") -> Post:
    return Post(
        id=str(ObjectId()),
        organization_id=str(ObjectId()),
        created_by=str(ObjectId()),
        status=PostStatus.DRAFT,
        text=text,
        card=card,
        variants=(Variant(account_id=OTHER, text="No link here"),),
        account_ids=(ACCOUNT, OTHER),
        created_at=NOW,
        updated_at=NOW,
    )


@pytest.mark.parametrize("card", [CARD, BARE, HIDDEN, None])
def test_a_card_comes_back_as_it_was(workspace: ClusterWorkspace, card: LinkCard | None) -> None:
    store = MongoPostStore(workspace.database)
    made = store.add(post(card))
    found = store.get(made.organization_id, made.id)
    assert found is not None
    assert found.card == card
    document = workspace.database["posts"].find_one({"_id": ObjectId(made.id)})
    assert document is not None
    assert read_plain(load(dump(document))).card == card
    rewritten = store.replace_content(replace(found, card=BARE))
    assert rewritten is not None
    assert rewritten.card == BARE


def test_its_words_stand_where_the_schema_document_has_them(workspace: ClusterWorkspace) -> None:
    made = MongoPostStore(workspace.database).add(post())
    document = workspace.database["posts"].find_one({"_id": ObjectId(made.id)})
    assert document is not None
    content = document["content"]
    assert content["linkTitle"] == CARD.title
    assert content["linkDescription"] == CARD.description
    assert content["linkImageUrl"] == f"media:{PICTURE.sha256}"
    assert "title" not in content["linkCard"]


@pytest.mark.parametrize("card", [CARD, BARE])
def test_a_payload_is_found_by_a_hash_that_knows_it(
    workspace: ClusterWorkspace, card: LinkCard
) -> None:
    store = MongoPayloadStore(workspace.database)
    payload = payload_for(post(card), ACCOUNT, Network.BLUESKY)
    assert payload.card == card
    found = store.get(store.put(payload))
    assert found is not None
    assert found.card == card


def test_only_what_is_shown_is_part_of_the_hash() -> None:
    made = post()
    bluesky = payload_for(made, ACCOUNT, Network.BLUESKY)
    without = replace(bluesky, card=None)
    hashes = {
        replace(bluesky, card=card).content_hash
        for card in (
            CARD,
            replace(CARD, title="x"),
            replace(CARD, description="x"),
            replace(CARD, picture=None),
            replace(CARD, picture=replace(PICTURE, sha256="b" * 64)),
            replace(CARD, url="https://other.example/"),
            None,
        )
    }
    assert len(hashes) == 7
    later = replace(bluesky, card=replace(CARD, fetched_at=datetime.now(UTC)))
    assert later.content_hash == bluesky.content_hash
    for nothing in (
        payload_for(replace(made, card=replace(CARD, hidden=True)), ACCOUNT, Network.BLUESKY),
        payload_for(replace(made, card=replace(CARD, url=f"{URL}2")), ACCOUNT, Network.BLUESKY),
    ):
        assert nothing.content_hash == without.content_hash


def test_a_payload_without_a_card_has_the_hash_that_it_always_had() -> None:
    payload = Payload(
        organization_id="o1", network=Network.BLUESKY, text="Hello", link_url=None, media=()
    )
    # Written down before there were cards.
    assert payload.content_hash == (
        "fd0c6cb02d379840cf93ad2acca0784c2bc82ca9eb7347d94d455f4e47ec8ef9"
    )


@pytest.mark.parametrize(
    ("network", "has_card"),
    [
        (Network.BLUESKY, True),
        (Network.LINKEDIN, True),
        (Network.X, False),
        (Network.FACEBOOK, False),
        (Network.THREADS, False),
        (Network.TELEGRAM, False),
    ],
)
def test_networks_that_make_their_own_get_none(network: Network, *, has_card: bool) -> None:
    assert (payload_for(post(), ACCOUNT, network).card is not None) is has_card
    assert payload_for(post(), OTHER, network).card is None
    beside = replace(post(), media=(PICTURE,))
    assert payload_for(beside, ACCOUNT, network).card is None


def test_a_thread_has_the_card_under_its_first_part_alone() -> None:
    payload = replace(payload_for(post(), ACCOUNT, Network.BLUESKY), parts=(f"More: {URL}",))
    assert content_of(payload, 0).card == CARD
    assert content_of(payload, 1).card is None


@pytest.mark.parametrize("card", [CARD, BARE, HIDDEN, None])
def test_drafts_keep_it_with_the_bytes_of_its_picture(card: LinkCard | None) -> None:
    draft = LocalDraft(id="d", organization_id="o", post_id=None, text="x", card=card)
    text = dump_draft(draft)
    assert load_draft(text) == draft
    assert media_of(text) == ([PICTURE.sha256] if card is CARD else [])


def test_drafts_of_versions_without_cards_are_read() -> None:
    text = dump_draft(LocalDraft(id="d", organization_id="o", post_id=None, text="x"))
    assert '"card": null, ' in text
    assert load_draft(text.replace('"card": null, ', "")).card is None
