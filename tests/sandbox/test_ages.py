"""Posts of the sandbox that count as older than they are: for numbers, and for nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from postflow_desktop.sandbox.reactions import reactions
from postflow_desktop.sandbox.server import SandboxServer

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(now=lambda: NOW) as server:
        yield server


def session(sandbox: SandboxServer) -> dict[str, str]:
    body = {"identifier": "anna.test", "password": "p"}
    answer = httpx.post(f"{sandbox.url}/xrpc/com.atproto.server.createSession", json=body)
    found: dict[str, str] = answer.raise_for_status().json()
    return found


def likes(sandbox: SandboxServer, uri: str) -> tuple[int, str]:
    url = f"{sandbox.url}/xrpc/app.bsky.feed.getPosts"
    (post,) = httpx.get(url, params={"uris": uri}).raise_for_status().json()["posts"]
    return post["likeCount"], post["indexedAt"]


def test_an_age_changes_how_people_react_and_nothing_else(sandbox: SandboxServer) -> None:
    own = session(sandbox)
    record = {"$type": "app.bsky.feed.post", "text": "Hi", "createdAt": NOW.isoformat()}
    made = httpx.post(
        f"{sandbox.url}/xrpc/com.atproto.repo.createRecord",
        json={"repo": own["did"], "collection": "app.bsky.feed.post", "record": record},
        headers={"Authorization": f"Bearer {own['accessJwt']}"},
    )
    uri = made.raise_for_status().json()["uri"]
    assert likes(sandbox, uri)[0] == 0
    before = NOW - timedelta(days=9)
    kept = httpx.post(f"{sandbox.url}/sandbox/ages", json={"ages": {uri: before.isoformat()}})
    assert kept.json() == {"kept": 1}
    assert likes(sandbox, uri) == (reactions(uri, before, NOW).likes, NOW.isoformat())
    later = {uri: (NOW + timedelta(days=9)).isoformat()}
    httpx.post(f"{sandbox.url}/sandbox/ages", json={"ages": later}).raise_for_status()
    assert likes(sandbox, uri)[0] == 0, "never younger than it is"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"ages": 1}', b'{"ages": {"a": "soon"}}', b'{"ages": {"a": "2026-11-01"}}'],
)
def test_what_is_no_list_of_times_is_refused(sandbox: SandboxServer, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = httpx.post(f"{sandbox.url}/sandbox/ages", content=body, headers=headers)
    assert answer.status_code == 400
    good = json.dumps({"ages": {"a": NOW.isoformat()}})
    plain = httpx.post(f"{sandbox.url}/sandbox/ages", content=good)
    assert plain.status_code == 400, "a page in a browser could send that"


def test_reactions_only_grow_and_differ_by_post() -> None:
    times = [NOW + timedelta(hours=hours) for hours in (0, 1, 5, 24, 200, 2000)]
    for name in ("a", "b", "c"):
        seen = [reactions(name, NOW, at) for at in times]
        for field in ("impressions", "reach", "likes", "replies", "reposts", "quotes", "clicks"):
            values = [getattr(one, field) for one in seen]
            assert values == sorted(values), (name, field)
        assert seen[0].impressions == 0
        assert seen[-1].likes <= seen[-1].reach <= seen[-1].impressions
    assert len({reactions(str(n), NOW, times[-1]).impressions for n in range(20)}) > 15
    assert reactions("a", NOW, NOW - timedelta(hours=1)).impressions == 0
