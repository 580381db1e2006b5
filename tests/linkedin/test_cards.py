"""Link cards on LinkedIn: an article with what was read of the page, since nothing is scraped."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import LinkCard
from postflow_desktop.platforms.linkedin.wire import read_wire
from postflow_desktop.services.ports.publisher import PrepareFailed, Presence
from tests.linkedin.world import Seat, payload

URL = "https://news.example/story"
CARD = LinkCard(url=URL, title="Fresh bread", description="Every day (at six) #bread")


def carded(text: str, card: LinkCard = CARD, link: str | None = URL) -> Payload:
    return replace(payload(text, link=link), card=card)


def wire(seat: Seat, content: Payload) -> str:
    return seat.publisher.prepare(
        seat.session, content, seat.media, target_id="target", at=seat.now()
    )


def article(stored: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read_wire(stored).body)["content"]["article"]
    return found


def test_a_card_becomes_an_article_with_its_picture(organization: Seat) -> None:
    seat = organization
    picture = seat.pictures.add("teal", size=(600, 315))
    stored = wire(seat, carded("Read this", replace(CARD, picture=picture)))
    sent = article(stored)
    assert sent.pop("thumbnail").startswith("urn:li:image:")
    assert sent == {"source": URL, "title": CARD.title, "description": CARD.description}
    assert read_wire(stored).text == "Read this"
    outcome = seat.send(stored)
    assert outcome.kind is OutcomeKind.PUBLISHED
    assert seat.publisher.find(seat.session, stored).presence is Presence.PRESENT


def test_a_link_in_the_words_gets_its_card_too(organization: Seat) -> None:
    stored = wire(organization, carded(f"Read {URL}", link=None))
    assert article(stored)["source"] == URL
    assert read_wire(stored).text == f"Read {URL}"
    assert organization.send(stored).kind is OutcomeKind.PUBLISHED


def test_without_a_card_it_is_the_name_of_the_site(organization: Seat) -> None:
    stored = wire(organization, payload("Read this", link=URL))
    assert article(stored) == {"source": URL, "title": "news.example"}


@pytest.mark.parametrize(
    "card",
    [replace(CARD, title="é" * 401), replace(CARD, description="x" * 4087)],
)
def test_a_card_that_is_too_long_is_refused_here_and_there(
    organization: Seat, card: LinkCard
) -> None:
    with pytest.raises(PrepareFailed) as caught:
        wire(organization, carded("Read this", card))
    assert (caught.value.outcome.kind, caught.value.outcome.code) == (
        OutcomeKind.REJECTED,
        "card_too_long",
    )
    stored = json.loads(wire(organization, carded("Read this")))
    body = json.loads(stored["body"])
    body["content"]["article"] |= {"title": card.title, "description": card.description}
    sent = organization.send(json.dumps({**stored, "body": json.dumps(body)}))
    assert sent.kind is OutcomeKind.REJECTED


def test_a_picture_that_linkedin_does_not_have_is_uploaded_again(organization: Seat) -> None:
    stored = json.loads(wire(organization, carded("Read this")))
    body = json.loads(stored["body"])
    body["content"]["article"]["thumbnail"] = "urn:li:image:C4Enobody"
    sent = organization.send(json.dumps({**stored, "body": json.dumps(body)}))
    assert (sent.kind, sent.code) == (OutcomeKind.REJECTED_FOR_NOW, "media_expired")
