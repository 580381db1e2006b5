"""`postflow text count NETWORK`: how long texts are as a network counts them."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace

from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result
from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.text import has_half_characters

NETWORKS = (
    Network.BLUESKY,
    Network.FACEBOOK,
    Network.LINKEDIN,
    Network.TELEGRAM,
    Network.THREADS,
    Network.X,
)


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    count = verbs.add_parser("count", help="a JSON list of texts on stdin to a list of lengths")
    count.add_argument("network", choices=[network.value for network in NETWORKS])
    count.set_defaults(run=_count)


def _count(context: Context, options: Namespace) -> Result:
    publisher = context.machine.publishers[Network(options.network)]
    counts = [publisher.measure(text) for text in _texts()]
    return Result({}, [json.dumps(counts)], listing=counts)


def _texts() -> list[str]:
    problem = InvalidInput(
        "What came on stdin is no JSON list of texts.",
        code="bad_texts",
        fix='For example: echo \'["Hello", "👋"]\' | postflow text count x',
    )
    try:
        found = json.loads(sys.stdin.buffer.read())
    except (ValueError, RecursionError) as error:
        raise problem from error
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise problem
    if any(has_half_characters(one) for one in found):
        raise InvalidInput(
            "A text holds half a character, which no network can show.",
            code="bad_texts",
            fix="Write characters beyond U+FFFF as a whole pair.",
        )
    return found
