"""The validator that composer, scheduling and publishing share."""

from __future__ import annotations

import pytest

from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.domain.text import count_bytes, count_graphemes, excerpt
from postflow_desktop.domain.validation import problems
from tests.fakes.keyed_network import RULES

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


def picture(**changes: object) -> Media:
    values: dict[str, object] = {
        "kind": MediaKind.IMAGE,
        "sha256": "0" * 64,
        "mime": "image/png",
        "size": 1000,
        "width": 10,
        "height": 10,
    }
    return Media(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("abc", 3),
        (FAMILY, 1),
        ("\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", 2),
        ("e\u0301", 1),
        ("क्षि", 1),
        ("漢字", 2),
        ("\r\n", 1),
    ],
)
def test_people_and_networks_count_graphemes(text: str, count: int) -> None:
    assert count_graphemes(text) == count


def test_three_hundred_family_emoji_are_short_enough_and_too_many_bytes() -> None:
    text = FAMILY * 300
    assert count_bytes(text) == 7500
    assert [p.code for p in problems(RULES, text, [])] == ["text_too_many_bytes"]


@pytest.mark.parametrize(
    ("text", "media", "code"),
    [
        ("", [], "empty_post"),
        ("  \n ", [], "empty_post"),
        ("a" * 301, [], "text_too_long"),
        ("a", [picture()] * 5, "too_many_images"),
        ("a", [picture(size=2_000_001)], "image_too_big"),
        ("a", [picture(mime="image/tiff")], "media_type"),
        ("a", [picture(kind=MediaKind.VIDEO, mime="video/mp4")], "video_unsupported"),
        ("a", [picture(alt="b" * 2001)], "alt_too_long"),
    ],
)
def test_each_problem_has_a_message_and_a_fix(text: str, media: list[Media], code: str) -> None:
    found = problems(RULES, text, media)
    assert [problem.code for problem in found] == [code]
    assert found[0].message
    assert found[0].fix


def test_the_edge_is_allowed() -> None:
    media = [picture(size=2_000_000, alt="b" * 2000)] * 4
    assert problems(RULES, "a" * 300, media) == []
    assert problems(RULES, "", [picture()]) == []


def test_an_excerpt_never_cuts_a_grapheme() -> None:
    assert excerpt("one\n two") == "one two"
    assert excerpt(FAMILY * 5, 3) == FAMILY * 2 + "…"
