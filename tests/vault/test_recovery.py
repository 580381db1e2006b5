"""The recovery code survives people: case, separators and letters that look alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.vault import recovery
from postflow_desktop.vault.local import LocalVault

CODE = "NB5JT-4D2QV-6PC10-JQVDV-KK9SF-0X24W"


@given(st.binary(min_size=16, max_size=16))
def test_every_secret_comes_back_from_its_code(secret: bytes) -> None:
    assert recovery.decode(recovery.encode(secret)) == secret


@pytest.mark.parametrize(
    "typed",
    [
        CODE.lower(),
        CODE.replace("-", ""),
        CODE.replace("-", " "),
        CODE.replace("-", "\u2013") + "\n",
        CODE.replace("0", "O"),
        CODE.replace("0", "o").replace("1", "l"),
        CODE.replace("1", "I"),
        f"  {CODE} ",
    ],
)
def test_what_people_type_is_healed(typed: str) -> None:
    assert LocalVault().check_recovery_code(typed) == CODE


def test_every_single_typing_error_is_noticed() -> None:
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    plain = CODE.replace("-", "")
    for place, right in enumerate(plain):
        for wrong in letters.replace(right, ""):
            with pytest.raises(InvalidInput) as refused:
                recovery.decode(plain[:place] + wrong + plain[place + 1 :])
            assert refused.value.code == "bad_recovery_code"


def test_every_swap_of_neighbours_is_noticed() -> None:
    plain = CODE.replace("-", "")
    for place in range(len(plain) - 1):
        one, two = plain[place], plain[place + 1]
        if one != two:
            with pytest.raises(InvalidInput):
                recovery.decode(plain[:place] + two + one + plain[place + 2 :])


@given(st.text(max_size=60))
def test_any_other_text_is_refused_politely(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        recovery.decode(text)
    assert refused.value.code == "bad_recovery_code"
    assert refused.value.fix


def test_a_refusal_does_not_repeat_the_code() -> None:
    with pytest.raises(InvalidInput) as refused:
        recovery.decode(CODE[:-1] + "X")
    assert "NB5JT" not in str(refused.value) + refused.value.fix
