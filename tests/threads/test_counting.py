"""Threads' length of a text, and what goes out as a card."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.platforms.threads.counting import card, measure, rendered_text
from postflow_desktop.sandbox.threads_text import MAX_CHARACTERS, is_too_long
from tests.threads.world import payload


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Bread", 5),
        ("Brötchen", 8),
        ("漢字", 2),
        ("e\u0301", 2),
        ("😀", 4),
        ("a😀b", 6),
        ("❤️", 6),
        ("👍🏽", 8),
        # A family: four people and three joiners, 4 x 4 + 3 x 3 bytes.
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", 25),
        # A flag: two letters of four bytes.
        ("🇩🇪", 8),
        # A keycap: the digit, the variation selector and the frame.
        ("1️⃣", 7),
        ("1 # *", 5),
        # A joiner in a script is no emoji.
        ("क्\u200dष", 4),
    ],
)
def test_emoji_count_by_their_bytes_and_all_else_by_characters(text: str, length: int) -> None:
    assert measure(text) == length


@given(st.text(alphabet="ab é漢\u0301\u200d\ufe0f\u20e31😀❤👍🏽👨👩🇩🇪©", max_size=40))
def test_the_sandbox_counts_as_the_composer_does(text: str) -> None:
    length = measure(text)
    filled = text + "\n" + "x" * (MAX_CHARACTERS - length - 1)
    assert measure(filled) == MAX_CHARACTERS
    assert not is_too_long(filled)
    assert is_too_long(filled + "x")


@pytest.mark.parametrize(
    ("text", "link", "sent", "beside"),
    [
        ("Hello", None, "Hello", ""),
        ("Hello", " https://b.com/a ", "Hello", "https://b.com/a"),
        ("See https://b.com/a", "https://b.com/a", "See https://b.com/a", "https://b.com/a"),
        ("", "https://b.com/a", "https://b.com/a", ""),
        (" ", None, "", ""),
    ],
)
def test_a_link_goes_beside_the_text(text: str, link: str | None, sent: str, beside: str) -> None:
    content = payload(text, link=link)
    assert (rendered_text(content), card(content)) == (sent, beside)
