"""A key in the composer until every counter, mark and line of the checklist stands again.

The floor is the same key in a bare text field of that size. The goal of the design: 8 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from postflow_desktop.bootstrap import Machine
from postflow_desktop.desktop.backend import DesktopBackend
from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.domain.post import Media
from postflow_desktop.domain.problem import Problem
from postflow_desktop.machine.home import Home
from postflow_desktop.ui.composer.view import ComposerWindow
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from tests.bench.report import figure, percentile
from tests.bench.window_qt import settle, timed
from tests.fakes.backend import FakeBackend, account_row

_KEYS = 120
_SIZE = (1080, 720)
_TEXT = "Fresh bread at seven, coffee at eight: https://cornerbakery.example/menu #bakery 🥐 "


class _Backend(FakeBackend):
    """Stores nothing; limits, counting and problems are those that publishing has."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        machine = Machine({}, Home(folder))
        self._real = DesktopBackend(machine, lambda _: None, lambda _: None)
        self.replica.account_rows = [
            account_row(number, network) for number, network in enumerate(machine.publishers, 1)
        ]

    def rules(self, network: Network) -> NetworkRules:
        """The real ones."""
        return self._real.rules(network)

    def measure(self, network: Network, text: str) -> int:
        """As the network counts."""
        return self._real.measure(network, text)

    def problems(
        self,
        network: Network,
        text: str,
        media: Sequence[Media],
        rules: NetworkRules | None = None,
    ) -> list[Problem]:
        """As the validator says."""
        return self._real.problems(network, text, media, rules)


def window_composer(folder: Path) -> None:
    """For a short text and for one that is too long for every network."""
    settle()
    for name, text in (("a short text", _TEXT), ("2,000 characters", _TEXT * 24)):
        floor = _bare(text)
        keys, networks = _composer(folder, text)
        figure(
            f"composer: key to counters, {name}",
            goal="<= 8 ms",
            networks=networks,
            characters=len(text),
            median_ms=percentile(keys, 0.5) * 1000,
            p95_ms=percentile(keys, 0.95) * 1000,
            floor_ms=floor * 1000,
            ratio=percentile(keys, 0.5) / floor,
        )


def _bare(text: str) -> float:
    field = QPlainTextEdit(text)
    field.resize(*_SIZE)
    field.show()
    QTest.qWaitForWindowExposed(field)
    floor = percentile(_type(field), 0.5)
    field.close()
    return floor


def _composer(folder: Path, text: str) -> tuple[list[float], int]:
    backend = _Backend(folder / "home")
    tasks = Tasks(immediate=True)
    window = ComposerWindow(backend, tasks, Changes(), folder / "window.ini")
    window.open_new(None, (), text)
    for row in backend.replica.account_rows:
        if row.id not in window.model.draft.account_ids:
            window.model.toggle(row.id)
    QTest.qWaitForWindowExposed(window)
    QTest.qWait(300)
    keys = _type(window.sheet.editor)
    window.close()
    tasks.shutdown()
    return keys, len(backend.replica.account_rows)


def _type(field: QWidget) -> list[float]:
    """One key after the other, each until it is painted; what follows a pause is not counted."""

    def press() -> None:
        QTest.keyClicks(field, "a")
        QApplication.processEvents()

    return [timed(press) for _ in range(_KEYS)]
