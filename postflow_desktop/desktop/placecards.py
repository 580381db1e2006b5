"""What the window must know of a workspace before any cluster answers: a small file per home."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from postflow_desktop.machine.disk import read_if_there, write_private


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCard:
    """The names of a place, as they were when it was last open."""

    organization_id: str
    organization_name: str
    timezone: str
    user_name: str
    min_lead_minutes: int
    is_sample: bool = False


class PlaceCards:
    """`<home>/places.json`; a damaged file counts as empty, for it can be made again."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, workspace_id: str) -> PlaceCard | None:
        """The card of a workspace, or None."""
        value = self._read().get(workspace_id)
        try:
            return None if value is None else PlaceCard(**value)  # type: ignore[arg-type]
        except TypeError:
            return None

    def put(self, workspace_id: str, card: PlaceCard) -> None:
        """Keep a card."""
        cards = self._read()
        cards[workspace_id] = asdict(card)
        write_private(self._path, json.dumps(cards, indent=1).encode())

    def remove(self, workspace_id: str) -> None:
        """Forget a card."""
        cards = self._read()
        if cards.pop(workspace_id, None) is not None:
            write_private(self._path, json.dumps(cards, indent=1).encode())

    def _read(self) -> dict[str, dict[str, object]]:
        data = read_if_there(self._path)
        try:
            cards = json.loads(data or b"{}")
        except ValueError:
            return {}
        return cards if isinstance(cards, dict) else {}
