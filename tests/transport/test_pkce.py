"""PKCE by the example of its own standard."""

from __future__ import annotations

from postflow_desktop.transport import pkce


def test_the_challenge_is_that_of_the_standard() -> None:
    # RFC 7636, appendix B
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert pkce.challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_verifier_is_random_and_as_long_as_the_standard_wants() -> None:
    made = {pkce.new_verifier() for _ in range(50)}
    assert len(made) == 50
    assert {len(one) for one in made} == {43}
