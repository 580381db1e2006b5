"""`postflow user signup|login|logout|whoami`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result
from postflow_desktop.domain.errors import NotAllowed
from postflow_desktop.services.ports.users import User


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    signup = verbs.add_parser("signup", help="make a person and sign them in here")
    signup.add_argument("--email", required=True)
    signup.add_argument("--name")
    signup.set_defaults(run=_signup)
    login = verbs.add_parser("login", help="sign in on this machine")
    login.add_argument("--email", required=True)
    login.add_argument("--recovery", metavar="CODE", help="the code that sign-up printed")
    login.set_defaults(run=_login)
    verbs.add_parser("logout", help="forget the keys on this machine").set_defaults(run=_logout)
    verbs.add_parser("whoami", help="who is signed in here").set_defaults(run=_whoami)


def _signup(context: Context, options: Namespace) -> Result:
    workspace = context.workspace
    made = workspace.identity.sign_up(options.email, options.name, context.password())
    context.machine.redactor.add(made.recovery_code)
    context.machine.home.set_user(workspace.record.id, made.user.id, made.user.email)
    lines = [
        f"Welcome, {made.user.name or made.user.email}.",
        "",
        f"    {made.recovery_code}",
        "",
        "Print this recovery code and keep it safe: with your password it signs you in on another",
        "machine, and nobody can make a new one for you.",
        "Next: postflow org create 'Your team'",
    ]
    document = {"user": _document(made.user), "recovery": made.recovery_code}
    return Result(document, lines, warnings=_memory_warning(context))


def _login(context: Context, options: Namespace) -> Result:
    workspace = context.workspace
    entered = workspace.identity.log_in(options.email, context.password(), options.recovery)
    context.machine.home.set_user(workspace.record.id, entered.user.id, entered.user.email)
    mine = workspace.organizations.list(entered.user.id)
    current = None
    if len(mine) == 1:
        current = mine[0][0]
        context.machine.home.set_organization(workspace.record.id, current.id)
    lines = [f"Signed in as {entered.user.email}."]
    if current is not None:
        lines.append(f"Organization: {current.name}")
    document = {
        "user": _document(entered.user),
        "organization": None if current is None else {"id": current.id, "slug": current.slug},
    }
    return Result(document, lines, warnings=_memory_warning(context))


def _logout(context: Context, options: Namespace) -> Result:
    del options
    workspace = context.workspace
    record = context.machine.home.workspace(workspace.record.id)
    if record.user_id is None:
        return Result({"loggedOut": False}, ["Nobody was signed in."])
    left = workspace.identity.log_out(record.user_id)
    context.machine.home.set_user(workspace.record.id, None)
    return Result({"loggedOut": True}, [left.message])


def _whoami(context: Context, options: Namespace) -> Result:
    del options
    workspace = context.workspace
    person = context.person
    user = workspace.cluster.users.get(person.user_id)
    if user is None:
        raise NotAllowed(
            "You are not a person of this workspace any more.",
            code="not_signed_in",
            fix="Log in again: postflow user login",
        )
    mine = workspace.organizations.list(user.id)
    current = context.machine.home.workspace(workspace.record.id).organization_id
    organizations = [
        {"id": o.id, "slug": o.slug, "name": o.name, "role": role.value, "current": o.id == current}
        for o, role in mine
    ]
    lines = [f"{user.name or ''} <{user.email}>".strip()]
    lines += [f"  {o['name']} ({o['role']}){' *' if o['current'] else ''}" for o in organizations]
    document = {
        "user": _document(user),
        "workspace": {"id": workspace.record.id, "name": workspace.record.name},
        "organizations": organizations,
    }
    return Result(document, lines)


def _document(user: User) -> dict[str, str | None]:
    return {"id": user.id, "email": user.email, "name": user.name}


def _memory_warning(context: Context) -> list[str]:
    if context.machine.store_for(context.workspace.record).kind != "memory":
        return []
    return [
        (
            "This machine has no keyring, so you are signed in for this command only. Set "
            "POSTFLOW_KEYRING=file to keep the session in a file that only you can read."
        )
    ]
