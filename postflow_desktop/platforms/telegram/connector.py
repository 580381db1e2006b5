"""Signing in with a bot's token to the channel that it posts to (port: `Connector`).

A token has no end, no scopes and nothing to refresh it with; @BotFather alone revokes it. One bot
may serve several channels: each is an account of its own, known by the channel's number.
"""

from __future__ import annotations

from datetime import timedelta

from postflow_desktop.domain.account import Session, SignedIn, Tokens
from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, Refused
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.telegram import errors
from postflow_desktop.platforms.telegram.api import (
    Api,
    Json,
    Reply,
    is_token,
    number_of,
    text_of,
)
from postflow_desktop.platforms.telegram.service import checked_channel, checked_service
from postflow_desktop.transport.client import HttpClient


class TelegramConnector:
    """Sessions by bot token; `username` is the channel, `secret` the token."""

    network: Network = Network.TELEGRAM
    token_life: timedelta | None = None

    def __init__(self, http: HttpClient) -> None:
        self._api = Api(http)

    def advice(self, secret: str) -> tuple[str, ...]:
        """Say so when this is not what @BotFather gives out."""
        if is_token(secret.strip()):
            return ()
        return ("This does not look like a bot's token (123456:ABC-DEF…) from @BotFather.",)

    def sign_in(self, service: str, username: str, secret: str) -> SignedIn:
        """Look whether the bot may post in the channel; no session is opened.

        InvalidInput: `bad_service`, `bad_channel`; NotAllowed: `wrong_bot_token`,
        `channel_unavailable`, `not_a_channel`, `rights_missing`; NetworkUnreachable.
        """
        base, channel, token = checked_service(service), checked_channel(username), secret.strip()
        if not is_token(token):
            raise _wrong_token()
        chat = self._checked_chat(base, token, channel, signing_in=True)
        chat_id = number_of(chat, "id")
        return SignedIn(
            user_id=str(chat_id),
            username=_name(chat),
            service=base,
            tokens=Tokens(access=token),
            display_name=text_of(chat, "title") or None,
        )

    def refresh(self, service: str, tokens: Tokens) -> SignedIn:  # noqa: ARG002 - the port's
        """NotAllowed (`reconnect_needed`): a token that is refused has been revoked."""
        raise NotAllowed(
            "Telegram refused the token of this bot, and there is no other to be had.",
            code="reconnect_needed",
            fix="Connect the account again with the token that @BotFather shows.",
        )

    def check(self, session: Session) -> str:
        """The name that the channel has now; NotAllowed where the bot may not post any more."""
        chat = self._checked_chat(
            session.service, session.access_token, int(session.user_id), signing_in=False
        )
        return _name(chat)

    def sign_out(self, service: str, tokens: Tokens) -> None:  # noqa: ARG002 - the port's
        """Refused (`not_revocable`): only the bot's owner can end its token, at @BotFather.

        `logOut` of the Bot API is something else: it moves a bot to a server of one's own.
        """
        raise Refused(
            "A bot's token ends only when its owner sends /revoke to @BotFather.",
            code="not_revocable",
        )

    def _checked_chat(
        self, service: str, token: str, channel: str | int, *, signing_in: bool
    ) -> Json:
        """The channel, where this bot may post in it."""
        me = self._api.call(service, token, "getMe")
        if signing_in and errors.is_token_refused(me):
            raise _wrong_token()
        bot_id = number_of(_good(me), "id")
        chat = _good(self._api.call(service, token, "getChat", chat_id=channel))
        chat_id = number_of(chat, "id")
        if bot_id is None or chat_id is None:
            raise _unusable(me)
        if text_of(chat, "type") != "channel":
            raise NotAllowed(
                f"'{channel}' is no channel at Telegram, but a {text_of(chat, 'type') or 'chat'}.",
                code="not_a_channel",
                fix="Give the name of a channel in which the bot is an administrator.",
            )
        member = _good(
            self._api.call(service, token, "getChatMember", chat_id=chat_id, user_id=bot_id)
        )
        if not _may_post(member):
            raise NotAllowed(
                f"The bot @{text_of(me.object, 'username')} may not post in this channel.",
                code="rights_missing",
                fix="Make the bot an administrator of the channel with the right to post messages.",
            )
        return chat


def _good(reply: Reply) -> Json:
    """The object in a reply that worked; otherwise the error it stands for."""
    if not reply.ok:
        raise errors.as_error(reply)
    if not reply.object:
        raise _unusable(reply)
    return reply.object


def _may_post(member: Json) -> bool:
    status = text_of(member, "status")
    return status == "creator" or (
        status == "administrator" and member.get("can_post_messages") is True
    )


def _name(chat: Json) -> str:
    """The channel's public name; its number where it has none."""
    return text_of(chat, "username") or str(number_of(chat, "id"))


def _wrong_token() -> NotAllowed:
    return NotAllowed(
        "Telegram knows no bot with this token.",
        code="wrong_bot_token",
        fix="Copy the whole token from @BotFather (/mybots, API Token).",
    )


def _unusable(reply: Reply) -> NetworkUnreachable:
    return NetworkUnreachable(
        f"Telegram gave no usable answer (status {reply.status}).",
        code="server_error",
        fix="Try again later; check that the address is that of a Bot API server.",
    )
