"""Proofs of possession: what they say, who may check them, and whose time they carry."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from postflow_desktop.platforms.bluesky.dpop import Nonces, Proof, new_key, target
from postflow_desktop.sandbox.bluesky_proofs import ProofRefused, Proofs, thumbprint
from postflow_desktop.sandbox.exchange import Call

URL = "https://pds.example/xrpc/com.atproto.repo.putRecord"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def decoded(part: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return value


def parts(proof: str) -> tuple[dict[str, Any], dict[str, Any]]:
    head, claims, _ = proof.split(".")
    return decoded(head), decoded(claims)


def test_a_proof_says_what_the_standard_wants() -> None:
    key = new_key()
    proof = Proof(method="POST", url=f"{URL}?a=b#c", at=NOW, nonce="n", token="t").signed(key)
    head, claims = parts(proof)
    assert (head["typ"], head["alg"]) == ("dpop+jwt", "ES256")
    assert set(head["jwk"]) == {"kty", "crv", "x", "y"}
    assert (claims["htm"], claims["htu"], claims["nonce"]) == ("POST", URL, "n")
    assert claims["iat"] == int(NOW.timestamp())
    assert key not in proof


def test_the_hash_of_a_token_is_that_of_the_standard() -> None:
    # RFC 9449, 7.1
    token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
    _, claims = parts(Proof(method="GET", url=URL, at=NOW, token=token).signed(new_key()))
    assert claims["ath"] == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"


def test_a_proof_without_token_and_nonce_has_neither() -> None:
    _, claims = parts(Proof(method="GET", url=URL, at=NOW).signed(new_key()))
    assert set(claims) == {"jti", "htm", "htu", "iat"}


def test_no_two_proofs_are_the_same() -> None:
    key = new_key()
    made = [parts(Proof(method="GET", url=URL, at=NOW).signed(key))[1]["jti"] for _ in range(20)]
    assert len(set(made)) == 20


def test_keys_that_begin_with_a_zero_keep_their_length() -> None:
    key = base64.urlsafe_b64encode((7).to_bytes(32)).decode().rstrip("=")
    head, _ = parts(Proof(method="GET", url=URL, at=NOW).signed(key))
    assert {len(head["jwk"][name]) for name in "xy"} == {43}


def test_query_and_fragment_are_not_signed() -> None:
    assert target("https://a.example/x?y=1#z") == "https://a.example/x"


def test_each_server_has_its_own_nonce() -> None:
    nonces, key = Nonces(), new_key()
    nonces.learn(URL, {"dpop-nonce": "mine"})
    nonces.learn("https://other.example/x", {"dpop-nonce": "other"})
    assert parts(nonces.proof(key, "GET", "https://PDS.example/y"))[1]["nonce"] == "mine"
    assert "nonce" not in parts(nonces.proof(key, "GET", "https://third.example/y"))[1]


def test_a_nonce_is_fresh_for_a_minute() -> None:
    moment = [NOW]
    nonces = Nonces(lambda: moment[0])
    assert not nonces.is_fresh(URL)
    assert not nonces.learn(URL, {})
    assert nonces.learn(URL, {"dpop-nonce": "n"})
    moment[0] += timedelta(seconds=59)
    assert nonces.is_fresh(URL)
    moment[0] += timedelta(seconds=1)
    assert not nonces.is_fresh(URL)


@pytest.mark.parametrize("wrong", [timedelta(days=1), timedelta(hours=-3)])
def test_a_clock_that_is_wrong_is_put_right_by_the_servers(wrong: timedelta) -> None:
    nonces, key = Nonces(lambda: NOW + wrong), new_key()
    nonces.learn(URL, {"dpop-nonce": "n", "date": format_datetime(NOW, usegmt=True)})
    assert parts(nonces.proof(key, "GET", URL))[1]["iat"] == int(NOW.timestamp())


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Nov 2026 08:00:00 GMT"])
def test_a_date_that_can_not_be_read_changes_nothing(date: str) -> None:
    nonces = Nonces(lambda: NOW)
    nonces.learn(URL, {"dpop-nonce": "n", "date": date})
    assert parts(nonces.proof(new_key(), "GET", URL))[1]["iat"] == int(NOW.timestamp())


class Server:
    """The sandbox's check, which is written apart from what is checked."""

    def __init__(self) -> None:
        self.proofs = Proofs()
        self.key = new_key()

    def call(self, proof: str) -> Call:
        headers = {"host": "127.0.0.1:1", "dpop": proof}
        return Call(method="POST", path="/x", headers=headers)

    def proof(self, **changed: Any) -> str:
        usual: dict[str, Any] = {
            "method": "POST",
            "url": "http://127.0.0.1:1/x",
            "at": datetime.now(UTC),
            "nonce": self.proofs.nonce,
            "token": "t",
        }
        return Proof(**{**usual, **changed}).signed(self.key)


def test_the_sandbox_takes_a_right_proof_once_and_names_the_key() -> None:
    server = Server()
    proof = server.proof()
    jwk = parts(proof)[0]["jwk"]
    assert server.proofs.check(server.call(proof), "t") == thumbprint(jwk)
    with pytest.raises(ProofRefused) as caught:
        server.proofs.check(server.call(proof), "t")
    assert "replayed" in caught.value.message


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"method": "GET"}, "invalid_dpop_proof"),
        ({"url": "http://127.0.0.1:1/y"}, "invalid_dpop_proof"),
        ({"token": "u"}, "invalid_dpop_proof"),
        ({"token": ""}, "invalid_dpop_proof"),
        ({"nonce": ""}, "use_dpop_nonce"),
        ({"nonce": "old"}, "use_dpop_nonce"),
        ({"at": datetime(2020, 1, 1, tzinfo=UTC)}, "invalid_dpop_proof"),
    ],
)
def test_the_sandbox_refuses_a_proof_for_something_else(
    changed: dict[str, Any], error: str
) -> None:
    server = Server()
    with pytest.raises(ProofRefused) as caught:
        server.proofs.check(server.call(server.proof(**changed)), "t")
    assert caught.value.error == error


@pytest.mark.parametrize("proof", ["", "x", "a.b.c", "e30.e30.e30"])
def test_the_sandbox_refuses_what_is_no_proof(proof: str) -> None:
    with pytest.raises(ProofRefused):
        Proofs().check(Server().call(proof))


def test_the_sandbox_refuses_a_changed_proof() -> None:
    server = Server()
    head, claims, signature = server.proof().split(".")
    other = server.proof().split(".")[1]
    assert claims != other
    with pytest.raises(ProofRefused):
        server.proofs.check(server.call(f"{head}.{other}.{signature}"), "t")
