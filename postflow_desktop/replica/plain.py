"""Plain documents (ids are text, times are aware) to JSON, and from JSON to domain values.

The shapes are those of `spec` as the cluster stores them; the codecs beside the stores do the same
for BSON. Fields of newer versions are passed over; a value that this version does not know raises
ValueError.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.pause import Pause
from postflow_desktop.domain.post import LinkCard, Media, MediaKind, Post, PostStatus, Variant
from postflow_desktop.domain.step import Step, StepKind, StepStatus
from postflow_desktop.domain.target import Intent, Lease, Target, TargetError, TargetStatus
from postflow_desktop.services.ports.attempts import AttemptHistory
from postflow_desktop.services.ports.feed import PlainDocument

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def _encode(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_encode)


def dump(document: PlainDocument) -> str:
    """The document as JSON; times as ISO text. What JSON has no word for becomes text."""
    return _encoder.encode(document)


def load(text: str) -> dict[str, Any]:
    """A document from JSON; its times are still text."""
    document: dict[str, Any] = json.loads(text)
    return document


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, as BSON counts them."""
    return (moment - _EPOCH) // _MILLISECOND


def moment(value: str | None) -> datetime | None:
    """A time of a loaded document."""
    return None if value is None else datetime.fromisoformat(value)


def from_milliseconds(value: int) -> datetime:
    """The time of a column."""
    return _EPOCH + value * _MILLISECOND


def read_post(document: PlainDocument) -> Post:
    """A loaded post."""
    content: dict[str, Any] = document["content"]
    organization_id: str = document["organizationId"]
    key: str | None = document.get("idempotencyKey")
    return Post(
        id=document["_id"],
        organization_id=organization_id,
        created_by=document["createdBy"],
        status=PostStatus(document["status"]),
        text=content.get("text", ""),
        link_url=content.get("linkUrl"),
        parts=tuple(content.get("parts", ())),
        first_comment=content.get("firstComment"),
        variants=tuple(_variant(value) for value in document.get("variants", ())),
        media=tuple(_media(value) for value in document.get("media", ())),
        card=_card(content),
        account_ids=tuple(document["socialAccountIds"]),
        scheduled_at=moment(document.get("scheduledAt")),
        timezone=document.get("timezone"),
        published_at=moment(document.get("publishedAt")),
        failure_code=document.get("failureCode"),
        failure_reason=document.get("failureReason"),
        idempotency_key=None if key is None else key.removeprefix(f"{organization_id}:"),
        created_at=_time(document["createdAt"]),
        updated_at=_time(document["updatedAt"]),
        rev=document["rev"],
    )


def read_target(document: PlainDocument) -> Target:
    """A loaded target; the replica has no wire form."""
    return Target(
        id=document["_id"],
        organization_id=document["organizationId"],
        post_id=document["postId"],
        account_id=document["socialAccountId"],
        network=Network(document["platform"]),
        status=TargetStatus(document["status"]),
        scheduled_at=_time(document["scheduledAt"]),
        not_before=_time(document["notBefore"]),
        content_hash=document["contentHash"],
        created_at=_time(document["createdAt"]),
        updated_at=_time(document["updatedAt"]),
        timezone=document.get("timezone"),
        local_time=document.get("localTime"),
        from_queue=document.get("fromQueue", False),
        fence=document["fence"],
        lease=_lease(document.get("lease")),
        intent=_intent(document.get("intent")),
        steps=tuple(_step(value) for value in document.get("steps", ())),
        tries=document.get("tries", 0),
        sender_deaths=document.get("senderDeaths", 0),
        reconciliations=document.get("reconciliations", 0),
        claimed_at=moment(document.get("claimedAt")),
        accepted_at=moment(document.get("acceptedAt")),
        hold=read_pause(document.get("hold")),
        last_error=read_error(document.get("lastError")),
        result=_result(document.get("result")),
        published_at=moment(document.get("publishedAt")),
        sandbox_machine=document.get("sandboxMachine"),
        rev=document["rev"],
    )


def read_attempts(documents: Iterable[PlainDocument]) -> tuple[AttemptHistory, ...]:
    """The attempts that these documents announce and conclude, oldest first."""
    known = list(documents)
    ends = {d["attemptId"]: d for d in known if d["kind"] == "concluded"}
    made = [_attempt(d, ends.get(d["attemptId"], {})) for d in known if d["kind"] == "announced"]
    return tuple(sorted(made, key=lambda attempt: (attempt.at, attempt.id)))


def read_error(value: dict[str, Any] | None) -> TargetError | None:
    """The last error of a target."""
    if value is None:
        return None
    return TargetError(
        code=value["code"], message=value.get("message", ""), fix=value.get("fix", "")
    )


def read_pause(value: dict[str, Any] | None) -> Pause | None:
    """A pause of an organization, an account or a target."""
    if value is None:
        return None
    return Pause(reason=value.get("reason", ""), by=value["by"], at=_time(value["at"]))


def _attempt(announced: PlainDocument, concluded: PlainDocument) -> AttemptHistory:
    return AttemptHistory(
        id=announced["attemptId"],
        target_id=announced["targetId"],
        at=_time(announced["at"]),
        machine=announced["machine"],
        fence=announced["fence"],
        outcome=concluded.get("outcome"),
        letter=concluded.get("letter"),
        finished_at=moment(concluded.get("at")),
        code=concluded.get("code", ""),
        message=concluded.get("message", ""),
        status=concluded.get("httpStatus"),
        received=concluded.get("received", ""),
        sent=announced.get("sent", ""),
    )


def _variant(value: dict[str, Any]) -> Variant:
    return Variant(
        account_id=value["socialAccountId"],
        text=value.get("text"),
        link_url=value.get("linkUrl"),
        options=tuple(sorted(value.get("options", {}).items())),
    )


def _card(content: dict[str, Any]) -> LinkCard | None:
    own: dict[str, Any] | None = content.get("linkCard")
    if own is None:
        return None
    picture = own.get("picture")
    return LinkCard(
        url=own["url"],
        title=content.get("linkTitle", ""),
        description=content.get("linkDescription", ""),
        picture=None if picture is None else _media(picture),
        fetched_at=moment(own.get("fetchedAt")),
        hidden=own.get("hidden", False),
    )


def _media(value: dict[str, Any]) -> Media:
    return Media(
        kind=MediaKind(value["type"]),
        sha256=value.get("sha256") or value["url"].removeprefix("media:"),
        mime=value.get("mime", "application/octet-stream"),
        size=value.get("size", 0),
        width=value.get("width", 0),
        height=value.get("height", 0),
        alt=value.get("alt", ""),
        duration=value.get("duration"),
        codec=value.get("codec"),
        frames=value.get("frames"),
        title=value.get("title"),
        pages=value.get("pages"),
    )


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
    return Lease(owner=value["owner"], machine=value["machine"], until=_time(value["until"]))


def _intent(value: dict[str, Any] | None) -> Intent | None:
    if value is None:
        return None
    return Intent(
        attempt_id=value["attemptId"],
        step=value.get("step", 0),
        machine=value["machine"],
        process=value["process"],
        at=_time(value["at"]),
    )


def _result(value: dict[str, Any] | None) -> PublishResult | None:
    if value is None:
        return None
    return PublishResult(external_id=value["externalId"], url=value["url"])


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value)
