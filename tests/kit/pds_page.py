"""A person at the sign-in page of a real Bluesky server, without a browser.

The page is a program that talks JSON to its server. The server wants what a browser sends by
itself: where a request comes from (`Sec-Fetch-*`, `Origin`, `Referer`), its cookies, and the
cookie against forged requests once more as a header (@atproto/oauth-provider 0.15).
"""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

_API = "/@atproto/oauth-provider/~api"
_PAGE = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


class SignInPage:
    """The page at an address; a context manager."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        self._cookies: dict[str, str] = {}
        # Cookies are kept by hand: they are marked for https, and the test server speaks http.
        self._client = httpx.Client(timeout=60, follow_redirects=False)
        shown = self._get(url, {**_PAGE, "Sec-Fetch-Site": "cross-site"})
        assert shown.status_code == 200, shown.text[:300]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def allow(self, username: str, password: str) -> str:
        """Sign in and press Authorize; the address that the browser is sent to."""
        given = {"locale": "en", "username": username, "password": password, "remember": False}
        signed = self._api("sign-in", given)
        token = {"Authorization": f"Bearer {signed['ephemeralToken']}"}
        return self._away(self._api("consent", {"sub": signed["account"]["sub"]}, token))

    def deny(self) -> str:
        """Press Cancel."""
        return self._away(self._api("reject", {}))

    def _away(self, answer: dict[str, Any]) -> str:
        headers = {**_PAGE, "Sec-Fetch-Site": "same-origin", "Referer": self._url}
        sent = self._get(answer["url"], headers)
        assert sent.status_code == 303, sent.text[:300]
        return sent.headers["location"]

    def _get(self, url: str, headers: dict[str, str]) -> httpx.Response:
        return self._kept(self._client.get(url, headers={**headers, **self._cookie()}))

    def _api(
        self, name: str, body: dict[str, Any], more: dict[str, str] | None = None
    ) -> dict[str, Any]:
        headers = {
            "Sec-Fetch-Mode": "same-origin",
            "Sec-Fetch-Site": "same-origin",
            "Origin": self._origin,
            "Referer": self._url,
            "X-CSRF-Token": self._cookies["csrf-token"],
            **self._cookie(),
            **(more or {}),
        }
        answer = self._client.post(f"{self._origin}{_API}/{name}", json=body, headers=headers)
        found: dict[str, Any] = self._kept(answer).json()
        assert answer.status_code == 200, found
        return found

    def _cookie(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        return answer
