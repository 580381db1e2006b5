"""What of a text becomes a link, a mention or a tag."""

# ruff: noqa: RUF001 - texts in many scripts are the point

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from postflow_desktop.platforms.bluesky.facets import facets, payload_facets, rendered_text
from tests.bluesky.world import payload

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
FLAG = "\U0001f1e9\U0001f1ea"


def resolve(handle: str) -> str | None:
    return f"did:plc:{handle}" if handle.endswith((".test", ".social")) else None


def found(text: str) -> list[tuple[str, str]]:
    """(what is seen, where it leads) of each facet."""
    raw = text.encode()
    return [
        (raw[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode(), value(f))
        for f in as_dicts(facets(text, resolve))
    ]


def as_dicts(items: list[dict[str, object]]) -> list[dict[str, Any]]:
    return [dict(item) for item in items]


def value(facet: dict[str, Any]) -> str:
    (feature,) = facet["features"]
    (result,) = [text for name, text in feature.items() if name != "$type"]
    return str(result)


LINKS = [
    ("see https://example.com", "https://example.com", None),
    ("http://example.com/a?b=c#d", "http://example.com/a?b=c#d", None),
    ("HTTPS://Example.COM/Path", "HTTPS://Example.COM/Path", None),
    ("https://example.com:8080/x", "https://example.com:8080/x", None),
    ("http://localhost:3000/x", "http://localhost:3000/x", None),
    ("read https://example.com.", "https://example.com", None),
    ("really https://example.com/a?!", "https://example.com/a", None),
    ("https://example.com/a, then", "https://example.com/a", None),
    ("(https://example.com)", "https://example.com", None),
    ("(see https://de.wikipedia.org/wiki/A_(b))", "https://de.wikipedia.org/wiki/A_(b)", None),
    ("https://example.com/a_(b)_(c).", "https://example.com/a_(b)_(c)", None),
    ("[https://example.com/x]", "https://example.com/x", None),
    ('"https://example.com/x"', "https://example.com/x", None),
    ("<https://example.com/x>", "https://example.com/x", None),
    ("«https://example.com/x»", "https://example.com/x", None),
    ("**https://example.com**", "https://example.com", None),
    ("https://bücher.example/straße?ü=1", "https://bücher.example/straße?ü=1", None),
    ("https://日本語.jp/パス。次の文", "https://日本語.jp/パス", None),
    ("見てhttps://example.comを", "https://example.com", None),
    ("https://пример.рф/путь", "https://пример.рф/путь", None),
    ("https://example.com/\U0001f389 ok", "https://example.com/\U0001f389", None),
    (f"{FAMILY} https://example.com", "https://example.com", None),
    (f"{FLAG}{FLAG} e\u0301 https://example.com", "https://example.com", None),
    ("https://example.com/@alice.test", "https://example.com/@alice.test", None),
    ("https://example.com/#tag", "https://example.com/#tag", None),
    ("https://example.com\u200bnext", "https://example.com", None),
    ("example.com", "example.com", "https://example.com"),
    (
        "www.example.co.uk/path?x=1,",
        "www.example.co.uk/path?x=1",
        "https://www.example.co.uk/path?x=1",
    ),
    ("Go to example.com!", "example.com", "https://example.com"),
    ("EXAMPLE.COM", "EXAMPLE.COM", "https://EXAMPLE.COM"),
    ("münchen.de ist schön", "münchen.de", "https://münchen.de"),
    ("例子.中国", "例子.中国", "https://例子.中国"),
    ("今日はexample.comを見た", "example.com", "https://example.com"),
]


@pytest.mark.parametrize(("text", "seen", "uri"), LINKS)
def test_an_address_becomes_one_link(text: str, seen: str, uri: str | None) -> None:
    assert found(text) == [(seen, uri or seen)]


TAGS = [
    ("#tag", "#tag", "tag"),
    ("#tag.", "#tag", "tag"),
    ("(#tag)", "#tag", "tag"),
    ("#foo-bar!", "#foo-bar", "foo-bar"),
    ("#c++", "#c++", "c++"),
    ("#1a", "#1a", "1a"),
    ("＃タグ です", "＃タグ", "タグ"),
    ("日本語、#タグ。", "#タグ", "タグ"),
    ("#Straße", "#Straße", "Straße"),
    ("#cafe\u0301!", "#cafe\u0301", "cafe\u0301"),
    (f"#{FAMILY}", f"#{FAMILY}", FAMILY),
    (f"#{FLAG}", f"#{FLAG}", FLAG),
    ("#می\u200cخواهم", "#می\u200cخواهم", "می\u200cخواهم"),
    ("#a#b", "#a", "a"),
    ("#" + "x" * 64, "#" + "x" * 64, "x" * 64),
    ("$TSLA", "$TSLA", "$TSLA"),
    ("buy $aapl, now", "$aapl", "$AAPL"),
]


@pytest.mark.parametrize(("text", "seen", "tag"), TAGS)
def test_a_tag_is_found(text: str, seen: str, tag: str) -> None:
    assert found(text) == [(seen, tag)]


MENTIONS = [
    ("@alice.test hi", "@alice.test"),
    ("hi @Alice.Bsky.Social!", "@Alice.Bsky.Social"),
    ("(@alice.test)", "@alice.test"),
    ("@alice.test's post", "@alice.test"),
    ("@alice.test.", "@alice.test"),
    ("こんにちは@alice.testさん", "@alice.test"),
    (f"{FAMILY}@alice.test", "@alice.test"),
    ("@a-b.c-d.test", "@a-b.c-d.test"),
]


@pytest.mark.parametrize(("text", "seen"), MENTIONS)
def test_a_handle_becomes_a_mention(text: str, seen: str) -> None:
    assert found(text) == [(seen, f"did:plc:{seen[1:].lower()}")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain words",
        "#",
        "# heading",
        "#123",
        "#1,234",
        "#!!!",
        "#\ufe0f\u20e3 keycap",
        "a#b",
        "#" + "x" * 65,
        "#" + FAMILY * 26,
        "alice@alice.test",
        "first.last@alice.test",
        "müller@alice.test",
        "@user@mastodon.social",
        "@alice.test@elsewhere.test",
        "@nobody.example",
        "@alice",
        "@.test",
        "e.g. this, i.e. that",
        "v1.2.3",
        "1.2.3.4",
        "That ends.So it begins",
        "file.notarealending",
        "performance.now()",
        "array.map(x)",
        "path/to/site.com",
        "C:\\site.com",
        "_example.com",
        "mail@example.com",
        "https://",
        "https://,,,",
        "https:// example",
        "ftp://example.com",
        "xhttps://example.com",
        "US$5",
        "$5",
        "$TOOLONG",
        "日本$AAPL",
    ],
)
def test_what_is_none_stays_text(text: str) -> None:
    assert found(text) == []


def test_facets_come_in_order_and_count_bytes() -> None:
    text = f"{FAMILY} #eins @alice.test é https://example.com/ä $TSLA"
    assert [seen for seen, _ in found(text)] == [
        "#eins",
        "@alice.test",
        "https://example.com/ä",
        "$TSLA",
    ]


def test_a_handle_is_asked_for_in_lower_case_and_errors_pass_through() -> None:
    asked: list[str] = []

    def failing(handle: str) -> str | None:
        asked.append(handle)
        raise LookupError("no connection")

    with pytest.raises(LookupError):
        facets("hi @Alice.TEST", failing)
    assert asked == ["alice.test"]


@pytest.mark.parametrize(
    ("text", "link", "expected"),
    [
        ("Hi", None, "Hi"),
        ("Hi", "", "Hi"),
        ("Hi", "https://a.example/x", "Hi\n\nhttps://a.example/x"),
        ("Hi \n", "https://a.example/x", "Hi\n\nhttps://a.example/x"),
        ("", "https://a.example/x", "https://a.example/x"),
        ("See https://a.example/x.", "https://a.example/x", "See https://a.example/x."),
        ("See example.com", "https://example.com", "See example.com"),
        (
            "https://a.example/x/y",
            "https://a.example/x",
            "https://a.example/x/y\n\nhttps://a.example/x",
        ),
    ],
)
def test_a_link_that_is_not_in_the_text_stands_on_its_own(
    text: str, link: str | None, expected: str
) -> None:
    assert rendered_text(payload(text, link=link)) == expected


def test_the_appended_link_is_linked_whole_whatever_it_ends_with() -> None:
    content = payload("Hi", link="https://a.example/x!")
    (facet,) = as_dicts(payload_facets(content, resolve))
    raw = rendered_text(content).encode()
    assert raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]] == b"https://a.example/x!"
    assert value(facet) == "https://a.example/x!"


PIECES = st.sampled_from(
    [
        "https://",
        "http://bücher.example/ü",
        "example.com",
        "@alice.test",
        "#tag",
        "＃",
        "$TSLA",
        FAMILY,
        FLAG,
        "e\u0301",
        "語",
        "(",
        ")",
        ".",
        "/",
        "@",
        " ",
        "\n",
        "\u200d",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=25).map("".join)


@given(TEXTS)
@example("https://example.com" + ")" * 500)
@example("a." * 800 + "com")
@example("#" * 2000)
@example("@a." * 700)
def test_every_facet_is_a_slice_of_the_text_and_none_overlap(text: str) -> None:
    raw = text.encode()
    end = 0
    for facet in as_dicts(facets(text, resolve)):
        index = facet["index"]
        assert end <= index["byteStart"] < index["byteEnd"] <= len(raw)
        end = index["byteEnd"]
        seen = raw[index["byteStart"] : end].decode()
        assert seen in text
        target = value(facet)
        kind = facet["features"][0]["$type"].partition("#")[2]
        if kind == "link":
            assert target in (seen, f"https://{seen}")
        elif kind == "mention":
            assert target == f"did:plc:{seen[1:].lower()}"
        else:
            assert target in (seen[1:], seen.upper())
