"""Connecting accounts in the browser: the steps of one sign-in, without widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.backend import Backend, BrowserSignIn, WayIn
from postflow_desktop.ui.kit.tasks import Tasks

if TYPE_CHECKING:
    from postflow_desktop.domain.account import SignedIn


class Step(Enum):
    """Where the sign-in is."""

    LOOKING = "looking"
    """Whether the organization has an app there is being asked."""
    APP = "app"
    """The organization's app has to be entered."""
    READY = "ready"
    WAITING = "waiting"
    """The person is at the network's page."""
    CHOOSING = "choosing"
    """The sign-in brought several accounts."""
    KEEPING = "keeping"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppWords:
    """What was typed about the organization's app."""

    client_id: str
    secret: str
    redirect: str


class SignInModel(QObject):
    """One sign-in; `changed` after each step, `finished` with the rows that were connected."""

    changed = Signal()
    finished = Signal(object)
    """The AccountRows."""

    def __init__(
        self,
        backend: Backend,
        tasks: Tasks,
        network: Network,
        parent: QObject | None = None,
        *,
        again: AccountRow | None = None,
        username: str = "",
        service: str = "",
    ) -> None:
        """`again` is the account to reconnect; only that one is taken.

        `username` and `service` are what the person typed about a new one, if they did.
        """
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._page: BrowserSignIn | None = None
        self._closed = False
        self._username, self._service = username, service
        self.network = network
        self.again = again
        self.step = Step.LOOKING
        self.way: WayIn | None = None
        self.problem: PostFlowError | None = None
        self.opened = True
        """Whether a browser took the page."""
        self.found: Sequence[SignedIn] = ()
        self.busy = False

    @property
    def address(self) -> str:
        """The network's page while it is waited for; else nothing."""
        return self._page.url if self._page is not None else ""

    @property
    def _again_id(self) -> str | None:
        return None if self.again is None else self.again.id

    def start(self) -> None:
        """Ask what is needed."""
        self._tasks.run(
            partial(self._backend.way_in, self.network, self._again_id),
            self._on_way,
            self._failed(Step.LOOKING),
        )

    def enter_app(self) -> None:
        """Let the app be entered again."""
        self._go(Step.APP)

    def save_app(self, words: AppWords) -> None:
        """Keep the organization's app."""
        if self.busy:
            return
        self.busy = True
        self._go(self.step)
        work = partial(
            self._backend.set_client, self.network, words.client_id, words.secret, words.redirect
        )
        self._tasks.run(work, self._on_app, self._failed(Step.APP))

    def open_browser(self) -> None:
        """Listen, show the network's page, wait."""
        if self.busy:
            return
        self.busy = True
        self._go(self.step)
        work = partial(
            self._backend.begin_sign_in,
            self.network,
            self._again_id,
            username=self._username,
            service=self._service,
        )
        self._tasks.run(work, self._on_begun, self._failed(Step.READY))

    def show_again(self) -> None:
        """Show the page once more, as after a tab that was closed."""
        if self._page is not None:
            self._tasks.run(self._page.open_browser, self._on_shown, key="sign-in-page")

    def stop_waiting(self) -> None:
        """Back to before the browser."""
        page, self._page = self._page, None
        if page is not None:
            page.cancel()
        self._go(Step.READY)

    def choose(self, chosen: Sequence[SignedIn]) -> None:
        """Connect these."""
        if self.busy:
            return
        self.busy = True
        self._go(Step.KEEPING)
        work = partial(self._backend.keep_signed_in, self.network, chosen, self._again_id)
        back = Step.CHOOSING if len(self.found) > 1 and self.again is None else Step.READY
        self._tasks.run(work, self._on_kept, self._failed(back))

    def close(self) -> None:
        """The dialog goes: nothing is waited for any more."""
        self._closed = True
        page, self._page = self._page, None
        if page is not None:
            page.cancel()

    def _on_way(self, way: WayIn) -> None:
        self.way = way
        self._go(Step.READY if way.has_client else Step.APP)

    def _on_app(self, way: WayIn) -> None:
        self.busy = False
        self._on_way(way)

    def _on_begun(self, page: BrowserSignIn) -> None:
        self.busy = False
        if self._closed:
            page.cancel()
            return
        self._page, self.opened = page, True
        self._go(Step.WAITING)
        self.show_again()
        self._tasks.run(page.wait, partial(self._on_back, page), partial(self._on_lost, page))

    def _on_shown(self, opened: bool) -> None:
        self.opened = opened
        self.changed.emit()

    def _on_back(self, page: BrowserSignIn, found: Sequence[SignedIn]) -> None:
        if page is not self._page:
            return
        self._page = None
        self.found = found
        if self.again is not None or len(found) == 1:
            self.choose(found)
        else:
            self._go(Step.CHOOSING)

    def _on_lost(self, page: BrowserSignIn, error: PostFlowError) -> None:
        # Whoever stopped the waiting need not hear that it was stopped.
        if page is self._page:
            self._page = None
            self._fail(Step.READY, error)

    def _on_kept(self, rows: Sequence[AccountRow]) -> None:
        self.busy = False
        self._go(Step.DONE)
        self.finished.emit(tuple(rows))

    def _failed(self, back: Step) -> partial[None]:
        return partial(self._fail, back)

    def _fail(self, back: Step, error: PostFlowError) -> None:
        self.busy = False
        self.step, self.problem = back, error
        self.changed.emit()

    def _go(self, step: Step) -> None:
        self.step, self.problem = step, None
        self.changed.emit()
