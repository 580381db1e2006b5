"""Two homes of one team: both stand on the board, and a pause in one window holds in the other."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from PySide6.QtWidgets import QAbstractButton

from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.services.posts import NewPost
from postflow_desktop.ui.publishers.dialog import PauseDialog
from tests.desktop.kit import (
    EMAIL,
    PASSWORD,
    Desk,
    MakeDesk,
    Teammate,
    add_account,
    noon,
    until,
)


@pytest.fixture
def account(desk: Desk, sandbox: SandboxServer) -> AccountRow:
    """The account that everybody posts to."""
    return add_account(desk, sandbox.url)


@pytest.fixture
def other(desk: Desk, desks: MakeDesk, address: str) -> Desk:
    """A window on a second home, signed in to the same workspace."""
    made = desks("other")
    made.running.backend.sign_in(
        workspace="Team", uri=address, email=EMAIL, password=PASSWORD, recovery=desk.recovery
    )
    made.arrive()
    return made


def test_the_board_shows_both_machines_and_when_they_are_on(desk: Desk, other: Desk) -> None:
    machines = {one.machine.home.machine_id for one in (desk, other)}
    until(lambda: _alive(desk) == machines, "both heartbeats")

    desk.screens.window.show_screen("publishers")
    board = desk.screens.publishers
    until(lambda: board.ahead is not None, "the board")

    assert board.board is not None
    assert {one.who.machine for one in board.board.publishers} == machines
    here = [item for item in desk.screens.publishers_view.items if item.here.isVisible()]
    assert [item.objectName() for item in here] == [
        f"publisher-{desk.machine.home.machine_id}-desktop"
    ]
    assert {hours.machine for hours in board.hours} == machines
    assert desk.screens.publishers_view.ahead.words.text() == (
        "Nothing is planned for the next 7 days."
    )


def test_a_pause_in_one_window_holds_in_the_other_until_it_is_lifted_there(
    desk: Desk, other: Desk, teammate: Teammate, account: AccountRow, sandbox: SandboxServer
) -> None:
    until(other.screens.pausing.can_pause, "the other window's knowledge")
    _pause(desk, "Storm warning")
    until(lambda: other.screens.pausing.pause, "the pause in the other window")
    banner = other.find("pause-banner")
    assert banner.isVisible()
    assert "Storm warning" in banner.accessibleName()

    post = teammate.seat.submit.create(
        NewPost(text="Loaf", account_ids=(account.id,)), None, now=True
    )
    until(lambda: other.titles == ["Loaf"], "the post")
    until(lambda: other.row("Loaf").held, "the look of a paused post")
    engine = teammate.workspace.engine(teammate.workspace.person(PASSWORD))
    assert not engine.work_once(), "it is due, and nobody finds it to send"
    assert _target(teammate, post.id).status is TargetStatus.PENDING
    assert _out(sandbox) == []

    button = other.find("pause-banner-resume", QAbstractButton)
    assert isinstance(button, QAbstractButton)
    button.click()
    until(lambda: _target(teammate, post.id).status is TargetStatus.PUBLISHED, "publishing")
    until(lambda: desk.screens.pausing.pause is None, "the news in the first window")
    assert _out(sandbox) == ["Loaf"]


def test_a_held_post_stays_while_others_go(
    desk: Desk, teammate: Teammate, account: AccountRow, sandbox: SandboxServer
) -> None:
    held = teammate.plan("Held", noon(1), account.id)
    until(lambda: desk.titles == ["Held"], "the post")
    desk.screens._show_post(held.id)
    until(lambda: desk.screens.inspector_view.body.target_items, "the inspector")
    (item,) = desk.screens.inspector_view.body.target_items
    item.hold_button.click()
    assert item.pill.text() == "On hold"
    until(lambda: _target(teammate, held.id).hold, "the hold in the cluster")
    until(lambda: desk.row("Held").held, "the look of a held post")

    teammate.seat.submit.publish(held.id)
    other = teammate.seat.submit.create(
        NewPost(text="Free", account_ids=(account.id,)), None, now=True
    )
    until(lambda: _target(teammate, other.id).status is TargetStatus.PUBLISHED, "publishing")
    assert _out(sandbox) == ["Free"]
    assert _target(teammate, held.id).status is TargetStatus.PENDING

    until(item.hold_button.isEnabled, "the answer")
    item.hold_button.click()
    until(lambda: _target(teammate, held.id).status is TargetStatus.PUBLISHED, "publishing")
    assert sorted(_out(sandbox)) == ["Free", "Held"]


def test_the_rules_and_the_pauses_of_accounts_reach_the_cluster(
    desk: Desk, teammate: Teammate, account: AccountRow
) -> None:
    desk.screens.window.show_screen("settings")
    rules = desk.screens.settings.publishing
    until(lambda: rules.settings is not None and not rules.why_not, "the rules")
    desk.click("late-policy-skip")
    until(lambda: _rules(teammate) == "skip", "the rule in the cluster")

    desk.screens.window.show_screen("accounts")
    model = desk.screens.accounts
    until(lambda: model.rows, "the accounts")
    model.pause_account(account.id, "Rebranding")
    until(lambda: account.id not in model.busy, "the answer")
    model.set_preflight(account.id, 15)
    until(lambda: account.id not in model.busy, "the answer")
    stored = teammate.workspace.cluster.accounts.get(_organization_id(teammate), account.id)
    assert stored is not None
    assert stored.pause is not None
    assert (stored.pause.reason, stored.preflight_minutes) == ("Rebranding", 15)
    until(
        lambda: [(row.preflight_minutes, row.pause is None) for row in model.rows] == [(15, False)]
    )


def test_a_move_to_an_hour_at_which_nothing_was_ever_on_is_told(
    desk: Desk, teammate: Teammate, account: AccountRow
) -> None:
    first = _half_a_day_from_now(noon(1))
    teammate.plan("Loaf", first, account.id)
    until(lambda: desk.titles == ["Loaf"], "the post")
    desk.drag("Loaf", noon(2).date())
    until(lambda: any("nobody knows who is on at" in t for t in desk.toasts), "the warning")
    assert desk.row("Loaf").at == first + timedelta(days=1)

    composer = desk.screens.compose(text="Later")
    until(lambda: composer.model.ready, "the composer")
    composer.model.set_wall((first + timedelta(days=2, minutes=30)).replace(tzinfo=None))
    until(lambda: composer.model.awake.warning, "the line in the composer")
    assert composer.bottom.acts.awake.isVisible()


def _half_a_day_from_now(day: datetime) -> datetime:
    """That day, at the hour of it that is farthest from the one in which this desk was on."""
    return day.replace(hour=(datetime.now(day.tzinfo).hour + 12) % 24)


def _pause(desk: Desk, reason: str) -> None:
    until(desk.screens.pausing.can_pause, "the right to pause")
    desk.screens.window.show_screen("publishers")
    desk.click("pause-publishing")
    dialog = desk.screens.window.findChild(PauseDialog)
    assert isinstance(dialog, PauseDialog)
    dialog.reason.set_text(reason)
    dialog.submit()


def _alive(desk: Desk) -> set[str]:
    publishers = desk.workspace().seat().presence.publishers()
    return {one.who.machine for one in publishers}


def _target(teammate: Teammate, post_id: str) -> Target:
    (target,) = teammate.seat.posts.show(post_id).targets
    return target


def _rules(teammate: Teammate) -> str:
    organization = teammate.workspace.cluster.organizations.get(_organization_id(teammate))
    assert organization is not None
    return organization.settings.late.policy.value


def _organization_id(teammate: Teammate) -> str:
    return teammate.seat.organization.id


def _out(sandbox: SandboxServer) -> list[str]:
    return [post.text for network in sandbox._networks for post in network.posts()]
