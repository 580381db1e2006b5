"""`postflow client guide|set|list|remove`: the team's own developer apps at the networks."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result, table
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.time import utc_text
from postflow_desktop.services.clients import ClientService
from postflow_desktop.services.ports.clients import ClientApp

NETWORKS = (Network.LINKEDIN, Network.THREADS, Network.X)


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    guide = verbs.add_parser("guide", help="how to get an app at a network, and what it costs")
    guide.add_argument("network", choices=[network.value for network in NETWORKS])
    guide.set_defaults(run=_guide)
    enter = verbs.add_parser(
        "set", help="enter an app; its secret comes from POSTFLOW_SECRET or a prompt"
    )
    enter.add_argument("network", choices=[network.value for network in NETWORKS])
    enter.add_argument("--id", required=True, help="the app's client id")
    enter.add_argument("--redirect", default="", help="the address that you registered there")
    enter.add_argument(
        "--scopes", default="", help="what to ask for, where the app has more than usual products"
    )
    enter.set_defaults(run=_set)
    verbs.add_parser("list", help="the apps that were entered").set_defaults(run=_list)
    remove = verbs.add_parser("remove", help="forget an app; connected accounts stay")
    remove.add_argument("network", choices=[network.value for network in NETWORKS])
    remove.set_defaults(run=_remove)


def _service(context: Context) -> ClientService:
    from postflow_desktop.bootstrap.signing_in import client_service

    return client_service(context.seat)


def _guide(context: Context, options: Namespace) -> Result:
    guide = _service(context).guide(Network(options.network))
    document = {
        "network": options.network,
        "registerAt": guide.register_at,
        "steps": list(guide.steps),
        "redirect": guide.redirect.uri or None,
        "scopes": list(guide.scopes),
        "needsSecret": guide.needs_secret,
        "review": guide.review or None,
        "costs": guide.costs or None,
        "dated": guide.dated,
    }
    numbered = [f"{number}. {step}" for number, step in enumerate(guide.steps, 1)]
    extra = [line for line in (guide.review, guide.costs) if line]
    scopes = f"It asks for: {' '.join(guide.scopes)}"
    checked = f"Checked {guide.dated}."
    lines = [f"Register at {guide.register_at}", *numbered, scopes, *extra, checked]
    return Result({"guide": document}, lines)


def _set(context: Context, options: Namespace) -> Result:
    service, network = _service(context), Network(options.network)
    secret = None
    if service.guide(network).needs_secret or context.has_account_secret:
        secret = context.account_secret(f"Secret of the app at {network.value}: ")
    app = service.set(
        network,
        options.id,
        secret,
        options.redirect,
        scopes=options.scopes.replace(",", " ").split(),
    )
    lines = [f"Accounts of {network.value} can be connected now."]
    return Result({"client": _document(app)}, lines)


def _list(context: Context, options: Namespace) -> Result:
    del options
    apps = _service(context).list()
    rows = [[a.network.value, a.client_id, a.redirect_uri or "any address here"] for a in apps]
    lines = table(rows) or ["No app was entered yet. Begin with: postflow client guide NETWORK"]
    return Result({"clients": [_document(app) for app in apps]}, lines)


def _remove(context: Context, options: Namespace) -> Result:
    _service(context).remove(Network(options.network))
    return Result({"removed": options.network}, [f"The app at {options.network} is forgotten."])


def _document(app: ClientApp) -> dict[str, object]:
    return {
        "network": app.network.value,
        "clientId": app.client_id,
        "hasSecret": app.sealed_secret is not None,
        "redirect": app.redirect_uri or None,
        "scopes": list(app.scopes),
        "updatedAt": utc_text(app.updated_at),
    }
