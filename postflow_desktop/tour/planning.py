"""Planned posts on the calendar, what needs attention, and a database that goes away."""

from __future__ import annotations

import os
import signal
from datetime import date, timedelta

from PySide6.QtCore import QPoint, Qt

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.tour.arriving import go_to
from postflow_desktop.tour.composing import cell
from postflow_desktop.tour.desk import Desk
from postflow_desktop.tour.hands import CONTROL, answer, choose, click, drag, press
from postflow_desktop.tour.steps import NotObserved, observe
from postflow_desktop.tour.waiting import wait_until
from postflow_desktop.ui.attention.row import AttentionItem
from postflow_desktop.ui.inspector.attempts import AttemptItem


def drag_to(desk: Desk, post_id: str, day: date) -> None:
    """Carry a post to another day with the mouse."""
    month = desk.screens.calendar_view.month
    chip, goal = desk.chip(post_id).box, cell(desk, day).box
    start = QPoint(chip.x + chip.width // 2, chip.y + chip.height // 2)
    drag(month, start, QPoint(goal.x + goal.width // 2, goal.bottom - 8))
    wait_on_day(desk, post_id, day)


def undo(desk: Desk, post_id: str, day: date) -> None:
    """Undo with the keyboard; the post is on its day again."""
    press(desk.screens.calendar_view.month, Qt.Key.Key_Z, CONTROL)
    wait_on_day(desk, post_id, day)


def wait_on_day(desk: Desk, post_id: str, day: date) -> None:
    """Wait until cluster and calendar have the post on that day."""
    zone = desk.screens.calendar.zone

    def stored() -> set[date]:
        targets = desk.targets(post_id)
        return {target.scheduled_at.astimezone(zone).date() for target in targets}

    wait_until(lambda: stored() == {day}, lambda: f"the cluster had it on {stored()}")
    wait_until(lambda: desk.chip(post_id).day == day, "the chip was on another day")
    wait_until(lambda: not desk.screens.calendar.mover.sending(), "the move was not confirmed")


def cancel(desk: Desk, post_id: str) -> None:
    """Take a post out of the plan with the keyboard."""
    month = desk.screens.calendar_view.month
    select(desk, post_id)
    press(month, Qt.Key.Key_Delete)

    def statuses() -> set[TargetStatus]:
        return {target.status for target in desk.targets(post_id)}

    wait_until(lambda: statuses() == {TargetStatus.CANCELED}, "the cluster did not cancel it")
    post = desk.stored(post_id).post
    observe(post.status is PostStatus.DRAFT, f"The post is {post.status} and not a draft.")


def select(desk: Desk, post_id: str) -> None:
    """Click a post; the inspector shows it."""
    go_to(desk, "calendar", "GC")
    chip = desk.chip(post_id).box
    place = QPoint(chip.x + chip.width // 2, chip.y + chip.height // 2)
    click(desk.screens.calendar_view.month, place)
    model = desk.screens.inspector
    wait_until(
        lambda: model.detail is not None and model.detail.post.id == post_id,
        "the inspector did not show it",
    )
    wait_until(desk.screens.inspector_view.isVisible, "the inspector did not open")


def show_attempts(desk: Desk, post_id: str) -> tuple[AttemptItem, ...]:
    """The attempts in the inspector, the newest one opened; as many as the cluster has."""
    select(desk, post_id)
    body = desk.screens.inspector_view.body
    count = len(desk.stored(post_id).attempts)

    def all_shown() -> bool:
        items = body.attempt_items
        return len(items) == count and all(item.isVisible() for item in items)

    wait_until(all_shown, f"it did not show {count} attempts")
    newest = body.attempt_items[0]
    click(newest)
    observe(newest.is_open and bool(newest.details.text()), "The attempt does not tell anything.")
    return body.attempt_items


def delete(desk: Desk, post_id: str) -> None:
    """Delete a post by the inspector's button or menu, on the networks too where it is out."""
    select(desk, post_id)
    acts = desk.screens.inspector_view.acts
    if acts.delete_button.isVisible():
        click(acts.delete_button)
    else:
        click(acts.more_button)
        choose(acts.menu, acts.delete_action)
    answer(desk.window, "confirm")
    wait_until(lambda: desk.row(post_id) is None, "it stayed on the calendar")


def find_trouble(desk: Desk, post_id: str) -> AttentionItem:
    """The row of a failed post on the list of what needs attention; the badge counts it."""
    go_to(desk, "attention", "GN")
    view = desk.screens.attention_view

    def look() -> AttentionItem | None:
        return next((item for item in view.items if item.row.post_id == post_id), None)

    item = wait_until(look, "the list did not show it")
    wait_until(lambda: desk.window.viewmodel.counts.attention == 1, "the badge did not count it")
    observe(bool(item.happened.text()), "The row does not say what happened.")
    return item


def lose_the_database(desk: Desk) -> None:
    """End the embedded database without a warning; it comes back, and the window with it."""
    pid = desk.machine.embedded.status().pid
    if pid is None:
        raise NotObserved("The database is not running.")
    os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def is_back() -> bool:
        status = desk.machine.embedded.status()
        return status.running and status.pid != pid

    wait_until(is_back, "the database did not come back")
    observe(bool(desk.seat().workspace.cluster.ping()), "The database does not answer.")
    desk.wait_live()
    bar = desk.window.main.offline
    wait_until(lambda: not bar.isVisible(), "the window stayed offline")


def later(desk: Desk, days: int) -> date:
    """A day after today."""
    return desk.screens.calendar.today() + timedelta(days=days)
