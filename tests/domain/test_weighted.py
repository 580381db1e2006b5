"""X's weighted length: a table from its documented rules, and properties that hold for any text."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.weighted import find_urls, weighted_length

ENDINGS = frozenset({"com", "org", "de", "uk", "co", "io", "net", "bakery", "рф", "みんな"})
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
FLAG = "\U0001f1e9\U0001f1ea"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"

TABLE = [
    # letters and their weights
    ("", 0),
    ("hello", 5),
    ("a b\nc", 5),
    ("\r\n", 2),
    ("Grüße, Ärger", 12),
    ("Привет", 6),
    ("Γειά", 4),
    ("שלום", 4),
    ("مرحبا", 5),
    ("नमस्ते", 6),
    ("\u10ff", 1),
    ("\u1100", 2),
    ("漢字", 4),
    ("ひらがな", 8),
    ("한국어", 6),
    ("ＡＢ", 4),  # noqa: RUF001 - that character is what is counted
    ("a漢b", 4),
    # punctuation beyond Latin
    ("\u2000\u200d", 2),
    ("\u200e", 2),
    ("\u200f", 2),
    ("a–b—c", 5),
    ("“quote”", 7),
    ("‘it’s’", 6),  # noqa: RUF001 - that character is what is counted
    ("wait…", 6),
    ("′″", 2),  # noqa: RUF001 - that character is what is counted
    ("€5", 3),
    ("™", 2),
    ("→", 2),
    ("\U0001d400", 2),
    # one form for one letter
    ("é", 1),
    ("e\u0301", 1),
    ("a\u0323\u0307", 3),
    ("\u212b", 1),
    ("\u1112\u1161\u11ab", 2),
    ("か\u3099", 2),
    # emoji
    ("😀", 2),
    ("😀😀", 4),
    ("☺", 2),
    ("❤", 2),
    ("❤\ufe0f", 2),
    ("❤\ufe0e", 4),
    (FAMILY, 2),
    (f"{FAMILY}{FAMILY}", 4),
    (FLAG, 2),
    (f"{FLAG}\U0001f1eb\U0001f1f7", 4),
    ("\U0001f1e9", 2),
    (SCOTLAND, 2),
    ("👍🏽", 2),
    ("🍕🏽", 4),
    ("👩🏽\u200d🚀", 2),
    ("🏳\ufe0f\u200d🌈", 2),
    ("🤷🏾\u200d♀\ufe0f", 2),
    ("1\ufe0f\u20e3", 2),
    ("#\u20e3", 2),
    ("1", 1),
    ("#*0", 3),
    ("©", 1),
    ("©\ufe0f", 2),
    ("®", 1),
    ("🫠", 2),
    ("a🎂b", 4),
    # addresses with a scheme
    ("https://example.com", 23),
    ("http://a.de", 23),
    ("HTTPS://EXAMPLE.COM/A", 23),
    ("https://example.com/" + "a" * 500, 23),
    ("see https://example.com now", 31),
    ("https://example.com.", 24),
    ("https://example.com/a, b", 26),
    ("(https://example.com)", 25),
    ("https://example.com/a_(b)", 23),
    ("https://example.com/a?b=c&d=e#f", 23),
    ("https://example.com:8080/a", 23),
    ("https://bücher.de/straße", 23),
    ("https://президент.рф", 23),
    ("https://xn--bcher-kva.de", 23),
    ("https://example.com https://example.org", 47),
    ("漢https://example.com", 25),
    ("https://example.comを見て", 29),
    ("xhttps://example.com", 20),
    ("https://localhost", 17),
    ("https://example.nonsense", 24),
    ("https://127.0.0.1/a", 19),
    ("ftp://example.com", 17),
    # X's own addresses
    ("https://t.co/abcdefghij", 23),
    ("https://t.co/abcdefghij/more", 28),
    ("https://t.co/" + "a" * 41, 54),
    # addresses without a scheme
    ("example.com", 23),
    ("Visit example.com!", 30),
    ("example.com/menu", 23),
    ("example.co.uk", 23),
    ("shop.example.bakery/today", 23),
    ("example.com?a=1", 27),
    ("EXAMPLE.COM", 23),
    ("end.Start", 9),
    ("example.nonsense", 16),
    ("v1.2.3", 6),
    ("日本example.com", 27),
    ("日本.com", 8),
    ("-example.com", 12),
    ("_example.com", 12),
    ("/example.com", 12),
    (".example.com", 12),
    # what is no address
    ("mina@example.com", 16),
    ("@example.com", 12),
    ("#example.com", 12),
    ("$example.com", 12),
    ("example.com@home", 16),
    ("a" * 64 + ".com", 68),
]


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len({text for text, _ in TABLE}) == len(TABLE) >= 60


@pytest.mark.parametrize(("text", "length"), TABLE)
def test_a_text_has_the_length_that_x_documents(text: str, length: int) -> None:
    assert weighted_length(text, ENDINGS) == length


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("a https://example.com/x. b example.org/y, c", ["https://example.com/x", "example.org/y"]),
        ("example.com.example.org", ["example.com.example.org"]),
        ("https://example.com/@name/page", ["https://example.com/@name/page"]),
        ("https://t.co/abc/def", ["https://t.co/abc"]),
        ("日本example.com/ü", ["example.com/ü"]),
        ("no address. At all", []),
        ("https://xn--はじめ.com", []),
    ],
)
def test_addresses_are_found_where_x_finds_them(text: str, urls: list[str]) -> None:
    assert [text[span.start : span.end] for span in find_urls(text, ENDINGS)] == urls


def test_without_endings_nothing_is_an_address() -> None:
    assert find_urls("https://example.com example.org", frozenset()) == []


WORDS = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from([*"ab.:/@#()- \n", "\u200d", "\ufe0f", "😀", "👩", "漢", "e", "\u0301"]),
    ),
    max_size=60,
)
PIECES = st.lists(
    st.one_of(WORDS, st.sampled_from(["https://example.com/a", "example.org", FAMILY, FLAG])),
    max_size=6,
)


@given(PIECES.map("".join))
def test_the_length_lies_between_nothing_and_two_a_code_point(text: str) -> None:
    normal = normalize("NFC", text)
    spans = find_urls(normal, ENDINGS)
    outside = len(normal) - sum(span.end - span.start for span in spans)
    assert 0 <= weighted_length(text, ENDINGS) <= 2 * outside + 23 * len(spans)


@given(PIECES.map("".join))
def test_the_form_of_a_letter_does_not_matter(text: str) -> None:
    length = weighted_length(text, ENDINGS)
    assert weighted_length(normalize("NFC", text), ENDINGS) == length
    assert weighted_length(normalize("NFD", text), ENDINGS) == length


@given(PIECES.map("".join), PIECES.map("".join))
def test_texts_on_paragraphs_of_their_own_add_up(one: str, other: str) -> None:
    together = weighted_length(f"{one}\n\n{other}", ENDINGS)
    # What stands before an address may belong to it, so the other text keeps its paragraph.
    assert together == weighted_length(one, ENDINGS) + weighted_length(f"\n\n{other}", ENDINGS)


@given(PIECES.map("".join))
def test_spans_are_in_order_and_apart(text: str) -> None:
    edges = [edge for span in find_urls(text, ENDINGS) for edge in (span.start, span.end)]
    assert edges == sorted(set(edges))
    assert all(0 <= edge <= len(text) for edge in edges)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["a", "漢", "a.", "あ.", "x@", "a-", "_", "((", "a(", "👩\u200d"])
def test_long_nonsense_is_counted_in_time(piece: str) -> None:
    assert weighted_length(piece * 3000, ENDINGS) > 0
    assert weighted_length(f"https://example.com/{piece * 2000}", ENDINGS) > 0
