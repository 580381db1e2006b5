"""Counting on the command line, as each network counts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.command import CommandLine

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
TEXTS = ["", "Hello", "ä", "日本", FAMILY, "see https://example.com/a/long/path"]


def count(home: Path, network: str, stdin: str, *flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "postflow_desktop", "text", "count", network, *flags],
        input=stdin,
        capture_output=True,
        text=True,
        env=CommandLine(home).environment(),
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("network", "counts"),
    [
        ("x", [0, 5, 1, 4, 2, 27]),
        ("bluesky", [0, 5, 1, 2, 1, 35]),
        ("linkedin", [0, 5, 1, 2, 11, 35]),
        ("facebook", [0, 5, 1, 2, 11, 35]),
    ],
)
def test_every_network_counts_in_its_own_way(
    tmp_path: Path, network: str, counts: list[int]
) -> None:
    done = count(tmp_path, network, json.dumps(TEXTS), "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, counts)


@pytest.mark.parametrize("stdin", ["", "{}", '["a", 1]', "[", '["\\ud83d"]'])
def test_anything_but_a_list_of_texts_is_refused(tmp_path: Path, stdin: str) -> None:
    done = count(tmp_path, "x", stdin, "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"]["code"] == "bad_texts"
    assert "Traceback" not in done.stderr
