"""The ways to connect an account by command: with a secret, in the browser, on the sandbox."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from postflow_desktop.cli.arguments import WrongUsage
from postflow_desktop.cli.context import Context
from postflow_desktop.domain.account import SignedIn, SocialAccount
from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.network import Network
from postflow_desktop.services.accounts import Connected, ConnectRequest
from postflow_desktop.services.sessions import unknown_account

if TYPE_CHECKING:
    from postflow_desktop.services.signing_in import SignIn, SignInService

BY_SECRET = {
    Network.BLUESKY: ("App password of {handle}: ", "you.bsky.social"),
    Network.FACEBOOK: ("Access token of {handle}: ", "the Page's name"),
    Network.TELEGRAM: ("Token of the bot that may post in {handle}: ", "@channel"),
}
IN_BROWSER = (Network.LINKEDIN, Network.THREADS, Network.X)
EITHER_WAY = (Network.BLUESKY,)
"""With a secret, or with `--browser` on the network's own page."""
NETWORKS = tuple(sorted((*BY_SECRET, *IN_BROWSER)))


def connect(context: Context, options: Namespace) -> list[Connected]:
    """Connect what was asked for; several accounts where one sign-in brought several."""
    network = Network(options.network)
    by_browser = options.browser and network in (*IN_BROWSER, *EITHER_WAY)
    if options.browser and not by_browser:
        raise WrongUsage(
            f"Accounts of {network.value} are not connected in the browser.",
            fix=f"postflow account connect {network.value} --handle NAME",
        )
    if options.sandbox and by_browser:
        return _in_browser(context, network, options)
    if options.sandbox:
        return [_on_sandbox(context, network, options.handle or "bakery")]
    if by_browser or network in IN_BROWSER:
        return _in_browser(context, network, options)
    return [_by_secret(context, network, options)]


def _by_secret(context: Context, network: Network, options: Namespace) -> Connected:
    prompt, example = BY_SECRET[network]
    known = again(context, network, options)
    handle = options.handle or ("" if known is None else known.username)
    if not handle:
        raise WrongUsage("Whose account it is was not said.", fix=f"Name it: --handle {example}")
    request = ConnectRequest(
        network=network,
        service=_service(context, network, options),
        username=handle,
        secret=context.account_secret(prompt.format(handle=handle)),
        again=None if known is None else known.id,
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

    service, known = sign_in_service(context.seat), again(context, network, options)
    with _begun(context, service, network, options, known) as sign_in:
        shown = sign_in.open_browser()
        words = "Waiting for the browser" if shown else "Open this page in your browser"
        sys.stderr.write(f"{words}: {sign_in.url}\n")
        with stopping_on_signals(sign_in.cancel):
            found = sign_in.wait()
    here = context.machine.home.machine_id if options.sandbox else None
    kept = service.keep(
        network,
        _chosen(found, options) if known is None else found,
        again=None if known is None else known.user_id,
        sandbox_machine=here if known is None else known.sandbox_machine,
    )
    lasts = service.lasts(network)
    return [replace(one, warnings=(*one.warnings, lasts)) for one in kept] if lasts else kept


def _begun(
    context: Context,
    service: SignInService,
    network: Network,
    options: Namespace,
    known: SocialAccount | None,
) -> SignIn:
    if known is not None and known.sandbox_machine is not None:
        return service.begin(network, known.service, sandbox=True)
    if options.sandbox:
        # Any name makes an account on the sandbox's page, so none is looked for before.
        return service.begin(network, context.workspace.sandbox().url, sandbox=True)
    place, username = _service(context, network, options), options.handle or ""
    if known is not None and network in EITHER_WAY:
        # It is asked for by its id, at the server where it lives.
        place, username = options.service or known.service, known.user_id
    return service.begin(network, place, username=username)


def again(context: Context, network: Network, options: Namespace) -> SocialAccount | None:
    """The account that is to be connected again; NotFound (`unknown_account`)."""
    if options.again is None:
        return None
    listed = context.seat.accounts.list(context.seat.member)
    known = next((one for one in listed if one.id == options.again), None)
    if known is None or known.network is not network:
        raise unknown_account(options.again)
    return known


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
        if wanted
        in {
            signed.username.casefold(),
            (signed.display_name or "").casefold(),
            signed.user_id.casefold(),
        }
    ]
    if wanted and chosen:
        return chosen
    what = f"brought no account '{options.handle}'" if wanted else "brought several accounts"
    raise InvalidInput(
        f"The sign-in {what}; there are {names}. Nothing was connected.",
        code="choose_account",
        fix="Connect again with --handle and one of these names, or with --all.",
    )
