"""Numbers of posts and accounts on LinkedIn: requests letter by letter, replies, the sandbox."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, PostFlowError, Refused
from postflow_desktop.domain.metrics import GONE, AccountMetrics, Gone, PostMetrics, Untold
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.linkedin.authorizer import (
    MEMBER_SCOPES,
    ORGANIZATION_SCOPES,
    LinkedInAuthorizer,
)
from postflow_desktop.platforms.linkedin.connector import LinkedInConnector
from postflow_desktop.platforms.linkedin.metrics import LinkedInMetrics
from postflow_desktop.platforms.linkedin.publisher import LinkedInPublisher
from postflow_desktop.sandbox.consent import give_consent
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.metrics import TooManyRequests
from postflow_desktop.services.ports.signing_in import Client
from postflow_desktop.transport.client import HttpClient
from tests.fakes.clock import HeldClock
from tests.kit.canned import Answering, Asked, Canned, canned
from tests.linkedin.world import REDIRECT, Pictures, Seat

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
ORGANIZATION, PERSON = "urn:li:organization:2414183", "urn:li:person:abc_-1"
SHARE, OTHER, UGC = "urn:li:share:100", "urn:li:share:101", "urn:li:ugcPost:200"
STATISTICS = {
    "impressionCount": 120,
    "uniqueImpressionsCount": 80,
    "clickCount": 4,
    "likeCount": 3,
    "commentCount": 1,
    "shareCount": 0,
    "engagement": 0.066,
}
READ = PostMetrics(impressions=120, reach=80, likes=3, comments=1, shares=0, clicks=4, engagement=8)
ANALYTICS = ("r_member_postAnalytics", "r_member_profileAnalytics")


@pytest.fixture
def metrics(http: HttpClient) -> LinkedInMetrics:
    return LinkedInMetrics(http, HeldClock(NOW))


def session(service: str, author: str = ORGANIZATION) -> Session:
    return Session(
        account_id="a",
        network=Network.LINKEDIN,
        user_id=author,
        username="Corner Bakery",
        service=service,
        access_token="t",
    )


def said(body: object, status: int = 200) -> Answering:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _: Canned(status=status, body=raw)


def element(urn: str, **statistics: object) -> dict[str, Any]:
    key = "share" if ":share:" in urn else "ugcPost"
    found = statistics or STATISTICS
    return {"organizationalEntity": ORGANIZATION, key: urn, "totalShareStatistics": found}


def statistics_of(*urns: str, missing: int = 200) -> Answering:
    """Answers about these; a look at any post itself has that status."""

    def answer(one: Asked) -> Canned:
        if "/rest/posts/" in one.target:
            return Canned(status=missing, body=b'{"id":"urn:li:share:1"}')
        asked = unquote(one.target)
        told = {"elements": [element(urn) for urn in urns if urn in asked]}
        return Canned(body=json.dumps(told).encode())

    return answer


def of(
    metrics: LinkedInMetrics, answering: Answering, *urns: str, author: str = ORGANIZATION
) -> dict[str, PostMetrics | Gone]:
    with canned(answering) as server:
        return dict(metrics.of_posts(session(server.url, author), urns))


def test_the_requests_letter_by_letter(metrics: LinkedInMetrics) -> None:
    with canned(statistics_of(SHARE, OTHER, UGC)) as server:
        metrics.of_posts(session(server.url), [SHARE, OTHER, UGC, SHARE, "urn:li:activity:5"])
        place = "/rest/organizationalEntityShareStatistics?q=organizationalEntity"
        place += "&organizationalEntity=urn%3Ali%3Aorganization%3A2414183"
        assert [one.target for one in server.asked] == [
            f"{place}&shares=List(urn%3Ali%3Ashare%3A100,urn%3Ali%3Ashare%3A101)",
            f"{place}&ugcPosts=List(urn%3Ali%3AugcPost%3A200)",
        ]
        for one in server.asked:
            assert one.headers["linkedin-version"] == "202609"
            assert one.headers["x-restli-protocol-version"] == "2.0.0"
            assert one.headers["x-restli-method"] == "FINDER"
            assert one.headers["authorization"] == "Bearer t"
    with canned(said({"firstDegreeSize": 219145})) as server:
        found = metrics.of_account(session(server.url))
        assert found == AccountMetrics(followers=219145)
        place = "/rest/networkSizes/urn%3Ali%3Aorganization%3A2414183"
        (asked,) = server.asked
        assert asked.target == f"{place}?edgeType=COMPANY_FOLLOWED_BY_MEMBER"


def test_the_requests_for_people_letter_by_letter(metrics: LinkedInMetrics) -> None:
    with canned(by_kind({"IMPRESSION": 7})) as server:
        metrics.of_posts(session(server.url, PERSON), [SHARE, UGC])
        asked = [one.target for one in server.asked]
    place = "/rest/memberCreatorPostAnalytics?q=entity&entity="
    assert asked[0] == (
        f"{place}(share:urn%3Ali%3Ashare%3A100)&queryType=IMPRESSION&aggregation=TOTAL"
    )
    assert asked[-1] == (
        f"{place}(ugc:urn%3Ali%3AugcPost%3A200)&queryType=LINK_CLICKS&aggregation=TOTAL"
    )
    assert len(asked) == metrics.price(session("", PERSON), 2)
    with canned(said({"elements": [{"memberFollowersCount": 9}]})) as server:
        assert metrics.of_account(session(server.url, PERSON)) == AccountMetrics(followers=9)
        assert [one.target for one in server.asked] == ["/rest/memberFollowersCount?q=me"]


def test_a_reply_as_the_network_documents_it(metrics: LinkedInMetrics) -> None:
    """`engagement` is a rate there, so the sum stands for it."""
    assert of(metrics, statistics_of(SHARE, UGC), SHARE, UGC) == {SHARE: READ, UGC: READ}


def test_who_is_absent_had_no_activity_unless_the_post_is_gone(metrics: LinkedInMetrics) -> None:
    found = of(metrics, statistics_of(SHARE), SHARE, OTHER)
    zeros = found[OTHER]
    assert isinstance(zeros, PostMetrics)
    assert set(zeros.numbers.values()) == {0, None}
    assert (zeros.impressions, zeros.saves) == (0, None)
    assert of(metrics, statistics_of(SHARE, missing=404), SHARE, OTHER)[OTHER] == GONE
    assert of(metrics, statistics_of(SHARE, missing=403), SHARE, OTHER) == {SHARE: READ}


def test_nobody_is_absent_in_an_answer_that_can_not_be_read(metrics: LinkedInMetrics) -> None:
    stranger = {"elements": [element(SHARE), {"totalShareStatistics": STATISTICS}]}
    with canned(said(stranger)) as server:
        found = metrics.of_posts(session(server.url), [SHARE, OTHER])
        assert len(server.asked) == 1
    assert found == {SHARE: READ}
    negative = {"elements": [element(SHARE, impressionCount=5, likeCount=-1)]}
    assert of(metrics, said(negative), SHARE) == {SHARE: PostMetrics(impressions=5)}


def by_kind(counts: dict[str, int], *, unknown: int = 200, as_object: bool = False) -> Answering:
    def answer(one: Asked) -> Canned:
        kind = parse_qs(urlsplit(one.target).query)["queryType"][0]
        if kind not in counts:
            return Canned(status=unknown, body=b'{"elements":[]}')
        named: object = {"com.linkedin.Type": kind} if as_object else kind
        body = {"elements": [{"count": counts[kind], "metricType": named}]}
        return Canned(body=json.dumps(body).encode())

    return answer


COUNTS = {"IMPRESSION": 90, "MEMBERS_REACHED": 50, "REACTION": 4, "COMMENT": 2, "RESHARE": 1}


@pytest.mark.parametrize("as_object", [False, True], ids=["text", "object"])
def test_the_numbers_of_a_person(metrics: LinkedInMetrics, as_object: bool) -> None:
    whole = {**COUNTS, "POST_SAVE": 3, "LINK_CLICKS": 5}
    full = PostMetrics(
        impressions=90,
        reach=50,
        likes=4,
        comments=2,
        shares=1,
        saves=3,
        clicks=5,
        engagement=15,
    )
    found = of(metrics, by_kind(whole, as_object=as_object), SHARE, author=PERSON)
    assert found == {SHARE: full}


def test_an_older_version_of_the_api_knows_fewer_numbers(metrics: LinkedInMetrics) -> None:
    (found,) = of(metrics, by_kind(COUNTS, unknown=400), SHARE, author=PERSON).values()
    assert isinstance(found, PostMetrics)
    assert (found.impressions, found.saves, found.clicks) == (90, None, None)


def test_an_app_that_everybody_gets_is_told_nothing_about_people(
    metrics: LinkedInMetrics,
) -> None:
    refusal = said({"status": 403, "code": "ACCESS_DENIED", "message": "Not enough"}, 403)
    with canned(refusal) as server:
        own = session(server.url, PERSON)
        closed = PostMetrics(reason=Untold.MEMBER_CLOSED)
        assert metrics.of_posts(own, [SHARE, OTHER]) == {SHARE: closed, OTHER: closed}
        assert len(server.asked) == 1
        assert metrics.of_account(own) == AccountMetrics(reason=Untold.MEMBER_CLOSED)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, NotAllowed, "token_refused"),
        (403, Refused, "scope_missing"),
        (426, Refused, "old_version"),
        (429, TooManyRequests, "rate_limited"),
        (500, NetworkUnreachable, "server_error"),
        (200, NetworkUnreachable, "server_error"),
    ],
)
def test_refusals_are_typed(
    metrics: LinkedInMetrics, status: int, kind: type[PostFlowError], code: str
) -> None:
    with canned(said({"message": "no"}, status)) as server:
        asks: list[Callable[[], object]] = [
            lambda: metrics.of_posts(session(server.url), [SHARE]),
            lambda: metrics.of_account(session(server.url)),
        ]
        for ask in asks:
            with pytest.raises(kind) as caught:
                ask()
            assert caught.value.code == code
            if isinstance(caught.value, TooManyRequests):
                midnight = datetime(2026, 11, 24, tzinfo=UTC)
                assert caught.value.retry_at == midnight, "allowances are for a day"


NAMES = ["elements", "share", "totalShareStatistics", "impressionCount", "firstDegreeSize", "count"]
DAMAGED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.just(SHARE),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=12,
)


def test_a_damaged_reply_is_an_error_or_nothing_and_never_zeros(metrics: LinkedInMetrics) -> None:
    body = b"{}"

    def answer(one: Asked) -> Canned:
        """The post itself can't be looked at: an absent one stays unknown."""
        return Canned(status=500) if "/rest/posts/" in one.target else Canned(body=body)

    with canned(answer) as server:

        @given(DAMAGED, st.integers(0, 20), st.sampled_from([ORGANIZATION, PERSON]))
        def damaged(value: object, cut: int, author: str) -> None:
            nonlocal body
            inner = {"share": SHARE, "totalShareStatistics": value}
            for reply in (value, {"elements": value}, {"elements": [inner]}):
                body = json.dumps(reply).encode()
                body = body[: len(body) - cut] if cut % 2 else body
                own = session(server.url, author)
                for told in _told(metrics, own):
                    assert told != 0 or 0 in _numbers(value)

        damaged()


def _told(metrics: LinkedInMetrics, own: Session) -> list[int | None]:
    try:
        posts = metrics.of_posts(own, [SHARE]).values()
        account = metrics.of_account(own)
    except PostFlowError:
        return []
    told = [one.numbers for one in posts if isinstance(one, PostMetrics)]
    return [n for numbers in (*told, account.numbers) for n in numbers.values()]


def _numbers(value: object) -> list[object]:
    if isinstance(value, dict):
        return [n for inner in value.values() for n in _numbers(inner)]
    if isinstance(value, list):
        return [n for inner in value for n in _numbers(inner)]
    return [value] if isinstance(value, int) and not isinstance(value, bool) else []


def sign_in(http: HttpClient, server: SandboxServer, *more: str) -> tuple[Seat, Seat]:
    """A person and their organization, by an app with these scopes besides."""
    scopes = (*MEMBER_SCOPES, *ORGANIZATION_SCOPES, *more)
    client = Client(client_id="app", secret="its-secret", scopes=scopes)
    state = secrets.token_urlsafe(24)
    begun = LinkedInAuthorizer().begin(server.url, client, REDIRECT, state)
    text = begun.finish(give_consent(http, begun.url, "Ana Baker, Corner Bakery"))
    clock = HeldClock(NOW)
    connector, publisher = LinkedInConnector(http, clock), LinkedInPublisher(http, clock)
    person, organization = connector.identities(server.url, text)
    return (
        Seat(http, publisher, connector, person, Pictures()),
        Seat(http, publisher, connector, organization, Pictures()),
    )


def test_the_sandbox_tells_organizations_and_partners_only(http: HttpClient) -> None:
    clock = HeldClock(NOW)
    with SandboxServer(now=clock.now) as server:
        person, organization = sign_in(http, server)
        metrics = LinkedInMetrics(http, clock)
        ids = []
        for seat in (organization, person):
            result = seat.post("Fresh bread (today)").result
            assert result is not None
            ids.append(result.external_id)
        page, own = ids
        (first,) = metrics.of_posts(organization.session, [page]).values()
        assert first == PostMetrics(
            impressions=0, reach=0, likes=0, comments=0, shares=0, clicks=0, engagement=0
        ), "left out of the statistics, and there"
        clock.advance(timedelta(days=3).total_seconds())
        (later,) = metrics.of_posts(organization.session, [page]).values()
        assert isinstance(later, PostMetrics)
        assert (later.impressions or 0) > 20
        assert (later.reach or 0) < (later.impressions or 0)
        followers = metrics.of_account(organization.session).followers
        assert followers is not None
        assert metrics.of_posts(person.session, [own]) == {
            own: PostMetrics(reason=Untold.MEMBER_CLOSED)
        }
        partner, _ = sign_in(http, server, *ANALYTICS)
        (told,) = metrics.of_posts(partner.session, [own]).values()
        assert isinstance(told, PostMetrics)
        assert (told.impressions or 0) > 20
        assert told.saves is not None
        assert metrics.of_account(partner.session).followers is not None
        organization.publisher.delete(organization.session, page)
        assert metrics.of_posts(organization.session, [page]) == {page: GONE}


def test_nothing_is_asked_about_what_has_no_statistics(metrics: LinkedInMetrics) -> None:
    with canned(said({})) as server:
        assert metrics.of_posts(session(server.url), ["urn:li:activity:1", "x"]) == {}
        assert server.asked == []


def test_a_post_that_a_person_named_by_its_address_is_known(metrics: LinkedInMetrics) -> None:
    """Who settled an unclear post typed where it is; that is kept as its id."""
    address = f"https://www.linkedin.com/feed/update/{SHARE}/"
    assert of(metrics, statistics_of(SHARE), address) == {address: READ}
