"""The journey: from an empty home to posts on two networks, by the real window."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.sandbox.faults import FaultKind
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.tour import arriving, composing, looking, planning
from postflow_desktop.tour.album import Album
from postflow_desktop.tour.comparing import Comparison
from postflow_desktop.tour.desk import Desk
from postflow_desktop.tour.hands import CONTROL, press
from postflow_desktop.tour.pictures import draw_pictures
from postflow_desktop.tour.readback import Reader
from postflow_desktop.tour.steps import NotObserved, Report, TourEnded, observe
from postflow_desktop.tour.waiting import turn, wait_until

TEXT = (
    "Saturday is market day! \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 "
    "All about it: https://bäckerei.example/märkte #Sauerteig"
)
TEXT_ON_X = "Market day on Saturday: sourdough, rye & pretzels <3 #Sauerteig"
_EMAIL = "ana@example.com"
_THREADS_END_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Accounts:
    """The two accounts of the tour."""

    bluesky: AccountRow
    x: AccountRow


class Journey:
    """One tour; everything lies in `folder` until the tour is over."""

    def __init__(self, folder: Path, out: Path, report: Report, sandbox: SandboxServer) -> None:
        self._folder = folder
        self._report = report
        self._sandbox = sandbox
        self._album = Album(out, report)
        self._out = out
        self._password = secrets.token_urlsafe(16)
        self._desks: list[Desk] = []
        self._threads = set(threading.enumerate())

    def run(self) -> None:
        """All steps; TourEnded at the first that fails."""
        with self._step("open the window on an empty home"):
            desk = self._open("home")
            observe(desk.screens.welcome_view.isVisible(), "The welcome page is not there.")
            self._album.take("welcome", desk.window)
        with self._step("create a workspace on the welcome page"):
            recovery = arriving.create_workspace(desk, _EMAIL, self._password)
            arriving.allow_short_notice(desk)
        with self._step("close the window and open it again"):
            desk.close()
            desk = self._open("home")
            arriving.hear_of_short_notice(desk)
            desk.wait_live()
        accounts = self._connect(desk)
        post_id = self._publish(desk, accounts)
        self._plan(desk)
        with self._step("lose the database and get it back"):
            planning.lose_the_database(desk)
        self._have_trouble(desk, accounts)
        self._share(desk, accounts, post_id, recovery)
        self._look_around(desk)
        with self._step("close the window and leave nothing behind"):
            self._end(desk)

    def close(self) -> None:
        """Close all machines and wait until their databases have ended; twice is fine."""
        for desk in reversed(self._desks):
            desk.close()
        for desk in self._desks:
            desk.wait_ended()

    # --- steps ------------------------------------------------------------------------------

    def _connect(self, desk: Desk) -> _Accounts:
        with self._step("connect accounts on Bluesky and X"):
            bluesky = arriving.connect_bluesky(desk, self._sandbox.url)
            x = arriving.connect_x(desk, self._sandbox.url)
            arriving.go_to(desk, "calendar", "GC")
            desk.window.toasts.clear()
        with self._step("look at the empty calendar"):
            desk.screens.calendar_view.setFocus()
            self._album.take("calendar-empty", desk.window)
        return _Accounts(bluesky=bluesky, x=x)

    def _publish(self, desk: Desk, accounts: _Accounts) -> str:
        drawn = draw_pictures(self._folder)
        with self._step("write a post with two pictures and other words for X"):
            composer = composing.open_composer(desk, planning.later(desk, 0))
            composing.choose_accounts(composer, [accounts.bluesky.id, accounts.x.id])
            composing.write(composer, TEXT)
            composing.add_pictures(composer, *drawn)
            composing.write_variant(composer, accounts.x.id, TEXT_ON_X)
            composing.show_original(composer)
            self._album.take("composer", composer)
        with self._step("schedule it some seconds ahead"):
            post_id = composing.schedule(desk, composer, composing.soon(desk))
            statuses = {target.status for target in desk.targets(post_id)}
            observe(len(desk.targets(post_id)) == 2, "It is not planned for both accounts.")
            observe(TargetStatus.CANCELED not in statuses, "It was canceled.")
        with self._step("publish it when its time comes"):
            composing.wait_published(desk, post_id)
        with self._step("read it back from both networks"):
            self._comparison(desk).compare(
                desk.targets(post_id), {"bluesky": TEXT, "x": TEXT_ON_X}, drawn
            )
        return post_id

    def _plan(self, desk: Desk) -> None:
        tomorrow, after = planning.later(desk, 1), planning.later(desk, 2)
        with self._step("plan a post for tomorrow"):
            composer = composing.open_composer(desk, tomorrow)
            composing.write(composer, "Never to be seen.")
            planned = composing.schedule(desk, composer, keys=False)
            planning.wait_on_day(desk, planned, tomorrow)
        with self._step("drag it to another day with the mouse"):
            planning.drag_to(desk, planned, after)
        with self._step("undo that with the keyboard"):
            planning.undo(desk, planned, tomorrow)
        with self._step("take it out of the plan"):
            before = len(self._sandbox.log)
            planning.cancel(desk, planned)
            observe(len(self._sandbox.log) == before, "A canceled post was sent.")

    def _have_trouble(self, desk: Desk, accounts: _Accounts) -> None:
        with self._step("lose an answer and still post once"):
            before = len(self._sandbox.log)
            self._sandbox.fail(FaultKind.RESET_AFTER)
            text = "Fresh pretzels at seven."
            lost = self._send(desk, text, accounts.bluesky)
            composing.wait_published(desk, lost)
            attempts = desk.stored(lost).attempts
            observe(attempts[0].letter == "E", "The answer was not lost.")
            observe(len(self._sandbox.log) == before + 1, "The network took it more than once.")
            self._comparison(desk).compare(desk.targets(lost), {"bluesky": text}, ())
        with self._step("see in the inspector what happened"):
            planning.show_attempts(desk, lost)
        with self._step("find a refused post on the list of what needs attention"):
            before = len(self._sandbox.log)
            refused = self._send(desk, TEXT_ON_X, accounts.x)
            wait_until(
                lambda: desk.stored(refused).post.status is PostStatus.FAILED,
                "the network did not refuse the same words",
            )
            planning.find_trouble(desk, refused)
            observe(len(self._sandbox.log) == before, "The network took the same words twice.")
            planning.delete(desk, refused)

    def _share(self, desk: Desk, accounts: _Accounts, post_id: str, recovery: str) -> None:
        with self._step("sign in on a second machine with the recovery code"):
            second = self._open("second home")
            address = desk.machine.address_of(desk.record)
            arriving.sign_in(second, address, _EMAIL, self._password, recovery)
            wait_until(lambda: second.row(post_id), "the second machine did not see the post")
            arriving.check_account(second, accounts.bluesky.id)
        with self._step("delete the post on both networks"):
            targets = desk.targets(post_id)
            planning.delete(desk, post_id)
            self._comparison(desk).observe_gone(targets)
            wait_until(lambda: second.row(post_id) is None, "the second machine did not hear of it")
            second.close()

    def _look_around(self, desk: Desk) -> None:
        with self._step("sign out"):
            arriving.sign_out(desk)
            desk.forget_outside()
        with self._step("explore with sample data"):
            looking.explore(desk)
        with self._step("take pictures of every screen"):
            looking.take_pictures(desk, self._album)

    def _end(self, desk: Desk) -> None:
        press(desk.window, Qt.Key.Key_Q, CONTROL)
        wait_until(lambda: desk.ended, "the window did not close", seconds=10)
        for each in self._desks:
            each.close()
        observe(all(each.wait_ended() for each in self._desks), "The database did not end.")
        wait_until(
            lambda: not self._left(),
            lambda: f"these did not end: {', '.join(sorted(self._left()))}",
            seconds=_THREADS_END_SECONDS,
        )

    # --- small things -----------------------------------------------------------------------

    def _send(self, desk: Desk, text: str, account: AccountRow) -> str:
        arriving.go_to(desk, "calendar", "GC")
        composer = composing.open_composer(desk, planning.later(desk, 0))
        composing.choose_accounts(composer, [account.id])
        composing.write(composer, text)
        return composing.schedule(desk, composer, composing.soon(desk))

    def _open(self, name: str) -> Desk:
        desk = Desk(self._folder / name)
        self._desks.append(desk)
        desk.open()
        return desk

    def _comparison(self, desk: Desk) -> Comparison:
        reader = Reader(desk.machine.http, self._sandbox)
        return Comparison(reader, self._out, self._report)

    def _left(self) -> set[str]:
        return {thread.name for thread in set(threading.enumerate()) - self._threads}

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        """A step of the report; a window that told of a fault makes it fail, with a picture."""
        try:
            with self._report.step(name):
                try:
                    yield
                    turn()
                except NotObserved as error:
                    raise NotObserved(f"{error} {self._faults()}".strip()) from error
                faults = self._faults()
                observe(not faults, faults)
        except TourEnded:
            self._keep_pictures()
            raise

    def _faults(self) -> str:
        """What the windows told of faults, as one text."""
        faults = [fault for desk in self._desks if not desk.closed for fault in desk.faults()]
        return f"The window says: {' '.join(faults)}" if faults else ""

    def _keep_pictures(self) -> None:
        for number, desk in enumerate(self._desks, start=1):
            if not desk.closed:
                path = self._out / f"failed-{number}.png"
                if desk.window.grab().save(str(path), "PNG"):
                    self._report.pictures.append(str(path))
