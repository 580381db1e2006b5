"""Servers at which a test signs in as a person does in a browser: a real one, and the sandbox."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from postflow_desktop.domain.account import SignedIn
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.platforms.bluesky.authorizer import BlueskyAuthorizer, BlueskySignIn
from postflow_desktop.platforms.bluesky.connector import BlueskyConnector
from postflow_desktop.platforms.bluesky.discovery import DEFAULT_DIRECTORY, Discovery
from postflow_desktop.platforms.bluesky.publisher import BlueskyPublisher
from postflow_desktop.sandbox.consent import give_consent
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.signing_in import Client
from postflow_desktop.transport.client import HttpClient
from tests.kit.pds import Pds
from tests.kit.pds_page import SignInPage

REDIRECT = "http://127.0.0.1:43210/back"
STATE = "a-state-of-more-than-128-bits-000000"


@dataclass(frozen=True)
class BrowserHome:
    """A server with two accounts, and what a person does on its page."""

    http: HttpClient
    service: str
    directory: str
    handle: str
    other: str
    allow: Callable[[str, str], str]
    """The page's address and a handle; the address to which the browser is sent."""
    deny: Callable[[str], str]

    @property
    def authorizer(self) -> BlueskyAuthorizer:
        return BlueskyAuthorizer(self.http, Discovery(self.http, self.directory))

    @property
    def connector(self) -> BlueskyConnector:
        return BlueskyConnector(self.http, SystemClock(), self.directory)

    @property
    def publisher(self) -> BlueskyPublisher:
        return BlueskyPublisher(self.http, SystemClock())

    def begin(self, handle: str | None = None) -> BlueskySignIn:
        name = self.handle if handle is None else handle
        return self.authorizer.begin_for(self.service, name, Client(client_id=""), REDIRECT, STATE)

    def grant(self) -> str:
        """What the browser brings back."""
        begun = self.begin()
        return begun.finish(self.allow(begun.url, self.handle))

    def sign_in(self) -> SignedIn:
        return self.connector.sign_in(self.service, "", self.grant())


def real_home(http: HttpClient, pds: Pds) -> BrowserHome:
    passwords = {}
    for handle in (pds.new_handle(), pds.new_handle("other")):
        passwords[handle] = pds.create_account(handle)[1]
    first, second = passwords

    def allow(url: str, handle: str) -> str:
        with SignInPage(url) as page:
            return page.allow(handle, passwords[handle])

    def deny(url: str) -> str:
        with SignInPage(url) as page:
            return page.deny()

    return BrowserHome(http, pds.url, pds.directory, first, second, allow, deny)


def sandbox_home(http: HttpClient, sandbox: SandboxServer) -> BrowserHome:
    connector = BlueskyConnector(http, SystemClock())
    handles = [f"{stem}-{secrets.token_hex(4)}.test" for stem in ("person", "other")]
    for handle in handles:
        connector.sign_in(sandbox.url, handle, "aaaa-bbbb-cccc-dddd")

    def allow(url: str, handle: str) -> str:
        return give_consent(http, url, handle)

    def deny(url: str) -> str:
        return give_consent(http, url, handles[0], allow=False)

    return BrowserHome(http, sandbox.url, DEFAULT_DIRECTORY, handles[0], handles[1], allow, deny)
