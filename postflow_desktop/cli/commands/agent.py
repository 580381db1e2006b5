"""`postflow agent [--until-idle] [--health PORT]`: publish what is due, without a window."""

from __future__ import annotations

import logging
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from contextlib import nullcontext

from postflow_desktop.cli.agency import Agency
from postflow_desktop.cli.context import Context
from postflow_desktop.cli.health import HealthEndpoint
from postflow_desktop.cli.output import Result, progress
from postflow_desktop.cli.publishing import stopping_on_signals
from postflow_desktop.cli.serving import Manner, Tally

log = logging.getLogger("postflow_desktop.agent")


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    parser.add_argument(
        "--until-idle", action="store_true", help="end when nothing is due or under way"
    )
    parser.add_argument("--workers", type=int, default=8, help="posts sent at the same time")
    parser.add_argument(
        "--health",
        type=_port,
        metavar="PORT",
        help="answer GET /health on this port of 127.0.0.1; 503 when a workspace is away",
    )
    parser.set_defaults(run=_run)


def _run(context: Context, options: Namespace) -> Result:
    manner = Manner(
        password=context.given_password(),
        workers=max(1, min(32, options.workers)),
        until_idle=options.until_idle,
    )
    agency = Agency(context.machine, manner)
    progress("PostFlow is publishing what is due. Ctrl+C ends it gently.")
    endpoint = HealthEndpoint(options.health, agency.health) if options.health else nullcontext()
    with stopping_on_signals(agency.stop), endpoint:
        log.info("The agent begins.", extra={"action": "begin", "health": options.health})
        warnings = agency.run()
    tally = agency.tally()
    document = _document(tally)
    log.info("The agent ended.", extra={"action": "end", **document})
    line = (
        f"{tally.published} published, {tally.failed} failed, "
        f"{tally.needs_attention} need attention."
    )
    return Result(document, [line], warnings=warnings)


def _document(tally: Tally) -> dict[str, int]:
    return {
        "published": tally.published,
        "failed": tally.failed,
        "needsAttention": tally.needs_attention,
    }


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ArgumentTypeError(f"'{text}' is not a port (1 to 65535)")
    return int(text)
