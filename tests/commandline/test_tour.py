"""`postflow tour` as a newcomer runs it: no screen, no network, nothing left but its pictures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageStat

from tests.kit.command import CommandLine

SCREENS = (
    "welcome",
    "calendar-empty",
    "composer",
    "calendar",
    "inspector",
    "drafts",
    "attention",
    "accounts",
    "publishers",
    "settings",
    "palette",
    "shortcuts",
)
PUBLISHED = (
    "published-bluesky-1.jpg",
    "published-bluesky-2.png",
    "published-x-1.jpg",
    "published-x-2.png",
)
LEAST_WIDTH = 960
NO_SANDBOX = """
import json, os, sys, threading
from pathlib import Path
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.tour import run

class Elsewhere(SandboxServer):
    url = "http://127.0.0.1:9"

run.SandboxServer = Elsewhere
before = dict(os.environ)
told = []
report = run.run_tour(Path(sys.argv[1]), lambda step: told.append(step.name))
print(json.dumps({
    "report": report.document(),
    "told": told,
    "environment": sorted(n for n in os.environ.keys() ^ before.keys() if n.startswith("QT_")),
    "threads": [thread.name for thread in threading.enumerate()],
}))
"""
"""The tour on a sandbox that nothing answers for."""


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Where the tour may lay its homes; it is to be empty afterwards."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def command(tmp_path: Path, temporary: Path) -> CommandLine:
    """A command line that knows of no screen."""
    return CommandLine(tmp_path / "home", {"TMPDIR": str(temporary)})


def test_the_tour_works_and_leaves_only_its_pictures(
    command: CommandLine, tmp_path: Path, temporary: Path
) -> None:
    out = tmp_path / "out"
    answer = command.ok("tour", "--out", str(out), timeout=240)
    assert answer["ok"] is True
    assert [step["ok"] for step in answer["steps"]] == [True] * len(answer["steps"])
    assert len(answer["steps"]) >= 20
    assert all(step["ms"] >= 0 and step["name"] for step in answer["steps"])
    assert [post["network"] for post in answer["published"]] == ["bluesky", "x", "bluesky"]
    assert all(post["url"].startswith("https://") and post["text"] for post in answer["published"])
    assert len({post["text"] for post in answer["published"]}) == 3
    check_pictures(out, answer["pictures"])
    assert answer.stderr == ""
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "home").exists()


def check_pictures(out: Path, listed: list[str]) -> None:
    """Every screen is there as a whole window, in a light and a dark picture."""
    windows = {f"{screen}-{mode}.png" for screen in SCREENS for mode in ("light", "dark")}
    assert all(Path(path).is_absolute() and Path(path).parent == out for path in listed)
    assert {Path(path).name for path in listed} == windows | set(PUBLISHED)
    assert {path.name for path in out.iterdir()} == windows | set(PUBLISHED)
    for name in sorted(windows):
        with Image.open(out / name) as picture:
            assert picture.width >= LEAST_WIDTH, name
            assert picture.height >= LEAST_WIDTH / 2, name
    for screen in SCREENS:
        light, dark = (brightness(out / f"{screen}-{mode}.png") for mode in ("light", "dark"))
        assert light > dark + 50, f"{screen}: {light} and {dark}"
    for name in PUBLISHED:
        with Image.open(out / name) as picture:
            assert (picture.size, dict(picture.getexif())) == ((1000, 750), {})


def brightness(path: Path) -> float:
    """From 0 to 255, on the whole."""
    with Image.open(path) as picture:
        return ImageStat.Stat(picture.convert("L")).mean[0]


def test_a_folder_that_cannot_be_written_is_said_first(
    command: CommandLine, tmp_path: Path
) -> None:
    taken = tmp_path / "file"
    taken.write_text("not a folder")
    answer = command.run("tour", "--out", str(taken))
    assert (answer.exit_code, answer.code) == (4, "out_not_writable")


def test_without_a_database_the_step_says_why_and_ends_the_tour(
    command: CommandLine, tmp_path: Path, temporary: Path
) -> None:
    missing = str(tmp_path / "no mongod")
    # A screen that is named is not looked at: with this one no window could open.
    command.environ.update(DISPLAY=":4711", QT_QPA_PLATFORM="xcb", POSTFLOW_MONGOD=missing)
    out = tmp_path / "out"
    answer = command.run("tour", "--out", str(out))
    assert answer.exit_code == 1
    assert_ended(answer.document, "create a workspace", missing)
    assert str(out / "failed-1.png") in answer["pictures"]
    assert list(temporary.iterdir()) == []


def test_without_a_sandbox_the_step_says_why_and_nothing_is_left(
    command: CommandLine, tmp_path: Path, temporary: Path
) -> None:
    done = run_python(command, "-c", NO_SANDBOX, str(tmp_path / "out"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert_ended(found["report"], "connect accounts", "127.0.0.1")
    assert found["told"] == [step["name"] for step in found["report"]["steps"]]
    assert found["environment"] == []
    assert found["threads"] == ["MainThread"]
    assert list(temporary.iterdir()) == []


def test_the_window_without_a_screen_can_be_the_tour(command: CommandLine, tmp_path: Path) -> None:
    broken = {"POSTFLOW_MONGOD": str(tmp_path / "no mongod")}
    arguments = ("-m", "postflow_desktop", "--sample", "--or-tour")
    shown = run_python(command, *arguments, cwd=tmp_path, **broken)
    assert shown.returncode == 1
    assert shown.stdout.startswith("There is no screen here, so this was the tour")
    assert "FAIL" in shown.stdout
    answer = json.loads(run_python(command, *arguments, "--json", cwd=tmp_path, **broken).stdout)
    assert answer["ok"] is False
    assert (tmp_path / "postflow-tour" / "welcome-light.png").is_file()
    assert not (tmp_path / "home").exists()


def assert_ended(document: dict[str, Any], step: str, reason: str) -> None:
    """The last step failed with a sentence that names the reason; all before it worked."""
    *before, last = document["steps"]
    assert document["ok"] is False
    assert all(step["ok"] for step in before)
    assert before
    assert last["ok"] is False
    assert last["name"].startswith(step)
    assert reason in last["detail"]
    assert document["published"] == []


def run_python(
    command: CommandLine, *arguments: str, cwd: Path, **extra: str
) -> subprocess.CompletedProcess[str]:
    """Python in the command line's environment, in a folder of its own."""
    return subprocess.run(
        [sys.executable, *arguments],
        env=command.environment(PYTHONPATH=str(Path(__file__).parents[2]), **extra),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
