"""Link cards on a real PDS and on the sandbox: taken alike, refused alike."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from postflow_desktop.domain.account import SignedIn
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import LinkCard
from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
from postflow_desktop.services.ports.publisher import PrepareFailed, Presence
from tests.bluesky.conftest import Home
from tests.bluesky.world import AT, Pictures, payload, send, session_of

# The first session may have to build the real server.
pytestmark = pytest.mark.timeout(1800)

URL = "https://news.example/story?a=1&b=ü"
CARD = LinkCard(url=URL, title="Fresh „bread“", description="Every day\nat six")


def carded(text: str, card: LinkCard = CARD, *, link: str | None = URL) -> Payload:
    return replace(payload(text, link=link), card=card)


def stored(home: Home, signed_in: SignedIn) -> dict[str, Any]:
    query = {"repo": signed_in.user_id, "collection": "app.bsky.feed.post"}
    answer = httpx.get(f"{home.service}/xrpc/com.atproto.repo.listRecords", params=query)
    (found,) = answer.raise_for_status().json()["records"]
    record: dict[str, Any] = found["value"]
    return record


def test_a_card_arrives_with_its_picture(
    home: Home, signed_in: SignedIn, publisher: BlueskyPublisher, pictures: Pictures
) -> None:
    picture = pictures.add("teal", size=(600, 315))
    content = carded("Read this", replace(CARD, picture=picture))
    session = session_of(signed_in)
    wire = publisher.prepare(session, content, pictures, target_id="t", at=AT)
    outcome = send(publisher, session, wire)
    assert outcome.kind is OutcomeKind.PUBLISHED
    record = stored(home, signed_in)
    assert record["text"] == "Read this"
    assert "facets" not in record
    external = record["embed"]["external"]
    assert (external["uri"], external["title"]) == (URL, CARD.title)
    assert external["description"] == CARD.description
    query = {"did": signed_in.user_id, "cid": external["thumb"]["ref"]["$link"]}
    blob = httpx.get(f"{home.service}/xrpc/com.atproto.sync.getBlob", params=query)
    assert blob.content == pictures.bytes[picture.sha256]
    assert publisher.find(session, wire).presence is Presence.PRESENT
    assert send(publisher, session, wire).kind is OutcomeKind.PUBLISHED
    assert stored(home, signed_in) == record


def test_a_card_without_picture_and_description_is_taken(
    home: Home, signed_in: SignedIn, publisher: BlueskyPublisher, pictures: Pictures
) -> None:
    content = carded(f"Look: {URL}", LinkCard(url=URL, title="T"), link=None)
    session = session_of(signed_in)
    wire = publisher.prepare(session, content, pictures, target_id="t", at=AT)
    assert send(publisher, session, wire).kind is OutcomeKind.PUBLISHED
    record = stored(home, signed_in)
    assert record["embed"] == {
        "$type": "app.bsky.embed.external",
        "external": {"uri": URL, "title": "T", "description": ""},
    }
    (facet,) = record["facets"]
    assert facet["features"][0]["uri"] == URL


def test_both_refuse_the_same_cards(
    home: Home, signed_in: SignedIn, publisher: BlueskyPublisher, pictures: Pictures
) -> None:
    session = session_of(signed_in)
    good = publisher.prepare(session, carded("Hi"), pictures, target_id="t", at=AT)
    too_big = pictures.add_large()
    assert too_big.size > 1_000_000
    big_card = replace(CARD, picture=too_big)
    big = publisher.prepare(session, carded("Hi", big_card), pictures, target_id="t", at=AT)
    outcomes = [send(publisher, session, big)]
    for name in ("uri", "title", "description"):
        body = json.loads(good)
        del body["record"]["embed"]["external"][name]
        outcomes.append(send(publisher, session, json.dumps(body)))
    body = json.loads(good)
    body["record"]["embed"]["external"]["uri"] = "no address"
    outcomes.append(send(publisher, session, json.dumps(body)))
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.REJECTED] * 5


def test_a_picture_that_is_gone_is_said(
    home: Home, signed_in: SignedIn, publisher: BlueskyPublisher, pictures: Pictures
) -> None:
    gone = replace(pictures.add("red"), sha256="0" * 64)
    with pytest.raises(PrepareFailed) as caught:
        publisher.prepare(
            session_of(signed_in),
            carded("Hi", replace(CARD, picture=gone)),
            pictures,
            target_id="t",
            at=AT,
        )
    assert caught.value.outcome.code == "media_missing"


def test_the_lexicon_has_what_is_sent(publisher: BlueskyPublisher, pictures: Pictures) -> None:
    from tests.bluesky.world import contracts

    found = json.loads(contracts("lexicons", "app", "bsky", "embed", "external.json").read_text())
    external = found["defs"]["external"]
    assert external["required"] == ["uri", "title", "description"]
    assert external["properties"]["thumb"]["maxSize"] == 1_000_000
