"""A home whose replica holds 100,000 posts, written by the replica's own writer; no cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from postflow_desktop.desktop.placecards import PlaceCard, PlaceCards
from postflow_desktop.domain.network import Network
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.settings import WorkspaceKind
from postflow_desktop.replica.sync.bootstrap import batches, store
from postflow_desktop.replica.sync.writer import CacheWriter
from postflow_desktop.services.ports.feed import PlainDocument

POSTS = 100_000
PER_MONTH = 5_000
ORGANIZATION = "0" * 23 + "a"
USER = "0" * 23 + "b"
ZONE = "Europe/Berlin"
_MONTHS_BACK = 10
_ACCOUNTS = tuple((f"{number:024x}", network) for number, network in enumerate(Network, start=1))
_TEXTS = (
    "Spring launch teaser 🚀 and a word about what comes after it",
    "Carousel: how we roast our beans",
    "Five tips for better sleep, the third of which nobody follows",
    "Behind the scenes at the mill",
    "Customer story: the night shift, told by those who work it",
)


def make_home(folder: Path, now: datetime) -> Path:
    """A signed-in home at `folder`; `now` lies in the middle of its posts."""
    home = Home(folder)
    record = home.add("Bench", WorkspaceKind.URI, db="postflow", created_at=now)
    home.set_user(record.id, USER, "ana@example.com")
    home.set_organization(record.id, ORGANIZATION)
    card = PlaceCard(
        organization_id=ORGANIZATION,
        organization_name="Corner Bakery",
        timezone=ZONE,
        user_name="Ana",
        min_lead_minutes=0,
    )
    PlaceCards(folder / "places.json").put(record.id, card)
    fill(folder / "workspaces" / record.id / "cache.db", now)
    return folder


def fill(path: Path, now: datetime) -> Path:
    """The replica alone: 5,000 posts a month around `now`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cache = CacheWriter(path)
    try:
        sources: tuple[tuple[str, Iterable[PlainDocument]], ...] = (
            ("socialAccounts", _accounts()),
            ("posts", (_post(number, now) for number in range(POSTS))),
            ("schedules", (t for number in range(POSTS) for t in _targets(number, now))),
        )
        for collection, documents in sources:
            for batch in batches(documents):
                store(cache, collection, batch)
    finally:
        cache.close()
    return path


def _accounts() -> Iterator[dict[str, Any]]:
    for number, (key, network) in enumerate(_ACCOUNTS, start=1):
        yield {
            "_id": key,
            "organizationId": ORGANIZATION,
            "platform": network.value,
            "platformUsername": f"bakery{number}.test",
            "displayName": f"Bakery {number}",
            "status": "active",
            "metadata": {"service": "https://service.example"},
            "rev": 1,
        }


def _of(number: int) -> tuple[tuple[str, Network], ...]:
    """The accounts of a post: one or two."""
    count = 1 + number % 2
    return tuple(_ACCOUNTS[(number + n) % len(_ACCOUNTS)] for n in range(count))


def _at(number: int, now: datetime) -> datetime:
    first = now.astimezone(UTC).replace(microsecond=0) - timedelta(days=30 * _MONTHS_BACK)
    return first + number * (timedelta(days=30) / PER_MONTH)


def _post(number: int, now: datetime) -> dict[str, Any]:
    at = _at(number, now)
    out = at < now
    return {
        "_id": f"{number:024x}",
        "organizationId": ORGANIZATION,
        "createdBy": USER,
        "status": "published" if out else "scheduled",
        "content": {"text": f"{_TEXTS[number % len(_TEXTS)]} ({number})"},
        "socialAccountIds": [key for key, _ in _of(number)],
        "scheduledAt": at,
        "timezone": ZONE,
        **({"publishedAt": at} if out else {}),
        "createdAt": at,
        "updatedAt": at,
        "rev": 1,
    }


def _targets(number: int, now: datetime) -> Iterator[dict[str, Any]]:
    at = _at(number, now)
    for key, network in _of(number):
        yield {
            "_id": f"{number:012x}{key[-12:]}",
            "organizationId": ORGANIZATION,
            "postId": f"{number:024x}",
            "socialAccountId": key,
            "platform": network.value,
            "status": "published" if at < now else "pending",
            "scheduledAt": at,
            "notBefore": at,
            "contentHash": "0" * 64,
            "createdAt": at,
            "updatedAt": at,
            "fence": 0,
            "rev": 1,
        }
