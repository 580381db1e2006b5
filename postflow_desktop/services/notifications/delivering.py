"""The desk that turns notices into desktop alerts: few, in order, and gone when settled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from postflow_desktop.domain.notice import Notice, NoticeAction, Urgency
from postflow_desktop.domain.telling import (
    WINDOW,
    Channel,
    NoticeWishes,
    Telling,
    is_loud,
    share_out,
    summary_title,
    telling,
)
from postflow_desktop.services.ports.alerts import Alert, Alerter

SUMMARY_KEY = "summary"
"""The key of the one summary; its only action opens the list."""
NEWS_AGE = timedelta(days=1)
"""What is older when PostFlow starts stands in the list only."""
_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskParts:
    """What the desk works with."""

    alerter: Alerter
    user_id: str
    now: Callable[[], datetime]
    """The wall clock of this computer, aware."""
    on_action: Callable[[str, NoticeAction], None]
    """`on_action(key, action)` on any thread; for the summary with `SUMMARY_KEY` and OPEN."""
    is_watched: Callable[[Notice], bool] = lambda _: False
    """Whether the focused window shows what the notice is about."""


class AlertDesk:
    """Shows alerts for one person on one desktop; used by one thread at a time."""

    def __init__(self, parts: DeskParts, wishes: NoticeWishes | None = None) -> None:
        self._parts = parts
        self._wishes = wishes or NoticeWishes()
        self._known: dict[str, datetime] | None = None
        self._held: dict[str, Notice] = {}
        self._standing: dict[str, Notice] = {}
        self._summed: dict[str, Notice] = {}
        self._more = False
        self._told_at: list[datetime] = []

    def wish(self, wishes: NoticeWishes) -> None:
        """From now on by these wishes; what stands and is not wanted any more goes."""
        self._wishes = wishes
        self._tidy({**self._standing, **self._summed})

    def feed(self, notices: Sequence[Notice]) -> None:
        """What the organization's notices are now (the newest, withdrawn ones too), in any order.

        The first time nothing is shown but one alert for all that is unread and of the last day.
        """
        current = {notice.key: notice for notice in notices}
        first, known = self._known is None, self._known or {}
        fresh = [n for n in current.values() if known.get(n.key) != n.at]
        self._known = {**known, **{notice.key: notice.at for notice in fresh}}
        self._held = {k: n for k, n in self._held.items() if current.get(k, n) == n}
        self._tidy(current)
        if first:
            self._begin(fresh)
        else:
            self._tell([n for n in fresh if not self._parts.is_watched(n)])
        self._tidy(current, replaced=True)

    def tick(self) -> None:
        """To be called every minute: what the quiet hours held back is told as one alert."""
        held = list(self._held.values())
        if held and not self._is_quiet():
            self._held.clear()
            self._at_once(self._wanted(held))

    def clear(self) -> None:
        """Take every alert away: the person left, or the window shows another place."""
        for key in [*self._standing, *([SUMMARY_KEY] if self._summed else [])]:
            self._parts.alerter.withdraw(key)
        self._standing.clear()
        self._summed.clear()
        self._held.clear()
        self._known = None

    def _begin(self, fresh: Sequence[Notice]) -> None:
        oldest = self._parts.now() - NEWS_AGE
        self._at_once(self._wanted([n for n in fresh if n.at >= oldest]))

    def _tell(self, fresh: Sequence[Notice]) -> None:
        """One by one while there is room; the rest joins the summary."""
        wanted = self._wanted(fresh)
        lately = self._told_lately()
        shares = share_out(wanted, lately)
        if shares.singly and not lately and self._summed:
            self._summed.clear()  # a new burst has its own summary under the same key
        for notice in shares.singly:
            self._show(notice)
        if shares.summed:
            self._summarize(shares.summed, more=True)

    def _at_once(self, wanted: Sequence[Notice]) -> None:
        """One alert, however many there are."""
        if len(wanted) == 1:
            self._show(wanted[0])
        elif wanted:
            self._summed.clear()
            self._summarize(wanted, more=False)

    def _wanted(self, notices: Sequence[Notice]) -> list[Notice]:
        """What is to be told now; what is to be told later is held."""
        wanted = []
        for notice in notices:
            match self._how(notice):
                case Telling.NOW:
                    wanted.append(notice)
                case Telling.LATER:
                    self._held[notice.key] = notice
                case Telling.NOT:
                    pass
        return wanted

    def _how(self, notice: Notice) -> Telling:
        now, user_id = self._parts.now(), self._parts.user_id
        return telling(notice, user_id, self._wishes, Channel.DESKTOP, now)

    def _is_quiet(self) -> bool:
        quiet = self._wishes.quiet
        return quiet is not None and quiet.covers(self._parts.now())

    def _told_lately(self) -> int:
        since = self._parts.now() - WINDOW
        self._told_at = [at for at in self._told_at if since < at <= self._parts.now()]
        return len(self._told_at)

    def _show(self, notice: Notice) -> None:
        alert = Alert(
            key=notice.key,
            title=notice.title,
            text="\n".join(part for part in (notice.text, notice.fix) if part),
            urgency=notice.urgency,
            actions=notice.actions,
        )
        self._parts.alerter.show(alert, self._parts.on_action)
        self._standing[notice.key] = notice
        self._told_at.append(self._parts.now())
        if self._summed.pop(notice.key, None) is not None:
            self._show_summary()

    def _summarize(self, notices: Sequence[Notice], *, more: bool) -> None:
        self._more = more
        for notice in notices:
            if self._standing.pop(notice.key, None) is not None:
                self._parts.alerter.withdraw(notice.key)
            self._summed.pop(notice.key, None)
            self._summed[notice.key] = notice
        self._show_summary()

    def _show_summary(self) -> None:
        if not self._summed:
            self._parts.alerter.withdraw(SUMMARY_KEY)
            return
        latest = list(self._summed.values())[::-1]
        loudest = any(notice.urgency is Urgency.HIGH for notice in latest)
        alert = Alert(
            key=SUMMARY_KEY,
            title=summary_title(len(latest), more=self._more),
            text="\n".join(notice.title for notice in latest[:_NAMED]),
            urgency=Urgency.HIGH if loudest else Urgency.NORMAL,
            actions=(NoticeAction.OPEN,),
        )
        self._parts.alerter.show(alert, self._parts.on_action)

    def _tidy(self, current: dict[str, Notice], *, replaced: bool = False) -> None:
        """Take away what was settled, seen, is not wanted any more, or (`replaced`) is outdated."""

        def stays(key: str, shown: Notice) -> bool:
            now = current.get(key, shown)
            return self._stands(now) and not (replaced and now.at != shown.at)

        for key in list(self._standing):
            if not stays(key, self._standing[key]):
                del self._standing[key]
                self._parts.alerter.withdraw(key)
        gone = [key for key, notice in self._summed.items() if not stays(key, notice)]
        for key in gone:
            del self._summed[key]
        if gone:
            self._show_summary()

    def _stands(self, notice: Notice) -> bool:
        seen = self._parts.user_id in notice.read_by
        return is_loud(notice) and not seen and notice.kind in self._wishes.by(Channel.DESKTOP)
