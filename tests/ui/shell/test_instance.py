"""One window program per home."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from postflow_desktop.ui.shell.instance import Instance

PATIENCE = 10_000
_SECOND = """
import sys
from PySide6.QtCore import QCoreApplication
from postflow_desktop.ui.shell.instance import Instance
app = QCoreApplication([])
sys.exit(3 if Instance(sys.argv[1]).claim(sys.argv[2:]) else 0)
"""


@pytest.fixture
def home_id() -> str:
    return f"home-{secrets.token_hex(6)}"


@pytest.fixture
def first(home_id: str) -> Iterator[Instance]:
    made = Instance(home_id)
    assert made.claim(["postflow"])
    yield made
    made.release()


def test_a_second_start_hands_over_its_link_and_ends(
    first: Instance, home_id: str, qtbot: QtBot
) -> None:
    command = [sys.executable, "-c", _SECOND, home_id, "postflow", "postflow://post/1"]
    with qtbot.waitSignal(first.called, timeout=PATIENCE) as called:
        second = subprocess.Popen(command, env=dict(os.environ))
    assert called.args == [["postflow", "postflow://post/1"]]
    assert second.wait(10) == 0


def test_another_home_is_another_program(first: Instance) -> None:
    other = Instance(f"home-{secrets.token_hex(6)}")
    assert other.claim([])
    other.release()


def test_after_the_first_ended_the_next_is_the_first(home_id: str) -> None:
    first, second = Instance(home_id), Instance(home_id)
    assert first.claim([])
    first.release()
    assert second.claim([])
    second.release()


def test_a_crash_does_not_leave_the_door_locked(home_id: str) -> None:
    crash = (
        "import os, sys\n"
        "from PySide6.QtCore import QCoreApplication\n"
        "from postflow_desktop.ui.shell.instance import Instance\n"
        "app = QCoreApplication([])\n"
        "kept = Instance(sys.argv[1])\n"
        "assert kept.claim([])\n"
        "os._exit(9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", crash, home_id], check=False)
    assert ended.returncode == 9
    after = Instance(home_id)
    assert after.claim([])
    after.release()


@pytest.mark.parametrize("junk", [b"{}\n", b"[1, 2]\n", b"\xff\xfe\n", b"x" * 70_000])
def test_junk_is_not_taken_for_arguments(
    first: Instance, junk: bytes, home_id: str, qtbot: QtBot
) -> None:
    heard: list[object] = []
    first.called.connect(heard.append)
    socket = QLocalSocket()
    socket.connectToServer(first._name)
    assert socket.waitForConnected(PATIENCE)
    socket.write(junk)
    socket.flush()
    socket.disconnectFromServer()
    command = [sys.executable, "-c", _SECOND, home_id, "after"]
    with qtbot.waitSignal(first.called, timeout=PATIENCE):
        second = subprocess.Popen(command, env=dict(os.environ))
    assert second.wait(10) == 0
    assert heard == [["after"]]
