"""Random calls of the stores' ports, from one seed, for both sides of a pair."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

from bson import ObjectId

from postflow_desktop.domain.network import Cap, Network
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.step import StepDone, steps_for
from postflow_desktop.domain.target import (
    Intent,
    Target,
    TargetError,
    TargetStatus,
    attempt_id,
)
from postflow_desktop.domain.time import plan_instant
from postflow_desktop.services.ports.targets import Scope, Settlement
from tests.simulation.pairs import Pair, Side

HASHES = ("a" * 64, "b" * 64)
NETWORKS = (Network.BLUESKY, Network.X)


class Story:
    """Random calls; every number in them is drawn once, for both sides."""

    def __init__(self, pair: Pair, seed: int) -> None:
        self.pair = pair
        self.chance = random.Random(seed)
        self._minutes = count(3)
        self.organization_id = self.new_id()
        self.accounts = [self.new_id() for _ in range(2)]
        self.user = self.new_id()
        self.targets = [self._planned(number) for number in range(6)]
        self.held: list[dict[str, Target]] = [{}, {}]
        """By target, what each side gave last."""
        self.calls: dict[str, Callable[[], None]] = {
            name.removeprefix("call_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("call_")
        }

    def new_id(self) -> str:
        return f"{self.chance.getrandbits(96):024x}"

    def begin(self) -> None:
        """The same organization, accounts and targets on both sides."""
        organization = {"_id": ObjectId(self.organization_id), "settings": {}, "rev": 1}
        self.pair.do("organization", partial(_insert, "organizations", organization))
        for account in self.accounts:
            document = {
                "_id": ObjectId(account),
                "organizationId": ObjectId(self.organization_id),
                "rev": 1,
            }
            self.pair.do("account", partial(_insert, "socialAccounts", document))
        self.pair.do("add", lambda s: s.targets.add([t(s) for t in self.targets]))
        for target in self.targets:
            for side, held in zip((self.pair.memory, self.pair.real), self.held, strict=True):
                made = target(side)
                held[made.id] = made

    def run(self, calls: int) -> None:
        for number in range(calls):
            name = self.chance.choice(sorted(self.calls))
            self.calls[name]()
            self.pair.compare(f"call {number}, {name}", ["schedules", "budgets"])

    def _planned(self, number: int) -> Callable[[Side], Target]:
        """A target at a time of its own, one of them a thread, one in a slot."""
        target_id, post_id = self.new_id(), self.new_id()
        payload = Payload(
            organization_id=self.organization_id,
            network=NETWORKS[number % 2],
            text="One",
            link_url=None,
            media=(),
            parts=("Two", "Three") if number == 1 else (),
        )
        minutes = next(self._minutes) * (1 if number % 3 == 0 else -1)

        def made(side: Side) -> Target:
            now = side.now()
            due = now + timedelta(minutes=4 * minutes)
            return Target(
                id=target_id,
                organization_id=self.organization_id,
                post_id=post_id,
                account_id=self.accounts[number % 2],
                network=payload.network,
                status=TargetStatus.PENDING,
                scheduled_at=due,
                not_before=due,
                content_hash=HASHES[0],
                from_queue=number == 4,
                steps=steps_for(payload),
                created_at=now,
                updated_at=now,
            )

        return made

    def _scope(self) -> Scope:
        chance = self.chance
        some = None
        if chance.random() < 0.2:
            some = tuple(chance.sample(sorted(self.held[0]), 3))
        paused = chance.random() < 0.1
        return Scope(
            organization_ids=(self.organization_id,),
            networks=frozenset(NETWORKS if chance.random() < 0.8 else NETWORKS[:1]),
            machine=chance.choice(("m0", "m1")),
            target_ids=some,
            wait=chance.choice((0.0, 0.0, 1000.0)),
            paused_accounts=frozenset(self.accounts[:1] if paused else ()),
        )

    def _keep(self, what: str, call: Callable[[Side], Any]) -> None:
        """Make the call and remember the targets that it gave."""
        for gave, held in zip(self.pair.do(what, call), self.held, strict=True):
            if isinstance(gave, Target):
                held[gave.id] = gave

    def _mine(self) -> Callable[[Side], Target]:
        """Some target as it was seen last, now and then a bit stale."""
        target_id = self.chance.choice(sorted(self.held[0]))
        fresh = self.chance.random() < 0.8

        def seen(side: Side) -> Target:
            held = self.held[0 if side is self.pair.memory else 1][target_id]
            return (side.targets.get(self.organization_id, target_id) or held) if fresh else held

        return seen

    def _settlement(self, step: StepDone | None = None) -> Settlement:
        chance = self.chance
        status = chance.choice(
            (
                TargetStatus.PUBLISHED,
                TargetStatus.PENDING,
                TargetStatus.PENDING,
                TargetStatus.RECONCILING,
                TargetStatus.RECONCILING,
                TargetStatus.FAILED,
                TargetStatus.MISSED,
                TargetStatus.CANCELED,
                TargetStatus.NEEDS_ATTENTION,
                TargetStatus.NEEDS_ATTENTION,
            )
        )
        error = TargetError(code="some", message="$nothing.of.it is read", fix="")
        result = PublishResult(external_id=chance.choice("xyz"), url="https://network.example/$x")
        published = status is TargetStatus.PUBLISHED
        return Settlement(
            status=status,
            delay=chance.choice((None, -240.0 * next(self._minutes), 240.0 * next(self._minutes))),
            error=None if published else chance.choice((None, error)),
            result=result if published else None,
            step=step,
            count_try=chance.random() < 0.3,
            drop_wire=chance.random() < 0.2,
            asked=chance.random() < 0.2,
            count_death=chance.random() < 0.2,
            watch_in=chance.choice((None, -1000.0, 1000.0)),
        )

    def call_claim(self) -> None:
        scope, lease = self._scope(), self.chance.choice((-1000.0, 1000.0, 1000.0))
        owner = f"p-{scope.machine}"
        self._keep("claim", lambda s: s.targets.claim(scope, owner, lease))

    def call_claim_often(self) -> None:
        self.call_claim()

    def call_extend(self) -> None:
        mine = self._mine()
        if mine(self.pair.memory).lease is not None:
            self.pair.do("extend", lambda s: s.targets.extend(mine(s), 2000.0))

    def call_barrier(self) -> None:
        mine, need = self._mine(), self.chance.choice((45.0, 45.0, 1500.0))
        lease = self.chance.choice((-1000.0, 1000.0))

        def pass_it(side: Side) -> Target | None:
            target = mine(side)
            intent = Intent(
                attempt_id=attempt_id(target.id, target.step, target.fence),
                step=target.step,
                machine="m0",
                process="p-m0",
                at=side.now(),
            )
            return side.targets.barrier(
                target, intent, '{"$wire": "$x"}', need=need, lease_seconds=lease
            )

        self._keep("barrier", pass_it)

    def call_barrier_often(self) -> None:
        self.call_barrier()

    def call_settle_attempt(self) -> None:
        mine, settlement = self._mine(), self._settlement()
        last = self.chance.random() < 0.5

        def settle(side: Side) -> Target | None:
            target = mine(side)
            attempt = attempt_id(target.id, target.step, target.fence)
            if target.intent is not None:
                attempt = target.intent.attempt_id
            known = settlement
            if target.steps and settlement.status is TargetStatus.PUBLISHED:
                done = StepDone(
                    n=target.step, attempt=attempt, external_id="s", url=None, is_last=last
                )
                status = TargetStatus.PUBLISHED if last else TargetStatus.PENDING
                known = replace(settlement, step=done, status=status)
            return side.targets.settle_attempt(self.organization_id, attempt, known)

        self._keep("settle_attempt", settle)

    def call_settle_hold(self) -> None:
        mine, settlement = self._mine(), self._settlement()
        self._keep("settle_hold", lambda s: s.targets.settle_hold(mine(s), settlement))

    def call_take_ambiguous(self) -> None:
        scope, quiet = self._scope(), self.chance.choice((0.0, 75.0, 5000.0))
        lease = self.chance.choice((-1000.0, 1000.0))

        def take(side: Side) -> Target | None:
            return side.targets.take_ambiguous(scope, "p", lease_seconds=lease, quiet_seconds=quiet)

        self._keep("take_ambiguous", take)

    def call_take_watched(self) -> None:
        scope, waits = self._scope(), self.chance.choice(((-1000.0,), (1000.0, 2000.0), ()))
        self._keep("take_watched", lambda s: s.targets.take_watched(scope, waits))

    def call_cancel(self) -> None:
        mine = self._mine()
        self._keep("cancel", lambda s: s.targets.cancel(mine(s)))

    def call_plan(self) -> None:
        mine, minutes = self._mine(), next(self._minutes) * self.chance.choice((-4, 4))
        content, slot = self.chance.choice(HASHES), self.chance.random() < 0.3

        def plan(side: Side) -> Target | None:
            planned = plan_instant(side.now() + timedelta(minutes=minutes), "Europe/Berlin")
            target = mine(side)
            return side.targets.plan(target, replace(planned, slot=slot), content, target.steps)

        self._keep("plan", plan)

    def call_look(self) -> None:
        scope, mine, quiet = self._scope(), self._mine(), self.chance.choice((0.0, 5000.0))
        organization, account = self.organization_id, self.accounts[0]
        posts = [target(self.pair.memory).post_id for target in self.targets]
        for what, call in {
            "is_linked": lambda s: s.targets.is_linked(mine(s), "x"),
            "held_by_machine": lambda s: s.targets.held_by_machine(scope),
            "unfinished": lambda s: s.targets.unfinished(scope),
            "next_wake": lambda s: s.targets.next_wake(scope, quiet),
            "of_posts": lambda s: s.targets.of_posts(organization, posts),
            "of_account": lambda s: s.targets.of_account(organization, account),
        }.items():
            self.pair.do(what, call)

    def call_pause(self) -> None:
        organization, account = self.organization_id, self.accounts[1]
        pauses: dict[str, Callable[[Side], Any]] = {
            "all": lambda s: s.pauses.pause_organization(organization, "Wait", self.user),
            "resume_all": lambda s: s.pauses.resume_organization(organization),
            "account": lambda s: s.pauses.pause_account(organization, account, "$x", self.user),
            "resume": lambda s: s.pauses.resume_account(organization, account),
        }
        for what in self.chance.sample(sorted(pauses), 2):
            self.pair.do(what, pauses[what])
        self.pair.do("standing", lambda s: s.gates.standing([organization]))

    def call_hold(self) -> None:
        mine, organization = self._mine(), self.organization_id
        if self.chance.random() < 0.5:
            self._keep("hold", lambda s: s.pauses.hold(organization, mine(s).id, "", self.user))
        else:
            self._keep("release", lambda s: s.pauses.release(organization, mine(s).id))

    def call_postpone(self) -> None:
        mine, minutes = self._mine(), next(self._minutes) * 4

        def postpone(side: Side) -> Target | None:
            planned = plan_instant(side.now() + timedelta(minutes=minutes), "UTC")
            return side.pauses.postpone(mine(side), planned)

        self._keep("postpone", postpone)

    def call_gates(self) -> None:
        mine = self._mine()
        self._keep("accept", lambda s: s.gates.accept(mine(s)))
        self.pair.do("lateness", lambda s: s.gates.lateness(mine(s)))
        self.pair.do("max_tries", lambda s: s.gates.max_tries(self.organization_id))

    def call_budget(self) -> None:
        mine = self._mine()
        cap = Cap(posts=3, seconds=86_400, source="tests")
        until = timedelta(minutes=4 * next(self._minutes))
        self.pair.do("take", lambda s: s.budgets.take(mine(s), cap))
        self.pair.do("turn", lambda s: s.budgets.take_turn(mine(s), spacing_seconds=1000.0))
        if self.chance.random() < 0.3:
            self.pair.do("block", lambda s: s.budgets.block(mine(s), s.now() + until))


def _insert(collection: str, document: dict[str, Any], side: Side) -> None:
    side.database[collection].insert_one(dict(document))
