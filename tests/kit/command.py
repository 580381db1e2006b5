"""The command line as a person or a script uses it: a process with a home of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PASSWORD = "correct horse battery"
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


@dataclass(frozen=True)
class Answer:
    """What a command left: exit code, the document it printed, what it said beside that."""

    exit_code: int
    document: dict[str, Any]
    stderr: str

    def __getitem__(self, key: str) -> Any:
        return self.document[key]

    @property
    def code(self) -> str:
        """The error's code."""
        code: str = self.document["error"]["code"]
        return code


@dataclass
class CommandLine:
    """`postflow … --json` on one home."""

    home: Path
    environ: dict[str, str] = field(default_factory=dict)

    def environment(self, **extra: str) -> dict[str, str]:
        """A clean environment: nothing of the test's own gets in."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        own = {
            "POSTFLOW_HOME": str(self.home),
            "POSTFLOW_KEYRING": "file",
            "POSTFLOW_PASSWORD": PASSWORD,
        }
        return {**kept, **own, **self.environ, **extra}

    def start(self, *arguments: str, **extra: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "postflow_desktop", *arguments, "--json"],
            env=self.environment(**extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, timeout: float = 120.0, **extra: str) -> Answer:
        """Run a command to its end; it must print exactly one JSON document."""
        process = self.start(*arguments, **extra)
        try:
            stdout, stderr = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        try:
            document = json.loads(stdout)
        except ValueError:
            raise AssertionError(
                f"{arguments}: not one JSON document: {stdout!r} {stderr!r}"
            ) from None
        return Answer(process.returncode, document, stderr)

    def ok(self, *arguments: str, timeout: float = 120.0, **extra: str) -> Answer:
        """Run a command that must work."""
        answer = self.run(*arguments, timeout=timeout, **extra)
        assert answer.exit_code == 0, f"{arguments}: {answer.document} {answer.stderr}"
        return answer


def kill(process: subprocess.Popen[str]) -> None:
    """Kill -9, and wait until it is gone."""
    process.send_signal(signal.SIGKILL)
    process.communicate()


def seated(home: Path, uri: str, database: str, name: str = "Team") -> tuple[CommandLine, str]:
    """A home with a signed-in person in an organization without lead time; the recovery code."""
    command = CommandLine(home)
    command.ok("workspace", "create", "--name", name, "--uri", uri, "--db", database)
    made = command.ok("user", "signup", "--email", "ana@example.com", "--name", "Ana")
    command.ok("org", "create", "Corner Bakery", "--zone", "Europe/Berlin")
    command.ok("org", "set", "minLeadMinutes", "0")
    return command, made["recovery"]
