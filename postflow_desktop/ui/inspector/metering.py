"""Asking the networks for the numbers of the shown post now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.ui.backend import Backend
from postflow_desktop.ui.inspector.offer import Offer
from postflow_desktop.ui.kit.tasks import Tasks

_ASKED = "The numbers are up to date."


class Stage(Protocol):
    """What metering needs of the inspector it works for."""

    post_id: str
    now: Callable[[], datetime]
    """The time, with its zone."""

    @property
    def offline(self) -> bool:
        """Whether the cluster can't be asked."""
        ...

    def show(self) -> None:
        """Show again."""
        ...

    def done(self, post_id: str, said: str, offer: Offer | None) -> None:
        """Something was done; tell it and read again."""
        ...

    def refused(self, post_id: str, error: PostFlowError) -> None:
        """Something was refused; tell it and read again."""
        ...


class Metering(QObject):
    """Belongs to one inspector."""

    def __init__(self, stage: Stage, backend: Backend, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._stage = stage
        self._backend = backend
        self._tasks = tasks
        self._asking: set[str] = set()

    @property
    def is_asking(self) -> bool:
        """Whether the networks are being asked about the shown post."""
        return self._stage.post_id in self._asking

    @property
    def can_ask(self) -> bool:
        """Whether they can be asked now."""
        return not self._stage.offline and not self.is_asking

    def refresh(self) -> None:
        """Ask them; what they say comes by the replica."""
        post_id = self._stage.post_id
        if not post_id or not self.can_ask:
            return
        self._asking.add(post_id)
        self._stage.show()
        self._tasks.run(
            partial(self._backend.refresh_metrics, post_id),
            partial(self._done, post_id),
            partial(self._refused, post_id),
        )

    def _done(self, post_id: str, _result: object) -> None:
        self._asking.discard(post_id)
        self._stage.done(post_id, _ASKED, None)

    def _refused(self, post_id: str, error: PostFlowError) -> None:
        self._asking.discard(post_id)
        self._stage.refused(post_id, error)
