"""What Bluesky's replies mean, as outcomes of the publish protocol.

A refusal counts as one only where the reference server refuses before it writes (names and texts
read from PDS 0.4.217 and the lexicons). Everything else after a sent request is ambiguous.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, PostFlowError, Refused
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.text import as_sentence
from postflow_desktop.platforms.bluesky.dpop import NONCE_WANTED
from postflow_desktop.platforms.bluesky.quotas import quotas
from postflow_desktop.platforms.bluesky.wire import read_wire
from postflow_desktop.platforms.bluesky.xrpc import Reply, text_of

RECEIVED_CHARACTERS = 500
_LONGEST_WAIT = timedelta(hours=24)
_TOKEN_ERRORS = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"})
_ACCOUNT_ERRORS = frozenset({"AccountTakedown", "AccountSuspended", "AccountDeactivated"})
_REFUSALS = {
    400: frozenset({"InvalidRequest", "InvalidMimeType", "BlobTooLarge", "PayloadTooLarge"}),
    413: frozenset({"PayloadTooLarge", "BlobTooLarge", ""}),
}
_SECRETS = (
    (re.compile(r"eyJ[\w.-]{8,}"), "[token]"),
    (re.compile(r'("(?:access|refresh)Jwt"\s*:\s*)"[^"]*"?'), r'\1"[token]"'),
    (re.compile(r"(?i)(bearer|dpop)\s+[\w.~+/=-]+"), r"\1 [token]"),
)


def judge(wire: str, reply: Reply, now: datetime) -> Outcome:
    """What a complete reply to the stored request means; `now` is for waits that are relative."""
    outcome = _published(wire, reply) if reply.ok else _refused(reply, now)
    return replace(
        outcome,
        status=reply.status,
        received=received(reply.raw),
        quotas=quotas(reply.headers),
    )


def judge_preparation(reply: Reply, now: datetime) -> Outcome:
    """What a failed repeatable call means: nothing is out, so nothing is ambiguous."""
    outcome = _refused(reply, now)
    if outcome.kind is OutcomeKind.AMBIGUOUS:
        outcome = Outcome(
            kind=OutcomeKind.REJECTED_FOR_NOW,
            code="server_error",
            message=f"Bluesky's server could not prepare the post (status {reply.status}).",
            fix="PostFlow tries again by itself.",
        )
    return replace(outcome, status=reply.status, received=received(reply.raw))


def parent_gone() -> Outcome:
    """What a reply would answer is not there any more."""
    return Outcome(
        kind=OutcomeKind.REJECTED,
        code="parent_gone",
        message="The post that this one answers is no longer on Bluesky.",
        fix="Write the rest in the network's own app, or make a new thread of it.",
    )


def as_error(reply: Reply) -> PostFlowError:
    """A failed read or delete as the error that a person sees."""
    if reply.error in _ACCOUNT_ERRORS:
        outcome = _account_unavailable()
        return NotAllowed(outcome.message, code=outcome.code, fix=outcome.fix)
    if reply.error == NONCE_WANTED:
        # Nothing is wrong with the sign-in; the server did not take its own nonce.
        return NetworkUnreachable(
            "Bluesky's server wants the request signed anew.", code="server_error", fix="Try again."
        )
    if reply.status == 401 or reply.error in _TOKEN_ERRORS:
        return NotAllowed(
            "Bluesky does not accept the sign-in of this account any more.",
            code="token_refused",
            fix="Connect the account again.",
        )
    if reply.status == 429:
        return NetworkUnreachable(
            "Bluesky allows no more requests for now.", code="rate_limited", fix="Try again later."
        )
    if 400 <= reply.status < 500:
        return Refused(
            f"Bluesky refused the request: {said(reply)}",
            code="network_refused",
            fix="Look at the post on Bluesky itself, then try again.",
        )
    return NetworkUnreachable(
        f"Bluesky's server gave no usable answer (status {reply.status}).",
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
    words = reply.message.strip() or reply.error or f"status {reply.status}"
    return as_sentence(redacted(words)[:200])


def retry_time(reply: Reply, now: datetime) -> datetime | None:
    """When the server lets us again: `RateLimit-Reset` (Unix seconds) or `Retry-After`."""
    moment = _unix(reply.headers.get("ratelimit-reset")) or _after(
        reply.headers.get("retry-after"), now
    )
    return None if moment is None else min(moment, now + _LONGEST_WAIT)


def _published(wire: str, reply: Reply) -> Outcome:
    address, _ = read_wire(wire)
    if text_of(reply.body, "uri") == address.uri and text_of(reply.body, "cid"):
        return Outcome(kind=OutcomeKind.PUBLISHED, result=address.result)
    return _ambiguous("unreadable_reply", "Bluesky answered, but not with the place of the post.")


def _refused(reply: Reply, now: datetime) -> Outcome:
    about_account = _account_or_token(reply)
    if about_account is not None:
        return about_account
    if reply.status == 429:
        return _too_many(reply, now)
    if reply.status == 400 and reply.error == "InvalidSwap":
        return _ambiguous("key_exists", "A post already stands where this one was to go.")
    if reply.status == 400 and _is_blob_missing(reply):
        return _blob_missing()
    if reply.error in _REFUSALS.get(reply.status, ()):
        return _no(reply)
    return _ambiguous(
        "server_error" if reply.status >= 500 else "unexpected_reply",
        f"Bluesky's server answered with status {reply.status}, so the post may be out or not.",
    )


def _account_or_token(reply: Reply) -> Outcome | None:
    if reply.error == NONCE_WANTED and reply.status in {400, 401}:
        return _nonce_wanted()
    if reply.error in _ACCOUNT_ERRORS and reply.status in {400, 401, 403}:
        return _account_unavailable()
    if reply.status == 401 or (reply.status == 400 and reply.error in _TOKEN_ERRORS):
        return Outcome(
            kind=OutcomeKind.UNAUTHORIZED,
            code="token_refused",
            message="Bluesky did not accept the sign-in of this account.",
            fix="Connect the account again if this stays.",
        )
    return None


def _nonce_wanted() -> Outcome:
    """The request was turned away at the door (RFC 9449, 9): nothing was written."""
    return Outcome(
        kind=OutcomeKind.REJECTED_FOR_NOW,
        code="nonce_wanted",
        message="Bluesky's server wants the request signed anew; nothing was posted.",
        fix="PostFlow tries again by itself.",
    )


def _blob_missing() -> Outcome:
    return Outcome(
        kind=OutcomeKind.REJECTED_FOR_NOW,
        code="blob_missing",
        message="Bluesky no longer has an uploaded picture of this post.",
        fix="PostFlow uploads it again by itself.",
        upload_again=True,
    )


def _is_blob_missing(reply: Reply) -> bool:
    return reply.error == "BlobNotFound" or reply.message.startswith("Could not find blob")


def _too_many(reply: Reply, now: datetime) -> Outcome:
    return Outcome(
        kind=OutcomeKind.REJECTED_FOR_NOW,
        code="rate_limited",
        message="Bluesky allows no more requests for this account for now.",
        fix="PostFlow tries again when Bluesky allows it.",
        retry_at=retry_time(reply, now),
    )


def _account_unavailable() -> Outcome:
    return Outcome(
        kind=OutcomeKind.REJECTED,
        code="account_unavailable",
        message="Bluesky has deactivated or taken down this account, so it can't post.",
        fix="Sign in at Bluesky to see why, then schedule the post again.",
    )


def _no(reply: Reply) -> Outcome:
    words = reply.message
    too_long = "too big" in words or "must not be longer" in words
    if too_long and "text" in words:
        return _rejected("text_too_long", "The post is too long for Bluesky.", "Shorten it.")
    if "blob too big" in words or reply.status == 413 or reply.error.endswith("TooLarge"):
        return _rejected(
            "image_too_large",
            f"A picture is too large for this Bluesky server: {said(reply)}",
            "Make the picture smaller.",
        )
    if reply.error == "InvalidMimeType" or "mime" in words.lower():
        return _rejected(
            "media_unsupported",
            "Bluesky does not take a picture of this kind.",
            "Use a JPEG, PNG, WebP or GIF picture.",
        )
    return _rejected(
        "post_refused", f"Bluesky refused the post: {said(reply)}", "Change the post and try again."
    )


def _rejected(code: str, message: str, fix: str) -> Outcome:
    return Outcome(kind=OutcomeKind.REJECTED, code=code, message=message, fix=fix)


def _ambiguous(code: str, message: str) -> Outcome:
    return Outcome(
        kind=OutcomeKind.AMBIGUOUS,
        code=code,
        message=message,
        fix="PostFlow looks at Bluesky before it does anything else.",
    )


def _unix(value: str | None) -> datetime | None:
    seconds = _seconds(value)
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _after(value: str | None, now: datetime) -> datetime | None:
    seconds = _seconds(value)
    try:
        if seconds is not None:
            return now + timedelta(seconds=seconds)
        moment = parsedate_to_datetime(value or "")
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _seconds(value: str | None) -> int | None:
    text = (value or "").strip()
    return int(text) if text.isdecimal() and len(text) < 15 else None
