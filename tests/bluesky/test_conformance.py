"""One suite, two servers: a real PDS and the sandbox have to treat the adapter alike."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from postflow_desktop.domain.account import SignedIn, Tokens
from postflow_desktop.domain.errors import NotAllowed, PostFlowError
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.platforms.bluesky.connector import BlueskyConnector
from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
from postflow_desktop.services.ports.publisher import PrepareFailed, Presence
from tests.bluesky.conftest import Home
from tests.bluesky.world import AT, Pictures, payload, send, session_of

# The first session may have to build the real server.
pytestmark = pytest.mark.timeout(1800)

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


def records(home: Home, did: str) -> list[dict[str, object]]:
    query = {"repo": did, "collection": "app.bsky.feed.post", "limit": "100"}
    answer = httpx.get(f"{home.service}/xrpc/com.atproto.repo.listRecords", params=query)
    found: list[dict[str, object]] = answer.raise_for_status().json()["records"]
    return found


def prepare(
    publisher: BlueskyPublisher, signed_in: SignedIn, text: str, *, target: str = "target-1"
) -> str:
    session = session_of(signed_in)
    return publisher.prepare(session, payload(text), Pictures(), target_id=target, at=AT)


def test_an_app_password_opens_a_session(home: Home, signed_in: SignedIn) -> None:
    assert signed_in.username == home.handle
    assert signed_in.user_id.startswith("did:plc:")
    assert signed_in.service == home.service
    assert signed_in.tokens.expires_at is not None
    assert timedelta(minutes=30) < signed_in.tokens.expires_at - datetime.now(UTC)
    assert signed_in.tokens.refresh


def test_a_handle_copied_with_decoration_works(home: Home, connector: BlueskyConnector) -> None:
    again = connector.sign_in(home.service, f" @{home.handle}\u202c ", f" {home.secret}\n")
    assert again.username == home.handle


def test_the_whole_post_arrives_as_written(
    home: Home, signed_in: SignedIn, publisher: BlueskyPublisher, pictures: Pictures
) -> None:
    link = "https://bücher.example/straße?ü=1"
    text = f"Neu {FAMILY} {link} #Bücher für @{home.handle}!"
    media = (pictures.add("red", alt="Ein rotes Regal"), pictures.add("blue", size=(30, 40)))
    session = session_of(signed_in)
    wire = publisher.prepare(session, payload(text, *media), pictures, target_id="t", at=AT)
    outcome = send(publisher, session, wire)

    assert outcome.kind is OutcomeKind.PUBLISHED
    assert outcome.result is not None
    rkey = outcome.result.external_id.rpartition("/")[2]
    assert outcome.result.url == f"https://bsky.app/profile/{signed_in.user_id}/post/{rkey}"
    (stored,) = records(home, signed_in.user_id)
    value = json.loads(json.dumps(stored["value"]))
    assert value["text"] == text
    assert value["createdAt"] == "2026-11-23T08:00:00.123Z"
    assert _facets(value) == [
        (link, {"$type": "app.bsky.richtext.facet#link", "uri": link}),
        ("#Bücher", {"$type": "app.bsky.richtext.facet#tag", "tag": "Bücher"}),
        (
            f"@{home.handle}",
            {"$type": "app.bsky.richtext.facet#mention", "did": signed_in.user_id},
        ),
    ]
    images = value["embed"]["images"]
    assert [image["alt"] for image in images] == ["Ein rotes Regal", ""]
    assert [image["aspectRatio"] for image in images] == [
        {"width": 40, "height": 30},
        {"width": 30, "height": 40},
    ]
    for image, item in zip(images, media, strict=True):
        query = {"did": signed_in.user_id, "cid": image["image"]["ref"]["$link"]}
        blob = httpx.get(f"{home.service}/xrpc/com.atproto.sync.getBlob", params=query)
        assert blob.content == pictures.bytes[item.sha256]


def _facets(value: dict[str, object]) -> list[tuple[str, dict[str, str]]]:
    raw = str(value["text"]).encode()
    facets = json.loads(json.dumps(value["facets"]))
    return [
        (raw[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode(), f["features"][0])
        for f in facets
    ]


def test_sending_the_same_wire_form_twice_makes_one_post(
    home: Home, signed_in: SignedIn, publisher: BlueskyPublisher
) -> None:
    wire = prepare(publisher, signed_in, "Once")
    first = send(publisher, session_of(signed_in), wire)
    second = send(publisher, session_of(signed_in), wire)
    assert first.kind is second.kind is OutcomeKind.PUBLISHED
    assert first.result == second.result
    assert len(records(home, signed_in.user_id)) == 1


def test_another_post_under_our_key_is_ambiguous_and_stays(
    home: Home, signed_in: SignedIn, publisher: BlueskyPublisher
) -> None:
    ours = prepare(publisher, signed_in, "Ours")
    send(publisher, session_of(signed_in), prepare(publisher, signed_in, "Theirs"))
    outcome = send(publisher, session_of(signed_in), ours)
    assert (outcome.kind, outcome.code) == (OutcomeKind.AMBIGUOUS, "key_exists")
    assert publisher.find(session_of(signed_in), ours).presence is Presence.OTHER
    (stored,) = records(home, signed_in.user_id)
    assert json.loads(json.dumps(stored["value"]))["text"] == "Theirs"


def test_a_post_is_absent_then_present_then_absent_again(
    signed_in: SignedIn, publisher: BlueskyPublisher
) -> None:
    session = session_of(signed_in)
    wire = prepare(publisher, signed_in, f"Look for me {FAMILY} https://example.com")
    assert publisher.find(session, wire).presence is Presence.ABSENT
    result = send(publisher, session, wire).result
    assert result is not None
    found = publisher.find(session, wire)
    assert (found.presence, found.result) == (Presence.PRESENT, result)
    post = publisher.fetch(session, result.external_id)
    assert post is not None
    assert post.text.startswith("Look for me")
    assert post.created_at == AT.replace(microsecond=123000)
    publisher.delete(session, result.external_id)
    publisher.delete(session, result.external_id)
    assert publisher.fetch(session, result.external_id) is None
    assert publisher.find(session, wire).presence is Presence.ABSENT


def test_own_posts_are_listed_newest_first_in_pages(
    signed_in: SignedIn, publisher: BlueskyPublisher
) -> None:
    session = session_of(signed_in)
    for number in range(5):
        at = AT + timedelta(minutes=number)
        wire = publisher.prepare(
            session, payload(f"Post {number}"), Pictures(), target_id=f"t{number}", at=at
        )
        assert send(publisher, session, wire).kind is OutcomeKind.PUBLISHED
    first = publisher.list_own(session, limit=3)
    assert [post.text for post in first.posts] == ["Post 4", "Post 3", "Post 2"]
    second = publisher.list_own(session, cursor=first.cursor, limit=3)
    assert [post.text for post in second.posts] == ["Post 1", "Post 0"]
    assert len(publisher.list_own(session, limit=5000).posts) == 5


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
def test_a_token_that_is_none_is_unauthorized(
    signed_in: SignedIn, publisher: BlueskyPublisher, token: str
) -> None:
    session = session_of(signed_in, token)
    outcome = send(publisher, session, prepare(publisher, signed_in, "Refused"))
    assert (outcome.kind, outcome.code) == (OutcomeKind.UNAUTHORIZED, "token_refused")
    with pytest.raises(NotAllowed) as caught:
        publisher.delete(session, f"at://{signed_in.user_id}/app.bsky.feed.post/2222222222222")
    assert caught.value.code == "token_refused"


def test_a_refresh_token_in_the_wrong_place_is_unauthorized(
    signed_in: SignedIn, publisher: BlueskyPublisher
) -> None:
    session = session_of(signed_in, signed_in.tokens.refresh)
    outcome = send(publisher, session, prepare(publisher, signed_in, "Refused"))
    assert outcome.kind is OutcomeKind.UNAUTHORIZED


def test_a_bad_token_stops_the_upload_before_anything_is_sent(
    signed_in: SignedIn, publisher: BlueskyPublisher, pictures: Pictures
) -> None:
    content = payload("With picture", pictures.add("green"))
    head, _, signature = signed_in.tokens.access.rpartition(".")
    forged = f"{head}.{signature[::-1]}"
    with pytest.raises(PrepareFailed) as caught:
        publisher.prepare(session_of(signed_in, forged), content, pictures, target_id="t", at=AT)
    assert caught.value.outcome.kind is OutcomeKind.UNAUTHORIZED


def change(wire: str, **record: object) -> str:
    body = json.loads(wire)
    body["record"] |= record
    return json.dumps(body)


def blob_record(link: str, size: int = 10) -> dict[str, object]:
    blob = {"$type": "blob", "ref": {"$link": link}, "mimeType": "image/png", "size": size}
    return {"$type": "app.bsky.embed.images", "images": [{"alt": "", "image": blob}]}


UNKNOWN_BLOB = "bafkreibme22gw2h7y2h7tg2fhqotaqjucnbc24deqo72b6mkl2egezxhvy"


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"text": "x" * 301}, "text_too_long"),
        ({"text": FAMILY * 125}, "text_too_long"),
        ({"createdAt": "yesterday"}, "post_refused"),
        ({"embed": blob_record(UNKNOWN_BLOB, 50_000_000)}, "image_too_large"),
        ({"facets": [{"index": {"byteStart": 0, "byteEnd": 1}, "features": 7}]}, "post_refused"),
    ],
)
def test_what_the_server_refuses_is_rejected_for_good(
    home: Home,
    signed_in: SignedIn,
    publisher: BlueskyPublisher,
    record: dict[str, object],
    code: str,
) -> None:
    wire = change(prepare(publisher, signed_in, "x"), **record)
    outcome = send(publisher, session_of(signed_in), wire)
    assert (outcome.kind, outcome.code) == (OutcomeKind.REJECTED, code)
    assert outcome.message
    assert outcome.fix
    assert records(home, signed_in.user_id) == []


def test_a_picture_that_the_server_dropped_has_to_be_uploaded_again(
    signed_in: SignedIn, publisher: BlueskyPublisher
) -> None:
    wire = change(prepare(publisher, signed_in, "x"), embed=blob_record(UNKNOWN_BLOB))
    outcome = send(publisher, session_of(signed_in), wire)
    assert (outcome.kind, outcome.code) == (OutcomeKind.REJECTED_FOR_NOW, "blob_missing")
    assert outcome.upload_again


def test_nobody_by_that_name_stays_text(signed_in: SignedIn, publisher: BlueskyPublisher) -> None:
    wire = prepare(publisher, signed_in, "Hello @nobody-at-all.test and a@b.test")
    assert "facets" not in json.loads(wire)["record"]


def test_refreshing_gives_tokens_that_work(
    home: Home, signed_in: SignedIn, connector: BlueskyConnector
) -> None:
    renewed = connector.refresh(home.service, signed_in.tokens)
    assert renewed.user_id == signed_in.user_id
    assert renewed.tokens.refresh != signed_in.tokens.refresh
    assert connector.check(session_of(renewed)) == home.handle


def test_a_refresh_whose_answer_got_lost_can_be_repeated(
    home: Home, signed_in: SignedIn, connector: BlueskyConnector
) -> None:
    connector.refresh(home.service, signed_in.tokens)
    again = connector.refresh(home.service, signed_in.tokens)
    assert connector.check(session_of(again)) == home.handle


def test_after_signing_out_only_a_new_sign_in_helps(
    home: Home, signed_in: SignedIn, connector: BlueskyConnector
) -> None:
    connector.sign_out(home.service, signed_in.tokens)
    connector.sign_out(home.service, signed_in.tokens)
    assert _refusal(connector, home, signed_in.tokens).code == "reconnect_needed"


@pytest.mark.parametrize("refresh", [None, "a.b.c"])
def test_a_refresh_token_that_is_none_needs_a_new_sign_in(
    home: Home, connector: BlueskyConnector, refresh: str | None
) -> None:
    tokens = Tokens(access="a.b.c", refresh=refresh)
    assert _refusal(connector, home, tokens).code == "reconnect_needed"


def _refusal(connector: BlueskyConnector, home: Home, tokens: Tokens) -> PostFlowError:
    with pytest.raises(NotAllowed) as caught:
        connector.refresh(home.service, tokens)
    assert caught.value.fix
    return caught.value


def test_checking_with_a_bad_token_is_not_allowed(
    signed_in: SignedIn, connector: BlueskyConnector
) -> None:
    with pytest.raises(NotAllowed):
        connector.check(session_of(signed_in, "a.b.c"))


@pytest.mark.parametrize("handle", ["no handle at all", "nobody-of-this-name"])
def test_an_unknown_handle_and_a_wrong_password_read_the_same(
    home: Home, connector: BlueskyConnector, handle: str
) -> None:
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(home.service, handle, "aaaa-aaaa-aaaa-aaaa")
    assert caught.value.code == "wrong_app_password"


def test_a_wrong_app_password_is_refused(home: Home, connector: BlueskyConnector) -> None:
    wrong = "" if home.name == "sandbox" else "aaaa-aaaa-aaaa-aaaa"
    with pytest.raises(NotAllowed) as caught:
        connector.sign_in(home.service, home.handle, wrong)
    assert caught.value.code == "wrong_app_password"
    assert caught.value.fix


def test_the_guard_keeps_a_post_from_the_server(
    home: Home, signed_in: SignedIn, publisher: BlueskyPublisher
) -> None:
    from postflow_desktop.services.ports.publisher import SendRefused

    def guard() -> None:
        raise SendRefused("The lease is too short.")

    wire = prepare(publisher, signed_in, "Not this one")
    outcome: Outcome = publisher.publish(
        session_of(signed_in), wire, before_first_byte=guard, on_reply=lambda reply: None
    )
    assert outcome.kind is OutcomeKind.NOT_SENT
    assert records(home, signed_in.user_id) == []
