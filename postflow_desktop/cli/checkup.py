"""The doctor's checks: each looks at a real thing and says what it saw."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from postflow_desktop import __version__
from postflow_desktop.cli.context import Context
from postflow_desktop.domain.coverage import FIX
from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.presence import Presence
from postflow_desktop.domain.time import utc_text, zone
from postflow_desktop.machine.clock import local_zone
from postflow_desktop.machine.settings import WorkspaceKind
from postflow_desktop.machine.zonerules import SystemZoneRules
from postflow_desktop.services.clockwatch import CLOCK_FIX, WRONG_CLOCK, clock_slip

LOW_DISK = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at; `fix` is empty where nothing needs doing."""

    name: str
    ok: bool
    detail: str
    fix: str = ""
    more: Mapping[str, object] = field(default_factory=dict)
    """The same for scripts, where a sentence is not enough."""


def run_checks(context: Context) -> list[Check]:
    """All checks, in the order in which one builds on the other."""
    here: tuple[tuple[str, Callable[[Context], Check]], ...] = (
        ("program", _program),
        ("home", _home),
        ("disk", _disk),
        ("secrets", _secrets),
        ("time zones", _zones),
        ("journal", _journal),
        ("embedded database", _embedded),
        ("mail", _mail),
    )
    checks = [_look(name, look, context) for name, look in here]
    workspace = _look("workspace", _workspace, context)
    away = not workspace.ok and context.machine.home.current() is not None
    there = (("clock", _clock), ("signed in", _person), ("publishers", _publishers))
    checks.append(workspace)
    checks += [_not_looked_at(name) if away else _look(name, look, context) for name, look in there]
    return checks


def _not_looked_at(name: str) -> Check:
    """Asking a cluster again that did not answer would only take time."""
    detail = "not looked at, for the workspace can't be used"
    return Check(name=name, ok=False, detail=detail, fix="See to the workspace first.")


def _look(name: str, look: Callable[[Context], Check], context: Context) -> Check:
    try:
        return look(context)
    except PostFlowError as error:
        return Check(name=name, ok=False, detail=error.message, fix=error.fix)


def _program(context: Context) -> Check:
    del context
    detail = f"PostFlow {__version__}, Python {platform.python_version()}, {platform.platform()}"
    return Check(name="program", ok=True, detail=detail)


def _home(context: Context) -> Check:
    home = context.machine.home
    return Check(name="home", ok=True, detail=f"{home.path}, machine {home.machine_id}")


def _disk(context: Context) -> Check:
    free = shutil.disk_usage(context.machine.home.path).free
    enough = free >= LOW_DISK
    fix = "" if enough else "Free some space; publishing stops when the journal can't be written."
    return Check(name="disk", ok=enough, detail=f"{free / 1e9:.1f} GB free", fix=fix)


def _secrets(context: Context) -> Check:
    match context.machine.secrets.kind:
        case "keyring":
            return Check(name="secrets", ok=True, detail="kept in the system's keyring")
        case "file":
            return Check(
                name="secrets",
                ok=True,
                detail="kept in a file that only you can read (weaker than a keyring)",
            )
        case _:
            return Check(
                name="secrets",
                ok=False,
                detail="no keyring here: secrets of shared workspaces last one command only; "
                "those of the embedded database lie in a file that only you can read",
                fix="Install a keyring, or set POSTFLOW_KEYRING=file.",
            )


def _zones(context: Context) -> Check:
    del context
    here = local_zone()
    zone(here)
    edition = SystemZoneRules().edition() or "unknown"
    detail = f"this machine is in {here}; rules of time zones: edition {edition}"
    return Check(name="time zones", ok=True, detail=detail)


def _journal(context: Context) -> Check:
    context.machine.journal.unsettled("none")
    return Check(name="journal", ok=True, detail=str(context.machine.home.journal_path))


def _embedded(context: Context) -> Check:
    status = context.machine.embedded.status()
    running = f"running on port {status.port}" if status.running else "not running"
    backup = "never" if status.last_backup is None else f"{status.last_backup:%Y-%m-%d %H:%M} UTC"
    detail = (
        f"MongoDB {status.version} at {status.mongod}, {running}, "
        f"{status.data_bytes / 1e6:.0f} MB, last backup {backup}"
    )
    return Check(name="embedded database", ok=True, detail=detail)


def _mail(context: Context) -> Check:
    """The mail server of this machine, by how it went last; nothing is sent."""
    settings = context.machine.mail.settings()
    if settings is None:
        return Check(name="mail", ok=True, detail="this machine sends no mail")
    status = context.machine.mail_status.read()
    server = f"{settings.host}:{settings.port} ({settings.security.value})"
    if status.error:
        error = context.machine.redactor.scrub(status.error)
        detail = f"{server}, failed {status.failures} times in a row: {error}"
        fix = "Try it: postflow mail test --to …; change it: postflow mail set"
        return Check(name="mail", ok=False, detail=detail, fix=fix)
    last = "nothing yet" if status.sent_at is None else f"{status.sent_at:%Y-%m-%d %H:%M} UTC"
    return Check(name="mail", ok=True, detail=f"{server}, last sent {last}")


def _workspace(context: Context) -> Check:
    record = context.machine.home.current()
    if record is None:
        fix = "Create one: postflow workspace create --name NAME"
        return Check(name="workspace", ok=False, detail="none on this machine yet", fix=fix)
    version = context.workspace.cluster.ping()
    kind = "embedded" if record.kind is WorkspaceKind.EMBEDDED else "cluster"
    detail = f"'{record.name}' ({kind}, database {record.db}), MongoDB {version}"
    return Check(name="workspace", ok=True, detail=detail)


def _clock(context: Context) -> Check:
    if context.machine.home.current() is None:
        return Check(name="clock", ok=True, detail="no cluster to compare it with yet")
    slip = clock_slip(context.workspace.cluster.targets.now, context.machine.clock)
    seconds = slip.total_seconds()
    if abs(slip) > WRONG_CLOCK:
        return Check(
            name="clock",
            ok=False,
            detail=f"{seconds:+.0f} s beside the cluster's clock (posts go by the cluster's)",
            fix=CLOCK_FIX,
        )
    return Check(name="clock", ok=True, detail=f"{seconds:+.2f} s beside the cluster's clock")


def _person(context: Context) -> Check:
    record = context.machine.home.current()
    if record is None or record.user_id is None:
        return Check(
            name="signed in",
            ok=True,
            detail="nobody",
            fix="Sign up (postflow user signup) or log in (postflow user login).",
        )
    person = context.person
    mine = context.workspace.organizations.list(person.user_id)
    names = ", ".join(organization.name for organization, _ in mine) or "no organization"
    return Check(name="signed in", ok=True, detail=f"{record.user_email} ({names})")


def _publishers(context: Context) -> Check:
    """Who publishes for the current organization now."""
    record = context.machine.home.current()
    if record is None or record.user_id is None:
        return Check(name="publishers", ok=True, detail="not known before somebody is signed in")
    if not context.workspace.organizations.list(record.user_id):
        return Check(name="publishers", ok=True, detail="there is no organization to publish for")
    found = context.seat.presence.publishers()
    return Check(
        name="publishers",
        ok=True,
        detail="; ".join(map(_publisher_words, found)) or "none is on now",
        fix="" if found else FIX,
        more={"publishers": [_publisher_document(presence) for presence in found]},
    )


def _publisher_words(presence: Presence) -> str:
    who, last = presence.who, presence.last_published_at
    words = f"{who.kind.value} on {who.name} since {presence.since:%Y-%m-%d %H:%M} UTC"
    if presence.under_way:
        words += f", sending {len(presence.under_way)}"
    return f"{words}, last post {last:%Y-%m-%d %H:%M} UTC" if last else words


def _publisher_document(presence: Presence) -> dict[str, object]:
    who = presence.who
    return {
        "machine": who.machine,
        "name": who.name,
        "kind": who.kind.value,
        "version": who.version,
        "alwaysOn": who.always_on,
        "since": utc_text(presence.since),
        "at": utc_text(presence.at),
        "underWay": list(presence.under_way),
        "lastPublishedAt": utc_text(presence.last_published_at),
    }
