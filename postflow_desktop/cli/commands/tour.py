"""`postflow tour`: the whole main job without a person."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result, progress
from postflow_desktop.tour.run import run_tour
from postflow_desktop.tour.steps import Step


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    parser.add_argument(
        "--out", type=Path, default=Path("postflow-tour"), help="where the pictures go"
    )
    parser.set_defaults(run=run)


def run(context: Context, options: Namespace) -> Result:
    """Take the tour and show what it found."""
    del context
    report = run_tour(options.out, lambda step: progress(_line(step)))
    published = [f"  {post['url']}" for post in report.published]
    lines = [
        *(_line(step) for step in report.steps),
        "",
        f"Published on the sandbox: {len(published)}",
        *published,
        *(f"  {path}" for path in report.pictures),
        "Everything worked." if report.ok else "Something did not work; see above.",
    ]
    return Result(report.document(), lines, exit_code=0 if report.ok else 1)


def _line(step: Step) -> str:
    mark = "ok  " if step.ok else "FAIL"
    detail = f"  {step.detail}" if step.detail else ""
    return f"{mark} {step.ms:6d} ms  {step.name}{detail}"
