"""What Telegram's replies mean, as outcomes of the publish protocol.

A refusal counts as one only where its words are known (tdlib/telegram-bot-api of 2026-05-07, which
answers them before a message exists). Everything else after a sent request is ambiguous, and with
Telegram that means: a person has to look.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, PostFlowError, Refused
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.text import as_sentence
from postflow_desktop.platforms.telegram.api import Json, Reply, number_of, text_of
from postflow_desktop.platforms.telegram.wire import Wire, result_of

RECEIVED_CHARACTERS = 500
_LONGEST_WAIT = timedelta(hours=24)
_SECRETS = (re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{30,}"), "[token]")

# Parts of descriptions in lower case, by what they mean.
_NO_ACCESS = (
    "chat not found",
    "bot was kicked",
    "bot is not a member",
    "bot was blocked",
    "user is deactivated",
    "chat was deleted",
    "upgraded to a supergroup",
    "group chat was deactivated",
)
_NO_RIGHTS = (
    "need administrator rights",
    "not enough rights",
    "have no rights",
    "chat_write_forbidden",
    "chat_send_",
    "chat_admin_required",
    "chat_restricted",
)
_TOO_LONG = (
    "message is too long",
    "text is too long",
    "message_too_long",
    "caption is too long",
    "media_caption_too_long",
)
_EMPTY = ("message text is empty", "text must be non-empty", "message_empty")
_PARENT_GONE = ("message to be replied not found", "replied message not found")
_BAD_PHOTO = (
    "photo_invalid_dimensions",
    "photo_invalid",
    "photo_ext_invalid",
    "image_process_failed",
    "file is too big",
    "wrong file",
    "can't use the media of the specified type",
    "there is no photo in the request",
)


def judge(stored: Wire, reply: Reply, now: datetime) -> Outcome:
    """What a complete reply to the stored call means; `now` is for waits that are relative."""
    outcome = _published(stored, reply) if 200 <= reply.status < 300 else _refused(reply, now)
    again = outcome.kind is OutcomeKind.REJECTED_FOR_NOW
    return replace(
        outcome,
        status=reply.status,
        received=received(reply.raw),
        # Photos are carried once, see `carrying`; another try begins with preparing.
        new_wire=again and bool(stored.files),
    )


def parent_gone() -> Outcome:
    """What a reply would answer is not there any more."""
    return _rejected(
        "parent_gone",
        "The post that this one answers is no longer in the channel.",
        "Write the rest in Telegram itself, or make a new thread of it.",
    )


def as_error(reply: Reply) -> PostFlowError:
    """A failed repeatable call as the error that a person sees."""
    if is_token_refused(reply):
        return NotAllowed(
            "Telegram does not accept the token of this bot any more.",
            code="token_refused",
            fix="Connect the account again with the token that @BotFather shows.",
        )
    if reply.status == 429:
        return NetworkUnreachable(
            "Telegram allows no more requests for now.", code="rate_limited", fix="Try again later."
        )
    known = _about_access(reply) if reply.status in {400, 403} else None
    if known is not None:
        return NotAllowed(known.message, code=known.code, fix=known.fix)
    if 400 <= reply.status < 500:
        return Refused(
            f"Telegram refused the request: {said(reply)}",
            code="network_refused",
            fix="Look at the post in Telegram itself, then try again.",
        )
    return NetworkUnreachable(
        f"Telegram gave no usable answer (status {reply.status}).",
        code="server_error",
        fix="Try again later.",
    )


def is_token_refused(reply: Reply) -> bool:
    """Whether the bot is unknown: 401, or 404 where the token has not even the form of one."""
    return reply.status == 401 or (reply.status == 404 and reply.description == "Not Found")


def received(raw: bytes) -> str:
    """The beginning of a reply without any token."""
    text = raw[: 8 * RECEIVED_CHARACTERS].decode("utf-8", "replace")
    return redacted(text)[:RECEIVED_CHARACTERS]


def redacted(text: str) -> str:
    """A text of the server's without any token."""
    pattern, instead = _SECRETS
    return pattern.sub(instead, text)


def said(reply: Reply) -> str:
    """The server's words in short, for a sentence of ours."""
    return as_sentence(redacted(reply.description.strip() or f"status {reply.status}")[:200])


def _published(stored: Wire, reply: Reply) -> Outcome:
    result = reply.result
    messages = [_ours(stored, one) for one in (result if isinstance(result, list) else [result])]
    ids = sorted({found for one in messages if one and (found := number_of(one, "message_id"))})
    if not ids or not len(ids) == len(messages) == stored.messages or ids[0] < 1:
        return _ambiguous(
            "unreadable_reply", "Telegram answered, but not with the place of the post."
        )
    username = next((text_of(one["chat"], "username") for one in messages if one), "")
    return Outcome(kind=OutcomeKind.PUBLISHED, result=result_of(stored.chat_id, username, ids))


def _ours(stored: Wire, message: object) -> Json | None:
    """A message in our channel, or None."""
    chat = message.get("chat") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(chat, dict):
        return None
    return message if number_of(chat, "id") == stored.chat_id else None


def _refused(reply: Reply, now: datetime) -> Outcome:
    if is_token_refused(reply):
        return Outcome(
            kind=OutcomeKind.UNAUTHORIZED,
            code="token_refused",
            message="Telegram did not accept the token of this bot.",
            fix="Connect the account again with the token that @BotFather shows.",
        )
    if reply.status == 429:
        return _too_many(reply, now)
    found = None
    if reply.status in {400, 403}:
        found = _about_access(reply) or _about_content(reply)
    elif reply.status == 413:
        found = _bad_photo(reply)
    return found or _ambiguous(
        "server_error" if reply.status >= 500 else "unexpected_reply",
        f"Telegram answered with status {reply.status}, so the post may be out or not.",
    )


def _about_access(reply: Reply) -> Outcome | None:
    words = reply.description.lower()
    if _holds(words, _NO_ACCESS):
        return _rejected(
            "channel_unavailable",
            f"The bot does not reach the channel any more: {said(reply)}",
            "Add the bot to the channel as an administrator, then connect the account again.",
        )
    if _holds(words, _NO_RIGHTS):
        return _rejected(
            "rights_missing",
            "The bot may not post in this channel.",
            "Make the bot an administrator of the channel with the right to post messages.",
        )
    return None


def _about_content(reply: Reply) -> Outcome | None:
    words = reply.description.lower()
    if _holds(words, _TOO_LONG):
        return _rejected("text_too_long", "The post is too long for Telegram.", "Shorten it.")
    if _holds(words, _EMPTY):
        return _rejected(
            "empty_post",
            "Telegram shows no words in this post.",
            "Write something or add a picture.",
        )
    if _holds(words, _PARENT_GONE):
        return parent_gone()
    if _holds(words, _BAD_PHOTO):
        return _bad_photo(reply)
    return None


def _bad_photo(reply: Reply) -> Outcome:
    return _rejected(
        "image_refused",
        f"Telegram does not take a picture of this post: {said(reply)}",
        "Save the picture smaller, as JPEG or PNG.",
    )


def _too_many(reply: Reply, now: datetime) -> Outcome:
    wait = reply.retry_after
    seconds = None if wait is None or wait <= 0 else min(wait, _LONGEST_WAIT.total_seconds())
    return Outcome(
        kind=OutcomeKind.REJECTED_FOR_NOW,
        code="rate_limited",
        message="Telegram allows no more posts of this bot for now.",
        fix="PostFlow tries again when Telegram allows it.",
        retry_at=None if seconds is None else now + timedelta(seconds=seconds),
    )


def _holds(words: str, parts: tuple[str, ...]) -> bool:
    return any(part in words for part in parts)


def _rejected(code: str, message: str, fix: str) -> Outcome:
    return Outcome(kind=OutcomeKind.REJECTED, code=code, message=message, fix=fix)


def _ambiguous(code: str, message: str) -> Outcome:
    return Outcome(
        kind=OutcomeKind.AMBIGUOUS,
        code=code,
        message=message,
        fix="Look at the channel; a bot can't.",
    )
