"""The person's browser: the command that was named, and nothing but web addresses."""

from __future__ import annotations

import stat
import sys
import threading
from pathlib import Path

import pytest

from postflow_desktop.machine.browser import SystemBrowser

SCRIPT = """#!{python}
import pathlib, sys
pathlib.Path({told!r}).write_text("\\n".join(sys.argv[1:]))
"""


def test_the_named_command_gets_the_address_as_its_last_word(tmp_path: Path) -> None:
    told, script = tmp_path / "told", tmp_path / "my browser"
    script.write_text(SCRIPT.format(python=sys.executable, told=str(told)))
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    browser = SystemBrowser({"POSTFLOW_BROWSER": f"'{script}' --new-window"})
    url = "https://x.example/a?b=c&d=$(touch x);e"
    assert browser.open(url)
    for thread in threading.enumerate():
        if thread.name == "browser":
            thread.join(20)
    assert told.read_text().splitlines() == ["--new-window", url]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:1", "", "x", "http:///a"])
def test_anything_but_a_web_address_is_refused(url: str, tmp_path: Path) -> None:
    assert not SystemBrowser({"POSTFLOW_BROWSER": "touch"}).open(url)


def test_a_command_that_is_not_there_is_told() -> None:
    assert not SystemBrowser({"POSTFLOW_BROWSER": "/nowhere/browser"}).open("https://x.example")
