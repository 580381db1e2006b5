"""Something that the networks are asked about the shown post, by a person who waits for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QObject

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.ui.inspector.offer import Offer
from postflow_desktop.ui.kit.tasks import Tasks

T = TypeVar("T")


class Stage(Protocol):
    """What a question needs of the inspector it works for."""

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


class Question(QObject, Generic[T]):
    """Belongs to one inspector; of each post it is asked once at a time."""

    def __init__(
        self,
        stage: Stage,
        tasks: Tasks,
        work: Callable[[str], T],
        take: Callable[[str, T], str],
        parent: QObject,
    ) -> None:
        """`work` asks about a post, on the pool; `take` keeps the answer and says what to tell."""
        super().__init__(parent)
        self._stage = stage
        self._tasks = tasks
        self._work = work
        self._take = take
        self._asking: set[str] = set()

    @property
    def is_asking(self) -> bool:
        """Whether the networks are being asked about the shown post."""
        return self._stage.post_id in self._asking

    @property
    def can_ask(self) -> bool:
        """Whether they can be asked now."""
        return not self._stage.offline and not self.is_asking

    def ask(self) -> None:
        """Ask them about the shown post."""
        post_id = self._stage.post_id
        if not post_id or not self.can_ask:
            return
        self._asking.add(post_id)
        self._stage.show()
        self._tasks.run(
            partial(self._work, post_id),
            partial(self._answered, post_id),
            partial(self._refused, post_id),
        )

    def _answered(self, post_id: str, answer: T) -> None:
        self._asking.discard(post_id)
        self._stage.done(post_id, self._take(post_id, answer), None)

    def _refused(self, post_id: str, error: PostFlowError) -> None:
        self._asking.discard(post_id)
        self._stage.refused(post_id, error)
