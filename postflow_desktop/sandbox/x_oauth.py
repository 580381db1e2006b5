"""Signing in at the sandbox's X: the page that asks, codes, tokens (RFC 6749, 7636; docs.x.com).

Any handle opens an account, as do all clients: nobody has registered an app here.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from postflow_desktop.sandbox.ask_page import Question, ask_page
from postflow_desktop.sandbox.exchange import Answer, Call, Json, json_answer
from postflow_desktop.sandbox.state import State
from postflow_desktop.sandbox.x_errors import XError, oauth, problem
from postflow_desktop.sandbox.x_tokens import (
    ACCESS_LIFE,
    CODE_LIFE,
    REFRESH_LIFE,
    XTokens,
)

_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
_REQUEST_LIFE = timedelta(minutes=10)
_NEEDED = ("client_id", "redirect_uri", "state", "code_challenge")
_MAX_STATE = 500
_WISHES = {
    "tweet.read": "See the posts of this account",
    "tweet.write": "Post and delete posts for this account",
    "users.read": "See the name and handle of this account",
    "media.write": "Upload pictures for this account",
    "offline.access": "Stay connected until you take the access back",
}


class XOAuth:
    """The authorization server."""

    def __init__(self, state: State, tokens: XTokens) -> None:
        self._state = state
        self._tokens = tokens
        self._grants: dict[str, Callable[[dict[str, str]], Json]] = {
            "authorization_code": self._by_code,
            "refresh_token": self._by_refresh_token,
        }

    def ask(self, call: Call) -> Answer:
        """The page on which a person says yes or no."""
        query = call.query
        method = query.get("code_challenge_method", "plain")
        complete = all(query.get(name) for name in _NEEDED) and len(query["state"]) <= _MAX_STATE
        if query.get("response_type") != "code" or not complete:
            raise problem(403, "Something went wrong. You weren't able to give access to the App.")
        if method not in {"S256", "plain"}:
            raise oauth(400, "invalid_request", "Value passed for code_challenge_method is wrong.")
        _check_redirect(query["redirect_uri"])
        request = {name: query[name] for name in _NEEDED}
        request |= {"method": method, "scope": query.get("scope", "")}
        secret = self._tokens.make("request", _REQUEST_LIFE, request)
        known = [user["username"] for _, user in self._state.items("x-users")]
        return ask_page(
            Question(
                network="X",
                action="/i/oauth2/authorize",
                request=secret,
                label="Handle",
                names=known or ["cornerbakery"],
                wishes=[_WISHES[name] for name in request["scope"].split() if name in _WISHES],
                origin=_origin(request["redirect_uri"]),
                hint="any handle works",
                yes="Authorize",
            )
        )

    def decide(self, call: Call) -> Answer:
        """Send the browser back with a code, or with the refusal."""
        form = _form(call)
        request = self._tokens.take("request", form.get("request", ""))
        if request is None:
            raise problem(403, "This page has been used or is too old.")
        answer = {"state": request["state"]}
        if form.get("decision") != "authorize":
            return _redirect(request, {"error": "access_denied", **answer})
        user = self._open(form.get("username", ""))
        code = self._tokens.make("code", CODE_LIFE, {**request, "user": user["id"]})
        return _redirect(request, {**answer, "code": code})

    def token(self, call: Call) -> Answer:
        """Trade a code or a refresh token; each works once."""
        form = _form(call)
        if not form.get("client_id"):
            raise oauth(401, "unauthorized_client", "Missing valid authorization header")
        grant = self._grants.get(form.get("grant_type", ""))
        if grant is None:
            raise oauth(400, "unsupported_grant_type", "The grant type is not supported.")
        return json_answer(self._issue(grant(form)))

    def revoke(self, call: Call) -> Answer:
        """End a token; one that is unknown is fine."""
        form = _form(call)
        if not form.get("client_id"):
            raise oauth(401, "unauthorized_client", "Missing valid authorization header")
        for kind in ("access", "refresh"):
            self._tokens.forget(kind, form.get("token", ""))
        return json_answer({"revoked": True})

    def user(self, call: Call, scope: str) -> Json:
        """The account behind a request that has this scope."""
        kind, _, token = call.headers.get("authorization", "").partition(" ")
        holder = self._tokens.look("access", token) if kind.lower() == "bearer" else None
        user = self._state.get("x-users", holder["user"]) if holder else None
        if holder is None or user is None:
            raise problem(401)
        if scope not in holder["scope"].split():
            raise problem(403, "You are not permitted to perform this action.")
        return user

    def _by_code(self, form: dict[str, str]) -> Json:
        grant = self._tokens.take("code", form.get("code", ""))
        if grant is None:
            raise _wrong("authorization code")
        for name in ("client_id", "redirect_uri"):
            if form.get(name) != grant[name]:
                raise _wrong(name)
        verifier = form.get("code_verifier", "")
        if grant["code_challenge"] != _challenge(verifier, grant["method"]):
            raise _wrong("code verifier")
        return grant

    def _by_refresh_token(self, form: dict[str, str]) -> Json:
        grant = self._tokens.take("refresh", form.get("refresh_token", ""))
        if grant is None or grant["client_id"] != form["client_id"]:
            raise _wrong("token")
        return grant

    def _issue(self, grant: Json) -> Json:
        holder = {name: grant[name] for name in ("user", "client_id", "scope")}
        answer: Json = {
            "token_type": "bearer",
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "access_token": self._tokens.make("access", ACCESS_LIFE, holder),
            "scope": grant["scope"],
        }
        if "offline.access" in grant["scope"].split():
            answer["refresh_token"] = self._tokens.make("refresh", REFRESH_LIFE, holder)
        return answer

    def _open(self, username: str) -> Json:
        """The account of a handle, made where nobody has it."""
        handle = username.strip().removeprefix("@")
        if not _HANDLE.fullmatch(handle):
            raise problem(403, "A handle has 1 to 15 letters, digits or underscores.")
        digest = hashlib.sha256(handle.lower().encode()).digest()
        user_id = str(10**17 + int.from_bytes(digest[:7]))
        with self._state.lock:
            known = self._state.get("x-users", user_id)
            if known is None:
                known = {"id": user_id, "username": handle, "name": handle}
                self._state.put("x-users", user_id, known)
            return known


def _check_redirect(address: str) -> None:
    """This computer only, written as X wants it."""
    parts = urlsplit(address)
    if parts.scheme != "http" or parts.hostname != "127.0.0.1" or parts.fragment:
        message = "Callback URL not approved for this client application."
        raise XError(400, {"errors": [{"code": 415, "message": message}]})


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _redirect(request: Json, query: dict[str, str]) -> Answer:
    address = str(request["redirect_uri"])
    joint = "&" if urlsplit(address).query else "?"
    return Answer(
        status=302,
        content_type="text/plain; charset=utf-8",
        headers={"Location": f"{address}{joint}{urlencode(query)}", "Cache-Control": "no-store"},
    )


def _challenge(verifier: str, method: str) -> str:
    if method == "plain":
        return verifier
    digest = hashlib.sha256(verifier.encode("utf-8", "replace")).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _form(call: Call) -> dict[str, str]:
    if not call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    return dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))


def _wrong(what: str) -> XError:
    return oauth(400, "invalid_request", f"Value passed for the {what} was invalid.")
