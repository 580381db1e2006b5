"""The window opens whatever it finds: no cluster, damaged files, an instance that runs already."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from postflow_desktop.desktop.app import run_application
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.replica import Link
from postflow_desktop.services.posts import NewPost
from postflow_desktop.ui.shell.instance import Instance
from postflow_desktop.ui.shell.window import MainWindow
from tests.desktop.kit import Desk, MakeDesk, add_account, instant, noon, until
from tests.kit.mongod import TestMongod
from tests.plugins.logfail import ExpectedLogs


@pytest.fixture
def written(desk: Desk, sandbox: SandboxServer) -> Desk:
    """A home with a post planned for tomorrow; its window is closed."""
    _plan(desk, sandbox, "Loaf")
    desk.close()
    return desk


def _plan(desk: Desk, sandbox: SandboxServer, text: str) -> None:
    account = add_account(desk, sandbox.url)
    new = NewPost(text=text, account_ids=(account.id,))
    desk.workspace().seat().submit.create(new, instant(noon(1)), now=False)
    until(lambda: desk.titles == [text], "the post")


def test_without_the_cluster_the_window_opens_with_what_is_on_this_machine(
    desks: MakeDesk, sandbox: SandboxServer, tmp_path: Path
) -> None:
    mongod = TestMongod(tmp_path / "mongod").start()
    first = desks()
    first.create(uri=mongod.uri.replace("/?", "/team?"))
    _plan(first, sandbox, "Loaf")
    first.close()
    mongod.stop()

    again = desks()
    assert again.screens.window.isVisible()
    until(lambda: again.titles == ["Loaf"], "the local rows")
    assert again.link is not Link.LIVE
    assert again.place.organization_name == "Corner Bakery"
    until(lambda: again.link is Link.OFFLINE, "the word about it")
    assert again.screens.window.main.offline.isVisible()
    assert again.titles == ["Loaf"]


def test_a_damaged_local_copy_is_made_anew(
    written: Desk, desks: MakeDesk, expected_logs: ExpectedLogs
) -> None:
    (cache,) = written.home.glob("workspaces/*/cache.db")
    cache.write_bytes(b"\x00garbage" * 4096)
    expected_logs.add("The local copy could not be used and is made anew.")

    again = desks()

    until(lambda: again.titles == ["Loaf"], "the rows")
    assert list(cache.parent.glob("cache.db.damaged-*"))


@pytest.mark.parametrize("content", [b"\xff\x00{[", b'{"x": 1}'])
def test_damaged_small_files_do_not_stop_the_start(
    written: Desk, desks: MakeDesk, content: bytes
) -> None:
    for name in ("places.json", "window.ini"):
        (written.home / name).write_bytes(content)

    again = desks()

    again.until_live()
    until(lambda: again.titles == ["Loaf"], "the rows")
    until(lambda: again.place.user_name == "Ana", "the names")
    assert again.screens.window.windowTitle() == "Corner Bakery – PostFlow"


def test_a_second_start_hands_its_link_over_and_ends(desk: Desk, sandbox: SandboxServer) -> None:
    _plan(desk, sandbox, "Loaf")
    post_id = desk.row("Loaf").post_id
    instance = Instance(desk.machine.home.machine_id)
    assert instance.claim([])
    instance.called.connect(desk.screens.open_link)

    second = subprocess.Popen(
        [sys.executable, "-m", "postflow_desktop", f"postflow://post/{post_id}"],
        env={**os.environ, "POSTFLOW_HOME": str(desk.home), "POSTFLOW_KEYRING": "file"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        until(lambda: second.poll() is not None, "the end of the second start")
        said = second.communicate()
    finally:
        second.kill()
        instance.release()

    assert (second.returncode, said[1]) == (0, b"")
    until(lambda: desk.screens.inspector.detail, "the post")
    assert desk.screens.inspector.post_id == post_id


def test_the_program_ends_when_its_window_is_closed(written: Desk, qapp: QApplication) -> None:
    closing = QTimer()
    closing.setInterval(20)
    shown: list[str] = []

    def close() -> None:
        for window in qapp.topLevelWidgets():
            if isinstance(window, MainWindow) and window.isVisible():
                shown.append(window.windowTitle())
                window.close()

    closing.timeout.connect(close)
    closing.start()
    environ = {"POSTFLOW_HOME": str(written.home), "POSTFLOW_KEYRING": "file"}
    assert run_application(environ, []) == 0
    assert shown == ["Corner Bakery – PostFlow"]
    closing.stop()
