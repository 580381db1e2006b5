"""What PostFlow can keep of what a person writes, whatever network it goes to.

The limits are those of the cluster's validators; what a network takes of it is `validation`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.options import Options
from postflow_desktop.domain.post import LinkCard
from postflow_desktop.domain.text import count_graphemes, has_half_characters

MAX_TEXT = 100_000
MAX_ALT = 10_000
MAX_LINK = 2_048
MAX_TITLE = 400
MAX_CARD_TITLE = 400
MAX_CARD_DESCRIPTION = 2_000
MAX_MEDIA = 35
MAX_PARTS = 25
"""The longest thread, the post itself included."""
MAX_ACCOUNTS = 100
MAX_OPTIONS = 20
MAX_OPTION_VALUE = 500
MAX_IDEMPOTENCY_KEY = 200
_OPTION_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,49}")
_NOT_IN_LINKS = re.compile(r"[\s<>\"\x00-\x1f\x7f]")


def check_texts(texts: Sequence[str], alts: Sequence[str]) -> None:
    """InvalidInput (`text_too_long`, `alt_too_long`, `broken_text`)."""
    for text in texts:
        if len(text) > MAX_TEXT:
            raise InvalidInput(
                f"The text has {count_graphemes(text):,} characters; PostFlow keeps {MAX_TEXT:,}.",
                code="text_too_long",
                fix="Split it into several posts.",
            )
    for alt in alts:
        if len(alt) > MAX_ALT:
            raise InvalidInput(
                f"An alt text has {count_graphemes(alt):,} characters; PostFlow keeps {MAX_ALT:,}.",
                code="alt_too_long",
                fix="Shorten it; a sentence or two is what helps.",
            )
    if any(has_half_characters(text) for text in (*texts, *alts)):
        raise InvalidInput(
            "The text holds bytes that are no characters, so it can't be kept.",
            code="broken_text",
            fix="Write it in UTF-8.",
        )


def check_titles(titles: Sequence[str]) -> None:
    """InvalidInput (`title_too_long`, `broken_text`)."""
    for title in titles:
        if len(title) > MAX_TITLE:
            raise InvalidInput(
                f"The title of a document has {len(title):,} characters; "
                f"PostFlow keeps {MAX_TITLE}.",
                code="title_too_long",
                fix="Shorten it.",
            )
    check_texts((), titles)


def check_counts(*, media: int, accounts: int) -> None:
    """InvalidInput (`too_many_media`, `too_many_accounts`)."""
    if media > MAX_MEDIA:
        raise InvalidInput(
            f"A post holds {MAX_MEDIA} media; this one has {media}.",
            code="too_many_media",
            fix="Split it into several posts.",
        )
    if accounts > MAX_ACCOUNTS:
        raise InvalidInput(
            f"A post goes to {MAX_ACCOUNTS} accounts at most; this one to {accounts}.",
            code="too_many_accounts",
            fix="Split it into several posts.",
        )


def check_parts(parts: Sequence[str]) -> None:
    """InvalidInput (`too_many_parts`, `empty_part`); `parts` are those after the post."""
    if len(parts) + 1 > MAX_PARTS:
        raise InvalidInput(
            f"A thread has {MAX_PARTS} parts at most; this one has {len(parts) + 1}.",
            code="too_many_parts",
            fix="Split it into several posts.",
        )
    for number, text in enumerate(parts, start=2):
        if not text.strip():
            raise InvalidInput(
                f"Part {number} of the thread is empty.",
                code="empty_part",
                fix="Write something, or leave the part out.",
            )


def check_link(link: str | None) -> None:
    """InvalidInput (`bad_link`) for what is no web address; a missing scheme means https."""
    if link is None or not link.strip():
        return
    typed = link.strip()
    if len(typed) > MAX_LINK or has_half_characters(typed) or not _is_web_address(typed):
        raise InvalidInput(
            f"'{typed[:80]}' is not an address that a post can link to.",
            code="bad_link",
            fix=f"Write it as https://example.com/page, at most {MAX_LINK:,} characters.",
        )


def check_card(card: LinkCard | None) -> None:
    """InvalidInput (`bad_link`, `card_too_long`, `broken_text`)."""
    if card is None:
        return
    check_link(card.url)
    for name, words, most in (
        ("title", card.title, MAX_CARD_TITLE),
        ("description", card.description, MAX_CARD_DESCRIPTION),
    ):
        if len(words) > most:
            raise InvalidInput(
                f"The {name} of the link's card has {len(words):,} characters; "
                f"PostFlow keeps {most:,}.",
                code="card_too_long",
                fix="Shorten it; networks show two lines at most.",
            )
    check_texts((card.title, card.description), ())


def check_options(options: Options) -> None:
    """InvalidInput (`bad_option`) for what can't be kept; what a network takes is not asked."""
    for key, value in options:
        if not _OPTION_KEY.fullmatch(key):
            raise InvalidInput(
                f"'{key[:50]}' is not the name of an option.",
                code="bad_option",
                fix="See the names: postflow network options",
            )
        if len(value) > MAX_OPTION_VALUE or has_half_characters(value):
            raise InvalidInput(
                f"The value of the option {key} can't be kept: it has {len(value):,} characters, "
                "or broken ones.",
                code="bad_option",
                fix=f"Use at most {MAX_OPTION_VALUE} characters.",
            )
    if len(options) > MAX_OPTIONS:
        raise InvalidInput(
            f"An account takes {MAX_OPTIONS} options at most; there are {len(options)}.",
            code="bad_option",
            fix="Leave some away.",
        )


def check_key(key: str | None) -> None:
    """InvalidInput (`bad_idempotency_key`)."""
    if key is None:
        return
    if not 1 <= len(key) <= MAX_IDEMPOTENCY_KEY or has_half_characters(key):
        raise InvalidInput(
            f"This idempotency key can't be kept: it has {len(key)} characters, or broken ones.",
            code="bad_idempotency_key",
            fix=f"Use 1 to {MAX_IDEMPOTENCY_KEY} characters.",
        )


def _is_web_address(text: str) -> bool:
    if _NOT_IN_LINKS.search(text):
        return False
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = parts.hostname or ""
        _ = parts.port  # raises where it is no number
    except ValueError:
        return False
    if parts.scheme.lower() not in ("http", "https") or parts.username is not None:
        return False
    labels = host.removesuffix(".").split(".")
    return host == "localhost" or ":" in host or (len(labels) > 1 and all(labels))
