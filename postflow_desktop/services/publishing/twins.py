"""Posts that look alike: where two are unclear at once, a look can't tell whose post it found."""

from __future__ import annotations

from unicodedata import normalize

from postflow_desktop.domain.step import content_of
from postflow_desktop.domain.target import Target
from postflow_desktop.services.publishing.parts import PublishingParts


def has_twin(parts: PublishingParts, target: Target) -> bool:
    """Whether another unclear target of the account has the words of this one's step."""
    others = parts.targets.unclear(target)
    if not others:
        return False
    payload = parts.payloads.get(target.content_hash)
    if payload is None:
        return True
    mine = _words(content_of(payload, target.step).text)
    return any(mine in _all_words(parts, other) for other in others)


def _all_words(parts: PublishingParts, target: Target) -> set[str]:
    payload = parts.payloads.get(target.content_hash)
    if payload is None:
        return set()
    texts = [payload.text, *payload.parts, payload.first_comment or ""]
    return {_words(text) for text in texts}


def _words(text: str) -> str:
    return " ".join(normalize("NFC", text).split())
