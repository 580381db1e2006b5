"""News of the replica: on the main thread, together, and complete."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from pytestqt.qtbot import QtBot

from postflow_desktop.services.ports.replica import Change, Link, SyncState
from postflow_desktop.ui.kit.changes import Changes

PATIENCE = 5000


def _change(noun: str, *ids: str) -> Change:
    return Change(noun=noun, ids=frozenset(ids))


def test_changes_of_one_noun_are_told_together(qtbot: QtBot) -> None:
    changes = Changes()
    told: list[Change] = []
    changes.changed.connect(told.append)
    for post in ("p1", "p2", "p3"):
        changes.publish(_change("posts", post))
    changes.publish(_change("accounts", "a1"))
    qtbot.waitUntil(lambda: len(told) == 2, timeout=PATIENCE)
    assert told == [_change("posts", "p1", "p2", "p3"), _change("accounts", "a1")]


def test_more_than_can_be_listed_stays_everything(qtbot: QtBot) -> None:
    changes = Changes()
    told: list[Change] = []
    changes.changed.connect(told.append)
    changes.publish(_change("posts", "p1"))
    changes.publish(_change("posts"))
    changes.publish(_change("posts", "p2"))
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE)
    assert told == [_change("posts")]


def test_news_from_another_thread_arrive_on_the_main_thread(qtbot: QtBot) -> None:
    changes = Changes()
    threads: list[int] = []

    class Reader:
        def take(self, change: object) -> None:
            threads.append(threading.get_ident())

    reader = Reader()
    changes.changed.connect(reader.take)
    changes.sync.connect(reader.take)
    state = SyncState(link=Link.OFFLINE, since=datetime(2026, 11, 20, tzinfo=UTC))

    def tell() -> None:
        changes.publish(_change("posts", "p1"))
        changes.publish_sync(state)

    worker = threading.Thread(target=tell)
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: len(threads) == 2, timeout=PATIENCE)
    assert set(threads) == {threading.get_ident()}
    assert changes.state == state
