"""What networks take of videos, documents and animations, by rules made for the test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from postflow_desktop.domain.amounts import bytes_words, clock_words, seconds_words
from postflow_desktop.domain.media_checks import codec_name, type_name
from postflow_desktop.domain.media_rules import AnimationRules, DocumentRules, VideoRules
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.domain.validation import problems
from tests.fakes.keyed_network import RULES

VIDEO = VideoRules(
    types=frozenset({"video/mp4"}), max_bytes=1000, max_seconds=60.0, source="this test"
)
DOCUMENT = DocumentRules(
    types=frozenset({"application/pdf"}),
    max_bytes=1000,
    max_pages=10,
    max_title=20,
    source="this test",
)
ANIMATION = AnimationRules(
    max_bytes=500,
    max_width=100,
    max_height=80,
    max_frames=5,
    max_all_pixels=20_000,
    source="this test",
)
ALL = replace(RULES, video=VIDEO, document=DOCUMENT, animation=ANIMATION)

_PICTURE = Media(
    kind=MediaKind.IMAGE, sha256="0" * 64, mime="image/png", size=100, width=10, height=10
)
_VIDEO = replace(_PICTURE, kind=MediaKind.VIDEO, mime="video/mp4", duration=30.0, codec="avc1")
_DOCUMENT = replace(
    _PICTURE, kind=MediaKind.DOCUMENT, mime="application/pdf", width=0, height=0, title="Prices"
)
_GIF = replace(_PICTURE, mime="image/gif", frames=3)


def codes(*media: Media, rules: object = ALL) -> list[str]:
    found = problems(rules, "", media)  # type: ignore[arg-type]
    assert all(problem.message and problem.fix for problem in found)
    return [problem.code for problem in found]


def test_what_fits_has_no_problem() -> None:
    for item in (_PICTURE, _VIDEO, _DOCUMENT, _GIF):
        assert codes(item) == []
    assert codes(*[_PICTURE] * 4) == []


def test_what_a_network_does_not_take_at_all_is_said_once() -> None:
    assert codes(_VIDEO, rules=RULES) == ["video_unsupported"]
    assert codes(_DOCUMENT, rules=RULES) == ["document_unsupported"]
    assert codes(_PICTURE, _VIDEO, rules=RULES) == ["video_unsupported"]


@pytest.mark.parametrize(
    ("media", "found"),
    [
        ([_PICTURE, _VIDEO], ["mixed_media"]),
        ([_VIDEO, _VIDEO], ["too_many_videos"]),
        ([_DOCUMENT, _PICTURE], ["mixed_media"]),
        ([_DOCUMENT, _DOCUMENT], ["mixed_media"]),
        ([_GIF, _PICTURE], ["mixed_media"]),
    ],
)
def test_what_may_not_stand_beside_another(media: list[Media], found: list[str]) -> None:
    assert codes(*media) == found


def test_a_network_may_take_them_together() -> None:
    together = replace(ALL, video=replace(VIDEO, mixed=True, most=2))
    assert codes(_PICTURE, _VIDEO, _VIDEO, rules=together) == []
    assert codes(_VIDEO, _VIDEO, _VIDEO, rules=together) == ["too_many_videos"]


@pytest.mark.parametrize(
    ("item", "found"),
    [
        (replace(_GIF, size=501), "image_too_big"),
        (replace(_GIF, frames=6), "animation_too_long"),
        (replace(_GIF, width=101), "animation_too_large"),
        (replace(_GIF, width=100, height=80), "animation_too_large"),
        (replace(_VIDEO, size=1001), "video_too_big"),
        (replace(_VIDEO, duration=60.1), "video_too_long"),
        (replace(_VIDEO, mime="video/quicktime"), "video_type"),
        (replace(_DOCUMENT, size=1001), "document_too_big"),
        (replace(_DOCUMENT, pages=11), "document_too_long"),
        (replace(_DOCUMENT, title=None), "document_title"),
        (replace(_DOCUMENT, title="x" * 21), "document_title"),
        (replace(_VIDEO, alt="b" * 2001), "alt_too_long"),
    ],
)
def test_the_limits(item: Media, found: str) -> None:
    assert codes(item) == [found]


def test_unknown_lengths_pages_and_codings_are_left_to_the_network() -> None:
    strict = replace(ALL, video=replace(VIDEO, codecs=frozenset({"avc1"}), min_seconds=3.0))
    assert codes(replace(_VIDEO, duration=None, codec=None), rules=strict) == []
    assert codes(replace(_VIDEO, codec="hvc1"), rules=strict) == ["video_codec"]
    assert codes(replace(_VIDEO, duration=2.0), rules=strict) == ["video_too_short"]
    assert codes(replace(_DOCUMENT, pages=None)) == []


def test_codings_and_types_have_names_that_people_know() -> None:
    assert (codec_name("hvc1"), codec_name("zzzz")) == ("HEVC (H.265)", "'zzzz'")
    assert (type_name("video/quicktime"), type_name("a/b")) == ("MOV", "a/b")


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (75_000, "75 KB"),
        (1_500_000, "1.5 MB"),
        (512_000_000, "512 MB"),
        (8_000_000_000, "8 GB"),
    ],
)
def test_bytes_in_words(size: int, words: str) -> None:
    assert bytes_words(size) == words


@pytest.mark.parametrize(
    ("seconds", "words", "clock"),
    [
        (0.5, "0.5 seconds", "0:00"),
        (45, "45 seconds", "0:45"),
        (60, "1 minute", "1:00"),
        (140, "2 minutes 20 seconds", "2:20"),
        (3600, "1 hour", "1:00:00"),
        (7500, "2 hours 5 minutes", "2:05:00"),
    ],
)
def test_lengths_in_words(seconds: float, words: str, clock: str) -> None:
    assert (seconds_words(seconds), clock_words(seconds)) == (words, clock)


def _payload(*media: Media) -> Payload:
    return Payload(
        organization_id="o", network=Network.X, text="Hi", link_url=None, media=tuple(media)
    )


def test_the_hash_of_a_post_with_pictures_is_what_it_always_was() -> None:
    known = "b868a62cc5beab08ff09081c7133ec0de0d3c99f2dd1012b435099a7c38cd18c"
    assert _payload(_PICTURE).content_hash == known
    assert _payload(replace(_PICTURE, frames=9)).content_hash == known


def test_a_title_is_part_of_what_was_approved() -> None:
    one, other = _payload(_DOCUMENT), _payload(replace(_DOCUMENT, title="Other"))
    assert one.content_hash != other.content_hash
    untitled = _payload(replace(_DOCUMENT, title=None))
    assert untitled.content_hash not in {one.content_hash, other.content_hash}
