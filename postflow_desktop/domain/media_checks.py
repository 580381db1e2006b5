"""Whether a network would take the pictures, videos and documents of a post."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from postflow_desktop.domain.amounts import bytes_words, seconds_words
from postflow_desktop.domain.media_rules import AnimationRules, DocumentRules, VideoRules
from postflow_desktop.domain.network import NetworkRules
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.domain.problem import Problem
from postflow_desktop.domain.text import count_graphemes

_CODECS = {
    "avc1": "H.264",
    "avc3": "H.264",
    "hvc1": "HEVC (H.265)",
    "hev1": "HEVC (H.265)",
    "dvh1": "Dolby Vision",
    "dvhe": "Dolby Vision",
    "av01": "AV1",
    "vp09": "VP9",
    "vp08": "VP8",
    "mp4v": "MPEG-4 Visual",
    "jpeg": "Motion JPEG",
    "apcn": "ProRes",
    "apch": "ProRes",
    "apcs": "ProRes",
    "apco": "ProRes",
    "ap4h": "ProRes",
}
"""The sample entries of mp4ra.org that cameras and editors write, as people know them."""
_AS_H264 = "Export it as MP4 with H.264 video and AAC sound."
_ANOTHER = "Leave this account out, or make a post of its own for it."
_TITLES = {
    "video/mp4": "MP4",
    "video/quicktime": "MOV",
    "application/pdf": "PDF",
    "application/msword": "DOC",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.ms-powerpoint": "PPT",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
}


def media_problems(rules: NetworkRules, media: Sequence[Media]) -> Iterator[Problem]:
    """What stands in the way of these media; numbers are those of their places in the post."""
    numbered = list(enumerate(media, start=1))
    videos = [one for one in numbered if one[1].kind is MediaKind.VIDEO]
    documents = [one for one in numbered if one[1].kind is MediaKind.DOCUMENT]
    pictures = [one for one in numbered if one[1].kind is MediaKind.IMAGE]
    yield from _mixing(rules, len(pictures), len(videos), len(documents))
    yield from _pictures(rules, pictures)
    for number, item in videos:
        yield from _video(rules, number, item)
    for number, item in documents:
        yield from _document(rules, number, item)
    for number, item in numbered:
        yield from _alt(rules, number, item)


def type_name(mime: str) -> str:
    """A type as people call it: MP4, PDF; as it is where it has no such name."""
    return _TITLES.get(mime, mime)


def codec_name(codec: str) -> str:
    """How people call the coding of a video."""
    return _CODECS.get(codec, f"'{codec}'")


def _mixing(rules: NetworkRules, pictures: int, videos: int, documents: int) -> Iterator[Problem]:
    """What may stand beside what; only about kinds that the network takes at all."""
    video, document = rules.video, rules.document
    if video is not None and videos > video.most:
        yield Problem(
            code="too_many_videos",
            message=f"{rules.title} takes {_count(video.most, 'video')} a post; this has {videos}.",
            fix=f"Remove {videos - video.most}, or make several posts.",
        )
    if video is not None and videos and pictures and not video.mixed:
        yield Problem(
            code="mixed_media",
            message=f"{rules.title} takes pictures or a video in one post, not both.",
            fix="Remove the pictures or the video, or make two posts.",
        )
    if document is not None and documents and documents + pictures + videos > 1:
        yield Problem(
            code="mixed_media",
            message=f"{rules.title} takes a document alone, without other media.",
            fix="Remove what is beside the document, or make several posts.",
        )


def _pictures(rules: NetworkRules, pictures: Sequence[tuple[int, Media]]) -> Iterator[Problem]:
    if len(pictures) > rules.max_images:
        found = len(pictures)
        yield Problem(
            code="too_many_images",
            message=f"{rules.title} takes {rules.max_images} pictures; this post has {found}.",
            fix=f"Remove {found - rules.max_images}.",
        )
    for number, item in pictures:
        if rules.animation is not None and item.is_animation:
            yield from _animation(rules, rules.animation, number, item)
            if len(pictures) > 1:
                yield Problem(
                    code="mixed_media",
                    message=f"{rules.title} takes a GIF alone, without other pictures.",
                    fix="Remove the GIF or the rest, or make two posts.",
                )
        else:
            yield from _picture(rules, number, item)


def _picture(rules: NetworkRules, number: int, item: Media) -> Iterator[Problem]:
    if item.mime not in rules.image_types:
        yield Problem(
            code="media_type",
            message=f"{rules.title} does not take {item.mime} (media {number}).",
            fix="Save it as JPEG or PNG.",
        )
    if item.size > rules.max_image_bytes:
        yield Problem(
            code="image_too_big",
            message=(
                f"Picture {number} has {item.size:,} bytes; "
                f"{rules.title} takes {rules.max_image_bytes:,}."
            ),
            fix="Save it smaller or with stronger compression.",
        )


def _animation(
    network: NetworkRules, rules: AnimationRules, number: int, item: Media
) -> Iterator[Problem]:
    frames = item.frames or 1
    too_wide = item.width > rules.max_width or item.height > rules.max_height
    if item.size > rules.max_bytes:
        yield Problem(
            code="image_too_big",
            message=f"The GIF (media {number}) has {bytes_words(item.size)}; "
            f"{network.title} takes {bytes_words(rules.max_bytes)}.",
            fix="Save it smaller or with fewer frames, or make a video of it.",
        )
    if too_wide or item.width * item.height * frames > rules.max_all_pixels:
        yield Problem(
            code="animation_too_large",
            message=f"The GIF (media {number}) is {item.width} × {item.height}; {network.title} "
            f"takes {rules.max_width} × {rules.max_height} and "
            f"{rules.max_all_pixels // 1_000_000} million pixels in all frames.",
            fix="Save it smaller or with fewer frames, or make a video of it.",
        )
    if frames > rules.max_frames:
        yield Problem(
            code="animation_too_long",
            message=f"The GIF (media {number}) has {frames} frames; "
            f"{network.title} takes {rules.max_frames}.",
            fix="Shorten it, or make a video of it.",
        )


def _video(rules: NetworkRules, number: int, item: Media) -> Iterator[Problem]:
    if rules.video is None:
        yield Problem(
            code="video_unsupported",
            message=f"PostFlow can't put a video on {rules.title} (media {number}).",
            fix=_ANOTHER,
        )
        return
    yield from _video_form(rules.title, rules.video, number, item)
    yield from _video_amount(rules.title, rules.video, number, item)
    yield from _video_sides(rules.title, rules.video, number, item)


def _video_form(title: str, rules: VideoRules, number: int, item: Media) -> Iterator[Problem]:
    if item.mime not in rules.types:
        takes = " or ".join(sorted(type_name(mime) for mime in rules.types))
        yield Problem(
            code="video_type",
            message=f"Video {number} is {type_name(item.mime)}; {title} takes {takes}.",
            fix=_AS_H264,
        )
    elif rules.codecs and item.codec is not None and item.codec not in rules.codecs:
        yield Problem(
            code="video_codec",
            message=f"Video {number} is coded as {codec_name(item.codec)}, "
            f"which {title} does not take.",
            fix=_AS_H264,
        )


def _video_amount(title: str, rules: VideoRules, number: int, item: Media) -> Iterator[Problem]:
    if item.size > rules.max_bytes:
        yield Problem(
            code="video_too_big",
            message=f"Video {number} has {bytes_words(item.size)}; "
            f"{title} takes {bytes_words(rules.max_bytes)}.",
            fix="Export it with a lower bit rate, or cut it.",
        )
    if item.size < rules.min_bytes:
        yield Problem(
            code="video_too_small",
            message=f"Video {number} has {bytes_words(item.size)}; "
            f"{title} wants {bytes_words(rules.min_bytes)} at least.",
            fix="Export it with a higher quality.",
        )
    if item.duration is None:
        return
    if item.duration > rules.max_seconds:
        yield Problem(
            code="video_too_long",
            message=f"Video {number} lasts {seconds_words(item.duration)}; "
            f"{title} takes {seconds_words(rules.max_seconds)}.",
            fix=f"Cut it, or leave {title} out.",
        )
    if item.duration < rules.min_seconds:
        yield Problem(
            code="video_too_short",
            message=f"Video {number} lasts {seconds_words(item.duration)}; "
            f"{title} wants {seconds_words(rules.min_seconds)} at least.",
            fix=f"Take a longer one, or leave {title} out.",
        )


def _video_sides(title: str, rules: VideoRules, number: int, item: Media) -> Iterator[Problem]:
    long, short = max(item.width, item.height), min(item.width, item.height)
    if not short:
        return
    longest, shortest = rules.max_long_side or long, rules.max_short_side or short
    if long > longest or short > shortest:
        yield Problem(
            code="video_too_large",
            message=f"Video {number} is {item.width} × {item.height}; "
            f"{title} takes {longest} × {shortest}.",
            fix="Export it smaller, as 1080p.",
        )
    if short < rules.min_side:
        yield Problem(
            code="video_too_small",
            message=f"Video {number} is {item.width} × {item.height}; "
            f"{title} wants {rules.min_side} pixels at least on each side.",
            fix="Export it larger.",
        )
    if rules.max_aspect is not None and long > short * rules.max_aspect:
        yield Problem(
            code="video_aspect",
            message=f"Video {number} is {item.width} × {item.height}; {title} takes shapes up to "
            f"{rules.max_aspect:g} to 1.",
            fix="Crop it, or add bars.",
        )


def _document(rules: NetworkRules, number: int, item: Media) -> Iterator[Problem]:
    if rules.document is None:
        yield Problem(
            code="document_unsupported",
            message=f"{rules.title} takes no documents (media {number}).",
            fix=_ANOTHER,
        )
        return
    yield from _document_itself(rules.title, rules.document, number, item)


def _document_itself(
    title: str, rules: DocumentRules, number: int, item: Media
) -> Iterator[Problem]:
    if item.mime not in rules.types:
        yield Problem(
            code="document_type",
            message=f"{title} does not take {type_name(item.mime)} (media {number}).",
            fix="Export it as PDF.",
        )
    if item.size > rules.max_bytes:
        yield Problem(
            code="document_too_big",
            message=f"The document has {bytes_words(item.size)}; "
            f"{title} takes {bytes_words(rules.max_bytes)}.",
            fix="Export it with smaller pictures, or split it.",
        )
    if item.pages is not None and item.pages > rules.max_pages:
        yield Problem(
            code="document_too_long",
            message=f"The document has {item.pages} pages; {title} takes {rules.max_pages}.",
            fix="Shorten it, or split it.",
        )
    name = (item.title or "").strip()
    if not name or len(name) > rules.max_title:
        yield Problem(
            code="document_title",
            message=f"The document has no title, which {title} shows above it."
            if not name
            else f"The document's title is longer than the {rules.max_title} characters "
            f"that {title} takes.",
            fix="Give it a short title.",
        )


def _alt(rules: NetworkRules, number: int, item: Media) -> Iterator[Problem]:
    if count_graphemes(item.alt) > rules.max_alt_graphemes:
        what = "picture" if item.kind is MediaKind.IMAGE else item.kind.value
        yield Problem(
            code="alt_too_long",
            message=f"The alt text of {what} {number} is longer than {rules.max_alt_graphemes}.",
            fix="Shorten the alt text.",
        )


def _count(number: int, noun: str) -> str:
    return f"one {noun}" if number == 1 else f"{number} {noun}s"
