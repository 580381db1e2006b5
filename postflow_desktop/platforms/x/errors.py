"""What X's replies mean, as outcomes of the publish protocol.

A refusal counts as one only where it is documented or widely seen to come before anything is
written (docs.x.com, response codes; X's OpenAPI 2.167). Everything else after a sent request is
ambiguous, the plain 403 "not permitted" included: it has been seen with posts that were out.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, PostFlowError, Refused
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.text import as_sentence
from postflow_desktop.platforms.x.api import Reply, text_of
from postflow_desktop.platforms.x.waits import quotas, retry_time
from postflow_desktop.platforms.x.wire import is_id, result_of

RECEIVED_CHARACTERS = 500
_NOT_ENROLLED = frozenset({"client-forbidden", "client-not-enrolled"})
_SIGN_IN = frozenset({"unsupported-authentication", "not-authorized-for-resource"})
_UNAVAILABLE = re.compile(r"\b(?:suspended|locked)\b")
_LONGER = re.compile(r"duration exceeded|video longer than")
_SECRETS = (
    (re.compile(r'("(?:access|refresh)_token"\s*:\s*)"[^"]*"?'), r'\1"[token]"'),
    (re.compile(r"(?i)(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 [token]"),
)


def judge(reply: Reply, now: datetime) -> Outcome:
    """What a complete reply to `POST /2/tweets` means; `now` bounds the waits that X asks for."""
    outcome = _published(reply) if reply.status in {200, 201} else _refused(reply, now)
    return replace(
        outcome,
        status=reply.status,
        received=received(reply.raw),
        quotas=quotas(reply.headers),
    )


def judge_preparation(reply: Reply, now: datetime) -> Outcome:
    """What a failed upload means: nothing is out, so nothing is ambiguous."""
    outcome = _refused(reply, now)
    if reply.status == 403 and outcome.kind is OutcomeKind.AMBIGUOUS:
        outcome = _rejected(
            "scope_missing",
            "X does not let PostFlow upload media for this account.",
            "Connect the account again and allow everything on X's page.",
        )
    elif outcome.kind is OutcomeKind.AMBIGUOUS or outcome.new_wire:
        outcome = Outcome(
            kind=OutcomeKind.REJECTED_FOR_NOW,
            code="server_error",
            message=f"X could not take a picture or video of the post (status {reply.status}).",
            fix="PostFlow tries again by itself.",
        )
    return replace(outcome, status=reply.status, received=received(reply.raw))


def video_failed(words: str) -> Outcome:
    """X took a video or GIF and could not use it; `words` are X's own, if it had any."""
    why = f": {as_sentence(redacted(words.strip())[:200])}" if words.strip() else "."
    return _rejected(
        "video_refused",
        f"X could not use the video or GIF of this post{why}",
        "Export it as MP4 with H.264 video and AAC sound, and add it again.",
    )


def still_processing() -> Outcome:
    """X works on a video for longer than a publisher waits at a time."""
    return Outcome(
        kind=OutcomeKind.REJECTED_FOR_NOW,
        code="still_processing",
        message="X still works on the video of this post; nothing is out yet.",
        fix="PostFlow asks again by itself.",
    )


def parent_gone() -> Outcome:
    """What a reply would answer is not there any more."""
    return _rejected(
        "parent_gone",
        "The post that this one answers is no longer on X.",
        "Write the rest in X's own app, or make a new thread of it.",
    )


def as_error(reply: Reply) -> PostFlowError:
    """A failed read or delete as the error that a person sees."""
    if reply.status == 401:
        return NotAllowed(
            "X does not accept the sign-in of this account any more.",
            code="token_refused",
            fix="Connect the account again.",
        )
    known = _about_the_app(reply)
    if known is not None:
        return Refused(known.message, code=known.code, fix=known.fix)
    if reply.status == 429:
        return NetworkUnreachable(
            "X allows no more requests for now.", code="rate_limited", fix="Try again later."
        )
    if 400 <= reply.status < 500:
        return Refused(
            f"X refused the request: {said(reply)}",
            code="network_refused",
            fix="Look at the post on X itself, then try again.",
        )
    return NetworkUnreachable(
        f"X gave no usable answer (status {reply.status}).",
        code="server_error",
        fix="Try again later.",
    )


def received(raw: bytes) -> str:
    """The beginning of a reply without any token."""
    text = raw[: 8 * RECEIVED_CHARACTERS].decode("utf-8", "replace")
    return redacted(text)[:RECEIVED_CHARACTERS]


def redacted(text: str) -> str:
    """A text of the server's without any token."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def said(reply: Reply) -> str:
    """The server's words in short, for a sentence of ours."""
    words = reply.detail or text_of(reply.body, "title")
    return as_sentence(redacted(words.strip() or f"status {reply.status}")[:200])


def _published(reply: Reply) -> Outcome:
    post_id = text_of(reply.data, "id")
    if is_id(post_id):
        return Outcome(kind=OutcomeKind.PUBLISHED, result=result_of(post_id))
    return _ambiguous("unreadable_reply", "X answered, but not with the place of the post.")


def _refused(reply: Reply, now: datetime) -> Outcome:
    known = _about_the_app(reply)
    if known is not None:
        return known
    match reply.status:
        case 400:
            found = _bad_request(reply)
        case 401:
            return _unauthorized()
        case 403:
            found = _forbidden(reply) or _about_replies(reply)
        case 429:
            return _too_many(reply, now)
        case _:
            found = None
    return found or _ambiguous(
        "server_error" if reply.status >= 500 else "unexpected_reply",
        f"X answered with status {reply.status}, so the post may be out or not.",
    )


def _about_the_app(reply: Reply) -> Outcome | None:
    """What the owner of the developer app has to settle with X."""
    if reply.status == 402:
        return _rejected(
            "no_credits",
            "The developer app has no credits left at X, so nothing was posted.",
            "Buy credits in X's developer console, then schedule the post again.",
        )
    if reply.status in {403, 429} and reply.problem == "usage-capped":
        return _rejected(
            "usage_capped",
            "The developer app has used up what X allows it for now.",
            "Raise the limit in X's developer console, then schedule the post again.",
        )
    reason = text_of(reply.body, "reason")
    if reply.status == 403 and (reply.problem in _NOT_ENROLLED or reason == "client-not-enrolled"):
        return _rejected(
            "app_not_enrolled",
            "X does not let this developer app use its API.",
            "Attach the app to a project with a plan in X's developer console.",
        )
    return None


def _bad_request(reply: Reply) -> Outcome | None:
    words = reply.detail.lower()
    if "media ids are invalid" in words:
        return Outcome(
            kind=OutcomeKind.REJECTED_FOR_NOW,
            code="media_expired",
            message="X no longer has an uploaded picture or video of this post.",
            fix="PostFlow uploads it again by itself.",
            new_wire=True,
        )
    if "text is too long" in words:
        return _too_long()
    if reply.problem != "invalid-request":
        return None
    return _rejected("post_refused", f"X refused the post: {said(reply)}", "Change it.")


def _forbidden(reply: Reply) -> Outcome | None:
    words = reply.detail.lower()
    if "duplicate content" in words:
        return Outcome(
            kind=OutcomeKind.DUPLICATE,
            code="duplicate",
            message="X refused the post, since the account has posted the same words already.",
            fix="Change the words, or leave it: the post may be the one that is out.",
        )
    if "text is too long" in words:
        return _too_long()
    if "video" in words and _LONGER.search(words):
        return _rejected(
            "video_too_long",
            "X does not let this account post a video of that length.",
            "Cut it to 2 minutes 20 seconds (X Premium allows more), then schedule the post again.",
        )
    if _UNAVAILABLE.search(words):
        return _rejected(
            "account_unavailable",
            "X has suspended or locked this account, so it can't post.",
            "Sign in at X to see why, then schedule the post again.",
        )
    if reply.problem in _SIGN_IN:
        return _rejected(
            "scope_missing",
            "X does not let PostFlow post for this account.",
            "Connect the account again and allow everything on X's page.",
        )
    return None


def _about_replies(reply: Reply) -> Outcome | None:
    words = reply.detail.lower()
    if "deleted or not visible" in words:
        return parent_gone()
    if "reply to this conversation is not allowed" in words:
        return _rejected(
            "reply_refused",
            f"X does not take this reply: {said(reply)}",
            "Write the rest in X's own app.",
        )
    return None


def _unauthorized() -> Outcome:
    return Outcome(
        kind=OutcomeKind.UNAUTHORIZED,
        code="token_refused",
        message="X did not accept the sign-in of this account.",
        fix="Connect the account again if this stays.",
    )


def _too_many(reply: Reply, now: datetime) -> Outcome:
    return Outcome(
        kind=OutcomeKind.REJECTED_FOR_NOW,
        code="rate_limited",
        message="X allows no more posts for this account for now.",
        fix="PostFlow tries again when X allows it.",
        retry_at=retry_time(reply.headers, now),
    )


def _too_long() -> Outcome:
    return _rejected("text_too_long", "The post is too long for X.", "Shorten it.")


def _rejected(code: str, message: str, fix: str) -> Outcome:
    return Outcome(kind=OutcomeKind.REJECTED, code=code, message=message, fix=fix)


def _ambiguous(code: str, message: str) -> Outcome:
    return Outcome(
        kind=OutcomeKind.AMBIGUOUS,
        code=code,
        message=message,
        fix="PostFlow looks at X before it does anything else.",
    )
