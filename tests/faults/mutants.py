"""The protocol with one of its rules taken out; a test that lets one of them pass is no proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pymongo.write_concern import WriteConcern

from postflow_desktop.cluster import target_expressions, targets
from postflow_desktop.domain.network import Network, ResendClass
from postflow_desktop.domain.outcome import OutcomeKind, PublishResult
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.machine.journal import SqliteJournal
from postflow_desktop.machine.processes import HomeProcesses
from postflow_desktop.platforms.telegram.publisher import TelegramPublisher
from postflow_desktop.services.ports.publisher import Finding, Presence
from postflow_desktop.services.ports.targets import Settlement
from postflow_desktop.services.publishing import gates, reconciling, recovering, sending, settling
from postflow_desktop.services.publishing.clustertime import ClusterTime
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.transport import deadline

Mutant = Callable[[PublishingParts], PublishingParts]
MUTANTS: dict[str, Mutant] = {}


def mutant(weaken: Callable[[PublishingParts], PublishingParts | None]) -> Mutant:
    """Register it by its name; what it returns replaces the parts."""

    def weakened(parts: PublishingParts) -> PublishingParts:
        return weaken(parts) or parts

    MUTANTS[weaken.__name__] = weakened
    return weakened


def swap(owner: Any, name: str, new: Any) -> None:
    """Put something else in the place of what is known by this name."""
    assert hasattr(owner, name), name
    setattr(owner, name, new)


@mutant
def no_barrier(parts: PublishingParts) -> None:
    swap(sending.Sender, "_pass_barrier", lambda *_: True)


@mutant
def fence_not_counted(parts: PublishingParts) -> None:
    _change_updates(lambda change: {k: v for k, v in change.items() if k != "fence"})


@mutant
def client_clock(parts: PublishingParts) -> None:
    claimable = target_expressions.claimable

    def by_our_clock(scope: Any) -> dict[str, Any]:
        query = claimable(scope)
        query["$expr"]["$and"][0] = {"$lte": ["$notBefore", parts.clock.now()]}
        return query

    swap(target_expressions, "claimable", by_our_clock)


@mutant
def listing_proves_absence(parts: PublishingParts) -> None:
    swap(reconciling, "RESENDABLE", reconciling.RESENDABLE | {ResendClass.LISTING})


@mutant
def refusal_makes_safe(parts: PublishingParts) -> None:
    swap(reconciling, "RESENDABLE", reconciling.RESENDABLE | {ResendClass.DUPLICATE})


@mutant
def resend_where_nothing_can_be_asked(parts: PublishingParts) -> None:
    publisher = parts.publishers[Network.TELEGRAM]
    publisher.resend_class = ResendClass.KEY
    absent = Finding(presence=Presence.ABSENT)
    swap(TelegramPublisher, "find", lambda *_: absent)


@mutant
def nothing_heard_is_fine(parts: PublishingParts) -> None:
    attention = reconciling._attention

    def fine(code: str, message: str, watch_in: float | None = None) -> Settlement:
        asked = attention(code, message, watch_in)
        result = PublishResult(external_id="1", url="https://example.com/1")
        return replace(asked, status=TargetStatus.PUBLISHED, result=result)

    swap(reconciling, "_attention", fine)


@mutant
def retry_when_ambiguous(parts: PublishingParts) -> None:
    _settle_ambiguous(lambda found: Settlement(status=TargetStatus.PENDING, delay=0.0))


@mutant
def wire_dropped_when_ambiguous(parts: PublishingParts) -> None:
    _settle_ambiguous(lambda found: replace(found, drop_wire=True))


@mutant
def finalise_by_fence(parts: PublishingParts) -> None:
    def by_fence(query: dict[str, Any]) -> dict[str, Any]:
        own = next((one for one in query.get("$or", ()) if "intent.attemptId" in one), query)
        attempt = own.get("intent.attemptId")
        if attempt is None:
            return query
        rest = {k: v for k, v in query.items() if k not in ("$or", "intent.attemptId")}
        return {**rest, "status": own["status"], "fence": int(attempt.split("#")[2])}

    _change_queries(by_fence)


@mutant
def late_evidence_ignored(parts: PublishingParts) -> None:
    for known in (targets._EVIDENCE, targets._WITHOUT_REQUEST):
        known.remove(TargetStatus.NEEDS_ATTENTION)


@mutant
def waits_by_our_clock(parts: PublishingParts) -> None:
    swap(ClusterTime, "tell", lambda *_: None)


@mutant
def no_quiet_time(parts: PublishingParts) -> PublishingParts:
    object.__setattr__(parts.timings, "quiet", 0.0)
    return parts


@mutant
def guard_off(parts: PublishingParts) -> None:
    def no_question(self: sending._Guard) -> None:
        self._parts.journal.writing(self._attempt)

    swap(sending._Guard, "__call__", no_question)


@mutant
def no_deadline(parts: PublishingParts) -> None:
    swap(deadline.Deadline, "remaining", lambda _: 20.0)


@mutant
def journal_ignored(parts: PublishingParts) -> None:
    swap(SqliteJournal, "unsettled", lambda *_: [])


@mutant
def no_writing_mark(parts: PublishingParts) -> None:
    swap(SqliteJournal, "writing", lambda *_: None)
    swap(SqliteJournal, "response", lambda *_: None)


@mutant
def living_taken_for_dead(parts: PublishingParts) -> None:
    swap(HomeProcesses, "is_alive", lambda *_: False)


@mutant
def lease_not_checked_at_barrier(parts: PublishingParts) -> None:
    _change_queries(
        lambda query: (
            {k: v for k, v in query.items() if k != "$expr"} if "contentHash" in query else query
        )
    )


@mutant
def content_not_compared(parts: PublishingParts) -> None:
    _change_queries(
        lambda query: (
            {k: v for k, v in query.items() if k != "contentHash"} if "fence" in query else query
        )
    )


@mutant
def anybodys_post_is_ours(parts: PublishingParts) -> None:
    swap(targets.MongoTargetStore, "is_linked", lambda *_: False)


@mutant
def pauses_not_asked_for(parts: PublishingParts) -> None:
    swap(gates.Gatekeeper, "refusal", lambda *_: None)


@mutant
def pauses_asked_for_before(parts: PublishingParts) -> None:
    asked = gates._Gates.fresh
    swap(gates._Gates, "fresh", lambda self: self._recent() or asked(self))


@mutant
def barrier_ignores_fence_and_hold(parts: PublishingParts) -> None:
    _change_queries(
        lambda query: (
            {k: v for k, v in query.items() if k not in ("fence", "status", "hold", "$expr")}
            if "contentHash" in query
            else query
        )
    )


@mutant
def majority_dropped(parts: PublishingParts) -> None:
    store: Any = parts.targets
    alone = WriteConcern(w=1, j=True)
    swap(store, "_schedules", store._schedules.with_options(write_concern=alone))


def _settle_ambiguous(change: Callable[[Settlement], Settlement]) -> None:
    settle = settling.settlement_for

    def settlement_for(outcome: Any, target: Target, *args: Any, **named: Any) -> Settlement:
        found = settle(outcome, target, *args, **named)
        return change(found) if outcome.kind is OutcomeKind.AMBIGUOUS else found

    for module in (sending, recovering):
        swap(module, "settlement_for", settlement_for)


def _change_queries(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    update = targets.MongoTargetStore._find_and_update

    def find_and_update(self: Any, query: Any, new: Any, sort: Any = None) -> Any:
        return update(self, change(dict(query)), new, sort)

    swap(targets.MongoTargetStore, "_find_and_update", find_and_update)


def _change_updates(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    update = targets.MongoTargetStore._find_and_update

    def find_and_update(self: Any, query: Any, new: Any, sort: Any = None) -> Any:
        return update(self, query, change(dict(new)), sort)

    swap(targets.MongoTargetStore, "_find_and_update", find_and_update)
