"""A whole simulated world: built from a scenario, run to its end, and judged."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast

from postflow_desktop.cluster.attempts import MongoAttemptStore
from postflow_desktop.cluster.budgets import MongoBudgetStore
from postflow_desktop.cluster.gates import MongoGateStore
from postflow_desktop.cluster.payloads import MongoPayloadStore
from postflow_desktop.cluster.posts import MongoPostStore
from postflow_desktop.cluster.presence import MongoPresenceStore
from postflow_desktop.cluster.targets import MongoTargetStore
from postflow_desktop.domain.errors import ClusterUnreachable, MachineProblem, PostFlowError
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.presence import PublisherProcess
from postflow_desktop.domain.target import Target
from postflow_desktop.services.ports.targets import Scope
from postflow_desktop.services.presence import Attendance
from postflow_desktop.services.publishing.clustertime import ClusterTime
from postflow_desktop.services.publishing.engine import PublishingEngine
from postflow_desktop.services.publishing.parts import PublishingParts
from postflow_desktop.services.publishing.timings import Timings
from tests.simulation import content
from tests.simulation.kernel import Died, Kernel
from tests.simulation.machines import Line, Machine, Process, SimulatedJournal, SimulatedProcesses
from tests.simulation.memory_mongo import MemoryClient
from tests.simulation.networks import NETWORKS, Service
from tests.simulation.oracle import Violation, Watcher
from tests.simulation.people import People
from tests.simulation.publishers import SimulatedPublisher
from tests.simulation.scenario import (
    PointFault,
    ReadFault,
    ReplyFault,
    Scenario,
    TimedFault,
)
from tests.simulation.server import Heard, Server
from tests.simulation.verdict import is_over

BEGINNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
WORKSPACE = "w-simulated"
PATIENCE = 3 * 86_400.0
"""Seconds of simulated time."""
_LETTERS = {network: letter for letter, network in NETWORKS.items()}
ROUNDS = 2500
"""Of all processes together; more means that they run in circles."""


class World:
    """One run; nothing in it depends on real time, and its seed decides all the rest."""

    def __init__(self, scenario: Scenario, on_call: Heard | None = None) -> None:
        self.scenario = scenario
        self.chance = random.Random(scenario.seed ^ 0x5EED)
        self.timings = Timings()
        self.kernel = Kernel()
        self.skew = 0.0
        """How far the cluster's present leader is ahead of the first one, in seconds."""
        self.passed: Counter[str] = Counter()
        self.struck: Counter[str] = Counter()
        self.requests = 0
        self.rounds = 0
        self.server = Server(clock=self.cluster_time, on_call=on_call)
        for spec in content.COLLECTIONS:
            self.server.add_indexes(spec.name, spec.indexes)
        self.office = cast(Any, MemoryClient(self.server)["main"])
        self.targets = MongoTargetStore(self.office)
        self.posts = MongoPostStore(self.office)
        self.payloads = MongoPayloadStore(self.office)
        self.watcher = Watcher(
            now=self.cluster_time,
            time=lambda: self.kernel.now,
            payload=self.payload,
            documents=lambda: self.server.documents("schedules"),
            letter=lambda network: _LETTERS[Network(network)],
            grace=content.grace(scenario, self.timings),
            send_deadline=self.timings.send_deadline,
            longest_wait=self.timings.backoff_cap + 60.0,
        )
        self.server.on_commit = self.watcher.committed
        self.services = {letter: self._service(letter) for letter in NETWORKS}
        self.organization_id = self.new_id()
        self.accounts: dict[str, Network] = {}
        self.planned = content.fill(self)
        self.machines = [
            Machine(self.kernel, f"m{number}", spec, BEGINNING)
            for number, spec in enumerate(scenario.machines)
        ]
        self.processes: list[Process] = []
        self.people = People(self)
        self.watcher.on_question = self.people.asked
        self._paused = False
        self._points: dict[tuple[str, int], PointFault] = {}
        self._replies: dict[int, ReplyFault] = {}
        self._reads: set[tuple[str, int]] = set()
        self._plan_faults()

    def new_id(self) -> str:
        """An id that nobody has, the same in every run of the seed."""
        return f"{self.chance.getrandbits(96):024x}"

    def cluster_time(self) -> datetime:
        """The server's clock; dates of MongoDB count milliseconds."""
        return BEGINNING + timedelta(milliseconds=int((self.kernel.now + self.skew) * 1000))

    def start(self) -> None:
        """Switch the machines on."""
        for machine in self.machines:
            for _ in range(machine.spec.processes):
                self.kernel.after(machine.spec.starts, partial(self.boot, machine))

    def run(self) -> bool:
        """Until nothing can happen any more; False where that never comes."""
        self.start()
        return self.kernel.run(self._is_over, PATIENCE)

    def _is_over(self) -> bool:
        """Asked after every turn, answered when somebody has come to the end of a round."""
        if not self._paused or self.kernel.pending:
            return False
        self._paused = False
        return is_over(self)

    def boot(self, machine: Machine) -> None:
        """Start a process on a machine."""
        name = f"{machine.name}-{len(machine.processes)}"
        process = Process(machine, name)
        machine.processes.append(process)
        engine = PublishingEngine(self.parts(process))
        self.processes.append(process)
        process.busy = machine.spec.threads
        for _ in range(machine.spec.threads):
            self.kernel.spawn(process, lambda: self._live(process, engine))

    def parts(self, process: Process) -> PublishingParts:
        """What an engine of that process works with."""
        machine = process.machine
        client = MemoryClient(self.server, Line(process, self.point).call)
        database: Any = client["main"]
        cluster_time = ClusterTime(machine)
        return PublishingParts(
            workspace_id=WORKSPACE,
            scope=Scope(
                organization_ids=(self.organization_id,),
                networks=frozenset(NETWORKS.values()),
                machine=machine.name,
            ),
            targets=MongoTargetStore(database),
            attempts=MongoAttemptStore(database),
            payloads=MongoPayloadStore(database),
            posts=MongoPostStore(database),
            media=content.Pictures(self),
            sessions=content.Sessions(self.accounts),
            publishers={
                network: SimulatedPublisher(
                    around=_Around(self, process),
                    service=self.services[letter],
                    network=network,
                    rules=content.rules(network),
                    clock=cluster_time,
                    resend_class=self.services[letter].resend_class,
                )
                for letter, network in NETWORKS.items()
            },
            journal=SimulatedJournal(machine, self.point, self.watcher.journaled),
            processes=SimulatedProcesses(process),
            clock=machine,
            timings=self.timings,
            random=self.chance.random,
            cluster_time=cluster_time,
            gates=MongoGateStore(database),
            budgets=MongoBudgetStore(database),
            attendance=self._attendance(process, database),
        )

    def _attendance(self, process: Process, database: Any) -> Attendance | None:
        if not self.scenario.presence:
            return None
        machine = process.machine
        who = PublisherProcess(
            machine=machine.name,
            name=machine.name,
            kind=machine.spec.kind,
            process=process.process_id,
            version="1",
            organization_ids=(self.organization_id,),
        )
        store = MongoPresenceStore(database)
        return Attendance(who, store, machine, self.chance.random)

    def _live(self, process: Process, engine: PublishingEngine) -> None:
        """What `PublisherRunner` makes of a process, on one thread of it."""
        failures, nap = 0, self.timings.poll
        while True:
            self.rounds += 1
            if self.rounds > ROUNDS:
                raise Violation("STUCK: everybody runs in circles")
            try:
                worked = bool(engine.recover())
                engine.beat()
                while engine.work_once():
                    worked = True
                wake = engine.next_wake()
            except (ClusterUnreachable, MachineProblem):
                failures += 1
                self.kernel.pause(min(self.timings.poll, 2.0**failures))
                continue
            except PostFlowError as error:
                self.struck[f"error {error.code}"] += 1
                worked, wake = False, None
            failures = 0
            # Polls become rarer where nothing happens: they only cost time here.
            self._paused = True
            process.busy -= 1
            nap = self.timings.poll if worked else min(nap * 2, 600.0)
            self.kernel.rest(nap if wake is None else min(nap, max(0.05, wake)))
            process.busy += 1

    # What happens to whoever comes somewhere

    def point(self, name: str) -> None:
        """Somebody is here: time passes, others run, and what is planned happens."""
        task = self.kernel.running
        if task is None or not isinstance(task.owner, Process):
            return
        if not task.owner.alive:
            raise Died
        self.passed[name] += 1
        fault = self._points.get((name, self.passed[name]))
        if fault is not None:
            self.strike(fault.action, task.owner, fault.seconds, fault.restart)
        drawn = self.chance.random()
        if drawn > 0.6:
            drawn = self.chance.random() * (0.05 if drawn < 0.95 else 2.0)
            self.kernel.pause(drawn)
        elif fault is not None:
            self.kernel.pause(0.0)

    def pause(self, seconds: float) -> None:
        """Time passes for whoever runs."""
        self.kernel.pause(seconds)

    def strike(self, action: str, process: Process, seconds: float, restart: float) -> None:
        """Do this to a process or its machine."""
        self.struck[action] += 1
        if action == "kill":
            self.kill(process, restart)
        elif action == "power":
            for one in [p for p in process.machine.processes if p.alive]:
                self.kill(one, restart)
        elif action == "failover":
            self.skew = self.chance.uniform(0.0, 0.5)
            for machine in self.machines:
                machine.suffer("cut", min(seconds, 12.0))
        elif action == "stop":
            process.stopped_until = self.kernel.now + seconds
        else:
            process.machine.suffer(action, seconds)

    def kill(self, process: Process, restart: float) -> None:
        """As SIGKILL does; another one starts later."""
        process.alive = False
        self.kernel.after(restart, lambda: self.boot(process.machine))

    def next_reply(self) -> ReplyFault | None:
        """What is planned for this publish request."""
        self.requests += 1
        fault = self._replies.get(self.requests)
        if fault is not None:
            self.struck[fault.kind] += 1
        return fault

    def next_read(self, what: str) -> bool:
        """Whether this look or preparation goes wrong."""
        self.passed[f"read {what}"] += 1
        return (what, self.passed[f"read {what}"]) in self._reads

    def _plan_faults(self) -> None:
        for fault in self.scenario.faults:
            match fault:
                case PointFault():
                    self._points[fault.point, fault.nth] = fault
                case ReplyFault():
                    self._replies[fault.nth] = fault
                case ReadFault():
                    self._reads.add((fault.what, fault.nth))
                case TimedFault():
                    self.kernel.after(fault.at, partial(self._strike_machine, fault))

    def _strike_machine(self, fault: TimedFault) -> None:
        machine = self.machines[fault.machine]
        process = next((p for p in machine.processes if p.alive), None)
        if process is not None:
            self.strike(fault.action, process, fault.seconds, fault.restart)

    # What there is to publish

    def _service(self, letter: str) -> Service:
        return Service(
            letter=letter,
            now=lambda: self.kernel.now,
            wall=self.cluster_time,
            lag=self.scenario.lag,
            on_taken=self.watcher.made,
        )

    def payload(self, content_hash: str) -> Payload:
        """The content that has this hash."""
        payload = self.payloads.get(content_hash)
        assert payload is not None
        return payload

    def service_of(self, target: Target) -> Service:
        """The network of a target, from inside."""
        return self.services[_LETTERS[target.network]]

    def look(self, target: Target) -> Target:
        """As it is now."""
        found = self.targets.get(self.organization_id, target.id)
        assert found is not None
        return found

    def close(self) -> None:
        """End all that runs."""
        self.kernel.close()


@dataclass(frozen=True)
class _Around:
    """The world as a publisher of one process sees it."""

    world: World
    process: Process

    @property
    def timings(self) -> Timings:
        return self.world.timings

    def point(self, name: str) -> None:
        self.world.point(name)

    def pause(self, seconds: float) -> None:
        self.world.pause(seconds)

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        self.world.kernel.after(seconds, act)

    def next_reply(self) -> ReplyFault | None:
        return self.world.next_reply()

    def next_read(self, what: str) -> bool:
        return self.world.next_read(what)

    def leaves(self, wire: dict[str, Any]) -> float:
        return self.world.watcher.leaves(self.process, wire)

    def refused(self, wire: dict[str, Any], left: float) -> None:
        self.world.watcher.refused(wire["target"], left)

    def kept(self, wire: dict[str, Any], left: float) -> None:
        self.world.watcher.kept(wire["target"], left)
