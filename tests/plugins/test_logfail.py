"""The plugin is itself tried on small test files, by a pytest of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAD = """
import logging, threading
from tests.plugins.logfail import *
LOG = logging.getLogger("postflow_desktop.somewhere")
"""


def run(folder: Path, body: str) -> tuple[int, str]:
    (folder / "test_tried.py").write_text(HEAD + body)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", "."],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("level", ["warning", "error", "critical"])
def test_an_unannounced_warning_fails_the_test(level: str, tmp_path: Path) -> None:
    code, said = run(tmp_path, f"def test_it(): LOG.{level}('The disk %s.', 'smells')")
    assert code == 1
    assert "Logged without being announced" in said
    assert "postflow_desktop.somewhere: The disk smells." in said


def test_lower_levels_and_other_loggers_are_free(tmp_path: Path) -> None:
    code, said = run(
        tmp_path,
        "def test_it():\n    LOG.info('All well.')\n    logging.getLogger('x').error('Not ours.')",
    )
    assert code == 0, said


def test_an_announced_warning_is_fine(tmp_path: Path) -> None:
    code, said = run(
        tmp_path,
        "def test_it(expected_logs):\n"
        "    expected_logs.add('smells')\n    LOG.warning('The disk smells.')",
    )
    assert code == 0, said


def test_an_announced_warning_that_does_not_come_fails_the_test(tmp_path: Path) -> None:
    code, said = run(tmp_path, "def test_it(expected_logs): expected_logs.add('smells')")
    assert code == 1
    assert "Announced but not logged: smells" in said


def test_one_announcement_does_not_cover_other_warnings(tmp_path: Path) -> None:
    code, said = run(
        tmp_path,
        "def test_it(expected_logs):\n    expected_logs.add('smells')\n"
        "    LOG.warning('The disk smells.')\n    LOG.warning('It burns.')",
    )
    assert code == 1
    assert "It burns." in said


def test_a_thread_left_behind_fails_the_test(tmp_path: Path) -> None:
    code, said = run(
        tmp_path,
        "import tests.plugins.logfail as plugin\n"
        "plugin._PATIENCE = 0.05\n"
        "END = threading.Event()\n"
        "def test_it(): threading.Thread(target=END.wait, name='lingerer').start()\n"
        "def test_end(): END.set()\n",
    )
    assert code == 1
    assert "Threads left after the test: lingerer" in said


def test_threads_of_a_wider_fixture_and_ended_ones_are_fine(tmp_path: Path) -> None:
    code, said = run(
        tmp_path,
        "@pytest.fixture(scope='module')\n"
        "def server():\n"
        "    end = threading.Event()\n"
        "    thread = threading.Thread(target=end.wait)\n"
        "    thread.start()\n    yield\n    end.set()\n    thread.join()\n"
        "def test_it(server): threading.Thread(target=int).start()\n"
        "def test_again(server): pass\n",
    )
    assert code == 0, said
