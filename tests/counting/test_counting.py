"""At least sixty strings per rule, what holds for any string, and the same on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.text import count_bytes
from postflow_desktop.platforms.bluesky.counting import measure as bluesky
from postflow_desktop.platforms.linkedin.counting import measure as linkedin
from postflow_desktop.platforms.linkedin.little import little, plain
from postflow_desktop.platforms.x.counting import measure as x
from postflow_desktop.sandbox.linkedin_posts import shown_text
from tests.counting.tables import COUNTED, FAMILY, GERMANY, WEIGHED
from tests.kit.command import CommandLine
from tests.linkedin.reader import RESERVED, read_little

TEXTS = [text for text, *_ in COUNTED]


def test_the_tables_are_long_enough_to_mean_something() -> None:
    assert len(set(TEXTS)) == len(TEXTS) >= 60
    assert len({text for text, _ in WEIGHED}) == len(WEIGHED) >= 60
    assert len(ESCAPED) >= 60


@pytest.mark.parametrize(("text", "graphemes", "size", "units"), COUNTED)
def test_graphemes_bytes_and_units(text: str, graphemes: int, size: int, units: int) -> None:
    assert (bluesky(text), count_bytes(text), linkedin(text)) == (graphemes, size, units)


@pytest.mark.parametrize(("text", "weight"), WEIGHED)
def test_weights(text: str, weight: int) -> None:
    assert x(text) == weight


def counted_by_command(home: Path, network: str, texts: list[str]) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-m", "postflow_desktop", "text", "count", network, "--json"],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        env=CommandLine(home).environment(),
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[int] = json.loads(done.stdout)
    return found


def test_the_command_counts_the_same(tmp_path: Path) -> None:
    by_network = {
        "bluesky": [graphemes for _, graphemes, _, _ in COUNTED],
        "linkedin": [units for _, _, _, units in COUNTED],
    }
    for network, expected in by_network.items():
        assert counted_by_command(tmp_path, network, TEXTS) == expected
    weighed = [text for text, _ in WEIGHED]
    assert counted_by_command(tmp_path, "x", weighed) == [weight for _, weight in WEIGHED]


ESCAPED: list[tuple[str, str]] = [
    # every reserved mark in every place
    *((mark, f"\\{mark}") for mark in RESERVED),
    *((f"a{mark}b", f"a\\{mark}b") for mark in RESERVED if mark != "#"),
    *((f"{mark}{mark}", f"\\{mark}\\{mark}") for mark in RESERVED),
    # marks that look like markup
    ("\\#", "\\\\\\#"),
    ("\\n", "\\\\n"),
    ("{hashtag|\\#|x}", "\\{hashtag\\|\\\\\\#\\|x\\}"),
    ("@[Ana](urn:li:person:1)", "\\@\\[Ana\\]\\(urn:li:person:1\\)"),
    ("<b>bold</b>", "\\<b\\>bold\\</b\\>"),
    ("**bold** _it_ ~no~", "\\*\\*bold\\*\\* \\_it\\_ \\~no\\~"),
    ("[a](https://b.com)", "\\[a\\]\\(https://b.com\\)"),
    # hashtags
    ("#a", "{hashtag|\\#|a}"),
    ("#a#b", "{hashtag|\\#|a}\\#b"),
    ("#a #b", "{hashtag|\\#|a} {hashtag|\\#|b}"),
    ("(#a)", "\\({hashtag|\\#|a}\\)"),
    ("#a_b_", "{hashtag|\\#|a\\_b\\_}"),
    ("#1a", "{hashtag|\\#|1a}"),
    ("#12", "\\#12"),
    ("#é", "{hashtag|\\#|é}"),
    ("#漢字。", "{hashtag|\\#|漢字}。"),
    ("#a-b", "{hashtag|\\#|a}-b"),
    ("a&#39;b", "a&\\#39;b"),
    ("C# and F#", "C\\# and F\\#"),
    # addresses and mail
    ("https://b.com/a_(b)", "https://b.com/a\\_\\(b\\)"),
    ("ana@example.com", "ana\\@example.com"),
    # what needs nothing
    ("Plain, words: here; «so» – 'it' is!", "Plain, words: here; «so» – 'it' is!"),
    ('5 + 5 = 10 %, $3 & more / less ^ ` " ?', '5 + 5 = 10 %, $3 & more / less ^ ` " ?'),
    (FAMILY, FAMILY),
    ("a\nb\tc", "a\nb\tc"),
    ("日本（東京）", "日本（東京）"),  # noqa: RUF001 - wide brackets are not reserved
]


@pytest.mark.parametrize(("text", "markup"), ESCAPED)
def test_escaping_letter_by_letter(text: str, markup: str) -> None:
    assert little(text) == markup
    shown = read_little(markup)
    assert (shown.text, shown.whole) == (text, True)
    assert plain(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Hello (world)", "Hello "),
        ("a\\\\*b", "a\\"),
        ("a|b", "a"),
        ("a {b}", "a "),
        ("@ana", ""),
        ("x #y", "x "),
        ("{hashtag|\\#|open", ""),
        ("a@[Ana](", "a"),
    ],
)
def test_the_second_reader_cuts_where_linkedin_does(markup: str, text: str) -> None:
    shown = read_little(markup)
    assert (shown.text, shown.whole) == (text, False)
    assert shown_text(markup) == text.rstrip()


PIECES = st.sampled_from(
    [*RESERVED, *"ab1 \n", "#", "#tag", "{hashtag|", "\\#|", "@[", "](urn:li:", "é", "漢", FAMILY]
)
ANY = st.text(st.characters(codec="utf-8"), max_size=60)
MARKED = st.one_of(st.lists(PIECES, max_size=30).map("".join), ANY)


@given(MARKED)
def test_what_is_escaped_is_read_back_by_a_second_reader(text: str) -> None:
    shown = read_little(little(text))
    assert (shown.text, shown.whole) == (text, True)
    assert shown_text(little(text)) == text.rstrip()


@given(MARKED, st.integers(0, 200), st.sampled_from(RESERVED))
def test_one_forgotten_backslash_is_seen(text: str, number: int, mark: str) -> None:
    # The marks of a hashtag are not words; the reader takes them with and without a backslash.
    text = text.replace("#", "")
    markup = little(f"{text}{mark}.")
    places = [at for at in range(len(markup) - 1) if markup[at] == "\\"]
    at = places[number % len(places)]
    without = read_little(markup[:at] + markup[at + 1 :])
    assert (without.text, without.whole) != (f"{text}{mark}.", True)


RULES: list[Callable[[str], int]] = [bluesky, linkedin, x]
BOUNDARY = "\n\n"
WORDS = st.one_of(
    ANY,
    st.lists(
        st.sampled_from(
            [FAMILY, GERMANY, "a", "e\u0301", "漢", "क्ष", "ខ្មែរ", "https://a.de/b", " "]
        ),
        max_size=8,
    ).map("".join),
)


@pytest.mark.parametrize("rule", RULES, ids=["bluesky", "linkedin", "x"])
@given(one=WORDS, other=WORDS)
def test_paragraphs_add_up(rule: Callable[[str], int], one: str, other: str) -> None:
    apart = rule(f"{one}{BOUNDARY}") + rule(f"{BOUNDARY}{other}") - rule(BOUNDARY)
    assert rule(f"{one}{BOUNDARY}{other}") == apart


@pytest.mark.parametrize("rule", RULES, ids=["bluesky", "linkedin", "x"])
@given(text=WORDS)
def test_a_word_more_is_never_less(rule: Callable[[str], int], text: str) -> None:
    assert rule(f"{text}\nword") == rule(f"{text}\n") + 4
    assert rule(text) >= 0
    assert (rule(text) == 0) == (not text)


@given(WORDS)
def test_no_measure_is_more_than_its_pieces(text: str) -> None:
    normal = normalize("NFC", text)
    assert bluesky(text) <= len(text) <= linkedin(text) <= count_bytes(text) * 2
    assert x(text) == x(normal)
    if "." not in text:
        assert x(text) <= 2 * len(normal)


@given(WORDS, st.integers(1, 6))
def test_the_same_again_and_again(text: str, times: int) -> None:
    several = [f"\n{text}\n"] * times
    for rule in RULES:
        assert rule("".join(several)) == times * rule(several[0])
