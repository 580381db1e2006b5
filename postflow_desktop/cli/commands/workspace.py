"""`postflow workspace create|show`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from urllib.parse import urlsplit

from postflow_desktop.bootstrap import DEFAULT_DATABASE, Machine, Workspace
from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result
from postflow_desktop.domain.errors import NotFound
from postflow_desktop.machine.settings import WorkspaceKind, WorkspaceRecord


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
    uri = options.uri or machine.environ.get("POSTFLOW_MONGODB_URI")
    kind = WorkspaceKind.URI if uri else WorkspaceKind.EMBEDDED
    known = machine.home.workspace_named(options.name)
    database = options.db or (known.db if known else _default_database(machine, uri))
    wanted = WorkspaceRecord(
        id="w-new", name=options.name, kind=kind, db=database, created_at=machine.clock.now()
    )
    address = uri or machine.address_of(wanted)
    # Connect first: a workspace that can't be reached is not remembered.
    opened = Workspace.open(machine, wanted, address)
    version = opened.cluster.ping()
    opened.close()
    if known is not None and (known.kind, known.db) == (kind, database):
        machine.home.set_current(known.id)
        record = known
    else:
        record = machine.home.add(options.name, kind, db=database, created_at=machine.clock.now())
    warnings = []
    if uri:
        machine.keep_address(record, uri)
        if machine.secrets.kind == "memory":
            warnings.append(
                "This machine has no keyring, so the address is not kept: set POSTFLOW_MONGODB_URI "
                "for every command, or POSTFLOW_KEYRING=file to keep it in a file."
            )
    document = {"workspace": {**_document(record), "serverVersion": version}, "opened": bool(known)}
    lines = [
        f"Workspace '{record.name}' is ready (MongoDB {version}, database {record.db}).",
        "Next: postflow user signup --email YOU@EXAMPLE.COM --name 'Your Name'",
    ]
    return Result(document, lines, warnings=warnings)


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
        return urlsplit(uri).path.strip("/") or DEFAULT_DATABASE
    taken = {r.db for r in machine.home.workspaces() if r.kind is WorkspaceKind.EMBEDDED}
    number = 1
    name = DEFAULT_DATABASE
    while name in taken:
        number += 1
        name = f"{DEFAULT_DATABASE}_{number}"
    return name


def _document(record: WorkspaceRecord) -> dict[str, str]:
    return {"id": record.id, "name": record.name, "kind": record.kind.value, "db": record.db}
