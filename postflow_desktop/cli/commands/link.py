"""`postflow link preview URL`: the card that networks without one of their own will show."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result
from postflow_desktop.cli.post_documents import card_document, card_lines


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    preview = verbs.add_parser("preview", help="read the page and show its card; keeps nothing")
    preview.add_argument("url")
    preview.set_defaults(run=_preview)


def _preview(context: Context, options: Namespace) -> Result:
    fetched = context.machine.link_cards.fetch(options.url)
    warnings = [fetched.note] if fetched.note else []
    return Result(
        {"card": card_document(fetched.card)}, card_lines(fetched.card), warnings=warnings
    )
