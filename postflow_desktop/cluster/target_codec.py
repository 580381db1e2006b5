"""Targets to documents of `schedules` and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from postflow_desktop.cluster.documents import Document, to_object_id, without_none
from postflow_desktop.cluster.pause_codec import read_pause
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.step import Step, StepKind, StepStatus
from postflow_desktop.domain.target import Intent, Lease, Target, TargetError, TargetStatus


def target_document(target: Target) -> Document:
    """A new target as it is inserted."""
    steps = {"steps": step_documents(target.steps)} if target.steps else {}
    return {
        **steps,
        "_id": to_object_id(target.id),
        "organizationId": to_object_id(target.organization_id),
        "postId": to_object_id(target.post_id),
        "socialAccountId": to_object_id(target.account_id),
        "platform": target.network.value,
        "scheduledAt": target.scheduled_at,
        "notBefore": target.not_before,
        "timezone": target.timezone,
        "localTime": target.local_time,
        "status": target.status.value,
        "publishedAt": target.published_at,
        "contentHash": target.content_hash,
        "fromQueue": target.from_queue,
        "slotAt": target.scheduled_at if target.from_queue else None,
        "fence": target.fence,
        "lease": None,
        "wire": target.wire,
        "tries": target.tries,
        "senderDeaths": target.sender_deaths,
        "reconciliations": target.reconciliations,
        "sandboxMachine": target.sandbox_machine,
        "createdAt": target.created_at,
        "updatedAt": target.updated_at,
        "rev": target.rev,
    }


def read_target(document: Document) -> Target:
    """A stored target; fields of newer versions are passed over."""
    return Target(
        id=str(document["_id"]),
        organization_id=str(document["organizationId"]),
        post_id=str(document["postId"]),
        account_id=str(document["socialAccountId"]),
        network=Network(document["platform"]),
        status=TargetStatus(document["status"]),
        scheduled_at=document["scheduledAt"],
        not_before=document["notBefore"],
        content_hash=document["contentHash"],
        created_at=document["createdAt"],
        updated_at=document["updatedAt"],
        timezone=document.get("timezone"),
        local_time=document.get("localTime"),
        from_queue=document.get("fromQueue", False),
        fence=document["fence"],
        lease=_lease(document.get("lease")),
        intent=_intent(document.get("intent")),
        wire=document.get("wire"),
        steps=tuple(_step(value) for value in document.get("steps", ())),
        tries=document.get("tries", 0),
        sender_deaths=document.get("senderDeaths", 0),
        reconciliations=document.get("reconciliations", 0),
        claimed_at=document.get("claimedAt"),
        accepted_at=document.get("acceptedAt"),
        hold=read_pause(document.get("hold")),
        last_error=_error(document.get("lastError")),
        result=_result(document.get("result")),
        published_at=document.get("publishedAt"),
        sandbox_machine=document.get("sandboxMachine"),
        rev=document["rev"],
    )


def step_documents(steps: Sequence[Step]) -> list[Document]:
    """A target's steps as they are stored."""
    return [
        without_none(
            {
                "n": step.n,
                "kind": step.kind.value,
                "status": step.status.value,
                "attempt": step.attempt,
                "externalId": step.external_id,
                "url": step.url,
            }
        )
        for step in steps
    ]


def intent_document(intent: Intent) -> Document:
    """The barrier's mark without its time, which the cluster sets."""
    return {
        "attemptId": intent.attempt_id,
        "step": intent.step,
        "machine": intent.machine,
        "process": intent.process,
    }


def error_document(error: TargetError) -> Document:
    """The last error, shortened to what the validator takes."""
    return {"code": error.code[:100], "message": error.message[:2000], "fix": error.fix[:2000]}


def _step(value: dict[str, Any]) -> Step:
    return Step(
        n=value["n"],
        kind=StepKind(value["kind"]),
        status=StepStatus(value["status"]),
        attempt=value.get("attempt"),
        external_id=value.get("externalId"),
        url=value.get("url"),
    )


def _lease(value: dict[str, Any] | None) -> Lease | None:
    if value is None:
        return None
    return Lease(owner=value["owner"], machine=value["machine"], until=value["until"])


def _intent(value: dict[str, Any] | None) -> Intent | None:
    if value is None:
        return None
    return Intent(
        attempt_id=value["attemptId"],
        step=value.get("step", 0),
        machine=value["machine"],
        process=value["process"],
        at=value["at"],
    )


def _error(value: dict[str, Any] | None) -> TargetError | None:
    if value is None:
        return None
    return TargetError(
        code=value["code"], message=value.get("message", ""), fix=value.get("fix", "")
    )


def _result(value: dict[str, Any] | None) -> PublishResult | None:
    if value is None:
        return None
    return PublishResult(external_id=value["externalId"], url=value["url"])
