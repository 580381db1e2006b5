"""`postflow` without a command: the application; where there is no screen, a word or the tour."""

from __future__ import annotations

from argparse import Namespace

from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result, progress
from postflow_desktop.domain.errors import MachineProblem


def run(context: Context, options: Namespace) -> Result:
    """Open the window and stay until it is closed. MachineProblem (`no_screen`)."""
    from postflow_desktop.desktop.app import has_screen, run_application

    if not has_screen(context.environ):
        if options.or_tour:
            return _tour(context, options)
        raise MachineProblem(
            "There is no screen here, so the window can't open.",
            code="no_screen",
            fix="Use the commands (postflow --help), the headless publisher (postflow agent), "
            "or take the tour (postflow tour).",
        )
    code = run_application(context.environ, options.links, sample=options.sample)
    return Result({"closed": True}, exit_code=code)


def _tour(context: Context, options: Namespace) -> Result:
    from postflow_desktop.cli.commands import tour

    progress("There is no screen here: this is the tour.")
    result = tour.run(context, options)
    lines = ["There is no screen here, so this was the tour instead of the window.", *result.lines]
    return Result(result.document, lines, exit_code=result.exit_code)
