"""What the networks are asked of the shown post: its numbers, and what stands there.

The numbers come home by the replica; what stands there is kept in memory only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject

from postflow_desktop.services.network_copies import CopyState, NetworkCopy
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.inspector.questions import Question, Stage
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.words import network_title

_WORDS = 80
"""Characters of a post that are enough to know it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the networks said of one post, and when."""

    copies: tuple[NetworkCopy, ...]
    at: datetime


class Networks(QObject):
    """Belongs to one inspector."""

    def __init__(self, stage: Stage, backend: Backend, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._stage = stage
        self._looks: dict[str, Look] = {}
        self.numbers = Question(stage, tasks, backend.refresh_metrics, self._counted, self)
        self.copies = Question(stage, tasks, backend.copies, self._looked, self)

    @property
    def look(self) -> Look | None:
        """What was said of the shown post; None where nobody asked yet."""
        return self._looks.get(self._stage.post_id)

    def _counted(self, _post_id: str, _answer: None) -> str:
        return "The numbers are up to date."

    def _looked(self, post_id: str, copies: Sequence[NetworkCopy]) -> str:
        self._looks[post_id] = Look(copies=tuple(copies), at=self._stage.now())
        return "The networks have answered."


def copy_sentence(copy: NetworkCopy, accounts: Mapping[str, AccountRow]) -> str:
    """One line for people: where, and what stands there."""
    account = accounts.get(copy.account_id)
    name = f", @{account.username}" if account else ""
    part = f", part {copy.step + 1}" if copy.step else ""
    return f"{network_title(copy.network)}{name}{part}: {_said(copy)}"


def _said(copy: NetworkCopy) -> str:
    if copy.state is CopyState.GONE:
        return "it is not there any more."
    if copy.state is not CopyState.PRESENT:
        return " ".join(words for words in (copy.message, copy.fix) if words)
    text = " ".join(copy.post.text.split()) if copy.post else ""
    shown = f"{text[:_WORDS].rstrip()}…" if len(text) > _WORDS else text
    return f"it is there: “{shown}”" if shown else "it is there."
