"""How a few letters find a title."""

from __future__ import annotations

import random
import string
import time

import pytest

from postflow_desktop.ui.shell.entries import ACTIONS, GO_TO, Entry, parse_wish, rank
from postflow_desktop.ui.shell.fuzzy import score


@pytest.mark.parametrize(
    ("letters", "better", "worse"),
    [
        ("new", "New post", "Renew the sign-in"),
        ("np", "New post", "Open palette"),
        ("resch", "Reschedule selected post…", "Reset the channels"),
        ("cal", "Calendar", "Local drafts"),
        ("sc", "Show calendar", "Discard"),
        ("post", "Post", "Post all of it again tomorrow"),
    ],
)
def test_the_better_title_wins(letters: str, better: str, worse: str) -> None:
    best, other = score(letters, better), score(letters, worse)
    assert best is not None
    assert other is None or best > other


def test_letters_that_are_not_there_find_nothing() -> None:
    assert score("xyz", "New post") is None
    assert score("tsop", "post") is None
    assert score("", "anything") == 0


def _entry(entry_id: str, title: str, section: str = ACTIONS, keywords: str = "") -> Entry:
    return Entry(
        id=entry_id, section=section, title=title, icon="plus", run=_nothing, keywords=keywords
    )


def _nothing() -> None:
    """Does nothing."""


def test_a_mark_leaves_one_section() -> None:
    entries = [_entry("a", "Draft it"), _entry("b", "Drafts", GO_TO)]
    assert [e.id for e in rank(entries, "dra", ())] == ["a", "b"]
    assert [e.id for e in rank(entries, "> dra", ())] == ["a"]
    assert [e.id for e in rank(entries, "/dra", ())] == ["b"]
    assert [e.id for e in rank(entries, ">", ())] == ["a"]
    assert parse_wish("  > x ").words == "x"


def test_what_was_used_last_comes_first() -> None:
    entries = [_entry("a", "Sort by name"), _entry("b", "Sort by time")]
    assert [e.id for e in rank(entries, "sort", ["b"])] == ["b", "a"]
    shown = rank(entries, "", ["b"])
    assert (shown[0].id, shown[0].section) == ("b", "Recent")
    assert [e.id for e in shown] == ["b", "a"]


def test_other_words_find_it_too_but_later() -> None:
    entries = [_entry("a", "Theme", keywords="night"), _entry("b", "Night shift")]
    assert [e.id for e in rank(entries, "night", ())] == ["b", "a"]


def test_three_thousand_titles_are_ranked_within_a_keystroke() -> None:
    choose = random.Random(7)
    letters = string.ascii_lowercase + "    "
    entries = [
        _entry(str(n), "".join(choose.choice(letters) for _ in range(24))) for n in range(3000)
    ]
    best = min(_seconds(entries) for _ in range(5))
    assert best < 0.016 * 3


def _seconds(entries: list[Entry]) -> float:
    start = time.perf_counter()
    rank(entries, "sch", ())
    return time.perf_counter() - start
