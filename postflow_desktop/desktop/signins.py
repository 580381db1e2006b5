"""Connecting accounts in the browser, for the window: one sign-in at a time, ended with it."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from postflow_desktop.bootstrap import Seat
from postflow_desktop.bootstrap.signing_in import client_service, sign_in_service
from postflow_desktop.desktop.commands import account_row
from postflow_desktop.desktop.connection import Connection
from postflow_desktop.domain.account import SignedIn, SocialAccount
from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.services.signing_in import SignIn
from postflow_desktop.ui.backend import WayIn


class PlaceSignIns:
    """Sign-ins of one open place; every method may wait for the cluster or a network."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._current: SignIn | None = None
        self._ended = False

    def way_in(self, network: Network, again: str | None) -> WayIn:
        """What connecting there takes; the sandbox takes any app."""
        seat = self._connection.seat()
        clients, known = client_service(seat), _known(seat, again)
        has_client = clients.has(network) or _is_sandboxed(known)
        return WayIn(guide=clients.guide(network), has_client=has_client)

    def set_client(self, network: Network, client_id: str, secret: str, redirect: str) -> WayIn:
        """Enter the organization's app."""
        clients = client_service(self._connection.seat())
        clients.set(network, client_id, secret or None, redirect)
        return WayIn(guide=clients.guide(network), has_client=True)

    def begin(
        self, network: Network, again: str | None, *, username: str = "", service: str = ""
    ) -> SignIn:
        """Listen; a sign-in that was waited for before is given up.

        An account that is known is asked for by its id, at the server where it lives.
        """
        seat = self._connection.seat()
        known = _known(seat, again)
        if known is not None:
            username = known.user_id
            own = _is_sandboxed(known) or not client_service(seat).guide(network).needs_client
            service = known.service if own else ""
        sign_in = sign_in_service(seat).begin(
            network, service, username=username, sandbox=_is_sandboxed(known)
        )
        with self._lock:
            former, self._current = self._current, sign_in
            ended = self._ended
        if former is not None:
            former.cancel()
        if ended:
            sign_in.cancel()
        return sign_in

    def keep(
        self, network: Network, chosen: Sequence[SignedIn], again: str | None
    ) -> Sequence[AccountRow]:
        """Connect accounts; `again` is the id of the account that is reconnected."""
        seat = self._connection.seat()
        known = _known(seat, again)
        kept = sign_in_service(seat).keep(
            network,
            chosen,
            again=None if known is None else known.user_id,
            sandbox_machine=None if known is None else known.sandbox_machine,
        )
        return [account_row(one.account) for one in kept]

    def stop(self) -> None:
        """The place is left: nothing waits for a browser any more."""
        with self._lock:
            self._ended = True
            current, self._current = self._current, None
        if current is not None:
            current.cancel()


def _known(seat: Seat, account_id: str | None) -> SocialAccount | None:
    """The account to reconnect."""
    if account_id is None:
        return None
    return next((one for one in seat.accounts.list(seat.member) if one.id == account_id), None)


def _is_sandboxed(account: SocialAccount | None) -> bool:
    return account is not None and account.sandbox_machine is not None
