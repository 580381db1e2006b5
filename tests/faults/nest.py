"""Where the workers come from: one process that has everything loaded and forks a worker when told.

A fork takes milliseconds, the imports a second. The nest has no threads, so that forking is safe;
at the end of its input it kills and collects every worker, whatever happened to the test.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

RUNNING, STOPPED, GONE = "running", "stopped", "gone"


class Nest:
    """The nest, seen from the test; its methods may be called from several threads."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        """`environ` is added to the environment of the nest, and so of its workers."""
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nest"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, **(environ or {})},
        )

    def spawn(self, config: dict[str, Any]) -> int:
        """Start a worker; its process id."""
        return int(self._ask({"spawn": config}))

    def state(self, pid: int) -> str:
        """RUNNING, STOPPED or GONE."""
        return self._ask({"state": pid})

    def signal(self, pid: int, number: int) -> None:
        """Send a signal; a worker that has gone is no error."""
        self._ask({"signal": pid, "number": number})

    def close(self) -> None:
        """End all workers and the nest."""
        self._process.communicate(timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(self, question: dict[str, Any]) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline().strip()
        assert answer, "the nest has gone"
        return answer


class _Brood:
    """The workers, seen from the nest."""

    def __init__(self) -> None:
        self._states: dict[int, str] = {}

    def answer(self, question: dict[str, Any]) -> str:
        if "spawn" in question:
            return str(self._spawn(question["spawn"]))
        self._collect()
        if "state" in question:
            return self._states[question["state"]]
        pid = question["signal"]
        # Not collected yet means that the number is still this worker's.
        if self._states[pid] != GONE:
            os.kill(pid, question["number"])
        return "ok"

    def end(self) -> None:
        for pid, state in self._states.items():
            if state != GONE:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with suppress(ChildProcessError):
                    os.waitpid(pid, 0)

    def _spawn(self, config: dict[str, Any]) -> int:
        pid = os.fork()
        if pid == 0:
            _become_worker(config)
        self._states[pid] = RUNNING
        return pid

    def _collect(self) -> None:
        for pid in [pid for pid, state in self._states.items() if state != GONE]:
            found, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
            if not found:
                continue
            if os.WIFSTOPPED(status):
                self._states[pid] = STOPPED
            else:
                self._states[pid] = RUNNING if os.WIFCONTINUED(status) else GONE


def _become_worker(config: dict[str, Any]) -> None:
    """Run in the child and never come back."""
    from tests.faults import refreshing, worker

    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 0)
    os.dup2(quiet, 1)
    code = 1
    try:
        if config.get("role") == "refresh":
            refreshing.run(config)
        else:
            worker.run(config)
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    """Answer questions until the input ends."""
    from tests.faults import refreshing, worker  # noqa: F401 - what the workers need

    worker.load()
    brood = _Brood()
    try:
        for line in sys.stdin:
            sys.stdout.write(brood.answer(json.loads(line)) + "\n")
            sys.stdout.flush()
    finally:
        brood.end()


if __name__ == "__main__":
    main()
