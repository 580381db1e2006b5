"""Secrets are found in every spelling; ordinary words stay."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest

from postflow_desktop.machine.redaction import HIDDEN, Redactor, is_secret_name

SECRET = 'tr0ub4dor & "3/ü'


@pytest.fixture
def redactor() -> Redactor:
    made = Redactor()
    made.add(SECRET)
    return made


@pytest.mark.parametrize(
    "spelled",
    [
        SECRET,
        repr(SECRET)[1:-1],
        json.dumps(SECRET),
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        SECRET.encode().hex(),
        SECRET.encode().hex().upper(),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
    ],
)
def test_a_registered_secret_is_hidden_in_every_spelling(spelled: str, redactor: Redactor) -> None:
    line = redactor.scrub(f"before >{spelled}< after")
    assert spelled not in line
    assert line.startswith("before >")
    assert line.endswith("< after")


@pytest.mark.parametrize("name", ["", "a", "ab", "abc", "anna@example.com"])
def test_a_secret_inside_a_basic_header_is_hidden(name: str, redactor: Redactor) -> None:
    header = base64.b64encode(f"{name}:{SECRET}:rest".encode()).decode()
    line = redactor.scrub(f">{header}<")
    shown = line.strip("<>").replace(HIDDEN, "").encode()
    assert HIDDEN in line
    assert len(shown) < len(header) - len(SECRET)


def test_the_longer_of_two_secrets_is_hidden_whole() -> None:
    redactor = Redactor()
    redactor.add("horse")
    redactor.add("horse-battery")
    assert redactor.scrub("a horse-battery b") == f"a {HIDDEN} b"


def test_values_too_short_to_be_secrets_are_not_hidden() -> None:
    redactor = Redactor()
    redactor.add("")
    redactor.add("abc")
    assert redactor.scrub("the abc of it") == "the abc of it"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abc.def-ghi_123", "abc.def-ghi_123"),
        ("authorization: DPoP q1w2e3r4t5y6", "q1w2e3r4t5y6"),
        ("{'Authorization': 'Basic dXNlcjpwYXNz'}", "dXNlcjpwYXNz"),
        ("GET /x?access_token=aaa111&x=1", "aaa111"),
        ('{"refreshJwt":"zzz999", "did": "did:plc:x"}', "zzz999"),
        ("password='p4ss word!' next", "p4ss word!"),
        ("client_secret = s3cr3t", "s3cr3t"),
        ("http://127.0.0.1:9/?code=abcdef&state=ghijkl", "abcdef"),
        ("http://127.0.0.1:9/?code=abcdef&state=ghijkl", "ghijkl"),
        ("mongodb://anna:hunter2@db.example.com/x", "hunter2"),
        ("mongodb+srv://anna:hunt%40er@h1:1,h2:2/?a=b", "hunt%40er"),
        ("https://anna:hun@ter2@example.com/", "ter2"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl end", "eyJzdWIiOiJ4In0"),
        ("stored pf1.3.AAAAAAAAAAAAAAAA.qwertyuiop", "qwertyuiop"),
        ("typed abcd-ef12-gh34-ij56 here", "ef12-gh34"),
        ("recovery ABCDE-FGHJK-12345-MNPQR-67890-TVWXY", "FGHJK"),
        ("app_password: abcd", "abcd"),
    ],
)
def test_what_looks_like_a_secret_is_hidden_though_nobody_registered_it(
    text: str, secret: str
) -> None:
    line = Redactor().scrub(text)
    assert secret not in line
    assert HIDDEN in line


@pytest.mark.parametrize(
    "text",
    [
        "Published at://did:plc:abc123/app.bsky.feed.post/3lcyk5xyz2k2a",
        "Attempt 665f1c2e9d3e4a0012345678#1#3 stands at the barrier.",
        "550e8400-e29b-41d4-a716-446655440000",
        "2026-11-23T09:00:00.000Z",
        "mongodb://127.0.0.1:27017/?replicaSet=postflow",
        "https://bsky.social/xrpc/com.atproto.server.createSession",
        "Basic checks done; the bearer of news is here.",
        "No password is needed on the embedded database.",
        "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ],
)
def test_ordinary_lines_stay_as_they_are(text: str) -> None:
    assert Redactor().scrub(text) == text


def test_values_are_cleaned_in_depth_and_by_the_names_they_stand_under(redactor: Redactor) -> None:
    value = {
        "headers": {"Authorization": "x", "Set-Cookie": "y", "Accept": "z"},
        "list": [SECRET, 5, None, True, {"user_password": 7}],
        "error": ValueError(f"bad {SECRET}"),
    }
    assert redactor.scrub_value(value) == {
        "headers": {"Authorization": HIDDEN, "Set-Cookie": HIDDEN, "Accept": "z"},
        "list": [HIDDEN, 5, None, True, {"user_password": HIDDEN}],
        "error": f"bad {HIDDEN}",
    }


def test_names_that_hold_secrets_are_known() -> None:
    for name in ("password", "--client-secret", "DPoP", "mongo_password", "accessToken"):
        assert is_secret_name(name)
    for name in ("passwordless", "secretary", "author", "target", "token_version"):
        assert not is_secret_name(name)


@pytest.mark.parametrize("half", ["pass\udcff\udcfeword", "pass\ud83dword"])
def test_a_secret_in_a_foreign_encoding_is_hidden_too(half: str) -> None:
    redactor = Redactor()
    redactor.add(half)
    assert redactor.scrub(f"the {half} itself") == f"the {HIDDEN} itself"


def test_a_bots_token_in_an_address_is_hidden(redactor: Redactor) -> None:
    token = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
    line = redactor.scrub(f"GET https://api.telegram.example/bot{token}/sendMessage")
    assert token not in line
    assert token.partition(":")[2] not in line
