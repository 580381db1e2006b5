"""What may be chosen for a post on X, and how it is sent.

`CreatePostsRequest` of X's OpenAPI document 2.167 (2026-08-22). What is as usual is left out of the
request: there is no word for "everyone".
"""

from __future__ import annotations

from postflow_desktop.domain.options import ON, Choice, OptionKind, Options, OptionSpec
from postflow_desktop.services.ports.publisher import ReplyTo

_SOURCE = "X's OpenAPI document 2.167, CreatePostsRequest, 2026-08-22"
REPLY_SETTINGS = "reply_settings"
MADE_WITH_AI = "made_with_ai"
PAID_PARTNERSHIP = "paid_partnership"

OPTIONS = (
    OptionSpec(
        key=REPLY_SETTINGS,
        title="Who can reply",
        help="Holds for the whole thread. Subscribers need an account that has some.",
        kind=OptionKind.CHOICE,
        choices=(
            Choice(value="everyone", title="Everyone"),
            Choice(value="following", title="Accounts you follow"),
            Choice(value="mentionedUsers", title="Only accounts you mention"),
            Choice(value="subscribers", title="Your subscribers"),
            Choice(value="verified", title="Verified accounts"),
        ),
        default="everyone",
        source=_SOURCE,
    ),
    OptionSpec(
        key=MADE_WITH_AI,
        title="Made with AI",
        help="Discloses that the pictures or the video were made with AI.",
        kind=OptionKind.FLAG,
        needs_media=True,
        source=_SOURCE,
    ),
    OptionSpec(
        key=PAID_PARTNERSHIP,
        title="Paid partnership",
        help="Discloses that somebody paid for the post; each part of a thread says so.",
        kind=OptionKind.FLAG,
        source=_SOURCE,
    ),
)


def chosen_fields(options: Options, reply_to: ReplyTo | None) -> dict[str, object]:
    """The fields of the request; a reply has neither pictures nor a circle of its own."""
    chosen = dict(options)
    fields: dict[str, object] = {}
    if reply_to is None:
        if REPLY_SETTINGS in chosen:
            fields[REPLY_SETTINGS] = chosen[REPLY_SETTINGS]
        if chosen.get(MADE_WITH_AI) == ON:
            fields[MADE_WITH_AI] = True
    if chosen.get(PAID_PARTNERSHIP) == ON:
        fields[PAID_PARTNERSHIP] = True
    return fields
