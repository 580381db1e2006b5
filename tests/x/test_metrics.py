"""Numbers of posts and accounts on X: the sandbox over HTTP, the document, replies of the sheet."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import (
    NetworkUnreachable,
    NotAllowed,
    PostFlowError,
    Refused,
)
from postflow_desktop.domain.metrics import GONE, AccountMetrics, Gone, PostMetrics, Untold
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.x.connector import XConnector
from postflow_desktop.platforms.x.metrics import OWNERS_DAYS, XMetrics, posted_at
from postflow_desktop.platforms.x.publisher import XPublisher
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.metrics import TooManyRequests
from postflow_desktop.transport.client import HttpClient
from postflow_desktop.transport.values import Request
from tests.fakes.clock import HeldClock
from tests.kit.canned import Answering, Asked, Canned, canned
from tests.x.openapi import NEWER, renamed
from tests.x.world import Pictures, Seat, contract, grant, session_of

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
YOUNG = str((int((NOW - timedelta(days=1)).timestamp() * 1000) - 1288834974657) << 22)
OTHER, OLD = str(int(YOUNG) + 1), "1346889436626259968"
PUBLIC = {
    "retweet_count": 1,
    "reply_count": 0,
    "like_count": 3,
    "quote_count": 2,
    "bookmark_count": 5,
    "impression_count": 120,
}
OWNERS = {
    "impression_count": 120,
    "url_link_clicks": 4,
    "user_profile_clicks": 2,
    "engagements": 9,
}
PROBLEMS = "https://api.x.com/2/problems/"


@pytest.fixture
def metrics(http: HttpClient) -> XMetrics:
    return XMetrics(http, HeldClock(NOW))


def session(service: str) -> Session:
    return Session(
        account_id="a",
        network=Network.X,
        user_id="2244994945",
        username="bakery",
        service=service,
        access_token="t",
    )


def said(body: object, status: int = 200, **headers: str) -> Answering:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _: Canned(status=status, body=raw, headers=headers)


def of(metrics: XMetrics, answering: Answering, *ids: str) -> dict[str, PostMetrics | Gone]:
    with canned(answering) as server:
        return dict(metrics.of_posts(session(server.url), ids))


def field_error(post_id: str) -> dict[str, str]:
    return {
        "resource_id": post_id,
        "field": "non_public_metrics",
        "title": "Field Authorization Error",
        "type": f"{PROBLEMS}not-authorized-for-field",
    }


def test_a_reply_as_the_network_documents_it(metrics: XMetrics) -> None:
    post = {"id": YOUNG, "public_metrics": PUBLIC, "non_public_metrics": OWNERS}
    assert of(metrics, said({"data": [post]}), YOUNG) == {
        YOUNG: PostMetrics(
            impressions=120, likes=3, comments=0, shares=3, saves=5, clicks=4, engagement=9
        )
    }


@pytest.mark.parametrize("names", [{}, NEWER], ids=["tweet", "post"])
def test_both_spellings_of_the_names_are_read(metrics: XMetrics, names: dict[str, str]) -> None:
    post = renamed({"id": YOUNG, "public_metrics": PUBLIC}, names)
    (found,) = of(metrics, said({"data": [post]}), YOUNG).values()
    assert isinstance(found, PostMetrics)
    assert found.shares == 3
    me = {"followers_count": 7, "following_count": 8, "tweet_count": 9, "listed_count": 0}
    body = {"data": {"id": "1", "public_metrics": renamed(me, names)}}
    with canned(said(body)) as server:
        account = metrics.of_account(session(server.url))
    assert account == AccountMetrics(followers=7, following=8, posts=9)


def test_what_only_owners_see_ends_after_30_days(metrics: XMetrics) -> None:
    """Known by the id beforehand: the older post is asked for its public numbers alone."""
    asked: list[dict[str, list[str]]] = []

    def answer(one: Asked) -> Canned:
        query = parse_qs(urlsplit(one.target).query)
        asked.append(query)
        wants = "non_public_metrics" in query["tweet.fields"][0]
        posts = [
            {"id": i, "public_metrics": PUBLIC, **({"non_public_metrics": OWNERS} if wants else {})}
            for i in query["ids"][0].split(",")
        ]
        return Canned(body=json.dumps({"data": posts}).encode())

    found = of(metrics, answer, OLD, YOUNG)
    assert [query["ids"] for query in asked] == [[YOUNG], [OLD]]
    old, young = found[OLD], found[YOUNG]
    assert isinstance(old, PostMetrics)
    assert isinstance(young, PostMetrics)
    assert (old.clicks, old.impressions, old.reason) == (None, 120, Untold.AGED)
    assert old.engagement == 3 + 0 + 3 + 5, "the sum of what everybody sees"
    assert (young.clicks, young.reason) == (4, None)


def test_a_refused_field_leaves_the_public_numbers(metrics: XMetrics) -> None:
    post = {"id": YOUNG, "public_metrics": PUBLIC}
    beside = {"data": [post], "errors": [field_error(YOUNG)]}
    (found,) = of(metrics, said(beside), YOUNG).values()
    assert isinstance(found, PostMetrics)
    assert (found.likes, found.clicks, found.reason) == (3, None, Untold.OWNER_ONLY)


@pytest.mark.parametrize("status", [200, 400, 403])
def test_a_question_refused_for_its_fields_is_asked_without_them(
    metrics: XMetrics, status: int
) -> None:
    refusal = {"errors": [field_error(YOUNG)], "type": f"{PROBLEMS}not-authorized-for-field"}

    def answer(one: Asked) -> Canned:
        if "non_public_metrics" in one.target:
            return Canned(status=status, body=json.dumps(refusal).encode())
        post = {"id": YOUNG, "public_metrics": PUBLIC}
        return Canned(body=json.dumps({"data": [post]}).encode())

    (found,) = of(metrics, answer, YOUNG).values()
    assert isinstance(found, PostMetrics)
    assert (found.likes, found.clicks) == (3, None)


def test_some_are_gone_and_some_are_not_told(metrics: XMetrics) -> None:
    gone = {"resource_id": OTHER, "type": f"{PROBLEMS}resource-not-found"}
    hidden = {"resource_id": OLD, "type": f"{PROBLEMS}not-authorized-for-resource"}
    post = {"id": YOUNG, "public_metrics": PUBLIC, "non_public_metrics": OWNERS}
    answer = said({"data": [post], "errors": [gone, hidden]})
    found = of(metrics, answer, YOUNG, OTHER, OLD, "no id of X")
    assert found.keys() == {YOUNG, OTHER}, "of what X hides nothing is known"
    assert found[OTHER] == GONE


def test_videos_have_views(metrics: XMetrics) -> None:
    post = {
        "id": YOUNG,
        "public_metrics": PUBLIC,
        "attachments": {"media_keys": ["13_1", "3_2"]},
    }
    media = [
        {"media_key": "13_1", "type": "video", "public_metrics": {"view_count": 77}},
        {"media_key": "3_2", "type": "photo"},
    ]
    (found,) = of(metrics, said({"data": [post], "includes": {"media": media}}), YOUNG).values()
    assert isinstance(found, PostMetrics)
    assert found.views == 77


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, NotAllowed, "token_refused"),
        (402, Refused, "no_credits"),
        (429, TooManyRequests, "rate_limited"),
        (503, NetworkUnreachable, "server_error"),
    ],
)
def test_refusals_are_typed(
    metrics: XMetrics, status: int, kind: type[PostFlowError], code: str
) -> None:
    reset = NOW + timedelta(minutes=9)
    headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(reset.timestamp()))}
    answer = said({"title": "No"}, status, **headers)
    with canned(answer) as server:
        asks: list[Callable[[], object]] = [
            lambda: metrics.of_posts(session(server.url), [YOUNG]),
            lambda: metrics.of_account(session(server.url)),
        ]
        for ask in asks:
            with pytest.raises(kind) as caught:
                ask()
            assert caught.value.code == code
            if isinstance(caught.value, TooManyRequests):
                assert caught.value.retry_at == reset


DAMAGED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "errors", "includes", "id", "public_metrics", "like_count", "type"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def test_a_damaged_reply_is_an_error_or_nothing_and_never_zeros(metrics: XMetrics) -> None:
    body = b"{}"
    with canned(lambda _: Canned(body=body)) as server:

        @given(DAMAGED, st.integers(0, 40))
        def damaged(value: object, cut: int) -> None:
            nonlocal body
            post = {"id": YOUNG, "public_metrics": value}
            for reply in (value, {"data": value}, {"data": [post]}, {"errors": value}):
                body = json.dumps(reply).encode()
                body = body[: len(body) - cut] if cut % 2 else body
                try:
                    found = metrics.of_posts(session(server.url), [YOUNG])
                except PostFlowError:
                    continue
                for numbers in found.values():
                    assert numbers != GONE or "resource-not-found" in str(value)
                    known = _plain_numbers(value)
                    assert isinstance(numbers, Gone) or set(_told(numbers)) <= known

        damaged()


def _told(numbers: PostMetrics) -> list[int]:
    return [v for n, v in numbers.numbers.items() if v is not None and n != "engagement"]


def _plain_numbers(value: object) -> set[int]:
    """Every whole number that really stands in a value."""
    if isinstance(value, dict):
        return set().union(*map(_plain_numbers, value.values()))
    if isinstance(value, list):
        return set().union(*map(_plain_numbers, value))
    return {value} if isinstance(value, int) and not isinstance(value, bool) else set()


def test_the_requests_fit_the_document(http: HttpClient, metrics: XMetrics) -> None:
    api = contract()
    post = {"id": YOUNG, "text": "x", "public_metrics": PUBLIC, "non_public_metrics": OWNERS}
    with canned(said({"data": [post, {**post, "id": OLD}]})) as server:
        metrics.of_posts(session(server.url), [YOUNG, OLD])
        with pytest.raises(NetworkUnreachable):
            metrics.of_account(session(server.url))
        for one in server.asked:
            query = dict(pair.split("=") for pair in urlsplit(one.target).query.split("&"))
            plain = {name: value.replace("%2C", ",") for name, value in query.items()}
            checked = (one.method, one.path, plain, one.headers, one.body)
            assert api.check_request(*checked) == []
    assert [one.path for one in server.asked] == ["/2/tweets", "/2/tweets", "/2/users/me"]


def test_the_sandbox_answers_as_the_document_says(
    http: HttpClient, sandbox: SandboxServer, seat: Seat
) -> None:
    api, result = contract(), seat.post("Numbers").result
    assert result is not None
    for place in (
        f"/2/tweets?ids={result.external_id}&tweet.fields=public_metrics,non_public_metrics",
        "/2/users/me?user.fields=public_metrics",
    ):
        headers = {"Authorization": f"Bearer {seat.session.access_token}"}
        request = Request(method="GET", url=sandbox.url + place, headers=headers)
        reply = http.request(request)
        assert reply.status == 200
        found = json.loads(reply.body)
        assert "public_metrics" in str(found)
        # The document wants the newer names; the sandbox has those that X sends today.
        path = place.partition("?")[0]
        assert api.check_reply("GET", path, 200, reply.body) == []


def test_the_sandbox_grows_with_time_and_forgets_owners_numbers(http: HttpClient) -> None:
    clock = HeldClock(NOW)
    with SandboxServer(now=clock.now) as server:
        connector = XConnector(http, clock)
        signed_in = connector.sign_in(server.url, "", grant(http, server.url))
        seat = Seat(http, XPublisher(http, clock), connector, signed_in, Pictures())
        result = seat.post("Fresh bread").result
        assert result is not None
        metrics, post_id = XMetrics(http, clock), result.external_id
        seen, fresh = list[PostMetrics](), signed_in
        for hours in (0, 1, 24, 24 * 29):
            clock.advance(hours * 3600)
            fresh = connector.sign_in(server.url, "", grant(http, server.url))
            (found,) = metrics.of_posts(session_of(fresh), [post_id]).values()
            assert isinstance(found, PostMetrics)
            seen.append(found)
        shown = [one.impressions or 0 for one in seen]
        assert shown == sorted(shown)
        assert shown[0] == 0
        assert shown[-1] > 50
        assert [one.reason for one in seen] == [None, None, None, Untold.AGED]
        assert metrics.of_account(session_of(fresh)).posts == 1
        seat = replace(seat, signed_in=fresh)
        seat.publisher.delete(seat.session, post_id)
        assert metrics.of_posts(session_of(fresh), [post_id]) == {post_id: GONE}


def test_ids_tell_their_age() -> None:
    assert posted_at(OLD).date().isoformat() == "2021-01-06"
    assert posted_at("9" * 19) > NOW
    assert NOW - posted_at(YOUNG) < OWNERS_DAYS


def test_a_post_that_a_person_named_by_its_address_is_known(metrics: XMetrics) -> None:
    """Who settled an unclear post typed where it is; that is kept as its id."""
    post = {"id": YOUNG, "public_metrics": PUBLIC, "non_public_metrics": OWNERS}
    address = f"https://x.com/bakery/status/{YOUNG}?s=20"
    found = of(metrics, said({"data": [post]}), address, YOUNG)
    assert found.keys() == {address, YOUNG}
    assert found[address] == found[YOUNG]
