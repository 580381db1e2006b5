"""Links from outside open things and do nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.ui.shell.links import Compose, OpenPost, first_link, parse_link


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("postflow://post/0199abc-1", OpenPost("0199abc-1")),
        ("postflow://compose", Compose()),
        ("postflow://compose/", Compose()),
        ("POSTFLOW://compose?text=Hello%20there", Compose("Hello there")),
        ("postflow://post/", None),
        ("postflow://post/a/b", None),
        ("postflow://post/../../etc", None),
        ("postflow://delete/1", None),
        ("https://post/1", None),
        ("--background", None),
        ("postflow://[", None),
    ],
)
def test_a_link_is_read(text: str, wanted: object) -> None:
    assert parse_link(text) == wanted


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    parse_link(text)
    parse_link(f"postflow://{text}")


def test_the_first_link_among_arguments_counts() -> None:
    assert first_link(["app", "--x", "postflow://post/1", "postflow://compose"]) == OpenPost("1")
    assert first_link(["app"]) is None


def test_long_words_are_cut() -> None:
    found = parse_link("postflow://compose?text=" + "a" * 20_000)
    assert isinstance(found, Compose)
    assert len(found.text) == 10_000
