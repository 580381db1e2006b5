"""Explore with sample data: begun by one click, really on the sandbox, and gone again."""

from __future__ import annotations

import json
import socket
import urllib.request
from html import unescape

from PySide6.QtWidgets import QLineEdit

from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.sandbox.server import last_port
from postflow_desktop.sandbox.state import State
from postflow_desktop.services.posts import NewPost
from tests.desktop.kit import Desk, MakeDesk, until


def test_the_sample_is_real_comes_back_on_another_port_and_can_be_removed(
    desks: MakeDesk,
) -> None:
    desk = desks()
    _explore(desk)
    _is_on_the_sandbox(desk)
    desk.screens.window.show_screen("attention")
    until(lambda: desk.screens.attention.rows, "what needs attention")
    # A post may wait with several accounts.
    found = {(row.post_id, row.status) for row in desk.screens.attention.rows}
    assert sorted(status for _, status in found) == [TargetStatus.FAILED, TargetStatus.MISSED]
    port = int(_url(desk).rpartition(":")[2])
    count = len(_log(desk))
    desk.close()

    with socket.socket() as occupier:
        occupier.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        occupier.bind(("127.0.0.1", port))
        occupier.listen()
        again = desks()
        _has_moved(again, port)
        _publish(again, "Fresh from the second start")
    assert len(_log(again)) == count + 1
    _remove(again)


def _explore(desk: Desk) -> None:
    """One click; nothing is asked for."""
    assert not [e for e in desk.screens.window.findChildren(QLineEdit) if e.isVisible()]
    desk.click("welcome-explore")
    until(desk.screens.window.has_place, "the sample", seconds=120)
    desk.until_live()
    until(lambda: len(desk.rows) > 20, "the month")
    assert desk.place.is_sample


def _url(desk: Desk) -> str:
    return f"http://127.0.0.1:{last_port(desk.home / 'sandbox')}"


def _log(desk: Desk) -> list[str]:
    """The texts that the sandbox took."""
    return [entry.text for entry in State(desk.home / "sandbox").log]


def _is_on_the_sandbox(desk: Desk) -> None:
    """What the calendar calls published can be read on the sandbox's page."""
    with urllib.request.urlopen(_url(desk), timeout=10) as answer:
        page = unescape(answer.read().decode())
    out = [row for row in desk.rows if row.status is PostStatus.PUBLISHED]
    assert len(out) > 5
    seat = desk.workspace().seat()
    for row in out:
        first = " ".join(seat.posts.get(row.post_id).text.split()[:3])
        assert first in page


def _has_moved(desk: Desk, port: int) -> None:
    desk.until_live()
    assert desk.place.is_sample
    url = _url(desk)
    assert not url.endswith(f":{port}")
    until(
        lambda: {row.service for row in desk.screens.calendar.channels.accounts} == {url},
        "the new address",
    )


def _publish(desk: Desk, text: str) -> None:
    account = desk.screens.calendar.channels.accounts[0]
    new = NewPost(text=text, account_ids=(account.id,))
    post = desk.workspace().seat().submit.create(new, None, now=True)
    desk.running.backend._stations.of(desk.place.workspace_id).publisher.wake()
    until(lambda: text in _log(desk), "the publishing")
    until(
        lambda: (
            (row := desk.screens.calendar.row(post.id)) is not None
            and row.status is PostStatus.PUBLISHED
        ),
        "the news of it",
    )


def _remove(desk: Desk) -> None:
    """By its command, asked once more; nothing of it is left in the home."""
    workspace_id = desk.place.workspace_id
    desk.screens.compose(text="Goes with the rest")
    desk.composer()
    (command,) = (c for c in desk.screens.window.commands.all() if c.id == "place.remove-sample")
    command.run()
    desk.click("confirm-accept")
    until(lambda: not desk.screens.window.has_place(), "the removal")
    until(lambda: not desk.screens.composers.all, "the end of the composer")
    assert desk.screens.welcome_view.isVisible()
    assert list(desk.running.backend.workspaces()) == []
    assert not (desk.home / "sandbox").exists()
    assert not (desk.home / "workspaces" / workspace_id).exists()
    assert json.loads((desk.home / "places.json").read_text()) == {}
    assert workspace_id not in (desk.home / "secrets.json").read_text()
    assert workspace_id not in (desk.home / "settings.json").read_text()
