"""A certified OAuth provider for tests, and a person at its pages."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx

from tests.kit.node import NodeServer, Packages

_KIT = Path(__file__).parent / "oidc"
_PROBE = "import('oidc-provider').then((m) => { if (!m.default) process.exit(1); })"
_PACKAGES = Packages("oidc", _KIT / "package.json", _PROBE)

PUBLIC = "public-app"
CONFIDENTIAL = "confidential-app"
SECRET = "the-secret-of-the-team"


def built_folder() -> Path:
    """The folder with a usable `node_modules`; installs it where it is missing (once)."""
    return _PACKAGES.folder()


class Provider(NodeServer):
    """One running provider: see `oidc/run.mjs` for its clients."""

    def __init__(self, modules: Path, folder: Path) -> None:
        super().__init__(_KIT / "run.mjs", modules, folder)
        self.handle = self.ready["handle"]
        self.did = self.ready["did"]

    def refresh_tokens(self) -> list[str]:
        """All that were handed out, oldest first: what a thief could have seen."""
        found: dict[str, Any] = httpx.get(f"{self.url}/test/refresh-tokens").json()
        tokens: list[str] = found["tokens"]
        return tokens

    def forget_everybody(self) -> None:
        """Every person takes back what they allowed."""
        httpx.get(f"{self.url}/test/forget-everybody").raise_for_status()

    def use_refresh_token(self, token: str, client_id: str = PUBLIC) -> httpx.Response:
        """As somebody would who stole it."""
        form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": client_id}
        return httpx.post(f"{self.url}/2/oauth2/token", data=form)


class _Page(HTMLParser):
    """The form of a page and its way out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.cancel = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = found.get("action", "")
        elif tag == "input":
            self.fields[found.get("name", "")] = found.get("value", "")
        elif tag == "a" and found.get("href", "").endswith("/abort"):
            self.cancel = found["href"]


def through_pages(url: str, login: str, *, allow: bool = True) -> str:
    """Sign in as `login` and allow, or cancel; the address of the application with the answer."""
    with httpx.Client(timeout=30) as client:
        answer = client.get(url)
        for _ in range(20):
            if answer.is_redirect:
                to = urljoin(str(answer.url), answer.headers["location"])
                if not to.startswith(str(answer.url.copy_with(raw_path=b"/"))):
                    return to
                answer = client.get(to)
                continue
            assert answer.status_code == 200, answer.text[:500]
            page = _Page(answer.text)
            if not allow:
                answer = client.get(urljoin(str(answer.url), page.cancel))
                continue
            known = {"login": login, "password": "x"}
            fields = {name: known.get(name, value) for name, value in page.fields.items()}
            answer = client.post(urljoin(str(answer.url), page.action), data=fields)
    raise AssertionError("the pages of the provider have no end")
