"""Who is alive is known for certain, kill -9 included."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.processes import HomeProcesses
from tests.machine.conftest import MountTmpfs, remount

PROGRAM = """
import sys
from pathlib import Path
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.processes import HomeProcesses
with HomeProcesses(Home(Path(sys.argv[1]))) as processes:
    print(processes.process_id, flush=True)
    sys.stdin.read()
"""


class Other:
    """Another process of the home."""

    def __init__(self, home: Home) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(home.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.id = self.process.stdout.readline().strip()

    def end(self, how: signal.Signals | None = None) -> None:
        """End it with a signal, or let it end by itself."""
        if how is not None:
            self.process.send_signal(how)
        self.process.communicate(timeout=30)


@pytest.fixture
def other(home: Home) -> Iterator[Other]:
    started = Other(home)
    yield started
    if started.process.poll() is None:
        started.end(signal.SIGKILL)


@pytest.fixture
def processes(home: Home) -> Iterator[HomeProcesses]:
    with HomeProcesses(home) as registry:
        yield registry


def test_this_process_is_alive_and_belongs_to_the_home(
    processes: HomeProcesses, home: Home
) -> None:
    assert processes.is_alive(processes.process_id)
    assert processes.machine_id == home.machine_id


def test_another_process_is_alive_until_it_is_killed(
    processes: HomeProcesses, other: Other
) -> None:
    assert processes.is_alive(other.id)
    other.end(signal.SIGKILL)
    assert not processes.is_alive(other.id)


def test_a_stopped_process_counts_as_alive(processes: HomeProcesses, other: Other) -> None:
    other.process.send_signal(signal.SIGSTOP)
    assert processes.is_alive(other.id)
    other.process.send_signal(signal.SIGCONT)


def test_a_process_that_ends_well_removes_its_file(
    processes: HomeProcesses, other: Other, home: Home
) -> None:
    other.end()
    assert not processes.is_alive(other.id)
    assert [path.stem for path in home.processes.iterdir()] == [processes.process_id]


def test_a_child_that_outlives_a_process_does_not_keep_its_lock(home: Home) -> None:
    program = PROGRAM.replace(
        "sys.stdin.read()",
        "import subprocess; child = subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL)\n"
        "    print(child.pid, flush=True); sys.stdin.read()",
    )
    running = subprocess.Popen(
        [sys.executable, "-c", program, str(home.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    process_id, child = running.stdout.readline().strip(), int(running.stdout.readline())
    running.kill()
    running.communicate(timeout=30)
    try:
        with HomeProcesses(home) as processes:
            assert not processes.is_alive(process_id)
    finally:
        subprocess.run(["kill", "-9", str(child)], check=True)


def test_unknown_and_senseless_ids_are_dead_and_leave_no_files(
    processes: HomeProcesses, home: Home
) -> None:
    for process_id in ("p-" + "0" * 24, "", "../settings", "p-x", "p-" + "0" * 24 + "\n"):
        assert not processes.is_alive(process_id)
    assert len(list(home.processes.iterdir())) == 1


def test_sweeping_removes_the_files_of_the_dead_only(
    processes: HomeProcesses, other: Other, home: Home
) -> None:
    with HomeProcesses(home) as third:
        other.end(signal.SIGKILL)
        assert processes.sweep() == 1
        assert processes.is_alive(third.process_id)
        assert third.is_alive(processes.process_id)
    assert processes.sweep() == 0


def test_closing_gives_the_lock_back_and_may_happen_twice(home: Home) -> None:
    with HomeProcesses(home) as processes:
        ended = HomeProcesses(home)
        ended.close()
        ended.close()
        assert not processes.is_alive(ended.process_id)
        assert not ended.is_alive(ended.process_id)


def test_a_read_only_home_is_a_problem_of_the_machine(mount_tmpfs: MountTmpfs) -> None:
    disk: Path = mount_tmpfs("size=4m")
    home = Home(disk / "home")
    assert home.machine_id
    assert home.processes.is_dir()
    remount(disk, "ro")
    with pytest.raises(MachineProblem):
        HomeProcesses(home)
    remount(disk, "rw")
