"""Pauses and late rules in documents, and their shape in the validators."""

from __future__ import annotations

from typing import Any

from postflow_desktop.cluster.documents import Document, to_object_id
from postflow_desktop.domain.late import LatePolicy, LateRule
from postflow_desktop.domain.pause import Pause


def pause_expression(reason: str, by: str) -> Document:
    """A pause that begins with the update it is part of."""
    return {"reason": {"$literal": reason}, "by": to_object_id(by), "at": "$$NOW"}


def read_pause(value: dict[str, Any] | None) -> Pause | None:
    """A stored pause, or None."""
    if value is None:
        return None
    return Pause(reason=value.get("reason", ""), by=str(value["by"]), at=value["at"])


def late_document(rule: LateRule) -> Document:
    """A late rule as it is stored."""
    return {"policy": rule.policy.value, "graceMinutes": rule.grace_minutes}


def read_late(value: dict[str, Any] | None) -> LateRule | None:
    """A stored late rule, or None."""
    if value is None:
        return None
    return LateRule(policy=LatePolicy(value["policy"]), grace_minutes=value["graceMinutes"])
