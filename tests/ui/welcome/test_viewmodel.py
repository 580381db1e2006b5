"""Welcome's view model: what forms hold to, the recovery code, failures that keep everything."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from postflow_desktop.domain.errors import ClusterUnreachable, NotAllowed
from postflow_desktop.ui.kit.changes import Changes
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.welcome.viewmodel import (
    Entry,
    NewPlace,
    WelcomeViewModel,
    entry_problems,
    name_for,
    new_place_problems,
    strength,
)
from tests.fakes.backend import FakeBackend


def form(**other: str) -> NewPlace:
    values = {
        "workspace": "Corner Bakery",
        "uri": "",
        "name": "Ana",
        "email": "ana@example.com",
        "organization": "Corner Bakery",
        "password": "correct horse battery",
        "again": "correct horse battery",
    }
    return NewPlace(**{**values, **other})


def entry(**other: str) -> Entry:
    values = {
        "workspace": "",
        "uri": "mongodb://ana:secret@db.example.com/bakery",
        "email": "ana@example.com",
        "password": "correct horse battery",
        "recovery": "AAAAA-BBBBB",
    }
    return Entry(**{**values, **other})


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend(here=None)


@pytest.fixture
def model(qapp: object, backend: FakeBackend) -> WelcomeViewModel:
    return WelcomeViewModel(backend, Tasks(immediate=True), Changes())


def arrivals(model: WelcomeViewModel) -> list[object]:
    places: list[object] = []
    model.done.connect(places.append)
    return places


def test_exploring_asks_for_nothing_and_arrives(
    model: WelcomeViewModel, backend: FakeBackend
) -> None:
    places = arrivals(model)
    model.explore()
    assert backend.calls == [("explore",)]
    assert places == [backend.here]


def test_after_creating_the_recovery_code_waits_until_it_is_kept(
    model: WelcomeViewModel, backend: FakeBackend
) -> None:
    places = arrivals(model)
    model.create(form())
    assert model.recovery_code.startswith("AAAAA")
    assert places == []
    model.code_kept()
    assert model.recovery_code == ""
    assert places == [backend.here]


def test_a_failure_is_told_and_the_next_try_works(
    model: WelcomeViewModel, backend: FakeBackend
) -> None:
    places = arrivals(model)
    backend.failure = ClusterUnreachable("No answer.", fix="Check the address.")
    model.create(form(uri="mongodb://db.example.com"))
    assert model.problem is not None
    assert (model.problem_of, model.busy) == ("create", "")
    model.create(form(uri="mongodb://db.example.com"))
    assert model.problem is None
    assert places == []
    assert model.recovery_code


def test_signing_in_names_the_workspace_after_its_database(
    model: WelcomeViewModel, backend: FakeBackend
) -> None:
    places = arrivals(model)
    model.sign_in(entry())
    assert backend.calls[0][:2] == ("sign_in", "bakery")
    assert places == [backend.here]


def test_a_refused_sign_in_arrives_nowhere(model: WelcomeViewModel, backend: FakeBackend) -> None:
    places = arrivals(model)
    backend.failure = NotAllowed("Wrong.", code="wrong_credentials", fix="Check.")
    model.sign_in(entry())
    assert places == []
    assert model.problem_of == "sign_in"


def test_the_code_is_saved_to_a_file_only_its_owner_reads(
    model: WelcomeViewModel, tmp_path: Path
) -> None:
    model.create(form())
    path = tmp_path / "code.txt"
    saved: list[bool] = []
    model.save_code(str(path), lambda: saved.append(True))
    assert saved == [True]
    assert model.recovery_code in path.read_text(encoding="utf-8")
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_that_takes_no_file_is_told(model: WelcomeViewModel, tmp_path: Path) -> None:
    model.create(form())
    saved: list[bool] = []
    model.save_code(str(tmp_path / "nowhere" / "code.txt"), lambda: saved.append(True))
    assert saved == []
    assert model.problem is not None
    assert model.problem.code == "file_not_written"
    assert model.recovery_code


def test_secrets_stand_in_no_representation() -> None:
    shown = repr(form()) + repr(entry())
    assert "horse" not in shown
    assert "secret" not in shown
    assert "AAAAA" not in shown


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"workspace": " "}, "workspace"),
        ({"name": ""}, "name"),
        ({"organization": ""}, "organization"),
        ({"email": "ana"}, "email"),
        ({"email": "ana@host"}, "email"),
        ({"uri": "https://db.example.com"}, "uri"),
        ({"uri": "mongodb://"}, "uri"),
        ({"password": "short12", "again": "short12"}, "password"),
        ({"again": "another one"}, "again"),
    ],
)
def test_each_field_says_what_it_wants(change: dict[str, str], field: str) -> None:
    assert list(new_place_problems(form(**change))) == [field]


def test_a_filled_form_has_no_problem() -> None:
    assert new_place_problems(form()) == {}
    assert new_place_problems(form(uri="mongodb+srv://u:p@cluster.example.net/db")) == {}
    assert entry_problems(entry()) == {}
    assert entry_problems(entry(workspace="Corner Bakery", uri="")) == {}


def test_signing_in_wants_an_address_and_a_password() -> None:
    assert set(entry_problems(entry(uri="", password=""))) == {"uri", "password"}


@pytest.mark.parametrize(
    ("password", "level"),
    [
        ("", 0),
        ("1234567", 0),
        ("        ", 0),
        ("aaaaaaaaaaaaaaa", 1),
        ("bakeries", 1),
        ("bakery-12", 2),
        ("sourdoughbread", 3),
        ("Bakery-12345", 3),
    ],
)
def test_a_password_is_weighed(password: str, level: int) -> None:
    assert strength(password).level == level


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("mongodb://u:p@db.example.com:27017/bakery?tls=true", "bakery"),
        ("mongodb://u:p@one.example.com:27017,two.example.com", "one.example.com"),
        ("mongodb+srv://u:p@cluster.example.net", "cluster.example.net"),
        ("mongodb://", ""),
    ],
)
def test_a_workspace_is_named_after_its_address_without_the_login(uri: str, name: str) -> None:
    assert name_for(uri) == name
