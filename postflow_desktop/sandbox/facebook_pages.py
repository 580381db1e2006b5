"""People and Pages of the sandbox's Facebook.

`user:bakery,cafe` is the token of a person who looks after these two Pages, which there are from
then on; the tokens of Pages are opaque and come from `/me/accounts`.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from postflow_desktop.sandbox.exchange import Call, Json
from postflow_desktop.sandbox.facebook_errors import GraphError, bad_token, expired, gone
from postflow_desktop.sandbox.forms import Form
from postflow_desktop.sandbox.state import State

_USER = re.compile(r"user:([a-z0-9.]{3,50}(?:,[a-z0-9.]{3,50})*)")
_SCHEME = re.compile(r"(?i)(?:bearer|oauth)\s+(\S+)")
_PAGES, _TOKENS = "facebook-pages", "facebook-tokens"
_TASKS = ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"]


class FacebookPages:
    """Pages by number; tokens by their hash."""

    def __init__(self, state: State) -> None:
        self._state = state

    def me(self, call: Call, form: Form) -> Json:
        """`/me`: the Page, or the person, of a token."""
        token = token_of(call, form)
        names = _managed(token)
        if names is not None:
            return {"id": _number(token), "name": f"Person with {len(names)} Pages"}
        page = self.page(call, form)
        return {"id": page["id"], "name": page["name"], "username": page["username"]}

    def accounts(self, call: Call, form: Form) -> Json:
        """`/me/accounts`: the Pages of a person, each with a new token."""
        names = _managed(token_of(call, form))
        if names is None:
            self.page(call, form)
            raise GraphError(
                100, "(#100) Tried accessing nonexisting field (accounts) on node type (Page)"
            )
        limit, after = int(form.text("limit") or "25"), int(form.text("after") or "0")
        chosen = names[after : after + limit]
        end = after + len(chosen)
        paging: Json = {"cursors": {"before": str(after), "after": str(end)}}
        if end < len(names):
            paging["next"] = f"https://graph.facebook.com/me/accounts?after={end}"
        return {"data": [self._entry(name) for name in chosen], "paging": paging}

    def page(self, call: Call, form: Form) -> Json:
        """The Page whose token came with a call."""
        token = token_of(call, form)
        if _managed(token) is not None:
            raise GraphError(200, "(#200) A page access token is required to request this resource")
        found = self._state.get(_TOKENS, _digest(token))
        if found is None:
            raise bad_token()
        page = self._state.get(_PAGES, str(found["page"]))
        if page is None or found["ended"]:
            raise expired()
        return page

    def own(self, call: Call, form: Form, page_id: str) -> Json:
        """The Page of the token, where the path names it; `me` does so too."""
        page = self.page(call, form)
        if page_id not in {page["id"], "me"}:
            raise gone(page_id, call.method.lower())
        return page

    def end_tokens(self, username: str) -> None:
        """Let all tokens of a Page end, as a changed password does."""
        page_id = _number(username)
        with self._state.lock:
            for key, token in self._state.items(_TOKENS):
                if token["page"] == page_id:
                    self._state.put(_TOKENS, key, {**token, "ended": True})

    def forbid(self, username: str) -> None:
        """Let nobody create content on a Page."""
        with self._state.lock:
            page = self._made(username)
            tasks = [task for task in page["tasks"] if task != "CREATE_CONTENT"]
            self._state.put(_PAGES, page["id"], {**page, "tasks": tasks})

    def _entry(self, username: str) -> Json:
        page = self._made(username)
        token = f"EAAB{secrets.token_hex(40)}"
        self._state.put(_TOKENS, _digest(token), {"page": page["id"], "ended": False})
        return {**page, "access_token": token}

    def _made(self, username: str) -> Json:
        page_id = _number(username)
        with self._state.lock:
            known = self._state.get(_PAGES, page_id)
            if known is not None:
                return known
            name = username.replace(".", " ").title()
            page = {"id": page_id, "name": name, "username": username, "tasks": _TASKS}
            self._state.put(_PAGES, page_id, page)
            return page


def token_of(call: Call, form: Form) -> str:
    """The token of a call, in the header or among the parameters."""
    found = _SCHEME.fullmatch(call.headers.get("authorization", ""))
    token = found[1] if found else form.text("access_token")
    if not token:
        raise GraphError(2500, "An active access token must be used to query information.")
    return token


def _managed(token: str) -> list[str] | None:
    found = _USER.fullmatch(token)
    return None if found is None else list(dict.fromkeys(found[1].split(",")))


def _number(name: str) -> str:
    digest = hashlib.sha256(name.encode()).digest()
    return str(100_000_000_000_000 + int.from_bytes(digest[:5], "big"))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
