"""What LinkedIn's replies mean, as outcomes of the publish protocol.

A refusal counts as one only where it is documented to come before anything is written
(learn.microsoft.com, Posts API and error handling). Everything else after a sent request is
ambiguous, a conflict (409) and every 5xx included.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, PostFlowError, Refused
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.domain.text import as_sentence
from postflow_desktop.platforms.linkedin.api import Reply, text_of
from postflow_desktop.platforms.linkedin.wire import (
    Wire,
    comment_parts,
    comment_urn,
    is_post,
    named_post,
    result_of,
)

RECEIVED_CHARACTERS = 500
_SECRETS = (
    (re.compile(r'("(?:access_token|refresh_token|id_token)"\s*:\s*)"[^"]*"?'), r'\1"[token]"'),
    (re.compile(r"(?i)(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 [token]"),
)
_MEDIA_GONE = frozenset(
    {
        "EXPIRED_UPLOAD_URL",
        "INVALID_IMAGE_ID",
        "INVALID_VIDEO_ID",
        "INVALID_DOCUMENT_ID",
        "MEDIA_ASSET_PROCESSING_FAILED",
    }
)
_VERSION_CODES = frozenset({"VERSION_MISSING", "NONEXISTENT_VERSION"})
_CONTENT_CODES = frozenset(
    {
        "MISSING_FIELD",
        "INVALID_VALUE_FOR_FIELD",
        "FIELD_LENGTH_TOO_LONG",
        "INVALID_URN_ID",
        "INVALID_URN_TYPE",
        "INVALID_CONTENT_OWNERSHIP",
    }
)
_SHORTEST_WAIT = timedelta(minutes=15)
_TOKEN_CODES = frozenset({"EXPIRED_ACCESS_TOKEN", "REVOKED_ACCESS_TOKEN", "INVALID_ACCESS_TOKEN"})


def judge(sent: Wire, reply: Reply, now: datetime) -> Outcome:
    """What a complete reply to the irreversible call means; `now` is the cluster's time."""
    outcome = _published(sent, reply) if reply.status in {200, 201} else _refused(reply, now)
    return replace(outcome, status=reply.status, received=received(reply))


def judge_preparation(reply: Reply, now: datetime) -> Outcome:
    """What a failed upload means: nothing is out, so nothing is ambiguous."""
    outcome = _refused(reply, now)
    if outcome.kind in {OutcomeKind.AMBIGUOUS, OutcomeKind.DUPLICATE}:
        outcome = Outcome(
            kind=OutcomeKind.REJECTED_FOR_NOW,
            code="server_error",
            message=f"LinkedIn could not take an upload of the post (status {reply.status}).",
            fix="PostFlow tries again by itself.",
        )
    return replace(outcome, status=reply.status, received=received(reply))


def as_error(reply: Reply) -> PostFlowError:
    """A failed read or delete as the error that a person sees."""
    if reply.status == 401:
        return NotAllowed(
            "LinkedIn does not accept the sign-in of this account any more.",
            code="token_refused",
            fix="Connect the account again.",
        )
    if reply.status == 426 or reply.code in _VERSION_CODES:
        known = _old_version()
        return Refused(known.message, code=known.code, fix=known.fix)
    if reply.status == 403:
        return Refused(
            f"LinkedIn does not allow this: {said(reply)}",
            code="scope_missing",
            fix="Connect the account again, with an app that has the right product.",
        )
    if reply.status == 429:
        return NetworkUnreachable(
            "LinkedIn allows no more requests for now.", code="rate_limited", fix="Try again later."
        )
    if 400 <= reply.status < 500:
        return Refused(
            f"LinkedIn refused the request: {said(reply)}",
            code="network_refused",
            fix="Look at the post on LinkedIn itself, then try again.",
        )
    return NetworkUnreachable(
        f"LinkedIn gave no usable answer (status {reply.status}).",
        code="server_error",
        fix="Try again later.",
    )


def unusable(item: Media, words: str) -> Outcome:
    """LinkedIn took something and could not use it; `words` are its own, if it had any."""
    why = f": {as_sentence(redacted(words.strip())[:200])}" if words.strip() else "."
    fixes = {
        MediaKind.VIDEO: "Export it as MP4 with H.264 video and AAC sound, and add it again.",
        MediaKind.DOCUMENT: "Export it as PDF, and add that file.",
        MediaKind.IMAGE: "Save it as JPEG or PNG, and add it again.",
    }
    return _rejected(
        f"{item.kind.value}_refused",
        f"LinkedIn could not use the {item.kind.value} of this post{why}",
        fixes[item.kind],
    )


def still_processing(item: Media) -> Outcome:
    """LinkedIn works on it for longer than a publisher waits at a time."""
    return Outcome(
        kind=OutcomeKind.REJECTED_FOR_NOW,
        code="still_processing",
        message=f"LinkedIn still works on the {item.kind.value} of this post; nothing is out yet.",
        fix="PostFlow tries again by itself.",
    )


def parent_gone() -> Outcome:
    """What a comment would answer is not there any more."""
    return _rejected(
        "parent_gone",
        "The post that this comment belongs to is no longer on LinkedIn.",
        "Write it on LinkedIn itself.",
    )


def received(reply: Reply) -> str:
    """The beginning of a reply without any token; a post's name stands in a header."""
    text = reply.raw[: 8 * RECEIVED_CHARACTERS].decode("utf-8", "replace")
    name = reply.headers.get("x-restli-id", "")
    return redacted(f"{name} {text}".strip())[:RECEIVED_CHARACTERS]


def redacted(text: str) -> str:
    """A text of the server's without any token."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def said(reply: Reply) -> str:
    """The server's words in short, for a sentence of ours."""
    words = reply.input_errors or reply.message or reply.code
    return as_sentence(redacted(words.strip() or f"status {reply.status}")[:200])


def _published(sent: Wire, reply: Reply) -> Outcome:
    name = reply.headers.get("x-restli-id", "") or text_of(reply.body, "id")
    if sent.parent:
        name = comment_urn(sent.parent, name)
        known = comment_parts(name) is not None
    else:
        known = is_post(name)
    if known:
        return Outcome(kind=OutcomeKind.PUBLISHED, result=result_of(name))
    return _ambiguous("unreadable_reply", "LinkedIn answered, but not with the post's place.")


def _refused(reply: Reply, now: datetime) -> Outcome:
    match reply.status:
        case 401:
            return Outcome(
                kind=OutcomeKind.UNAUTHORIZED,
                code="token_refused",
                message="LinkedIn did not accept the sign-in of this account.",
                fix="Connect the account again if this stays.",
            )
        case 426:
            return _old_version()
        case 429:
            return _too_many(now)
        case 400:
            found = _bad_request(reply)
        case 403 if reply.code in {"ACCESS_DENIED", ""} and "permission" in reply.message.lower():
            found = _no_permission(reply)
        case 422:
            found = _unprocessable(reply)
        case _:
            found = None
    return found or _ambiguous(
        "server_error" if reply.status >= 500 else "unexpected_reply",
        f"LinkedIn answered with status {reply.status}, so the post may be out or not.",
    )


def _bad_request(reply: Reply) -> Outcome | None:
    if reply.code in _VERSION_CODES:
        return _old_version()
    if reply.code == "MEDIA_ASSET_WAITING_UPLOAD":
        return Outcome(
            kind=OutcomeKind.REJECTED_FOR_NOW,
            code="media_not_ready",
            message="LinkedIn is not done with what was uploaded for this post.",
            fix="PostFlow tries again by itself.",
        )
    if reply.code in _MEDIA_GONE:
        return Outcome(
            kind=OutcomeKind.REJECTED_FOR_NOW,
            code="media_expired",
            message="LinkedIn no longer has what was uploaded for this post.",
            fix="PostFlow uploads it again by itself.",
            new_wire=True,
        )
    if reply.code == "FIELD_LENGTH_TOO_LONG":
        return _rejected(
            "text_too_long", f"LinkedIn finds the post too long: {said(reply)}", "Shorten it."
        )
    if reply.code in _CONTENT_CODES:
        return _rejected("post_refused", f"LinkedIn refused the post: {said(reply)}", "Change it.")
    return None


def _no_permission(reply: Reply) -> Outcome:
    return _rejected(
        "scope_missing",
        f"LinkedIn does not let PostFlow do this for the account: {said(reply)}",
        "Connect the account again, with an app that has the right product and a role that may "
        "post.",
    )


def _unprocessable(reply: Reply) -> Outcome | None:
    """The refusal of the same words names the post that has them: evidence after a lost answer."""
    if reply.code != "DUPLICATE_POST" and "duplicate" not in reply.message.lower():
        return None
    post = named_post(reply.message)
    return Outcome(
        kind=OutcomeKind.DUPLICATE,
        code="duplicate",
        message="LinkedIn refused the post, since the account has posted the same words already.",
        fix="Change the words, or leave it: the post may be the one that is out.",
        result=None if post is None else result_of(post),
    )


def _too_many(now: datetime) -> Outcome:
    """LinkedIn says neither how much is left nor until when; its days end at midnight UTC."""
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return Outcome(
        kind=OutcomeKind.REJECTED_FOR_NOW,
        code="rate_limited",
        message="LinkedIn allows no more requests for this account or app for now.",
        fix="PostFlow tries again later.",
        retry_at=min(now + _SHORTEST_WAIT, midnight),
    )


def _old_version() -> Outcome:
    return _rejected(
        "old_version",
        "LinkedIn has switched off the version of its API that this PostFlow speaks.",
        "Update PostFlow, or set a newer version for LinkedIn in the endpoints file.",
    )


def _rejected(code: str, message: str, fix: str) -> Outcome:
    return Outcome(kind=OutcomeKind.REJECTED, code=code, message=message, fix=fix)


def _ambiguous(code: str, message: str) -> Outcome:
    return Outcome(
        kind=OutcomeKind.AMBIGUOUS,
        code=code,
        message=message,
        fix="PostFlow looks at LinkedIn before it does anything else.",
    )
