"""How a schedule ended, and whether that is what was promised."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from postflow_desktop.domain.step import content_of
from postflow_desktop.domain.target import Target, TargetStatus, derive_post_status
from postflow_desktop.services.ports.journal import JournalStage
from postflow_desktop.services.publishing.timings import MAX_RECONCILIATIONS, MAX_SENDER_DEATHS
from tests.simulation.networks import Taken
from tests.simulation.oracle import Violation
from tests.simulation.scenario import ReplyFault

if TYPE_CHECKING:
    from tests.simulation.world import World

SETTLED = frozenset(
    {
        TargetStatus.PUBLISHED,
        TargetStatus.NEEDS_ATTENTION,
        TargetStatus.FAILED,
        TargetStatus.MISSED,
        TargetStatus.CANCELED,
    }
)


@dataclass
class Report:
    """What one or many schedules led to."""

    schedules: int = 0
    states: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    barriers: int = 0

    def add(self, other: Report) -> None:
        """Both together."""
        self.schedules += other.schedules
        self.requests += other.requests
        self.barriers += other.barriers
        for name in ("states", "asked", "struck"):
            getattr(self, name).update(getattr(other, name))


def is_over(world: World) -> bool:
    """Whether nothing can happen any more that matters."""
    now = world.kernel.now
    for machine in world.machines:
        if max(machine.frozen_until, machine.cut_until, machine.full_until) > now:
            return False
        if any(entry.stage is not JournalStage.DONE for entry in machine.disk.values()):
            return False
        if any(p.alive and p.stopped_until > now for p in machine.processes):
            return False
    if any(process.busy for process in world.processes if process.alive):
        return False
    return all(_rests(world, planned) for planned in world.planned)


def _rests(world: World, planned: Target) -> bool:
    target = world.look(planned)
    if target.status not in SETTLED:
        return False
    return not (target.status is TargetStatus.NEEDS_ATTENTION and _findable(world, target))


def _findable(world: World, target: Target) -> bool:
    """Whether it is there to be found by looking, and looking will go on."""
    service = world.service_of(target)
    if service.letter not in "DL" or not _taken(world, target, target.step):
        return False
    document = next(
        d for key, d in world.server.documents("schedules").items() if str(key) == target.id
    )
    return document.get("watchAt") is not None


def judge(world: World, over: bool) -> Report:
    """Violation where something is not as it was promised."""
    watcher = world.watcher
    if watcher.failures:
        raise Violation(watcher.failures[0])
    report = Report(
        schedules=1,
        struck=world.struck,
        requests=world.requests,
        barriers=len(watcher.barriers),
    )
    for planned in world.planned:
        target = world.look(planned)
        wrong = _wrong(world, target)
        if not over and not wrong:
            wrong = "STUCK: it does not come to rest"
        if wrong:
            raise Violation(f"{wrong}: {told(world, target)}")
        report.states[target.status.value] += 1
        if target.status is TargetStatus.NEEDS_ATTENTION:
            report.asked[world.service_of(target).letter] += 1
    return report


def told(world: World, target: Target) -> str:
    """A target in a line."""
    out = [len(_taken(world, target, n)) for n in range(max(1, len(target.steps)))]
    return (
        f"{world.service_of(target).letter} {target.status} taken {out} fence {target.fence}"
        f" tries {target.tries} deaths {target.sender_deaths} looks {target.reconciliations}"
        f" error {target.last_error} at {world.kernel.now:.0f} s"
    )


def _taken(world: World, target: Target, step: int) -> list[object]:
    return list(world.watcher.taken.get(f"{target.id}/{step}" if step else target.id, ()))


def _wrong(world: World, target: Target) -> str:
    post = world.posts.get(target.organization_id, target.post_id)
    if post is None or post.status is not derive_post_status([target]).status:
        return f"the post says {post and post.status}"
    for attempt in world.watcher.told:
        target_id, step, _ = attempt.split("#")
        if target_id == target.id and not _is_out(target, int(step)):
            return f"LOST: {attempt} was told that it is out"
    match target.status:
        case TargetStatus.PUBLISHED:
            return _wrong_published(world, target)
        case TargetStatus.NEEDS_ATTENTION:
            return _wrong_question(world, target)
        case TargetStatus.FAILED | TargetStatus.MISSED | TargetStatus.CANCELED:
            excused = target.id in world.people.gave_up or target.id in world.watcher.dared
            there = _taken(world, target, target.step)
            return f"LOST: {target.status}, and it is there" if there and not excused else ""
    return f"STUCK: {target.status}"


def _is_out(target: Target, step: int) -> bool:
    if target.status is TargetStatus.PUBLISHED:
        return True
    return step < len(target.steps) and target.steps[step].is_out


def _wrong_published(world: World, target: Target) -> str:
    """Of posts with the same words on the same account nobody can say which is whose."""
    if target.id in world.people.saw_it:
        return ""
    found = [(0, target.result.external_id)] if target.result else []
    found += [(s.n, s.external_id) for s in target.steps if s.is_out and s.external_id and s.n]
    for step, external_id in found:
        posts = [p for p in world.service_of(target).posts if p.external_id == external_id]
        if not posts or not _may_be(world, target, step, posts[0]):
            return f"LOST: step {step} is not there"
        if _links(world)[external_id] > 1:
            return f"LOST: step {step} is another target's post"
    return "" if found else "LOST: nobody knows where it is"


def _may_be(world: World, target: Target, step: int, post: Taken) -> bool:
    """Its own post, or one with the same words."""
    own = f"{target.id}/{step}" if step else target.id
    return post.target == own or post.text == text_of(world, target, step)


def _links(world: World) -> Counter[str]:
    """How many targets and steps are said to be which post."""
    links: Counter[str] = Counter()
    for planned in world.planned:
        target = world.look(planned)
        links.update({s.external_id for s in target.steps if s.external_id})
        if target.result is not None and not target.steps:
            links[target.result.external_id] += 1
    return links


def _wrong_question(world: World, target: Target) -> str:
    """Whether a person is asked who need not be."""
    if target.sender_deaths >= MAX_SENDER_DEATHS:
        return ""
    service, scenario = world.service_of(target), world.scenario
    if not scenario.faults:
        return "a person is asked for nothing"
    if service.letter in "KC":
        refused = any(isinstance(f, ReplyFault) and f.kind == "422" for f in scenario.faults)
        looked = target.reconciliations >= MAX_RECONCILIATIONS
        return "" if refused or looked else "a person is asked where nobody needs to be"
    if target.id not in world.watcher.marked:
        return "a person is asked though nothing was ever sent"
    if service.letter in "DL" and _taken(world, target, target.step):
        account, text = target.account_id, text_of(world, target, target.step)
        alike = [p for p in service.posts if (p.account, p.text) == (account, text)]
        single = len(alike) == 1 and not _links(world)[alike[0].external_id]
        return "LOST: there, and never found" if single and not _asked_too(world, target) else ""
    return ""


def _asked_too(world: World, target: Target) -> bool:
    """Whether a person is asked about another one with these words, whose post it may be.

    Or was asked, and dropped it: that says nothing about what became of its request.
    """
    text = text_of(world, target, target.step)
    others = [world.look(planned) for planned in world.planned if planned.id != target.id]
    return any(
        (other.status is TargetStatus.NEEDS_ATTENTION or _is_dropped(other))
        and other.account_id == target.account_id
        and text in _texts(world, other)
        for other in others
    )


def _is_dropped(target: Target) -> bool:
    return target.status is TargetStatus.CANCELED and target.intent is not None


def _texts(world: World, target: Target) -> tuple[str, ...]:
    payload = world.payload(target.content_hash)
    return (payload.text, *payload.parts, payload.first_comment or "")


def text_of(world: World, target: Target, step: int) -> str:
    """The words of a step."""
    return content_of(world.payload(target.content_hash), step).text
