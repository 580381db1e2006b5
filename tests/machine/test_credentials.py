"""Secrets handed over by a service manager."""

from __future__ import annotations

from pathlib import Path

import pytest

from postflow_desktop.domain.errors import MachineProblem
from postflow_desktop.machine.credentials import credential

NAME = "POSTFLOW_PASSWORD"


def test_the_variable_comes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("from the file\n")
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert credential(environ, NAME) == "from the file"
    assert credential({**environ, NAME: "from the variable"}, NAME) == "from the variable"
    assert credential({NAME: ""}, NAME) == ""


def test_only_the_last_line_break_is_not_the_secrets(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(" grüße \n\r\n".encode())
    assert credential({"CREDENTIALS_DIRECTORY": str(tmp_path)}, NAME) == " grüße \n"


def test_without_folder_or_file_there_is_none(tmp_path: Path) -> None:
    assert credential({}, NAME) is None
    assert credential({"CREDENTIALS_DIRECTORY": ""}, NAME) is None
    assert credential({"CREDENTIALS_DIRECTORY": str(tmp_path / "none")}, NAME) is None


def test_a_file_that_can_not_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(MachineProblem):
        credential({"CREDENTIALS_DIRECTORY": str(tmp_path)}, NAME)
