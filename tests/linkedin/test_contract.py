"""Every request letter by letter, and every reply of LinkedIn's documentation read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import NotAllowed
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.step import StepKind
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.platforms.linkedin.connector import LinkedInConnector
from postflow_desktop.platforms.linkedin.metrics import LinkedInMetrics
from postflow_desktop.platforms.linkedin.publisher import LinkedInPublisher
from postflow_desktop.platforms.linkedin.wire import comment_wire, post_wire
from postflow_desktop.sandbox.exchange import Answer, Call
from postflow_desktop.services.ports.publisher import PrepareFailed, Presence, ReplyTo
from tests.kit.adapters import send
from tests.kit.canned import Asked, Canned, canned
from tests.kit.witness import Exchange, WitnessedSandbox
from tests.linkedin.sheet import CALLS, off_sheet
from tests.linkedin.world import Pictures, Seat, payload, session_of

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
ORGANIZATION = "urn:li:organization:5515715"
PERSON = "urn:li:person:782bbtaQ"
SHARE = "urn:li:share:6844785523593134080"
VIDEO_POST = "urn:li:ugcPost:6844785523593134081"
IMAGE = "urn:li:image:C4E10AQFoyyAjHPMQuQ"
MADE = 1_763_640_060_000
"""20 November 2025, 12:01 UTC, in milliseconds."""


def account(server: str, user: str = ORGANIZATION) -> Session:
    return Session(
        account_id="a",
        network=Network.LINKEDIN,
        user_id=user,
        username="Corner Bakery",
        service=server,
        access_token="AQX",
    )


def told(body: object, status: int = 200, **headers: str) -> Callable[[Asked], Canned]:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    raw = b"" if body is None else json.dumps(body).encode()
    return lambda _: Canned(status=status, headers=names, body=raw)


def test_a_whole_life_fits_the_documentation(
    person: Seat, organization: Seat, sandbox: WitnessedSandbox
) -> None:
    pictures = organization.pictures
    organization.post("Words (alone)")
    organization.post("One", pictures.add("red", alt="Rot"))
    root = organization.post("Two", pictures.add("red"), pictures.add("blue")).result
    person.post("Card", link="https://bakery.com/menu")
    assert root is not None
    reply_to = ReplyTo(kind=StepKind.FIRST_COMMENT, root=root.external_id, parent=root.external_id)
    wire = organization.publisher.prepare(
        organization.session,
        payload("More (here)"),
        organization.media,
        target_id="t/1",
        at=organization.now(),
        reply_to=reply_to,
    )
    comment = organization.send(wire).result
    assert comment is not None
    assert organization.publisher.find(organization.session, wire).result == comment
    organization.publisher.list_own(organization.session, limit=2)
    organization.publisher.fetch(organization.session, root.external_id)
    for one in (comment, root):
        organization.publisher.delete(organization.session, one.external_id)
    fresh = organization.connector.refresh(sandbox.url, organization.signed_in.tokens)
    assert organization.connector.check(session_of(fresh)) == "Corner Bakery"
    organization.connector.sign_out(sandbox.url, fresh.tokens)

    calls = [one for one in sandbox.exchanges if one.call.path.startswith(("/rest/", "/dms-"))]
    assert [(one.place, what) for one in calls for what in off_sheet(one)] == []
    assert all(one.status in {200, 201, 204} for one in calls)
    assert {one.place.split("/urn")[0] for one in calls} >= {
        "POST /rest/posts",
        "GET /rest/posts",
        "DELETE /rest/posts",
        "POST /rest/images",
        "GET /rest/images",
        "PUT /dms-uploads",
        "GET /rest/organizationAcls",
        "POST /rest/socialActions",
        "GET /rest/socialActions",
        "DELETE /rest/socialActions",
    }


def test_numbers_are_asked_for_as_documented(
    person: Seat, organization: Seat, sandbox: WitnessedSandbox
) -> None:
    posts = [organization.post(f"Number {number}").result for number in range(3)]
    own = person.post("Mine").result
    assert own is not None
    metrics = LinkedInMetrics(organization.http, SystemClock())
    ids = [one.external_id for one in posts if one is not None]
    assert set(metrics.of_posts(organization.session, ids)) == set(ids)
    metrics.of_posts(organization.session, [VIDEO_POST])
    assert metrics.of_account(organization.session).followers is not None
    metrics.of_posts(person.session, [own.external_id])
    metrics.of_account(person.session)
    calls = [one for one in sandbox.exchanges if one.call.path.startswith("/rest/")]
    assert [(one.place, what) for one in calls for what in off_sheet(one)] == []
    assert {one.call.path.split("/")[2] for one in calls} >= {
        "organizationalEntityShareStatistics",
        "networkSizes",
        "memberCreatorPostAnalytics",
        "memberFollowersCount",
    }


HEADERS = {
    "authorization": "Bearer AQX",
    "linkedin-version": "202609",
    "x-restli-protocol-version": "2.0.0",
}
BODY = json.loads(json.loads(post_wire(ORGANIZATION, "Hi", [], None, AT))["body"])
CREATE = Call(
    method="POST",
    path="/rest/posts",
    headers=HEADERS | {"content-type": "application/json"},
    body=json.dumps(BODY).encode(),
)


def changed(**fields: Any) -> Call:
    return replace(CREATE, body=json.dumps(BODY | fields).encode())


@pytest.mark.parametrize(
    "call",
    [
        replace(CREATE, method="PUT"),
        replace(CREATE, path="/rest/shares"),
        replace(CREATE, headers=HEADERS),
        *(
            replace(CREATE, headers={k: v for k, v in CREATE.headers.items() if k != name})
            for name in HEADERS
        ),
        replace(CREATE, headers=CREATE.headers | {"linkedin-version": "latest"}),
        replace(CREATE, headers=CREATE.headers | {"x-restli-method": "FINDER"}),
        replace(CREATE, method="GET", path="/rest/posts/urn:li:share:7", headers=HEADERS, body=b""),
        replace(
            CREATE, method="GET", path="/rest/posts/urn%253Ali%253Ashare%253A7", headers=HEADERS
        ),
        replace(CREATE, method="DELETE", path="/rest/posts/urn%3Ali%3Ashare%3A7", headers=HEADERS),
        changed(author="urn:li:member:1"),
        changed(commentary="Hello (world)"),
        changed(visibility="EVERYBODY"),
        changed(lifecycleState="DRAFT"),
        changed(distribution={"feedDistribution": "NONE"}),
        changed(content={"media": {"id": "C4E"}}),
        changed(content={"multiImage": {"images": [{"id": IMAGE}]}}),
        changed(content={"article": {"source": "https://x.de", "title": "x" * 401}}),
        changed(content={"media": {"id": IMAGE}, "article": {"source": "x", "title": "x"}}),
        changed(extra=True),
    ],
)
def test_the_checker_itself_finds_what_is_wrong(call: Call) -> None:
    assert off_sheet(Exchange(call=CREATE, answer=Answer(status=201))) == []
    assert off_sheet(Exchange(call=call, answer=Answer(status=201))) != []


def test_the_targets_letter_by_letter(publisher: LinkedInPublisher) -> None:
    post = "urn%3Ali%3Ashare%3A6844785523593134080"
    with canned(told({"elements": []})) as server:
        session = account(server.url)
        publisher.list_own(session, cursor="20", limit=10)
        publisher.find(session, comment_wire(ORGANIZATION, SHARE, "Hi", AT))
        publisher.fetch(session, SHARE)
        publisher.delete(session, SHARE)
        publisher.delete(session, f"urn:li:comment:({SHARE},42)")
        send(publisher, session, post_wire(ORGANIZATION, "Hi", [], None, AT))
        send(publisher, session, comment_wire(ORGANIZATION, SHARE, "Hi", AT))
        targets = [f"{one.method} {one.target}" for one in server.asked]
        encoded = "urn%3Ali%3Aorganization%3A5515715"
        assert targets[:4] == [
            f"GET /rest/posts?q=author&author={encoded}&count=10&start=20&sortBy=LAST_MODIFIED",
            f"GET /rest/socialActions/{post}/comments?count=100",
            f"GET /rest/posts/{post}",
            f"DELETE /rest/posts/{post}",
        ]
        assert targets[4].startswith(f"DELETE /rest/socialActions/{post}/comments/42")
        assert targets[5:] == [
            "POST /rest/posts",
            f"POST /rest/socialActions/{post}/comments",
        ]
        for one in server.asked:
            assert one.headers["linkedin-version"] == "202609"
            assert one.headers["authorization"] == "Bearer AQX"


@pytest.mark.parametrize("name", ["x-restli-id", "X-RestLi-Id", "X-Restli-ID"])
@pytest.mark.parametrize("urn", [SHARE, VIDEO_POST])
def test_a_post_is_known_by_the_header_of_an_empty_reply(
    publisher: LinkedInPublisher, name: str, urn: str
) -> None:
    with canned(lambda _: Canned(status=201, headers={name: urn})) as server:
        wire = post_wire(ORGANIZATION, "Hi", [], None, AT)
        outcome = send(publisher, account(server.url), wire)
    assert outcome.kind is OutcomeKind.PUBLISHED
    assert outcome.result is not None
    assert outcome.result.url == f"https://www.linkedin.com/feed/update/{urn}/"


def test_a_comment_is_known_by_header_or_body(publisher: LinkedInPublisher) -> None:
    wire = comment_wire(ORGANIZATION, SHARE, "Hi", AT)
    name = f"urn:li:comment:({SHARE},6636062862760562688)"
    activity = "urn:li:comment:(urn:li:activity:6631349431612559360,6636062862760562688)"
    for answer, expected in (
        (told(None, 201, x_restli_id="6636062862760562688"), name),
        (told({"id": "6636062862760562688", "commentUrn": activity}, 201), name),
        (told(None, 201, x_restli_id=activity), activity),
    ):
        with canned(answer) as server:
            outcome = send(publisher, account(server.url), wire)
        assert outcome.result is not None
        assert outcome.result.external_id == expected


def test_posts_of_the_documentation_are_read(publisher: LinkedInPublisher) -> None:
    shown = {
        "id": SHARE,
        "author": ORGANIZATION,
        "commentary": "Hello \\(world\\) {hashtag|\\#|news} @[Acme](urn:li:organization:1)",
        "content": {"media": {"id": IMAGE, "altText": "x"}},
        "createdAt": MADE - 5,
        "publishedAt": MADE,
        "lastModifiedAt": MADE,
        "lifecycleState": "PUBLISHED",
        "visibility": "PUBLIC",
        "lifecycleStateInfo": {"isEditedByAuthor": False},
        "distribution": {"feedDistribution": "MAIN_FEED"},
    }
    with canned(told(shown)) as server:
        found = publisher.fetch(account(server.url), SHARE)
    assert found is not None
    assert found.text == "Hello (world) #news Acme"
    assert found.created_at == datetime.fromtimestamp(MADE / 1000, UTC)
    listing = {"elements": [shown], "paging": {"start": 0, "count": 10, "links": []}}
    with canned(told(listing)) as server:
        assert publisher.list_own(account(server.url), limit=10).posts == (found,)


def test_an_organization_and_a_person_are_read(connector: LinkedInConnector) -> None:
    def answer(asked: Asked) -> Canned:
        bodies: dict[str, Any] = {
            "/oauth/v2/accessToken": {
                "access_token": "AQX",
                "expires_in": 5184000,
                "scope": "openid,profile,w_member_social",
                "refresh_token": "AQW",
                "refresh_token_expires_in": 31535999,
                "id_token": "e.e.e",
            },
            "/v2/userinfo": {
                "sub": "782bbtaQ",
                "name": "Ana Baker",
                "given_name": "Ana",
                "family_name": "Baker",
                "picture": "https://media.licdn.com/x",
                "locale": {"country": "US", "language": "en"},
                "email": "ana@example.com",
                "email_verified": True,
            },
            "/rest/organizationAcls": {
                "elements": [
                    {"organization": ORGANIZATION, "role": "ADMINISTRATOR", "state": "APPROVED"},
                    # An older form of the same, and a role that may not post.
                    {"organizationTarget": "urn:li:organization:7", "role": "CONTENT_ADMIN"},
                    {"organization": "urn:li:organization:8", "role": "ANALYST"},
                ],
                "paging": {"start": 0, "count": 100},
            },
        }
        number = asked.path.rpartition("/")[2]
        body = bodies.get(asked.path, {"localizedName": f"Nr. {number}", "vanityName": "x"})
        return Canned(body=json.dumps(body).encode())

    secret = {
        "client_id": "app",
        "client_secret": "s",
        "redirect_uri": "http://localhost:1/c",
        "code": "c",
    }
    with canned(answer) as server:
        found = connector.identities(server.url, json.dumps(secret))
    assert [(one.user_id, one.username) for one in found] == [
        (PERSON, "Ana Baker"),
        (ORGANIZATION, "Nr. 5515715"),
        ("urn:li:organization:7", "Nr. 7"),
    ]
    assert all(one.tokens.refresh for one in found)


def upload(states: list[tuple[int, str]], put: int = 201) -> Callable[[Asked], Canned]:
    """LinkedIn's side of an upload, with what it says about the picture one after the other."""
    left = list(states)

    def answer(asked: Asked) -> Canned:
        if asked.method == "PUT":
            return Canned(status=put)
        if asked.method == "POST":
            host = asked.headers["host"]
            value = {
                "uploadUrlExpiresAt": 1650567510704,
                "uploadUrl": f"http://{host}/dms-uploads/C4E/0?ca=vector%253D1&cn=a%2Fb&sauth=1_2",
                "image": IMAGE,
            }
            return Canned(body=json.dumps({"value": value}).encode())
        status, state = left.pop(0)
        return Canned(status=status, body=json.dumps({"id": IMAGE, "status": state}).encode())

    return answer


@pytest.mark.parametrize("states", [[(200, "AVAILABLE")], [(200, "PROCESSING"), (403, "")]])
def test_an_upload_uses_the_address_byte_for_byte(
    publisher: LinkedInPublisher, states: list[tuple[int, str]]
) -> None:
    pictures = Pictures()
    red = pictures.add("red")
    with canned(upload(states)) as server:
        publisher.prepare(account(server.url), payload("x", red), pictures, target_id="t", at=AT)
        begun, put, *_ = server.asked
    assert begun.target == "/rest/images?action=initializeUpload"
    assert json.loads(begun.body) == {"initializeUploadRequest": {"owner": ORGANIZATION}}
    assert put.target == "/dms-uploads/C4E/0?ca=vector%253D1&cn=a%2Fb&sauth=1_2"
    assert put.headers["authorization"] == "Bearer AQX"
    assert put.body == pictures.bytes[red.sha256]


def test_a_picture_that_could_not_be_processed_stops_the_post(
    publisher: LinkedInPublisher,
) -> None:
    pictures = Pictures()
    content = payload("x", pictures.add("red"))
    with (
        canned(upload([(200, "PROCESSING_FAILED")])) as server,
        pytest.raises(PrepareFailed) as caught,
    ):
        publisher.prepare(account(server.url), content, pictures, target_id="t", at=AT)
    assert caught.value.outcome.fix


def test_the_duplicate_names_the_post_that_is_out(publisher: LinkedInPublisher) -> None:
    body = {
        "status": 422,
        "code": "DUPLICATE_POST",
        "message": f"Content is a duplicate of {SHARE}",
        "errorDetails": {"inputErrors": [{"description": "dup", "code": "DUPLICATE_POST"}]},
    }
    with canned(told(body, 422)) as server:
        wire = post_wire(PERSON, "Hi", [], None, AT)
        outcome = send(publisher, account(server.url, PERSON), wire)
    assert outcome.kind is OutcomeKind.DUPLICATE
    assert outcome.result is not None
    assert outcome.result.external_id == SHARE


def test_a_refused_refresh_asks_for_a_new_sign_in(connector: LinkedInConnector) -> None:
    from postflow_desktop.domain.account import Tokens
    from postflow_desktop.platforms.linkedin.grants import RefreshGrant

    kept = RefreshGrant(client_id="a", client_secret="s", author=PERSON, name="A", token="t")
    for status in (400, 401):
        body = {"error": "invalid_request", "error_description": "The token used is expired"}
        with canned(told(body, status)) as server, pytest.raises(NotAllowed) as caught:
            connector.refresh(server.url, Tokens(access="a", refresh=kept.as_text()))
        assert caught.value.code == "reconnect_needed"


@pytest.mark.parametrize("made", [MADE, None, "soon", True, 10**30, -1])
def test_a_moment_that_is_none_is_no_evidence(publisher: LinkedInPublisher, made: object) -> None:
    shown = {"id": SHARE, "author": ORGANIZATION, "commentary": "Hi", "publishedAt": made}
    wire = post_wire(ORGANIZATION, "Hi", [], None, datetime.fromtimestamp(MADE / 1000, UTC))
    with canned(told({"elements": [shown]})) as server:
        found = publisher.find(account(server.url), wire)
    assert found.presence is (Presence.PRESENT if made == MADE else Presence.ABSENT)


def test_every_call_of_the_tables_is_one_of_its_own() -> None:
    places = [(known.place, tuple(known.fixed.items()), known.query) for known in CALLS]
    assert len(set(places)) == len(places)
