"""Videos and documents of drafts lie in files of their own beside the outbox."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from postflow_desktop.domain.errors import MachineProblem, NotFound, Refused
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.media.reader import FileMediaReader
from postflow_desktop.replica.media_files import KEPT_SECONDS, DraftFiles
from postflow_desktop.replica.outbox import OutboxDrafts
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.media import HeldContent, MediaContent, Progress, read_all
from tests.media import films, papers


def read(folder: Path, name: str, data: bytes) -> tuple[Media, MediaContent]:
    path = folder / name
    path.write_bytes(data)
    return FileMediaReader().read(path, "")


def draft(*media: Media) -> LocalDraft:
    return LocalDraft(id="d1", organization_id="o1", post_id=None, text="Hi", media=media)


def files(home: Path) -> list[str]:
    folder = home / "outbox-files"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def make_old(home: Path) -> None:
    then = (datetime.now(UTC) - timedelta(seconds=KEPT_SECONDS + 60)).timestamp()
    for path in (home / "outbox-files").iterdir():
        os.utime(path, (then, then))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def test_a_draft_keeps_its_video_when_the_original_goes(home: Path, tmp_path: Path) -> None:
    media, content = read(tmp_path, "film.mov", films.phone_film())
    outbox = OutboxDrafts(home / "outbox.db")
    outbox.put_file(media, content)
    outbox.put(draft(media))
    outbox.close()
    (tmp_path / "film.mov").unlink()
    again = OutboxDrafts(home / "outbox.db")
    kept = again.get("d1")
    assert kept is not None
    assert kept.media == (media,)
    found = again.content(media.sha256)
    assert found is not None
    assert films.SECRET not in read_all(found)
    assert found.size == media.size
    assert (home / "outbox-files" / media.sha256).stat().st_mode & 0o777 == 0o600
    assert again.content("0" * 64) is None
    assert again.content("../outbox.db") is None
    again.close()


def test_titles_and_measures_survive_the_disk(home: Path, tmp_path: Path) -> None:
    media, content = read(tmp_path, "prices.pdf", papers.pdf(4))
    outbox = OutboxDrafts(home / "outbox.db")
    outbox.put_file(media, content)
    outbox.put(draft(media))
    kept = outbox.get("d1")
    assert kept is not None
    assert (kept.media[0].kind, kept.media[0].title) == (MediaKind.DOCUMENT, "prices")
    assert kept.media[0].pages == 4
    outbox.close()


def test_a_damaged_copy_is_never_handed_out(home: Path, tmp_path: Path) -> None:
    media, content = read(tmp_path, "film.mp4", films.film())
    outbox = OutboxDrafts(home / "outbox.db")
    outbox.put_file(media, content)
    path = home / "outbox-files" / media.sha256
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    found = outbox.content(media.sha256)
    assert found is not None
    with pytest.raises(NotFound):
        read_all(found)
    outbox.close()


def test_what_was_deleted_lies_for_a_day(home: Path, tmp_path: Path) -> None:
    media, content = read(tmp_path, "film.mp4", films.film())
    outbox = OutboxDrafts(home / "outbox.db")
    outbox.put_file(media, content)
    outbox.put(draft(media))
    make_old(home)
    outbox.close()
    outbox = OutboxDrafts(home / "outbox.db")
    assert files(home) == [media.sha256]
    outbox.delete("d1")
    outbox.put(draft(media))
    assert outbox.content(media.sha256) is not None
    outbox.delete("d1")
    outbox.close()
    outbox = OutboxDrafts(home / "outbox.db")
    assert files(home) == []
    outbox.close()


def test_stopping_leaves_nothing(home: Path, tmp_path: Path) -> None:
    media, content = read(tmp_path, "film.mp4", films.film(size=3_000_000))
    store = DraftFiles(home / "outbox-files")
    progress = Progress()
    progress.stop()
    with pytest.raises(Refused) as caught:
        store.put(media.sha256, content, progress)
    assert caught.value.code == "stopped"
    assert files(home) == []
    other = Progress()
    store.put(media.sha256, content, other)
    assert other.done == other.total == media.size
    assert files(home) == [media.sha256]


def test_a_full_disk_says_so_and_leaves_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DraftFiles(home / "outbox-files")

    def full(descriptor: int) -> None:
        del descriptor
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MachineProblem) as caught:
        store.put("a" * 64, HeldContent(b"x" * 2_000_000))
    assert caught.value.code == "disk_full"
    assert "2 MB" in caught.value.message
    assert caught.value.fix
    assert files(home) == []


def test_a_folder_that_can_not_be_written_says_so(home: Path) -> None:
    (home / "outbox-files").write_text("in the way")
    store = DraftFiles(home / "outbox-files")
    with pytest.raises(MachineProblem) as caught:
        store.put("a" * 64, HeldContent(b"x"))
    assert caught.value.code == "media_unwritable"
