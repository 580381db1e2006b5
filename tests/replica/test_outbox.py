"""Drafts on this machine's disk: kept through crashes, damage and a full disk."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.replica.outbox import OutboxDrafts
from postflow_desktop.services.ports.drafts import LocalDraft
from tests.plugins.logfail import ExpectedLogs

BYTES = b"\x89PNG some bytes"
DAMAGED = "damaged file"


def picture(data: bytes = BYTES) -> Media:
    return Media(
        kind=MediaKind.IMAGE,
        sha256=hashlib.sha256(data).hexdigest(),
        mime="image/png",
        size=len(data),
        width=2,
        height=3,
        alt="Brot",
    )


def draft(key: str = "d1", text: str = "Hello", *, media: tuple[Media, ...] = ()) -> LocalDraft:
    return LocalDraft(
        id=key,
        organization_id="o1",
        post_id=None,
        text=text,
        account_ids=("a1", "a2"),
        variants={"a1": "Hëllo 👋🏽"},
        media=media,
        link_url="https://example.com/",
        at_local="2026-11-21T09:00:00",
        timezone="Europe/Berlin",
        changed_at=datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[OutboxDrafts]:
    opened = OutboxDrafts(path)
    yield opened
    opened.close()


def reopened(path: Path) -> OutboxDrafts:
    """As after the next start."""
    return OutboxDrafts(path)


def test_a_draft_comes_back_as_it_was(outbox: OutboxDrafts) -> None:
    kept = draft(media=(picture(),))
    outbox.put(kept)
    assert outbox.get("d1") == kept
    assert outbox.get("d2") is None
    plain = LocalDraft(id="d2", organization_id="o1", post_id="p", text="")
    outbox.put(plain)
    assert outbox.get("d2") == plain


def test_drafts_are_listed_last_changed_first_and_by_organization(outbox: OutboxDrafts) -> None:
    for key in ("d1", "d2", "d3"):
        outbox.put(draft(key))
    outbox.put(draft("d1", "changed"))
    outbox.put(LocalDraft(id="x", organization_id="o2", post_id=None, text="theirs"))
    assert [(d.id, d.text) for d in outbox.list("o1")] == [
        ("d1", "changed"),
        ("d3", "Hello"),
        ("d2", "Hello"),
    ]


def test_a_picture_goes_with_the_last_draft_that_has_it(outbox: OutboxDrafts) -> None:
    media = picture()
    outbox.put_media(media, BYTES)
    outbox.put(draft("d1", media=(media,)))
    outbox.put(draft("d2", media=(media,)))
    outbox.delete("d1")
    assert outbox.media(media.sha256) == BYTES
    outbox.delete("d2")
    assert outbox.media(media.sha256) is None
    outbox.delete("d2")


def test_a_picture_that_was_chosen_and_never_used_goes_after_a_week(path: Path) -> None:
    first = OutboxDrafts(path)
    used, unused = picture(), picture(b"other")
    first.put_media(used, BYTES)
    first.put_media(unused, b"other")
    first.put(draft(media=(used,)))
    first.close()
    again = reopened(path)
    assert again.media(unused.sha256) == b"other"
    again.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE media SET added = added - 8 * 86400")
    connection.close()
    later = reopened(path)
    assert later.media(unused.sha256) is None
    assert later.media(used.sha256) == BYTES
    later.close()


def test_bytes_that_do_not_fit_their_name_count_as_gone(outbox: OutboxDrafts) -> None:
    outbox.put_media(picture(), b"something else")
    assert outbox.media(picture().sha256) is None


def test_nobody_else_can_read_it(path: Path, outbox: OutboxDrafts) -> None:
    outbox.put(draft())
    files = [f for f in path.parent.iterdir() if f.is_file()]
    assert len(files) >= 3
    assert {f.name: f.stat().st_mode & 0o077 for f in files if f.stat().st_mode & 0o077} == {}


def test_a_newer_file_is_left_alone(path: Path) -> None:
    OutboxDrafts(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(MachineProblem) as caught:
        OutboxDrafts(path)
    assert caught.value.code == "outbox_newer"


_TYPIST = """
import sys
from pathlib import Path
from postflow_desktop.replica.outbox import OutboxDrafts
from postflow_desktop.services.ports.drafts import LocalDraft
outbox = OutboxDrafts(Path(sys.argv[1]))
for number in range(1_000_000):
    key = f"d{number % 7}"
    outbox.put(LocalDraft(id=key, organization_id="o1", post_id=None, text=str(number)))
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


@pytest.mark.parametrize("lines", [1, 23, 150])
def test_what_was_acknowledged_survives_a_kill(path: Path, lines: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _TYPIST, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split()
    last = max([lines - 1, *(int(number) for number in rest)])
    outbox = reopened(path)
    texts = {int(d.text) for d in outbox.list("o1")}
    expected = set(range(max(0, last - 6), last + 1))
    # The one that was under way may be there too, in place of the oldest.
    assert texts in (expected, {n + 1 for n in expected}, expected | {last + 1})
    assert outbox.damaged is None
    outbox.close()


def fill(path: Path, count: int) -> None:
    outbox = OutboxDrafts(path)
    for number in range(count):
        outbox.put(draft(f"d{number}", f"{number} " + "long text " * 400))
    outbox.close()


def spoil(path: Path, start: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(data)


def test_drafts_around_a_damaged_place_are_kept(path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.add(DAMAGED)
    fill(path, 60)
    for copy in path.parent.glob("*.copy-*"):
        copy.unlink()
    middle = path.stat().st_size // 2
    spoil(path, middle - middle % 4096, b"\xff" * 4096)
    outbox = reopened(path)
    kept = outbox.list("o1")
    assert 40 <= len(kept) < 60
    assert {d.text[-10:] for d in kept} == {"long text "}
    assert outbox.damaged is not None
    assert outbox.damaged.exists()
    outbox.put(draft("new"))
    outbox.close()
    again = reopened(path)
    assert len(again.list("o1")) == len(kept) + 1
    again.close()


def test_a_file_without_its_head_is_made_up_from_the_last_copy(
    path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.add(DAMAGED)
    fill(path, 5)
    for copy in path.parent.glob("*.copy-*"):
        copy.unlink()
    OutboxDrafts(path).close()  # writes today's copy
    spoil(path, 0, b"\0" * 4096)
    outbox = reopened(path)
    assert sorted(d.id for d in outbox.list("o1")) == ["d0", "d1", "d2", "d3", "d4"]
    outbox.close()


def test_a_cut_off_file_opens(path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.add(DAMAGED)
    fill(path, 40)
    os.truncate(path, path.stat().st_size // 3)
    outbox = reopened(path)
    outbox.put(draft("new"))
    assert outbox.get("new") is not None
    outbox.close()


def test_a_week_of_copies_is_kept(path: Path) -> None:
    for day in range(1, 10):
        path.with_name(f"outbox.db.copy-202501{day:02}").write_bytes(b"")
    OutboxDrafts(path).close()
    copies = sorted(f.name for f in path.parent.glob("*.copy-*"))
    assert len(copies) == 7
    assert copies[0] == "outbox.db.copy-20250104"
    assert copies[-1] > "outbox.db.copy-2026"


_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.replica.outbox import OutboxDrafts
from postflow_desktop.services.ports.drafts import LocalDraft
outbox = OutboxDrafts(Path(sys.argv[1]))
def put(key, size):
    outbox.put(LocalDraft(id=key, organization_id="o1", post_id=None, text="x" * size))
put("before", 10)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
try:
    put("large", 1_000_000)
except MachineProblem as problem:
    sys.stdout.write(problem.code)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
put("after", 10)
sys.stdout.write(" " + " ".join(d.id for d in outbox.list("o1")))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
def test_a_full_disk_is_told_and_harms_nothing(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, str(path)],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    code, *kept = done.stdout.split()
    assert code in {"disk_full", "replica_unwritable"}
    assert kept == ["after", "before"]


def test_texts_are_not_logged(
    path: Path, caplog: pytest.LogCaptureFixture, expected_logs: ExpectedLogs
) -> None:
    expected_logs.add(DAMAGED)
    caplog.set_level(logging.DEBUG)
    fill(path, 3)
    spoil(path, 0, b"\0" * 4096)
    reopened(path).close()
    assert "long text" not in caplog.text
