"""What is sent: the frozen call, its photos on the way, the limits, and Telegram's own contract."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from postflow_desktop.domain.errors import Bug
from postflow_desktop.domain.post import Media
from postflow_desktop.platforms.telegram import carrying, limits
from postflow_desktop.platforms.telegram.carrying import Carrier
from postflow_desktop.platforms.telegram.counting import measure, rendered_text
from postflow_desktop.platforms.telegram.wire import publish_request, read_wire, wire_form
from postflow_desktop.sandbox.exchange import Call
from postflow_desktop.sandbox.forms import read_form
from tests.telegram.world import TOKEN, Pictures, contract, payload

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CHAT = -1001234567890


def wires() -> dict[str, tuple[str, list[bytes]]]:
    """One of each method, with its photos."""
    pictures = Pictures()
    red, blue = pictures.add("red"), pictures.add("blue", kind="JPEG")
    link = "https://bakery.com"
    made: dict[str, list[Media]] = {
        "sendMessage": [],
        "sendPhoto": [red],
        "sendMediaGroup": [red, blue],
    }
    return {
        method: (
            wire_form(CHAT, 'Ü "x"\n漢', media, link=link, at=AT),
            [pictures.bytes[item.sha256] for item in media],
        )
        for method, media in made.items()
    }


@pytest.mark.parametrize("method", ["sendMessage", "sendPhoto", "sendMediaGroup"])
def test_the_same_wire_form_is_always_the_same_request(method: str) -> None:
    wire, photos = wires()[method]
    one, other = (publish_request("https://a", TOKEN, wire, photos) for _ in range(2))
    assert (one.url, one.body, one.headers) == (other.url, other.body, other.headers)
    assert one.url == f"https://a/bot{TOKEN}/{method}"
    assert TOKEN not in wire
    headers = {name.lower(): value for name, value in one.headers.items()}
    form = read_form(Call(method="POST", path="/", headers=headers, body=one.body))
    assert form.value("chat_id") == CHAT
    assert list(form.files.values()) == photos


@pytest.mark.parametrize("method", ["sendMessage", "sendPhoto", "sendMediaGroup"])
def test_every_field_is_one_that_telegram_documents(method: str) -> None:
    api: dict[str, Any] = json.loads(contract().read_text(encoding="utf-8"))
    documented = {field["name"]: field for field in api["methods"][method]["fields"]}
    stored = read_wire(wires()[method][0])
    parts = {name for name, *_ in stored.files if not name.startswith("f")}
    given = set(stored.fields) | parts
    assert given <= set(documented)
    assert {name for name, field in documented.items() if field["required"]} <= given
    items = {field["name"] for field in api["types"]["InputMediaPhoto"]["fields"]}
    assert all(set(item) <= items for item in stored.fields.get("media", ()))
    options = {field["name"] for field in api["types"]["LinkPreviewOptions"]["fields"]}
    assert set(stored.fields.get("link_preview_options", ())) <= options


def test_the_limits_are_those_of_the_contract() -> None:
    api: dict[str, Any] = json.loads(contract().read_text(encoding="utf-8"))

    def words(method: str, field: str) -> str:
        fields = api["methods"][method]["fields"]
        return str(next(one["description"] for one in fields if one["name"] == field))

    assert f"1-{limits.RULES.max_graphemes} characters" in words("sendMessage", "text")
    assert f"0-{limits.MAX_CAPTION} characters" in words("sendPhoto", "caption")
    assert f"2-{limits.RULES.max_images} items" in words("sendMediaGroup", "media")
    photo = words("sendPhoto", "photo")
    assert "at most 10 MB" in photo
    assert limits.RULES.max_image_bytes == 10_000_000
    assert f"must not exceed {limits.MAX_SIDES}" in photo
    assert f"at most {limits.MAX_RATIO}" in photo


@pytest.mark.parametrize(
    "method", ["getMe", "getChat", "getChatMember", "deleteMessage", "deleteMessages"]
)
def test_the_other_methods_exist(method: str) -> None:
    assert method in json.loads(contract().read_text(encoding="utf-8"))["methods"]


@pytest.mark.parametrize("damaged", ["", "{", "[]", "{}", '{"method":"x","fields":{},"files":[]}'])
def test_a_damaged_wire_form_is_our_bug(damaged: str) -> None:
    with pytest.raises(Bug):
        read_wire(damaged)


@pytest.mark.parametrize(
    ("text", "link", "expected"),
    [
        ("Hello", None, "Hello"),
        ("Hello ", " https://b.com/a ", "Hello\n\nhttps://b.com/a"),
        ("", "https://b.com/a", "https://b.com/a"),
        ("See (https://b.com/a)!", "https://b.com/a", "See (https://b.com/a)!"),
        ("See https://b.com/ab", "https://b.com/a", "See https://b.com/ab\n\nhttps://b.com/a"),
        ("https://b.com/a?x=(1)", "https://b.com/a?x=(1)", "https://b.com/a?x=(1)"),
    ],
)
def test_a_link_stands_in_the_text_once(text: str, link: str | None, expected: str) -> None:
    assert rendered_text(payload(text, link=link)) == expected


def test_lengths_are_counted_in_utf_16() -> None:
    assert measure("aé漢") == 3
    assert measure("😀") == 2
    assert measure("e\u0301") == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"width": 9000, "height": 1001}, "image_dimensions"),
        ({"width": 2001, "height": 100}, "image_dimensions"),
        ({"width": 9000, "height": 1000}, None),
        ({"width": 2000, "height": 100}, None),
        ({"size": 10_000_001}, "image_too_big"),
        ({"mime": "image/gif"}, "media_type"),
    ],
)
def test_photos_that_telegram_refuses_are_not_sent(
    change: dict[str, Any], code: str | None
) -> None:
    found = limits.check("Hi", payload("Hi", replace(Pictures().add("red"), **change)))
    assert (found.code if found else None) == code


def test_photos_have_to_fit_into_one_request() -> None:
    photo = replace(Pictures().add("red"), size=9_000_000)
    assert limits.check("Hi", payload("Hi", *[photo] * 5)) is None
    found = limits.check("Hi", payload("Hi", *[photo] * 6))
    assert found is not None
    assert found.code == "image_too_big"


def test_half_a_character_is_not_sent() -> None:
    found = limits.check("\ud800", payload("\ud800"))
    assert found is not None
    assert found.code == "bad_text"


class Boot:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.boot = 0.0

    def now(self) -> datetime:
        return AT

    def boottime(self) -> float:
        return self.boot


def test_what_is_carried_is_taken_once_and_not_kept_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Boot()
    carrier = Carrier(clock)
    carrier.put("a", [b"1"])
    carrier.put("b", [b"2"])
    assert (carrier.take("b"), carrier.take("b"), carrier.take("c")) == ((b"2",), None, None)
    clock.boot = carrying.KEPT_SECONDS + 1
    carrier.put("c", [b"3"])
    assert (carrier.take("a"), carrier.take("c")) == (None, (b"3",))
    monkeypatch.setattr(carrying, "KEPT_BYTES", 10)
    for name in "def":
        carrier.put(name, [b"12345"])
    assert [carrier.take(name) for name in "def"] == [None, (b"12345",), (b"12345",)]
