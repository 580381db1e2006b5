"""From a fresh home to a post on a real Bluesky server, by the window alone."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QDate, QMimeData, QPointF, Qt, QTime, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.ui.composer.view import ComposerWindow
from tests.desktop.kit import EMAIL, PASSWORD, Desk, MakeDesk, until
from tests.kit.pds import Pds
from tests.media.pictures import encode, scene

# The first test that asks for the server may have to build it.
pytestmark = pytest.mark.timeout(1800)

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
LINK = "https://bäckerei.example/märkte?tag=müsli"
TEXT = f"Markttag für die ganze {FAMILY}: {LINK} #Sauerteig"
ALT = f"Drei Stände auf dem Markt {FAMILY}"


def test_a_post_is_written_planned_and_published_by_the_window(
    desks: MakeDesk, address: str, pds: Pds, tmp_path: Path
) -> None:
    handle = pds.new_handle()
    did, password = pds.create_account(handle)
    picture = tmp_path / "market.png"
    picture.write_bytes(encode(scene(1280, 720), "PNG"))
    desk = desks()
    _create_workspace(desk, address)
    _connect(desk, pds.url, handle, pds.create_app_password(handle, password))

    desk.screens.window.show_screen("calendar")
    desk.click_day(desk.screens.calendar.today())
    composer = desk.composer()
    _type(composer.sheet.editor, TEXT)
    _drop(composer, picture)
    until(lambda: composer.model.draft.media, "the picture")
    _describe(composer, ALT)
    _pick(composer, desk.screens.calendar.channels.accounts[0].id)
    _choose(composer, datetime.now(UTC) + timedelta(seconds=3))
    QTest.mouseClick(composer.bottom.acts.schedule, Qt.MouseButton.LeftButton)
    until(lambda: not desk.screens.composers.all, "the end of the composer")

    until(lambda: [row.status for row in desk.rows] == [PostStatus.PUBLISHED], "the publishing")
    (record,) = pds.list_records(did)
    _compare_text(record["value"])
    _compare_picture(pds, did, record["value"], picture)
    assert desk.running.backend.drafts.list(desk.place.organization_id) == []


def _create_workspace(desk: Desk, address: str) -> None:
    """The welcome page and its form, then the recovery code."""
    desk.click("welcome-create")
    desk.fill(create_workspace="Corner Bakery", create_name="Ana")
    desk.click("create-where-address")
    desk.fill(create_uri=address, create_email=EMAIL)
    desk.fill(create_password=PASSWORD, create_again=PASSWORD)
    desk.click("create-submit")
    until(lambda: desk.screens.welcome.recovery_code, "the recovery code")
    desk.click("welcome-code-kept")
    desk.click("welcome-code-continue")
    desk.until_live()
    seat = desk.workspace().seat()
    settings = replace(seat.organization.settings, min_lead_minutes=0)
    desk.workspace().organizations.change_settings(seat.member, settings)
    until(lambda: desk.place.min_lead_minutes == 0, "the new lead time")


def _connect(desk: Desk, service: str, handle: str, secret: str) -> None:
    """The accounts screen and its dialog."""
    desk.screens.window.show_screen("accounts")
    desk.click("accounts-connect")
    desk.click("network-bluesky")
    desk.click("connect-advanced")
    desk.fill(connect_handle=handle, connect_secret=secret, connect_service=service)
    desk.click("connect-dialog-accept")
    until(lambda: desk.screens.calendar.channels.accounts, "the account")


def _type(edit: QWidget, text: str) -> None:
    """As an input method or a paste brings it: keys can't type an emoji family."""
    QApplication.clipboard().setText(text)
    QTest.keyClick(edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def _drop(composer: ComposerWindow, picture: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(picture))])
    spot = QPointF(200, 200)
    how = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton)
    enter = QDragEnterEvent(spot.toPoint(), *how, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(composer, enter)
    assert enter.isAccepted()
    drop = QDropEvent(spot, *how, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(composer, drop)
    assert drop.isAccepted()


def _describe(composer: ComposerWindow, alt: str) -> None:
    (tile,) = composer.sheet.strip.row.tiles
    QTest.mouseClick(tile, Qt.MouseButton.LeftButton)
    edit = composer.sheet.strip.alt.edit
    assert isinstance(edit, QPlainTextEdit)
    assert edit.isVisible()
    _type(edit, alt)
    QTest.mouseClick(composer.sheet.strip.alt.done, Qt.MouseButton.LeftButton)
    assert composer.model.draft.media[0].alt == alt


def _pick(composer: ComposerWindow, account_id: str) -> None:
    """The only account is chosen already; off and on again."""
    (tile,) = composer.sheet.channels.tiles()
    for chosen in ((), (account_id,)):
        QTest.mouseClick(tile, Qt.MouseButton.LeftButton)
        assert composer.model.draft.account_ids == chosen


def _choose(composer: ComposerWindow, moment: datetime) -> None:
    wall = moment.astimezone(ZoneInfo(composer.model.timezone))
    timing = composer.bottom.acts.timing
    timing.date.setDate(QDate(wall.year, wall.month, wall.day))
    timing.time.setTime(QTime(wall.hour, wall.minute, wall.second))
    assert composer.model.when.wall == wall.replace(tzinfo=None, microsecond=0)


def _compare_text(record: dict[str, Any]) -> None:
    assert record["text"] == TEXT
    raw = TEXT.encode()
    shown = [
        (raw[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode(), f["features"])
        for f in record["facets"]
    ]
    assert shown == [
        (LINK, [{"$type": "app.bsky.richtext.facet#link", "uri": LINK}]),
        ("#Sauerteig", [{"$type": "app.bsky.richtext.facet#tag", "tag": "Sauerteig"}]),
    ]


def _compare_picture(pds: Pds, did: str, record: dict[str, Any], picture: Path) -> None:
    (image,) = record["embed"]["images"]
    assert image["alt"] == ALT
    assert image["aspectRatio"] == {"width": 1280, "height": 720}
    stored = pds.get_blob(did, image["image"]["ref"]["$link"])
    assert len(stored) == image["image"]["size"]
    assert hashlib.sha256(stored).digest() == hashlib.sha256(picture.read_bytes()).digest()
