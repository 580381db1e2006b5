"""Every request that the adapter sends, held against Meta's own Postman collection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest

from postflow_desktop.domain.outcome import OutcomeKind
from postflow_desktop.platforms.threads import authorize
from postflow_desktop.platforms.threads.fingerprint import read_post
from postflow_desktop.sandbox.exchange import Answer, Call
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.transport.client import HttpClient
from tests.threads.world import Seat, contract

OTHERS = {"access_token", "grant_type", "fields"}
"""Parameters of every call, or whose values are looked at one by one below."""


class Collection:
    """The requests of the collection by method and path, with the parameters they know."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.variables = {one["key"]: one.get("value", "") for one in found["variable"]}
        self.requests: dict[tuple[str, str], set[str]] = {}
        self.examples: dict[str, str] = {}
        for item in _items(found["item"]):
            request = item["request"]
            url = request["url"]
            path = url["raw"].split("?")[0].removeprefix("{{api_host}}").rstrip("/")
            names = {one["key"] for one in url.get("query", [])}
            self.requests.setdefault((request["method"], path), set()).update(names)
            for response in item.get("response", []):
                self.examples[item["name"]] = response.get("body") or ""

    def names(self, variable: str) -> set[str]:
        return set(re.findall(r"\w+", self.variables[variable]))


def _items(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in found:
        if "item" in item:
            yield from _items(item["item"])
        else:
            yield item


@pytest.fixture(scope="module")
def collection() -> Collection:
    return Collection(contract())


@pytest.fixture
def calls(
    seat: Seat, http: HttpClient, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> list[Call]:
    """Everything that the adapter says in the life of an account and a post."""
    heard: list[Call] = []
    answer = sandbox.threads.handle

    def listen(call: Call) -> Answer:
        heard.append(call)
        return answer(call)

    monkeypatch.setattr(sandbox.threads, "handle", listen)
    from tests.threads.world import grant

    signed_in = seat.connector.sign_in(sandbox.url, "", grant(http, sandbox.url))
    seat.connector.sign_in(sandbox.url, "", signed_in.tokens.access)
    wire = seat.wire("Bread", link="https://bakery.com/menu")
    result = seat.send(wire).result
    assert result is not None
    seat.publisher.find(seat.session, wire)
    page = seat.publisher.list_own(seat.session, limit=1)
    seat.publisher.list_own(seat.session, limit=1, cursor=page.cursor or "MQ==")
    seat.publisher.delete(seat.session, result.external_id)
    seat.clock.move(days=2)
    seat.connector.refresh(seat.signed_in.service, seat.signed_in.tokens)
    return [call for call in heard if call.path != "/oauth/authorize"]


def _path(call: Call) -> str:
    """The path as the collection writes it: without version, ids as variables."""
    path = call.path.removeprefix("/v1.0")
    if not re.fullmatch(r"/[0-9]+", path):
        return path
    is_container = "status" in call.query.get("fields", "")
    return "/{{container_id}}" if is_container else "/{{thread_id}}"


def _given(call: Call) -> dict[str, str]:
    return {**call.query, **dict(parse_qsl(call.body.decode()))}


def test_every_call_is_one_of_meta_s_with_parameters_it_knows(
    calls: list[Call], collection: Collection
) -> None:
    assert len({(call.method, _path(call)) for call in calls}) >= 11
    for call in calls:
        known = collection.requests.get((call.method, _path(call)))
        assert known is not None, f"{call.method} {_path(call)}"
        assert set(_given(call)) - OTHERS <= known, f"{call.method} {_path(call)}"


def test_every_field_that_is_asked_for_exists(calls: list[Call], collection: Collection) -> None:
    by_path = {
        "/{{container_id}}": "fields_container",
        "/{{thread_id}}": "fields_threads",
        "/me/threads": "fields_threads",
        "/me": "fields_profile",
    }
    asked = [call for call in calls if "fields" in call.query]
    assert {_path(call) for call in asked} == set(by_path)
    for call in asked:
        names = set(call.query["fields"].split(","))
        assert names <= collection.names(by_path[_path(call)])


def test_tokens_of_accounts_travel_in_a_header(calls: list[Call], seat: Seat) -> None:
    versioned = [call for call in calls if call.path.startswith("/v1.0/")]
    assert versioned
    for call in versioned:
        assert call.headers["authorization"].startswith("Bearer ")
        assert "access_token" not in _given(call)


def test_the_scopes_and_grants_are_those_of_the_collection(
    calls: list[Call], collection: Collection
) -> None:
    assert set(authorize.SCOPES) <= set(collection.variables["scope"].split(","))
    grants = {_given(call)["grant_type"] for call in calls if "grant_type" in _given(call)}
    assert grants == {"authorization_code", "th_exchange_token", "th_refresh_token"}


def test_the_example_of_a_listing_can_be_read(collection: Collection) -> None:
    import json

    example = json.loads(collection.examples["Get a List of All a User's Threads"])
    post = read_post(example["data"][0] | {"id": "1806"})
    assert post is not None
    assert (post.text, post.kind) == ("This is a test post", "TEXT_POST")
    assert post.created_at is not None
    assert post.created_at.isoformat() == "2024-09-12T23:17:39+00:00"


def test_the_sandbox_answers_with_the_names_of_the_examples(
    seat: Seat, sandbox: SandboxServer, collection: Collection
) -> None:
    import json

    outcome = seat.post("Bread")
    assert outcome.kind is OutcomeKind.PUBLISHED
    user = {"id": seat.session.user_id}
    fields = collection.names("fields_quota")
    ours = sandbox.threads.stored.quota(user, fields)["data"][0]
    theirs = json.loads(collection.examples["Retrieve Publishing Quota Limit"])["data"][0]
    assert set(theirs) <= set(ours) <= fields
    assert set(theirs["config"]) == set(ours["config"])
    example = json.loads(collection.examples["Get a List of All a User's Threads"])
    listing = sandbox.threads.stored.listing(user, {}, {"id", "text", "permalink", "timestamp"})
    assert set(listing["data"][0]) <= set(example["data"][0])
    assert set(listing["paging"]["cursors"]) == set(example["paging"]["cursors"])
