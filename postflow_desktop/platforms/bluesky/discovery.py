"""From a handle to the server that asks the person: who they are, where they live, who signs in.

handle -> DID -> DID document -> PDS -> its authorization server. Sources, read 2026-11-21:
atproto.com/specs/handle, /did and /oauth; RFC 9728 (protected resource), RFC 8414 (authorization
server). Every address out of a document passes `service.document_base` or `document_url`, and what
lies there is read through the gate to public addresses; what a person typed may be private.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from postflow_desktop.domain.errors import InvalidInput, NetworkUnreachable, Refused
from postflow_desktop.platforms.bluesky import service as places
from postflow_desktop.platforms.bluesky.wire import Json
from postflow_desktop.platforms.bluesky.xrpc import Reply, Xrpc, read_reply, text_of
from postflow_desktop.transport import addresses
from postflow_desktop.transport.client import HttpClient
from postflow_desktop.transport.public import PublicReader, Wanted
from postflow_desktop.transport.values import Request

DEFAULT_DIRECTORY = "https://plc.directory"
STEP_SECONDS = 20.0
"""For one request, so that a refresh of three ends within the account's lease."""
_HANDLE = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_PLC = re.compile(r"did:plc:[a-z2-7]{24}")
_WEB = re.compile(r"did:web:([A-Za-z0-9.-]+(?:%3A[0-9]+)?)")
_LONGEST_DID = 200
_MAX_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where an account lives."""

    did: str
    handle: str
    """What the DID document says; empty where it names none."""
    server: str
    """The base address of its PDS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationServer:
    """Who asks the person and hands out tokens (RFC 8414)."""

    issuer: str
    page: str
    """Where the browser goes."""
    pushing: str
    """Where a request is handed in before that (RFC 9126)."""
    token: str
    revocation: str
    """Empty where it has none."""


class Discovery:
    """Looks up one account or server; NetworkUnreachable where a part does not answer."""

    def __init__(
        self,
        http: HttpClient,
        directory: str = DEFAULT_DIRECTORY,
        public: PublicReader | None = None,
    ) -> None:
        """`public` reads what others' documents name."""
        self._http = http
        self._public = public or PublicReader()
        self._xrpc = Xrpc(http)
        self._directory = places.checked_service(directory)

    def find(self, service: str, name: str) -> Home:
        """The home of a handle or DID, which have to name each other; InvalidInput."""
        if name.startswith("did:"):
            return self.home(service, name)
        handle = name.lower()
        if not _HANDLE.fullmatch(handle):
            raise _unknown(name)
        home = self.home(service, self._did_of(service, handle))
        if home.handle != handle:
            raise InvalidInput(
                f"@{handle} and the account behind it do not name each other.",
                code="handle_mismatch",
                fix="Use the handle that the account has now.",
            )
        return home

    def home(self, service: str, did: str) -> Home:
        """The home of a DID, by its document."""
        document = self._document(service, did)
        server = places.home_in(document, service)
        if document.get("id") != did or server is None:
            raise _no_home(did)
        known = document.get("alsoKnownAs")
        names = known if isinstance(known, list) else []
        handles = [str(one)[5:].lower() for one in names if str(one).startswith("at://")]
        return Home(did=did, handle=handles[0] if handles else "", server=server)

    def issuer_of(self, server: str, service: str) -> str:
        """The authorization server of a PDS, by the PDS's own word; InvalidInput."""
        reply = self._named(f"{server}/.well-known/oauth-protected-resource", service)
        issuers = reply.body.get("authorization_servers") if reply.ok and reply.body else None
        found = issuers if isinstance(issuers, list) and len(issuers) == 1 else [None]
        issuer = places.document_base(found[0], service)
        if issuer is None or places.document_base(text_of(reply.body, "resource"), service) != (
            server
        ):
            raise _no_browser(server)
        return issuer

    def issuer_at(self, service: str) -> str:
        """The authorization server behind an address that nobody's handle led to."""
        try:
            return self.issuer_of(service, service)
        except InvalidInput:
            # Bluesky's entryway is no PDS itself, and signs in for many.
            return service

    def server(self, issuer: str, service: str) -> AuthorizationServer:
        """What an authorization server says about itself; InvalidInput (`no_browser_sign_in`)."""
        reply = self._named(f"{issuer}/.well-known/oauth-authorization-server", service)
        told = reply.body if reply.ok else None
        if told is None or told.get("issuer") != issuer or not _speaks_atproto(told):
            raise _no_browser(issuer)
        names = ("authorization", "pushed_authorization_request", "token", "revocation")
        page, pushing, token, revocation = (
            places.document_url(told.get(f"{name}_endpoint"), service) for name in names
        )
        own = [one for one in (pushing, token, revocation) if one is not None]
        if page is None or pushing is None or token is None or not _all_at(issuer, own):
            raise _no_browser(issuer)
        return AuthorizationServer(
            issuer=issuer, page=page, pushing=pushing, token=token, revocation=revocation or ""
        )

    def _did_of(self, service: str, handle: str) -> str:
        """By the server, which also asks the DNS; else by the handle's own web address."""
        asked = {"handle": handle}
        reply = self._xrpc.query(service, "com.atproto.identity.resolveHandle", asked)
        did = text_of(reply.body, "did") if reply.ok else ""
        # A server at home or in a test answers for itself; nobody else hears of its handles.
        if not did and reply.status in {400, 404, 501} and not _is_at_home(service, handle):
            did = self._did_at(handle, service)
        if not did:
            raise _unknown(handle) if reply.status < 500 else _silent(reply)
        return did

    def _did_at(self, handle: str, service: str) -> str:
        try:
            reply = self._named(f"https://{handle}/.well-known/atproto-did", service)
        except NetworkUnreachable:
            return ""
        text = reply.raw[:_LONGEST_DID].decode("utf-8", "replace").strip()
        return text if reply.ok and text.startswith("did:") else ""

    def _document(self, service: str, did: str) -> Json:
        if _is_at_home(service) and self._directory == DEFAULT_DIRECTORY:
            # The public directory does not know the accounts of a server at home or in a test.
            reply = self._xrpc.query(service, "com.atproto.repo.describeRepo", {"repo": did})
            found = reply.body.get("didDoc") if reply.ok and reply.body else None
            return found if isinstance(found, dict) else {}
        web = _WEB.fullmatch(did)
        if _PLC.fullmatch(did):
            reply = self._typed(f"{self._directory}/{did}")
        elif web:
            reply = self._named(
                f"https://{web[1].replace('%3A', ':')}/.well-known/did.json", service
            )
        else:
            raise _no_home(did)
        if reply.status >= 500:
            raise _silent(reply)
        return reply.body or {} if reply.ok else {}

    def _named(self, url: str, service: str) -> Reply:
        """What lies at an address that somebody's document or handle names."""
        if _is_at_home(service):
            return self._typed(url)
        wanted = Wanted(
            url=url, accept="application/json", max_bytes=_MAX_BYTES, seconds=STEP_SECONDS
        )
        try:
            got = self._public.get(wanted)
        except Refused:
            return read_reply(403, {}, b"")
        # The specification wants no redirects.
        return read_reply(got.status if got.url == url else 302, {}, got.body)

    def _typed(self, url: str) -> Reply:
        """What lies at an address that a person may have written; no redirect is followed."""
        asked = Request(method="GET", url=url, headers={"Accept": "application/json, text/plain"})
        response = self._http.request(asked, total_seconds=STEP_SECONDS)
        return read_reply(response.status, response.headers, response.body)


def _is_at_home(service: str, handle: str = "") -> bool:
    host = addresses.split(service).hostname or ""
    return addresses.is_private(host) or (bool(handle) and addresses.is_private(handle))


def _all_at(issuer: str, urls: list[str]) -> bool:
    """Secrets go to the very server that was read through the gate."""
    return all(url.startswith(f"{issuer}/") for url in urls)


def _speaks_atproto(told: Json) -> bool:
    """Whether it has what the atproto profile demands."""

    def has(name: str, wanted: str) -> bool:
        values = told.get(name)
        return isinstance(values, list) and wanted in values

    return (
        told.get("authorization_response_iss_parameter_supported") is True
        and told.get("client_id_metadata_document_supported") is True
        and has("scopes_supported", "atproto")
        and has("code_challenge_methods_supported", "S256")
        and has("dpop_signing_alg_values_supported", "ES256")
    )


def _unknown(name: str) -> InvalidInput:
    return InvalidInput(
        f"Nobody is found under the handle '{name[:100]}'.",
        code="unknown_handle",
        fix="Check the spelling; it looks like you.bsky.social.",
    )


def _no_home(did: str) -> InvalidInput:
    return InvalidInput(
        f"The account's document ({did[:100]}) names no server that PostFlow may ask.",
        code="no_home",
        fix="Connect with an app password and the server's address instead.",
    )


def _no_browser(server: str) -> InvalidInput:
    return InvalidInput(
        f"{server[:200]} can't sign anybody in in the browser.",
        code="no_browser_sign_in",
        fix="Connect with an app password instead: postflow account connect bluesky --handle NAME",
    )


def _silent(reply: Reply) -> NetworkUnreachable:
    return NetworkUnreachable(
        f"Looking up the account brought no usable answer (status {reply.status}).",
        code="server_error",
        fix="Try again later.",
    )
