"""Garbage is collected on the main thread, between two turns of the event loop."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from postflow_desktop.ui.kit.collector import Collector


class Knot(QObject):
    """Holds itself, so that only a collection ends it."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    made = Collector()
    gc.enable()
    made.start()
    yield made
    made.stop()


def rubbish() -> list[object]:
    return [[] for _ in range(20_000)]


def test_a_knot_is_undone_on_the_main_thread(collector: Collector, qtbot: QtBot) -> None:
    ended: list[int] = []
    knot = Knot()
    weakref.finalize(knot, lambda: ended.append(threading.get_ident()))
    del knot
    kept: list[object] = []

    def done() -> bool:
        kept.append(rubbish())
        return bool(ended)

    qtbot.waitUntil(done)
    assert ended == [threading.get_ident()]


def test_a_thread_collects_nothing(collector: Collector) -> None:
    ended: list[bool] = []
    knot = Knot()
    weakref.finalize(knot, lambda: ended.append(True))
    del knot
    worker = threading.Thread(target=lambda: [rubbish() for _ in range(20)])
    worker.start()
    worker.join()
    assert ended == []


def test_afterwards_python_collects_by_itself_again(collector: Collector) -> None:
    assert not gc.isenabled()
    collector.stop()
    collector.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
