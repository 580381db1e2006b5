"""The house rules hold over the whole tree, and each of them can fail."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.house import rules
from tests.house.tree import PACKAGE, ROOT, files, name_of, parsed, python_files

SOURCES = python_files(PACKAGE)
TESTS = python_files(ROOT / "tests")


def broken(paths: Iterable[Path], check: Callable[[Path], list[str]]) -> list[str]:
    return [f"{name_of(path)}: {found}" for path in paths for found in check(path)]


def text_of(path: Path) -> str:
    """The text of a file; nothing for a picture."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_there_is_a_tree_to_look_at() -> None:
    assert len(SOURCES) > 50
    assert len(TESTS) > 20


def test_modules_are_short() -> None:
    assert broken(SOURCES, lambda path: rules.long_modules(text_of(path))) == []


def test_functions_are_short() -> None:
    assert broken([*SOURCES, *TESTS], lambda path: rules.long_functions(parsed(path))) == []


def test_lines_fit_the_screen() -> None:
    assert broken([*SOURCES, *TESTS], lambda path: rules.long_lines(text_of(path))) == []


def test_every_package_says_in_four_lines_what_belongs_into_it() -> None:
    packages = [path for path in SOURCES if path.name == "__init__.py" and path.parent != PACKAGE]
    assert broken(packages, lambda path: rules.bad_package_docstring(parsed(path))) == []


def test_every_module_says_what_it_is() -> None:
    assert broken(SOURCES, lambda path: rules.missing_docstring(parsed(path))) == []


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in [*SOURCES, *TESTS]}
    assert [name_of(f) for f in sorted(folders) if not (f / "__init__.py").exists()] == []


def test_no_name_is_vague() -> None:
    assert broken(files(), lambda path: rules.vague_name(name_of(path))) == []


def test_the_top_level_holds_only_what_was_agreed_on() -> None:
    assert {top for path in files() for top in rules.unknown_at_top(name_of(path))} == set()


def test_no_file_names_a_place_on_one_machine() -> None:
    mine = {ROOT / "tests/house/rules.py", Path(__file__)}
    others = [path for path in files() if path not in mine]
    assert broken(others, lambda path: rules.places_of_one_machine(text_of(path))) == []


def test_nothing_is_put_off() -> None:
    mine = {ROOT / "tests/house/rules.py", Path(__file__)}
    others = [path for path in files() if path not in mine]
    assert broken(others, lambda path: rules.unfinished(text_of(path))) == []


def test_no_file_is_large() -> None:
    large = [name_of(path) for path in files() if path.stat().st_size > rules.FILE_BYTES]
    assert large == []


@pytest.mark.parametrize(
    ("found", "fine"),
    [
        (rules.long_modules("x\n" * 401), rules.long_modules("x\n" * 400)),
        (
            rules.long_functions(ast.parse("class A:\n def f():\n" + "  x\n" * 60)),
            rules.long_functions(ast.parse("class A:\n def f():\n" + "  x\n" * 59)),
        ),
        (rules.long_lines("x" * 101), rules.long_lines("x" * 100 + "\n# https://" + "x" * 100)),
        (
            rules.bad_package_docstring(ast.parse('"""One.\n\nTwo.\nThree.\n"""')),
            rules.bad_package_docstring(ast.parse('"""1.\n\n2.\n3.\n4.\n\nGlossary\n\nmore\n"""')),
        ),
        (
            rules.missing_docstring(ast.parse("x = 1")),
            rules.missing_docstring(ast.parse('"""A."""')),
        ),
        (rules.vague_name("a/utils/b.py"), rules.vague_name("a/utilities_of_x/b.py")),
        (rules.vague_name("a/helpers.py"), rules.vague_name("a/common_words.py")),
        (rules.unknown_at_top("notes.txt"), rules.unknown_at_top("tests/a.py")),
        (rules.places_of_one_machine("in '/home/anna/x'"), rules.places_of_one_machine("~/home/x")),
        (
            rules.places_of_one_machine("cp x /tmp/y"),
            rules.places_of_one_machine("https://example.com/home/page and build/tmp/x"),
        ),
        (
            rules.places_of_one_machine(r"C:\Users\anna"),
            rules.places_of_one_machine("/usr/bin/env, /proc/uptime"),
        ),
        (rules.unfinished("# TODO: later"), rules.unfinished("a todo list of TODOS")),
        (rules.unfinished("raise NotImplementedError"), rules.unfinished("NotImplemented")),
    ],
)
def test_each_rule_finds_what_it_is_for_and_nothing_else(found: list[str], fine: list[str]) -> None:
    assert found
    assert fine == []
