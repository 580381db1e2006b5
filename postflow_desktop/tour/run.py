"""Running the tour in a temporary home and leaving nothing behind but its report."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.tour.journey import Journey
from postflow_desktop.tour.steps import Report, Step, TourEnded


def run_tour(out: Path, tell: Callable[[Step], None]) -> Report:
    """Take the tour; pictures go to `out`. MachineProblem if that folder can't be written."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MachineProblem(
            f"The folder '{out}' can't be used: {error.strerror}.",
            code="out_not_writable",
            fix="Choose another one with --out.",
        ) from error
    report = Report(tell=tell)
    with (
        tempfile.TemporaryDirectory(prefix="postflow-tour-", ignore_cleanup_errors=True) as folder,
        SandboxServer() as sandbox,
    ):
        journey = Journey(Path(folder), out.resolve(), report, sandbox)
        try:
            journey.run()
        except TourEnded:
            return report
        finally:
            journey.close()
    return report
