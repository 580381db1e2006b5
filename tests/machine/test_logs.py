"""Logs are sentences with fields, shared by processes, without secrets."""

from __future__ import annotations

import io
import json
import logging
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from postflow_desktop.machine import logs
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.logs import configure_logging
from postflow_desktop.machine.redaction import HIDDEN, Redactor
from tests.machine.conftest import MountTmpfs, fill
from tests.plugins.logfail import ExpectedLogs

LOG = logging.getLogger("postflow_desktop.test")
Start = Callable[..., io.StringIO]


@pytest.fixture
def start(home: Home) -> Iterator[Start]:
    undone: list[Callable[[], None]] = []

    def begin(verbosity: int = 1, home: Home = home) -> io.StringIO:
        redactor = Redactor()
        redactor.add("hunter2")
        screen = io.StringIO()
        undone.append(configure_logging(home, redactor, verbosity=verbosity, stderr=screen))
        return screen

    yield begin
    for undo in undone:
        undo()


def lines(home: Home) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home.logs / "postflow.jsonl").read_text().splitlines()]


def test_a_line_is_a_sentence_with_fields(start: Start, home: Home) -> None:
    screen = start()
    LOG.info("Claimed a target.", extra={"target": "t1", "fence": 3})

    (line,) = lines(home)

    assert line["message"] == "Claimed a target."
    assert (line["target"], line["fence"], line["level"]) == ("t1", 3, "info")
    assert line["at"].endswith("Z")
    assert line["logger"] == "postflow_desktop.test"
    assert screen.getvalue() == "info: Claimed a target. (target=t1, fence=3)\n"


def test_no_secret_reaches_the_file_or_the_screen(
    start: Start, home: Home, expected_logs: ExpectedLogs
) -> None:
    expected_logs.add("Went wrong")
    screen = start(2)
    try:
        raise ValueError("login as anna:hunter2 failed")
    except ValueError:
        LOG.exception(
            "Went wrong with %s.", "hunter2", extra={"password": "x9", "uri": "a:hunter2"}
        )
    LOG.info("Nested.", extra={"headers": {"Authorization": "q7"}})

    written = (home.logs / "postflow.jsonl").read_text() + screen.getvalue()

    for secret in ("hunter2", "x9", "q7"):
        assert secret not in written
    line = lines(home)[0]
    assert "ValueError" in line["traceback"]
    assert line["password"] == HIDDEN


@pytest.mark.parametrize(("verbosity", "shown"), [(0, 1), (1, 2), (2, 3), (9, 3)])
def test_verbosity_decides_what_the_screen_shows(
    verbosity: int, shown: int, start: Start, expected_logs: ExpectedLogs
) -> None:
    expected_logs.add("Three.")
    screen = start(verbosity)
    LOG.debug("One.")
    LOG.info("Two.")
    LOG.warning("Three.")
    assert len(screen.getvalue().splitlines()) == shown


def test_the_file_holds_what_happened_whatever_the_screen_shows(start: Start, home: Home) -> None:
    start(0)
    LOG.info("Two.")
    assert [line["message"] for line in lines(home)] == ["Two."]


def test_libraries_are_heard_from_warnings_up(start: Start, home: Home) -> None:
    start(2)
    library = logging.getLogger("somelibrary")
    library.info("GET https://example.com/?q=1")
    library.warning("Odd answer.")
    assert [line["message"] for line in lines(home)] == ["Odd answer."]


def test_undoing_leaves_logging_as_it_was(home: Home) -> None:
    before = (list(logging.getLogger().handlers), logging.getLogger("postflow_desktop").level)
    configure_logging(home, Redactor(), verbosity=2, stderr=io.StringIO())()
    after = (list(logging.getLogger().handlers), logging.getLogger("postflow_desktop").level)
    assert before == after


def test_the_file_is_private(start: Start, home: Home) -> None:
    start()
    assert stat.S_IMODE((home.logs / "postflow.jsonl").stat().st_mode) == 0o600


def test_several_processes_turn_the_file_over_and_lose_no_line(home: Home) -> None:
    program = (
        "import io, logging, sys; from pathlib import Path\n"
        "from postflow_desktop.machine import logs\n"
        "from postflow_desktop.machine.home import Home\n"
        "from postflow_desktop.machine.redaction import Redactor\n"
        "logs._MAX_BYTES = 60000\n"
        "logs.configure_logging(Home(Path(sys.argv[1])), Redactor(), verbosity=1,"
        " stderr=io.StringIO())\n"
        "log = logging.getLogger('postflow_desktop.x')\n"
        "for n in range(300): log.info('A line.', extra={'who': sys.argv[2], 'n': n})\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(home.path), str(number)])
        for number in range(3)
    ]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0]

    files = sorted(home.logs.glob("postflow.jsonl*"))
    found = {
        (line["who"], line["n"])
        for file in files
        for line in map(json.loads, file.read_text().splitlines())
    }

    assert found == {(str(who), n) for who in range(3) for n in range(300)}
    assert len(files) > 1
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


def test_old_files_are_forgotten(home: Home, start: Start) -> None:
    start()
    path = home.logs / "postflow.jsonl"
    for number in range(8):
        path.write_text(f"{number}" + "x" * (logs._MAX_BYTES + 1))
        LOG.info("Next.")
    kept = {file.name for file in home.logs.glob("postflow.jsonl*")}
    assert kept == {"postflow.jsonl", *(f"postflow.jsonl.{n}" for n in range(1, 6))}
    assert (home.logs / "postflow.jsonl.1").read_text().startswith("7")


def test_a_full_disk_costs_log_lines_and_nothing_else(
    start: Start, mount_tmpfs: MountTmpfs, capsys: pytest.CaptureFixture[str]
) -> None:
    disk = mount_tmpfs("size=1m")
    screen = start(home=Home(disk / "home"))
    fill(disk)
    for _ in range(200):
        LOG.info("A line. %s", "x" * 200)
    assert len(screen.getvalue().splitlines()) == 200
    assert capsys.readouterr().err == ""
