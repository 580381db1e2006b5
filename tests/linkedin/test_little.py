"""Escaping is exact: one unescaped mark, and LinkedIn cuts the post there without a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.platforms.linkedin.counting import measure
from postflow_desktop.platforms.linkedin.little import little, plain
from postflow_desktop.sandbox.linkedin_posts import shown_text

RESERVED = "\\|{}@[]()<>#*_~"

WORDS = st.text(
    alphabet=st.one_of(st.sampled_from(RESERVED + "#ab1 \n"), st.characters(codec="utf-8")),
    max_size=200,
)


@given(WORDS)
def test_what_is_escaped_is_shown_as_it_was_written(text: str) -> None:
    assert plain(little(text)) == text
    # The sandbox has a reader of its own, which cuts as LinkedIn does.
    assert shown_text(little(text)) == text.rstrip()


@pytest.mark.parametrize("mark", RESERVED)
def test_every_reserved_mark_is_escaped(mark: str) -> None:
    assert little(f"a {mark} b") == f"a \\{mark} b"


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("", ""),
        ("Plain words.", "Plain words."),
        ("Hello (world)", "Hello \\(world\\)"),
        ("#news", "{hashtag|\\#|news}"),
        ("Fresh #Brot!", "Fresh {hashtag|\\#|Brot}!"),
        ("#über", "{hashtag|\\#|über}"),
        ("a#b", "a\\#b"),
        ("#1", "\\#1"),
        ("#2026plan", "{hashtag|\\#|2026plan}"),
        ("##x", "\\#{hashtag|\\#|x}"),
        ("#snake_case", "{hashtag|\\#|snake\\_case}"),
        ("me@example.com", "me\\@example.com"),
        ("https://x.com/a_b?c=(d)", "https://x.com/a\\_b?c=\\(d\\)"),
        ("https://x.com/#part", "https://x.com/{hashtag|\\#|part}"),
        ("5 * 3 ~ 15", "5 \\* 3 \\~ 15"),
        ("C:\\temp", "C:\\\\temp"),
        ("{curly}", "\\{curly\\}"),
        ("日本語 #東京", "日本語 {hashtag|\\#|東京}"),
        ("#", "\\#"),
        ("# heading", "\\# heading"),
    ],
)
def test_the_markup_letter_by_letter(text: str, markup: str) -> None:
    assert little(text) == markup
    assert plain(markup) == text


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("Hello (world)", "Hello"),
        ("Hello \\(world\\)", "Hello (world)"),
        ("Price *", "Price"),
        ("{hashtag|\\#|a} b", "#a b"),
    ],
)
def test_the_sandbox_cuts_where_linkedin_does(markup: str, shown: str) -> None:
    assert shown_text(markup) == shown


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("abc", 3),
        ("ä", 1),
        ("a\u0308", 2),
        ("日本", 2),
        ("🥐", 2),
        ("👨\u200d👩\u200d👧", 8),
        ("🇩🇪", 4),
        ("(#_*)", 5),
        ("a\nb", 3),
        ("https://example.com/a", 21),
        ("\U0001d538", 2),
    ],
)
def test_length_is_that_of_the_words_not_of_their_markup(text: str, length: int) -> None:
    assert measure(text) == length
    assert measure(plain(little(text))) == length
