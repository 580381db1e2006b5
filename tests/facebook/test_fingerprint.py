"""Recognising a post in what Facebook lists, and no other; and what is sent, by Meta's contract."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.errors import Bug
from postflow_desktop.platforms.facebook import limits
from postflow_desktop.platforms.facebook.counting import card_link, measure, rendered_text
from postflow_desktop.platforms.facebook.fingerprint import (
    CLOCK_SLACK,
    FIELDS,
    is_it,
    read_post,
    same_link,
    same_words,
)
from postflow_desktop.platforms.facebook.wire import Wire, read_wire, wire_form
from tests.facebook.world import Pictures, contract, payload

AT = datetime(2026, 11, 23, 8, 0, 0, 123000, tzinfo=UTC)


def sent(text: str = "Bread", *photo_ids: str, link: str | None = None) -> Wire:
    return read_wire(wire_form("1234", text, photo_ids, link=link, at=AT))


def listed(
    text: str = "Bread", *photo_ids: str, link: str = "", late: timedelta = timedelta()
) -> dict[str, Any]:
    """A post as Facebook lists it."""
    item: dict[str, Any] = {"id": "1234_777", "created_time": f"{AT + late:%Y-%m-%dT%H:%M:%S}+0000"}
    photos: list[dict[str, Any]] = [
        {"media_type": "photo", "target": {"id": one}} for one in photo_ids
    ]
    found: list[dict[str, Any]] = [{"media_type": "album", "subattachments": {"data": photos}}]
    if len(photos) < 2:
        card = {"media_type": "link", "unshimmed_url": link}
        found = photos or ([card] if link else [])
    return item | ({"message": text} if text else {}) | {"attachments": {"data": found}}


def matches(wire: Wire, item: dict[str, Any]) -> bool:
    post = read_post(item)
    assert post is not None
    return is_it(wire, post)


@pytest.mark.parametrize(
    ("wire", "item"),
    [
        (sent(), listed()),
        (sent("e\u0301 \n\n x "), listed("é x")),
        (sent("", "1"), listed("", "1")),
        (sent("Bread", "1", "2", "3"), listed("Bread", "3", "1", "2")),
        (sent("Bread", link="https://b.com/a"), listed(link="https://b.com/a/?fbclid=x")),
        (sent("See https://b.com"), listed("See https://b.com", link="https://b.com")),
        (sent(), listed(late=timedelta(hours=3))),
        (sent(), listed(late=timedelta(seconds=1) - CLOCK_SLACK)),
    ],
)
def test_a_listed_post_is_recognised(wire: Wire, item: dict[str, Any]) -> None:
    assert matches(wire, item)


@pytest.mark.parametrize(
    ("wire", "item"),
    [
        (sent(), listed("bread")),
        (sent(), listed("Bread.")),
        (sent(), listed("Bread", "1")),
        (sent("Bread", "1"), listed()),
        (sent("Bread", "1"), listed("Bread", "2")),
        (sent("Bread", "1", "2"), listed("Bread", "1", "3")),
        (sent("Bread", "1", "2"), listed("Bread", "1")),
        (sent("Bread", link="https://b.com/a"), listed()),
        (sent("Bread", link="https://b.com/a"), listed(link="https://b.com/b")),
        (sent(), listed(late=timedelta(seconds=-1) - CLOCK_SLACK)),
        (sent(), listed() | {"created_time": "soon"}),
        (sent(), listed() | {"created_time": "2026-11-23T08:00:00"}),
    ],
)
def test_another_post_is_not(wire: Wire, item: dict[str, Any]) -> None:
    assert not matches(wire, item)


def test_photos_without_ids_are_counted() -> None:
    item = listed("Bread", "1", "2")
    for photo in item["attachments"]["data"][0]["subattachments"]["data"]:
        del photo["target"]
    assert matches(sent("Bread", "8", "9"), item)
    assert not matches(sent("Bread", "8"), item)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://b.com/a", "http://B.com/a/", True),
        ("https://bücher.de/a", "https://xn--bcher-kva.de/a#x", True),
        ("https://b.com/a?x=1", "https://b.com/a?x=1&fbclid=y", True),
        ("https://b.com/a?x=1", "https://b.com/a?x=2", False),
        ("https://b.com/a", "https://b.com/A", False),
        ("https://b.com/a", "", False),
        ("https://[b", "https://[b", True),
    ],
)
def test_an_address_is_the_same_in_any_spelling(one: str, other: str, *, same: bool) -> None:
    assert same_link(one, other) is same


@pytest.mark.parametrize("item", [None, [], {}, {"id": 7}, {"id": ""}, {"id": "7"}, {"id": "a_b"}])
def test_what_is_no_post_is_none(item: object) -> None:
    assert read_post(item) is None


VALUES = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=9)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["data", "target", "subattachments", "media_type"]), inner, max_size=3
        ),
    ),
    max_leaves=9,
)


@given(st.dictionaries(st.sampled_from(["message", "created_time", "attachments"]), VALUES))
def test_a_damaged_post_raises_nothing(item: dict[str, object]) -> None:
    post = read_post({"id": "1_2"} | item)
    assert post is not None
    assert not is_it(sent("something else"), post)


@given(st.text(max_size=40), st.text(max_size=40))
def test_words_are_the_same_only_if_they_are(one: str, other: str) -> None:
    assert same_words(one, f" {one}\n")
    assert same_words(one, other) == same_words(other, one)
    assert not same_words(one, f"{one}.")


def test_the_wire_form_keeps_the_body_byte_for_byte() -> None:
    stored = read_wire(wire_form("1234", 'Ü "x"\n漢', ["12", "34"], link=None, at=AT))
    media = '[{"media_fbid":"12"},{"media_fbid":"34"}]'
    assert stored.body == '{"message":"Ü \\"x\\"\\n漢","attached_media":' + media + "}"
    assert (stored.at, stored.text, stored.photo_ids) == (AT, 'Ü "x"\n漢', ("12", "34"))
    assert "message" not in read_wire(wire_form("1", " ", ["1"], link=None, at=AT)).body


@pytest.mark.parametrize("damaged", ["", "{", "[]", "{}", '{"page":"1","body":"[]","at":"x"}'])
def test_a_damaged_wire_form_is_our_bug(damaged: str) -> None:
    with pytest.raises(Bug):
        read_wire(damaged)


@pytest.mark.parametrize(
    ("text", "link", "photos", "expected", "card"),
    [
        ("Hello", None, 0, "Hello", None),
        ("Hello", " https://b.com ", 0, "Hello", "https://b.com"),
        ("  ", "https://b.com", 0, "https://b.com", "https://b.com"),
        ("Hello ", "https://b.com", 1, "Hello\n\nhttps://b.com", None),
        ("See (https://b.com)!", "https://b.com", 1, "See (https://b.com)!", None),
        ("", "https://b.com", 1, "https://b.com", None),
    ],
)
def test_a_link_is_a_card_or_beside_photos_a_part_of_the_text(
    text: str, link: str | None, photos: int, expected: str, card: str | None
) -> None:
    content = payload(text, *[Pictures().add("red")] * photos, link=link)
    assert rendered_text(content) == expected
    assert card_link(content) == card


@pytest.mark.parametrize(
    ("text", "link", "code"),
    [
        ("x" * 63_206, None, None),
        ("x" * 63_207, None, "text_too_long"),
        ("", None, "empty_post"),
        ("\ud800", None, "bad_text"),
        ("x", "bakery.com", "bad_link"),
        ("x", "https://[b", "bad_link"),
        ("x", "https://bakery.com", None),
    ],
)
def test_what_facebook_refuses_is_not_sent(text: str, link: str | None, code: str | None) -> None:
    content = payload(text, link=link)
    found = limits.check(rendered_text(content), content)
    assert (found.code if found else None) == code
    assert measure("😀é") == 3


def parameters(edge: str) -> dict[str, str]:
    """The documented parameters of a POST to an edge of a Page."""
    page: dict[str, Any] = json.loads(contract("Page.json").read_text(encoding="utf-8"))
    (found,) = [
        one["params"]
        for one in page["apis"]
        if (one["method"], one.get("endpoint")) == ("POST", edge)
    ]
    return {one["name"]: one["type"] for one in found}


def test_every_parameter_is_one_that_meta_documents() -> None:
    feed = parameters("feed")
    with_photos = json.loads(sent("Bread", "1").body)
    with_link = json.loads(sent("Bread", link="https://b.com").body)
    assert set(with_photos) | set(with_link) <= set(feed)
    assert feed["attached_media"] == "list<Object>"
    assert {"published", "alt_text_custom"} <= set(parameters("photos"))


def test_every_field_that_is_read_is_one_that_meta_documents() -> None:
    post: dict[str, Any] = json.loads(contract("PagePost.json").read_text(encoding="utf-8"))
    names = {one["name"] for one in post["fields"]}
    edges = {one.get("endpoint") for one in post["apis"] if one["method"] == "GET"}
    assert set(FIELDS.partition(",attachments")[0].split(",")) <= names
    assert "attachments" in edges
    assert any(one["method"] == "DELETE" and not one.get("endpoint") for one in post["apis"])
    page: dict[str, Any] = json.loads(contract("Page.json").read_text(encoding="utf-8"))
    assert {"id", "name", "username", "access_token"} <= {one["name"] for one in page["fields"]}
    reads = {one.get("endpoint") for one in page["apis"] if one["method"] == "GET"}
    assert "published_posts" in reads
