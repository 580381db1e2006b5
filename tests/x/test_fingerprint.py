"""Recognising a post in what X lists, however X spells it, and no other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.errors import Bug
from postflow_desktop.domain.payload import Payload
from postflow_desktop.platforms.x.counting import measure, rendered_text
from postflow_desktop.platforms.x.fingerprint import read_post, same_words
from postflow_desktop.platforms.x.reading import is_it
from postflow_desktop.platforms.x.wire import own_id, read_wire, wire_form
from postflow_desktop.sandbox.x_text import shown
from tests.x.world import payload

AT = datetime(2026, 11, 23, 8, 0, 0, 123000, tzinfo=UTC)


def listed(text: str, pictures: int = 0) -> dict[str, Any]:
    """A post as the sandbox's X lists it."""
    keys = [f"3_{number}" for number in range(pictures)]
    words, entities = shown("1", text, keys, "bakery")
    item: dict[str, Any] = {"id": "1", "text": words, "created_at": "2026-11-23T08:00:00.000Z"}
    return item | {"entities": entities, "attachments": {"media_keys": keys}}


@pytest.mark.parametrize("pictures", [0, 1, 4])
@pytest.mark.parametrize(
    "text",
    [
        "Plain words",
        "a & b < c > d &amp; e",
        "bakery.com and https://bakery.com/Menu?a=1&b=2#top.",
        "https://bücher.de/straße and https://b.com/%C3%BC",
        "HTTPS://Bakery.COM/A",
        "one\n\n  two  ",
        "e\u0301 and é",
        "日本example.com/a",
        "😀 https://b.com 😀 https://b.com",
    ],
)
def test_a_listed_post_is_recognised(text: str, pictures: int) -> None:
    seen = read_post(listed(text, pictures))
    assert seen is not None
    assert same_words(text, seen.text)
    assert seen.media_count == pictures
    assert seen.created_at == AT.replace(microsecond=0)
    assert not same_words(text + " more", seen.text)


@pytest.mark.parametrize(
    ("expanded", "typed"),
    [
        ("http://bakery.com", "bakery.com"),
        ("http://bakery.com/", "bakery.com"),
        ("https://bakery.com/", "https://bakery.com"),
        ("https://xn--bcher-kva.de/a", "https://bücher.de/a"),
        ("https://bakery.com/%C3%BC", "https://bakery.com/ü"),
    ],
)
def test_an_address_is_the_same_in_any_spelling(expanded: str, typed: str) -> None:
    assert same_words(f"See {typed} now", f"See {expanded} now")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://bakery.com/a", "https://bakery.com/A"),
        ("https://bakery.com/a?x=1", "https://bakery.com/a?x=2"),
        ("https://bakery.com/a#x", "https://bakery.com/a"),
        ("Bread", "bread"),
        ("Bread", "Bread."),
        ("#Bread", "Bread"),
    ],
)
def test_other_words_are_another_post(one: str, other: str) -> None:
    assert not same_words(one, other)


@pytest.mark.parametrize(
    "item",
    [
        None,
        [],
        {},
        {"id": 7, "text": "x"},
        {"id": "", "text": "x"},
        {"id": "abc", "text": "x"},
        {"id": "1/2", "text": "x"},
    ],
)
def test_what_is_no_post_is_none(item: object) -> None:
    assert read_post(item) is None


VALUES = st.one_of(st.none(), st.integers(), st.text(max_size=9), st.lists(st.integers()))


@given(st.dictionaries(st.sampled_from(["text", "created_at", "entities", "attachments"]), VALUES))
def test_a_damaged_post_raises_nothing(item: dict[str, object]) -> None:
    assert read_post({"id": "1"} | item) is not None


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_recognised_after_x_changed_it(text: str) -> None:
    seen = read_post(listed(text))
    assert seen is not None
    assert same_words(text, seen.text)


def test_without_its_long_form_a_short_address_stays() -> None:
    item = {"id": "1", "text": "https://t.co/a", "entities": {"urls": [{"url": "https://t.co/a"}]}}
    seen = read_post(item)
    assert seen is not None
    assert seen.text == "https://t.co/a"


def test_the_wire_form_keeps_the_body_byte_for_byte() -> None:
    wire = wire_form('Ü "quoted"\n漢', ["12", "34"], AT)
    stored = read_wire(wire)
    assert stored.body == '{"text":"Ü \\"quoted\\"\\n漢","media":{"media_ids":["12","34"]}}'
    assert (stored.at, stored.text, stored.media_count) == (AT, 'Ü "quoted"\n漢', 2)
    assert read_wire(wire_form("  ", ["1"], AT)).body == '{"media":{"media_ids":["1"]}}'


@pytest.mark.parametrize("damaged", ["", "{", "[]", "{}", '{"body":1,"at":2}', '{"body":"[]"}'])
def test_a_damaged_wire_form_is_our_bug(damaged: str) -> None:
    with pytest.raises(Bug):
        read_wire(damaged)


@pytest.mark.parametrize(
    ("text", "link", "expected"),
    [
        ("Hello", None, "Hello"),
        ("Hello", " https://b.com/a ", "Hello\n\nhttps://b.com/a"),
        ("", "https://b.com/a", "https://b.com/a"),
        ("See https://b.com/a!", "https://b.com/a", "See https://b.com/a!"),
        ("See b.com/a.", "https://b.com/a", "See b.com/a."),
        ("See https://b.com/ab", "https://b.com/a", "See https://b.com/ab\n\nhttps://b.com/a"),
        ("See https://b.localtest", "https://b.localtest", "See https://b.localtest"),
    ],
)
def test_a_link_stands_in_the_text_once(text: str, link: str | None, expected: str) -> None:
    content: Payload = payload(text, link=link)
    assert rendered_text(content) == expected


@pytest.mark.parametrize("host", ["a.coffee", "a.co.uk", "a.de", "a.museum"])
def test_the_endings_of_today_are_known(host: str) -> None:
    assert measure(host) == 23
    assert measure(f"https://{host}/path") == 23
    assert measure(f"{host}q") != 23


def test_other_scripts_have_endings_too() -> None:
    assert measure("https://a.рф") == measure("https://a.みんな") == 23


@pytest.mark.parametrize(
    ("sent_to", "referenced", "matches"),
    [
        ("", [], True),
        ("", [{"type": "quoted", "id": "9"}], True),
        ("", [{"type": "replied_to", "id": "9"}], False),
        ("9", [{"type": "replied_to", "id": "9"}], True),
        ("9", [{"type": "quoted", "id": "9"}, {"type": "replied_to", "id": "8"}], False),
        ("9", [], False),
    ],
)
@pytest.mark.parametrize("name", ["referenced_tweets", "referenced_posts"])
def test_a_reply_is_one_to_the_same_post(
    sent_to: str, referenced: list[dict[str, str]], name: str, *, matches: bool
) -> None:
    seen = read_post(listed("Bread") | {name: referenced})
    assert seen is not None
    assert is_it(read_wire(wire_form("Bread", [], AT, reply_to=sent_to)), seen) is matches


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("123", "123"),
        ("https://x.com/bakery/status/123?s=20", "123"),
        ("https://twitter.com/i/web/status/123", "123"),
        ("https://example.com/status/123", None),
        ("12a", None),
    ],
)
def test_a_place_that_a_person_gave_leads_to_the_id(given: str, known: str | None) -> None:
    assert own_id(given) == known
