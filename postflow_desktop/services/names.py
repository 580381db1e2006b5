"""Names of people and organizations, and the short names made from them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.text import has_half_characters

MAX_NAME = 200
MAX_SLUG = 80
_MIN_SLUG = 2
_FALLBACK = "organization"


def clean_name(text: str) -> str:
    """The name without spaces around it, maybe empty; InvalidInput (`bad_name`)."""
    name = text.strip()
    if len(name) > MAX_NAME or has_half_characters(name):
        raise InvalidInput(
            f"This name can't be kept: it has {len(name)} characters, or broken ones.",
            code="bad_name",
            fix=f"Use at most {MAX_NAME} characters.",
        )
    return name


def slug_from(name: str) -> str:
    """Lower-case letters, digits and single hyphens, 2 to 80 characters; never empty.

    Accents fall away by NFKD; scripts without a Latin form leave the fallback.
    """
    letters = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG].strip("-")
    if len(slug) >= _MIN_SLUG:
        return slug
    return f"{_FALLBACK}-{slug}" if slug else _FALLBACK


def candidates(name: str, limit: int) -> Iterator[str]:
    """The slug of a name, then the same with -2, -3 … up to `limit`."""
    slug = slug_from(name)
    yield slug
    for number in range(2, limit + 1):
        ending = f"-{number}"
        yield slug[: MAX_SLUG - len(ending)].rstrip("-") + ending
