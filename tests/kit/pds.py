"""A real Bluesky server (PDS) for tests: built once into the user's cache, started per session."""

from __future__ import annotations

import hashlib
import json
import queue
import secrets
import shutil
import subprocess
import threading
from pathlib import Path
from typing import IO, Any, Self

import httpx
from filelock import FileLock
from platformdirs import user_cache_path

_KIT = Path(__file__).parent / "pds"
_LOCK_SECONDS = 1800
_START_SECONDS = 60
_COLLECTION = "app.bsky.feed.post"
# Loading these proves that the native module was built for this Node and this machine.
_PROBE = (
    "const D = require('better-sqlite3'); new D(':memory:').prepare('select 1').get();"
    "require('@atproto/pds'); require('@did-plc/server');"
)


class BuildFailed(Exception):
    """The server could not be built; the message says what to do."""


def missing() -> str | None:
    """Why a server can't run here at all, or None."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return f"{program} is not installed, so no real Bluesky server can run"
    return None


def built_folder() -> Path:
    """The folder with a usable `node_modules`; builds it where it is missing (minutes, once)."""
    package = _KIT / "package.json"
    digest = hashlib.sha256(package.read_bytes()).hexdigest()[:12]
    cache = user_cache_path("PostFlow", ensure_exists=True) / "tests"
    cache.mkdir(parents=True, exist_ok=True)
    done = cache / f"pds-{digest}"
    with FileLock(cache / "pds.lock", timeout=_LOCK_SECONDS):
        if done.is_dir():
            if _loads(done):
                return done
            shutil.rmtree(done)
        _build(package, done)
    return done


def _build(package: Path, done: Path) -> None:
    """Build under another name and rename, so that an interrupted build is never used."""
    work = done.with_name(f"{done.name}.building")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    shutil.copy(package, work / "package.json")
    said = _npm(work, "install", "--no-audit", "--no-fund")
    said += _npm(work, "rebuild", "better-sqlite3", "--build-from-source")
    if not _loads(work):
        raise BuildFailed(
            "The Bluesky test server was installed but its native module does not load. "
            "It needs a C++ compiler, make and Python 3, and npm has to be allowed to run install "
            f"scripts. Then run the tests again, or see for yourself in {work} with: "
            f"npm rebuild better-sqlite3 --build-from-source\n{said[-2000:]}"
        )
    work.rename(done)


def _npm(folder: Path, *arguments: str) -> str:
    try:
        run = subprocess.run(
            ["npm", *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=1200,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BuildFailed(f"npm {' '.join(arguments)} took longer than 20 minutes.") from error
    if run.returncode != 0:
        raise BuildFailed(
            f"npm {' '.join(arguments)} failed. It needs access to the npm registry, a C++ "
            f"compiler, make and Python 3; run the tests again then.\n{run.stdout[-2000:]}"
        )
    return run.stdout


def _loads(folder: Path) -> bool:
    probe = subprocess.run(
        ["node", "-e", _PROBE],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )
    return probe.returncode == 0


class Pds:
    """One running server with accounts under `.test`; ends when its standard input closes."""

    def __init__(self, modules: Path, folder: Path) -> None:
        self._log = (folder / "server.log").open("wb")
        self._process = subprocess.Popen(
            ["node", str(_KIT / "run.js"), str(modules), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        lines: queue.Queue[bytes] = queue.Queue()
        assert self._process.stdout is not None
        self._drain = threading.Thread(
            target=_read_lines, args=(self._process.stdout, lines), daemon=True
        )
        self._drain.start()
        try:
            self.url = _address(lines)
        except BaseException:
            self.stop()
            raise
        self._client = httpx.Client(base_url=f"{self.url}/xrpc/", timeout=60)

    def stop(self) -> None:
        """End the server; killed if it does not end by itself."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if hasattr(self, "_client"):
            self._client.close()
        self._process.stdin.close()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(15)
        self._drain.join(15)
        self._process.stdout.close()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

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


def _read_lines(stream: IO[bytes], lines: queue.Queue[bytes]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(b"")


def _address(lines: queue.Queue[bytes]) -> str:
    while True:
        try:
            line = lines.get(timeout=_START_SECONDS)
        except queue.Empty:
            raise AssertionError("the Bluesky server did not start in time") from None
        if not line:
            raise AssertionError("the Bluesky server ended while starting; see server.log")
        if line.startswith(b'{"url"'):
            url: str = json.loads(line)["url"]
            return url
