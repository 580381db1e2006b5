"""The whole adapter against the sandbox's LinkedIn, over HTTP."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from postflow_desktop.domain.account import Tokens
from postflow_desktop.domain.errors import InvalidInput, NotAllowed, Refused
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.step import StepKind
from postflow_desktop.platforms.linkedin.connector import LinkedInConnector
from postflow_desktop.platforms.linkedin.publisher import LinkedInPublisher
from postflow_desktop.sandbox.faults import FaultKind
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.publisher import PrepareFailed, Presence, ReplyTo
from postflow_desktop.transport.client import HttpClient
from tests.linkedin.world import ORGANIZATION, PERSON, Pictures, Seat, grant, payload, session_of

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


def test_one_sign_in_brings_the_person_and_the_organizations(
    connector: LinkedInConnector, http: HttpClient, sandbox: SandboxServer
) -> None:
    found = connector.identities(sandbox.url, grant(http, sandbox.url, "Ana, Zebra, Apple"))
    assert [one.username for one in found] == ["Ana", "Apple", "Zebra"]
    assert found[0].user_id.startswith("urn:li:person:")
    assert found[1].user_id.startswith("urn:li:organization:")
    for one in found:
        assert connector.check(session_of(one)) == one.username
    left = (found[0].tokens.expires_at or datetime.now(UTC)) - datetime.now(UTC)
    assert timedelta(days=59) < left <= timedelta(days=60)


def test_an_app_with_the_usual_products_brings_the_person_alone_and_no_refresh(
    connector: LinkedInConnector, http: HttpClient, sandbox: SandboxServer
) -> None:
    (one,) = connector.identities(sandbox.url, grant(http, sandbox.url, partner=False))
    assert (one.username, one.tokens.refresh) == (PERSON, None)
    with pytest.raises(NotAllowed) as caught:
        connector.refresh(sandbox.url, one.tokens)
    assert caught.value.code == "reconnect_needed"
    with pytest.raises(Refused) as refused:
        connector.sign_out(sandbox.url, one.tokens)
    assert refused.value.code == "not_revocable"


def test_a_name_chooses_among_several(
    connector: LinkedInConnector, http: HttpClient, sandbox: SandboxServer
) -> None:
    chosen = connector.sign_in(sandbox.url, ORGANIZATION.upper(), grant(http, sandbox.url))
    assert chosen.username == ORGANIZATION
    for wanted, code in (("", "choose_account"), ("Nobody", "other_account")):
        with pytest.raises(NotAllowed) as caught:
            connector.sign_in(sandbox.url, wanted, grant(http, sandbox.url))
        assert caught.value.code == code


def test_a_code_works_once_and_only_with_the_apps_secret(
    connector: LinkedInConnector, http: HttpClient, sandbox: SandboxServer
) -> None:
    secret = grant(http, sandbox.url)
    wrong = json.dumps(json.loads(secret) | {"client_secret": "another"})
    connector.identities(sandbox.url, secret)
    with pytest.raises(NotAllowed) as caught:
        connector.identities(sandbox.url, secret)
    assert caught.value.code == "authorization_failed"
    with pytest.raises(NotAllowed) as other:
        connector.identities(sandbox.url, wrong)
    assert other.value.code == "wrong_client_secret"
    assert "another" not in str(other.value)


def test_who_says_no_is_told_so(http: HttpClient, sandbox: SandboxServer) -> None:
    with pytest.raises(NotAllowed) as caught:
        grant(http, sandbox.url, allow=False)
    assert caught.value.code == "access_denied"


def test_refreshing_and_revoking(organization: Seat, sandbox: SandboxServer) -> None:
    fresh = organization.connector.refresh(sandbox.url, organization.signed_in.tokens)
    assert fresh.user_id == organization.signed_in.user_id
    assert fresh.tokens.refresh is not None
    assert organization.connector.check(session_of(fresh)) == ORGANIZATION
    organization.connector.sign_out(sandbox.url, fresh.tokens)
    with pytest.raises(NotAllowed):
        organization.connector.check(session_of(fresh))
    with pytest.raises(NotAllowed) as caught:
        organization.connector.refresh(sandbox.url, Tokens(access="x", refresh="{}"))
    assert caught.value.code == "reconnect_needed"


def test_the_whole_post_arrives_as_written(organization: Seat, sandbox: SandboxServer) -> None:
    text = f"Neu & frisch (heute) [1] {{2}} <3> *4* _5_ ~6~ | @ana \\ {FAMILY} #Brot"
    pictures = organization.pictures
    media = (pictures.add("red", alt="Ein rotes Regal"), pictures.add("blue"))
    outcome = organization.post(text, *media, link="https://bakery.com/a_b?c=(d)")
    assert outcome.kind is OutcomeKind.PUBLISHED
    assert outcome.result is not None
    urn = outcome.result.external_id
    assert outcome.result.url == f"https://www.linkedin.com/feed/update/{urn}/"
    shown = f"{text}\n\nhttps://bakery.com/a_b?c=(d)"
    assert [entry.text for entry in sandbox.log] == [shown]
    post = organization.publisher.fetch(organization.session, urn)
    assert post is not None
    assert post.text == shown
    stored = sandbox.linkedin.stored.read(urn)
    images = stored["content"]["multiImage"]["images"]
    assert [one.get("altText") for one in images] == ["Ein rotes Regal", None]


def test_one_picture_a_card_and_words_alone(person: Seat, sandbox: SandboxServer) -> None:
    one = person.post("With a picture", person.pictures.add("green", alt="Grün"))
    card = person.post("With a card", link="https://www.bakery.com/menu")
    bare = person.post("", link="https://bakery.com")
    read = sandbox.linkedin.stored.read
    contents = [read(o.result.external_id)["content"] for o in (one, card, bare) if o.result]
    assert contents[0]["media"]["altText"] == "Grün"
    assert contents[1] == {
        "article": {"source": "https://www.bakery.com/menu", "title": "bakery.com"}
    }
    assert contents[2]["article"]["source"] == "https://bakery.com"


def test_the_same_words_again_are_refused_and_name_the_post(organization: Seat) -> None:
    first = organization.post("Only once")
    again = organization.post("Only once")
    assert again.kind is OutcomeKind.DUPLICATE
    assert again.result == first.result


def test_an_organizations_post_is_found_by_its_words(organization: Seat) -> None:
    wire = organization.wire("Find (me) #here", organization.pictures.add("red"))
    finding = organization.publisher.find(organization.session, wire)
    assert finding.presence is Presence.ABSENT
    sent = organization.send(wire)
    organization.post("Find (me)  #here  too")
    finding = organization.publisher.find(organization.session, wire)
    assert (finding.presence, finding.result) == (Presence.PRESENT, sent.result)


def test_a_persons_posts_can_not_be_looked_for(person: Seat) -> None:
    wire = person.wire("Where am I?")
    person.send(wire)
    finding = person.publisher.find(person.session, wire)
    assert finding.presence is Presence.ABSENT
    assert "no app" in finding.message
    with pytest.raises(InvalidInput):
        person.publisher.list_own(person.session)


def test_listing_pages_and_deleting(organization: Seat) -> None:
    urns = [organization.post(f"Number {number}").result for number in range(5)]
    publisher, session = organization.publisher, organization.session
    first = publisher.list_own(session, limit=3)
    second = publisher.list_own(session, cursor=first.cursor, limit=3)
    assert [p.text for p in (*first.posts, *second.posts)] == [
        f"Number {number}" for number in reversed(range(5))
    ]
    assert urns[0] is not None
    for _ in range(2):
        publisher.delete(session, urns[0].external_id)
    assert publisher.fetch(session, urns[0].external_id) is None


def test_a_first_comment_is_made_found_and_deleted(organization: Seat) -> None:
    post = organization.post("The post").result
    assert post is not None
    publisher, session = organization.publisher, organization.session
    reply_to = ReplyTo(kind=StepKind.FIRST_COMMENT, root=post.external_id, parent=post.external_id)
    wire = publisher.prepare(
        session,
        payload("More (here): https://bakery.com"),
        organization.media,
        target_id="target/1",
        at=organization.now(),
        reply_to=reply_to,
    )
    assert publisher.find(session, wire).presence is Presence.ABSENT
    outcome = organization.send(wire)
    assert outcome.kind is OutcomeKind.PUBLISHED
    assert outcome.result is not None
    assert outcome.result.external_id.startswith("urn:li:comment:(")
    assert outcome.result.url == post.url
    assert publisher.find(session, wire).result == outcome.result
    publisher.delete(session, outcome.result.external_id)
    assert publisher.find(session, wire).presence is Presence.ABSENT


def test_a_picture_that_ended_asks_for_a_new_wire_form(
    organization: Seat, sandbox: SandboxServer
) -> None:
    wire = organization.wire("Late", organization.pictures.add("red"))
    sandbox.linkedin.forget_media()
    outcome = organization.send(wire)
    assert (outcome.kind, outcome.new_wire) == (OutcomeKind.REJECTED_FOR_NOW, True)


def test_pictures_of_one_author_are_of_no_use_to_another(person: Seat, organization: Seat) -> None:
    wire = json.loads(person.wire("Mine", person.pictures.add("red")))
    body = json.loads(wire["body"]) | {"author": organization.session.user_id}
    outcome = organization.send(json.dumps(wire | {"body": json.dumps(body)}))
    assert (outcome.kind, outcome.code) == (OutcomeKind.REJECTED, "post_refused")


@pytest.mark.parametrize(
    ("fault", "kind", "count"),
    [
        (FaultKind.RATE_LIMITED, OutcomeKind.REJECTED_FOR_NOW, 0),
        (FaultKind.UNAVAILABLE, OutcomeKind.AMBIGUOUS, 0),
        (FaultKind.EXPIRED_TOKEN, OutcomeKind.UNAUTHORIZED, 0),
        (FaultKind.RESET_BEFORE, OutcomeKind.AMBIGUOUS, 0),
        (FaultKind.ERROR_AFTER, OutcomeKind.AMBIGUOUS, 1),
    ],
)
def test_faults_are_read_as_what_they_are(
    organization: Seat, sandbox: SandboxServer, fault: FaultKind, kind: OutcomeKind, count: int
) -> None:
    wire = organization.wire("Under stress")
    sandbox.fail(fault)
    assert organization.send(wire).kind is kind
    assert len(sandbox.log) == count


def test_what_linkedin_would_refuse_is_found_before_anything_is_sent(organization: Seat) -> None:
    publisher = organization.publisher
    for text, link, code in (
        ("x" * 3001, None, "text_too_long"),
        ("", None, "empty_post"),
        ("half \ud83d", None, "bad_text"),
        ("link", "ftp://bakery.com", "bad_link"),
    ):
        with pytest.raises(PrepareFailed) as caught:
            organization.wire(text, link=link)
        assert caught.value.outcome.code == code
    full = organization.post("(" * 3000)
    assert full.kind is OutcomeKind.PUBLISHED
    assert publisher.measure("(" * 3000) == 3000


def test_a_version_that_was_switched_off_is_told(
    http: HttpClient, organization: Seat, sandbox: SandboxServer
) -> None:
    from postflow_desktop.machine.clock import SystemClock

    old = LinkedInPublisher(http, SystemClock(), "202501")
    wire = organization.wire("Old")
    outcome = old.publish(
        organization.session, wire, before_first_byte=lambda: None, on_reply=lambda _: None
    )
    assert (outcome.kind, outcome.code) == (OutcomeKind.REJECTED, "old_version")
    assert sandbox.log == ()


def test_the_upload_address_is_used_letter_by_letter(person: Seat) -> None:
    # The sandbox refuses an upload whose `%253D` came back decoded.
    assert person.post("Picture", Pictures.add(person.pictures, "red")).result is not None
