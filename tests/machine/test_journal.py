"""What the journal acknowledged is on disk, whatever happens next."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from postflow_desktop.domain.errors import Bug, MachineProblem
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.machine.journal import _MIGRATIONS, SqliteJournal
from postflow_desktop.services.ports.journal import JournalEntry, JournalStage, Reply
from tests.machine.conftest import MountTmpfs, fill, remount
from tests.plugins.logfail import ExpectedLogs

REPLY = Reply(status=200, headers={"Content-Type": "application/json", "X": "é"}, body=b"\0\xff{}")


class HeldClock(SystemClock):
    """A clock that stands where it is put."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def entry(attempt_id: str, workspace_id: str = "w1") -> JournalEntry:
    return JournalEntry(
        attempt_id=attempt_id,
        workspace_id=workspace_id,
        organization_id="o1",
        target_id=f"target-of-{attempt_id}",
        process="p1",
        stage=JournalStage.BARRIER,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "publish_journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[SqliteJournal]:
    opened = SqliteJournal(path, SystemClock())
    yield opened
    opened.close()


def test_an_attempt_goes_through_its_stages(journal: SqliteJournal) -> None:
    journal.begin(entry("a"))
    assert journal.get("a") == entry("a")
    journal.writing("a")
    assert journal.get("a") == replace(entry("a"), stage=JournalStage.WRITING)
    journal.response("a", REPLY)
    answered = replace(entry("a"), stage=JournalStage.RESPONSE, reply=REPLY)
    assert journal.get("a") == answered
    assert journal.unsettled("w1") == [answered]
    journal.done("a")
    assert journal.get("a") == replace(answered, stage=JournalStage.DONE)
    assert journal.unsettled("w1") == []


def test_unsettled_entries_come_oldest_first_and_per_workspace(journal: SqliteJournal) -> None:
    for name in ("c", "a", "b"):
        journal.begin(entry(name))
    journal.begin(entry("elsewhere", "w2"))
    journal.done("a")
    assert [found.attempt_id for found in journal.unsettled("w1")] == ["c", "b"]


def test_the_order_of_stages_is_held(journal: SqliteJournal) -> None:
    with pytest.raises(Bug):
        journal.writing("never-begun")
    journal.begin(entry("a"))
    with pytest.raises(Bug):
        journal.response("a", REPLY)
    with pytest.raises(Bug):
        journal.begin(entry("a"))
    journal.writing("a")
    with pytest.raises(Bug):
        journal.writing("a")
    with pytest.raises(Bug):
        journal.begin(replace(entry("b"), stage=JournalStage.WRITING))
    journal.done("never-begun")
    assert journal.get("never-begun") is None


def test_another_process_sees_every_step_at_once(journal: SqliteJournal, path: Path) -> None:
    second = SqliteJournal(path, SystemClock())
    journal.begin(entry("a"))
    second.writing("a")
    assert [found.stage for found in journal.unsettled("w1")] == [JournalStage.WRITING]
    second.close()


def test_threads_get_their_own_answers_while_they_share_transactions(
    journal: SqliteJournal,
) -> None:
    journal.begin(entry("taken"))
    errors: list[str] = []

    def work(number: int) -> None:
        for step in range(20):
            name = f"{number}-{step}"
            journal.begin(entry(name))
            journal.writing(name)
            journal.response(name, REPLY)
            try:
                journal.begin(entry("taken"))
            except Bug:
                errors.append(name)
            journal.done(name)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(errors) == 160
    assert [found.attempt_id for found in journal.unsettled("w1")] == ["taken"]
    for name in (f"{number}-{step}" for number in range(8) for step in range(20)):
        assert journal.get(name) == replace(entry(name), stage=JournalStage.DONE, reply=REPLY)


def test_trimming_forgets_old_settled_attempts_only(path: Path) -> None:
    clock = HeldClock(datetime(2026, 11, 1, tzinfo=UTC))
    journal = SqliteJournal(path, clock)
    for name in ("old-done", "old-open"):
        journal.begin(entry(name))
    clock.at += timedelta(days=40)
    journal.begin(entry("new-done"))
    journal.done("old-done")
    journal.done("new-done")

    assert journal.trim(30, 100) == 1

    assert journal.get("old-done") is None
    assert journal.get("old-open") is not None
    assert journal.get("new-done") is not None
    journal.close()


def test_trimming_keeps_so_many_settled_attempts_and_every_open_one(journal: SqliteJournal) -> None:
    for number in range(10):
        journal.begin(entry(f"a{number}"))
        if number % 3:
            journal.done(f"a{number}")
    assert journal.trim(30, 4) == 2
    assert [found.attempt_id for found in journal.unsettled("w1")] == ["a0", "a3", "a6", "a9"]
    left = [name for name in (f"a{n}" for n in range(10)) if journal.get(name) is not None]
    assert left == ["a0", "a3", "a4", "a5", "a6", "a7", "a8", "a9"]
    assert journal.trim(30, 4) == 0


def test_what_is_sent_is_kept_with_the_attempt(journal: SqliteJournal) -> None:
    sent = replace(entry("a"), wire='{"text": "Grüße"}')
    journal.begin(sent)
    assert journal.get("a") == sent


def test_a_journal_without_wire_forms_goes_on_with_them(path: Path) -> None:
    connection = sqlite3.connect(path)
    for statement in _MIGRATIONS[0]:
        connection.execute(statement)
    connection.execute("PRAGMA user_version = 1")
    connection.execute(
        "INSERT INTO attempts (attempt_id, workspace_id, organization_id, target_id, process,"
        " stage, began_at) VALUES ('old', 'w1', 'o1', 'target-of-old', 'p1', 'barrier', '2026')"
    )
    connection.commit()
    connection.close()
    journal = SqliteJournal(path, SystemClock())
    journal.begin(replace(entry("new"), wire="{}"))
    assert journal.unsettled("w1") == [entry("old"), replace(entry("new"), wire="{}")]
    journal.close()


PROGRAM = """
import sys
from pathlib import Path
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.machine.journal import SqliteJournal
from postflow_desktop.services.ports.journal import JournalEntry, JournalStage, Reply
journal = SqliteJournal(Path(sys.argv[1]), SystemClock())
for number in range(100000):
    name = f"a{number}"
    journal.begin(JournalEntry(attempt_id=name, workspace_id="w1", organization_id="o1",
                               target_id="t", process="p", stage=JournalStage.BARRIER))
    print("barrier", name, flush=True)
    journal.writing(name)
    print("writing", name, flush=True)
    journal.response(name, Reply(status=200, headers={}, body=b"x" * 2000))
    print("response", name, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 50, 401])
def test_a_killed_process_leaves_everything_that_was_acknowledged(lines: int, path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    said = [running.stdout.readline() for _ in range(lines)]
    running.send_signal(signal.SIGKILL)
    rest, _ = running.communicate(timeout=30)
    said += [line for line in rest.splitlines() if len(line.split()) == 2]

    journal = SqliteJournal(path, SystemClock())
    order = list(JournalStage)
    acknowledged = {name: JournalStage(stage) for stage, name in map(str.split, said)}
    for name, stage in acknowledged.items():
        found = journal.get(name)
        assert found is not None
        assert order.index(found.stage) >= order.index(stage)
    assert journal.damaged is None
    journal.close()


def test_a_full_disk_refuses_the_attempt_and_recovers(mount_tmpfs: MountTmpfs) -> None:
    disk = mount_tmpfs("size=4m")
    journal = SqliteJournal(disk / "publish_journal.db", SystemClock())
    journal.begin(entry("before"))
    fill(disk)

    with pytest.raises(MachineProblem) as caught:
        journal.begin(entry("during"))
    assert caught.value.code == "journal_unwritable"
    assert journal.get("during") is None
    with pytest.raises(MachineProblem):
        journal.writing("before")
    before = journal.get("before")
    assert before is not None
    assert before.stage is JournalStage.BARRIER

    (disk / "filler").unlink()
    journal.writing("before")
    journal.response("before", REPLY)
    journal.begin(entry("after"))
    assert [found.attempt_id for found in journal.unsettled("w1")] == ["before", "after"]
    journal.close()


def test_a_disk_that_turned_read_only_refuses_the_attempt(mount_tmpfs: MountTmpfs) -> None:
    disk = mount_tmpfs("size=8m")
    path = disk / "publish_journal.db"
    SqliteJournal(path, SystemClock()).close()
    remount(disk, "ro")
    with pytest.raises(MachineProblem):
        SqliteJournal(path, SystemClock())
    remount(disk, "rw")


@pytest.mark.parametrize("damage", [b"this is not a database" * 300, None], ids=["other", "torn"])
def test_a_damaged_journal_is_kept_aside_and_a_new_one_begun(
    damage: bytes | None, path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.add("The publish journal was damaged")
    journal = SqliteJournal(path, SystemClock())
    for number in range(200):
        journal.begin(entry(f"a{number}"))
    journal.close()
    torn = bytearray(path.read_bytes())
    torn[5000:9000] = b"\xa5" * 4000
    path.write_bytes(torn if damage is None else damage)

    journal = SqliteJournal(path, SystemClock())

    assert journal.damaged is not None
    assert journal.damaged.exists()
    assert journal.unsettled("w1") == []
    journal.begin(entry("new"))
    journal.close()


def test_a_journal_of_a_newer_postflow_is_left_alone(path: Path) -> None:
    SqliteJournal(path, SystemClock()).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(MachineProblem) as caught:
        SqliteJournal(path, SystemClock())

    assert caught.value.code == "journal_newer"
    assert path.exists()


def test_every_commit_is_synced_to_the_disk(journal: SqliteJournal) -> None:
    (mode,) = journal._connection.execute("PRAGMA synchronous").fetchone()
    assert mode == 2
    (kind,) = journal._connection.execute("PRAGMA journal_mode").fetchone()
    assert kind == "wal"


def test_processes_that_open_a_new_journal_at_once_all_succeed(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from postflow_desktop.machine.clock import SystemClock\n"
        "from postflow_desktop.machine.journal import SqliteJournal\n"
        "SqliteJournal(Path(sys.argv[1]), SystemClock()).close()\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(path)]) for _ in range(4)]
    assert [process.wait(timeout=60) for process in running] == [0] * 4


def test_a_closed_journal_refuses(journal: SqliteJournal) -> None:
    journal.close()
    journal.close()
    with pytest.raises(MachineProblem):
        journal.begin(entry("a"))
