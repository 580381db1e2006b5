"""Signing in at the sandbox's Threads: the page that asks, codes, tokens and their renewal.

As in developers.facebook.com/docs/threads/get-started, 2026-06-30. Any username opens an account,
as do all apps with any secret: nobody has registered one here. Meta itself takes no redirect
address but https; here this computer's are taken too, since nobody has a certificate for those.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from postflow_desktop.sandbox.ask_page import Question, ask_page
from postflow_desktop.sandbox.exchange import Answer, Call, Json, json_answer
from postflow_desktop.sandbox.state import State
from postflow_desktop.sandbox.threads_errors import (
    bad_parameter,
    bad_token,
    ended_token,
    graph,
    no_permission,
    oauth,
)
from postflow_desktop.sandbox.threads_tokens import (
    CODE_LIFE,
    LONG_LIFE,
    SHORT_LIFE,
    ThreadsTokens,
)

_USERNAME = re.compile(r"[a-z0-9._]{1,30}")
_REQUEST_LIFE = timedelta(minutes=10)
_NEEDED = ("client_id", "redirect_uri", "state")
_MAX_STATE = 500
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_WISHES = {
    "threads_basic": "See the profile and the posts of this account",
    "threads_content_publish": "Post for this account",
    "threads_delete": "Delete posts of this account",
    "threads_manage_replies": "Answer posts for this account",
    "threads_read_replies": "See the answers of this account",
}


class ThreadsOAuth:
    """The authorization server."""

    def __init__(self, state: State, tokens: ThreadsTokens) -> None:
        self._state = state
        self._tokens = tokens

    def ask(self, call: Call) -> Answer:
        """The page on which a person says yes or no."""
        query = call.query
        complete = all(query.get(name) for name in _NEEDED) and len(query["state"]) <= _MAX_STATE
        scope = query.get("scope", "").split(",")
        if query.get("response_type") != "code" or not complete or "threads_basic" not in scope:
            raise oauth("Invalid Request: Request parameters are invalid")
        _check_redirect(query["redirect_uri"])
        request = {name: query[name] for name in _NEEDED} | {"scope": scope}
        secret = self._tokens.make("request", _REQUEST_LIFE, request)
        known = [user["username"] for _, user in self._state.items("threads-users")]
        parts = urlsplit(query["redirect_uri"])
        return ask_page(
            Question(
                network="Threads",
                action="/oauth/authorize",
                request=secret,
                label="Username",
                names=known or ["cornerbakery"],
                wishes=[_WISHES[name] for name in request["scope"] if name in _WISHES],
                origin=f"{parts.scheme}://{parts.netloc}",
                hint="any username works",
                yes="Continue",
            )
        )

    def decide(self, call: Call) -> Answer:
        """Send the browser back with a code, or with the refusal."""
        form = parameters(call)
        request = self._tokens.take("request", form.get("request", ""))
        if request is None:
            raise oauth("This page has been used or is too old.")
        answer = {"state": request["state"]}
        if form.get("decision") != "authorize":
            refusal = {"error": "access_denied", "error_reason": "user_denied"}
            return _redirect(request, {**refusal, **answer})
        user = self._open(form.get("username", ""))
        code = self._tokens.make("code", CODE_LIFE, {**request, "user": user["id"]})
        return _redirect(request, {"code": code, **answer})

    def by_code(self, call: Call) -> Answer:
        """Trade a code, which works once, for a token of an hour."""
        given = parameters(call)
        if given.get("grant_type") != "authorization_code":
            raise oauth("Invalid grant_type")
        grant = self._tokens.take("code", given.get("code", ""))
        if grant is None:
            raise oauth("This authorization code has been used or has expired")
        for name in ("client_id", "redirect_uri"):
            if given.get(name) != grant[name]:
                raise oauth(f"Error validating verification code: {name} is not the same")
        if not given.get("client_secret"):
            raise oauth("Error validating client secret.")
        app = _digest(given["client_secret"])
        holder = {"user": grant["user"], "scope": grant["scope"], "app": app, "long": False}
        token = self._tokens.make("access", SHORT_LIFE, holder)
        return json_answer({"access_token": token, "user_id": int(grant["user"])})

    def exchange(self, call: Call) -> Answer:
        """Trade a token of an hour for one of 60 days."""
        holder = self._holder(call.query.get("access_token", ""))
        if call.query.get("grant_type") != "th_exchange_token" or holder["long"]:
            raise bad_parameter("Unsupported request - the token can't be exchanged")
        if _digest(call.query.get("client_secret", "")) != holder["app"]:
            raise graph("Error validating client secret.", 1)
        return self._long(holder)

    def renew(self, call: Call) -> Answer:
        """A new token of 60 days for one that is older than a day and has not ended."""
        holder = self._holder(call.query.get("access_token", ""))
        wrong = call.query.get("grant_type") != "th_refresh_token" or not holder["long"]
        if wrong or self._tokens.is_young(holder):
            raise bad_parameter("Unsupported request - the token can't be refreshed yet")
        return self._long(holder)

    def inspect(self, call: Call) -> Answer:
        """What a token stands for, asked with a token."""
        self._holder(_token(call))
        found = self._tokens.look("access", call.query.get("input_token", ""))
        if found is None:
            return json_answer({"data": {"is_valid": False, "scopes": []}})
        data = {
            "type": "USER",
            "application": "PostFlow",
            "expires_at": int(found["until"]),
            "is_valid": not self._tokens.has_ended(found),
            "scopes": found["scope"],
            "user_id": found["user"],
        }
        return json_answer({"data": data})

    def user(self, call: Call, scope: str) -> Json:
        """The account behind a request that has this scope."""
        holder = self._holder(_token(call))
        user = self._state.get("threads-users", holder["user"])
        if user is None:
            raise bad_token()
        if scope not in holder["scope"]:
            raise no_permission()
        return user

    def _holder(self, token: str) -> Json:
        found = self._tokens.look("access", token)
        if found is None:
            raise bad_token()
        if self._tokens.has_ended(found):
            raise ended_token()
        return found

    def _long(self, holder: Json) -> Answer:
        token = self._tokens.make("access", LONG_LIFE, {**holder, "long": True})
        seconds = int(LONG_LIFE.total_seconds())
        return json_answer({"access_token": token, "token_type": "bearer", "expires_in": seconds})

    def _open(self, typed: str) -> Json:
        """The account of a username, made where nobody has it."""
        username = typed.strip().removeprefix("@").lower()
        if not _USERNAME.fullmatch(username):
            raise oauth("A username has 1 to 30 letters, digits, dots or underscores.")
        digest = hashlib.sha256(username.encode()).digest()
        user_id = str(10**16 + int.from_bytes(digest[:6]))
        with self._state.lock:
            known = self._state.get("threads-users", user_id)
            if known is None:
                known = {"id": user_id, "username": username, "name": username}
                self._state.put("threads-users", user_id, known)
            return known


def parameters(call: Call) -> dict[str, str]:
    """What was given as query or as form."""
    form: dict[str, str] = {}
    if call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        form = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
    return {**call.query, **form}


def _token(call: Call) -> str:
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    return token if kind.lower() == "bearer" else parameters(call).get("access_token", "")


def _check_redirect(address: str) -> None:
    parts = urlsplit(address)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not secure or not parts.hostname or parts.fragment:
        raise oauth("Blocked URL: This redirect failed because it is not allowed.")


def _redirect(request: Json, query: dict[str, str]) -> Answer:
    address = str(request["redirect_uri"])
    joint = "&" if urlsplit(address).query else "?"
    return Answer(
        status=302,
        content_type="text/plain; charset=utf-8",
        headers={
            "Location": f"{address}{joint}{urlencode(query)}#_",
            "Cache-Control": "no-store",
        },
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
