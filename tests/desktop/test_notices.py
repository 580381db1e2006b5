"""What becomes of posts is told, on the real parts: list, tray, closing, every workspace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from postflow_desktop.domain.notice import Notice, NoticeAction, NoticeKind
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import Target
from postflow_desktop.sandbox.faults import FaultKind
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.posts import NewPost
from tests.alerts.service import NotificationService
from tests.alerts.test_system import DBUS, bus, service
from tests.desktop.kit import Desk, MakeDesk, add_account, instant, until
from tests.desktop.test_places import both, other_address

__all__ = ["both", "bus", "other_address", "service"]


def plan(desk: Desk, text: str, at: datetime, account_id: str) -> str:
    """A post for a time; its id."""
    new = NewPost(text=text, account_ids=(account_id,))
    return desk.workspace().seat().submit.create(new, instant(at), now=False).id


def target(desk: Desk, post_id: str) -> Target:
    """The one target of a post, as the cluster has it."""
    (found,) = desk.workspace().cluster.targets.of_posts(desk.place.organization_id, [post_id])
    return found


def listed(desk: Desk) -> list[tuple[NoticeKind, bool]]:
    """The notices in the list, and whether they are settled."""
    return [(n.kind, n.withdrawn) for n in desk.screens.standby.notices.rows]


def fail_at_once(desk: Desk, sandbox: SandboxServer) -> None:
    """The next request is refused for now, and there is no second try."""
    settings = desk.workspace().seat().organization.settings
    desk.workspace().cluster.organizations.change_settings(
        desk.place.organization_id, replace(settings, max_tries=1, min_lead_minutes=0)
    )
    sandbox.fail(FaultKind.RATE_LIMITED)


def only(desk: Desk, kind: NoticeKind) -> Notice:
    (found,) = (n for n in desk.screens.standby.notices.rows if n.kind is kind)
    return found


def test_what_failed_is_told_and_tried_again_from_the_list(
    desk: Desk, sandbox: SandboxServer
) -> None:
    account = add_account(desk, sandbox.url)
    fail_at_once(desk, sandbox)
    post_id = desk.running.backend.publish_now(
        plan(desk, "Loaf", datetime.now(UTC) + timedelta(days=1), account.id)
    ).id
    standby = desk.screens.standby
    until(lambda: listed(desk) == [(NoticeKind.FAILED, False)], "the notice")
    assert standby.bell.count == 1

    standby.open_notices()
    (item,) = standby.popover.items
    assert item.dot.is_unread
    item.buttons[NoticeAction.RETRY].click()
    until(lambda: desk.row("Loaf").status is PostStatus.PUBLISHED, "the end of it")
    until(lambda: listed(desk) == [(NoticeKind.PUBLISHED, False)], "the news of that")
    assert standby.bell.count == 0
    assert only(desk, NoticeKind.PUBLISHED).post_id == post_id


@pytest.mark.skipif(DBUS is None, reason="needs dbus-daemon")
def test_the_systems_alert_of_a_failure_tries_again(
    service: NotificationService,
    desks: MakeDesk,
    address: str,
    sandbox: SandboxServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on a desktop with a screen: over the session bus and back, with the window away."""
    monkeypatch.setattr("postflow_desktop.desktop.app._SCREENLESS", frozenset())
    desk = desks()
    desk.create(uri=address)
    account = add_account(desk, sandbox.url)
    fail_at_once(desk, sandbox)
    until(lambda: desk.screens.has("standby"), "what is beside the window")
    until(lambda: desk.screens.standby.alerting._desks, "the first look at the notices")
    desk.screens.window.hide()
    post_id = plan(desk, "Loaf", datetime.now(UTC) + timedelta(days=1), account.id)
    desk.running.backend.publish_now(post_id)
    until(lambda: service.standing, "the alert")
    (alert,) = service.standing
    assert alert.title == "Not published: @bakery.test on Bluesky"
    assert alert.actions == ("default", "", "retry", "Retry", "open", "Open")
    alerter = desk.running._alerter
    assert alerter is not None
    until(lambda: alerter._standing, "the answer of the service")

    service.press(alert.number, "retry")
    until(desk.screens.window.isVisible, "the window")
    until(lambda: desk.row("Loaf").status is PostStatus.PUBLISHED, "the publishing")


def test_what_goes_out_shortly_is_held_from_the_list(desk: Desk, sandbox: SandboxServer) -> None:
    account = add_account(desk, sandbox.url)
    desk.running.backend.set_preflight(account.id, 30)
    soon = datetime.now(UTC) + timedelta(minutes=20)
    post_id = plan(desk, "Loaf", soon, account.id)
    until(lambda: (NoticeKind.PREFLIGHT, False) in listed(desk), "the notice")

    standby = desk.screens.standby
    standby.notices.act(only(desk, NoticeKind.PREFLIGHT), NoticeAction.HOLD)
    until(lambda: target(desk, post_id).hold is not None, "the hold")
    until(lambda: desk.toasts and "Held back" in desk.toasts[-1], "the word")
    desk.screens.window.toasts.visible()[-1].action.click()
    until(lambda: target(desk, post_id).hold is None, "the undo")

    standby.notices.act(
        replace(only(desk, NoticeKind.PREFLIGHT), withdrawn=False), NoticeAction.LATER
    )
    until(
        lambda: target(desk, post_id).scheduled_at >= soon + timedelta(minutes=59),
        "the later time",
    )


def test_the_tray_knows_every_workspace(both: tuple[Desk, str, str]) -> None:
    desk, first, second = both
    model = desk.screens.standby.model
    until(
        lambda: {post.workspace_id for post in model.state.next} == {first, second},
        "both workspaces",
    )
    assert {post.label.split("  ")[1] for post in model.state.next} == {
        "Loaf · Corner Bakery",
        "Rose · Flower Shop",
    }
    due = model.state.due
    assert (due.count, due.uncovered) == (2, 2)

    model.pause("A storm")
    until(lambda: model.state.paused, "the pause everywhere")
    assert model.state.status == "Paused: A storm"
    assert model.state.due.count == 0
    model.resume()
    until(lambda: not model.state.paused and model.state.due.count == 2, "the end of it")

    rose = next(post for post in model.state.next if post.workspace_id == second)
    desk.screens.standby.tray.post_asked.emit(rose.workspace_id, rose.post_id)
    until(lambda: desk.place.workspace_id == second, "the other workspace")
    until(lambda: desk.titles == ["Rose"], "its calendar")
    assert desk.screens.inspector.post_id == rose.post_id


def test_closing_without_a_tray_says_what_is_due(both: tuple[Desk, str, str]) -> None:
    desk, _, _ = both
    standby = desk.screens.standby
    until(lambda: standby.model.state.due.uncovered == 2, "what is due")
    desk.screens.window.close()
    assert standby.leaving.dialog is not None
    ended: list[bool] = []
    desk.screens.finished.connect(lambda: ended.append(True))
    standby.leaving.dialog.accept_button.click()
    until(lambda: ended, "the end")
    desk.stop()


@pytest.mark.parametrize("everything", [True, False])
def test_what_was_seen_is_kept_in_the_cluster(
    desk: Desk, sandbox: SandboxServer, everything: bool
) -> None:
    add_account(desk, sandbox.url)
    organization_id = desk.place.organization_id
    cluster = desk.workspace().cluster
    for number in range(2):
        cluster.notices.put(
            Notice(
                key=f"target:{number}",
                organization_id=organization_id,
                kind=NoticeKind.FAILED,
                title="Not published",
                text="It is kept.",
                at=datetime.now(UTC),
            )
        )
    notices = desk.screens.standby.notices
    until(lambda: notices.unread == 2, "both notices")
    if everything:
        notices.mark_all_read()
    else:
        notices.mark_read(notices.rows[0])
    left = 0 if everything else 1
    assert notices.unread == left

    def unread() -> int:
        mine = desk.place.user_id
        return sum(mine not in n.read_by for n in cluster.notices.recent(organization_id))

    until(lambda: unread() == left, "the cluster's word")
    until(lambda: not notices._seen or notices.unread == left, "the copy's word")
    assert notices.unread == left
