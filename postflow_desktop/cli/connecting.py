"""The ways to connect an account by command: with a secret, in the browser, on the sandbox."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence

from postflow_desktop.cli.arguments import WrongUsage
from postflow_desktop.cli.context import Context
from postflow_desktop.domain.account import SignedIn
from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.network import Network
from postflow_desktop.services.accounts import Connected, ConnectRequest

BY_SECRET = {
    Network.BLUESKY: ("App password of {handle}: ", "you.bsky.social"),
    Network.FACEBOOK: ("Access token of {handle}: ", "the Page's name"),
    Network.TELEGRAM: ("Token of the bot that may post in {handle}: ", "@channel"),
}
IN_BROWSER = (Network.LINKEDIN, Network.THREADS, Network.X)
NETWORKS = tuple(sorted((*BY_SECRET, *IN_BROWSER)))


def connect(context: Context, options: Namespace) -> list[Connected]:
    """Connect what was asked for; several accounts where one sign-in brought several."""
    network = Network(options.network)
    if options.sandbox:
        return [_on_sandbox(context, network, options.handle or "bakery")]
    if network in IN_BROWSER:
        return _in_browser(context, network, options)
    return [_by_secret(context, network, options)]


def _by_secret(context: Context, network: Network, options: Namespace) -> Connected:
    prompt, example = BY_SECRET[network]
    if options.handle is None:
        raise WrongUsage("Whose account it is was not said.", fix=f"Name it: --handle {example}")
    request = ConnectRequest(
        network=network,
        service=_service(context, network, options),
        username=options.handle,
        secret=context.account_secret(prompt.format(handle=options.handle)),
    )
    return context.seat.accounts.connect(context.seat.member, request)


def _on_sandbox(context: Context, network: Network, handle: str) -> Connected:
    from postflow_desktop.bootstrap.sandbox import connect_sandbox_account

    name = f"{handle}.test" if network is Network.BLUESKY and "." not in handle else handle
    url = context.workspace.sandbox().url
    account = connect_sandbox_account(context.seat, url, network, name)
    note = f"It lies on the sandbox of this computer. Its page: {url}"
    return Connected(account=account, reconnected=False, warnings=(note,))


def _in_browser(context: Context, network: Network, options: Namespace) -> list[Connected]:
    from postflow_desktop.bootstrap.signing_in import sign_in_service
    from postflow_desktop.cli.publishing import stopping_on_signals

    service = sign_in_service(context.seat)
    with service.begin(network, _service(context, network, options)) as sign_in:
        shown = sign_in.open_browser()
        words = "Waiting for the browser" if shown else "Open this page in your browser"
        sys.stderr.write(f"{words}: {sign_in.url}\n")
        with stopping_on_signals(sign_in.cancel):
            found = sign_in.wait()
    return service.keep(network, _chosen(found, options))


def _service(context: Context, network: Network, options: Namespace) -> str:
    service: str = options.service or context.machine.endpoints[network]["service"]
    return service


def _chosen(found: Sequence[SignedIn], options: Namespace) -> Sequence[SignedIn]:
    """Those that were asked for by name, all, or the only one."""
    if options.all or (len(found) == 1 and options.handle is None):
        return found
    names = ", ".join(f"'{signed.username}'" for signed in found)
    wanted = (options.handle or "").removeprefix("@").casefold()
    chosen = [
        signed
        for signed in found
        if wanted in {signed.username.casefold(), (signed.display_name or "").casefold()}
    ]
    if wanted and chosen:
        return chosen
    what = f"brought no account '{options.handle}'" if wanted else "brought several accounts"
    raise InvalidInput(
        f"The sign-in {what}; there are {names}. Nothing was connected.",
        code="choose_account",
        fix="Connect again with --handle and one of these names, or with --all.",
    )
