"""The shapes that scripts rely on, and the embedded database by command."""

from __future__ import annotations

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
    assert set(report["endpoints"]["bluesky"]) == {"service"}


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
