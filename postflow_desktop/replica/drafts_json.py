"""Local drafts to JSON and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.services.ports.drafts import LocalDraft


def dump_draft(draft: LocalDraft) -> str:
    """The draft as JSON; its time as ISO text."""
    value = asdict(draft)
    value["changed_at"] = None if draft.changed_at is None else draft.changed_at.isoformat()
    return json.dumps(value, ensure_ascii=False)


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
        media=tuple(Media(**{**item, "kind": MediaKind(item["kind"])}) for item in value["media"]),
        link_url=value["link_url"],
        at_local=value["at_local"],
        timezone=value["timezone"],
        changed_at=None if changed_at is None else datetime.fromisoformat(changed_at),
    )
