"""The systemd unit of the agent: sound, hardened, and starting what there is."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from postflow_desktop.cli.arguments import Parser
from postflow_desktop.cli.commands import agent
from postflow_desktop.services.publishing.timings import Timings
from tests.house.tree import ROOT

UNIT = ROOT / "packaging" / "postflow-agent.service"
HARDENED = ("NoNewPrivileges", "PrivateDevices", "PrivateTmp", "ProtectHome", "RestrictNamespaces")


def section(name: str) -> dict[str, str]:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(UNIT.read_text(encoding="utf-8"))
    return dict(parser[name])


def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    program = section("Service")["ExecStart"].split()[0]
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text(encoding="utf-8").replace(program, sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(copy)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_it_starts_a_command_that_exists() -> None:
    program, command, *options = section("Service")["ExecStart"].split()
    assert (Path(program).name, command) == ("postflow", "agent")
    parser = Parser()
    agent.add(parser)
    assert parser.parse_args([o for o in options if o != "--verbose"]).health > 1023


def test_the_password_comes_as_a_credential_and_the_home_is_its_own() -> None:
    service = section("Service")
    assert service["LoadCredential"].startswith("POSTFLOW_PASSWORD:/")
    assert "POSTFLOW_PASSWORD" not in service["Environment"]
    assert f"POSTFLOW_HOME=%S/{service['StateDirectory']}" in service["Environment"]
    assert service["StateDirectoryMode"] == "0700"


def test_it_is_hardened() -> None:
    service = section("Service")
    assert {name: service[name] for name in HARDENED} == dict.fromkeys(HARDENED, "yes")
    assert (service["DynamicUser"], service["ProtectSystem"]) == ("yes", "strict")
    assert service["CapabilityBoundingSet"] == ""


def test_a_stop_leaves_time_to_finish_and_only_failures_start_it_again() -> None:
    service = section("Service")
    assert int(service["TimeoutStopSec"]) > Timings().sending_lease
    assert service["KillMode"] == "mixed", "the embedded database must outlive the agent"
    assert service["Restart"] == "on-failure"
    assert service["RestartPreventExitStatus"].split() == ["2", "3"]
