"""Saying yes on the sandbox's page without a browser, for tests and sample accounts."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

from postflow_desktop.domain.errors import NotAllowed
from postflow_desktop.transport import addresses
from postflow_desktop.transport.client import HttpClient
from postflow_desktop.transport.values import Request


class _Form(HTMLParser):
    """Keeps the hidden fields of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden":
            self.fields[found.get("name") or ""] = found.get("value") or ""


def give_consent(http: HttpClient, url: str, username: str, *, allow: bool = True) -> str:
    """Open the page at `url`, choose the account, and press Authorize (or Cancel).

    Returns the address to which the browser would be sent, with code and state in it. NotAllowed
    (`consent_refused`) where the sandbox shows no such page; NetworkUnreachable.
    """
    parts = addresses.split(url)
    if not addresses.is_loopback(parts.hostname or ""):
        raise _refused("Only the sandbox on this computer can be answered for a person.")
    page = http.request(Request(method="GET", url=url))
    form = _Form()
    form.feed(page.body.decode("utf-8", "replace"))
    if page.status != 200 or "request" not in form.fields:
        raise _refused(f"The sandbox did not ask (status {page.status}).")
    decision = "authorize" if allow else "cancel"
    fields = {**form.fields, "username": username, "decision": decision}
    answer = http.request(
        Request(
            method="POST",
            url=urlsplit(url)._replace(query="").geturl(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(fields).encode(),
        )
    )
    if answer.status != 302:
        raise _refused(f"The sandbox did not take the answer (status {answer.status}).")
    return answer.headers["location"]


def _refused(message: str) -> NotAllowed:
    return NotAllowed(message, code="consent_refused", fix="Start connecting the account again.")
