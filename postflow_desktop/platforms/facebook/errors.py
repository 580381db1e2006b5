"""What Facebook's replies mean, as outcomes of the publish protocol.

Errors are known by code and subcode (Graph API, handling errors, 2026-09-11). Codes 1 and 2, every
5xx and whatever is not in the table are ambiguous: posts have been seen out after each of them
(arsduo/koala 699, facebookarchive/php-graph-sdk 1141).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, PostFlowError, Refused
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.text import as_sentence
from postflow_desktop.platforms.facebook.api import Reply, text_of
from postflow_desktop.platforms.facebook.waits import retry_time
from postflow_desktop.platforms.facebook.wire import Wire, comment_result, is_post_id, result_of

RECEIVED_CHARACTERS = 500
_RATE_CODES = frozenset({4, 17, 32, 341, 613, 80001})
_TOKEN_CODES = frozenset({102, 190, 2500})
_TRANSIENT_CODES = frozenset({1, 2})
_PERMISSION_CODES = frozenset({10, *range(200, 300)})
_TOO_FAST = 1390008
_TOO_FAST_WAIT = timedelta(hours=2)
"""Not documented; "hours" by those who met it."""
_CHECKPOINTS = frozenset({459, 464})
_AT_FACEBOOK = frozenset({1404078, 4854002})
_PHOTOS_POSTED = 1366051
_GONE = 33
_SUBCODES = {
    1366046: ("image_refused", "Save the pictures smaller than 4 MB, as JPEG or PNG."),
    1404102: ("content_refused", "Change the post; it is against Facebook's standards."),
    1346003: ("content_refused", "Change the post; Facebook takes it for abusive."),
    1609005: ("link_refused", "Check the link, or leave it out."),
    1609008: ("link_refused", "Link to another place; Facebook refuses links to itself."),
}
_SECRETS = (
    (re.compile(r"EAA[A-Za-z0-9]{8,}"), "[token]"),
    (re.compile(r'(access_token["\s:=]{1,5})[^"&\s]+'), r"\1[token]"),
    (re.compile(r"(?i)(bearer|oauth)\s+[\w.~+/=|-]{16,}"), r"\1 [token]"),
)


def judge(stored: Wire, reply: Reply, now: datetime) -> Outcome:
    """What a complete reply to the stored request means; `now` is for waits that are relative."""
    if reply.status == 200:
        outcome = _published(stored, reply)
    elif is_gone(reply) and _names_a_photo(stored, reply):
        outcome = _photo_gone()
    elif is_gone(reply) and stored.post_id:
        outcome = _rejected(
            "parent_gone",
            "The post to comment on is no longer on the Page.",
            "Leave the comment away, or publish the post again.",
        )
    else:
        outcome = _refused(reply, now)
    return replace(outcome, status=reply.status, received=received(reply.raw))


def judge_preparation(reply: Reply, now: datetime) -> Outcome:
    """What a failed upload means: nothing is out, so nothing is ambiguous."""
    outcome = _refused(reply, now)
    if outcome.kind in {OutcomeKind.AMBIGUOUS, OutcomeKind.DUPLICATE}:
        outcome = Outcome(
            kind=OutcomeKind.REJECTED_FOR_NOW,
            code="server_error",
            message=f"Facebook could not take a picture of the post (status {reply.status}).",
            fix="PostFlow tries again by itself.",
        )
    return replace(outcome, status=reply.status, received=received(reply.raw))


def as_error(reply: Reply) -> PostFlowError:
    """A failed read or delete as the error that a person sees."""
    known = None if reply.status >= 500 else _about_account(reply)
    if known is not None:
        return NotAllowed(known.message, code=known.code, fix=known.fix)
    if reply.code in _RATE_CODES or reply.status == 429:
        return NetworkUnreachable(
            "Facebook allows no more requests for now.", code="rate_limited", fix="Try again later."
        )
    if 400 <= reply.status < 500 and not _is_transient(reply):
        return Refused(
            f"Facebook refused the request: {said(reply)}",
            code="network_refused",
            fix="Look at the post on Facebook itself, then try again.",
        )
    return NetworkUnreachable(
        f"Facebook gave no usable answer (status {reply.status}).",
        code="server_error",
        fix="Try again later.",
    )


def is_gone(reply: Reply) -> bool:
    """Whether Facebook says that there is no such object (code 100, subcode 33)."""
    return 400 <= reply.status < 500 and reply.code == 100 and reply.subcode == _GONE


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
    return as_sentence(redacted(reply.message.strip() or f"status {reply.status}")[:200])


def parent_unknown() -> Outcome:
    """A comment needs the post's id, which not every web address tells."""
    return _rejected(
        "parent_unknown",
        "It is not known which post on Facebook to comment on.",
        "Write the comment on Facebook itself.",
    )


def _published(stored: Wire, reply: Reply) -> Outcome:
    post_id = text_of(reply.body, "id")
    if stored.post_id and reply.ok and is_post_id(post_id):
        return Outcome(kind=OutcomeKind.PUBLISHED, result=comment_result(stored.post_id, post_id))
    if (
        reply.ok
        and not stored.post_id
        and is_post_id(post_id)
        and post_id.startswith(f"{stored.page_id}_")
    ):
        return Outcome(kind=OutcomeKind.PUBLISHED, result=result_of(post_id))
    return _ambiguous("unreadable_reply", "Facebook answered, but not with the place of the post.")


def _refused(reply: Reply, now: datetime) -> Outcome:
    found = None
    if 400 <= reply.status < 500:
        found = (
            _about_account(reply)
            or _about_rates(reply, now)
            or _about_repetition(reply)
            or _about_content(reply)
        )
    return found or _ambiguous(
        "server_error" if reply.status >= 500 or _is_transient(reply) else "unexpected_reply",
        f"Facebook answered with status {reply.status}, so the post may be out or not.",
    )


def _about_account(reply: Reply) -> Outcome | None:
    checkpoint = reply.code == 190 and reply.subcode in _CHECKPOINTS
    blocked = reply.code == 368 and reply.subcode != _TOO_FAST and not _is_repetition(reply)
    if checkpoint or blocked or reply.subcode in _AT_FACEBOOK:
        return _rejected(
            "account_blocked",
            f"Facebook does not let this account post for now: {said(reply)}",
            "Sign in at Facebook to see why, then schedule the post again.",
        )
    if reply.code in _TOKEN_CODES:
        return Outcome(
            kind=OutcomeKind.UNAUTHORIZED,
            code="token_refused",
            message="Facebook did not accept the sign-in of this Page.",
            fix="Connect the account again.",
        )
    if reply.code in _PERMISSION_CODES:
        return _rejected(
            "permission_missing",
            "Facebook does not let PostFlow do this for the Page.",
            "Connect the account again and allow everything on Facebook's page.",
        )
    return None


def _about_rates(reply: Reply, now: datetime) -> Outcome | None:
    too_fast = reply.subcode == _TOO_FAST
    if not (too_fast or reply.code in _RATE_CODES or reply.status == 429):
        return None
    return Outcome(
        kind=OutcomeKind.REJECTED_FOR_NOW,
        code="rate_limited",
        message="Facebook allows no more posts of this Page for now.",
        fix="PostFlow tries again when Facebook allows it.",
        retry_at=now + _TOO_FAST_WAIT if too_fast else retry_time(reply.headers, now),
    )


def _about_repetition(reply: Reply) -> Outcome | None:
    if not _is_repetition(reply):
        return None
    return Outcome(
        kind=OutcomeKind.DUPLICATE,
        code="duplicate",
        message="Facebook refused the post, since the Page has posted the same already.",
        fix="Change the words, or leave it: the post may be the one that is out.",
    )


def _about_content(reply: Reply) -> Outcome | None:
    if _is_transient(reply):
        return None
    code, fix = _SUBCODES.get(reply.subcode or 0, ("", ""))
    if code:
        return _rejected(code, f"Facebook refused the post: {said(reply)}", fix)
    if is_gone(reply):
        return _rejected(
            "page_unavailable",
            "Facebook does not show this Page to PostFlow any more.",
            "Look whether the Page is still there, then connect the account again.",
        )
    if reply.code == 100:
        return _rejected("post_refused", f"Facebook refused the post: {said(reply)}", "Change it.")
    return None


def _names_a_photo(stored: Wire, reply: Reply) -> bool:
    words = text_of(reply.error, "message")
    return any(f"'{photo_id}'" in words for photo_id in stored.photo_ids)


def _photo_gone() -> Outcome:
    return Outcome(
        kind=OutcomeKind.REJECTED_FOR_NOW,
        code="media_expired",
        message="Facebook no longer has an uploaded picture of this post.",
        fix="PostFlow uploads it again by itself.",
        new_wire=True,
    )


def _is_repetition(reply: Reply) -> bool:
    words = text_of(reply.error, "message").lower()
    old_form = reply.code == 368 and "already posted" in words
    return reply.code == 506 or old_form or reply.subcode == _PHOTOS_POSTED


def _is_transient(reply: Reply) -> bool:
    return reply.code in _TRANSIENT_CODES or reply.error.get("is_transient") is True


def _rejected(code: str, message: str, fix: str) -> Outcome:
    return Outcome(kind=OutcomeKind.REJECTED, code=code, message=message, fix=fix)


def _ambiguous(code: str, message: str) -> Outcome:
    return Outcome(
        kind=OutcomeKind.AMBIGUOUS,
        code=code,
        message=message,
        fix="PostFlow looks at Facebook before it does anything else.",
    )
