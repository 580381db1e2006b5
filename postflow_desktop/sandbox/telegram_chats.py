"""Bots and channels of the sandbox's Telegram: any token is a bot, any name is a channel of its.

Every bot is an administrator of every channel until a test says otherwise.
"""

from __future__ import annotations

import hashlib
import re

from postflow_desktop.sandbox.exchange import Json
from postflow_desktop.sandbox.state import State
from postflow_desktop.sandbox.telegram_errors import TelegramError, bad_request

_TOKEN = re.compile(r"([0-9]{3,15}):[A-Za-z0-9_-]{30,}")
_NAME = re.compile(r"@([A-Za-z][A-Za-z0-9_]{3,31})")
_CHATS = "telegram-chats"
_RIGHTS = {
    "can_be_edited": False,
    "is_anonymous": False,
    "can_manage_chat": True,
    "can_delete_messages": True,
    "can_manage_video_chats": False,
    "can_restrict_members": True,
    "can_promote_members": False,
    "can_change_info": True,
    "can_invite_users": True,
    "can_post_stories": False,
    "can_edit_stories": False,
    "can_delete_stories": False,
    "can_edit_messages": True,
}


class TelegramChats:
    """Bots by token and channels by number."""

    def __init__(self, state: State) -> None:
        self._state = state

    def bot(self, token: str) -> Json:
        """The bot of a token."""
        found = _TOKEN.fullmatch(token)
        if found is None:
            raise TelegramError(404, "Not Found")
        if self._state.get("telegram-revoked", _digest(token)) is not None:
            raise TelegramError(401, "Unauthorized")
        number = int(found[1])
        username = f"sandbox{number}_bot"
        return {"id": number, "is_bot": True, "first_name": "Sandbox bot", "username": username}

    def chat(self, wanted: object) -> Json:
        """A channel by `@name` or number; a name that nobody used yet becomes one."""
        text = str(wanted).strip()
        name = _NAME.fullmatch(text)
        with self._state.lock:
            if name is not None:
                return self._named(name[1])
            found = self._state.get(_CHATS, text)
        if found is None:
            raise bad_request("chat not found")
        return found

    def reachable(self, wanted: object) -> Json:
        """The same, where the bot is in it."""
        chat = self.chat(wanted)
        if not chat["member"]:
            raise TelegramError(403, "Forbidden: bot is not a member of the channel chat")
        return chat

    def writable(self, wanted: object) -> Json:
        """The same, where the bot may post."""
        chat = self.reachable(wanted)
        if not chat["can_post"]:
            raise bad_request("need administrator rights in the channel chat")
        return chat

    def member(self, chat: Json, user: Json) -> Json:
        """The bot as a member (`ChatMemberAdministrator`)."""
        rights = {**_RIGHTS, "can_post_messages": chat["can_post"]}
        return {"status": "administrator", "user": user, **rights}

    def next_ids(self, chat: Json, count: int) -> list[int]:
        """Numbers for new messages; they go up by one."""
        with self._state.lock:
            current = self.chat(chat["id"])
            first = int(current["last"]) + 1
            current["last"] = first + count - 1
            self._state.put(_CHATS, str(chat["id"]), current)
        return list(range(first, first + count))

    def make_private(self, title: str) -> int:
        """A channel without a name; its number."""
        return int(self._make(title, username="")["id"])

    def change(self, wanted: object, **fields: bool) -> None:
        """Let bots be members or not (`member`), and post or not (`can_post`)."""
        with self._state.lock:
            chat = self.chat(wanted)
            self._state.put(_CHATS, str(chat["id"]), chat | fields)

    def revoke(self, token: str) -> None:
        """Let a token work no more, as @BotFather does."""
        self._state.put("telegram-revoked", _digest(token), {})

    def _named(self, name: str) -> Json:
        lowered = name.lower()
        for _, chat in self._state.items(_CHATS):
            if str(chat["username"]).lower() == lowered:
                return chat
        return self._make(name, username=name)

    def _make(self, title: str, *, username: str) -> Json:
        digest = hashlib.sha256(f"{username.lower()}/{title}".encode()).digest()
        number = -1_000_000_000_000 - (int.from_bytes(digest[:4], "big") + 1)
        chat = {
            "id": number,
            "title": title,
            "username": username,
            "member": True,
            "can_post": True,
            "last": 0,
        }
        self._state.put(_CHATS, str(number), chat)
        return chat


def shown_chat(chat: Json) -> Json:
    """The channel as messages name it (`Chat`)."""
    name = {"username": chat["username"]} if chat["username"] else {}
    return {"id": chat["id"], "title": chat["title"], **name, "type": "channel"}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
