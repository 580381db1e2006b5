"""The sandbox as a server: its page, its log, its faults, its memory, and who may talk to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.sandbox.faults import FaultKind
from postflow_desktop.sandbox.server import SandboxServer

POST = "app.bsky.feed.post"


class Person:
    """Somebody with an account, speaking plain HTTP."""

    def __init__(self, server: SandboxServer, handle: str = "anna.test") -> None:
        self.http = httpx.Client(base_url=f"{server.url}/xrpc/", timeout=20)
        session = self.ok("com.atproto.server.createSession", identifier=handle, password="x")
        self.did: str = session["did"]
        self.refresh: str = session["refreshJwt"]
        self.http.headers["Authorization"] = f"Bearer {session['accessJwt']}"

    def call(self, method: str, **body: Any) -> httpx.Response:
        return self.http.post(method, json=body)

    def ok(self, method: str, **body: Any) -> dict[str, Any]:
        answer = self.call(method, **body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def put(self, rkey: str, text: str, **more: Any) -> httpx.Response:
        record = {"$type": POST, "text": text, "createdAt": "2026-11-20T10:00:00.000Z"}
        return self.call(
            "com.atproto.repo.putRecord",
            repo=self.did,
            collection=POST,
            rkey=rkey,
            record=record | more,
            swapRecord=None,
        )

    def texts(self) -> list[str]:
        query = {"repo": self.did, "collection": POST}
        found = self.http.get("com.atproto.repo.listRecords", params=query).json()["records"]
        return [item["value"]["text"] for item in found]

    def close(self) -> None:
        self.http.close()


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def anna(server: SandboxServer) -> Iterator[Person]:
    person = Person(server)
    yield person
    person.close()


def rkey(number: int) -> str:
    return f"3jzfcijpj2{'234567'[number]}2a"


def test_the_page_shows_what_was_published_and_loads_nothing_from_outside(
    server: SandboxServer, anna: Person
) -> None:
    assert "Nothing has been published yet" in httpx.get(server.url).text
    anna.put(rkey(0), "<script>alert(1)</script> & more")
    page = httpx.get(server.url)
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "&lt;script&gt;" in page.text
    assert "<script>" not in page.text
    assert "@anna.test" in page.text
    assert "http" not in page.text.replace("http-equiv", "")


def test_the_log_counts_creates_repeats_and_deletes(server: SandboxServer, anna: Person) -> None:
    for _ in range(3):
        assert anna.put(rkey(0), "Once").status_code == 200
    assert anna.put(rkey(0), "Other").json()["error"] == "InvalidSwap"
    anna.ok("com.atproto.repo.deleteRecord", repo=anna.did, collection=POST, rkey=rkey(0))
    anna.ok("com.atproto.repo.deleteRecord", repo=anna.did, collection=POST, rkey=rkey(0))
    assert [(one.sequence, one.action) for one in server.log] == [
        (1, "create"),
        (2, "repeat"),
        (3, "repeat"),
        (4, "delete"),
    ]
    assert {one.external_id for one in server.log} == {f"at://{anna.did}/{POST}/{rkey(0)}"}
    shown = httpx.get(f"{server.url}/sandbox/log").json()["log"]
    assert [one["action"] for one in shown] == ["create", "repeat", "repeat", "delete"]


def test_a_swap_with_the_right_cid_updates(anna: Person) -> None:
    first = anna.put(rkey(0), "Old").json()["cid"]
    record = {"$type": POST, "text": "New", "createdAt": "2026-11-20T10:00:00.000Z"}
    fields = {"repo": "anna.test", "collection": POST, "rkey": rkey(0), "record": record}
    wrong = anna.call("com.atproto.repo.putRecord", swapRecord="bafyreinot", **fields)
    assert wrong.json() == {"error": "InvalidSwap", "message": f"Record was at {first}"}
    anna.ok("com.atproto.repo.putRecord", swapRecord=first, **fields)
    assert anna.texts() == ["New"]


def test_creating_without_a_key_makes_a_new_one_each_time(anna: Person) -> None:
    record = {"$type": POST, "text": "Hi", "createdAt": "2026-11-20T10:00:00.000Z"}
    keys = [
        anna.ok("com.atproto.repo.createRecord", repo=anna.did, collection=POST, record=record)[
            "uri"
        ]
        for _ in range(3)
    ]
    assert keys == sorted(keys)
    assert len(set(keys)) == 3
    taken = {"repo": anna.did, "collection": POST, "rkey": keys[0].rpartition("/")[2]}
    assert anna.call("com.atproto.repo.createRecord", record=record, **taken).status_code == 500


def test_posts_can_be_looked_at_by_address(anna: Person) -> None:
    uris = [anna.put(rkey(number), f"Post {number}").json()["uri"] for number in range(2)]
    query = [("uris", uri) for uri in [*uris, f"at://{anna.did}/{POST}/2222222222222"]]
    posts = anna.http.get("app.bsky.feed.getPosts", params=query).json()["posts"]
    assert [post["record"]["text"] for post in posts] == ["Post 0", "Post 1"]
    assert posts[0]["author"]["handle"] == "anna.test"
    for post in posts:
        counts = [post[f"{name}Count"] for name in ("like", "repost", "reply", "quote", "bookmark")]
        assert all(isinstance(count, int) and count >= 0 for count in counts)


def test_the_server_describes_itself_and_resolves_handles(anna: Person) -> None:
    assert anna.http.get("com.atproto.server.describeServer").json()["did"].startswith("did:web:")
    resolve = "com.atproto.identity.resolveHandle"
    assert anna.http.get(resolve, params={"handle": "Anna.test"}).json() == {"did": anna.did}
    nobody = anna.http.get(resolve, params={"handle": "nobody.test"})
    assert (nobody.status_code, nobody.json()["error"]) == (400, "InvalidRequest")
    assert anna.http.get("com.example.nothing").status_code == 501


@pytest.mark.parametrize("handle", ["", "anna", "an na.test", "-a.test", "a..test", "a.test/x"])
def test_what_is_no_handle_opens_nothing(server: SandboxServer, handle: str) -> None:
    body = {"identifier": handle, "password": "x"}
    answer = httpx.post(f"{server.url}/xrpc/com.atproto.server.createSession", json=body)
    assert (answer.status_code, answer.json()["error"]) == (401, "AuthenticationRequired")


def test_nobody_writes_for_somebody_else(server: SandboxServer, anna: Person) -> None:
    bert = Person(server, "bert.test")
    assert bert.did != anna.did
    bert.did = anna.did
    assert bert.put(rkey(0), "Not mine").status_code == 401
    bert.did = "did:plc:nobody"
    assert bert.put(rkey(0), "Nobody's").json()["error"] == "AccountNotFound"
    bert.close()


def test_blobs_come_back_and_are_known_by_their_content(anna: Person) -> None:
    uploaded = anna.http.post(
        "com.atproto.repo.uploadBlob", content=b"hello", headers={"Content-Type": "image/gif"}
    ).json()["blob"]
    assert uploaded == {
        "$type": "blob",
        "ref": {"$link": "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq"},
        "mimeType": "image/gif",
        "size": 5,
    }
    query = {"did": anna.did, "cid": uploaded["ref"]["$link"]}
    blob = anna.http.get("com.atproto.sync.getBlob", params=query)
    assert (blob.content, blob.headers["content-type"]) == (b"hello", "image/gif")
    missing = anna.http.get("com.atproto.sync.getBlob", params=query | {"cid": "bafkreix"})
    assert missing.status_code == 400
    large = anna.http.post("com.atproto.repo.uploadBlob", content=b"x" * 5_242_881)
    assert (large.status_code, large.json()["error"]) == (413, "PayloadTooLarge")


def test_tokens_end_at_their_time_and_refreshing_rotates() -> None:
    now = [datetime(2026, 11, 23, 8, tzinfo=UTC)]
    with SandboxServer(now=lambda: now[0]) as server:
        anna = Person(server)
        now[0] += timedelta(hours=2, seconds=1)
        assert anna.put(rkey(0), "Late").json() == {
            "error": "ExpiredToken",
            "message": "Token has expired",
        }
        refresh = f"{server.url}/xrpc/com.atproto.server.refreshSession"
        old = {"Authorization": f"Bearer {anna.refresh}"}
        renewed = httpx.post(refresh, headers=old).json()
        assert renewed["refreshJwt"] != anna.refresh
        assert httpx.post(refresh, headers=old).status_code == 200, "within the grace"
        now[0] += timedelta(hours=2, seconds=1)
        assert httpx.post(refresh, headers=old).json()["error"] == "ExpiredToken"
        new = {"Authorization": f"Bearer {renewed['refreshJwt']}"}
        assert httpx.post(refresh, headers=new).status_code == 200
        anna.close()


def test_everything_is_there_again_after_a_restart(tmp_path: Path) -> None:
    with SandboxServer(tmp_path) as server:
        port = server.port
        anna = Person(server)
        token = anna.http.headers["Authorization"]
        blob = anna.http.post("com.atproto.repo.uploadBlob", content=b"\x89PNG\r\n\x1a\nx").json()[
            "blob"
        ]
        images = {"$type": "app.bsky.embed.images", "images": [{"alt": "Ä", "image": blob}]}
        assert anna.put(rkey(0), "Stay", embed=images).status_code == 200
        anna.close()
    with SandboxServer(tmp_path) as server:
        assert server.port == port
        again = Person(server)
        again.http.headers["Authorization"] = token
        assert again.did == anna.did
        assert again.texts() == ["Stay"]
        assert again.put(rkey(1), "And on").status_code == 200
        assert [one.sequence for one in server.log] == [1, 2]
        query = {"did": anna.did, "cid": blob["ref"]["$link"]}
        assert again.http.get("com.atproto.sync.getBlob", params=query).content.endswith(b"x")
        assert 'alt="Ä"' in httpx.get(server.url).text
        again.close()


def test_a_damaged_file_does_not_keep_the_sandbox_from_starting(tmp_path: Path) -> None:
    with SandboxServer(tmp_path) as server:
        Person(server).close()
    for path in tmp_path.glob("accounts/*.json"):
        path.write_text('{"key":')
    with SandboxServer(tmp_path) as server:
        anna = Person(server)
        assert anna.put(rkey(0), "Fresh").status_code == 200
        anna.close()


def test_a_taken_port_is_said(server: SandboxServer) -> None:
    with pytest.raises(MachineProblem) as caught, SandboxServer(port=server.port):
        pass
    assert caught.value.code == "port_taken"


def test_faults_are_planned_over_http_too(server: SandboxServer, anna: Person) -> None:
    faults = f"{server.url}/sandbox/faults"
    planned = httpx.post(faults, json={"kind": "503", "times": 2})
    assert planned.json() == {"planned": 2}
    assert "reset_after" in httpx.get(faults).json()["kinds"]
    assert [anna.put(rkey(0), "x").status_code for _ in range(3)] == [503, 503, 200]
    httpx.post(faults, json={"kind": "429"})
    assert httpx.post(faults, json={"clear": True}).json() == {"planned": 0}
    assert anna.put(rkey(1), "x").status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"kind": "?"}, {"kind": "429", "times": 0}, {"kind": "slow", "delay": 1e9}]
)
def test_senseless_faults_are_refused(server: SandboxServer, body: dict[str, Any]) -> None:
    assert httpx.post(f"{server.url}/sandbox/faults", json=body).status_code == 400


def test_web_pages_elsewhere_can_not_reach_the_sandbox(server: SandboxServer) -> None:
    plain = httpx.post(f"{server.url}/sandbox/faults", content=b'{"kind":"429"}')
    assert plain.status_code == 400
    rebound = httpx.get(server.url, headers={"Host": "evil.example.com"})
    assert rebound.status_code == 421


def test_a_hanging_answer_ends_when_the_sandbox_stops() -> None:
    over = threading.Event()
    ended: list[type[Exception]] = []

    def publish(person: Person) -> None:
        try:
            person.put(rkey(0), "Taken")
        except httpx.HTTPError as error:
            ended.append(type(error))
        over.set()

    with SandboxServer() as server:
        bert = Person(server, "bert.test")
        server.fail(FaultKind.HANG_AFTER)
        thread = threading.Thread(target=publish, args=(bert,))
        thread.start()
        assert not over.wait(0.3)
        assert [one.action for one in server.log] == ["create"]
    assert over.wait(10)
    thread.join()
    bert.close()
    assert len(ended) == 1


def test_a_late_acceptance_comes_after_its_delay(server: SandboxServer, anna: Person) -> None:
    server.fail(FaultKind.LATE, delay=0.3)
    with pytest.raises(httpx.HTTPError):
        anna.put(rkey(0), "Late")
    assert anna.texts() == []
    server.settle()
    assert anna.texts() == ["Late"]


def test_many_people_publish_at_once_and_nothing_is_lost(server: SandboxServer) -> None:
    def publish(number: int) -> None:
        person = Person(server, f"person{number}.test")
        for count in range(10):
            person.ok(
                "com.atproto.repo.createRecord",
                repo=person.did,
                collection=POST,
                record={"text": f"{number}.{count}", "createdAt": "2026-11-20T10:00:00Z"},
            )
        person.close()

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [one.sequence for one in server.log] == list(range(1, 61))
    assert len({one.external_id for one in server.log}) == 60


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[1]", b"\xff", b"[" * 50_000, b'{"repo":1}', b'{"record":[]}']
)
def test_senseless_bodies_are_refused_and_the_server_lives(
    server: SandboxServer, anna: Person, body: bytes
) -> None:
    answer = anna.http.post("com.atproto.repo.putRecord", content=body)
    assert 400 <= answer.status_code < 500
    assert anna.put(rkey(0), "Still here").status_code == 200


WRONG: list[dict[str, Any]] = [
    {"text": 7},
    {"text": "x" * 301},
    {"createdAt": "20 November"},
    {"createdAt": "2026-11-20"},
    {"$type": "app.bsky.feed.like"},
    {"facets": 7},
    {"facets": [{}]},
    {"facets": [{"index": {"byteStart": -1, "byteEnd": 1}, "features": []}]},
    {"facets": [{"index": {"byteStart": 0, "byteEnd": 1}, "features": [{}]}]},
    {"embed": {}},
    {"embed": {"$type": "app.bsky.embed.images", "images": [{}]}},
    {"embed": {"$type": "app.bsky.embed.images", "images": [{"alt": "", "image": {}}] * 5}},
    {"extra": 1.5},
]


@pytest.mark.parametrize("more", WRONG)
def test_a_record_that_breaks_its_lexicon_is_refused(anna: Person, more: dict[str, Any]) -> None:
    text = more.pop("text", "x")
    record = {"$type": POST, "text": text, "createdAt": "2026-11-20T10:00:00Z"} | more
    answer = anna.call(
        "com.atproto.repo.putRecord", repo=anna.did, collection=POST, rkey=rkey(0), record=record
    )
    more["text"] = text
    assert (answer.status_code, answer.json()["error"]) == (400, "InvalidRequest")
    assert anna.texts() == []


def test_a_key_that_is_no_tid_is_refused(anna: Person) -> None:
    assert anna.put("x", "Hi").json() == {
        "error": "InvalidRequest",
        "message": f'Invalid record key for {POST}: Invalid TID string (got "x") at $',
    }
