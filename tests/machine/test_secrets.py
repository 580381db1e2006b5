"""Secrets stay private, survive what they should, and say when they can't."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from postflow_desktop.domain.errors import InvalidInput, MachineProblem
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.secrets import (
    FileSecretStore,
    KeyringOverFile,
    MemorySecretStore,
    open_local_store,
    open_secret_store,
)
from postflow_desktop.services.ports.secrets import SecretStore
from tests.machine.conftest import MountTmpfs, fill

FILE = {"POSTFLOW_KEYRING": "file"}


@pytest.mark.parametrize("kind", ["file", "memory"])
def test_a_store_keeps_replaces_and_forgets(kind: str, home: Home) -> None:
    store: SecretStore = FileSecretStore(home) if kind == "file" else MemorySecretStore()
    assert store.kind == kind
    assert store.get("a") is None
    store.set("a", "grün \0 \n 🔑")
    store.set("b", "2")
    assert store.get("a") == "grün \0 \n 🔑"
    store.set("a", "new")
    assert store.get("a") == "new"
    store.delete("a")
    store.delete("a")
    assert (store.get("a"), store.get("b")) == (None, "2")


def test_the_file_is_private_and_outlives_the_process(home: Home) -> None:
    FileSecretStore(home).set("a", "1")
    assert stat.S_IMODE(home.secrets_path.stat().st_mode) == 0o600
    assert FileSecretStore(Home(home.path)).get("a") == "1"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_that_others_may_read_is_refused_not_tightened(mode: int, home: Home) -> None:
    store = FileSecretStore(home)
    store.set("a", "1")
    home.secrets_path.chmod(mode)
    acts: tuple[Callable[[], object], ...] = (
        lambda: store.get("a"),
        lambda: store.set("b", "2"),
        lambda: store.delete("a"),
    )
    for act in acts:
        with pytest.raises(MachineProblem) as caught:
            act()
        assert caught.value.code == "secrets_exposed"
        assert "chmod 600" in caught.value.fix
    home.secrets_path.chmod(0o600)
    assert store.get("a") == "1"


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"a": 5}', b"\xff"])
def test_a_damaged_file_is_kept_aside(damage: bytes, home: Home) -> None:
    store = FileSecretStore(home)
    store.set("a", "1")
    home.secrets_path.write_bytes(damage)
    with pytest.raises(MachineProblem) as caught:
        store.get("a")
    assert caught.value.code == "secrets_damaged"
    (aside,) = home.path.glob("secrets.json.damaged-*")
    assert aside.read_bytes() == damage
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    assert store.get("a") is None


def test_a_full_disk_keeps_the_old_secrets(mount_tmpfs: MountTmpfs) -> None:
    disk = mount_tmpfs("size=1m")
    store = FileSecretStore(Home(disk / "home"))
    store.set("a", "1")
    fill(disk)
    with pytest.raises(MachineProblem):
        store.set("a", "2" * 5000)
    assert store.get("a") == "1"


def test_processes_that_write_at_once_lose_nothing(home: Home) -> None:
    program = (
        "import sys; from pathlib import Path; from postflow_desktop.machine.home import Home\n"
        "from postflow_desktop.machine.secrets import FileSecretStore\n"
        "for n in range(10):\n"
        "    FileSecretStore(Home(Path(sys.argv[1]))).set(sys.argv[2] + str(n), 'x')\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(home.path), name]) for name in "abc"
    ]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0]
    store = FileSecretStore(home)
    assert all(store.get(f"{name}{number}") == "x" for name in "abc" for number in range(10))


def test_the_environment_chooses_the_file(home: Home) -> None:
    assert open_secret_store(home, FILE).kind == "file"
    assert open_local_store(home, FILE).kind == "file"


def test_choosing_the_file_does_not_import_the_keyring(home: Home) -> None:
    program = (
        "import sys; from pathlib import Path; from postflow_desktop.machine.home import Home\n"
        "from postflow_desktop.machine.secrets import open_secret_store\n"
        "open_secret_store(Home(Path(sys.argv[1])), {'POSTFLOW_KEYRING': 'file'}).set('a', 'b')\n"
        "sys.exit('keyring' in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(home.path)], check=True)


def test_an_unknown_choice_is_refused(home: Home) -> None:
    with pytest.raises(InvalidInput) as caught:
        open_secret_store(home, {"POSTFLOW_KEYRING": "fiel"})
    assert caught.value.code == "bad_keyring_choice"


def kinds_without_keyring(home: Home, backend: str) -> list[str]:
    """What the two stores are where keyring's own variable names this backend."""
    program = (
        "import os, sys; from pathlib import Path; from postflow_desktop.machine.home import Home\n"
        "from postflow_desktop.machine.secrets import open_local_store, open_secret_store\n"
        "home = Home(Path(sys.argv[1]))\n"
        "print(open_secret_store(home, os.environ).kind, open_local_store(home, os.environ).kind)\n"
    )
    environ = {k: v for k, v in os.environ.items() if k != "POSTFLOW_KEYRING"}
    environ |= {"PYTHON_KEYRING_BACKEND": backend, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program, str(home.path)],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_without_a_keyring_secrets_stay_in_memory_and_local_ones_in_the_file(home: Home) -> None:
    assert kinds_without_keyring(home, "keyring.backends.fail.Keyring") == ["memory", "file"]


def test_a_keyring_that_raises_counts_as_none(home: Home) -> None:
    assert kinds_without_keyring(home, "tests.machine.broken_keyring.BrokenKeyring") == [
        "memory",
        "file",
    ]


def test_a_keyring_that_came_later_finds_what_lies_in_the_file(home: Home) -> None:
    file, keyring = FileSecretStore(home), MemorySecretStore()
    file.set("password", "old")
    both = KeyringOverFile(keyring, file)
    assert both.get("password") == "old"
    both.set("password", "new")
    assert (both.get("password"), file.get("password")) == ("new", None)
    both.delete("password")
    assert both.get("password") is None


GNOME = [shutil.which(name) for name in ("dbus-run-session", "gnome-keyring-daemon")]

SESSION = """
import os, subprocess, sys
from pathlib import Path
subprocess.run(["gnome-keyring-daemon", "--unlock", "--components=secrets"], input=b"pw",
               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.secrets import open_local_store, open_secret_store
first, second = Home(Path(sys.argv[1])), Home(Path(sys.argv[2]))
store, other = open_secret_store(first, os.environ), open_secret_store(second, os.environ)
assert (store.kind, other.kind) == ("keyring", "keyring"), (store.kind, other.kind)
assert store.get("a") is None
store.set("a", "first \\u00fc")
other.set("a", "second")
assert open_secret_store(first, os.environ).get("a") == "first \\u00fc"
store.set("a", "changed")
assert (store.get("a"), other.get("a")) == ("changed", "second")
store.delete("a"); store.delete("a")
assert (store.get("a"), other.get("a")) == (None, "second")
assert open_local_store(first, os.environ).kind == "keyring"
import keyring
other_name = f"{second.machine_id}/a"
assert keyring.get_password("PostFlow", other_name) == "second"
import secretstorage
bus = secretstorage.dbus_init()
secretstorage.get_default_collection(bus).lock()
bus.close()
try:
    other.get("a")
except MachineProblem as error:
    assert error.code == "keyring_failed" and "second" not in str(error), error
else:
    raise AssertionError("a locked keyring answered")
print("all well")
"""


@pytest.mark.skipif(None in GNOME, reason="needs dbus-run-session and gnome-keyring-daemon")
def test_a_real_keyring_keeps_the_secrets_of_two_homes_apart(tmp_path: Path) -> None:
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("POSTFLOW", "DBUS"))}
    for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME"):
        folder = tmp_path / name
        folder.mkdir(mode=0o700)
        environ[name] = str(folder)
    environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    homes = [str(tmp_path / "one"), str(tmp_path / "two")]
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", SESSION, *homes],
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "all well"), done.stderr
