"""Rules of networks as commands print them: one table for people, one shape for scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from postflow_desktop.cli.output import table
from postflow_desktop.domain.network import Cap, NetworkRules
from postflow_desktop.domain.own_rules import FIELDS, OWN_SOURCE, OwnRules, source_of, value_of
from postflow_desktop.domain.time import utc_text

_DAY = re.compile(r"20\d\d-\d\d-\d\d")
_SAID = {field.attribute for field in FIELDS}
_PARTS = {"animation": "A GIF", "video": "A video", "document": "A document"}
_MORE = {
    "max_width": ("width", "pixels"),
    "max_height": ("height", "pixels"),
    "max_all_pixels": ("all frames", "pixels"),
    "min_bytes": ("at least", "bytes"),
    "min_seconds": ("at least", "seconds"),
    "codecs": ("codings", ""),
    "min_side": ("side, at least", "pixels"),
    "max_long_side": ("longer side", "pixels"),
    "max_short_side": ("shorter side", "pixels"),
    "max_aspect": ("longer by shorter side", ""),
    "mixed": ("beside pictures", ""),
    "types": ("kinds", ""),
    "max_title": ("title", "characters"),
}
"""What no file can change, by its name in the rules."""


def rules_document(rules: NetworkRules, own: OwnRules | None = None) -> dict[str, Any]:
    """A network with its rules, its options and where each number comes from."""
    changed = {} if own is None else own.values
    return {
        "network": rules.network.value,
        "title": rules.title,
        "rules": [*_listed(rules, changed), *_fixed(rules)],
        "options": [spec.key for spec in rules.options],
    }


def change_document(own: OwnRules | None, name: str = "") -> dict[str, Any] | None:
    """Who changed them, when and why."""
    if own is None:
        return None
    return {"by": own.by, "name": name or None, "at": utc_text(own.at), "note": own.note}


def rules_lines(document: Mapping[str, Any]) -> list[str]:
    """The table for people."""
    rows = [
        [
            f"  {rule['title']}",
            f"{shown(rule['value'])} {rule['unit']}".strip(),
            rule["source"],
        ]
        for rule in document["rules"]
    ]
    return [f"{document['title']} ({document['network']})", *table(rows)]


def shown(value: object) -> str:
    """A value for people."""
    if isinstance(value, list):
        return ", ".join(
            f"{one['posts']:,} in {_duration(one['seconds'])}" if isinstance(one, dict) else one
            for one in value
        )
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


def day_of(source: str) -> str | None:
    """The newest day that a source names."""
    return max(_DAY.findall(source), default=None)


def _listed(rules: NetworkRules, changed: Mapping[str, object]) -> list[dict[str, Any]]:
    listed = []
    for field in FIELDS:
        value = value_of(rules, field)
        if value is None or value == ():
            continue
        is_own = field.name in changed
        source = OWN_SOURCE if is_own else source_of(rules, field)
        listed.append(_rule(field.name, field.title, value, field.unit, source) | {"own": is_own})
    return listed


def _fixed(rules: NetworkRules) -> list[dict[str, Any]]:
    found = []
    for part, title in _PARTS.items():
        holder: Any = getattr(rules, part, None)
        for field in () if holder is None else fields(holder):
            value = getattr(holder, field.name)
            if f"{part}.{field.name}" in _SAID or field.name not in _MORE or not value:
                continue
            words, unit = _MORE[field.name]
            name = f"{part}.{field.name}"
            found.append(
                _rule(name, f"{title}: {words}", value, unit, holder.source) | {"own": False}
            )
    return found


def _rule(name: str, title: str, value: Any, unit: str, source: str) -> dict[str, Any]:
    if isinstance(value, frozenset):
        value = sorted(value)
    if isinstance(value, tuple):
        value = [
            {"posts": one.posts, "seconds": one.seconds} if isinstance(one, Cap) else one
            for one in value
        ]
    return {
        "field": name,
        "title": title,
        "value": value,
        "unit": unit,
        "source": source,
        "date": day_of(source),
    }


def _duration(seconds: int) -> str:
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {word}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"
