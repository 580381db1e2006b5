"""What may be chosen for a post on LinkedIn, and how it is sent.

`visibility` and `isReshareDisabledByAuthor` of the Posts API (learn.microsoft.com, 2026-09-19).
"Connections" are a member's; an organization has followers instead. CONTAINER is for groups, which
PostFlow does not post to.
"""

from __future__ import annotations

from postflow_desktop.domain.options import (
    ON,
    AccountKind,
    Choice,
    OptionKind,
    Options,
    OptionSpec,
)

_SOURCE = "learn.microsoft.com, Posts API, 2026-09-19"
VISIBILITY = "visibility"
NO_RESHARE = "isReshareDisabledByAuthor"
PUBLIC = "PUBLIC"

ACCOUNT_KINDS = (
    ("urn:li:person:", AccountKind.PERSON),
    ("urn:li:organization:", AccountKind.ORGANIZATION),
)

OPTIONS = (
    OptionSpec(
        key=VISIBILITY,
        title="Who can see it",
        help="Connections are people's; pages of organizations have followers instead.",
        kind=OptionKind.CHOICE,
        choices=(
            Choice(value=PUBLIC, title="Everybody"),
            Choice(value="LOGGED_IN", title="LinkedIn members"),
            Choice(value="CONNECTIONS", title="Connections only", only=AccountKind.PERSON),
        ),
        default=PUBLIC,
        source=_SOURCE,
    ),
    OptionSpec(
        key=NO_RESHARE,
        title="No reposts",
        help="Others can't share the post on.",
        kind=OptionKind.FLAG,
        source=_SOURCE,
    ),
)


def visibility(options: Options) -> str:
    """Who sees the post, in LinkedIn's word."""
    return dict(options).get(VISIBILITY, PUBLIC)


def forbids_reshares(options: Options) -> bool:
    """Whether others can't share it on."""
    return dict(options).get(NO_RESHARE) == ON
