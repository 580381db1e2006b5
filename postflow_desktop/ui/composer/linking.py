"""The card of a composer's link: asked for a moment after the link was typed, on the pool."""

from __future__ import annotations

from enum import StrEnum
from functools import partial

from PySide6.QtCore import QObject, Signal

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.post import LinkCard
from postflow_desktop.ui.backend import PlaceBackend
from postflow_desktop.ui.composer.moments import Moments
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.words import explain

ASK_MS = 700
"""Whoever types a link is not answered about its beginning."""


class CardState(StrEnum):
    """Where the card of the link stands."""

    NONE = "none"
    """There is no link that would get one, or no network that shows one."""
    WAITING = "waiting"
    OFFLINE = "offline"
    """It will be fetched when the workspace can be reached, at the latest when planned."""
    FAILED = "failed"
    """The link goes out without a card."""
    OFFERED = "offered"
    """The post is stored without one; nobody asked for it yet."""
    SHOWN = "shown"
    HIDDEN = "hidden"
    """The person does not want it."""


class Linking(QObject):
    """Asks once for each link; what it gets is announced, and kept until there is another link."""

    changed = Signal()
    fetched = Signal(object)
    """A LinkCard."""

    def __init__(
        self, backend: PlaceBackend, tasks: Tasks, moments: Moments, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._alarm = moments.alarm(self)
        self._alarm.rang.connect(self._ask)
        self._link: str | None = None
        self._got: LinkCard | None = None
        self.state = CardState.NONE
        self.note = ""
        """Why there is no card, or no picture on it; empty where all is well."""

    @property
    def link(self) -> str | None:
        """The link that it is about."""
        return self._link

    def look(
        self, link: str | None, card: LinkCard | None, *, offline: bool, offer: bool = False
    ) -> None:
        """The draft changed. `card` is this link's; with `offer` none is fetched unasked."""
        if link != self._link:
            self._alarm.disarm()
            self._link, self._got, self.note = link, None, ""
            self.state = CardState.NONE
        if link is None:
            self._show(CardState.NONE)
        elif card is not None:
            self._alarm.disarm()
            self._show(CardState.HIDDEN if card.hidden else CardState.SHOWN)
        elif self._got is not None:
            self.fetched.emit(self._got)
        elif offline:
            self._alarm.disarm()
            self._show(CardState.OFFLINE)
        elif self.state in (CardState.NONE, CardState.OFFLINE) and offer:
            self._show(CardState.OFFERED)
        elif self.state in (CardState.NONE, CardState.OFFLINE):
            self._alarm.arm(ASK_MS)
            self._show(CardState.WAITING)

    def again(self) -> None:
        """Read the page now, also where that was done or given up before."""
        if self._link is not None:
            self._got, self.note = None, ""
            self._show(CardState.WAITING)
            self._run(self._link, again=True)

    def _ask(self) -> None:
        if self._link is not None:
            self._run(self._link, again=False)

    def _run(self, link: str, *, again: bool) -> None:
        work = partial(self._backend.fetch_card, link, again=again)
        self._tasks.run(
            work, partial(self._take, link), partial(self._refused, link), key=f"card {id(self)}"
        )

    def _take(self, link: str, found: tuple[LinkCard, str]) -> None:
        if link == self._link:
            self._got, self.note = found
            self.fetched.emit(self._got)
            self.changed.emit()

    def _refused(self, link: str, error: PostFlowError) -> None:
        if link == self._link:
            self.note = explain(error)
            self._show(CardState.FAILED)
            self.changed.emit()

    def _show(self, state: CardState) -> None:
        if state is not self.state:
            self.state = state
            self.changed.emit()
