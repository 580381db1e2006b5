"""What may be chosen for a post on Bluesky, and how it stands in the record.

`langs` and `labels` of `app.bsky.feed.post`, label values of `com.atproto.label.defs` (lexicons of
bluesky-social/atproto, 2026-08-20). Who may reply and whether it may be quoted is not in the post:
these are records of their own (`app.bsky.feed.threadgate`, `app.bsky.feed.postgate`), which would
be a second irreversible call with a time between in which anybody can answer; so they are not here.
"""

from __future__ import annotations

from typing import Any

from postflow_desktop.domain.options import Choice, OptionKind, Options, OptionSpec, values_of

_SOURCE = "bluesky-social/atproto lexicons, app.bsky.feed.post, 2026-08-20"
LABELS = "labels"
LANGS = "langs"
MAX_LANGS = 3
LANGUAGE = r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*"
"""A language tag as people use them (BCP 47, without private use and grandfathered tags)."""

OPTIONS = (
    OptionSpec(
        key=LABELS,
        title="Content warning",
        help="Bluesky hides or blurs what is marked so, as each reader wishes.",
        kind=OptionKind.SEVERAL,
        choices=(
            Choice(value="sexual", title="Suggestive"),
            Choice(value="nudity", title="Nudity"),
            Choice(value="porn", title="Adult content"),
            Choice(value="graphic-media", title="Graphic media"),
        ),
        most=4,
        source=_SOURCE,
    ),
    OptionSpec(
        key=LANGS,
        title="Languages",
        help="The languages of the text, three at most; readers filter by them.",
        kind=OptionKind.WORDS,
        form=LANGUAGE,
        most=MAX_LANGS,
        example="language tags such as en or pt-BR, with commas between",
        source=_SOURCE,
    ),
)


def chosen_fields(options: Options) -> dict[str, Any]:
    """The fields of the record; they hold for each part of a thread too."""
    chosen = dict(options)
    fields: dict[str, Any] = {}
    if LANGS in chosen:
        fields["langs"] = list(values_of(chosen[LANGS]))
    if LABELS in chosen:
        fields["labels"] = {
            "$type": "com.atproto.label.defs#selfLabels",
            "values": [{"val": value} for value in values_of(chosen[LABELS])],
        }
    return fields
