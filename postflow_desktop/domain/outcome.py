"""What came of one attempt, in the classes that decide what happens next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from postflow_desktop.domain.quota import Quota


class OutcomeKind(StrEnum):
    """The kinds of outcome; the letter is the class of the publish protocol."""

    PUBLISHED = "published"
    NOT_SENT = "not_sent"
    """A: no byte of the request reached a socket."""
    REJECTED_FOR_NOW = "rejected_for_now"
    """B: the network said later (429, documented quota)."""
    REJECTED = "rejected"
    """C: the network said no, and its documentation says that no means no."""
    UNAUTHORIZED = "unauthorized"
    """D: the token was refused."""
    AMBIGUOUS = "ambiguous"
    """E: it may be out or not."""
    PROCESSING = "processing"
    """F: accepted, not out yet."""
    DUPLICATE = "duplicate"
    """G: refused as a duplicate."""

    @property
    def letter(self) -> str:
        """A to G as in the protocol; `+` for published."""
        return _LETTERS[self]


_LETTERS = {
    OutcomeKind.PUBLISHED: "+",
    OutcomeKind.NOT_SENT: "A",
    OutcomeKind.REJECTED_FOR_NOW: "B",
    OutcomeKind.REJECTED: "C",
    OutcomeKind.UNAUTHORIZED: "D",
    OutcomeKind.AMBIGUOUS: "E",
    OutcomeKind.PROCESSING: "F",
    OutcomeKind.DUPLICATE: "G",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishResult:
    """Where the post is."""

    external_id: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one irreversible call led to; text fields carry no secrets."""

    kind: OutcomeKind
    result: PublishResult | None = None
    code: str = ""
    message: str = ""
    """A sentence for the person."""
    fix: str = ""
    status: int | None = None
    """HTTP status, where there was one."""
    received: str = ""
    """The beginning of the reply, redacted."""
    retry_at: datetime | None = None
    new_wire: bool = False
    """The stored wire form can't be used again (its key is taken by something else)."""
    upload_again: bool = False
    """The network dropped uploaded media; upload the same bytes and send the same wire form."""
    quotas: tuple[Quota, ...] = ()
    """What the rate headers of the reply said about the limits of the account."""
