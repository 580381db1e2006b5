"""What the sandbox's Bluesky shows of the labels and languages of a post."""

from __future__ import annotations

from postflow_desktop.sandbox.exchange import Json


def notes_of(record: Json) -> tuple[str, ...]:
    """What the page says of them; the record was checked when it came."""
    labels = [value["val"] for value in record.get("labels", {}).get("values", [])]
    langs = record.get("langs", [])
    marked = f"Content warning: {', '.join(labels)}" if labels else ""
    written = f"Written in {', '.join(langs)}" if langs else ""
    return tuple(words for words in (marked, written) if words)
