"""`postflow workspace create|show`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from urllib.parse import urlsplit

from postflow_desktop.bootstrap import DEFAULT_DATABASE, Machine, Workspace
from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result
from postflow_desktop.domain.errors import NotFound
from postflow_desktop.machine.home import workspace_exists
from postflow_desktop.machine.settings import WorkspaceKind, WorkspaceRecord, workspace_name


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    create = verbs.add_parser("create", help="make a workspace, or open one that exists")
    create.add_argument("--name", required=True)
    create.add_argument(
        "--uri", help="a mongodb:// or mongodb+srv:// address (default: the embedded database)"
    )
    create.add_argument("--db", help="name of the database (default: postflow)")
    create.set_defaults(run=_create)
    show = verbs.add_parser("show", help="the current workspace and the others of this machine")
    show.add_argument(
        "--reveal-uri", action="store_true", help="print the address, password included"
    )
    show.set_defaults(run=_show)


def _create(context: Context, options: Namespace) -> Result:
    machine = context.machine
    name = workspace_name(options.name)
    uri = options.uri or machine.environ.get("POSTFLOW_MONGODB_URI")
    kind = WorkspaceKind.URI if uri else WorkspaceKind.EMBEDDED
    known = machine.home.workspace_named(name)
    database = options.db or (known.db if known else _default_database(machine, uri))
    if known is not None and (known.kind, known.db) != (kind, database):
        raise workspace_exists(name)
    wanted = WorkspaceRecord(
        id="w-new", name=name, kind=kind, db=database, created_at=machine.clock.now()
    )
    address = uri or machine.address_of(wanted)
    # Connect first: a workspace that can't be reached is not remembered.
    opened = Workspace.open(machine, wanted, address)
    version = opened.cluster.ping()
    opened.close()
    record = machine.home.open(name, kind, db=database, created_at=machine.clock.now())
    document = {"workspace": {**_document(record), "serverVersion": version}, "opened": bool(known)}
    lines = [
        f"Workspace '{record.name}' is ready (MongoDB {version}, database {record.db}).",
        "Next: postflow user signup --email YOU@EXAMPLE.COM --name 'Your Name'",
    ]
    return Result(document, lines, warnings=_kept(machine, record, uri))


def _kept(machine: Machine, record: WorkspaceRecord, uri: str | None) -> list[str]:
    """Keep the address of a cluster; a warning where this machine has no place for it."""
    if uri is None:
        return []
    machine.keep_address(record, uri)
    if machine.secrets.kind != "memory":
        return []
    return [
        (
            "This machine has no keyring, so the address is not kept: set POSTFLOW_MONGODB_URI "
            "for every command, or POSTFLOW_KEYRING=file to keep it in a file."
        )
    ]


def _show(context: Context, options: Namespace) -> Result:
    machine = context.machine
    current = machine.home.current()
    if current is None:
        raise NotFound(
            "There is no workspace on this machine yet.",
            code="no_workspace",
            fix="Create one: postflow workspace create --name NAME",
        )
    document = {
        "workspace": _document(current),
        "workspaces": [_document(record) for record in machine.home.workspaces()],
        "home": str(machine.home.path),
    }
    lines = [f"{current.name} ({current.kind.value}, database {current.db})"]
    if options.reveal_uri:
        document["uri"] = machine.address_of(current)
        lines.append(str(document["uri"]))
    return Result(document, lines)


def _default_database(machine: Machine, uri: str | None) -> str:
    """The address's own database, else the usual name; one more embedded one gets its own."""
    if uri:
        named = urlsplit(uri).path.strip("/")
        # Behind the host stands where the login is kept, as often as a database to use.
        return DEFAULT_DATABASE if named in {"", "admin"} else named
    taken = {r.db for r in machine.home.workspaces() if r.kind is WorkspaceKind.EMBEDDED}
    number = 1
    name = DEFAULT_DATABASE
    while name in taken:
        number += 1
        name = f"{DEFAULT_DATABASE}_{number}"
    return name


def _document(record: WorkspaceRecord) -> dict[str, str]:
    return {"id": record.id, "name": record.name, "kind": record.kind.value, "db": record.db}
