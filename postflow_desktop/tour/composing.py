"""Writing posts in composers and seeing them go out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from PySide6.QtCore import QDate, QPoint, Qt, QTime
from shiboken6 import isValid

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import UNDER_WAY, TargetStatus
from postflow_desktop.tour.desk import Desk
from postflow_desktop.tour.hands import (
    CONTROL,
    bring_to_front,
    choose_tab,
    click,
    drop_files,
    paste_picture,
    press,
    retype,
    type_text,
)
from postflow_desktop.tour.pictures import Drawn
from postflow_desktop.tour.steps import NotObserved, observe
from postflow_desktop.tour.waiting import wait_until
from postflow_desktop.ui.calendar.layout import CellBox
from postflow_desktop.ui.composer.view import ComposerWindow

_AHEAD = timedelta(seconds=2)
_ENDED = frozenset({PostStatus.PUBLISHED, PostStatus.FAILED})


def cell(desk: Desk, day: date) -> CellBox:
    """A day of the shown month."""

    def look() -> CellBox | None:
        layout = desk.screens.calendar_view.month.month_layout
        return layout.cell(day) if layout else None

    return wait_until(look, f"{day} was not on the calendar")


def open_composer(desk: Desk, day: date) -> ComposerWindow:
    """A composer by a click on the empty part of a day."""
    box = cell(desk, day).box
    before = len(desk.composers)
    click(desk.screens.calendar_view.month, QPoint(box.right - 12, box.y + 10))
    wait_until(lambda: len(desk.composers) > before, "no composer opened")
    composer = desk.composers[-1]
    wait_until(composer.sheet.channels.tiles, "the composer knows no account")
    bring_to_front(composer)
    return composer


def write(composer: ComposerWindow, text: str) -> None:
    """Type the text for all accounts."""
    editor = composer.sheet.editor
    type_text(editor, text)
    observe(editor.words() == text, "The editor took other words than were typed.")


def write_variant(composer: ComposerWindow, account_id: str, text: str) -> None:
    """Type other words for one account, in its tab."""
    tabs = composer.sheet.tabs.bar
    places = [tab.account.id if tab.account else "" for tab in tabs.tabs]
    choose_tab(tabs, places.index(account_id))
    wait_until(lambda: composer.model.tab == account_id, "the tab did not come to the front")
    retype(composer.sheet.editor, text)
    observe(composer.sheet.editor.words() == text, "The editor took other words for the account.")


def show_original(composer: ComposerWindow) -> None:
    """Bring the text for all accounts back to the front."""
    choose_tab(composer.sheet.tabs.bar, 0)
    wait_until(lambda: composer.model.tab is None, "the original did not come to the front")
    wait_until(lambda: composer.model.autosave.idle, "the text was not kept on this machine")


def add_pictures(composer: ComposerWindow, dropped: Drawn, pasted: Drawn) -> None:
    """Drop one picture, paste the other, describe both."""
    strip = composer.sheet.strip
    drop_files(composer, [dropped.path])
    wait_until(lambda: len(strip.row.tiles) == 1, "the dropped picture was not taken")
    paste_picture(composer.sheet.editor, pasted.path)
    wait_until(lambda: len(strip.row.tiles) == 2, "the pasted picture was not taken")
    for tile, drawn in zip(strip.row.tiles, (dropped, pasted), strict=True):
        click(tile)
        wait_until(strip.alt.isVisible, "nothing opened to describe the picture")
        type_text(strip.alt.edit, drawn.alt)
        click(strip.alt.done)
        taken = tile.media
        observe(taken is not None and taken.alt == drawn.alt, "The picture is described otherwise.")


def choose_accounts(composer: ComposerWindow, wanted: Iterable[str]) -> None:
    """Press the tiles until these accounts are chosen and no others."""
    ids = set(wanted)
    for tile in composer.sheet.channels.tiles():
        if tile.isChecked() != (tile.row.id in ids):
            click(tile)
    chosen = {tile.row.id for tile in composer.sheet.channels.tiles() if tile.isChecked()}
    observe(chosen == ids, "Other accounts are chosen than were pressed.")


def soon(desk: Desk) -> datetime:
    """A full second a little ahead, in the organization's zone."""
    moment = datetime.now(UTC) + _AHEAD + timedelta(seconds=1)
    return moment.replace(microsecond=0).astimezone(desk.screens.calendar.zone)


def schedule(
    desk: Desk, composer: ComposerWindow, moment: datetime | None = None, *, keys: bool = True
) -> str:
    """Put it to that time, or the one the composer offers; the id of the post."""
    if moment is not None:
        # The fields show minutes, and nobody wants to wait for the next one: seconds are set.
        timing = composer.bottom.acts.timing
        timing.date.setDate(QDate(moment.year, moment.month, moment.day))
        timing.time.setTime(QTime(moment.hour, moment.minute, moment.second))
    made: list[str] = []
    composer.scheduled.connect(made.append)
    reason = composer.bottom.acts.schedule.accessibleDescription()
    if keys:
        press(composer.sheet.editor, Qt.Key.Key_Return, CONTROL)
    else:
        click(composer.bottom.acts.schedule)
    wait_until(lambda: made or _said(composer), f"the post was not scheduled. {reason}".strip())
    if not made:
        raise NotObserved(f"The composer says: {_said(composer)}")
    wait_until(lambda: not desk.composers, "the composer stayed open")
    return made[0]


def wait_published(desk: Desk, post_id: str) -> None:
    """Wait until the chip says that it is out, and the cluster says the same."""
    wait_until(lambda: _status(desk, post_id) in _ENDED, "it was not out on the calendar")
    wait_until(
        lambda: not any(t.status in UNDER_WAY for t in desk.targets(post_id)),
        "it was still under way in the cluster",
    )
    for target in desk.targets(post_id):
        reason = (
            f"{target.last_error.message} {target.last_error.code}" if target.last_error else ""
        )
        observe(
            target.status is TargetStatus.PUBLISHED,
            f"On {target.network} it is {target.status}. {reason}".strip(),
        )
        published = target.published_at or target.updated_at
        observe(published >= target.scheduled_at, "It went out before its time.")
    wait_until(lambda: _status(desk, post_id) is PostStatus.PUBLISHED, "the chip did not say so")


def _status(desk: Desk, post_id: str) -> PostStatus | None:
    row = desk.row(post_id)
    return row.status if row else None


def _said(composer: ComposerWindow) -> str:
    """Why a composer would not send."""
    if not isValid(composer) or not composer.isVisible():
        return ""
    notice = composer.sheet.notice
    words = [toast.text for toast in composer.toasts.visible() if toast.kind == "warning"]
    return " ".join([*words, *([notice.text()] if notice.isVisible() else [])])
