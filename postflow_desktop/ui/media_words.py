"""What the window calls pictures, videos and documents, and which mark stands for them."""

from __future__ import annotations

from collections.abc import Sequence

from postflow_desktop.domain.amounts import bytes_words, clock_words
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.ui.words import count_of

FILE_PATTERN = (
    "Pictures, videos, documents (*.png *.jpg *.jpeg *.webp *.gif *.mp4 *.m4v *.mov "
    "*.pdf *.doc *.docx *.ppt *.pptx);;All files (*)"
)
"""What the dialog for files offers."""
_NOUNS = {
    MediaKind.IMAGE: ("picture", "pictures"),
    MediaKind.VIDEO: ("video", "videos"),
    MediaKind.DOCUMENT: ("document", "documents"),
}
_ICONS = {
    MediaKind.IMAGE: "image",
    MediaKind.VIDEO: "film-strip",
    MediaKind.DOCUMENT: "file-text",
}


def noun(media: Media) -> str:
    """Picture, video or document."""
    return _NOUNS[media.kind][0]


def icon_name(media: Media) -> str:
    """The mark that stands for it where nothing of it can be shown."""
    return _ICONS[media.kind]


def measures(media: Media) -> tuple[str, ...]:
    """What can be said of it: 1:20, 1920 × 1080, 45 MB; 12 pages, 3 MB; 800 × 600."""
    said = []
    if media.duration is not None:
        said.append(clock_words(media.duration))
    if media.pages is not None:
        said.append(count_of(media.pages, "page", "pages"))
    if media.width:
        said.append(f"{media.width} × {media.height}")
    if media.kind is not MediaKind.IMAGE:
        said.append(bytes_words(media.size))
    return tuple(said)


def spoken(media: Media, number: int) -> str:
    """How a screen reader hears it: its kind, its place, its measures and its name."""
    name = f" “{media.title}”" if media.title else ""
    return ", ".join((f"{noun(media).capitalize()} {number}{name}", *measures(media)))


def counted(media: Sequence[Media]) -> str:
    """How many of each kind: 2 pictures, 1 video; nothing where there are none."""
    parts = []
    for kind, (one, many) in _NOUNS.items():
        number = sum(1 for item in media if item.kind is kind)
        if number:
            parts.append(count_of(number, one, many))
    return ", ".join(parts)
