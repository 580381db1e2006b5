"""The accounts page on the real parts: health, disconnecting with posts that wait, reconnecting."""

from __future__ import annotations

import pytest

from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.accounts.card import AccountCard
from postflow_desktop.ui.accounts.connecting import ConnectDialog
from postflow_desktop.ui.accounts.disconnecting import DisconnectDialog
from tests.desktop.kit import Desk, Teammate, add_account, noon, until


@pytest.fixture
def account(desk: Desk, sandbox: SandboxServer) -> AccountRow:
    return add_account(desk, sandbox.url)


def stored(teammate: Teammate, account_id: str) -> SocialAccount:
    found = teammate.workspace.cluster.accounts.get(teammate.seat.organization.id, account_id)
    assert found is not None
    return found


def test_an_account_is_disconnected_and_connected_again_while_its_post_waits(
    desk: Desk, teammate: Teammate, account: AccountRow
) -> None:
    post = teammate.plan("Loaf", noon(3), account.id)
    desk.screens.window.show_screen("accounts")
    view = desk.screens.accounts_view
    until(lambda: view.findChild(AccountCard, f"account-{account.id}"), "the card")
    card = view.findChild(AccountCard, f"account-{account.id}")
    assert isinstance(card, AccountCard)
    until(lambda: "No post yet" in card.facts.lines["Last success"].text(), "what is known")
    assert card.pill.text() == "Connected"

    card.disconnect_button.click()
    until(lambda: view.findChild(DisconnectDialog), "the question")
    asked = view.findChild(DisconnectDialog)
    assert isinstance(asked, DisconnectDialog)
    assert asked.posts.text().startswith("1 scheduled post waits for it, for ")
    asked.submit()
    until(lambda: card.pill.text() == "Disconnected", "the account without its tokens")
    assert stored(teammate, account.id).status is AccountStatus.REVOKED
    assert "1 scheduled post waits" in card.error.text()

    view.reconnect(account.id)
    dialog = view.findChild(ConnectDialog)
    assert isinstance(dialog, ConnectDialog)
    dialog.secret.set_text("abcd-efgh-ijkl-mnop")
    dialog.submit()
    until(lambda: card.pill.text() == "Connected", "the account with new tokens")
    back = stored(teammate, account.id)
    assert (back.status, back.pause) == (AccountStatus.ACTIVE, None)
    (target,) = teammate.workspace.cluster.targets.of_posts(back.organization_id, [post.id])
    assert target.status is TargetStatus.PENDING
