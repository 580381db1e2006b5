"""What a page says about itself: Open Graph (ogp.me), Twitter cards, then plain HTML.

The elements that say something are parsed by Lexbor as browsers do it. All words are cut, put on
one line and freed of what controls a screen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from postflow_desktop.domain.link_card import host_of
from postflow_desktop.domain.text import excerpt
from postflow_desktop.services.ports.link_pages import PageFacts
from postflow_desktop.webpages.marks import marks_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

MAX_TITLE = 300
MAX_DESCRIPTION = 1_000
"""In characters as people count them; more would not be shown anywhere."""
_MOST_WORDS = 20_000
"""Code points that are looked at; the rest of a longer text is not shown."""
_MAX_URL = 2_048
_TITLES = ("og:title", "twitter:title")
_DESCRIPTIONS = ("og:description", "twitter:description", "description")
_PICTURES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image")
_PICTURES_TOO = ("twitter:image:src",)
# Controls, marks of direction, tags and private characters: nothing that a title needs.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e007f]"
)


def read_head(html: str, url: str) -> PageFacts:
    """The facts of a page that came from `url` (after redirects). Never fails."""
    from selectolax.lexbor import LexborHTMLParser

    page = LexborHTMLParser(marks_of(html))
    marks = _marks(page)
    title = _first(marks, _TITLES, MAX_TITLE) or _cut(_title(page), MAX_TITLE)
    named = (marks.get(name) for name in (*_PICTURES, *_PICTURES_TOO))
    base = _base(page, url)
    picture = next((found for one in named if one and (found := _address(base, one))), None)
    return PageFacts(
        title=title or _first(marks, ("og:site_name",), MAX_TITLE) or host_of(url)[:MAX_TITLE],
        description=_first(marks, _DESCRIPTIONS, MAX_DESCRIPTION),
        picture_url=picture or _linked_picture(page, base),
    )


def _marks(page: LexborHTMLParser) -> dict[str, str]:
    """The first value of every `<meta>` by its lower-case name."""
    found: dict[str, str] = {}
    for node in page.css("meta[content]"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or ""
        content = (attributes.get("content") or "").strip()
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _title(page: LexborHTMLParser) -> str:
    found = page.css_first("title")
    return "" if found is None else found.text()


def _first(marks: dict[str, str], names: tuple[str, ...], width: int) -> str:
    words = (_cut(marks.get(name, ""), width) for name in names)
    return next((one for one in words if one), "")


def _cut(text: str, width: int) -> str:
    return excerpt(_UNSEEN.sub("", text[:_MOST_WORDS]), width)


def _base(page: LexborHTMLParser, url: str) -> str:
    """What relative addresses start from."""
    found = page.css_first("base[href]")
    return (_address(url, found.attributes.get("href") or "") if found else None) or url


def _linked_picture(page: LexborHTMLParser, base: str) -> str | None:
    found = page.css_first('link[rel="image_src"][href]')
    return None if found is None else _address(base, found.attributes.get("href") or "")


def _address(base: str, text: str) -> str | None:
    """A web address, made whole; None for anything else, such as a picture in the page itself."""
    try:
        address = urljoin(base, text.strip())
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or len(address) > _MAX_URL:
        return None
    return address
