"""This machine's own record of what it sent (on disk before it is sent)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class JournalStage(StrEnum):
    """How far an attempt got on this machine; a crash leaves it where it was."""

    BARRIER = "barrier"
    """Nothing was sent, and this proves it."""
    WRITING = "writing"
    """The first byte may have left."""
    RESPONSE = "response"
    """A reply was read and is kept here."""
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply as it was read."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One attempt on this machine."""

    attempt_id: str
    workspace_id: str
    organization_id: str
    target_id: str
    process: str
    stage: JournalStage
    wire: str = ""
    """What was sent; a reply is judged by it, whatever the target is to send by then."""
    reply: Reply | None = None


class Journal(Protocol):
    """SQLite with full sync; every call returns after the disk has it."""

    def begin(self, entry: JournalEntry) -> None:
        """Record an attempt at stage BARRIER; MachineProblem if the disk can't take it."""
        ...

    def writing(self, attempt_id: str) -> None:
        """The first byte follows."""
        ...

    def response(self, attempt_id: str, reply: Reply) -> None:
        """Keep the reply."""
        ...

    def done(self, attempt_id: str) -> None:
        """The cluster knows; the entry may be trimmed."""
        ...

    def get(self, attempt_id: str) -> JournalEntry | None:
        """One entry."""
        ...

    def unsettled(self, workspace_id: str) -> Sequence[JournalEntry]:
        """Entries that are not DONE, oldest first, of all processes of this home."""
        ...

    def trim(self, days: int, keep: int) -> int:
        """Forget entries that are DONE and older than that, or more than so many; how many."""
        ...


class ProcessRegistry(Protocol):
    """The processes of this home; each holds a lock of its own while it lives."""

    process_id: str
    """Id of this process: unique for ever, not the operating system's number."""
    machine_id: str
    """Id of this home."""

    def is_alive(self, process_id: str) -> bool:
        """Whether that process of this home still holds its lock."""
        ...
