"""Bluesky connected in the browser by command: on a real server's page, and on the sandbox's."""

from __future__ import annotations

import json
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from postflow_desktop.sandbox.server import SandboxServer
from tests.commandline.test_browser_sign_in import browser
from tests.conftest import ClusterDb
from tests.kit.command import CommandLine, seated
from tests.kit.pds import Pds

REAL_BROWSER = """#!{python}
import sys
from urllib.request import urlopen
sys.path.insert(0, {root!r})
from tests.kit.pds_page import SignInPage

with SignInPage(sys.argv[1]) as page:
    back = page.allow({handle!r}, {password!r})
urlopen(back, timeout=20).read()
"""
CONNECT = ("account", "connect", "bluesky", "--browser")


@pytest.fixture
def command(tmp_path: Path, cluster_db: ClusterDb) -> CommandLine:
    command, _ = seated(tmp_path / "home", cluster_db.uri, cluster_db.name)
    return command


def real_browser(folder: Path, handle: str, password: str) -> str:
    path = folder / "real_browser.py"
    root = str(Path(__file__).parents[2])
    path.write_text(
        REAL_BROWSER.format(python=sys.executable, root=root, handle=handle, password=password)
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def at(command: CommandLine, folder: Path, service: str, directory: str = "") -> None:
    """Let the command line find its servers where the test runs them."""
    places = folder / "endpoints.toml"
    lines = ["[bluesky]", f'service = "{service}"']
    places.write_text("\n".join([*lines, f'directory = "{directory}"'] if directory else lines))
    command.environ["POSTFLOW_ENDPOINTS"] = str(places)


def test_an_account_of_a_real_server_posts_is_renewed_and_is_given_back(
    command: CommandLine, tmp_path: Path, pds: Pds, cluster_db: ClusterDb
) -> None:
    handle = pds.new_handle()
    did, password = pds.create_account(handle)
    at(command, tmp_path, pds.url, pds.directory)
    shown = real_browser(tmp_path, handle, password)
    made = command.ok(*CONNECT, "--handle", handle, POSTFLOW_BROWSER=shown)
    account = made["account"]
    assert (account["username"], account["userId"], account["service"]) == (handle, did, pds.url)
    assert "two weeks" in json.dumps(made.document)

    words = ("post", "create", "--text", "In the browser", "--account", account["id"], "--now")
    assert command.ok(*words)["post"]["status"] == "published"
    for verb in ("refresh", "check"):
        assert command.ok("account", verb, account["id"])["account"]["status"] == "active"
    again = command.ok(*words)["post"]
    assert again["status"] == "published"
    assert [one["value"]["text"] for one in pds.list_records(did)] == ["In the browser"] * 2

    stored = str(list(cluster_db.db["socialAccounts"].find()))
    for secret in (password, "ref-", "private_key", "eyJ"):
        assert secret not in stored
    assert command.ok("account", "disconnect", account["id"])["revoked"]


def test_it_is_tried_on_the_sandbox_without_the_network(
    command: CommandLine, tmp_path: Path
) -> None:
    shown = browser(tmp_path, "cafe.test")
    made = command.ok(*CONNECT, "--sandbox", POSTFLOW_BROWSER=shown)["account"]
    assert (made["username"], made["status"]) == ("cafe.test", "active")
    words = ("post", "create", "--text", "Offline", "--account", made["id"], "--now")
    assert command.ok(*words)["post"]["status"] == "published"
    for verb in ("refresh", "check"):
        assert command.ok("account", verb, made["id"])["account"]["status"] == "active"


def test_either_way_leads_to_the_same_account(command: CommandLine, tmp_path: Path) -> None:
    with SandboxServer() as sandbox:
        at(command, tmp_path, sandbox.url)
        typed = ("account", "connect", "bluesky", "--handle", "cafe.test")
        first = command.ok(*typed, POSTFLOW_SECRET="abcd-efgh-ijkl-mnop")["account"]
        shown = browser(tmp_path, "cafe.test")
        second = command.ok(*CONNECT, "--handle", "cafe.test", POSTFLOW_BROWSER=shown)["account"]
        assert second["id"] == first["id"]
        again = command.ok(*CONNECT, "--again", first["id"], POSTFLOW_BROWSER=shown)["account"]
        assert again["id"] == first["id"]
        assert command.ok("account", "check", first["id"])["account"]["status"] == "active"
        third = command.ok(*typed, POSTFLOW_SECRET="abcd-efgh-ijkl-mnop")["account"]
        assert third["id"] == first["id"]
        words = ("post", "create", "--text", "Both", "--account", first["id"], "--now")
        assert command.ok(*words)["post"]["status"] == "published"
        assert [entry.text for entry in sandbox.log] == ["Both"]


def test_machines_that_renew_at_once_spend_no_token_twice(
    command: CommandLine, tmp_path: Path
) -> None:
    with SandboxServer() as sandbox:
        at(command, tmp_path, sandbox.url)
        shown = browser(tmp_path, "cafe.test")
        account = command.ok(*CONNECT, POSTFLOW_BROWSER=shown)["account"]["id"]
        with ThreadPoolExecutor(3) as pool:
            words = [("account", "refresh", account)] * 3
            answers = list(pool.map(lambda one: command.ok(*one), words))
        assert {answer["account"]["status"] for answer in answers} == {"active"}
        # A token that was used twice would have ended the whole sign-in.
        assert command.ok("account", "check", account)["account"]["status"] == "active"


@pytest.mark.parametrize(
    ("username", "allow", "change", "code"),
    [
        ("cafe.test", False, "back", "access_denied"),
        ("cafe.test", True, "back.replace('state=', 'state=x')", "wrong_state"),
        ("cafe.test", True, "back.replace('iss=http', 'iss=ftp')", "wrong_issuer"),
        ("else.test", True, "back", "other_account"),
    ],
)
def test_what_goes_wrong_in_the_browser_is_told(
    command: CommandLine, tmp_path: Path, username: str, allow: bool, change: str, code: str
) -> None:
    with SandboxServer() as sandbox:
        at(command, tmp_path, sandbox.url)
        typed = ("account", "connect", "bluesky", "--handle", "cafe.test")
        command.ok(*typed, POSTFLOW_SECRET="abcd-efgh-ijkl-mnop")
        words = browser(tmp_path, username, allow=allow, change=change)
        answer = command.run(*CONNECT, "--handle", "cafe.test", POSTFLOW_BROWSER=words)
    assert (answer.exit_code, answer.code) == (3, code)
    assert "Nothing was connected" in answer["error"]["message"]


def test_an_account_that_nobody_has_and_a_network_without_a_page(
    command: CommandLine, tmp_path: Path
) -> None:
    with SandboxServer() as sandbox:
        at(command, tmp_path, sandbox.url)
        answer = command.run(*CONNECT, "--handle", "nobody.test")
        assert (answer.exit_code, answer.code) == (3, "unknown_handle")
    answer = command.run("account", "connect", "telegram", "--browser", "--handle", "@x")
    assert answer.exit_code == 2
