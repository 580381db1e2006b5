"""The shapes that scripts rely on, and the embedded database by command."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.commandline.conftest import Desk
from tests.kit.command import CommandLine

UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_a_draft_lists_its_accounts_and_a_planned_post_its_targets(desk: Desk) -> None:
    draft = desk.command.ok("post", "create", "--text", "Hi", "--account", desk.account)["post"]
    assert (draft["status"], draft["text"]) == ("draft", "Hi")
    assert [(t["id"], t["accountId"], t["network"]) for t in draft["targets"]] == [
        (None, desk.account, "bluesky")
    ]
    planned = desk.command.ok(
        "post", "schedule", draft["id"], "--at", "2030-10-27T02:30", "--zone", "Europe/Berlin"
    )
    target = planned["post"]["targets"][0]
    assert UTC_TIME.fullmatch(target["scheduledAt"])
    assert target["scheduledAt"] == "2030-10-27T00:30:00.000Z"
    assert "twice" in planned["warnings"][0]
    assert set(target) >= {
        "id",
        "accountId",
        "network",
        "status",
        "scheduledAt",
        "publishedAt",
        "externalId",
        "url",
        "error",
        "attempts",
    }
    canceled = desk.command.ok("post", "cancel", draft["id"])
    assert canceled["post"]["status"] == "draft"
    assert canceled["post"]["targets"][0]["status"] == "canceled"
    again = desk.command.run("post", "cancel", draft["id"])
    assert (again.exit_code, again.code) == (3, "nothing_to_cancel")
    desk.command.ok("post", "delete", draft["id"])
    assert desk.command.ok("post", "list") == desk.command.ok("--json", "post", "list")


def test_lists_go_page_by_page(desk: Desk) -> None:
    made = [
        desk.command.ok("post", "create", "--text", f"Post {n}")["post"]["id"] for n in range(5)
    ]
    seen: list[str] = []
    cursor: list[str] = []
    while True:
        page = desk.command.ok("post", "list", "--limit", "2", *cursor)
        seen += [post["id"] for post in page["posts"]]
        if page["next"] is None:
            break
        cursor = ["--cursor", page["next"]]
    assert seen == list(reversed(made))
    assert desk.command.run("post", "list", "--cursor", "x").code == "bad_cursor"


def test_variants_and_history(desk: Desk) -> None:
    second = desk.command.ok(
        "account",
        "connect",
        "bluesky",
        "--handle",
        "second.test",
        "--service",
        desk.sandbox.url,
        POSTFLOW_SECRET="not an app password",
    )
    assert "app password" in second["warnings"][0]
    other = second["account"]["id"]
    made = desk.command.ok(
        "post",
        "create",
        "--text",
        "For all",
        "--account",
        desk.account,
        "--account",
        other,
        "--variant",
        f"{other}=Only here",
        "--now",
    )
    assert made["post"]["status"] == "published"
    assert sorted(desk.texts()) == ["For all", "Only here"]
    history = desk.command.ok("post", "history", made["post"]["id"])["attempts"]
    assert [attempt["outcome"] for attempt in history] == ["published", "published"]
    sent = [json.loads(attempt["sent"])["record"]["text"] for attempt in history]
    assert sorted(sent) == ["For all", "Only here"]
    assert desk.command.ok("account", "check", other)["account"]["status"] == "active"
    assert desk.command.ok("account", "refresh", other)["account"]["status"] == "active"
    desk.command.ok("account", "disconnect", other)
    assert [a["id"] for a in desk.command.ok("account", "list")["accounts"]] == [desk.account]


def test_the_doctor_tells_what_works(desk: Desk) -> None:
    report = desk.command.ok("doctor")
    names = {check["name"]: check for check in report["checks"]}
    assert names["workspace"]["ok"]
    assert names["clock"]["ok"]
    assert "ana@example.com" in names["signed in"]["detail"]
    assert {"directory", "service"} <= set(report["endpoints"]["bluesky"])


def test_the_doctor_asks_a_cluster_that_is_away_only_once(
    tmp_path: Path, mongod_uri: str, database_name: str
) -> None:
    command = CommandLine(tmp_path / "home")
    command.ok("workspace", "create", "--name", "T", "--uri", mongod_uri, "--db", database_name)
    (command.home / "secrets.json").unlink()
    checks = {check["name"]: check for check in command.ok("doctor")["checks"]}
    failed = [name for name, check in checks.items() if not check["ok"]]
    assert failed == ["workspace", "clock", "signed in", "publishers"]
    assert "address" in checks["workspace"]["detail"]
    assert all(checks[name]["fix"] for name in failed)
    assert {checks[name]["detail"] for name in failed[1:]} == {
        "not looked at, for the workspace can't be used"
    }


def test_endpoints_can_be_changed_and_mistakes_are_said(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "endpoints.toml"
    file.write_text('[bluesky]\nservice = "https://pds.example"\n')
    told = desk.command.ok("doctor", POSTFLOW_ENDPOINTS=str(file))
    assert told["endpoints"]["bluesky"]["service"] == "https://pds.example"
    file.write_text('[bluesky]\nserver = "https://pds.example"\n')
    refused = desk.command.run("doctor", POSTFLOW_ENDPOINTS=str(file))
    assert (refused.exit_code, refused.code) == (3, "bad_endpoints")


def test_the_embedded_database_needs_nothing_but_a_name(tmp_path: Path) -> None:
    command = CommandLine(tmp_path / "home")
    made = command.ok("workspace", "create", "--name", "Mine")
    assert (made["workspace"]["kind"], made["workspace"]["db"]) == ("embedded", "postflow")
    again = command.ok("workspace", "create", "--name", "mine")
    assert again["workspace"]["id"] == made["workspace"]["id"]
    second = command.ok("workspace", "create", "--name", "Client B")
    assert second["workspace"]["db"] == "postflow_2"
    shown = command.ok("workspace", "show", "--reveal-uri")
    assert shown["uri"].startswith("mongodb://")
    assert "uri" not in command.ok("workspace", "show").document
    assert command.ok("doctor")["checks"]


def test_first_commands_at_the_same_moment_agree(tmp_path: Path) -> None:
    command = CommandLine(tmp_path / "home")
    words = ("workspace", "create", "--name", "Mine")
    started = [command.start(*words) for _ in range(3)]
    ended = [(process.communicate(timeout=120), process.returncode) for process in started]
    assert [code for _, code in ended] == [0, 0, 0], ended
    assert len({json.loads(said)["workspace"]["id"] for (said, _), _ in ended}) == 1
    assert len(command.ok("workspace", "show")["workspaces"]) == 1
    assert command.ok(*words)["opened"] is True


def test_the_login_database_of_an_address_is_no_workspace(
    tmp_path: Path, mongod_uri: str, database_name: str
) -> None:
    command = CommandLine(tmp_path / "home")
    host, _, options = mongod_uri.partition("/?")
    with_login = f"{host}/admin?{options}"
    made = command.ok(
        "workspace", "create", "--name", "T", "--uri", with_login, "--db", database_name
    )
    assert made["workspace"]["db"] == database_name
    named = command.ok(
        "workspace", "create", "--name", "N", "--uri", f"{host}/{database_name}?{options}"
    )
    assert named["workspace"]["db"] == database_name
    taken = command.run("workspace", "create", "--name", "n", "--uri", with_login, "--db", "else")
    assert (taken.exit_code, taken.code) == (3, "workspace_exists")


def test_json_is_spoken_wherever_the_flag_stands(tmp_path: Path) -> None:
    command = CommandLine(tmp_path / "home")
    assert command.run("--json", "workspace", "show").code == "no_workspace"
    assert command.run("workspace", "--json", "show").code == "no_workspace"
    assert command.run("post", "show", "--", "nobody").code == "no_workspace"
    assert command.run("post", "create", "--text", "--").code == "usage"


def test_a_stream_that_speaks_no_unicode_gets_the_same_document(
    tmp_path: Path, mongod_uri: str, database_name: str
) -> None:
    name = "Grüße \U0001f468\u200d\U0001f469\u200d\U0001f467"
    command = CommandLine(tmp_path / "home")
    command.ok("workspace", "create", "--name", name, "--uri", mongod_uri, "--db", database_name)
    for encoding in ("ascii", "cp1252", "utf-8"):
        shown = command.ok("workspace", "show", PYTHONIOENCODING=encoding)
        assert shown["workspace"]["name"] == name


def test_secrets_stay_out_of_logs_and_settings(desk: Desk) -> None:
    from tests.kit.command import PASSWORD

    desk.command.ok(
        "--verbose", "post", "create", "--text", "x", "--account", desk.account, "--now"
    )
    secrets = [PASSWORD, desk.recovery, "abcd-efgh-ijkl-mnop", "throw%20away"]
    for path in desk.command.home.rglob("*"):
        if path.is_file() and path.name != "secrets.json":
            data = path.read_bytes()
            for secret in secrets:
                assert secret.encode() not in data, (path.name, secret)
    mode = (desk.command.home / "secrets.json").stat().st_mode & 0o777
    assert mode == 0o600


def test_help_and_version_are_documents_too(desk: Desk) -> None:
    assert desk.command.ok("--version")["text"].startswith("PostFlow ")
    assert "--account" in desk.command.ok("post", "create", "--help")["text"]


def test_a_link_behind_a_command_is_a_text_like_any(desk: Desk) -> None:
    text = "postflow://post/1"
    made = desk.command.ok("post", "create", "--text", text)
    assert made["post"]["text"] == text
