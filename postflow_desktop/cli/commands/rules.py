"""`postflow rules show|set|reset`: your team's own rules where a network changed what it takes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from postflow_desktop.cli.commands.network import network_named
from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result
from postflow_desktop.cli.rule_documents import (
    change_document,
    rules_document,
    rules_lines,
)
from postflow_desktop.services.own_rules import OwnRulesService, RulesInForce


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    show = verbs.add_parser("show", help="what holds, and what your team changed of it")
    show.add_argument("network")
    show.set_defaults(run=_show)
    change = verbs.add_parser("set", help="replace your team's rules; owner and admins")
    change.add_argument("network")
    change.add_argument("file", help="JSON or TOML: textLength = 500")
    change.add_argument("--note", help="why; else the `note` of the file")
    change.set_defaults(run=_set)
    reset = verbs.add_parser("reset", help="go back to the rules that PostFlow came with")
    reset.add_argument("network")
    reset.set_defaults(run=_reset)


def _show(context: Context, options: Namespace) -> Result:
    network = network_named(context, options.network)
    return _shown(context, _service(context).show(network))


def _set(context: Context, options: Namespace) -> Result:
    from postflow_desktop.services.rule_files import read_rules

    network = network_named(context, options.network)
    values, note = read_rules(Path(options.file))
    note = note if options.note is None else options.note
    return _shown(context, _service(context).set(network, values, note.strip()))


def _reset(context: Context, options: Namespace) -> Result:
    network = network_named(context, options.network)
    return _shown(context, _service(context).reset(network))


def _service(context: Context) -> OwnRulesService:
    standard = {network: one.rules for network, one in context.machine.publishers.items()}
    organizations = context.workspace.cluster.organizations
    return OwnRulesService(context.seat.member, organizations, standard)


def _shown(context: Context, rules: RulesInForce) -> Result:
    document = rules_document(rules.holding, rules.own)
    by = None if rules.own is None else context.workspace.cluster.users.get(rules.own.by)
    name = "" if by is None else by.name or by.email or ""
    changed = change_document(rules.own, name)
    lines = rules_lines(document)
    if changed is None:
        lines.append("Your team changed nothing of it.")
    else:
        why = f": {changed['note']}" if changed["note"] else "."
        lines.append(f"Changed by {name or changed['by']} on {changed['at']}{why}")
    return Result({**document, "changed": changed}, lines)
