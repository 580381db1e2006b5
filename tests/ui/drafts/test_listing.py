"""First lines and times of edits in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from postflow_desktop.ui.drafts.listing import edited_words, first_line

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 20, 11, 59, tzinfo=UTC), "Edited today, 12:59"),
        # Already the next day where the organization is.
        (datetime(2026, 11, 19, 23, 30, tzinfo=UTC), "Edited today, 00:30"),
        (datetime(2026, 11, 19, 22, 59, tzinfo=UTC), "Edited yesterday, 23:59"),
        (datetime(2026, 11, 18, 12, 0, tzinfo=UTC), "Edited Wed 18 Nov, 13:00 CET"),
        (datetime(2025, 7, 1, 6, 0, tzinfo=UTC), "Edited Tue 1 Jul 2025, 08:00 CEST"),
    ],
)
def test_an_edit_is_told_in_the_days_of_the_organization(moment: datetime, words: str) -> None:
    assert edited_words(moment, "Europe/Berlin", NOON) == words


@pytest.mark.parametrize(
    ("texts", "title"),
    [
        (("One\ntwo",), "One"),
        (("\n \n  Three  four \nfive",), "Three four"),
        (("", "Own words", "https://example.com"), "Own words"),
        (("", " "), ""),
        ((), ""),
    ],
)
def test_the_first_line_with_words_is_the_title(texts: tuple[str, ...], title: str) -> None:
    assert first_line(texts) == title


def test_a_long_line_is_cut_between_characters_that_people_see() -> None:
    family = "👨‍👩‍👧‍👦"
    title = first_line((family * 200,))
    assert title.endswith("…")
    assert title.removesuffix("…") == family * 119
