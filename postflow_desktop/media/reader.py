"""The MediaReader: from a file that a person chose to bytes that may leave the machine."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path
from typing import NoReturn

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.media.kinds import MIME, OTHER_PICTURES, PICTURE_ENDINGS, FileKind, kind_of
from postflow_desktop.media.stripping import BrokenContainerError, strip

MAX_FILE_BYTES = 100_000_000
_HEAD_BYTES = 4_096
_EXPORT = "Export it as JPEG or PNG and add that file."


class FileMediaReader:
    """MediaReader port over files; Pillow is imported with the first picture."""

    def read(self, path: Path, alt: str) -> tuple[Media, bytes]:
        """The picture without metadata, turned upright, and its description.

        Where the file has no metadata its bytes come out unchanged; where it has, only that is
        taken out and the pixels stay as they are, unless they must be turned. InvalidInput:
        `media_unreadable`, `media_disguised`, `media_unsupported`, `media_too_large` (50 million
        pixels, 100 MB).
        """
        data = _read_file(path)
        kind = _require_picture(path, data)
        clean, width, height = _clean(path, kind, data)
        media = Media(
            kind=MediaKind.IMAGE,
            sha256=hashlib.sha256(clean).hexdigest(),
            mime=MIME[kind],
            size=len(clean),
            width=width,
            height=height,
            alt=alt,
        )
        return media, clean


def _read_file(path: Path) -> bytes:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            what = "a folder" if stat.S_ISDIR(found.st_mode) else "not a file"
            _refuse_unreadable(path, f"it is {what}")
        if found.st_size > MAX_FILE_BYTES:
            raise InvalidInput(
                f"'{path}' has {found.st_size / 1e6:,.0f} MB; pictures may have up to 100 MB.",
                code="media_too_large",
                fix="Make it smaller and add it again.",
            )
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        # A null byte in a path is a ValueError.
        reason = error.strerror if isinstance(error, OSError) else None
        _refuse_unreadable(path, (reason or str(error)).lower())
    if not data:
        _refuse_unreadable(path, "it is empty")
    return data


def _require_picture(path: Path, data: bytes) -> FileKind:
    kind = kind_of(data[:_HEAD_BYTES])
    ending = path.suffix.lower()
    if kind in MIME:
        if ending and ending not in PICTURE_ENDINGS:
            raise InvalidInput(
                f"'{path}' holds a {kind} picture, but its name ends in '{ending}'.",
                code="media_disguised",
                fix="If that is right, give the file the ending of a picture and add it again.",
            )
        return kind
    if kind is FileKind.UNKNOWN and ending in PICTURE_ENDINGS:
        _refuse_unreadable(path, "its content is no picture, or damaged")
    if ending in PICTURE_ENDINGS and kind not in OTHER_PICTURES:
        raise InvalidInput(
            f"'{path}' is named like a picture, but it is something else ({kind}).",
            code="media_disguised",
            fix="Choose the picture itself. Be careful with this file if you don't know it.",
        )
    what = "is of an unknown kind" if kind is FileKind.UNKNOWN else f"is of the kind {kind}"
    raise InvalidInput(
        f"'{path}' {what}; PostFlow takes JPEG, PNG, GIF and WebP.",
        code="media_unsupported",
        fix=_EXPORT,
    )


def _clean(path: Path, kind: FileKind, data: bytes) -> tuple[bytes, int, int]:
    """The bytes without metadata, upright, and their width and height."""
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
        raise _unreadable(path, "its content is damaged or cut off") from error
    return clean, size.width, size.height


def _unreadable(path: Path, reason: str) -> InvalidInput:
    return InvalidInput(
        f"'{path}' can't be read: {reason}.",
        code="media_unreadable",
        fix="Check that the file opens in a picture viewer, or choose another.",
    )


def _refuse_unreadable(path: Path, reason: str) -> NoReturn:
    raise _unreadable(path, reason)
