"""`postflow doctor`: what works on this machine, and what to do about what doesn't."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    parser.set_defaults(run=_run)


def _run(context: Context, options: Namespace) -> Result:
    from postflow_desktop.cli.checkup import run_checks

    del options
    checks = run_checks(context)
    endpoints = {network.value: keys for network, keys in context.machine.endpoints.items()}
    document = {
        "checks": [
            {"name": c.name, "ok": c.ok, "detail": c.detail, "fix": c.fix, **c.more} for c in checks
        ],
        "endpoints": endpoints,
    }
    lines = []
    for check in checks:
        lines.append(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.detail}")
        if check.fix:
            lines.append(f"     → {check.fix}")
    lines.append("Addresses (change them with a TOML file in POSTFLOW_ENDPOINTS):")
    lines += [
        f"     {n}.{key} = {url}" for n, keys in endpoints.items() for key, url in keys.items()
    ]
    return Result(document, lines)
