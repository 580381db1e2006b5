"""`postflow tour` as a newcomer runs it."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from tests.kit.command import CommandLine


def test_the_tour_works_and_leaves_only_its_pictures(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    out = tmp_path / "out"
    command = CommandLine(tmp_path / "home", {"TMPDIR": str(temporary)})
    answer = command.ok("tour", "--out", str(out))
    assert answer["ok"] is True
    assert [step["ok"] for step in answer["steps"]] == [True] * len(answer["steps"])
    assert len(answer["steps"]) >= 10
    assert all(step["ms"] >= 0 and step["name"] for step in answer["steps"])
    assert [post["network"] for post in answer["published"]] == ["bluesky", "bluesky"]
    assert [_size(path) for path in answer["pictures"]] == [(1200, 675), (800, 1000)]
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "home").exists()


def test_a_folder_that_cannot_be_written_is_said_first(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("not a folder")
    answer = CommandLine(tmp_path / "home").run("tour", "--out", str(taken))
    assert (answer.exit_code, answer.code) == (4, "out_not_writable")


def _size(path: str) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size
