"""Bringing a workspace to another version of its schema."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationStep:
    """A step that was taken."""

    version: int
    title: str
    back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """From which version to which, and by which steps."""

    before: int
    after: int
    steps: tuple[MigrationStep, ...]
