"""The MediaReader: from a file that a person chose to bytes that may leave the machine."""

from __future__ import annotations

import hashlib
from pathlib import Path

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.media.files import check_size, open_file, refuse_unreadable, unreadable
from postflow_desktop.media.kinds import (
    DOCUMENT_ENDINGS,
    MIME,
    OTHER_PICTURES,
    PICTURE_ENDINGS,
    VIDEO_ENDINGS,
    VIDEO_MIME,
    FileKind,
    kind_of,
)
from postflow_desktop.media.stripping import BrokenContainerError, strip
from postflow_desktop.services.ports.media import HeldContent, MediaContent, Progress

MAX_FILE_BYTES = 100_000_000
_HEAD_BYTES = 4_096
_DOCUMENTS = frozenset({FileKind.PDF, FileKind.OLE, FileKind.ARCHIVE})
_EXPORT = "Export it as JPEG or PNG, a video as MP4, a document as PDF, and add that file."


class FileMediaReader:
    """MediaReader port over files; Pillow is imported with the first picture."""

    def read(
        self, path: Path, alt: str, progress: Progress | None = None
    ) -> tuple[Media, MediaContent]:
        """What the file is, and its bytes without metadata.

        A picture without metadata comes out unchanged; with some, only that is taken out and the
        pixels stay as they are, unless they must be turned. Of a video the metadata is blanked
        out: places, devices, names, sensors. A document is sent as it is. InvalidInput:
        `media_unreadable`, `media_disguised`, `media_unsupported`, `media_protected`,
        `media_too_large` (50 million pixels; 100 MB, 8 GB for a video).
        """
        with open_file(path) as opened:
            head = opened.file.read(_HEAD_BYTES)
            kind = kind_of(head)
            ending = path.suffix.lower()
            if kind in VIDEO_MIME and (not ending or ending in VIDEO_ENDINGS):
                from postflow_desktop.media.videos import read_video

                return read_video(opened, kind, alt, progress)
            if _may_be_document(kind, head) and (not ending or ending in DOCUMENT_ENDINGS):
                from postflow_desktop.media.papers import read_document

                return read_document(opened, kind, alt, progress)
            if ending in PICTURE_ENDINGS or kind in MIME:
                check_size(opened, MAX_FILE_BYTES, "pictures")
            _require_picture(path, kind)
            opened.file.seek(0)
            data = opened.file.read(MAX_FILE_BYTES + 1)
        return _picture(path, kind, data, alt)


def _may_be_document(kind: FileKind, head: bytes) -> bool:
    return kind in _DOCUMENTS and (kind is not FileKind.ARCHIVE or head.startswith(b"PK"))


def _picture(path: Path, kind: FileKind, data: bytes, alt: str) -> tuple[Media, MediaContent]:
    clean, width, height, frames = _clean(path, kind, data)
    media = Media(
        kind=MediaKind.IMAGE,
        sha256=hashlib.sha256(clean).hexdigest(),
        mime=MIME[kind],
        size=len(clean),
        width=width,
        height=height,
        alt=alt,
        frames=frames if frames > 1 else None,
    )
    return media, HeldContent(clean)


def _require_picture(path: Path, kind: FileKind) -> None:
    ending = path.suffix.lower()
    if kind in MIME:
        if ending and ending not in PICTURE_ENDINGS:
            raise InvalidInput(
                f"'{path}' holds a {kind} picture, but its name ends in '{ending}'.",
                code="media_disguised",
                fix="If that is right, give the file the ending of a picture and add it again.",
            )
        return
    if kind is FileKind.UNKNOWN and ending in PICTURE_ENDINGS:
        refuse_unreadable(path, "its content is no picture, or damaged")
    promised = _promised(ending)
    if (promised == "picture" and kind not in OTHER_PICTURES) or (
        promised and kind in {FileKind.PROGRAM, FileKind.HTML, *_NAMED_KINDS}
    ):
        raise InvalidInput(
            f"'{path}' is named like a {promised}, but it is something else ({kind}).",
            code="media_disguised",
            fix=f"Choose the {promised} itself. Be careful with this file if you don't know it.",
        )
    if kind in _NAMED_KINDS:
        raise InvalidInput(
            f"'{path}' holds a {kind}, but its name ends in '{ending}'.",
            code="media_disguised",
            fix="If that is right, give the file the ending that fits and add it again.",
        )
    what = "is of an unknown kind" if kind is FileKind.UNKNOWN else f"is of the kind {kind}"
    raise InvalidInput(
        f"'{path}' {what}; "
        "PostFlow takes JPEG, PNG, GIF and WebP pictures, MP4 and MOV videos, and documents.",
        code="media_unsupported",
        fix=_EXPORT,
    )


_NAMED_KINDS = frozenset({*VIDEO_MIME, FileKind.PDF})
"""Kinds that are taken under a name of their own."""


def _promised(ending: str) -> str:
    """What the name says it is, or nothing."""
    if ending in PICTURE_ENDINGS:
        return "picture"
    if ending in VIDEO_ENDINGS:
        return "video"
    return "document" if ending in DOCUMENT_ENDINGS else ""


def _clean(path: Path, kind: FileKind, data: bytes) -> tuple[bytes, int, int, int]:
    """The bytes without metadata, upright; their width and height; how many frames."""
    from postflow_desktop.media import pixels

    try:
        stripped = strip(kind, data)
        clean = stripped.data
        size = pixels.check(kind, clean)
        turn = pixels.orientation(stripped.exif)
        if turn != 1:
            # Encoders add comments of their own.
            clean = strip(kind, pixels.turn_upright(kind, clean, turn)).data
            size = pixels.check(kind, clean)
    except pixels.TooManyPixelsError as error:
        raise InvalidInput(
            f"'{path}' has more pixels than PostFlow takes (50 million, 1,000 million for all"
            " frames of an animation).",
            code="media_too_large",
            fix="Make it smaller and add it again; no network shows that many.",
        ) from error
    except (BrokenContainerError, pixels.BrokenPictureError) as error:
        raise unreadable(path, "its content is damaged or cut off") from error
    return clean, size.width, size.height, size.frames
