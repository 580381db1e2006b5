"""Reports of our own bugs, kept on this machine; nothing is sent anywhere.

A report holds versions, the command without its secrets and the traceback. Values of variables
are left out: they may be posts, tokens or names.
"""

from __future__ import annotations

import faulthandler
import os
import platform
import secrets
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from postflow_desktop import __version__
from postflow_desktop.domain.errors import Bug, PostFlowError
from postflow_desktop.domain.time import require_aware, utc_text
from postflow_desktop.machine.disk import disk_errors, write_private
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.redaction import HIDDEN, Redactor, is_secret_name

_KEPT = 20
_PRIVATE_OPTIONS = frozenset({"--uri", "--code", "--text", "--alt", "--variant", "--id"})
"""Options whose value is an address with a password, a code, or a person's words."""
_PRIVATE_COMMANDS = frozenset({"join"})
"""Commands whose argument is a secret."""


def write_crash_report(
    home: Home, error: BaseException, argv: Sequence[str], *, redactor: Redactor, at: datetime
) -> Path:
    """Write a report and keep the newest twenty; the file to name to the person. MachineProblem."""
    require_aware(at)
    path = home.crashes / f"crash-{at:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}.txt"
    code = error.code if isinstance(error, PostFlowError) else Bug.default_code
    trace = "".join(traceback.TracebackException.from_exception(error).format())
    text = "\n".join(
        (
            "PostFlow met a bug of its own. This file stays on this computer unless you send it.",
            f"at:       {utc_text(at)}",
            f"code:     {code}",
            f"postflow: {__version__}",
            f"python:   {platform.python_version()}",
            f"system:   {platform.platform()}",
            f"command:  {' '.join(redact_arguments(argv, redactor))}",
            "",
            trace,
        )
    )
    write_private(path, redactor.scrub(text).encode(errors="backslashreplace"))
    _trim(home.crashes)
    return path


def redact_arguments(argv: Sequence[str], redactor: Redactor) -> list[str]:
    """The arguments of a command without secrets and without a person's words."""
    shown: list[str] = []
    hide_next = False
    for argument in argv:
        name, equals, _ = argument.partition("=")
        private = name in _PRIVATE_OPTIONS or (name.startswith("-") and is_secret_name(name))
        if hide_next:
            shown.append(HIDDEN)
        elif private and equals:
            shown.append(f"{name}={HIDDEN}")
        else:
            shown.append(redactor.scrub(argument))
        hide_next = not hide_next and not equals and (private or argument in _PRIVATE_COMMANDS)
    return shown


def watch_for_native_faults(home: Home) -> Callable[[], None]:
    """Have Python write its stacks to a file if the process dies of a signal; the answer undoes it.

    Stacks hold file names and lines, no values (docs.python.org: faulthandler).
    """
    path = home.crashes / "native-faults.txt"
    with disk_errors(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    faulthandler.enable(file=descriptor)

    def undo() -> None:
        faulthandler.disable()
        os.close(descriptor)

    return undo


def _trim(folder: Path) -> None:
    with disk_errors(folder):
        for old in sorted(folder.glob("crash-*.txt"))[:-_KEPT]:
            old.unlink(missing_ok=True)
