"""X's wire format: API v2 and OAuth 2.0 for accounts that live in the sandbox only.

Paths, fields and refusals are those of docs.x.com and of X's OpenAPI document 2.167.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from postflow_desktop.sandbox.exchange import Answer, Call, Json, ShownPost, json_answer
from postflow_desktop.sandbox.state import State
from postflow_desktop.sandbox.x_errors import XError, invalid, problem
from postflow_desktop.sandbox.x_media import XMedia, answered
from postflow_desktop.sandbox.x_meter import Meter
from postflow_desktop.sandbox.x_metrics import user_metrics
from postflow_desktop.sandbox.x_oauth import XOAuth
from postflow_desktop.sandbox.x_posts import XPosts
from postflow_desktop.sandbox.x_tokens import XTokens

_EPOCH_MILLISECONDS = 1288834974657
"""Where X's ids begin to count (4 November 2010); they hold their time and so sort by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Route:
    """One endpoint: what it answers, the scope it needs, how often it may be called."""

    method: str
    pattern: re.Pattern[str]
    scope: str
    limit: int
    """Calls in 15 minutes (docs.x.com, rate limits)."""
    act: Callable[[Json, Call, str], Answer]
    """Called with the account, the call, and the id in the path."""


class XSandbox:
    """Answers API calls; one for the whole server."""

    prefixes: tuple[str, ...] = ("/2/", "/i/oauth2/", "/x/media/")

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now
        self._meter = Meter(now)
        self._oauth = XOAuth(state, XTokens(state, now))
        self._media = XMedia(state, now, self._new_id)
        self._posts = XPosts(state, now, media=self._media, new_id=self._new_id)
        self._open: dict[tuple[str, str], Callable[[Call], Answer]] = {
            ("GET", "/i/oauth2/authorize"): self._oauth.ask,
            ("POST", "/i/oauth2/authorize"): self._oauth.decide,
            ("POST", "/2/oauth2/token"): self._oauth.token,
            ("POST", "/2/oauth2/revoke"): self._oauth.revoke,
        }
        self._routes = self._make_routes()

    def handle(self, call: Call) -> Answer:
        """Answer a request."""
        try:
            act = self._open.get((call.method, call.path))
            if act is not None:
                return act(call)
            if call.method == "GET" and call.path.startswith("/x/media/"):
                return self._media.bytes_of(call.path.removeprefix("/x/media/"))
            return self._routed(call)
        except XError as error:
            return error.answer()

    def publishes(self, call: Call) -> bool:
        """Whether the call makes a post."""
        return (call.method, call.path) == ("POST", "/2/tweets")

    def refusal(self, status: int) -> Answer:
        """A refusal in the words of the network."""
        answer = problem(status).answer()
        if status != 429:
            return answer
        return replace(answer, headers=self._meter.used_up(limit=100))

    def posts(self) -> list[ShownPost]:
        """All posts of all accounts, newest first."""
        return self._posts.shown()

    def forget_media(self) -> None:
        """Let all uploads end, as they do after a day; posts keep theirs."""
        self._media.forget()

    def _routed(self, call: Call) -> Answer:
        for route in self._routes:
            match = route.pattern.fullmatch(call.path)
            if match is None or route.method != call.method:
                continue
            user = self._oauth.user(call, route.scope)
            headers = self._meter.count(f"{user['id']}{route.pattern.pattern}", route.limit)
            try:
                answer = route.act(user, call, match.groupdict().get("id") or "")
            except XError as error:
                answer = error.answer()
            return replace(answer, headers={**answer.headers, **headers})
        raise problem(404)

    def _make_routes(self) -> tuple[_Route, ...]:
        return (*self._post_routes(), *self._media_routes())

    def _post_routes(self) -> tuple[_Route, ...]:
        posts = self._posts
        return (
            _route(
                "POST /2/tweets",
                "tweet.write",
                100,
                lambda user, call, _: json_answer(posts.create(user, _body(call)), 201),
            ),
            _route(
                "GET /2/tweets",
                "tweet.read",
                5000,
                lambda user, call, _: json_answer(posts.lookup(user, call.query, _fields(call))),
            ),
            _route(
                "GET /2/tweets/{id}",
                "tweet.read",
                5000,
                lambda _, call, post_id: json_answer(posts.read(post_id, _fields(call))),
            ),
            _route(
                "DELETE /2/tweets/{id}",
                "tweet.write",
                50,
                lambda user, _, post_id: json_answer(posts.delete(user, post_id)),
            ),
            _route(
                "GET /2/users/me",
                "users.read",
                75,
                lambda user, call, _: json_answer({"data": self._profile(user, call)}),
            ),
            _route(
                "GET /2/users/{id}/tweets",
                "tweet.read",
                900,
                lambda _, call, user_id: json_answer(
                    posts.listing(user_id, call.query, _fields(call))
                ),
            ),
        )

    def _profile(self, user: Json, call: Call) -> Json:
        """The account, with its numbers if they are asked for."""
        if "public_metrics" not in call.query.get("user.fields", "").split(","):
            return user
        return {**user, "public_metrics": user_metrics(self._state, user, self._now())}

    def _media_routes(self) -> tuple[_Route, ...]:
        media = self._media
        return (
            _route(
                "POST /2/media/upload",
                "media.write",
                500,
                lambda user, call, _: answered(media.at_once(user, call)),
            ),
            _route(
                "GET /2/media/upload",
                "media.write",
                1000,
                lambda user, call, _: answered(media.status(user, call.query)),
            ),
            _route(
                "POST /2/media/upload/initialize",
                "media.write",
                1875,
                lambda user, call, _: answered(media.initialize(user, _body(call))),
            ),
            _route(
                "POST /2/media/upload/{id}/append",
                "media.write",
                1875,
                lambda user, call, media_id: answered(media.append(user, media_id, call)),
            ),
            _route(
                "POST /2/media/upload/{id}/finalize",
                "media.write",
                1875,
                lambda user, _, media_id: answered(media.finalize(user, media_id)),
            ),
            _route(
                "POST /2/media/metadata",
                "media.write",
                500,
                lambda user, call, _: answered(media.describe(user, _body(call))),
            ),
        )

    def _new_id(self) -> str:
        """An id of now that is later than the one before."""
        with self._state.lock:
            last = int((self._state.get("server", "x-ids") or {"last": 0})["last"])
            now = int(self._now().timestamp() * 1000) - _EPOCH_MILLISECONDS
            number = max(last + 1, now << 22)
            self._state.put("server", "x-ids", {"last": number})
            return str(number)


def _route(place: str, scope: str, limit: int, act: Callable[[Json, Call, str], Answer]) -> _Route:
    method, _, path = place.partition(" ")
    pattern = re.compile(path.replace("{id}", r"(?P<id>[0-9]{1,19})"))
    return _Route(method=method, pattern=pattern, scope=scope, limit=limit, act=act)


def _body(call: Call) -> Json:
    body = call.json()
    if body is None:
        raise invalid("body", "", "The body is no JSON object.")
    return body


def _fields(call: Call) -> set[str]:
    """The fields that were asked for, by either of the parameter's names."""
    names = call.query.get("tweet.fields") or call.query.get("post.fields") or ""
    return set(names.split(","))
