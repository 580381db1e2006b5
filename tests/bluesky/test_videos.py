"""Videos: as a blob on a real PDS and on the sandbox, and through the video service's jobs."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from postflow_desktop.domain.account import SignedIn
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.platforms.bluesky import videos
from postflow_desktop.platforms.bluesky.connector import BlueskyConnector
from postflow_desktop.platforms.bluesky.limits import MAX_BLOB_BYTES
from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
from postflow_desktop.platforms.bluesky.videos import Videos
from postflow_desktop.platforms.bluesky.xrpc import Xrpc
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.publisher import PrepareFailed, Presence
from postflow_desktop.transport.client import HttpClient
from tests.bluesky.conftest import Home
from tests.bluesky.world import AT, Pictures, SystemClock, payload, send, session_of
from tests.media.films import film

# The first session may have to build the real server.
pytestmark = pytest.mark.timeout(1800)


def add_film(pictures: Pictures, data: bytes | None = None, alt: str = "A loaf") -> Media:
    content = film(size=200_000) if data is None else data
    return pictures.keep(
        Media(
            kind=MediaKind.VIDEO,
            sha256=hashlib.sha256(content).hexdigest(),
            mime="video/mp4",
            size=len(content),
            width=640,
            height=360,
            alt=alt,
            duration=12.5,
            codec="avc1",
        ),
        content,
    )


def embed_of(wire: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(wire)["record"]["embed"]
    return found


def test_a_video_arrives_as_a_blob(
    home: Home, signed_in: SignedIn, publisher: BlueskyPublisher, pictures: Pictures
) -> None:
    item, session = add_film(pictures), session_of(signed_in)
    wire = publisher.prepare(session, payload("Look", item), pictures, target_id="t", at=AT)
    embed = embed_of(wire)
    assert (embed["$type"], embed["alt"]) == ("app.bsky.embed.video", "A loaf")
    assert embed["aspectRatio"] == {"width": 640, "height": 360}
    assert send(publisher, session, wire).kind is OutcomeKind.PUBLISHED
    assert publisher.find(session, wire).presence is Presence.PRESENT
    query = {"did": signed_in.user_id, "cid": embed["video"]["ref"]["$link"]}
    blob = httpx.get(f"{home.service}/xrpc/com.atproto.sync.getBlob", params=query)
    assert blob.headers["content-type"] == "video/mp4"
    assert blob.content == pictures.bytes[item.sha256]
    publisher.upload_again(session, payload("Look", item), pictures)
    assert send(publisher, session, wire).kind is OutcomeKind.PUBLISHED


def test_both_refuse_what_is_no_video(
    home: Home, signed_in: SignedIn, publisher: BlueskyPublisher, pictures: Pictures
) -> None:
    session = session_of(signed_in)
    item = add_film(pictures)
    wire = publisher.prepare(session, payload("Look", item), pictures, target_id="t", at=AT)
    picture = publisher.prepare(
        session, payload("Look", pictures.add("red")), pictures, target_id="u", at=AT
    )
    body = json.loads(wire)
    body["record"]["embed"]["video"] = embed_of(picture)["images"][0]["image"]
    assert send(publisher, session, json.dumps(body)).kind is OutcomeKind.REJECTED
    body = json.loads(wire)
    body["record"]["embed"]["aspectRatio"] = {"width": 0, "height": 1}
    assert send(publisher, session, json.dumps(body)).kind is OutcomeKind.REJECTED


def test_a_server_lets_another_one_put_a_blob(
    home: Home, signed_in: SignedIn, http: HttpClient
) -> None:
    token = Videos(Xrpc(http), SystemClock())._service_token(session_of(signed_in))
    if home.name == "real":
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        assert claims["iss"] == signed_in.user_id
        assert claims["lxm"] == "com.atproto.repo.uploadBlob"
        assert claims["aud"].startswith("did:web:")
    assert token


class Served:
    """An account of the sandbox whose videos go through its video service."""

    def __init__(self, http: HttpClient, sandbox: SandboxServer, pictures: Pictures) -> None:
        signed_in = BlueskyConnector(http, SystemClock()).sign_in(
            sandbox.url, "anna.test", "aaaa-bbbb-cccc-dddd"
        )
        self.sandbox = sandbox
        self.pictures = pictures
        self.session = session_of(signed_in)
        self.publisher = BlueskyPublisher(http, SystemClock(), sandbox.url)

    def wire(self, item: Media) -> str:
        return self.publisher.prepare(
            self.session, payload("Look", item), self.pictures, target_id="t", at=AT
        )

    def failure(self, item: Media) -> Outcome:
        with pytest.raises(PrepareFailed) as caught:
            self.wire(item)
        return caught.value.outcome


@pytest.fixture
def served(http: HttpClient, sandbox: SandboxServer, pictures: Pictures) -> Served:
    return Served(http, sandbox, pictures)


def test_the_service_makes_a_video_ready_while_the_claim_is_kept(served: Served) -> None:
    item = add_film(served.pictures)
    wire = served.wire(item)
    assert served.pictures.waits == [1.0, 1.5, 2.25]
    assert embed_of(wire)["video"]["mimeType"] == "video/mp4"
    assert send(served.publisher, served.session, wire).kind is OutcomeKind.PUBLISHED
    page = httpx.get(served.sandbox.url).text
    assert "<video" in page


def test_a_video_that_the_service_has_is_not_made_twice(served: Served) -> None:
    item = add_film(served.pictures)
    first = served.wire(item)
    served.pictures.waits.clear()
    assert served.wire(item) == first
    assert served.pictures.waits == []


def test_a_try_that_broke_off_goes_on_with_the_job(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = add_film(served.pictures)
    monkeypatch.setattr(videos, "LONGEST_WAIT", 1.0)
    outcome = served.failure(item)
    assert (outcome.kind, outcome.code) == (OutcomeKind.NOT_SENT, "video_processing")
    monkeypatch.setattr(videos, "LONGEST_WAIT", 900.0)
    assert embed_of(served.wire(item))["video"]["size"] == item.size


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("encoding_failure", OutcomeKind.REJECTED, "video_refused"),
        ("validation_failure", OutcomeKind.REJECTED, "video_refused"),
        ("pds_upload_unsupported_blob_size", OutcomeKind.REJECTED, "video_refused"),
        ("pds_upload_failure", OutcomeKind.NOT_SENT, "video_service"),
        ("generic_failure", OutcomeKind.NOT_SENT, "video_service"),
    ],
)
def test_a_job_that_fails_says_whose_turn_it_is(
    served: Served, code: str, kind: OutcomeKind, said: str
) -> None:
    item = add_film(served.pictures, film(seed=b"sandbox:" + code.encode() + b"\0"))
    outcome = served.failure(item)
    assert (outcome.kind, outcome.code) == (kind, said)
    assert outcome.fix


def test_a_video_that_is_gone_or_too_big_is_said(
    served: Served, publisher: BlueskyPublisher
) -> None:
    gone = replace(add_film(served.pictures), sha256="0" * 64)
    assert served.failure(gone).code == "media_missing"
    huge = replace(add_film(served.pictures), size=MAX_BLOB_BYTES + 1)
    with pytest.raises(PrepareFailed) as caught:
        publisher.prepare(
            served.session, payload("Look", huge), served.pictures, target_id="t", at=AT
        )
    assert caught.value.outcome.code == "video_too_big"


@pytest.mark.parametrize(
    ("service", "server", "is_served"),
    [
        (videos.DEFAULT_VIDEO_SERVICE, "https://bsky.social", True),
        (videos.DEFAULT_VIDEO_SERVICE, "https://oyster.us-east.host.bsky.network", True),
        (videos.DEFAULT_VIDEO_SERVICE, "https://pds.example.org", False),
        (videos.DEFAULT_VIDEO_SERVICE, "https://evil-bsky.social.example", False),
        ("", "https://bsky.social", False),
        ("https://video.example.org", "https://pds.example.org", True),
    ],
)
def test_blueskys_service_is_for_blueskys_servers(
    http: HttpClient, service: str, server: str, is_served: bool
) -> None:
    assert Videos(Xrpc(http), SystemClock(), service)._is_served(server) is is_served


def test_the_lexicons_have_what_is_used() -> None:
    from tests.bluesky.world import contracts

    folder = contracts("lexicons", "app", "bsky")
    status = json.loads((folder / "video" / "defs.json").read_text())["defs"]["jobStatus"]
    known = set(status["properties"]["failureCode"]["knownValues"])
    assert known >= videos._FINAL
    assert {"JOB_STATE_COMPLETED", "JOB_STATE_FAILED"} <= set(
        status["properties"]["state"]["knownValues"]
    )
    embed = json.loads((folder / "embed" / "video.json").read_text())["defs"]["main"]
    assert embed["properties"]["video"] == embed["properties"]["video"] | {
        "accept": ["video/mp4"],
        "maxSize": 300_000_000,
    }
