"""A composer's window: what is shown where, and that it is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.composer.channels import initials
from postflow_desktop.ui.composer.view import ComposerWindow
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.fakes.backend import PLACE, FakeBackend, account_row
from tests.ui.composer.held import HeldMoments
from tests.ui.inspector.pictures import png
from tests.ui.kit.walk import unnamed

PATIENCE = 5000
Open = Callable[..., ComposerWindow]


def wall(*parts: int) -> datetime:
    """What the clock on the wall shows: no zone is part of it."""
    year, month, day, hour, minute = parts
    return datetime(year, month, day, hour, minute, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def compose(backend: FakeBackend, tmp_path: Path, qtbot: QtBot) -> Iterator[Open]:
    made: list[ComposerWindow] = []

    def open_one(text: str = "") -> ComposerWindow:
        tasks, moments = Tasks(immediate=True), HeldMoments()
        window = ComposerWindow(backend, tasks, Changes(), tmp_path / "w.ini", moments=moments)
        window.open_new(None, [], text)
        qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
        made.append(window)
        return window

    yield open_one
    for window in made:
        window.close()


def test_everything_has_a_name(compose: Open) -> None:
    composer = compose("Hello #market https://example.com")
    composer.model.intake.add_image(lambda: png(80, 60))
    assert unnamed(composer) == []


@pytest.mark.parametrize(
    ("username", "display_name", "wanted"),
    [
        ("cornerbakery.test", "", "C"),
        ("mina-bakes.bsky.social", "", "MB"),
        ("cornerbakery.test", "Corner Bakery", "CB"),
        ("x", "cornerbakery.test", "C"),
    ],
)
def test_a_servers_name_is_no_initial(username: str, display_name: str, wanted: str) -> None:
    row: AccountRow = replace(account_row(1), username=username, display_name=display_name)
    assert initials(row) == wanted


def test_a_tab_leaves_the_server_out_and_its_tip_does_not(compose: Open) -> None:
    bar = compose("Hello").sheet.tabs.bar
    assert [bar.tabText(index).strip() for index in range(bar.count())][:2] == [
        "Original",
        "bakery1",
    ]
    assert "@bakery1.test on Bluesky" in bar.tabToolTip(1)


@pytest.mark.parametrize(
    ("zone", "field", "beside"),
    [("Etc/UTC", "UTC", ""), ("UTC", "UTC", ""), ("Europe/Berlin", "Europe/Berlin", "CET")],
)
def test_the_zone_is_said_once(
    backend: FakeBackend, compose: Open, zone: str, field: str, beside: str
) -> None:
    backend.here = replace(PLACE, timezone=zone)
    timing = compose("Hello").bottom.acts.timing
    assert timing.zone.text() == field
    assert timing.abbreviation.text() == beside
    assert timing.abbreviation.isVisible() is bool(beside)


def test_to_visit_the_zone_does_not_change_it(backend: FakeBackend, compose: Open) -> None:
    backend.here = replace(PLACE, timezone="Etc/UTC")
    composer = compose("Hello")
    timing = composer.bottom.acts.timing
    chosen: list[str] = []
    timing.zone_chosen.connect(chosen.append)
    timing.zone.setFocus()
    QTest.keyClick(timing.zone, Qt.Key.Key_Return)
    timing.date.setFocus()
    assert chosen == []
    assert timing.zone.property("invalid") in (None, False)


def test_a_time_reads_the_same_in_both_directions(compose: Open) -> None:
    QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        composer = compose("Hello")
        composer.model.set_wall(wall(2026, 11, 26, 17, 5))
        timing = composer.bottom.acts.timing
        assert (timing.date.text(), timing.time.text()) == ("Thu 26 Nov 2026", "17:05")
    finally:
        QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_why_not_is_said_in_words_and_leaves_the_buttons_free(compose: Open) -> None:
    composer = compose("Hello")
    composer.model.set_wall(wall(2026, 1, 3, 9, 0))
    composer.schedule()
    toast = composer.toasts.visible()[0]
    assert toast.text == "Sat 3 Jan 2026, 09:00 is in the past."
    assert toast.geometry().bottom() < composer.bottom.geometry().top()


def test_previews_shrink_with_the_text(compose: Open, qtbot: QtBot) -> None:
    composer = compose("Hello")
    composer.model.intake.add_image(lambda: png(80, 60))
    composer.side.show_previews()
    card = composer.side.previews.cards()[0]
    qtbot.waitUntil(lambda: card.grid.height() == card.grid.heightForWidth(card.grid.width()))
    before = card.height()
    composer.sheet.editor.setPlainText("So many words. " * 60)
    composer.side.show_previews()
    qtbot.waitUntil(lambda: card.height() > before, timeout=PATIENCE)
    composer.sheet.editor.setPlainText("Hello")
    composer.side.show_previews()
    qtbot.waitUntil(lambda: card.height() == before, timeout=PATIENCE)
    assert card.grid.height() == card.grid.heightForWidth(card.grid.width())
