"""Connecting in the browser by command, on the sandbox's own pages."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from postflow_desktop.sandbox.server import SandboxServer
from tests.conftest import ClusterDb
from tests.kit.command import CommandLine, seated

BROWSER = """#!{python}
import sys
from urllib.request import urlopen
from postflow_desktop.domain.errors import NetworkUnreachable
from postflow_desktop.sandbox.consent import give_consent
from postflow_desktop.transport.client import HttpClient

back = give_consent(HttpClient(), sys.argv[1], {username!r}, allow={allow!r})
urlopen({change}, timeout=20).read()
"""


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def command(tmp_path: Path, cluster_db: ClusterDb, sandbox: SandboxServer) -> CommandLine:
    command, _ = seated(tmp_path / "home", cluster_db.uri, cluster_db.name)
    places = tmp_path / "endpoints.toml"
    networks = ("linkedin", "threads", "x")
    places.write_text("".join(f'[{name}]\nservice = "{sandbox.url}"\n' for name in networks))
    command.environ["POSTFLOW_ENDPOINTS"] = str(places)
    return command


def browser(
    tmp_path: Path, username: str = "bakery", *, allow: bool = True, change: str = "back"
) -> str:
    """A browser that goes through the network's page by itself."""
    path = tmp_path / "browser.py"
    path.write_text(
        BROWSER.format(python=sys.executable, username=username, allow=allow, change=change)
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_x_is_connected_in_the_browser_and_posts(
    command: CommandLine, tmp_path: Path, sandbox: SandboxServer
) -> None:
    guide = command.ok("client", "guide", "x")["guide"]
    assert "$0.20" in guide["costs"]
    assert guide["redirect"].startswith("http://127.0.0.1:")
    made = command.ok("client", "set", "x", "--id", "the-app")["client"]
    assert (made["clientId"], made["hasSecret"]) == ("the-app", False)
    account = command.ok("account", "connect", "x", POSTFLOW_BROWSER=browser(tmp_path))["account"]
    assert (account["username"], account["status"]) == ("bakery", "active")
    words = ("--text", "By browser", "--account", account["id"], "--now")
    assert command.ok("post", "create", *words)["post"]["status"] == "published"
    again = command.ok("account", "connect", "x", POSTFLOW_BROWSER=browser(tmp_path))["account"]
    assert again["id"] == account["id"]
    assert [entry.text for entry in sandbox.log] == ["By browser"]


def test_several_accounts_of_one_network(command: CommandLine, tmp_path: Path) -> None:
    command.ok("client", "set", "x", "--id", "the-app")
    for name in ("bakery", "cafe"):
        command.ok("account", "connect", "x", POSTFLOW_BROWSER=browser(tmp_path, name))
    names = [account["username"] for account in command.ok("account", "list")["accounts"]]
    assert names == ["bakery", "cafe"]
    other = command.run(
        "account", "connect", "x", "--handle", "cafe", POSTFLOW_BROWSER=browser(tmp_path)
    )
    assert (other.exit_code, other.code) == (3, "choose_account")


def test_one_sign_in_at_linkedin_brings_a_person_and_organizations(
    command: CommandLine, tmp_path: Path, sandbox: SandboxServer
) -> None:
    scopes = "openid profile w_member_social r_organization_social w_organization_social"
    command.ok(
        *("client", "set", "linkedin", "--id", "the-app"),
        *("--scopes", f"{scopes} rw_organization_admin"),
        POSTFLOW_SECRET="the-secret",
    )
    shown = browser(tmp_path, "Ana Baker, Corner Bakery, Night Cafe")
    unsure = command.run("account", "connect", "linkedin", POSTFLOW_BROWSER=shown)
    assert unsure.code == "choose_account"
    assert "Corner Bakery" in unsure["error"]["message"]
    made = command.ok("account", "connect", "linkedin", "--all", POSTFLOW_BROWSER=shown)
    assert [a["username"] for a in made["accounts"]] == ["Ana Baker", "Corner Bakery", "Night Cafe"]
    words = ("post", "create", "--text", "For (all) of us #bread", "--now")
    accounts = [word for a in made["accounts"] for word in ("--account", a["id"])]
    assert command.ok(*words, *accounts)["post"]["status"] == "published"
    assert [entry.text for entry in sandbox.log] == ["For (all) of us #bread"] * 3


def test_an_apps_secret_is_kept_sealed_and_shown_nowhere(
    command: CommandLine, tmp_path: Path, cluster_db: ClusterDb
) -> None:
    missing = command.run("client", "set", "threads", "--id", "77")
    assert missing.code == "secret_missing"
    relay = ("--redirect", "https://relay.example/postflow")
    secret = "a-secret-of-the-team"
    answer = command.ok("client", "set", "threads", "--id", "77", *relay, POSTFLOW_SECRET=secret)
    listed = command.ok("client", "list")
    stored = str(list(cluster_db.db["clientApps"].find()))
    for place in (json.dumps(answer.document), json.dumps(listed.document), stored):
        assert secret not in place
    assert listed["clients"][0]["hasSecret"]
    command.ok("client", "remove", "threads")
    assert command.run("client", "remove", "threads").code == "no_client"


@pytest.mark.parametrize(
    ("allow", "change", "code"),
    [
        (False, "back", "access_denied"),
        (True, "back.replace('state=', 'state=x')", "wrong_state"),
    ],
)
def test_what_goes_wrong_in_the_browser_is_told(
    command: CommandLine, tmp_path: Path, allow: bool, change: str, code: str
) -> None:
    command.ok("client", "set", "x", "--id", "the-app")
    words = browser(tmp_path, allow=allow, change=change)
    answer = command.run("account", "connect", "x", POSTFLOW_BROWSER=words)
    assert (answer.exit_code, answer.code) == (3, code)
    assert "Nothing was connected" in answer["error"]["message"]
    assert command.ok("account", "list")["accounts"] == []
