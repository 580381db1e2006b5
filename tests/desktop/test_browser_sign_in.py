"""Accounts connected in the browser by the window, on the sandbox's own pages."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

from postflow_desktop.bootstrap.sandbox import connect_sandbox_account
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.services.posts import NewPost
from tests.commandline.test_browser_sign_in import BROWSER
from tests.desktop.kit import Desk, MakeDesk, until

NETWORKS = (Network.LINKEDIN, Network.X)


def test_a_person_and_a_page_at_linkedin_and_an_account_at_x(
    desks: MakeDesk, address: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    places = tmp_path / "endpoints.toml"
    places.write_text("".join(f'[{n.value}]\nservice = "{sandbox.url}"\n' for n in NETWORKS))
    desk = desks(POSTFLOW_ENDPOINTS=str(places), POSTFLOW_BROWSER=_browser(tmp_path, "bakery"))
    desk.create(uri=address)
    desk.screens.window.show_screen("accounts")
    _enter_app(desk, "x")
    desk.click("sign-in-accept")
    until(lambda: _names(desk) == {"bakery"}, "the account at X")

    _browser(tmp_path, "Ana Baker, Corner Bakery")
    _enter_app(desk, "linkedin", secret="secret-of-the-team")
    desk.click("sign-in-accept")
    until(lambda: "Ana Baker" in _names(desk), "the account at LinkedIn")

    accounts = tuple(row.id for row in desk.screens.accounts.rows)
    new = NewPost(text="To (all) of them #bread", account_ids=accounts)
    desk.workspace().seat().submit.create(new, None, now=True)
    desk.running.backend._stations.of(desk.place.workspace_id).publisher.wake()
    until(lambda: [row.status for row in desk.rows] == [PostStatus.PUBLISHED], "the publishing")
    assert len(sandbox.log) == len(accounts)
    assert {entry.text for entry in sandbox.log} == {"To (all) of them #bread"}


def _enter_app(desk: Desk, network: str, secret: str = "") -> None:
    desk.click("accounts-connect")
    desk.click(f"network-{network}")
    fields = {"sign_in_client_id": "the-app"}
    if secret:
        fields["sign_in_client_secret"] = secret
    until(lambda: _is_seen(desk, "sign-in-client-id"), "the fields of the app")
    desk.fill(**fields)
    desk.click("sign-in-accept")
    until(lambda: _is_seen(desk, "sign-in-change-app"), "the last word before the browser")


def _is_seen(desk: Desk, name: str) -> bool:
    try:
        desk.find(name)
    except AssertionError:
        return False
    return True


def _names(desk: Desk) -> set[str]:
    return {row.username for row in desk.screens.accounts.rows}


def _browser(folder: Path, username: str) -> str:
    path = folder / "browser.py"
    path.write_text(
        BROWSER.format(python=sys.executable, username=username, allow=True, change="back")
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_sandbox_account_is_reconnected_at_the_sandbox_without_an_app(
    desks: MakeDesk, address: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    desk = desks(POSTFLOW_BROWSER=_browser(tmp_path, "bakery"))
    desk.create(uri=address)
    made = connect_sandbox_account(desk.workspace().seat(), sandbox.url, Network.X, "bakery")
    desk.screens.window.show_screen("accounts")
    until(lambda: _names(desk) == {"bakery"}, "the account")
    desk.screens.accounts_view.reconnect(made.id)
    until(lambda: _is_seen(desk, "sign-in-change-app"), "the last word before the browser")
    desk.click("sign-in-accept")
    seat = desk.workspace().seat()
    until(
        lambda: seat.accounts.list(seat.member)[0].token_version > made.token_version,
        "the new tokens",
    )
    (again,) = seat.accounts.list(seat.member)
    assert (again.id, again.sandbox_machine) == (made.id, made.sandbox_machine)
    until(lambda: not _is_seen(desk, "sign-in"), "the end of the dialog")


def test_bluesky_is_connected_in_the_browser_with_nothing_registered_and_posts(
    desks: MakeDesk, address: str, sandbox: SandboxServer, tmp_path: Path
) -> None:
    places = tmp_path / "endpoints.toml"
    places.write_text(f'[bluesky]\nservice = "{sandbox.url}"\n')
    desk = desks(POSTFLOW_ENDPOINTS=str(places), POSTFLOW_BROWSER=_browser(tmp_path, "bakery.test"))
    desk.create(uri=address)
    desk.screens.window.show_screen("accounts")
    desk.click("accounts-connect")
    desk.click("network-bluesky")
    desk.click("connect-in-browser")
    until(lambda: _is_seen(desk, "sign-in-accept"), "the last word before the browser")
    desk.click("sign-in-accept")
    until(lambda: _names(desk) == {"bakery.test"}, "the account at Bluesky")

    (row,) = desk.screens.accounts.rows
    made = desk.workspace().seat().accounts.list(desk.workspace().seat().member)[0]
    assert made.renewable_until is not None
    desk.screens.accounts_view.reconnect(row.id)
    desk.click("connect-in-browser")
    until(lambda: _is_seen(desk, "sign-in-accept"), "the last word before the browser")
    desk.click("sign-in-accept")
    seat = desk.workspace().seat()
    until(
        lambda: seat.accounts.list(seat.member)[0].token_version > made.token_version,
        "the new tokens",
    )
    new = NewPost(text="With a key of its own", account_ids=(row.id,))
    desk.workspace().seat().submit.create(new, None, now=True)
    desk.running.backend._stations.of(desk.place.workspace_id).publisher.wake()
    until(lambda: [row.status for row in desk.rows] == [PostStatus.PUBLISHED], "the publishing")
    assert [entry.text for entry in sandbox.log] == ["With a key of its own"]
