"""Signing in at the sandbox's LinkedIn: the page, codes, tokens, who is signed in (RFC 6749).

Any name opens a person; `Ana, Corner Bakery` is Ana, who may also post for that organization. All
apps are known, their secret is whatever they came with first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from postflow_desktop.sandbox.ask_page import Question, ask_page
from postflow_desktop.sandbox.exchange import Answer, Call, Json, json_answer
from postflow_desktop.sandbox.linkedin_errors import REFUSALS, LinkedInError, denied, oauth
from postflow_desktop.sandbox.state import State
from postflow_desktop.sandbox.x_tokens import XTokens

PEOPLE, ORGANIZATIONS = "linkedin-people", "linkedin-organizations"
_REQUEST_LIFE = timedelta(minutes=10)
_CODE_LIFE = timedelta(minutes=30)
_ACCESS_LIFE = timedelta(days=60)
_REFRESH_LIFE = timedelta(days=365)
_PARTNER_SCOPE = "r_organization_social"
"""Apps with the product of this scope get refresh tokens, as partners do."""
_NEEDED = ("client_id", "redirect_uri", "state", "scope")
_WISHES = {
    "profile": "See your name",
    "w_member_social": "Post in your name",
    "w_organization_social": "Post for organizations that you manage",
    "r_organization_social": "Read the posts of these organizations",
}


class LinkedInOAuth:
    """The authorization server, and what it knows about people."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._tokens = XTokens(state, now)

    def ask(self, call: Call) -> Answer:
        """The page on which a person says yes or no."""
        query = call.query
        complete = all(query.get(name) for name in _NEEDED)
        if query.get("response_type") != "code" or not complete:
            raise oauth(400, "invalid_request", "A parameter is missing.")
        _check_redirect(query["redirect_uri"])
        request = {name: query[name] for name in _NEEDED}
        secret = self._tokens.make("linkedin-request", _REQUEST_LIFE, request)
        known = [person["shown"] for _, person in self._state.items(PEOPLE)]
        parts = urlsplit(request["redirect_uri"])
        return ask_page(
            Question(
                network="LinkedIn",
                action="/oauth/v2/authorization",
                request=secret,
                label="Name; after a comma the organization to post for",
                names=known or ["Ana Baker, Corner Bakery"],
                wishes=[_WISHES[scope] for scope in request["scope"].split() if scope in _WISHES],
                origin=f"{parts.scheme}://{parts.netloc}",
            )
        )

    def decide(self, call: Call) -> Answer:
        """Send the browser back with a code, or with the refusal."""
        form = _form(call)
        request = self._tokens.take("linkedin-request", form.get("request", ""))
        if request is None:
            raise oauth(400, "invalid_request", "This page has been used or is too old.")
        answer = {"state": request["state"]}
        if form.get("decision") != "authorize":
            return _redirect(request, {"error": "user_cancelled_authorize", **answer})
        person = self._open(form.get("username", ""))
        code = self._tokens.make("linkedin-code", _CODE_LIFE, {**request, "person": person})
        return _redirect(request, {**answer, "code": code})

    def token(self, call: Call) -> Answer:
        """Trade a code, which works once, or a refresh token, which stays the same."""
        form = _form(call)
        self._check_app(form)
        if form.get("grant_type") == "authorization_code":
            grant = self._tokens.take("linkedin-code", form.get("code", ""))
            if grant is None or grant["redirect_uri"] != form.get("redirect_uri"):
                raise oauth(400, "invalid_request", "Unable to retrieve access token: appid/...")
            return json_answer(self._issue(grant, None))
        refresh = form.get("refresh_token", "")
        found = self._tokens.look("linkedin-refresh", refresh)
        if form.get("grant_type") != "refresh_token" or found is None:
            raise oauth(400, "invalid_request", "The provided refresh token is invalid.")
        return json_answer(self._issue(found, refresh))

    def revoke(self, call: Call) -> Answer:
        """End a token."""
        form = _form(call)
        self._check_app(form)
        self._tokens.forget("linkedin-access", form.get("token", ""))
        return json_answer({})

    def person(self, call: Call, scope: str = "") -> Json:
        """The person behind a request that has this scope."""
        kind, _, token = call.headers.get("authorization", "").partition(" ")
        holder = self._tokens.look("linkedin-access", token) if kind.lower() == "bearer" else None
        if holder is None:
            raise REFUSALS[401]
        if scope and scope not in holder["scope"].split():
            raise denied(scope)
        person: Json = self._state.get(PEOPLE, holder["person"]) or {}
        return {**person, "scope": holder["scope"]}

    def may_act_as(self, call: Call, author: str, right: str) -> None:
        """Raises unless the token may `w` or `r` for this author."""
        if author.startswith("urn:li:organization:"):
            person = self.person(call, f"{right}_organization_social")
            if author not in person["organizations"]:
                raise denied(f"the organization {author}")
            return
        person = self.person(call, f"{right}_member_social")
        if author != f"urn:li:person:{person['sub']}":
            raise denied(f"the member {author}")

    def _check_app(self, form: dict[str, str]) -> None:
        app, secret = form.get("client_id", ""), form.get("client_secret", "")
        with self._state.lock:
            known = self._state.get("linkedin-apps", app) or {"secret": secret}
            if not app or not secret or known["secret"] != secret:
                raise oauth(401, "invalid_client", "Client authentication failed")
            self._state.put("linkedin-apps", app, known)

    def _issue(self, grant: Json, refresh: str | None) -> Json:
        holder = {name: grant[name] for name in ("person", "client_id", "scope")}
        answer: Json = {
            "access_token": self._tokens.make("linkedin-access", _ACCESS_LIFE, holder),
            "expires_in": int(_ACCESS_LIFE.total_seconds()),
            "scope": grant["scope"].replace(" ", ","),
        }
        if _PARTNER_SCOPE in grant["scope"].split():
            made = refresh or self._tokens.make("linkedin-refresh", _REFRESH_LIFE, holder)
            answer |= {
                "refresh_token": made,
                "refresh_token_expires_in": int(_REFRESH_LIFE.total_seconds()),
            }
        return answer

    def _open(self, shown: str) -> str:
        """The key of a person of this name, made where nobody has it, with the organizations."""
        name, *organizations = [part.strip() for part in shown.split(",") if part.strip()] or [""]
        if not name:
            raise LinkedInError(400, {"message": "A name is missing."})
        sub = hashlib.sha256(name.casefold().encode()).hexdigest()[:8]
        with self._state.lock:
            known = self._state.get(PEOPLE, sub) or {"sub": sub, "name": name, "organizations": []}
            urns = {*known["organizations"], *map(self._organization, organizations)}
            full = {**known, "organizations": sorted(urns), "shown": shown}
            self._state.put(PEOPLE, sub, full)
        return sub

    def _organization(self, name: str) -> str:
        number = str(int(hashlib.sha256(name.casefold().encode()).hexdigest()[:10], 16))
        document = {"id": int(number), "localizedName": name, "vanityName": name.casefold()}
        self._state.put(ORGANIZATIONS, number, document)
        return f"urn:li:organization:{number}"


def _check_redirect(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "http" or parts.hostname not in {"127.0.0.1", "localhost"}:
        raise oauth(400, "invalid_request", "The redirect_uri does not match the registered value")


def _redirect(request: Json, query: dict[str, str]) -> Answer:
    return Answer(
        status=302,
        content_type="text/plain; charset=utf-8",
        headers={
            "Location": f"{request['redirect_uri']}?{urlencode(query)}",
            "Cache-Control": "no-store",
        },
    )


def _form(call: Call) -> dict[str, str]:
    if not call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    return dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
