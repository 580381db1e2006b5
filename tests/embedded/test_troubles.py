"""What stands in the way of a start is named, with what to do about it."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pymongo.errors import PyMongoError

from postflow_desktop.cluster.connection import open_client
from postflow_desktop.cluster.embedded.binary import PACKAGE_PLACE, find_mongod, version_of
from postflow_desktop.cluster.embedded.layout import READY, Layout, ServerRecord
from postflow_desktop.cluster.embedded.locks import data_holder
from postflow_desktop.domain.errors import MachineProblem
from tests.embedded.conftest import Disk, Home
from tests.kit.mongod import free_port, wait_until


def program(place: Path, text: str | bytes) -> Path:
    place.write_bytes(text if isinstance(text, bytes) else text.encode())
    place.chmod(0o755)
    return place


def trouble_of(home: Home, mongod: Path | None = None) -> MachineProblem:
    with pytest.raises(MachineProblem) as caught:
        home.server(mongod=mongod).ensure()
    assert caught.value.fix
    wait_until(lambda: not home.pids(), what="the end of the keeper")
    return caught.value


def test_a_missing_program_is_named_with_the_ways_to_get_one() -> None:
    with pytest.raises(MachineProblem) as caught:
        find_mongod({"PATH": "/nowhere"}, search=())
    assert caught.value.code == "mongod_missing"
    for way in ("pip install", "POSTFLOW_MONGOD", "--uri"):
        assert way in caught.value.fix


def test_a_wrong_choice_of_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(MachineProblem, match="POSTFLOW_MONGOD names") as caught:
        find_mongod({"POSTFLOW_MONGOD": str(tmp_path / "none")})
    assert caught.value.code == "mongod_missing"


def test_the_chosen_program_comes_before_path_and_that_before_the_package(tmp_path: Path) -> None:
    chosen = program(tmp_path / "chosen", "#!/bin/sh\n")
    (tmp_path / "bin").mkdir()
    on_path = program(tmp_path / "bin" / "mongod", "#!/bin/sh\n")
    packaged = tmp_path / PACKAGE_PLACE
    packaged.parent.mkdir(parents=True)
    packaged.write_text("#!/bin/sh\n")
    packages = [str(tmp_path)]
    path = {"PATH": str(on_path.parent)}
    assert find_mongod({"POSTFLOW_MONGOD": str(chosen), **path}, search=packages) == chosen
    assert find_mongod(path, search=packages) == on_path
    assert find_mongod({}, search=packages) == packaged
    assert packaged.stat().st_mode & stat.S_IXUSR


def test_the_program_says_its_version() -> None:
    assert version_of(find_mongod(os.environ)).count(".") == 2


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (b"\x7fELF\x02\x01\x01" + bytes(60), "mongod_not_runnable", "Exec format error"),
        ("#!/nowhere/sh\n", "mongod_not_runnable", "missing"),
        ("#!/bin/sh\nkill -ILL $$\n", "mongod_not_runnable", "AVX"),
        (
            "#!/bin/sh\necho 'error while loading shared libraries: libssl.so.9' >&2\nexit 127\n",
            "mongod_not_runnable",
            "libssl.so.9",
        ),
        ("#!/bin/sh\necho 'BadValue: no such option'\nexit 2\n", "mongod_failed", "no such option"),
        ("#!/bin/sh\nexit 3\n", "mongod_failed", "ended with 3"),
    ],
    ids=["other-format", "no-interpreter", "no-avx", "no-library", "refuses", "crashes"],
)
def test_a_program_that_does_not_run_is_named(
    home: Home, text: str | bytes, code: str, said: str
) -> None:
    error = trouble_of(home, program(home.folder / "mongod", text))
    assert error.code == code
    assert said in error.message


def test_a_program_without_run_bit_is_named(home: Home) -> None:
    path = home.folder / "mongod"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o644)
    assert trouble_of(home, path).code == "mongod_not_runnable"


def test_damaged_data_is_named_with_the_way_to_the_backups(home: Home) -> None:
    data = home.embedded / "data"
    data.mkdir(parents=True)
    (data / "WiredTiger").write_text("WiredTiger\nnot really\n")
    (data / "WiredTiger.turtle").write_text("nonsense")
    (data / "storage.bson").write_bytes(b"\x05\0\0\0\0")
    error = trouble_of(home)
    assert error.code == "mongod_failed"
    assert "backups" in error.fix


@pytest.fixture
def read_only(home: Home, request: pytest.FixtureRequest) -> Iterator[None]:
    """A home that takes no writes: root needs a disk for that, others only the mode."""
    if os.geteuid() != 0:
        home.embedded.mkdir(mode=0o500)
        yield
        home.embedded.chmod(0o700)
        return
    place = request.getfixturevalue("disk")("size=1m")
    home.embedded = place / "home"
    home.embedded.mkdir(mode=0o700)
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    yield


@pytest.mark.usefixtures("read_only")
def test_a_read_only_folder_is_named(home: Home) -> None:
    error = trouble_of(home)
    assert error.code == "home_read_only"
    assert "POSTFLOW_HOME" in error.fix


def test_too_little_room_is_refused_before_the_start(home: Home, disk: Disk) -> None:
    home.embedded = disk("size=64m") / "home"
    assert trouble_of(home).code == "disk_full"
    assert not any(Layout(home.embedded).data.iterdir())


def test_a_disk_that_fills_up_during_the_start_is_named(home: Home, disk: Disk) -> None:
    home.embedded = disk("size=300k") / "home"
    home.min_free_bytes = 0
    assert trouble_of(home).code == "disk_full"


def test_what_was_acknowledged_before_the_disk_filled_up_is_there_afterwards(
    home: Home, disk: Disk
) -> None:
    place = disk("size=64m")
    home.embedded = place / "home"
    home.min_free_bytes = 0
    acknowledged = 0
    uri = home.server().ensure()
    with home.lock(), open_client(uri, timeout_seconds=0.5) as client:
        with suppress(PyMongoError):
            for acknowledged in range(1000):
                document = {"_id": acknowledged, "x": os.urandom(200_000)}
                client["kept"]["things"].insert_one(document)
        assert acknowledged < 999
    home.min_free_bytes = 30_000_000
    home.kill9("keeper")
    home.kill9()
    assert trouble_of(home).code == "disk_full"
    subprocess.run(["mount", "-o", "remount,size=400m", str(place)], check=True)
    with open_client(home.server().ensure()) as client:
        kept = client["kept"]["things"].count_documents({"_id": {"$lt": acknowledged}})
        assert kept == acknowledged


def test_a_server_that_is_not_ours_on_our_data_is_named(home: Home) -> None:
    layout = Layout(home.embedded)
    layout.prepare()
    layout.write_record(ServerRecord(port=free_port(), pid=1, state=READY))
    command = [str(find_mongod(os.environ)), "--dbpath", str(layout.data), "--nounixsocket"]
    foreign = subprocess.Popen(
        [*command, "--port", str(free_port()), "--bind_ip", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: data_holder(layout.data) == foreign.pid, what="the foreign server")
        with pytest.raises(MachineProblem) as caught:
            home.server().ensure()
        assert foreign.poll() is None
    finally:
        foreign.kill()
        foreign.wait()
    assert caught.value.code == "data_in_use"
    assert str(foreign.pid) in caught.value.message
