"""Why a network would refuse something: what composer, scheduling and publishing all show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a network would refuse it, and what to do."""

    code: str
    message: str
    fix: str
