"""The frozen content of one target, found by its content hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from postflow_desktop.domain.link_card import CARD_NETWORKS
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.options import Options
from postflow_desktop.domain.post import LinkCard, Media, Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """Everything that a network will show of a target; the time is not part of it."""

    organization_id: str
    network: Network
    text: str
    link_url: str | None
    media: tuple[Media, ...]
    parts: tuple[str, ...] = ()
    """Further parts of a thread, in order; the text is the first one."""
    first_comment: str | None = None
    options: Options = ()
    """What was chosen beside the content: who sees it, what it is marked as."""
    card: LinkCard | None = None
    """Of the link, where the network shows one that the post brings along."""

    @property
    def content_hash(self) -> str:
        """SHA-256, lower-case hex, over a canonical form of all fields."""
        canonical: dict[str, object] = {
            "organizationId": self.organization_id,
            "network": self.network.value,
            "text": self.text,
            "linkUrl": self.link_url,
            "media": [_canonical(media) for media in self.media],
        }
        # Only where there are some: what was approved before there were any keeps its hash.
        if self.parts:
            canonical["parts"] = list(self.parts)
        if self.first_comment is not None:
            canonical["firstComment"] = self.first_comment
        if self.card is not None:
            canonical["card"] = _canonical_card(self.card)
        if self.options:
            canonical["options"] = dict(self.options)
        text = json.dumps(canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _canonical(media: Media) -> list[object]:
    """What is shown of it; a title only where there is one."""
    shown: list[object] = [media.kind.value, media.sha256, media.mime]
    shown += [media.width, media.height, media.alt]
    return shown if media.title is None else [*shown, media.title]


def _canonical_card(card: LinkCard) -> list[object]:
    """What the network will show of it; when the page was read is no part of that."""
    picture = card.picture
    shown = None if picture is None else [picture.sha256, picture.mime]
    return [card.url, card.title, card.description, shown]


def payload_for(post: Post, account_id: str, network: Network) -> Payload:
    """What this post shows on this account."""
    return Payload(
        organization_id=post.organization_id,
        network=network,
        text=post.text_for(account_id),
        link_url=post.link_for(account_id),
        media=post.media,
        parts=post.parts,
        first_comment=post.first_comment,
        card=post.card_for(account_id) if network in CARD_NETWORKS else None,
        options=post.options_for(account_id),
    )
