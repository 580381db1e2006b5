"""Posts as commands print them: the shapes that scripts rely on, and lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from postflow_desktop.cli.pause_documents import hold_document, hold_line
from postflow_desktop.domain.amounts import clock_words
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.pause import Hold
from postflow_desktop.domain.post import LinkCard, Media, Post
from postflow_desktop.domain.step import Step
from postflow_desktop.domain.target import OPEN_STATES, Target
from postflow_desktop.domain.text import excerpt
from postflow_desktop.domain.time import utc_text
from postflow_desktop.services.ports.attempts import AttemptHistory
from postflow_desktop.services.posts import PostView


def post_document(view: PostView) -> dict[str, Any]:
    """The post with its targets; a draft lists its accounts with target id null."""
    attempts: dict[str, list[AttemptHistory]] = {}
    for attempt in view.attempts:
        attempts.setdefault(attempt.target_id, []).append(attempt)
    targets = [target_document(t, attempts.get(t.id, []), _hold(view, t)) for t in view.targets]
    planned = {target.account_id for target in view.targets}
    targets += [
        _unplanned(account_id, view.networks.get(account_id))
        for account_id in view.post.account_ids
        if account_id not in planned
    ]
    return {**summary_document(view.post), "targets": targets}


def summary_document(post: Post) -> dict[str, Any]:
    """The post without its targets, as lists show it."""
    return {
        "id": post.id,
        "status": post.status.value,
        "text": post.text,
        "linkUrl": post.link_url,
        "linkCard": None if post.card is None else card_document(post.card),
        "parts": list(post.parts),
        "firstComment": post.first_comment,
        "media": [_media_document(media) for media in post.media],
        "accountIds": list(post.account_ids),
        "variants": {v.account_id: v.text for v in post.variants if v.text is not None},
        "options": {v.account_id: dict(v.options) for v in post.variants if v.options},
        "scheduledAt": utc_text(post.scheduled_at),
        "publishedAt": utc_text(post.published_at),
        "failureCode": post.failure_code,
        "failureReason": post.failure_reason,
        "createdAt": utc_text(post.created_at),
        "synced": True,
    }


def target_document(
    target: Target, attempts: Sequence[AttemptHistory], hold: Hold | None = None
) -> dict[str, Any]:
    """A target with its attempts."""
    error = target.last_error
    return {
        "id": target.id,
        "accountId": target.account_id,
        "network": target.network.value,
        "status": target.status.value,
        "scheduledAt": utc_text(target.scheduled_at),
        "localTime": target.local_time,
        "timezone": target.timezone,
        "fromQueue": target.from_queue,
        "publishedAt": utc_text(target.published_at),
        "externalId": None if target.result is None else target.result.external_id,
        "url": None if target.result is None else target.result.url,
        "error": None
        if error is None
        else {"code": error.code, "message": error.message, "fix": error.fix},
        "hold": hold_document(hold),
        "steps": [_step_document(target, step) for step in target.steps],
        "attempts": [attempt_document(attempt) for attempt in attempts],
    }


def attempt_document(attempt: AttemptHistory) -> dict[str, Any]:
    """One attempt; its outcome is null while nobody knows."""
    return {
        "id": attempt.id,
        "step": attempt.step,
        "at": utc_text(attempt.at),
        "outcome": attempt.outcome,
        "class": attempt.letter,
        "finishedAt": utc_text(attempt.finished_at),
        "code": attempt.code or None,
        "message": attempt.message or None,
        "httpStatus": attempt.status,
        "received": attempt.received or None,
        "sent": attempt.sent or None,
        "machine": attempt.machine,
    }


def post_lines(view: PostView) -> list[str]:
    """The post for people."""
    lines = [f"{view.post.id}  {view.post.status.value}", f"  {excerpt(view.post.text, 72)}"]
    lines += [f"  [{_media_words(m)}] {excerpt(m.title or m.alt)}" for m in view.post.media]
    if view.post.card is not None and not view.post.card.hidden:
        lines += [f"  {line}" for line in card_lines(view.post.card)]
    for target in view.targets:
        when = _local(target)
        lines.append(f"  {target.network.value}: {target.status.value}, {when}")
        lines += [f"    {key}: {value}" for key, value in view.post.options_for(target.account_id)]
        hold = _hold(view, target)
        if hold is not None:
            lines.append(f"    {hold_line(hold)}")
        if target.result is not None:
            lines.append(f"    {target.result.url}")
        if target.last_error is not None:
            lines.append(f"    {target.last_error.message} {target.last_error.fix}".rstrip())
        lines += [_step_line(target, step) for step in target.steps]
    return lines


def summary_line(post: Post) -> list[str]:
    """One row of a list."""
    when = utc_text(post.scheduled_at or post.created_at) or ""
    return [post.id, post.status.value, when[:16].replace("T", " "), excerpt(post.text, 50)]


def _step_document(target: Target, step: Step) -> dict[str, Any]:
    return {
        "n": step.n,
        "kind": step.kind.value,
        "status": target.state_of(step),
        "attempt": step.attempt,
        "externalId": step.external_id,
        "url": step.url,
    }


def _step_line(target: Target, step: Step) -> str:
    return f"    {step.n} {step.kind.value}: {target.state_of(step)} {step.url or ''}".rstrip()


def _hold(view: PostView, target: Target) -> Hold | None:
    """What keeps it back; nothing where it has ended."""
    if target.status not in OPEN_STATES:
        return None
    return view.pauses.on(target.organization_id, target.account_id, target.hold)


def _local(target: Target) -> str:
    zone_name = target.timezone or "UTC"
    moment = (target.published_at or target.scheduled_at).astimezone(ZoneInfo(zone_name))
    return f"{moment:%Y-%m-%d %H:%M} {zone_name}"


def _unplanned(account_id: str, network: Network | None) -> dict[str, Any]:
    return {
        "id": None,
        "accountId": account_id,
        "network": None if network is None else network.value,
        "status": None,
        "scheduledAt": None,
        "publishedAt": None,
        "externalId": None,
        "url": None,
        "error": None,
        "steps": [],
        "attempts": [],
    }


def card_document(card: LinkCard) -> dict[str, Any]:
    """The card of a link; `hidden` is one that is not wanted."""
    return {
        "url": card.url,
        "title": card.title,
        "description": card.description,
        "picture": None if card.picture is None else _media_document(card.picture),
        "fetchedAt": utc_text(card.fetched_at),
        "hidden": card.hidden,
    }


def card_lines(card: LinkCard) -> list[str]:
    """The card for people."""
    picture = card.picture
    shown = [] if picture is None else [f"  [{picture.mime}, {picture.width}×{picture.height}]"]
    about = [f"  {excerpt(card.description, 72)}"] if card.description else []
    return [f"{card.host}: {excerpt(card.title, 72)}", *about, *shown]


def _media_document(media: Media) -> dict[str, Any]:
    return {
        "type": media.kind.value,
        "sha256": media.sha256,
        "mime": media.mime,
        "size": media.size,
        "width": media.width,
        "height": media.height,
        "alt": media.alt,
        "duration": media.duration,
        "codec": media.codec,
        "frames": media.frames,
        "title": media.title,
        "pages": media.pages,
    }


def _media_words(media: Media) -> str:
    """Type and measures of a media item."""
    words = [media.mime]
    if media.width:
        words.append(f"{media.width}×{media.height}")
    if media.duration is not None:
        words.append(clock_words(media.duration))
    if media.pages is not None:
        words.append(f"{media.pages} page{'' if media.pages == 1 else 's'}")
    return ", ".join(words)
