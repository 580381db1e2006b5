"""Crash reports say what a developer needs and nothing that is private."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from postflow_desktop import __version__
from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.machine.crash_reports import redact_arguments, write_crash_report
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.redaction import HIDDEN, Redactor
from tests.machine.conftest import MountTmpfs, fill

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def failure() -> ValueError:
    local_words = "a very private draft"
    try:
        try:
            raise KeyError("first cause")
        except KeyError as cause:
            raise ValueError("broke with token hunter2") from cause
    except ValueError as error:
        assert local_words
        return error


def test_a_report_names_versions_command_and_traceback(home: Home) -> None:
    path = write_crash_report(
        home, failure(), ["postflow", "post", "list", "--json"], redactor=Redactor(), at=NOW
    )
    text = path.read_text()
    assert path.parent == home.crashes
    for part in (
        __version__,
        sys.version.split()[0],
        "2026-11-20T12:00:00.000Z",
        "postflow post list --json",
        "ValueError",
        "first cause",
        "in failure",
    ):
        assert part in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_report_holds_no_secret_and_no_values(home: Home) -> None:
    redactor = Redactor()
    redactor.add("hunter2")
    argv = ["postflow", "workspace", "create", "--uri", "mongodb://a:b@h/", "--name", "x"]
    text = write_crash_report(home, failure(), argv, redactor=redactor, at=NOW).read_text()
    assert "hunter2" not in text
    assert "mongodb" not in text
    assert "a very private draft" not in text


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        (
            ["post", "create", "--text", "Hi all", "--now"],
            ["post", "create", "--text", HIDDEN, "--now"],
        ),
        (["--text=Hi all"], [f"--text={HIDDEN}"]),
        (["user", "login", "--recovery", "AB-CD"], ["user", "login", "--recovery", HIDDEN]),
        (["join", "inv1tat10n", "--code", "77"], ["join", HIDDEN, "--code", HIDDEN]),
        (["--client-secret", "--odd"], ["--client-secret", HIDDEN]),
        (["post", "show", "665f1c2e"], ["post", "show", "665f1c2e"]),
        (["--uri"], ["--uri"]),
    ],
)
def test_arguments_lose_secrets_and_words(argv: list[str], shown: list[str]) -> None:
    assert redact_arguments(argv, Redactor()) == shown


def test_the_newest_twenty_reports_are_kept(home: Home) -> None:
    written = [
        write_crash_report(
            home, failure(), [], redactor=Redactor(), at=NOW + timedelta(minutes=number)
        )
        for number in range(23)
    ]
    assert sorted(home.crashes.glob("crash-*")) == written[3:]


def test_a_full_disk_is_a_problem_of_the_machine(mount_tmpfs: MountTmpfs) -> None:
    disk = mount_tmpfs("size=1m")
    home = Home(disk / "home")
    fill(disk)
    with pytest.raises(MachineProblem):
        write_crash_report(home, failure(), [], redactor=Redactor(), at=NOW)


def test_a_death_by_signal_leaves_its_stack(home: Home) -> None:
    program = (
        "import ctypes, sys; from pathlib import Path\n"
        "from postflow_desktop.machine.home import Home\n"
        "from postflow_desktop.machine.crash_reports import watch_for_native_faults\n"
        "watch_for_native_faults(Home(Path(sys.argv[1])))\n"
        "def falls_over(): ctypes.string_at(0)\n"
        "falls_over()\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(home.path)], check=False)
    assert done.returncode == -signal.SIGSEGV
    assert "falls_over" in (home.crashes / "native-faults.txt").read_text()
