"""What the sandbox's LinkedIn checks and shows of what was chosen for a post.

Names and words of the Posts API (learn.microsoft.com, 2026-09-19).
"""

from __future__ import annotations

from postflow_desktop.sandbox.exchange import Json
from postflow_desktop.sandbox.linkedin_errors import invalid

VISIBLE_TO = {
    "PUBLIC": "",
    "LOGGED_IN": "LinkedIn members can see it",
    "CONNECTIONS": "Connections can see it",
}


def chosen_of(body: Json) -> Json:
    """The checked fields, as they are kept and told."""
    visibility = body.get("visibility")
    if visibility not in VISIBLE_TO:
        raise invalid("/visibility", "is not an enum symbol")
    if visibility == "CONNECTIONS" and ":organization:" in str(body.get("author")):
        raise invalid("/visibility", "CONNECTIONS is not allowed for an organization")
    forbids = body.get("isReshareDisabledByAuthor", False)
    if not isinstance(forbids, bool):
        raise invalid("/isReshareDisabledByAuthor", "is not a boolean")
    return {"visibility": visibility, "isReshareDisabledByAuthor": forbids}


def notes_of(post: Json) -> tuple[str, ...]:
    """What the page says of them."""
    seen_by = VISIBLE_TO.get(post.get("visibility", ""), "")
    reshares = "No reposts" if post.get("isReshareDisabledByAuthor") else ""
    return tuple(words for words in (seen_by, reshares) if words)
