"""What Threads' replies mean, as outcomes of the publish protocol.

Meta's codes decide, not the status (developers.facebook.com/docs/graph-api, error handling, read
2026-09-11). For the publish call only a refused token and a used-up limit count as a no: even code
10 "no permission" came with posts that were out (fia-f1-docs-bot #52). The container is asked.
"""

from __future__ import annotations

import re
from dataclasses import replace

from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, PostFlowError, Refused
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.text import as_sentence
from postflow_desktop.platforms.threads.api import Reply, text_of
from postflow_desktop.platforms.threads.wire import Wire, is_id, result_of

RECEIVED_CHARACTERS = 500
NOT_FOUND = (24, 4279009)
"""No such container or post: not yet, not any more, or never."""
_MISSING = (100, 33)
_TOKEN = frozenset({102, 190, 2500})
_LIMIT = frozenset({4, 9, 17, 32, 341, 613})
_BLOCKED = frozenset({2207051, 4279013})
_BLOCKED_CODE = 368
_SCOPE = frozenset({10, *range(200, 300)})
_SECRETS = (
    (re.compile(r'("(?:access_token|client_secret|code)"\s*:\s*)"[^"]*"?'), r'\1"[token]"'),
    (re.compile(r"(?i)((?:access_token|input_token|client_secret|code)=)[^&\s\"']+"), r"\1[token]"),
    (re.compile(r"(?i)(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 [token]"),
)


def judge(reply: Reply, sent: Wire) -> Outcome:
    """What a complete reply to the publish call means."""
    outcome = _published(reply, sent) if reply.status in {200, 201} else _not_published(reply)
    return replace(outcome, status=reply.status, received=received(reply.raw))


def judge_preparation(reply: Reply) -> Outcome:
    """What a failed call for a container means: nothing is out, so nothing is ambiguous."""
    outcome = _definite(reply) or _container_refused(reply) or _for_now(reply)
    return replace(outcome, status=reply.status, received=received(reply.raw))


def parent_unknown() -> Outcome:
    """A reply needs an id, which Threads' web addresses do not tell."""
    return _rejected(
        "parent_unknown",
        "It is not known which post on Threads this one answers.",
        "Write the rest in the Threads app.",
    )


def as_error(reply: Reply) -> PostFlowError:
    """A failed read or delete as the error that a person sees."""
    known = _definite(reply)
    if known is not None and known.kind is OutcomeKind.UNAUTHORIZED:
        return NotAllowed(
            "Threads does not accept the sign-in of this account any more.",
            code=known.code,
            fix="Connect the account again.",
        )
    if known is not None:
        return NetworkUnreachable(
            "Threads allows no more requests for now.", code=known.code, fix="Try again later."
        )
    if reply.code in _SCOPE and reply.status < 500:
        return Refused(
            "Threads does not let PostFlow do this for the account.",
            code="scope_missing",
            fix="Connect the account again and allow everything on Threads' page.",
        )
    if 400 <= reply.status < 500:
        return Refused(
            f"Threads refused the request: {said(reply)}",
            code="network_refused",
            fix="Look at the post on Threads itself, then try again.",
        )
    return NetworkUnreachable(
        f"Threads gave no usable answer (status {reply.status}).",
        code="server_error",
        fix="Try again later.",
    )


def is_gone(reply: Reply) -> bool:
    """Whether Threads says that there is no such post."""
    numbers = (reply.code, reply.subcode)
    return reply.status == 404 or (reply.status < 500 and numbers in {NOT_FOUND, _MISSING})


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
    return as_sentence(redacted(reply.detail.strip() or f"status {reply.status}")[:200])


def _published(reply: Reply, sent: Wire) -> Outcome:
    post_id = text_of(reply.body, "id") if reply.ok else ""
    if is_id(post_id):
        result = result_of(post_id, sent.username)
        return Outcome(kind=OutcomeKind.PUBLISHED, result=result)
    return _ambiguous("unreadable_reply", "Threads answered, but not with the place of the post.")


def _not_published(reply: Reply) -> Outcome:
    if _is_blocked(reply):
        return _ambiguous(
            "action_blocked", "Threads says that it blocks this account from posting for now."
        )
    if is_gone(reply):
        return _ambiguous("container_not_found", "Threads did not find the prepared post.")
    known = _definite(reply)
    if known is not None:
        return known
    return _ambiguous(
        "server_error" if reply.status >= 500 else "unexpected_reply",
        f"Threads answered with status {reply.status}, so the post may be out or not.",
    )


def _definite(reply: Reply) -> Outcome | None:
    """A refused token or a used-up limit; those mean the same everywhere."""
    if not 400 <= reply.status < 500 or _is_blocked(reply):
        return None
    if reply.code in _TOKEN or (reply.status == 401 and reply.code is None):
        return Outcome(
            kind=OutcomeKind.UNAUTHORIZED,
            code="token_refused",
            message="Threads did not accept the sign-in of this account.",
            fix="Connect the account again if this stays.",
        )
    if reply.code in _LIMIT or reply.status == 429:
        return Outcome(
            kind=OutcomeKind.REJECTED_FOR_NOW,
            code="rate_limited",
            message="Threads allows no more posts for this account for now.",
            fix="PostFlow tries again by itself.",
        )
    return None


def _container_refused(reply: Reply) -> Outcome | None:
    if reply.status >= 500:
        return None
    if _is_blocked(reply):
        return _rejected(
            "action_blocked",
            "Threads blocks this account from posting for now.",
            "Look at the account in the Threads app; wait a day before you post again.",
        )
    if reply.code in _SCOPE:
        return _rejected(
            "scope_missing",
            "Threads does not let PostFlow post for this account.",
            "Connect the account again and allow everything on Threads' page.",
        )
    return _content_refused(reply)


def _content_refused(reply: Reply) -> Outcome | None:
    words = reply.detail.lower()
    if "link_limit" in words:
        return _rejected("too_many_links", "Threads takes five links in a post.", "Remove some.")
    if reply.code != 100 or reply.subcode == _MISSING[1]:
        return None
    if "at most 500 characters" in words:
        return _rejected("text_too_long", "The post is too long for Threads.", "Shorten it.")
    return _rejected("post_refused", f"Threads refused the post: {said(reply)}", "Change it.")


def _for_now(reply: Reply) -> Outcome:
    return Outcome(
        kind=OutcomeKind.REJECTED_FOR_NOW,
        code="server_error",
        message=f"Threads could not take the post yet (status {reply.status}).",
        fix="PostFlow tries again by itself.",
    )


def _is_blocked(reply: Reply) -> bool:
    return reply.subcode in _BLOCKED or reply.code == _BLOCKED_CODE


def _rejected(code: str, message: str, fix: str) -> Outcome:
    return Outcome(kind=OutcomeKind.REJECTED, code=code, message=message, fix=fix)


def _ambiguous(code: str, message: str) -> Outcome:
    return Outcome(
        kind=OutcomeKind.AMBIGUOUS,
        code=code,
        message=message,
        fix="PostFlow asks Threads what became of it before it does anything else.",
    )
