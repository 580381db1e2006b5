"""The program is killed while somebody types; what was typed is there at the next start."""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
from pathlib import Path

from postflow_desktop.sandbox.server import SandboxServer
from tests.desktop.kit import Desk, MakeDesk, add_account, until
from tests.desktop.typing_child import WALL
from tests.media.pictures import encode, scene

_LEAST = 60
_MOST = 160
"""Keys before the kill; whatever the moment, the same has to hold."""


def test_what_was_typed_before_a_kill_is_there_again(
    desk: Desk, desks: MakeDesk, sandbox: SandboxServer, tmp_path: Path
) -> None:
    account = add_account(desk, sandbox.url)
    desk.close()
    picture = tmp_path / "loaf.png"
    picture.write_bytes(encode(scene(), "PNG"))

    typed, kept = _type_and_kill(desk.home, picture, random.Random().randint(_LEAST, _MOST))
    assert kept > 0

    again = desks(desk.home.name)
    again.screens.window.show_screen("drafts")
    until(lambda: len(again.screens.drafts.rows) == 1, "the draft")
    again.screens.drafts.open(again.screens.drafts.rows[0].key)
    composer = again.composer()
    text = composer.sheet.editor.words()
    numbers = "".join(f"{n} " for n in range(1, typed + 1))
    assert numbers.startswith(text)
    assert kept <= len(text)
    # A key may have been taken after the last one that was told.
    assert len(text) <= typed + _MOST
    draft = composer.model.draft
    assert draft.account_ids == (account.id,)
    assert draft.at_local == WALL.isoformat(timespec="seconds")
    assert [(item.width, item.height) for item in draft.media] == [(64, 48)]
    assert again.running.backend.media_bytes(draft.media[0].sha256) == picture.read_bytes()


def _type_and_kill(home: Path, picture: Path, keys: int) -> tuple[int, int]:
    """How many characters were typed, and how many of them were told to be on disk."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.desktop.typing_child", str(home), str(picture)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        told = {"typed": 0, "kept": 0}
        for _ in itertools.count():
            what, _, count = child.stdout.readline().partition(" ")
            assert count, "the child ended by itself"
            told[what] = int(count)
            if told["typed"] >= keys and told["kept"]:
                break
        child.kill()
        for line in child.stdout:
            what, _, count = line.partition(" ")
            told[what] = int(count)
    finally:
        child.kill()
        child.communicate()
    return told["typed"], told["kept"]
