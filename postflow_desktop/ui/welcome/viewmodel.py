"""Welcome: what the forms hold to, and the way to a first place; keeps no password."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal, Slot

from postflow_desktop.domain.errors import MachineProblem, PostFlowError
from postflow_desktop.ui.backend import Backend, Place, WorkspaceChoice
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks

MIN_PASSWORD = 8
_GOOD_LENGTH = 14
_MIXED_LENGTH = 11
_SCHEMES = ("mongodb://", "mongodb+srv://")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlace:
    """What the form "Create a workspace" holds; `uri` empty: on this computer."""

    workspace: str
    uri: str
    name: str
    email: str
    organization: str
    password: str = field(repr=False)
    again: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the form "Sign in" holds; `uri` empty: the workspace of this computer by name."""

    workspace: str
    uri: str = field(repr=False)
    email: str
    password: str = field(repr=False)
    recovery: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Strength:
    """How a password fares: 0 (too short) to 3, and the hint beside it."""

    level: int
    hint: str


def strength(password: str) -> Strength:
    """Length counts most; repeating one character does not help."""
    length = len(unicodedata.normalize("NFKC", password))
    if length < MIN_PASSWORD or not password.strip():
        left = MIN_PASSWORD - length
        more = f"{left} more" if 0 < left < MIN_PASSWORD else f"at least {MIN_PASSWORD} characters"
        return Strength(0, f"Too short: {more}. A few random words are best.")
    kinds = sum(
        any(test(char) for char in password)
        for test in (str.islower, str.isupper, str.isdigit, lambda char: not char.isalnum())
    )
    if len(set(password)) < MIN_PASSWORD // 2:
        return Strength(1, "Weak: it repeats itself.")
    if length >= _GOOD_LENGTH or (length >= _MIXED_LENGTH and kinds >= 3):
        return Strength(3, "Strong.")
    if length >= _MIXED_LENGTH or kinds >= 3:
        return Strength(2, "Good. Longer is better.")
    return Strength(1, "Weak: a few random words are best.")


def name_for(uri: str) -> str:
    """A workspace name from an address: its database, else its first host; never the login."""
    parts = urlsplit(uri.strip())
    host = parts.netloc.rpartition("@")[2].split(",")[0].partition(":")[0]
    return parts.path.strip("/") or host


def new_place_problems(form: NewPlace) -> dict[str, str]:
    """What is missing or wrong, by field."""
    found = _missing(
        {
            "workspace": (form.workspace, "Give the workspace a name."),
            "name": (form.name, "Tell your name; teammates will see it."),
            "organization": (form.organization, "Name the business or team you post for."),
        }
    )
    found |= _email_problem(form.email)
    if form.uri.strip() or form.uri:
        found |= _address_problem(form.uri)
    if strength(form.password).level == 0:
        found["password"] = f"Use at least {MIN_PASSWORD} characters."
    elif form.password != form.again:
        found["again"] = "The two passwords differ."
    return found


def entry_problems(form: Entry) -> dict[str, str]:
    """What is missing or wrong, by field; the recovery code is only needed on a new machine."""
    found = _email_problem(form.email)
    if not form.workspace or form.uri:
        found |= _address_problem(form.uri)
    return found | _missing({"password": (form.password, "Type your password.")})


def _missing(fields: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    return {name: message for name, (value, message) in fields.items() if not value.strip()}


def _email_problem(email: str) -> dict[str, str]:
    name, _, domain = email.strip().partition("@")
    if name and "." in domain.strip(".") and " " not in email.strip():
        return {}
    return {"email": "Write it as name@example.com."}


def _address_problem(uri: str) -> dict[str, str]:
    address = uri.strip()
    if address.startswith(_SCHEMES) and name_for(address):
        return {}
    return {"uri": "An address begins with mongodb:// or mongodb+srv://."}


class WelcomeViewModel(QObject):
    """One request at a time; the recovery code is held until the person has kept it."""

    changed = Signal()
    """`busy`, `problem` or `recovery_code` changed."""
    done = Signal(object)
    """The Place to go to."""
    left = Signal()
    """Back to the place that is open."""

    def __init__(
        self, backend: Backend, tasks: Tasks, changes: Changes, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._changes = changes
        self._made: Place | None = None
        self.busy = ""
        """What runs: explore, create, sign_in or empty."""
        self.problem: PostFlowError | None = None
        self.problem_of = ""
        """Which of them failed."""
        self.recovery_code = ""

    @property
    def place(self) -> Place | None:
        """The place that is open behind this page, if there is one."""
        return self._backend.place()

    @property
    def workspaces(self) -> tuple[WorkspaceChoice, ...]:
        """Workspaces that this computer knows already."""
        return tuple(self._backend.workspaces())

    @Slot()
    def leave(self) -> None:
        """Back to the place that is open; not while something runs."""
        if not self.busy and self.place is not None:
            self.left.emit()

    def explore(self) -> None:
        """Make the sample workspace; asks for nothing."""
        self._start("explore", self._backend.explore, self._arrived)

    def create(self, form: NewPlace) -> None:
        """Make a workspace, a person and an organization; then the recovery code is shown."""
        work = partial(
            self._backend.create_place,
            workspace=form.workspace.strip(),
            uri=form.uri.strip(),
            email=form.email.strip(),
            name=form.name.strip(),
            password=form.password,
            organization=form.organization.strip(),
        )
        self._start("create", work, self._created)

    def sign_in(self, form: Entry) -> None:
        """Open a workspace and sign in on this machine."""
        uri = form.uri.strip()
        work = partial(
            self._backend.sign_in,
            workspace=form.workspace.strip() or name_for(uri),
            uri=uri,
            email=form.email.strip(),
            password=form.password,
            recovery=form.recovery.strip(),
        )
        self._start("sign_in", work, self._arrived)

    def save_code(self, path: str, saved: Callable[[], None]) -> None:
        """Write the recovery code to a text file that only its owner can read."""
        text = code_sheet(self.recovery_code, self._made)
        self._tasks.run(
            partial(_write_private, Path(path), text),
            partial(_then, saved),
            partial(self._failed, "save"),
        )

    def code_kept(self) -> None:
        """The person has the recovery code; go on."""
        place, self._made = self._made, None
        self.recovery_code = ""
        self.changed.emit()
        if place is not None:
            self.done.emit(place)

    def forget_problem(self) -> None:
        """Somebody types again or goes to another form."""
        self.problem, self.problem_of = None, ""
        self.changed.emit()

    def _start(self, name: str, work: Callable[[], object], then: Callable[..., None]) -> None:
        if self.busy:
            return
        self.busy, self.problem, self.problem_of = name, None, ""
        self.changed.emit()
        self._tasks.run(work, then, partial(self._failed, name))

    def _arrived(self, place: Place) -> None:
        self.busy = ""
        self.changed.emit()
        self.done.emit(place)

    def _created(self, made: tuple[Place, str]) -> None:
        self.busy = ""
        self._made, self.recovery_code = made
        self.changed.emit()

    def _failed(self, name: str, error: PostFlowError) -> None:
        self.busy = ""
        self.problem, self.problem_of = error, name
        self.changed.emit()


def code_sheet(code: str, place: Place | None) -> str:
    """The recovery sheet as text."""
    about = f"Workspace: {place.workspace_name}\nE-mail:    {place.user_email}\n" if place else ""
    return (
        f"PostFlow recovery code\n\n{about}Code:      {code}\n\n"
        "With your e-mail and password this code signs you in on another computer.\n"
        "Nobody can make it again. Keep it where your password is not.\n"
    )


def _write_private(path: Path, text: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise MachineProblem(
            f"The file could not be written: {error.strerror or 'unknown reason'}.",
            code="file_not_written",
            fix="Choose another folder, or copy the code.",
        ) from error


def _then(step: Callable[[], None], _result: object) -> None:
    step()
