"""What the palette finds: entries, and their order for what was typed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from postflow_desktop.ui.shell.fuzzy import score

RECENT = "Recent"
ACTIONS = "Actions"
POSTS = "Posts"
CHANNELS = "Channels"
GO_TO = "Go to"
SECTIONS = (RECENT, ACTIONS, POSTS, CHANNELS, GO_TO)
MARKS = {">": ACTIONS, "@": CHANNELS, "/": GO_TO}
"""Typed first, a mark leaves one section only."""
_PER_SECTION = 6
_RECENT_BONUS = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing the palette can do."""

    id: str
    section: str
    title: str
    icon: str
    run: Callable[[], object]
    shortcut: str = ""
    keywords: str = ""
    note: str = ""
    """Said at the end of the row, as a post's time; it is never cut."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed: the section it is limited to, and the words."""

    section: str
    words: str


def parse_wish(text: str) -> Wish:
    """The mark and the words."""
    typed = text.lstrip()
    section = MARKS.get(typed[:1], "")
    return Wish(section, (typed[1:] if section else typed).strip())


def rank(
    entries: Sequence[Entry], text: str, recent: Sequence[str], posts: Sequence[Entry] = ()
) -> list[Entry]:
    """The entries to show, section by section; posts come ranked by the search."""
    wish = parse_wish(text)
    if not wish.words:
        return _without_words(entries, wish, recent)
    found: dict[str, list[tuple[float, Entry]]] = {}
    for entry in entries:
        value = _value(entry, wish.words, recent)
        if value is not None and wish.section in ("", entry.section):
            found.setdefault(entry.section, []).append((value, entry))
    shown = {
        section: [entry for _, entry in sorted(rows, key=lambda row: -row[0])][:_PER_SECTION]
        for section, rows in found.items()
    }
    if not wish.section:
        shown[POSTS] = list(posts)[:_PER_SECTION]
    return [entry for section in SECTIONS for entry in shown.get(section, ())]


def _without_words(entries: Sequence[Entry], wish: Wish, recent: Sequence[str]) -> list[Entry]:
    if wish.section:
        return [entry for entry in entries if entry.section == wish.section]
    by_id = {entry.id: entry for entry in entries}
    again = [by_id[name] for name in recent if name in by_id][:4]
    shown = [
        Entry(
            id=entry.id,
            section=RECENT,
            title=entry.title,
            icon=entry.icon,
            run=entry.run,
            shortcut=entry.shortcut,
        )
        for entry in again
    ]
    for section in (ACTIONS, GO_TO):
        rest = [e for e in entries if e.section == section and e not in again]
        shown.extend(rest[:_PER_SECTION])
    return shown


def _value(entry: Entry, words: str, recent: Sequence[str]) -> float | None:
    title = score(words, entry.title)
    other = score(words, entry.keywords) if entry.keywords else None
    values = [
        value for value in (title, None if other is None else other - 20) if value is not None
    ]
    if not values:
        return None
    return max(values) + (_RECENT_BONUS if entry.id in recent else 0.0)
