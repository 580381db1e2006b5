"""Containers of the sandbox's Threads: made, asked, published once, gone after 24 hours.

Texts only: the sandbox fetches nothing, so it takes no addresses of pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from postflow_desktop.sandbox.exchange import Json
from postflow_desktop.sandbox.state import State
from postflow_desktop.sandbox.threads_errors import (
    bad_parameter,
    graph,
    limit_reached,
    no_permission,
    not_found,
)
from postflow_desktop.sandbox.threads_posts import ThreadsPosts
from postflow_desktop.sandbox.threads_text import has_too_many_links, is_too_long

CONTAINER_LIFE = timedelta(hours=24)
_KIND = "threads-containers"


class ThreadsContainers:
    """Containers by id."""

    def __init__(
        self,
        state: State,
        now: Callable[[], datetime],
        *,
        posts: ThreadsPosts,
        new_id: Callable[[], str],
    ) -> None:
        self._state = state
        self._now = now
        self._posts = posts
        self._new_id = new_id
        self.processing_seconds = 0.0
        """How long a new container is IN_PROGRESS."""

    def make(self, user: Json, given: dict[str, str]) -> Json:
        """`POST /me/threads`."""
        if given.get("media_type") != "TEXT":
            raise bad_parameter("Param media_type must be TEXT in the sandbox.")
        if given.get("auto_publish_text", "false") != "false":
            raise bad_parameter("Param auto_publish_text is not known in the sandbox.")
        text, card = given.get("text", ""), given.get("link_attachment", "")
        if not text.strip():
            raise bad_parameter("Param text must not be empty.")
        if is_too_long(text):
            raise bad_parameter("Param text must be at most 500 characters long.")
        if card and not card.lower().startswith(("http://", "https://")):
            raise bad_parameter("Param link_attachment must be a valid URL.")
        if has_too_many_links(text, card):
            raise graph("THREADS_API__LINK_LIMIT_EXCEEDED", 100, kind="THApiException")
        reply_to = given.get("reply_to_id", "")
        if reply_to and self._posts.find(reply_to) is None:
            raise not_found(reply_to)
        container = {
            "reply_to": reply_to,
            "id": self._new_id(),
            "user": user["id"],
            "text": text,
            "card": card,
            "made_at": self._now().timestamp(),
            "state": "",
            "error": "",
        }
        self._state.put(_KIND, container["id"], container)
        return {"id": container["id"]}

    def find(self, container_id: str) -> Json | None:
        """A container, or None."""
        return self._state.get(_KIND, container_id)

    def read(self, user: Json, container: Json, fields: set[str]) -> Json:
        """`GET /{container}`."""
        if container["user"] != user["id"]:
            raise no_permission()
        state = self._state_of(container)
        view = {"id": container["id"]}
        if "status" in fields:
            view["status"] = state
        if "error_message" in fields and state == "ERROR":
            view["error_message"] = container["error"]
        return view

    def publish(self, user: Json, given: dict[str, str]) -> Json:
        """`POST /me/threads_publish`.

        What Meta answers the second time is not documented. Here it is the reply that also means
        "not ready yet" and "gone", since that one is the easiest to misunderstand.
        """
        container_id = given.get("creation_id", "")
        with self._state.lock:
            container = self.find(container_id)
            if container is None or container["user"] != user["id"]:
                raise not_found(container_id)
            if self._state_of(container) != "FINISHED":
                raise not_found(container_id)
            reply_to = container.get("reply_to", "")
            if not reply_to and self._posts.is_used_up(user):
                raise limit_reached()
            post_id = self._posts.add(user, container["text"], container["card"], reply_to)
            self._state.put(_KIND, container_id, {**container, "state": "PUBLISHED"})
        return {"id": post_id}

    def end_all(self, state: str, error: str = "") -> None:
        """Let all unpublished containers be EXPIRED, or in ERROR for this reason."""
        with self._state.lock:
            for key, container in self._state.items(_KIND):
                if container["state"] != "PUBLISHED":
                    self._state.put(_KIND, key, {**container, "state": state, "error": error})

    def _state_of(self, container: Json) -> str:
        if container["state"]:
            return str(container["state"])
        age = self._now().timestamp() - float(container["made_at"])
        if age >= CONTAINER_LIFE.total_seconds():
            return "EXPIRED"
        return "IN_PROGRESS" if age < self.processing_seconds else "FINISHED"
