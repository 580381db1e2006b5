"""Local drafts to JSON and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from postflow_desktop.domain.post import LinkCard, Media, MediaKind
from postflow_desktop.services.ports.drafts import LocalDraft


def dump_draft(draft: LocalDraft) -> str:
    """The draft as JSON; its time as ISO text."""
    value = asdict(draft)
    value["changed_at"] = None if draft.changed_at is None else draft.changed_at.isoformat()
    if draft.card is not None and draft.card.fetched_at is not None:
        value["card"]["fetched_at"] = draft.card.fetched_at.isoformat()
    return json.dumps(value, ensure_ascii=False)


def media_of(text: str) -> list[str]:
    """The content hashes of everything that a dumped draft has in the store."""
    value = json.loads(text)
    picture = (value.get("card") or {}).get("picture")
    return [item["sha256"] for item in [*value["media"], *([picture] if picture else [])]]


def load_draft(text: str) -> LocalDraft:
    """A draft from JSON; ValueError, KeyError or TypeError where it is none."""
    value = json.loads(text)
    changed_at = value["changed_at"]
    return LocalDraft(
        id=value["id"],
        organization_id=value["organization_id"],
        post_id=value["post_id"],
        text=value["text"],
        account_ids=tuple(value["account_ids"]),
        variants=dict(value["variants"]),
        # Drafts of older versions have neither.
        parts=tuple(value.get("parts", ())),
        first_comment=value.get("first_comment"),
        media=tuple(_media(item) for item in value["media"]),
        card=_card(value.get("card")),
        link_url=value["link_url"],
        options={key: dict(chosen) for key, chosen in value.get("options", {}).items()},
        at_local=value["at_local"],
        timezone=value["timezone"],
        changed_at=None if changed_at is None else datetime.fromisoformat(changed_at),
    )


def _media(value: dict[str, Any]) -> Media:
    return Media(**{**value, "kind": MediaKind(value["kind"])})


def _card(value: dict[str, Any] | None) -> LinkCard | None:
    if value is None:
        return None
    picture, at = value["picture"], value["fetched_at"]
    return LinkCard(
        url=value["url"],
        title=value["title"],
        description=value["description"],
        picture=None if picture is None else _media(picture),
        fetched_at=None if at is None else datetime.fromisoformat(at),
        hidden=value["hidden"],
    )
