"""The LinkPages port over the public internet."""

from __future__ import annotations

from postflow_desktop.domain.errors import Refused
from postflow_desktop.domain.link_card import host_of
from postflow_desktop.services.ports.link_pages import PageFacts
from postflow_desktop.transport.public import Got, PublicReader, Wanted
from postflow_desktop.webpages.charset import decoded

MAX_PAGE_BYTES = 2_000_000
"""What is said about a page stands at its beginning; more of it is not read."""
MAX_PICTURE_BYTES = 8_000_000
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
_PAGE_ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"
_PICTURE_ACCEPT = "image/jpeg,image/png,image/webp,image/gif;q=0.8"


class PublicPages:
    """Reads pages and pictures; selectolax is imported with the first page."""

    def __init__(self, reader: PublicReader) -> None:
        self._reader = reader

    def page(self, url: str) -> PageFacts:
        """What the page says about itself; Refused, NetworkUnreachable."""
        from postflow_desktop.webpages.head import read_head

        wanted = Wanted(url=url, accept=_PAGE_ACCEPT, max_bytes=MAX_PAGE_BYTES, cut=True)
        got = self._reader.get(wanted)
        _require_success(got)
        kind = got.content_type.partition(";")[0].strip()
        if kind and kind not in _PAGE_TYPES:
            raise Refused(
                f"{host_of(got.url)} has something else there than a page ({kind[:60]}).",
                code="no_page",
                fix="The link goes out without a preview; write a title yourself if you like.",
            )
        return read_head(decoded(got.body, got.content_type), got.url)

    def picture(self, url: str) -> bytes:
        """The bytes, whatever they are; Refused, NetworkUnreachable."""
        wanted = Wanted(url=url, accept=_PICTURE_ACCEPT, max_bytes=MAX_PICTURE_BYTES)
        got = self._reader.get(wanted)
        _require_success(got)
        return got.body


def _require_success(got: Got) -> None:
    if not 200 <= got.status < 300:
        raise Refused(
            f"{host_of(got.url)} did not show its page (status {got.status}).",
            code="page_refused",
            fix="Check the link in a browser; some sites show themselves to people only.",
        )
