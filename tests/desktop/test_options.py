"""Options chosen in the window arrive at the networks; a team's rules reach an open composer."""

from __future__ import annotations

import httpx
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from postflow_desktop.bootstrap.sandbox import connect_sandbox_account
from postflow_desktop.domain.network import Network
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.own_rules import OwnRulesService
from postflow_desktop.ui.composer.sending import Act
from postflow_desktop.ui.composer.view import ComposerWindow
from tests.desktop.kit import Desk, Teammate, until


def compose(desk: Desk) -> ComposerWindow:
    """A new post, as a click on a day opens it."""
    desk.screens.window.show_screen("calendar")
    desk.click_day(desk.screens.calendar.today())
    return desk.composer()


def test_what_is_chosen_in_the_window_is_sent(desk: Desk, sandbox: SandboxServer) -> None:
    seat = desk.workspace().seat()
    account = connect_sandbox_account(seat, sandbox.url, Network.X, "bakery")
    until(lambda: desk.screens.calendar.channels.accounts, "the account")
    composer = compose(desk)
    QTest.keyClicks(composer.sheet.editor, "For those I follow")
    QTest.mouseClick(composer.sheet.options.toggle, Qt.MouseButton.LeftButton)
    replies = composer.findChild(QComboBox, f"composer-option-{account.id}-reply_settings")
    assert replies is not None
    QTest.keyClick(replies, Qt.Key.Key_Down)
    assert composer.sheet.options.summary.full_text() == "Who can reply: Accounts you follow"
    until(lambda: not composer.model.why_not(Act.PUBLISH), "the checks")
    composer.publish()
    until(lambda: sandbox.log, "the publishing")
    page = httpx.get(sandbox.url).text
    assert "<li>Accounts the author follows can reply</li>" in page
    assert "For those I follow" in page


def test_a_teams_rules_count_in_a_composer_that_is_open(
    desk: Desk, teammate: Teammate, sandbox: SandboxServer
) -> None:
    connect_sandbox_account(desk.workspace().seat(), sandbox.url, Network.X, "bakery")
    until(lambda: desk.screens.calendar.channels.accounts, "the account")
    composer = compose(desk)
    QTest.keyClicks(composer.sheet.editor, "Hello")
    (ring,) = composer.sheet.counters.rings()
    assert "docs.x.com" in ring.toolTip()
    standard = {n: one.rules for n, one in teammate.machine.publishers.items()}
    store = teammate.workspace.cluster.organizations
    rules = OwnRulesService(teammate.seat.member, store, standard)
    rules.set(Network.X, {"textLength": 4}, "They shortened it.")
    until(lambda: ring.count is not None and ring.count.limit == 4, "the team's rule")
    assert "your team's rules, changed by Ana on " in ring.toolTip()
    assert composer.model.why_not(Act.SCHEDULE) == "X takes 4 characters; this has 5."
    rules.reset(Network.X)
    until(lambda: not composer.model.why_not(Act.SCHEDULE), "X's own rule")
    composer.close()
    until(lambda: not desk.screens.composers.all, "the end of the composer")
