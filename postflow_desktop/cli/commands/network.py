"""`postflow network limits|options`: what the networks take, as PostFlow knows it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result
from postflow_desktop.cli.rule_documents import day_of, rules_document, rules_lines
from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.domain.options import OptionSpec


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, run, summary in (
        ("limits", _limits, "lengths, sizes and kinds of media, each with its source and day"),
        ("options", _options, "what can be chosen for a post beside its content"),
    ):
        child = verbs.add_parser(verb, help=summary)
        child.add_argument("network", nargs="?", help="all of them if it is left out")
        child.set_defaults(run=run)


def network_named(context: Context, name: str) -> Network:
    """InvalidInput (`unknown_network`) for one that PostFlow can't post to."""
    try:
        network = Network(name.lower())
    except ValueError:
        network = None
    if network is None or network not in context.machine.publishers:
        known = ", ".join(sorted(one.value for one in context.machine.publishers))
        raise InvalidInput(
            f"PostFlow can't post to '{name[:50]}'.",
            code="unknown_network",
            fix=f"Use one of: {known}.",
        )
    return network


def _limits(context: Context, options: Namespace) -> Result:
    documents = [rules_document(rules) for rules in _chosen(context, options)]
    lines = [line for one in documents for line in (*rules_lines(one), "")]
    return Result({"networks": documents}, lines[:-1])


def _options(context: Context, options: Namespace) -> Result:
    documents = [
        {
            "network": rules.network.value,
            "title": rules.title,
            "options": [_option_document(spec) for spec in rules.options],
        }
        for rules in _chosen(context, options)
    ]
    lines = [line for one in documents for line in _option_lines(one)]
    return Result({"networks": documents}, lines)


def _chosen(context: Context, options: Namespace) -> list[NetworkRules]:
    publishers = context.machine.publishers
    if options.network:
        return [publishers[network_named(context, options.network)].rules]
    return [publishers[network].rules for network in sorted(publishers)]


def _option_document(spec: OptionSpec) -> dict[str, Any]:
    return {
        "key": spec.key,
        "title": spec.title,
        "help": spec.help,
        "kind": spec.kind.value,
        "default": spec.default or None,
        "choices": [
            {
                "value": choice.value,
                "title": choice.title,
                "only": None if choice.only is None else choice.only.value,
            }
            for choice in spec.choices
        ],
        "most": spec.most,
        "example": spec.example or None,
        "only": None if spec.only is None else spec.only.value,
        "needsMedia": spec.needs_media,
        "source": spec.source,
        "date": day_of(spec.source),
    }


def _option_lines(document: dict[str, Any]) -> list[str]:
    lines = [f"{document['title']} ({document['network']})"]
    for option in document["options"]:
        lines.append(f"  {option['key']}  {option['title']}. {option['help']}")
        for choice in option["choices"]:
            usual = ", as usual" if choice["value"] == option["default"] else ""
            only = f", {choice['only']} accounts only" if choice["only"] else ""
            lines.append(f"    {choice['value']}  {choice['title']}{usual}{only}")
        if option["kind"] == "flag":
            lines.append("    true, false")
        if option["example"]:
            lines.append(f"    {option['example']}")
        lines.append(f"    ({option['source']})")
    return lines if document["options"] else [*lines, "  nothing"]
