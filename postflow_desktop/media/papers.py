"""A document file as a media item, titled as its file is named."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from postflow_desktop.domain.authoring import MAX_TITLE
from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.media.content import FileContent
from postflow_desktop.media.documents import (
    DOCUMENT_MIME,
    BrokenDocumentError,
    DocumentFacts,
    ProtectedDocumentError,
    examine,
)
from postflow_desktop.media.files import OpenedFile, check_size, unreadable
from postflow_desktop.media.kinds import FileKind
from postflow_desktop.services.ports.media import MediaContent, Progress

MAX_DOCUMENT_BYTES = 200_000_000


def read_document(
    opened: OpenedFile, kind: FileKind, alt: str, progress: Progress | None
) -> tuple[Media, MediaContent]:
    """The document; InvalidInput as the MediaReader says."""
    check_size(opened, MAX_DOCUMENT_BYTES, "documents")
    facts = _facts(opened, kind)
    content = FileContent(path=opened.path, size=opened.size).hashed(progress)
    media = Media(
        kind=MediaKind.DOCUMENT,
        sha256=content.sha256,
        mime=DOCUMENT_MIME[facts.kind],
        size=content.size,
        width=0,
        height=0,
        alt=alt,
        title=title_of(opened.path),
        pages=facts.pages,
    )
    return media, content


def title_of(path: Path) -> str:
    """A file's name without its ending, on one line and without half characters."""
    name = path.stem.encode("utf-8", "replace").decode("utf-8")
    shown = "".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in name)
    return " ".join(unicodedata.normalize("NFC", shown).split())[:MAX_TITLE]


def _facts(opened: OpenedFile, kind: FileKind) -> DocumentFacts:
    try:
        facts = examine(kind, opened.file, opened.size)
    except BrokenDocumentError as error:
        raise unreadable(opened.path, str(error), "its own program") from error
    except ProtectedDocumentError as error:
        raise InvalidInput(
            f"'{opened.path}' is protected with a password; no network could show it.",
            code="media_protected",
            fix="Save it without a password and add it again.",
        ) from error
    if facts is None:
        raise InvalidInput(
            f"'{opened.path}' is neither a Word nor a PowerPoint document.",
            code="media_unsupported",
            fix="Export it as PDF and add that file.",
        )
    return facts
