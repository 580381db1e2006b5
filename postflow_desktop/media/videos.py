"""A video file as a media item: its facts, and its bytes with the metadata blanked out."""

from __future__ import annotations

from typing import NoReturn

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.media.boxes import BoxFile, BrokenBoxesError
from postflow_desktop.media.content import FileContent
from postflow_desktop.media.files import OpenedFile, check_size, unreadable
from postflow_desktop.media.kinds import VIDEO_MIME, FileKind
from postflow_desktop.media.video import (
    EndlessVideoError,
    NoVideoError,
    ProtectedVideoError,
    VideoFacts,
    probe,
)
from postflow_desktop.services.ports.media import MediaContent, Progress

MAX_VIDEO_BYTES = 8_000_000_000
MAX_SECONDS = 24 * 3600.0
"""No network takes more; lengths beyond it are damage."""
_PLAYER = "a video player"
_AGAIN = "Export it as an ordinary MP4 (H.264 and AAC) and add that file."


def read_video(
    opened: OpenedFile, kind: FileKind, alt: str, progress: Progress | None
) -> tuple[Media, MediaContent]:
    """The video; InvalidInput as the MediaReader says."""
    check_size(opened, MAX_VIDEO_BYTES, "videos")
    facts = _facts(opened)
    whole = FileContent(path=opened.path, size=opened.size, blanks=facts.blanks)
    content = whole.hashed(progress)
    media = Media(
        kind=MediaKind.VIDEO,
        sha256=content.sha256,
        mime=VIDEO_MIME[kind],
        size=content.size,
        width=facts.width,
        height=facts.height,
        alt=alt,
        duration=round(facts.seconds, 3),
        codec=facts.codec,
    )
    return media, content


def _facts(opened: OpenedFile) -> VideoFacts:
    try:
        facts = probe(BoxFile(opened.file, opened.size))
    except BrokenBoxesError as error:
        raise unreadable(opened.path, str(error), _PLAYER) from error
    except ProtectedVideoError as error:
        raise InvalidInput(
            f"'{opened.path}' is protected against copying; no network could show it.",
            code="media_protected",
            fix="Choose a video without such a protection.",
        ) from error
    except NoVideoError:
        _refuse(opened, "holds no moving picture, only sound or data")
    except EndlessVideoError:
        _refuse(opened, "does not say how long it is, as a live stream")
    if facts.seconds > MAX_SECONDS:
        raise unreadable(opened.path, "its length can't be right", _PLAYER)
    return facts


def _refuse(opened: OpenedFile, reason: str) -> NoReturn:
    raise InvalidInput(f"'{opened.path}' {reason}.", code="media_unsupported", fix=_AGAIN)
