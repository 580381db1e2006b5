"""The same provider from the command line to the stored account, each command a process of its own.

The browser is a program that goes through the provider's pages by itself.
"""

from __future__ import annotations

import socket
import stat
import sys
from pathlib import Path

import pytest

from tests.conftest import ClusterDb
from tests.kit import oidc
from tests.kit.command import CommandLine, seated

BROWSER = """#!{python}
import sys
sys.path.insert(0, {root!r})
from tests.kit.oidc import through_pages
from tests.oauth.test_provider import visit

visit(through_pages(sys.argv[1], {login!r}, allow={allow!r}))
"""
ROOT = str(Path(__file__).parents[2])


def browser(folder: Path, login: str, *, allow: bool = True) -> str:
    path = folder / "browser.py"
    path.write_text(BROWSER.format(python=sys.executable, root=ROOT, login=login, allow=allow))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def command(tmp_path: Path, cluster_db: ClusterDb, provider: oidc.Provider) -> CommandLine:
    command, _ = seated(tmp_path / "home", cluster_db.uri, cluster_db.name)
    places = tmp_path / "endpoints.toml"
    places.write_text("".join(f'[{n}]\nservice = "{provider.url}"\n' for n in ("x", "bluesky")))
    command.environ["POSTFLOW_ENDPOINTS"] = str(places)
    return command


def connect_x(command: CommandLine, folder: Path, login: str = "1001") -> str:
    redirect = f"http://127.0.0.1:{free_port()}/callback"
    command.ok("client", "set", "x", "--id", oidc.PUBLIC, "--redirect", redirect)
    made = command.ok("account", "connect", "x", POSTFLOW_BROWSER=browser(folder, login))
    account: str = made["account"]["id"]
    return account


def status_of(command: CommandLine, account: str) -> str:
    found = {one["id"]: one["status"] for one in command.ok("account", "list")["accounts"]}
    return str(found[account])


def test_a_stolen_refresh_token_makes_the_account_ask_for_a_new_sign_in(
    command: CommandLine, tmp_path: Path, provider: oidc.Provider
) -> None:
    account = connect_x(command, tmp_path)
    command.ok("account", "refresh", account)
    assert command.ok("account", "check", account)["account"]["username"] == "baker1001"
    assert provider.use_refresh_token(provider.refresh_tokens()[-1]).status_code == 200
    answer = command.run("account", "refresh", account)
    assert (answer.exit_code, answer.code) == (3, "reconnect_needed")
    assert "account connect x" in answer["error"]["fix"]
    assert status_of(command, account) == "expired"
    assert connect_x(command, tmp_path) == account
    assert status_of(command, account) == "active"


def test_access_that_was_taken_back_is_noticed_by_the_next_check(
    command: CommandLine, tmp_path: Path, provider: oidc.Provider
) -> None:
    account = connect_x(command, tmp_path)
    provider.forget_everybody()
    answer = command.run("account", "refresh", account)
    assert (answer.exit_code, answer.code) == (3, "reconnect_needed")
    assert command.run("account", "check", account).code == "reconnect_needed"
    assert status_of(command, account) == "expired"


def test_bluesky_at_a_provider_that_others_certified(
    command: CommandLine, tmp_path: Path, provider: oidc.Provider
) -> None:
    words = ("account", "connect", "bluesky", "--browser", "--handle", provider.handle)
    made = command.ok(*words, POSTFLOW_BROWSER=browser(tmp_path, provider.did))["account"]
    assert (made["username"], made["userId"]) == (provider.handle, provider.did)
    for verb in ("refresh", "check"):
        assert command.ok("account", verb, made["id"])["account"]["status"] == "active"
    gone = command.ok("account", "disconnect", made["id"])
    assert gone["revoked"]
    spent = provider.use_refresh_token(provider.refresh_tokens()[-1])
    assert spent.status_code == 400


def test_another_account_in_the_browser_connects_nothing(
    command: CommandLine, tmp_path: Path, provider: oidc.Provider
) -> None:
    words = ("account", "connect", "bluesky", "--browser", "--handle", provider.handle)
    shown = browser(tmp_path, "did:plc:222222222222222222222222")
    answer = command.run(*words, POSTFLOW_BROWSER=shown)
    assert (answer.exit_code, answer.code) == (3, "other_account")
    assert command.ok("account", "list")["accounts"] == []


def test_who_says_no_and_a_port_that_is_taken(command: CommandLine, tmp_path: Path) -> None:
    shown = browser(tmp_path, "1001", allow=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        redirect = f"http://127.0.0.1:{port}/callback"
        command.ok("client", "set", "x", "--id", oidc.PUBLIC, "--redirect", redirect)
        answer = command.run("account", "connect", "x", POSTFLOW_BROWSER=shown)
        assert answer.code == "port_taken"
        assert str(port) in answer["error"]["message"]
    answer = command.run("account", "connect", "x", POSTFLOW_BROWSER=shown)
    assert (answer.exit_code, answer.code) == (3, "access_denied")
    assert command.ok("account", "list")["accounts"] == []
