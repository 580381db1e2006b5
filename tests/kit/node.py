"""Programs for Node that tests talk to: built once into the user's cache, started per session."""

from __future__ import annotations

import hashlib
import json
import queue
import shutil
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from filelock import FileLock
from platformdirs import user_cache_path

_LOCK_SECONDS = 1800
_START_SECONDS = 60


class BuildFailed(Exception):
    """A program could not be built; the message says what to do."""


def missing() -> str | None:
    """Why none can run here at all, or None."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return f"{program} is not installed, so no server of npm can run"
    return None


@dataclass(frozen=True)
class Packages:
    """What a program needs from npm, with pinned versions."""

    name: str
    package: Path
    """Its `package.json`."""
    probe: str
    """JavaScript that proves that everything loads."""
    rebuild: tuple[str, ...] = ()
    """Native modules to compile for this machine."""

    def folder(self) -> Path:
        """The folder with a usable `node_modules`; builds it where it is missing (once)."""
        digest = hashlib.sha256(self.package.read_bytes()).hexdigest()[:12]
        cache = user_cache_path("PostFlow", ensure_exists=True) / "tests"
        cache.mkdir(parents=True, exist_ok=True)
        done = cache / f"{self.name}-{digest}"
        with FileLock(cache / f"{self.name}.lock", timeout=_LOCK_SECONDS):
            if done.is_dir():
                if self._loads(done):
                    return done
                shutil.rmtree(done)
            self._build(done)
        return done

    def _build(self, done: Path) -> None:
        """Build under another name and rename, so that an interrupted build is never used."""
        work = done.with_name(f"{done.name}.building")
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        shutil.copy(self.package, work / "package.json")
        said = _npm(work, "install", "--no-audit", "--no-fund")
        for module in self.rebuild:
            said += _npm(work, "rebuild", module, "--build-from-source")
        if not self._loads(work):
            raise BuildFailed(
                f"{self.name} was installed but does not load. A native module needs a C++ "
                "compiler, make and Python 3, and npm has to be allowed to run install scripts. "
                f"Then run the tests again, or see for yourself in {work}.\n{said[-2000:]}"
            )
        work.rename(done)

    def _loads(self, folder: Path) -> bool:
        probe = subprocess.run(
            ["node", "-e", self.probe],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
        return probe.returncode == 0


class NodeServer:
    """A program that says where it listens in one line of JSON, and ends with its input."""

    def __init__(self, script: Path, modules: Path, folder: Path) -> None:
        self._log = (folder / "server.log").open("wb")
        self._process = subprocess.Popen(
            ["node", str(script), str(modules), str(folder)],
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
            self.ready = _ready(lines)
        except BaseException:
            self.stop()
            raise
        self.url = self.ready["url"]

    def stop(self) -> None:
        """End the server; killed if it does not end by itself."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
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
            f"npm {' '.join(arguments)} failed. It needs access to the npm registry, and a C++ "
            f"compiler, make and Python 3 for native modules; run the tests again then.\n"
            f"{run.stdout[-2000:]}"
        )
    return run.stdout


def _read_lines(stream: IO[bytes], lines: queue.Queue[bytes]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(b"")


def _ready(lines: queue.Queue[bytes]) -> dict[str, str]:
    while True:
        try:
            line = lines.get(timeout=_START_SECONDS)
        except queue.Empty:
            raise AssertionError("the server did not start in time") from None
        if not line:
            raise AssertionError("the server ended while starting; see server.log")
        if line.startswith(b'{"url"'):
            ready: dict[str, str] = json.loads(line)
            return ready
