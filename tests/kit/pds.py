"""A real Bluesky server (PDS) for tests: built once into the user's cache, started per session."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import httpx

from tests.kit.node import BuildFailed, NodeServer, Packages, missing

__all__ = ["BuildFailed", "Pds", "built_folder", "missing"]

_KIT = Path(__file__).parent / "pds"
_COLLECTION = "app.bsky.feed.post"
# Loading these proves that the native module was built for this Node and this machine.
_PROBE = (
    "const D = require('better-sqlite3'); new D(':memory:').prepare('select 1').get();"
    "require('@atproto/pds'); require('@did-plc/server');"
)
_PACKAGES = Packages("pds", _KIT / "package.json", _PROBE, rebuild=("better-sqlite3",))


def built_folder() -> Path:
    """The folder with a usable `node_modules`; builds it where it is missing (minutes, once)."""
    return _PACKAGES.folder()


class Pds(NodeServer):
    """One running server with accounts under `.test`."""

    def __init__(self, modules: Path, folder: Path) -> None:
        super().__init__(_KIT / "run.js", modules, folder)
        self.directory = self.ready["directory"]
        """Where the documents of its accounts are."""
        self._client = httpx.Client(base_url=f"{self.url}/xrpc/", timeout=60)

    def stop(self) -> None:
        """End the server; killed if it does not end by itself."""
        if hasattr(self, "_client"):
            self._client.close()
        super().stop()

    def new_handle(self, stem: str = "person") -> str:
        """A handle that nobody has."""
        return f"{stem}-{secrets.token_hex(4)}.test"

    def create_account(self, handle: str) -> tuple[str, str]:
        """(did, main password) of a new account."""
        password = secrets.token_urlsafe(12)
        body = {
            "handle": handle,
            "email": f"{handle.partition('.')[0]}@example.com",
            "password": password,
        }
        did: str = self.post("com.atproto.server.createAccount", body)["did"]
        return did, password

    def create_app_password(self, handle: str, password: str, name: str = "PostFlow") -> str:
        """An app password of the account, as a person would make it in Bluesky's settings."""
        token = self.session(handle, password)["accessJwt"]
        made = self.post("com.atproto.server.createAppPassword", {"name": name}, token)
        secret: str = made["password"]
        return secret

    def session(self, handle: str, password: str) -> dict[str, Any]:
        """A fresh session of the account."""
        body = {"identifier": handle, "password": password}
        return self.post("com.atproto.server.createSession", body)

    def get_record(self, did: str, rkey: str, collection: str = _COLLECTION) -> dict[str, Any]:
        """{uri, cid, value}; fails the test where there is none."""
        query = {"repo": did, "collection": collection, "rkey": rkey}
        return self.get("com.atproto.repo.getRecord", query)

    def list_records(self, did: str, collection: str = _COLLECTION) -> list[dict[str, Any]]:
        """Up to 100 records, newest first."""
        query = {"repo": did, "collection": collection, "limit": "100"}
        records: list[dict[str, Any]] = self.get("com.atproto.repo.listRecords", query)["records"]
        return records

    def get_blob(self, did: str, cid: str) -> bytes:
        """The bytes of an uploaded picture that a record uses."""
        answer = self._client.get("com.atproto.sync.getBlob", params={"did": did, "cid": cid})
        answer.raise_for_status()
        return answer.content

    def post(self, method: str, body: dict[str, Any], token: str | None = None) -> dict[str, Any]:
        """A procedure of the server, for what the tests set up."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return _checked(self._client.post(method, json=body, headers=headers))

    def get(self, method: str, query: dict[str, str]) -> dict[str, Any]:
        """A query of the server."""
        return _checked(self._client.get(method, params=query))


def _checked(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code != 200:
        raise AssertionError(f"{answer.request.url.path}: {answer.status_code} {answer.text}")
    body: dict[str, Any] = answer.json() if answer.content else {}
    return body
