"""Threads' wire format: the Threads API v1.0 for accounts that live in the sandbox only.

Paths, fields and refusals are those of developers.facebook.com/docs/threads (read 2026-11-20) and
of Meta's Postman collection of January 2026.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from postflow_desktop.sandbox.exchange import Answer, Call, Json, ShownPost, json_answer
from postflow_desktop.sandbox.state import State
from postflow_desktop.sandbox.threads_containers import ThreadsContainers
from postflow_desktop.sandbox.threads_errors import (
    REFUSALS,
    ThreadsError,
    bad_parameter,
    not_found,
)
from postflow_desktop.sandbox.threads_oauth import ThreadsOAuth, parameters
from postflow_desktop.sandbox.threads_posts import ThreadsPosts
from postflow_desktop.sandbox.threads_tokens import ThreadsTokens

_FIRST_ID = 17_900_000_000_000_000
_VERSION = "/v1.0/"
_PUBLISH = re.compile(r"/v1\.0/(?:me|[0-9]+)/threads_publish")
_PROFILE = frozenset({"id", "username", "name"})


class ThreadsSandbox:
    """Answers API calls; one for the whole server."""

    prefixes: tuple[str, ...] = (
        _VERSION,
        "/oauth/authorize",
        "/oauth/access_token",
        "/access_token",
        "/refresh_access_token",
        "/debug_token",
    )

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._oauth = ThreadsOAuth(state, ThreadsTokens(state, now))
        self.stored = ThreadsPosts(state, now, new_id=self._new_id)
        self.containers = ThreadsContainers(state, now, posts=self.stored, new_id=self._new_id)
        self._open: dict[tuple[str, str], Callable[[Call], Answer]] = {
            ("GET", "/oauth/authorize"): self._oauth.ask,
            ("POST", "/oauth/authorize"): self._oauth.decide,
            ("POST", "/oauth/access_token"): self._oauth.by_code,
            ("GET", "/access_token"): self._oauth.exchange,
            ("GET", "/refresh_access_token"): self._oauth.renew,
            ("GET", "/debug_token"): self._oauth.inspect,
        }
        self._own: dict[tuple[str, str], Callable[[Call], Json]] = {
            ("GET", ""): self._profile,
            ("POST", "threads"): self._make,
            ("GET", "threads"): self._list,
            ("GET", "replies"): self._list_replies,
            ("POST", "threads_publish"): self._publish,
            ("GET", "threads_publishing_limit"): self._quota,
        }

    def handle(self, call: Call) -> Answer:
        """Answer a request."""
        try:
            act = self._open.get((call.method, call.path))
            return act(call) if act is not None else json_answer(self._routed(call))
        except ThreadsError as error:
            return error.answer()

    def publishes(self, call: Call) -> bool:
        """Whether the call puts a post out; making its container does not."""
        return call.method == "POST" and _PUBLISH.fullmatch(call.path) is not None

    def refusal(self, status: int) -> Answer:
        """A refusal in the words of the network; most are a 400 with Meta's own number."""
        return REFUSALS[status]().answer()

    def posts(self) -> list[ShownPost]:
        """All posts of all accounts, newest first."""
        return self.stored.shown()

    def _routed(self, call: Call) -> Json:
        owner, _, edge = call.path.removeprefix(_VERSION).rstrip("/").partition("/")
        act = self._own.get((call.method, edge))
        if act is not None and (owner == "me" or edge):
            user = self._oauth.user(call, "threads_basic")
            if owner in {"me", user["id"]}:
                return act(call)
            raise not_found(owner)
        if edge or not owner.isdecimal():
            raise bad_parameter(f"Unsupported {call.method.lower()} request.")
        return self._object(call, owner)

    def _object(self, call: Call, wanted: str) -> Json:
        if call.method == "DELETE":
            return self.stored.delete(self._oauth.user(call, "threads_delete"), wanted)
        user = self._oauth.user(call, "threads_basic")
        container = self.containers.find(wanted)
        if container is not None:
            return self.containers.read(user, container, _fields(call))
        post = self.stored.find(wanted)
        if post is None or call.method != "GET":
            raise not_found(wanted)
        return self.stored.read(post, _fields(call))

    def _profile(self, call: Call) -> Json:
        user = self._oauth.user(call, "threads_basic")
        fields = (_fields(call) & _PROFILE) | {"id"}
        return {name: value for name, value in user.items() if name in fields}

    def _make(self, call: Call) -> Json:
        user = self._oauth.user(call, "threads_content_publish")
        given = parameters(call)
        if given.get("reply_to_id"):
            self._oauth.user(call, "threads_manage_replies")
        return self.containers.make(user, given)

    def _publish(self, call: Call) -> Json:
        user = self._oauth.user(call, "threads_content_publish")
        return self.containers.publish(user, parameters(call))

    def _list(self, call: Call) -> Json:
        user = self._oauth.user(call, "threads_basic")
        return self.stored.listing(user, call.query, _fields(call))

    def _list_replies(self, call: Call) -> Json:
        user = self._oauth.user(call, "threads_read_replies")
        return self.stored.listing(user, call.query, _fields(call), replies=True)

    def _quota(self, call: Call) -> Json:
        user = self._oauth.user(call, "threads_content_publish")
        return self.stored.quota(user, _fields(call))

    def _new_id(self) -> str:
        """An id that nothing else has, later than the one before."""
        with self._state.lock:
            known = self._state.get("server", "threads-ids") or {"last": _FIRST_ID}
            number = int(known["last"]) + 1
            self._state.put("server", "threads-ids", {"last": number})
            return str(number)


def _fields(call: Call) -> set[str]:
    return {name for name in call.query.get("fields", "").split(",") if name}
