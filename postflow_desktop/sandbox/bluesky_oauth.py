"""Signing in in the browser at the sandbox's Bluesky: a server of the atproto profile of OAuth.

Sources, read 2026-11-21: atproto.com/specs/oauth, RFC 9126 (requests are handed in first), RFC 9449
(proofs), RFC 9207 (issuer), and the replies of the reference server (PDS 0.4.217).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from postflow_desktop.sandbox.ask_page import Question, ask_page
from postflow_desktop.sandbox.bluesky_proofs import ProofRefused, Proofs, base_of
from postflow_desktop.sandbox.bluesky_signins import (
    ACCESS_LIFE,
    CODE_LIFE,
    REQUEST_LIFE,
    SignIns,
)
from postflow_desktop.sandbox.exchange import Answer, Call, Json, json_answer
from postflow_desktop.sandbox.state import State

PATH = "/bluesky/oauth/"
_RESOURCE = "/.well-known/oauth-protected-resource"
_SERVER = "/.well-known/oauth-authorization-server"
_URN = "urn:ietf:params:oauth:request_uri:"
_NEEDED = ("client_id", "redirect_uri", "state", "code_challenge", "scope")
_WISHES = {
    "atproto": "See who you are",
    "transition:generic": "Post, upload pictures and delete posts for this account",
}


class OAuthError(Exception):
    """Becomes `{"error", "error_description"}` with status 400."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.message = message


class BlueskyOAuth:
    """The authorization server, and the guard of the PDS for its tokens."""

    def __init__(
        self, state: State, now: Callable[[], datetime], open_account: Callable[[str], Json | None]
    ) -> None:
        """`open_account` gives the account of a handle, made where nobody has it."""
        self._state = state
        self._open = open_account
        self._sign_ins = SignIns(state, now)
        self.proofs = Proofs()
        self._pages: dict[tuple[str, str], Callable[[Call], Answer]] = {
            ("GET", _RESOURCE): _resource,
            ("GET", _SERVER): _server,
            ("GET", f"{PATH}authorize"): self._ask,
            ("POST", f"{PATH}authorize"): self._decide,
        }
        self._calls: dict[tuple[str, str], Callable[[Call], Answer]] = {
            ("POST", f"{PATH}par"): self._push,
            ("POST", f"{PATH}token"): self._token,
            ("POST", f"{PATH}revoke"): self._revoke,
        }

    def handles(self, call: Call) -> bool:
        """Whether the call is about signing in."""
        return call.path.startswith((PATH, "/.well-known/"))

    def handle(self, call: Call) -> Answer:
        """Answer it."""
        key = (call.method, call.path)
        page = self._pages.get(key)
        try:
            if page is not None:
                return page(call)
            if key not in self._calls:
                return json_answer({"error": "NotFound"}, 404)
            answer = self._calls[key](call)
        except (OAuthError, ProofRefused) as error:
            answer = json_answer({"error": error.error, "error_description": error.message}, 400)
        headers = {"DPoP-Nonce": self.proofs.nonce, "Cache-Control": "no-store"}
        return Answer(status=answer.status, body=answer.body, headers=headers)

    def account(self, call: Call, token: str) -> str:
        """The DID behind a request with a bound token; ProofRefused."""
        key = self.proofs.check(call, token)
        holder = self._sign_ins.holder(token)
        if holder is None:
            raise ProofRefused("invalid_token", "Token expired or revoked")
        if holder["key"] != key:
            raise ProofRefused("invalid_token", "Invalid DPoP key binding")
        return str(holder["did"])

    def _push(self, call: Call) -> Answer:
        form = _form(call)
        key = self.proofs.check(call)
        if not all(form.get(name) for name in _NEEDED) or form.get("response_type") != "code":
            raise OAuthError("invalid_request", "Invalid authorization request")
        if form.get("code_challenge_method") != "S256":
            raise OAuthError("invalid_request", 'Only "S256" code_challenge_method is supported')
        if "atproto" not in form["scope"].split():
            raise OAuthError("invalid_scope", 'The "atproto" scope is required')
        _check_client(form)
        request = {name: form[name] for name in _NEEDED}
        request |= {"key": key, "hint": form.get("login_hint", "")}
        secret = self._sign_ins.make("req", REQUEST_LIFE, request)
        seconds = int(REQUEST_LIFE.total_seconds())
        return json_answer({"request_uri": f"{_URN}{secret}", "expires_in": seconds}, 201)

    def _ask(self, call: Call) -> Answer:
        secret = call.query.get("request_uri", "").removeprefix(_URN)
        request = self._sign_ins.look("req", secret)
        if request is None or request["client_id"] != call.query.get("client_id"):
            return _sorry("This sign-in is unknown or too old.")
        known = [account["handle"] for _, account in self._state.items("accounts")]
        names = [request["hint"]] if request["hint"] else known or ["cornerbakery.test"]
        redirect = urlsplit(request["redirect_uri"])
        return ask_page(
            Question(
                network="Bluesky",
                action=f"{PATH}authorize",
                request=secret,
                label="Handle",
                names=names,
                wishes=[_WISHES[name] for name in request["scope"].split() if name in _WISHES],
                origin=f"{redirect.scheme}://{redirect.netloc}",
                hint="any handle works, such as cornerbakery.test",
                yes="Authorize",
            )
        )

    def _decide(self, call: Call) -> Answer:
        form = _form(call)
        request = self._sign_ins.take("req", form.get("request", ""))
        if request is None:
            return _sorry("This page has been used or is too old.")
        answer = {"iss": base_of(call), "state": request["state"]}
        if form.get("decision") != "authorize":
            return _redirect(request, {**answer, "error": "access_denied"})
        account = self._open(form.get("username", "").strip().removeprefix("@").lower())
        if account is None:
            return _sorry("That is no handle; it looks like cornerbakery.test.")
        code = self._sign_ins.make("cod", CODE_LIFE, {**request, "did": account["did"]})
        return _redirect(request, {**answer, "code": code})

    def _token(self, call: Call) -> Answer:
        form = _form(call)
        key = self.proofs.check(call)
        if form.get("grant_type") == "authorization_code":
            holder, access, refresh = self._by_code(form, key)
        elif form.get("grant_type") == "refresh_token":
            renewed = self._sign_ins.renew(
                form.get("refresh_token", ""), form.get("client_id", ""), key
            )
            if renewed is None:
                raise OAuthError("invalid_grant", "Invalid refresh token")
            holder, access, refresh = renewed
        else:
            raise OAuthError("unsupported_grant_type", "Grant type is not supported")
        tokens: Json = {
            "access_token": access,
            "token_type": "DPoP",
            "refresh_token": refresh,
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "sub": holder["did"],
            "scope": holder["scope"],
        }
        return json_answer(tokens)

    def _by_code(self, form: dict[str, str], key: str) -> tuple[Json, str, str]:
        grant = self._sign_ins.take("cod", form.get("code", ""))
        if grant is None or grant["key"] != key:
            raise OAuthError("invalid_grant", "Invalid code")
        for name in ("client_id", "redirect_uri"):
            if form.get(name) != grant[name]:
                raise OAuthError("invalid_grant", f"The {name} is not the same")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != grant["code_challenge"]:
            raise OAuthError("invalid_grant", "Invalid code_verifier")
        return grant, *self._sign_ins.open(
            grant["did"], grant["client_id"], grant["key"], grant["scope"]
        )

    def _revoke(self, call: Call) -> Answer:
        self.proofs.check(call)
        self._sign_ins.end(_form(call).get("token", ""))
        return json_answer({})


def _resource(call: Call) -> Answer:
    base = base_of(call)
    return json_answer(
        {
            "resource": base,
            "authorization_servers": [base],
            "scopes_supported": [],
            "bearer_methods_supported": ["header"],
        }
    )


def _server(call: Call) -> Answer:
    base = base_of(call)
    return json_answer(
        {
            "issuer": base,
            "scopes_supported": list(_WISHES),
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "dpop_signing_alg_values_supported": ["ES256"],
            "authorization_response_iss_parameter_supported": True,
            "client_id_metadata_document_supported": True,
            "require_pushed_authorization_requests": True,
            "authorization_endpoint": f"{base}{PATH}authorize",
            "pushed_authorization_request_endpoint": f"{base}{PATH}par",
            "token_endpoint": f"{base}{PATH}token",
            "revocation_endpoint": f"{base}{PATH}revoke",
        }
    )


def _check_client(form: dict[str, str]) -> None:
    """A program on this computer describes itself in its id; the port does not count."""
    client = urlsplit(form["client_id"])
    if (client.scheme, client.netloc, client.path.strip("/")) != ("http", "localhost", ""):
        raise OAuthError("invalid_client_metadata", "Only loopback clients are known here")
    told = parse_qs(client.query)
    registered = [_portless(one) for one in told.get("redirect_uri", ["http://127.0.0.1/"])]
    if _portless(form["redirect_uri"]) not in registered:
        raise OAuthError("invalid_request", f"Invalid redirect_uri {form['redirect_uri']}")
    if not set(form["scope"].split()) <= set(told.get("scope", ["atproto"])[0].split()):
        raise OAuthError("invalid_scope", "The client may not ask for that")


def _portless(address: str) -> tuple[str, str | None, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname if parts.hostname == "127.0.0.1" else None, parts.path


def _redirect(request: Json, query: dict[str, str]) -> Answer:
    return Answer(
        status=302,
        content_type="text/plain; charset=utf-8",
        headers={
            "Location": f"{request['redirect_uri']}?{urlencode(query)}",
            "Cache-Control": "no-store",
        },
    )


def _sorry(text: str) -> Answer:
    return Answer(status=400, body=text.encode(), content_type="text/plain; charset=utf-8")


def _form(call: Call) -> dict[str, str]:
    if not call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    return dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
