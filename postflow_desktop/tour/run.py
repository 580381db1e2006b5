"""Running the tour in a temporary home and leaving nothing behind but its report."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.logs import configure_logging
from postflow_desktop.machine.redaction import Redactor
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.tour.screenless import without_a_screen
from postflow_desktop.tour.steps import Report, Step, TourEnded


def run_tour(out: Path, tell: Callable[[Step], None]) -> Report:
    """Take the tour; pictures go to `out`. MachineProblem if that folder can't be written."""
    _require_writable(out)
    report = Report(tell=tell)
    with (
        tempfile.TemporaryDirectory(prefix="postflow-tour-", ignore_cleanup_errors=True) as folder,
        _quiet(Path(folder)),
        SandboxServer() as sandbox,
        without_a_screen(),
    ):
        from postflow_desktop.tour.journey import Journey

        journey = Journey(Path(folder), out.resolve(), report, sandbox)
        try:
            journey.run()
        except TourEnded:
            return report
        finally:
            journey.close()
    return report


def _require_writable(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise MachineProblem(
            f"The folder '{out}' can't be used: {error.strerror}.",
            code="out_not_writable",
            fix="Choose another one with --out.",
        ) from error


@contextmanager
def _quiet(folder: Path) -> Iterator[None]:
    """Logs go where the tour's homes are: what is worth knowing is in the report."""
    home = folder / "logs"
    home.mkdir()
    undo = configure_logging(Home(home), Redactor(), verbosity=0, stderr=io.StringIO())
    try:
        yield
    finally:
        undo()
