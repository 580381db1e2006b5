"""The registry of commands: no id and no keys twice."""

from __future__ import annotations

import pytest

from postflow_desktop.ui.kit.commands import Command, Commands


def _command(command_id: str, shortcut: str, scope: str = "") -> Command:
    return Command(command_id, command_id.title(), "View", shortcut, _nothing, scope=scope)


def _nothing() -> None:
    """Does nothing."""


@pytest.mark.parametrize(
    ("first", "second"),
    [("Ctrl+K", "Ctrl+K"), ("C | Ctrl+N", "Ctrl+N"), ("G", "G, C"), ("G, C", "G")],
)
def test_keys_that_could_mean_two_commands_are_refused(first: str, second: str) -> None:
    commands = Commands()
    commands.add(_command("one", first))
    with pytest.raises(ValueError, match="both want"):
        commands.add(_command("two", second))


@pytest.mark.parametrize(("first", "second"), [("C", "G, C"), ("Ctrl+K", "Ctrl+Shift+K")])
def test_keys_that_differ_are_taken(first: str, second: str) -> None:
    commands = Commands()
    commands.add(_command("one", first), _command("two", second))
    assert [command.id for command in commands.all()] == ["one", "two"]


def test_two_screens_may_use_the_same_key_but_not_a_global_one() -> None:
    commands = Commands()
    commands.add(_command("one", "T", "calendar"), _command("two", "T", "drafts"))
    with pytest.raises(ValueError, match="both want T"):
        commands.add(_command("three", "T"))


def test_an_id_is_used_once() -> None:
    commands = Commands()
    commands.add(_command("one", ""))
    with pytest.raises(ValueError, match="exists already"):
        commands.add(_command("one", ""))
    commands.remove(["one"])
    commands.add(_command("one", ""))


def test_a_command_runs_only_when_it_can() -> None:
    ran: list[str] = []
    commands = Commands()
    commands.add(
        Command("yes", "Yes", "View", "", lambda: ran.append("yes")),
        Command("no", "No", "View", "", lambda: ran.append("no"), lambda: False),
    )
    assert commands.run("yes")
    assert not commands.run("no")
    assert ran == ["yes"]
    with pytest.raises(KeyError):
        commands.run("unknown")


def test_the_first_shortcut_is_the_one_shown() -> None:
    assert _command("one", "C | Ctrl+N").shown_shortcut() == "C"
    assert _command("one", "").shown_shortcut() == ""
