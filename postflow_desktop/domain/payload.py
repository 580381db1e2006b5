"""The frozen content of one target, found by its content hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import Media, Post


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

    @property
    def content_hash(self) -> str:
        """SHA-256, lower-case hex, over a canonical form of all fields."""
        canonical: dict[str, object] = {
            "organizationId": self.organization_id,
            "network": self.network.value,
            "text": self.text,
            "linkUrl": self.link_url,
            "media": [
                [m.kind.value, m.sha256, m.mime, m.width, m.height, m.alt] for m in self.media
            ],
        }
        # Only where there are some: what was approved before there were any keeps its hash.
        if self.parts:
            canonical["parts"] = list(self.parts)
        if self.first_comment is not None:
            canonical["firstComment"] = self.first_comment
        text = json.dumps(canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


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
    )
