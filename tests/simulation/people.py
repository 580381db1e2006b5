"""What people do while the machines publish: cancel, move, edit, and answer questions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bson import ObjectId

from postflow_desktop.cluster.pauses import MongoPauseStore
from postflow_desktop.domain.errors import Conflict
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.step import steps_for
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.domain.time import plan_instant
from postflow_desktop.services.attention import Answer, AttentionService
from postflow_desktop.services.planning import PLANNABLE
from postflow_desktop.services.ports.organizations import Membership, Role
from postflow_desktop.services.publishing.summaries import refresh_summary
from tests.simulation.scenario import Deed

if TYPE_CHECKING:
    from tests.simulation.world import World


class People:
    """They sit in an office whose line to the cluster is always good."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.canceled: set[str] = set()
        """Targets whose cancellation was confirmed and stands."""
        self.gave_up: set[str] = set()
        """Targets that were dropped or canceled while a request of them might be out."""
        self.saw_it: set[str] = set()
        """Targets of which a person said where they are."""
        owner = Membership(
            user_id=world.new_id(), organization_id=world.organization_id, role=Role.OWNER
        )
        self._desk = AttentionService(owner, world.posts, world.targets)
        self._pauses = MongoPauseStore(world.office)
        self._actor = owner.user_id
        self._deeds: dict[str, Callable[[Target, float], None]] = {
            "cancel": lambda target, _: self.cancel(target),
            "cancel_and_back": self._cancel_and_back,
            "edit": self._edit,
            "move": self._move,
            "foreign_edit": self._foreign_edit,
            "pause_all": self._pause_all,
            "pause_account": self._pause_account,
            "hold": self._hold,
            "postpone": self._postpone,
        }
        for fault in world.scenario.faults:
            if isinstance(fault, Deed):
                world.kernel.after(fault.at, partial(self._do, fault))

    def asked(self, target_id: str) -> None:
        """A target needs attention; sometimes somebody is there to give it."""
        scenario = self._world.scenario
        if scenario.answers:
            self._world.kernel.after(scenario.answers_after, lambda: self._answer(target_id))

    def cancel(self, target: Target) -> None:
        """Once this comes back, nothing of it may leave any more."""
        if self._world.targets.cancel(target) is None:
            return
        self.canceled.add(target.id)
        if target.status is TargetStatus.NEEDS_ATTENTION or target.is_begun:
            self.gave_up.add(target.id)
        self._told(target)

    def _do(self, deed: Deed) -> None:
        target = self._world.look(self._world.planned[deed.post])
        self._deeds[deed.what](target, deed.seconds)

    def _cancel_and_back(self, target: Target, seconds: float) -> None:
        self.cancel(target)
        later = self._world.look
        self._world.kernel.after(seconds, lambda: self._move(later(target), seconds))

    def _pause_all(self, target: Target, seconds: float) -> None:
        organization_id = target.organization_id
        self._pauses.pause_organization(organization_id, "Wait", self._actor)
        self._until(seconds, organization_id, self._pauses.resume_organization)

    def _pause_account(self, target: Target, seconds: float) -> None:
        account_id, organization_id = target.account_id, target.organization_id
        self._pauses.pause_account(organization_id, account_id, "Wait", self._actor)
        resume = self._pauses.resume_account
        self._until(seconds, account_id, lambda _: resume(organization_id, account_id))

    def _hold(self, target: Target, seconds: float) -> None:
        held = self._pauses.hold(target.organization_id, target.id, "Wait", self._actor)
        if held is not None:
            release = self._pauses.release
            self._until(seconds, target.id, lambda _: release(target.organization_id, target.id))

    def _until(self, seconds: float, held: str, resume: Callable[[str], object]) -> None:
        """From now on nothing of it passes a barrier, until somebody lifts the pause."""
        self._world.watcher.paused.add(held)

        def lift() -> None:
            self._world.watcher.paused.discard(held)
            resume(held)

        self._world.kernel.after(seconds, lift)

    def _postpone(self, target: Target, seconds: float) -> None:
        moment = self._world.cluster_time() + timedelta(seconds=seconds)
        self._pauses.postpone(target, plan_instant(moment, "Europe/Berlin"))
        self._told(target)

    def _move(self, target: Target, _: float) -> None:
        self._plan(target, self._world.payload(target.content_hash))

    def _edit(self, target: Target, _: float) -> None:
        payload = self._world.payload(target.content_hash)
        self._plan(target, _changed(payload))

    def _plan(self, target: Target, payload: Payload) -> None:
        if target.status not in PLANNABLE:
            return
        world = self._world
        world.payloads.put(payload)
        moment = world.cluster_time() + timedelta(seconds=20)
        steps = steps_for(payload, target.steps)
        try:
            planned = plan_instant(moment, "Europe/Berlin")
            moved = world.targets.plan(target, planned, payload.content_hash, steps)
        except Conflict:
            return
        if moved is not None:
            self.canceled.discard(target.id)
            if target.id in self.gave_up:
                self._dare(target.id)
            self._told(target)

    def _foreign_edit(self, target: Target, _: float) -> None:
        """A program that knows nothing of fences changes the approved content."""
        fresh = (TargetStatus.PENDING, TargetStatus.CLAIMED)
        if target.status not in fresh or target.wire is not None or target.steps:
            return
        payload = _changed(self._world.payload(target.content_hash))
        content_hash = self._world.payloads.put(payload)
        changed = {"contentHash": content_hash, "rev": {"$add": ["$rev", 1]}}
        schedules = self._world.office["schedules"]
        schedules.update_one({"_id": ObjectId(target.id)}, [{"$set": changed}])

    def _answer(self, target_id: str) -> None:
        world = self._world
        target = world.targets.get(world.organization_id, target_id)
        if target is None or target.status is not TargetStatus.NEEDS_ATTENTION:
            return
        key = f"{target.id}/{target.step}" if target.step else target.id
        shown = world.service_of(target).shown(key)
        if world.scenario.answers == "drop":
            self.gave_up.add(target_id)
            self._desk.answer(target_id, Answer.DROP)
        elif shown:
            self.saw_it.add(target_id)
            self._desk.answer(target_id, Answer.IT_IS_THERE, url=shown[0].url)
        else:
            self._dare(target_id)
            self._desk.answer(target_id, Answer.POST_AGAIN)

    def _dare(self, target_id: str) -> None:
        moments = self._world.watcher.dared.setdefault(target_id, [])
        moments.append(self._world.kernel.now)

    def _told(self, target: Target) -> None:
        world = self._world
        refresh_summary(world.posts, world.targets, world.organization_id, target.post_id)


def _changed(payload: Payload) -> Payload:
    return Payload(
        organization_id=payload.organization_id,
        network=payload.network,
        text=f"{payload.text}, edited",
        link_url=payload.link_url,
        media=payload.media,
        parts=payload.parts,
        first_comment=payload.first_comment,
    )
