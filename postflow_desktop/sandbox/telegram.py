"""Telegram's wire format: a Bot API server for bots and channels that live in the sandbox only.

Any token of the right form (`123456:` and 35 letters) is a bot, any `@name` a channel in which it
may post. Methods, fields and refusals are those of Bot API 10.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import unquote

from postflow_desktop.sandbox.exchange import Answer, Call, Json, ShownPost, json_answer
from postflow_desktop.sandbox.forms import Form, read_form
from postflow_desktop.sandbox.state import State
from postflow_desktop.sandbox.telegram_chats import TelegramChats, shown_chat
from postflow_desktop.sandbox.telegram_errors import TelegramError, bad_request, too_many
from postflow_desktop.sandbox.telegram_posts import TelegramPosts

_PATH = re.compile(r"/bot([^/]+)/([A-Za-z]+)")
_PUBLISHING = frozenset({"sendmessage", "sendphoto", "sendmediagroup"})
_MEDIA = "/telegram/media/"
_LIMIT_SECONDS = 2


class TelegramSandbox:
    """Answers Bot API calls; one for the whole server."""

    prefixes: tuple[str, ...] = ("/bot", _MEDIA)

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self.chats = TelegramChats(state)
        self._posts = TelegramPosts(state, now, self.chats)
        self._methods: dict[str, Callable[[Json, Form], object]] = {
            "getme": lambda bot, _: bot,
            "getchat": lambda _, form: self._get_chat(form),
            "getchatmember": self._get_member,
            "sendmessage": lambda _, form: self._posts.send_message(form),
            "sendphoto": lambda _, form: self._posts.send_photo(form),
            "sendmediagroup": lambda _, form: self._posts.send_media_group(form),
            "deletemessage": lambda _, form: self._posts.delete(
                form.fields.get("chat_id"), [form.value("message_id")], strict=True
            ),
            "deletemessages": lambda _, form: self._posts.delete(
                form.fields.get("chat_id"), _list(form.value("message_ids")), strict=False
            ),
        }

    def handle(self, call: Call) -> Answer:
        """Answer a request."""
        try:
            if call.path.startswith(_MEDIA):
                return self._posts.bytes_of(call.path.removeprefix(_MEDIA))
            token, name = _parts(call)
            bot = self.chats.bot(token)
            method = self._methods.get(name)
            if method is None:
                raise TelegramError(404, "Not Found: method not found")
            return json_answer({"ok": True, "result": method(bot, read_form(call))})
        except TelegramError as error:
            return error.answer()

    def publishes(self, call: Call) -> bool:
        """Whether the call makes a post."""
        found = _PATH.fullmatch(call.path)
        return found is not None and found[2].lower() in _PUBLISHING

    def refusal(self, status: int) -> Answer:
        """A refusal in the words of the network."""
        words = {401: "Unauthorized", 500: "Internal Server Error: restart"}
        if status == 429:
            return too_many(_LIMIT_SECONDS).answer()
        return TelegramError(status, words.get(status, "Service Unavailable")).answer()

    def posts(self) -> list[ShownPost]:
        """All posts of all channels, newest first."""
        return self._posts.shown()

    def _get_chat(self, form: Form) -> Json:
        chat = self.chats.reachable(form.fields.get("chat_id"))
        return {**shown_chat(chat), "accent_color_id": 0, "max_reaction_count": 11}

    def _get_member(self, bot: Json, form: Form) -> Json:
        chat = self.chats.reachable(form.fields.get("chat_id"))
        if form.value("user_id") != bot["id"]:
            raise bad_request("PARTICIPANT_ID_INVALID")
        return self.chats.member(chat, bot)


def _parts(call: Call) -> tuple[str, str]:
    """The token and the method's name in a path; methods are known in any case."""
    found = _PATH.fullmatch(call.path)
    if found is None or call.method not in {"GET", "POST"}:
        raise TelegramError(404, "Not Found")
    return unquote(found[1]), found[2].lower()


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
