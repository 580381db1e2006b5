"""The alarm: rings, and ends quietly even in the moment in which it rings."""

from __future__ import annotations

import threading

import pytest

from postflow_desktop.scheduler.alarm import Alarm


def test_it_rings_once_and_a_new_time_replaces_the_old_one() -> None:
    rings: list[str] = []
    rung = threading.Event()

    def ring() -> None:
        rings.append("ring")
        rung.set()

    alarm = Alarm(ring)
    alarm.start()
    alarm.set_in(3600)
    alarm.set_in(0)
    assert rung.wait(10)
    alarm.stop()
    assert rings == ["ring"]


def test_stopping_while_it_rings_leaves_no_broken_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    broken: list[BaseException | None] = []
    monkeypatch.setattr(threading, "excepthook", lambda met: broken.append(met.exc_value))
    for number in range(60):
        alarm = Alarm(lambda: None)
        alarm.start()
        alarm.set_in(0.002)
        threading.Event().wait(0.0005 * (number % 6))
        alarm.stop()
    assert broken == []
