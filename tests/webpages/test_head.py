"""Reading a page's own words: sound pages, odd ones, hostile ones, in any character set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.services.ports.link_pages import PageFacts
from postflow_desktop.webpages.charset import decoded
from postflow_desktop.webpages.head import MAX_DESCRIPTION, MAX_TITLE, read_head

URL = "https://www.news.example/a/story.html"

PIECES = (
    "<",
    ">",
    "<!--",
    "-->",
    "<meta property='og:title' content='",
    "<meta property=og:image content=",
    "'>",
    '">',
    "<title>",
    "</title>",
    "<svg>",
    "<script>",
    "</script>",
    "<![CDATA[",
    "&#xD800;",
    "&#0;",
    "&amp;",
    "<base href='//[",
    "http://[::1",
    "\x00",
    "\ud800",
    "\u202e",
    "é",
)


def test_open_graph_wins_over_twitter_and_html() -> None:
    facts = read_head(
        """<html><head><title>Plain</title>
        <meta name="description" content="plain words">
        <meta name="twitter:title" content="Twitter"><meta name="twitter:image" content="/t.png">
        <meta property="og:title" content=" Fresh &amp; warm
           bread "><meta property="og:description" content="Every day &#8211; at six">
        <meta property="og:image" content="../pictures/bread.jpg?a=1&amp;b=2"></head></html>""",
        URL,
    )
    assert facts == PageFacts(
        title="Fresh & warm bread",
        description="Every day – at six",
        picture_url="https://www.news.example/pictures/bread.jpg?a=1&b=2",
    )


@pytest.mark.parametrize(
    ("html", "facts"),
    [
        ("", PageFacts(title="news.example")),
        ("just words", PageFacts(title="news.example")),
        ("<title> A  title </title>", PageFacts(title="A title")),
        ("<svg><title>drawn</title></svg><title>real</title>", PageFacts(title="real")),
        ("<div title='<title>no</title>' a=\"'\">x<title>real</title>", PageFacts(title="real")),
        ('<p title="a" "><title>real</title>', PageFacts(title="real")),
        ("<script>'<title>no</title>'</script><title>real</title>", PageFacts(title="real")),
        ("<!-- <title>no</title> --><title>real</title><title>no</title>", PageFacts(title="real")),
        ("a < b <1> <title>real", PageFacts(title="real")),
        ("<head><title>real</title></head><svg><title>drawn</title>", PageFacts(title="real")),
        (
            "<meta name='twitter:title' content='T'><meta name=description content=D>",
            PageFacts(title="T", description="D"),
        ),
        ("<META PROPERTY='OG:TITLE' CONTENT='Loud'>", PageFacts(title="Loud")),
        ("<meta property='og:title' content='  '><title>x</title>", PageFacts(title="x")),
        ("<meta property='og:site_name' content='The News'>", PageFacts(title="The News")),
        (
            "<link rel=image_src href=i.png><title>x</title>",
            PageFacts(title="x", picture_url="https://www.news.example/a/i.png"),
        ),
        (
            "<base href='//cdn.example/x/'><title>x</title><meta property=og:image content=i.png>",
            PageFacts(title="x", picture_url="https://cdn.example/x/i.png"),
        ),
        (
            (
                "<title>x</title><meta property=og:image content=data:image/png;base64,AAAA>"
                "<meta name=twitter:image content=https://b.example/2.png>"
            ),
            PageFacts(title="x", picture_url="https://b.example/2.png"),
        ),
        ("<title>x</title><meta property=og:image content='http://[::1'>", PageFacts(title="x")),
        ("<title>x</title><meta property=og:image content='file:///x'>", PageFacts(title="x")),
        (
            "<title>fine\u202egnp.exe\u200f\x07 \U000e0041</title>",
            PageFacts(title="finegnp.exe"),
        ),
    ],
)
def test_odd_pages(html: str, facts: PageFacts) -> None:
    assert read_head(html, URL) == facts


def test_long_words_are_cut_between_characters() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    facts = read_head(
        f"<title>{family * 2000}</title><meta name=description content='{'x' * 50_000}'>", URL
    )
    assert facts.title == family * (MAX_TITLE - 1) + "…"
    assert facts.description == "x" * (MAX_DESCRIPTION - 1) + "…"


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece", ["<", "<a ", "<!--", "<div>", "&", "<meta content=a>", "<title>", "<![CDATA[", "</"]
)
def test_two_megabytes_of_malice_are_read(piece: str) -> None:
    html = piece * (2_000_000 // len(piece)) + "<title>x</title>"
    assert len(read_head(html, URL).title) <= MAX_TITLE


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=40))
def test_any_page_gives_words_that_can_be_stored_and_web_addresses(pieces: list[str]) -> None:
    facts = read_head("".join(pieces), URL)
    for words in (facts.title, facts.description):
        words.encode()
        assert "\n" not in words
        assert "\x00" not in words
        assert "\u202e" not in words
    assert facts.title
    assert facts.picture_url is None or facts.picture_url.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("data", "content_type", "text"),
    [
        ("Brötchen".encode(), "text/html", "Brötchen"),
        ("Brötchen".encode("cp1252"), "text/html", "Brötchen"),
        ("„Brötchen“".encode("cp1252"), "text/html; charset=ISO-8859-1", "„Brötchen“"),
        (b"<meta charset='koi8-r'>" + "хлеб".encode("koi8-r"), "", "<meta charset='koi8-r'>хлеб"),
        (
            b'<meta http-equiv=x content="text/html; charset=Shift_JIS">' + "パン".encode("cp932"),
            "text/html",
            '<meta http-equiv=x content="text/html; charset=Shift_JIS">パン',
        ),
        ("パン".encode("euc_jp"), "text/html;charset='EUC-JP'", "パン"),
        (b"\xef\xbb\xbf" + "ü".encode(), "text/html; charset=koi8-r", "ü"),
        ("\ufeffü".encode("utf-16-le"), "", "ü"),
        ("ü".encode("utf-16-be"), "text/html; charset=utf-16be", "ü"),
        (b"<meta charset=utf-16>" + "ü".encode(), "", "<meta charset=utf-16>ü"),
        ("aé".encode()[:-1], "", "a\ufffd"),
        (b"x\xffy", "text/html; charset=utf-8", "x\ufffdy"),
        (b"abc", "text/html; charset=rot13", "abc"),
        (b"abc", "text/html; charset=zip", "abc"),
        (b"abc", "text/html; charset=utf-7", "abc"),
    ],
)
def test_character_sets(data: bytes, content_type: str, text: str) -> None:
    assert decoded(data, content_type) == text


@given(st.binary(max_size=200), st.text(max_size=40))
def test_any_bytes_can_be_read(data: bytes, content_type: str) -> None:
    assert isinstance(decoded(data, content_type), str)


@given(st.sampled_from(["idna", "punycode", "unicode_escape", "hex", "bz2", "undefined", "mbcs"]))
def test_codecs_that_are_no_character_sets_are_never_used(name: str) -> None:
    assert decoded(b"a-b", f"text/html; charset={name}") == "a-b"
