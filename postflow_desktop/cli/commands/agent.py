"""`postflow agent [--until-idle]`: publish what is due, without a window."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result, progress
from postflow_desktop.cli.publishing import stopping_on_signals
from postflow_desktop.scheduler.runner import PublisherRunner


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    parser.add_argument(
        "--until-idle", action="store_true", help="end when nothing is due or under way"
    )
    parser.add_argument("--workers", type=int, default=8, help="posts sent at the same time")
    parser.set_defaults(run=_run)


def _run(context: Context, options: Namespace) -> Result:
    workspace = context.workspace
    engine = workspace.engine(context.person)
    runner = PublisherRunner(
        engine,
        workers=max(1, min(32, options.workers)),
        on_lost=lambda: context.machine.address_of(workspace.record),
    )
    progress("PostFlow is publishing what is due. Ctrl+C ends it gently.")
    with stopping_on_signals(runner):
        if options.until_idle:
            runner.run_until_idle()
        else:
            runner.run()
    counts = engine.counts()
    document = {
        "published": counts.published,
        "failed": counts.failed,
        "needsAttention": counts.needs_attention,
    }
    line = (
        f"{counts.published} published, {counts.failed} failed, "
        f"{counts.needs_attention} need attention."
    )
    return Result(document, [line])
