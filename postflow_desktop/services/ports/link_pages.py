"""Looking at the page that a link leads to, and at the picture that it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from postflow_desktop.domain.post import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What a page says about itself; all of it was written by others."""

    title: str
    """Never empty: the name of the site where the page has no title."""
    description: str = ""
    picture_url: str | None = None


class LinkPages(Protocol):
    """The public internet; both may raise Refused or NetworkUnreachable with a reason."""

    def page(self, url: str) -> PageFacts:
        """Read the beginning of a page.

        Refused: `private_address`, `bad_link`, `too_many_redirects`, `no_page` (it is something
        else), `page_refused` (the site said no).
        """
        ...

    def picture(self, url: str) -> bytes:
        """The bytes of a picture; Refused also `reply_too_large`, `no_picture`."""
        ...


class CardPictures(Protocol):
    """Makes a picture that came from outside fit for a card."""

    def read(self, data: bytes) -> tuple[Media, bytes]:
        """JPEG or PNG without metadata, 1,000,000 bytes at most, and its description.

        InvalidInput: `media_unreadable`, `media_unsupported`, `media_too_large` (pixels).
        """
        ...
