"""The home keeps its settings through crashes, damage and company."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from postflow_desktop.domain.errors import Conflict, MachineProblem, NotFound
from postflow_desktop.machine.home import Home, default_home_path
from postflow_desktop.machine.settings import WorkspaceKind, WorkspaceRecord
from tests.machine.conftest import MountTmpfs, fill, remount

NOW = datetime(2026, 11, 20, 12, 0, 0, 123000, tzinfo=UTC)


def add(home: Home, name: str = "Bakery") -> WorkspaceRecord:
    return home.add(name, WorkspaceKind.EMBEDDED, db="postflow", created_at=NOW)


def test_a_new_home_is_private_and_empty(tmp_path: Path) -> None:
    home = Home(tmp_path / "deep" / "home")
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
    assert home.workspaces() == ()
    assert home.current() is None


def test_the_folders_of_a_home_and_its_files_are_private(home: Home) -> None:
    add(home)
    assert home.machine_id
    for folder in (home.processes, home.database, home.crashes, home.logs):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in home.path.iterdir():
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_an_existing_folder_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Home(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_the_machine_id_stays_and_two_homes_are_two_machines(tmp_path: Path) -> None:
    first = Home(tmp_path / "a").machine_id
    assert Home(tmp_path / "a").machine_id == first
    assert Home(tmp_path / "b").machine_id != first


def test_threads_that_start_together_agree_on_the_machine_id(tmp_path: Path) -> None:
    start = threading.Barrier(8)
    found: set[str] = set()

    def ask() -> None:
        start.wait()
        found.add(Home(tmp_path / "home").machine_id)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1


def test_a_workspace_comes_back_as_it_was_stored(home: Home) -> None:
    record = home.add("Grüße", WorkspaceKind.URI, db="team", created_at=NOW)
    home.set_user(record.id, "u1", "anna@example.com")
    home.set_organization(record.id, "o1")

    (stored,) = Home(home.path).workspaces()

    assert stored == WorkspaceRecord(
        id=record.id,
        name="Grüße",
        kind=WorkspaceKind.URI,
        db="team",
        created_at=NOW,
        user_id="u1",
        user_email="anna@example.com",
        organization_id="o1",
    )


def test_the_newest_workspace_is_current_until_another_is_chosen(home: Home) -> None:
    first, second = add(home), add(home, "Florist")
    assert home.current() == second
    home.set_current(first.id)
    assert home.current() == first
    home.remove(first.id)
    assert home.current() == second
    home.remove(second.id)
    assert home.current() is None


def test_names_are_unique_and_found_without_regard_to_capitals(home: Home) -> None:
    record = add(home)
    assert home.workspace_named("BAKERY") == record
    assert home.workspace_named("other") is None
    with pytest.raises(Conflict) as caught:
        add(home, "bakery")
    assert caught.value.code == "workspace_exists"


def test_a_log_out_and_another_person_forget_the_organization(home: Home) -> None:
    record = add(home)
    home.set_user(record.id, "u1", "anna@example.com")
    home.set_organization(record.id, "o1")

    home.set_user(record.id, "u1", "anna@example.com")
    assert home.workspace(record.id).organization_id == "o1"

    home.set_user(record.id, "u2", "ben@example.com")
    assert home.workspace(record.id).organization_id is None

    home.set_user(record.id, None)
    assert home.workspace(record.id).user_email is None


def test_an_unknown_workspace_is_not_found(home: Home) -> None:
    for change in (
        lambda: home.workspace("w-none"),
        lambda: home.set_current("w-none"),
        lambda: home.set_user("w-none", "u"),
        lambda: home.set_organization("w-none", "o"),
        lambda: home.remove("w-none"),
    ):
        with pytest.raises(NotFound):
            change()


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b'{"version": 1}',
        b"\xff\xfe",
        b'{"version":1,"workspaces":[{}],"current":null}',
    ],
)
def test_damaged_settings_are_kept_aside_and_the_ones_before_come_back(
    damage: bytes, home: Home
) -> None:
    first = add(home)
    add(home, "Florist")
    (home.path / "settings.json").write_bytes(damage)

    with pytest.raises(MachineProblem) as caught:
        home.workspaces()

    assert caught.value.code == "settings_damaged"
    (aside,) = home.path.glob("settings.json.damaged-*")
    assert aside.read_bytes() == damage
    assert str(aside) in caught.value.message
    assert home.workspaces() == (first,)


def test_settings_damaged_twice_over_start_empty_and_say_so(home: Home) -> None:
    add(home)
    add(home, "Florist")
    for name in ("settings.json", "settings.previous.json"):
        (home.path / name).write_bytes(b"\0\0")

    with pytest.raises(MachineProblem, match="empty settings"):
        home.workspaces()
    assert home.workspaces() == ()


def test_settings_of_a_newer_postflow_are_left_alone(home: Home) -> None:
    path = home.path / "settings.json"
    path.write_text(json.dumps({"version": 2, "places": []}))

    with pytest.raises(MachineProblem) as caught:
        add(home)

    assert caught.value.code == "settings_newer"
    assert json.loads(path.read_text())["version"] == 2


def test_processes_that_write_at_once_lose_nothing(home: Home) -> None:
    program = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from postflow_desktop.machine.home import Home\n"
        "from postflow_desktop.machine.settings import WorkspaceKind\n"
        "for n in range(5):\n"
        "    Home(Path(sys.argv[1])).add(f'{sys.argv[2]}-{n}', WorkspaceKind.EMBEDDED, db='d',"
        " created_at=datetime.now(UTC))\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(home.path), str(number)])
        for number in range(4)
    ]
    assert [process.wait(timeout=60) for process in running] == [0] * 4
    assert len(home.workspaces()) == 20


def test_a_read_only_folder_is_named_with_a_way_out(mount_tmpfs: MountTmpfs) -> None:
    disk = mount_tmpfs("size=4m")
    home = Home(disk / "home")
    add(home)
    remount(disk, "ro")

    for act in (lambda: add(home, "Florist"), lambda: Home(disk / "other")):
        with pytest.raises(MachineProblem) as caught:
            act()
        assert caught.value.code == "home_read_only"
        assert "POSTFLOW_HOME" in caught.value.fix


def test_a_full_disk_keeps_the_old_settings(mount_tmpfs: MountTmpfs) -> None:
    disk = mount_tmpfs("size=1m")
    home = Home(disk / "home")
    record = add(home)
    fill(disk)

    with pytest.raises(MachineProblem) as caught:
        home.set_user(record.id, "u1")

    assert caught.value.code == "disk_full"
    assert home.workspaces() == (record,)
    assert not list(home.path.glob(".settings*"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else_is_read_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(MachineProblem) as caught:
            Home(tmp_path / "home")
    finally:
        tmp_path.chmod(0o700)
    assert caught.value.code == "home_read_only"


def test_a_file_in_the_place_of_the_home_is_a_problem_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder")
    with pytest.raises(MachineProblem):
        Home(tmp_path / "home")


def test_the_environment_names_the_home(tmp_path: Path) -> None:
    assert default_home_path({"POSTFLOW_HOME": str(tmp_path)}) == tmp_path
    assert default_home_path({"POSTFLOW_HOME": "~/x"}).is_absolute()
    assert default_home_path({}).name == "PostFlow"
