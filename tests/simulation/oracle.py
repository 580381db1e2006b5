"""What must hold at every step, and how everything must stand in the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.step import content_of
from postflow_desktop.services.ports.journal import JournalEntry, JournalStage
from tests.simulation.expressions import Document
from tests.simulation.machines import Process
from tests.simulation.networks import Taken


class Violation(AssertionError):
    """A promise was broken."""


@dataclass(frozen=True)
class Barrier:
    """A barrier that was committed."""

    content_hash: str
    step: int


@dataclass
class Watcher:
    """Sees every commit, every request that leaves and every post that is made."""

    now: Callable[[], datetime]
    time: Callable[[], float]
    payload: Callable[[str], Payload]
    documents: Callable[[], dict[Any, Document]]
    letter: Callable[[str], str]
    """The resend class of a network."""
    grace: float
    send_deadline: float
    longest_wait: float
    paused: set[str] = field(default_factory=set)
    """Ids of organizations, accounts and targets whose pause is confirmed and stands."""
    barriers: dict[str, Barrier] = field(default_factory=dict)
    marked: set[str] = field(default_factory=set)
    """Targets of which the first byte may have left, as `id` or `id/step`."""
    told: set[str] = field(default_factory=set)
    """Attempts whose success was told and, by the promise, is on a disk."""
    attempts: dict[tuple[str, float], str] = field(default_factory=dict)
    """By target and step and the time when its request left."""
    open: dict[str, list[float]] = field(default_factory=dict)
    """When requests left of which nobody can know what became, by target and step."""
    taken: dict[str, list[Taken]] = field(default_factory=dict)
    dared: dict[str, list[float]] = field(default_factory=dict)
    """When a person said that a target is to go out though an earlier request may be out."""
    asked: set[str] = field(default_factory=set)
    """Targets that ever needed attention."""
    on_question: Callable[[str], None] = lambda _: None
    looked: dict[str, float] = field(default_factory=dict)
    """When a target was last taken to be looked for."""
    linked: dict[str, float] = field(default_factory=dict)
    """When it was first said which post it is."""
    failures: list[str] = field(default_factory=list)

    def require(self, holds: bool, what: str) -> None:
        """Violation, and remembered should somebody catch it."""
        if not holds:
            self.failures.append(what)
            raise Violation(what)

    def committed(self, name: str, old: Document | None, new: Document) -> None:
        """A write took effect."""
        if name != "schedules" or old is None:
            return
        before, after = old["status"], new["status"]
        told = f"{before} → {after} of {new['_id']}"
        self.require(new["rev"] == old["rev"] + 1, f"rev of {told}")
        self.require(new["fence"] >= old["fence"], f"the fence went back: {told}")
        if before == "published":
            self.require(after == "published", f"published was unset: {told}")
        if before == "canceled":
            kept = after in {"canceled", "pending", "published"}
            self.require(kept, f"canceled, and yet {told}")
        for one, other in zip(old.get("steps") or (), new.get("steps") or (), strict=False):
            if one["status"] == "published":
                self.require(one == other, f"a published step was changed: {told}")
        if after == "needs_attention":
            self.asked.add(str(new["_id"]))
            if before != "needs_attention":
                self.on_question(str(new["_id"]))
        if after == "pending" and new["notBefore"] > new["scheduledAt"] and not new.get("hold"):
            wait = (new["notBefore"] - self.now()).total_seconds()
            self.require(wait <= self.longest_wait, f"put off for {wait:.0f} s: {told}")
        self._looked(old, new)
        self._entered(old, new, told)
        self._patiently(old, new, told)

    def _looked(self, old: Document, new: Document) -> None:
        ids, now = str(new["_id"]), self.time()
        watched = new["status"] == "needs_attention" == old["status"]
        if new["status"] == "reconciling" or watched:
            self.looked[ids] = now
        if new.get("result") and not old.get("result"):
            self.linked[ids] = now

    def _patiently(self, old: Document, new: Document, told: str) -> None:
        """Nobody decides by a look while the request may still be under way."""
        asked = new["status"] == "needs_attention" != old["status"]
        if not asked or new["lastError"]["code"] != "may_be_out":
            return
        ids = str(new["_id"])
        left = [at for key, some in self.open.items() if key.startswith(ids) for at in some]
        passed = self.time() - max(left, default=-1000.0)
        self.require(passed >= self.send_deadline, f"looked after {passed:.0f} s: {told}")

    def _entered(self, old: Document, new: Document, told: str) -> None:
        now, lease = self.now(), old.get("lease")
        if new["fence"] > old["fence"] and new["status"] in {"claimed", "reconciling"}:
            # A person may take it away at any time; another machine must wait for the lease.
            given_up = new.get("lease") is None or lease is None or lease["until"] < now
            self.require(given_up, f"taken from a holder: {told}")
        if new["status"] == "claimed" and old["status"] == "pending":
            due = max(new["scheduledAt"], new["notBefore"]) <= now
            self.require(due or bool(new.get("steps")), f"EARLY: {told}")
        if new["status"] == "missed" and old["status"] != "missed":
            late = (now - new["scheduledAt"]).total_seconds()
            self.require(late > self.grace, f"missed after {late:.0f} s: {told}")
        if new["status"] == "sending" and old["status"] != "sending":
            self.require(old["status"] in {"claimed", "reconciling"}, f"no barrier from {told}")
            held = lease is not None and lease["until"] > now
            self.require(held, f"a barrier after the lease: {told}")
            ids = {str(new[name]) for name in ("_id", "organizationId", "socialAccountId")}
            self.require(not ids & self.paused, f"a barrier behind a pause: {told}")
        if new["status"] == "sending" and new["intent"] != old.get("intent"):
            attempt = new["intent"]["attemptId"]
            self.require(attempt not in self.barriers, f"a second barrier of {attempt}")
            step = int(attempt.split("#")[1])
            self.barriers[attempt] = Barrier(new["contentHash"], step)

    def journaled(self, entry: JournalEntry) -> None:
        """Something is on a disk."""
        if entry.stage is JournalStage.WRITING:
            self.marked.add(entry.target_id)

    def leaves(self, process: Process, wire: dict[str, Any]) -> float:
        """A request goes out: only behind a barrier that stands, and that its sender knows of."""
        found = self._document(wire["target"])
        told = f"{wire['target']} left while {found['status']}"
        self.require(found["status"] == "sending", told)
        attempt = found["intent"]["attemptId"]
        own = found["intent"]["process"] == process.process_id
        self.require(own, f"{told} by another process")
        known = attempt in process.acknowledged
        self.require(known, f"{told} without an acknowledged barrier")
        self.require(found["lease"]["until"] > self.now(), f"{told} after its lease")
        self.require(json.loads(found["wire"]) == wire, f"{told} with another request")
        barrier = self.barriers[attempt]
        approved = content_of(self.payload(barrier.content_hash), barrier.step)
        self.require(approved.text == wire["text"], f"{told} with what was not approved")
        if wire["parent"] is not None:
            posts = [post for some in self.taken.values() for post in some]
            known = any(wire["parent"] in (post.external_id, post.url) for post in posts)
            self.require(known, f"{told} in reply to nothing")
        self._not_blindly(wire["target"], told)
        left = self.time()
        self.open.setdefault(wire["target"], []).append(left)
        self.attempts[wire["target"], left] = attempt
        return left

    def _not_blindly(self, target: str, told: str) -> None:
        """Where a second request makes a second post, the first one must have been refused."""
        document = self._document(target)
        if self.letter(document["platform"]) in "KC":
            return
        dared = max(self.dared.get(str(document["_id"]), []), default=-1.0)
        unknown = [moment for moment in self.open.get(target, ()) if moment > dared]
        self.require(not unknown, f"{told}, sent again blindly after {unknown}")

    def refused(self, target: str, left: float) -> None:
        """The sender was told that a request was not taken."""
        self.open[target].remove(left)

    def kept(self, target: str, left: float) -> None:
        """Its success was told, and whoever was told has said that it is kept."""
        self.told.add(self.attempts[target, left])

    def _document(self, target: str) -> Document:
        """The stored target of a key `id` or `id/step`."""
        one = target.partition("/")[0]
        return next(d for key, d in self.documents().items() if str(key) == one)

    def made(self, post: Taken) -> None:
        """A network made a post."""
        posts = self.taken.setdefault(post.target, [])
        posts.append(post)
        dared = self.dared.get(post.target.partition("/")[0], [])
        since = Counter(sum(one.left >= moment for moment in dared) for one in posts)
        told = [(one.left, f"{one.at:%H:%M:%S}") for one in posts]
        self.require(max(since.values()) == 1, f"DUPLICATE: {post.target} {told}")
