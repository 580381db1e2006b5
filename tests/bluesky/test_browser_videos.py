"""Videos and cards of accounts that were connected in the browser: their tokens have a key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.domain.post import LinkCard
from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
from postflow_desktop.platforms.bluesky.videos import Videos
from postflow_desktop.platforms.bluesky.xrpc import Xrpc
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.transport.client import HttpClient
from tests.bluesky.browser_home import BrowserHome, real_home, sandbox_home
from tests.bluesky.test_videos import add_film, embed_of
from tests.bluesky.world import AT, Pictures, SystemClock, payload, send, session_of

# The first session may have to build the real server.
pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(params=["real", "sandbox"])
def browser(request: pytest.FixtureRequest, http: HttpClient) -> BrowserHome:
    if request.param == "real":
        return real_home(http, request.getfixturevalue("pds"))
    return sandbox_home(http, request.getfixturevalue("sandbox"))


def test_a_video_and_a_card_go_out(browser: BrowserHome, http: HttpClient) -> None:
    session, pictures = session_of(browser.sign_in()), Pictures()
    publisher = browser.publisher
    film = payload("Look", add_film(pictures))
    wire = publisher.prepare(session, film, pictures, target_id="a", at=AT)
    assert send(publisher, session, wire).kind is OutcomeKind.PUBLISHED
    card = LinkCard(url="https://news.example/", title="T", picture=pictures.add("red"))
    content = replace(payload("Read this", link=card.url), card=card)
    wire = publisher.prepare(session, content, pictures, target_id="b", at=AT)
    assert send(publisher, session, wire).kind is OutcomeKind.PUBLISHED
    assert Videos(Xrpc(http), SystemClock())._service_token(session)


def test_the_video_service_is_reached_with_a_token_of_its_own(
    http: HttpClient, sandbox: SandboxServer
) -> None:
    session, pictures = session_of(sandbox_home(http, sandbox).sign_in()), Pictures()
    publisher = BlueskyPublisher(http, SystemClock(), sandbox.url)
    film = payload("Look", add_film(pictures))
    wire = publisher.prepare(session, film, pictures, target_id="a", at=AT)
    assert embed_of(wire)["$type"] == "app.bsky.embed.video"
    assert send(publisher, session, wire).kind is OutcomeKind.PUBLISHED
