"""From the command line to an exit code: 0 done, 1 our bug, 2 usage, 3 refused, 4 unreachable."""

from __future__ import annotations

import importlib
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from postflow_desktop import __version__
from postflow_desktop.cli import window
from postflow_desktop.cli.arguments import HelpShown, Parser, take_flag
from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result, show, show_error
from postflow_desktop.domain.errors import Bug, PostFlowError

NOUNS = {
    "workspace": "where the posts lie: the embedded database or a MongoDB of your own",
    "user": "sign up, log in, log out",
    "org": "organizations",
    "client": "your organization's developer apps at the networks",
    "account": "social accounts",
    "post": "write, schedule, publish, look at posts",
    "link": "what the page of a link shows under a post",
    "queue": "the weekly slots of an account, for posts without a time of their own",
    "publishing": "pause everything that would go out, resume it, see what is paused",
    "notice": "what you should know, and how you are told",
    "mail": "the mail server by which this machine sends notices",
    "text": "how long texts are as a network counts them",
    "network": "what each network takes, with its source, and what can be chosen for a post",
    "rules": "your team's own rules where a network changed what it takes",
    "agent": "publish what is due, without a window",
    "cluster": "the database of the workspace: its indexes, documents, shards and versions",
    "doctor": "what works on this machine, and what to do about what doesn't",
    "tour": "the whole main job without a person, in a temporary home",
}


def main(argv: Sequence[str]) -> int:
    """Run one command."""
    arguments, as_json = take_flag(argv, "--json")
    arguments, verbose = take_flag(arguments, "--verbose")
    context = Context(os.environ)
    try:
        return _answer(context, arguments, as_json=as_json, verbose=verbose)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; nothing is left to be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the outermost frame: every bug gets a report
        return _report(context, error, arguments, as_json=as_json)
    finally:
        context.close()


def _answer(context: Context, arguments: Sequence[str], *, as_json: bool, verbose: bool) -> int:
    try:
        result = _run(context, _read(arguments), verbose=verbose)
    except HelpShown as shown:
        result = Result({"text": str(shown)}, [str(shown)])
    except Bug:
        raise
    except PostFlowError as error:
        show_error(error, as_json=as_json)
        return error.exit_code
    if context.reading_only is not None:
        result = replace(result, warnings=[*result.warnings, context.reading_only])
    show(result, as_json=as_json)
    return result.exit_code


def _read(arguments: Sequence[str]) -> Namespace:
    """The options; only the noun that is asked for adds its grammar."""
    parser = Parser(
        prog="postflow",
        description="Plan, write, schedule and publish posts to every network, exactly once.",
        epilog="Without a command the window opens. Every command takes --json (one JSON "
        "document on stdout) and --verbose.",
    )
    parser.add_argument("--version", action="version", version=f"PostFlow {__version__}")
    parser.add_argument(
        "--sample", action="store_true", help="open the window on the sample workspace"
    )
    parser.add_argument(
        "--or-tour", action="store_true", help="where there is no screen, take the tour instead"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("postflow-tour"), help="where the tour's pictures go"
    )
    parser.set_defaults(run=window.run)
    nouns = parser.add_subparsers(dest="noun", metavar="COMMAND", parser_class=Parser)
    asked = next((a for a in arguments if not a.startswith("-")), None)
    for noun, summary in NOUNS.items():
        child = nouns.add_parser(noun, help=summary, description=summary)
        if noun == asked:
            importlib.import_module(f"postflow_desktop.cli.commands.{noun}").add(child)
    # The system starts us with a link as the only word; behind a command it is a text like any.
    links = [asked] if asked is not None and asked.startswith("postflow://") else []
    options = parser.parse_args([a for a in arguments if a not in links])
    options.links = links
    return options


def _run(context: Context, options: Namespace, *, verbose: bool) -> Result:
    logged = options.noun not in (None, "tour")
    undo = _configure_logs(context, verbose=verbose) if logged else None
    try:
        result: Result = options.run(context, options)
        return result
    finally:
        if undo is not None:
            undo()


def _configure_logs(context: Context, *, verbose: bool) -> Callable[[], None]:
    from postflow_desktop.machine.logs import configure_logging

    machine = context.machine
    return configure_logging(
        machine.home, machine.redactor, verbosity=1 if verbose else 0, stderr=sys.stderr
    )


def _report(context: Context, error: Exception, arguments: Sequence[str], *, as_json: bool) -> int:
    """Write a crash report on this machine; nothing is sent anywhere."""
    from postflow_desktop.machine.crash_reports import write_crash_report

    try:
        machine = context.machine
        path = write_crash_report(
            machine.home, error, arguments, redactor=machine.redactor, at=datetime.now(UTC)
        )
        where, fix = f" A report lies in {path}.", "Send us the report; it holds no secrets."
    except PostFlowError as problem:
        where, fix = f" No report could be written: {problem.message}", problem.fix
    bug = Bug(f"PostFlow met a bug of its own ({type(error).__name__}).{where}", fix=fix)
    show_error(bug, as_json=as_json)
    return bug.exit_code
