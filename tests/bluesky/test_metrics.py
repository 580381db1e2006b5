"""Numbers of posts and accounts on Bluesky: the sandbox, the lexicons, a real server, replies."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.account import Session, SignedIn
from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, PostFlowError, Refused
from postflow_desktop.domain.metrics import GONE, AccountMetrics, Gone, PostMetrics, Untold
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.bluesky.connector import BlueskyConnector
from postflow_desktop.platforms.bluesky.metrics import BlueskyMetrics
from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.metrics import TooManyRequests
from postflow_desktop.transport.client import HttpClient
from tests.bluesky.conftest import Home
from tests.bluesky.lexicons import Lexicons
from tests.bluesky.world import Pictures, contracts, payload, send, session_of
from tests.fakes.clock import HeldClock
from tests.kit.canned import Answering, Canned, canned

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DID = "did:plc:abcdefghijklmnopqrstuvwx"
ONE = f"at://{DID}/app.bsky.feed.post/3jzfcijpj2z2a"
TWO = f"at://{DID}/app.bsky.feed.post/3jzfcijpj2z2b"
COUNTS = {"likeCount": 3, "repostCount": 1, "replyCount": 0, "quoteCount": 2, "bookmarkCount": 4}


@pytest.fixture
def metrics(http: HttpClient) -> BlueskyMetrics:
    return BlueskyMetrics(http, HeldClock(NOW))


def session(service: str) -> Session:
    return Session(
        account_id="a",
        network=Network.BLUESKY,
        user_id=DID,
        username="a.test",
        service=service,
        access_token="a.b.c",
    )


def said(body: object, status: int = 200, **headers: str) -> Answering:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _: Canned(status=status, body=raw, headers=headers)


def view(uri: str, **counts: object) -> dict[str, Any]:
    return {"uri": uri, "cid": "b", "record": {}, "indexedAt": "2026-11-22T08:00:00Z", **counts}


def of(metrics: BlueskyMetrics, answering: Answering, *uris: str) -> dict[str, PostMetrics | Gone]:
    with canned(answering) as server:
        return dict(metrics.of_posts(session(server.url), uris))


def test_a_reply_as_the_lexicon_has_it(metrics: BlueskyMetrics) -> None:
    found = of(metrics, said({"posts": [view(ONE, **COUNTS)]}), ONE, TWO, "no address")
    assert found == {
        ONE: PostMetrics(likes=3, comments=0, shares=3, saves=4, engagement=10),
        TWO: GONE,
    }
    assert found[ONE] == PostMetrics(likes=3, comments=0, shares=3, saves=4, engagement=10)


def test_counts_that_a_server_leaves_out_are_not_zero(metrics: BlueskyMetrics) -> None:
    found = of(metrics, said({"posts": [view(ONE, likeCount=3)]}), ONE)
    assert found == {ONE: PostMetrics(likes=3, engagement=3)}
    assert found[ONE] != PostMetrics(likes=3, comments=0, engagement=3)


def test_nobody_is_gone_by_an_answer_that_can_not_be_read(metrics: BlueskyMetrics) -> None:
    for stranger in ("nonsense", {"uri": 7}, view(f"{ONE}x", **COUNTS)):
        found = of(metrics, said({"posts": [stranger]}), ONE, TWO)
        assert found == {}, stranger


def test_the_account(metrics: BlueskyMetrics) -> None:
    body = {"did": DID, "handle": "a.test", "followersCount": 7, "followsCount": 8}
    with canned(said(body)) as server:
        found = metrics.of_account(session(server.url))
    assert found == AccountMetrics(followers=7, following=8)
    assert found.untold == ("posts",)


def test_a_server_without_a_view_says_so(metrics: BlueskyMetrics) -> None:
    refusal = said({"error": "MethodNotImplemented", "message": "Method Not Implemented"}, 501)
    assert of(metrics, refusal, ONE) == {ONE: PostMetrics(reason=Untold.NO_VIEW)}
    with canned(refusal) as server:
        assert metrics.of_account(session(server.url)) == AccountMetrics(reason=Untold.NO_VIEW)


@pytest.mark.parametrize(
    ("status", "error", "kind", "code"),
    [
        (400, "ExpiredToken", NotAllowed, "token_refused"),
        (401, "AuthMissing", NotAllowed, "token_refused"),
        (400, "InvalidRequest", Refused, "network_refused"),
        (429, "RateLimitExceeded", TooManyRequests, "rate_limited"),
        (502, "UpstreamFailure", NetworkUnreachable, "server_error"),
        (200, "", NetworkUnreachable, "server_error"),
    ],
)
def test_refusals_are_typed(
    metrics: BlueskyMetrics, status: int, error: str, kind: type[PostFlowError], code: str
) -> None:
    reset = NOW + timedelta(minutes=5)
    answer = said(
        {"error": error, "message": "no"},
        status,
        **{"RateLimit-Reset": str(int(reset.timestamp()))},
    )
    with canned(answer) as server:
        asks: list[Callable[[], object]] = [
            lambda: metrics.of_posts(session(server.url), [ONE]),
            lambda: metrics.of_account(session(server.url)),
        ]
        for ask in asks:
            with pytest.raises(kind) as caught:
                ask()
            assert caught.value.code == code
            if isinstance(caught.value, TooManyRequests):
                assert caught.value.retry_at == reset


def test_the_requests_fit_the_lexicons(metrics: BlueskyMetrics) -> None:
    lexicons = Lexicons(contracts("lexicons"))
    uris = [f"at://{DID}/app.bsky.feed.post/3jzfcijpj2z{i:02d}".replace("0", "a") for i in range(9)]
    with canned(said({"posts": []})) as server:
        metrics.of_posts(session(server.url), [*uris, *uris])
        with pytest.raises(NetworkUnreachable):
            metrics.of_account(session(server.url))
        posts, profile = server.asked
    query = parse_qs(urlsplit(posts.target).query)
    assert (posts.method, posts.path) == ("GET", "/xrpc/app.bsky.feed.getPosts")
    assert query["uris"] == list(dict.fromkeys(uris))
    assert lexicons.check_query("app.bsky.feed.getPosts", dict(query)) == []
    assert profile.path == "/xrpc/app.bsky.actor.getProfile"
    plain = dict(parse_qsl(urlsplit(profile.target).query))
    assert lexicons.check_query("app.bsky.actor.getProfile", plain) == []
    assert metrics.most == 25
    assert lexicons.definition("app.bsky.feed.getPosts")[0]["parameters"]["properties"]["uris"][
        "maxLength"
    ] == (metrics.most)


DAMAGED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.just(ONE),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["posts", "uri", "likeCount", "replyCount", "followersCount"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def test_a_damaged_reply_is_an_error_or_nothing_and_never_zeros(metrics: BlueskyMetrics) -> None:
    body = b"{}"
    with canned(lambda _: Canned(body=body)) as server:

        @given(DAMAGED, st.integers(0, 20))
        def damaged(value: object, cut: int) -> None:
            nonlocal body
            for reply in (value, {"posts": value}, {"posts": [view(ONE, likeCount=value)]}):
                body = json.dumps(reply).encode()
                body = body[: len(body) - cut] if cut % 2 else body
                try:
                    found = metrics.of_posts(session(server.url), [ONE])
                    account = metrics.of_account(session(server.url))
                except PostFlowError:
                    continue
                told = [n.numbers for n in found.values() if isinstance(n, PostMetrics)]
                all_told = [*told, account.numbers]
                zeros = [n for numbers in all_told for n in numbers.values() if n == 0]
                assert not zeros or 0 in _numbers(value)

        damaged()


def _numbers(value: object) -> list[object]:
    if isinstance(value, dict):
        return [n for inner in value.values() for n in _numbers(inner)]
    if isinstance(value, list):
        return [n for inner in value for n in _numbers(inner)]
    return [value] if isinstance(value, int) and not isinstance(value, bool) else []


def test_the_sandbox_grows_with_time(
    http: HttpClient, publisher: BlueskyPublisher, connector: BlueskyConnector
) -> None:
    clock = HeldClock(NOW)
    with SandboxServer(now=clock.now) as server:
        own = session_of(connector.sign_in(server.url, "bakery.test", "aaaa-bbbb-cccc-dddd"))
        uris = []
        for number in range(3):
            wire = publisher.prepare(
                own, payload(f"Post {number}"), Pictures(), target_id=f"t{number}", at=NOW
            )
            result = send(publisher, own, wire).result
            assert result is not None
            uris.append(result.external_id)
        metrics = BlueskyMetrics(http, clock)
        likes: list[list[int]] = []
        for hours in (0, 5, 200):
            clock.advance(hours * 3600)
            own = session_of(connector.sign_in(server.url, "bakery.test", "aaaa-bbbb-cccc-dddd"))
            found = metrics.of_posts(own, uris)
            assert list(found) == uris
            likes.append([n.likes or 0 for n in found.values() if isinstance(n, PostMetrics)])
        assert likes[0] == [0, 0, 0]
        assert all(early <= late for early, late in zip(likes[1], likes[2], strict=True))
        assert len(set(likes[2])) > 1, "posts differ"
        assert metrics.of_account(own).posts == 3
        publisher.delete(own, uris[0])
        assert metrics.of_posts(own, uris)[uris[0]] == GONE


def test_a_real_server_is_understood(
    home: Home, signed_in: SignedIn, metrics: BlueskyMetrics, publisher: BlueskyPublisher
) -> None:
    """A server of one's own without a view counts nothing, and says so."""
    own = session_of(signed_in)
    wire = publisher.prepare(own, payload("Hi"), Pictures(), target_id="t", at=NOW)
    result = send(publisher, own, wire).result
    assert result is not None
    (found,) = metrics.of_posts(own, [result.external_id]).values()
    account = metrics.of_account(own)
    if home.name == "sandbox":
        assert isinstance(found, PostMetrics)
        assert (found.reason, account.posts) == (None, 1)
    else:
        assert found == PostMetrics(reason=Untold.NO_VIEW)
        assert account == AccountMetrics(reason=Untold.NO_VIEW)


def test_a_post_that_a_person_named_by_its_address_is_known(metrics: BlueskyMetrics) -> None:
    """Who settled an unclear post typed where it is; that is kept as its id."""
    address = "https://bsky.app/profile/a.test/post/3jzfcijpj2z2a"
    found = of(metrics, said({"posts": [view(ONE, **COUNTS)]}), address, TWO)
    assert found.keys() == {address, TWO}
    assert isinstance(found[address], PostMetrics)
