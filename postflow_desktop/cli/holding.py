"""`postflow post hold|release|postpone`: single posts kept back, let go, or put off."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result
from postflow_desktop.cli.post_documents import post_document, post_lines
from postflow_desktop.domain.errors import Conflict
from postflow_desktop.domain.target import Target, TargetStatus


def add(parser: ArgumentParser, verb: str) -> None:
    """The grammar of one of the three."""
    parser.add_argument("post")
    parser.add_argument("--account", metavar="ID", help="only for this account")
    if verb == "hold":
        parser.add_argument("--reason", default="", help="what the others read")
    if verb == "postpone":
        parser.add_argument("--minutes", type=int, default=60, help="so much later; 60 if not said")
    parser.set_defaults(run={"hold": _hold, "release": _release, "postpone": _postpone}[verb])


def _hold(context: Context, options: Namespace) -> Result:
    pausing = context.seat.pausing
    return _each(context, options, lambda target: pausing.hold(target.id, options.reason))


def _release(context: Context, options: Namespace) -> Result:
    pausing = context.seat.pausing
    return _each(context, options, lambda target: pausing.release(target.id))


def _postpone(context: Context, options: Namespace) -> Result:
    pausing = context.seat.pausing
    return _each(context, options, lambda target: pausing.postpone(target.id, options.minutes))


def _each(context: Context, options: Namespace, act: Callable[[Target], Target]) -> Result:
    """Do it to what is planned of the post; Conflict (`nothing_planned`) where nothing is."""
    planned = [
        target
        for target in context.seat.posts.show(options.post).targets
        if target.status in (TargetStatus.PENDING, TargetStatus.CLAIMED)
        and options.account in (None, target.account_id)
    ]
    if not planned:
        raise Conflict(
            "Nothing of this post is planned, so there is nothing to keep back or put off.",
            code="nothing_planned",
            fix="Look at it with `postflow post show`.",
        )
    changed = [act(target).id for target in planned]
    view = context.seat.posts.show(options.post)
    return Result({"post": post_document(view), "changed": changed}, post_lines(view))
