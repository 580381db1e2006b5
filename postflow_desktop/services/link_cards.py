"""The card of a link: read from its page while somebody writes, at the latest when planned."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from postflow_desktop.domain import authoring
from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.link_card import CARD_NETWORKS, card_link, leads_to, with_scheme
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import LinkCard
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.link_pages import CardPictures, LinkPages
from postflow_desktop.services.ports.media import HeldContent, MediaContent

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(minutes=15)
"""A page that was read so lately is not read again."""
_MOST_KEPT = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedCard:
    """A card, its picture's bytes, and what went wrong with the picture alone."""

    card: LinkCard
    picture: bytes | None = field(default=None, repr=False)
    note: str = ""
    """Why there is no picture although the page names one; empty otherwise."""

    @property
    def data(self) -> dict[str, MediaContent]:
        """The bytes by content hash, as posts are saved with them."""
        shown = self.card.picture
        if shown is None or self.picture is None:
            return {}
        return {shown.sha256: HeldContent(self.picture)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWish:
    """What decides whether a post needs a card."""

    text: str
    link_url: str | None
    card: LinkCard | None
    """The one that it has, perhaps of another link."""
    has_media: bool
    networks: tuple[Network, ...]


class LinkCards:
    """Fetches cards and remembers the newest; safe to share between threads."""

    def __init__(self, pages: LinkPages, pictures: CardPictures, clock: Clock) -> None:
        self._pages = pages
        self._pictures = pictures
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[datetime, FetchedCard]] = OrderedDict()

    def fetch(self, link: str, *, again: bool = False) -> FetchedCard:
        """Read the page of a link; `again` also where that was done a moment ago.

        InvalidInput (`bad_link`), Refused and NetworkUnreachable with the reason why there is no
        card. A picture that can't be had is only noted.
        """
        authoring.check_link(link)
        url = with_scheme(link.strip())
        # A cluster keeps milliseconds; what comes back from there is to be the same.
        now = self._clock.now()
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        if not again:
            with self._lock:
                known = self._known.get(url)
            if known is not None and now - known[0] <= KEPT_FOR:
                return known[1]
        fetched = self._fetch(url, now)
        with self._lock:
            self._known[url] = (now, fetched)
            self._known.move_to_end(url)
            while len(self._known) > _MOST_KEPT:
                self._known.popitem(last=False)
        return fetched

    def for_post(self, wanted: CardWish) -> FetchedCard | None:
        """The card that a post lacks.

        None where it has one, has no link, has media, or goes to no network that shows one; and
        where the page can't be read, which is no obstacle: the link goes out without a card.
        """
        link = card_link(wanted.text, wanted.link_url)
        if link is None or wanted.has_media or not CARD_NETWORKS & set(wanted.networks):
            return None
        card = wanted.card
        if card is not None and leads_to(card.url, wanted.text, wanted.link_url):
            return None
        try:
            return self.fetch(link)
        except PostFlowError as error:
            log.info("A link goes out without a card.", extra={"code": error.code})
            return None

    def _fetch(self, url: str, now: datetime) -> FetchedCard:
        facts = self._pages.page(url)
        card = LinkCard(url=url, title=facts.title, description=facts.description, fetched_at=now)
        if facts.picture_url is None:
            return FetchedCard(card=card)
        try:
            media, data = self._pictures.read(self._pages.picture(facts.picture_url))
        except PostFlowError as error:
            return FetchedCard(card=card, note=error.message)
        return FetchedCard(card=replace(card, picture=media), picture=data)
