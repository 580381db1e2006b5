"""Asking the networks what stands there of the shown post; what they say is kept in memory only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.services.network_copies import CopyState, NetworkCopy
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.inspector.metering import Metering, Stage
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.words import network_title

_ASKED = "The networks have answered."
_WORDS = 80
"""Characters of a post that are enough to know it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the networks said of one post, and when."""

    copies: tuple[NetworkCopy, ...]
    at: datetime


class Looking(QObject):
    """Belongs to one inspector."""

    def __init__(self, stage: Stage, backend: Backend, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._stage = stage
        self._backend = backend
        self._tasks = tasks
        self._asking: set[str] = set()
        self._looks: dict[str, Look] = {}

    @property
    def found(self) -> Look | None:
        """What was said of the shown post; None where nobody asked yet."""
        return self._looks.get(self._stage.post_id)

    @property
    def is_asking(self) -> bool:
        """Whether the networks are being asked about the shown post."""
        return self._stage.post_id in self._asking

    @property
    def can_ask(self) -> bool:
        """Whether they can be asked now."""
        return not self._stage.offline and not self.is_asking

    def look(self) -> None:
        """Ask them."""
        post_id = self._stage.post_id
        if not post_id or not self.can_ask:
            return
        self._asking.add(post_id)
        self._stage.show()
        self._tasks.run(
            partial(self._backend.copies, post_id),
            partial(self._done, post_id),
            partial(self._refused, post_id),
        )

    def _done(self, post_id: str, copies: Sequence[NetworkCopy]) -> None:
        self._asking.discard(post_id)
        self._looks[post_id] = Look(copies=tuple(copies), at=self._stage.now())
        self._stage.done(post_id, _ASKED, None)

    def _refused(self, post_id: str, error: PostFlowError) -> None:
        self._asking.discard(post_id)
        self._stage.refused(post_id, error)


class Networks(QObject):
    """All that they are asked about the shown post."""

    def __init__(self, stage: Stage, backend: Backend, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self.metering = Metering(stage, backend, tasks, self)
        self.looking = Looking(stage, backend, tasks, self)


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
