"""What can become of a reply on its way: cut, garbled, of another type, too large, wrongly encoded.

No damage turns an id into another one that looks right: that nobody could see.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from postflow_desktop.sandbox.exchange import Answer

STRANGE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**30,
    -(10**30),
    1e308,
    "",
    " ",
    "x",
    "\x00",
    "\ud83d",
    "a\udc00b",
    "%2F..%2F",
    "é" * 5000,
    [],
    [None],
    [[]],
    {},
    {"": {}},
    {"id": {"id": []}},
)
"""Values that nobody would send, of every type that JSON has."""
_STATUSES = (200, 201, 202, 204, 206, 299, 301, 304, 400, 401, 403, 404, 409, 418, 422, 429, 500)
_BODIES = (
    b"",
    b" ",
    b"null",
    b"true",
    b"7",
    b"[]",
    b"{}",
    b'"text"',
    b"NaN",
    b"{",
    b"\xff\xfe",
    b"\x1f\x8b\x08\x00garbage",
    b"<html><title>Sign in to the hotel network</title></html>",
    b'{"data": {"id": ' + b"9" * 5000 + b"}}",
    b"[" * 3000,
    b'{"a":' * 3000,
    b'{"error": {"message": "\\ud83d", "code": "\\udc00"}}',
    b'{"errors": [{"detail": "\\ud83d"}], "title": "\\ud83d"}',
    b'{"error": "\\ud83d", "message": "\\ud83d"}',
    b'{"ok": true, "result": []}',
    b'{"message": "' + b"long " * 20000 + b'"}',
)
_HEADERS: tuple[dict[str, str], ...] = (
    {"x-restli-id": ""},
    {"x-restli-id": "urn:li:person:7"},
    {"x-restli-id": "urn:li:share:"},
    {"x-restli-id": "7 8"},
    {"x-rate-limit-reset": "soon"},
    {"ratelimit-reset": "-1"},
    {"retry-after": "never"},
    {"location": "http://127.0.0.1:1/elsewhere"},
    {"x-app-usage": "{"},
    {"dpop-nonce": "\u00e9"},
)


@dataclass(frozen=True)
class Damage:
    """One kind, with its name for a failing example."""

    name: str
    act: Callable[[Answer], Answer]

    def __repr__(self) -> str:
        return f"Damage({self.name})"


def _cut(share: float) -> Damage:
    def act(answer: Answer) -> Answer:
        return replace(answer, body=answer.body[: int(len(answer.body) * share)])

    return Damage(f"cut at {share:.3f}", act)


def _garbled(share: float, what: bytes) -> Damage:
    def act(answer: Answer) -> Answer:
        at = int(len(answer.body) * share)
        return replace(answer, body=answer.body[:at] + what + answer.body[at + len(what) :])

    return Damage(f"{what!r} at {share:.3f}", act)


def _encoded(name: str, change: Callable[[bytes], bytes]) -> Damage:
    return Damage(name, lambda answer: replace(answer, body=change(answer.body)))


def _other_text(coding: str) -> Callable[[bytes], bytes]:
    return lambda raw: raw.decode("utf-8", "replace").encode(coding, "replace")


def _changed(number: int, value: Any) -> Damage:
    """Another value for one of the fields, wherever it lies."""

    def act(answer: Answer) -> Answer:
        try:
            body = json.loads(answer.body)
        except ValueError:
            return answer
        places = list(_places(body))
        if not places:
            return answer
        holder, key = places[number % len(places)]
        holder[key] = value
        return replace(answer, body=json.dumps(body).encode())

    return Damage(f"field {number} is {str(value)[:20]!r}", act)


def _dropped(number: int) -> Damage:
    def act(answer: Answer) -> Answer:
        try:
            body = json.loads(answer.body)
        except ValueError:
            return answer
        places = [place for place in _places(body) if isinstance(place[0], dict)]
        if not places:
            return answer
        holder, key = places[number % len(places)]
        del holder[key]
        return replace(answer, body=json.dumps(body).encode())

    return Damage(f"no field {number}", act)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every holder with a key, outer ones first."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    if not isinstance(value, dict | list):
        return []
    found = [(value, key) for key, _ in items]
    inner = value.values() if isinstance(value, dict) else value
    for one in inner:
        if isinstance(one, dict | list):
            found += _places(one)
    return found


def _status(number: int) -> Damage:
    return Damage(f"status {number}", lambda answer: replace(answer, status=number))


def _headers(given: dict[str, str]) -> Damage:
    return Damage(f"headers {given}", lambda answer: replace(answer, headers=dict(given)))


def _kind(name: str) -> Damage:
    return Damage(f"type {name!r}", lambda answer: replace(answer, content_type=name))


def _body(raw: bytes) -> Damage:
    return Damage(f"body {raw[:40]!r}", lambda answer: replace(answer, body=raw))


_SHARE = st.floats(0, 0.999)
_ONE = st.one_of(
    st.builds(_cut, _SHARE),
    st.builds(_garbled, _SHARE, st.sampled_from([b"\x00", b"\xff", b"\xc3(", b"\xed\xa0\x80"])),
    st.builds(_changed, st.integers(0, 60), st.sampled_from(STRANGE)),
    st.builds(_changed, st.integers(0, 60), st.sampled_from(STRANGE)),
    st.builds(_dropped, st.integers(0, 60)),
    st.builds(_status, st.sampled_from(_STATUSES)),
    st.builds(_headers, st.sampled_from([{}, *_HEADERS])),
    st.builds(_body, st.sampled_from(_BODIES)),
    st.builds(_kind, st.sampled_from(["", "text/html", "application/json; charset=utf-16", "x"])),
    st.sampled_from(
        [
            _encoded("utf-16", _other_text("utf-16")),
            _encoded("utf-32", _other_text("utf-32-le")),
            _encoded("latin-1", _other_text("latin-1")),
            _encoded("with a mark", lambda raw: b"\xef\xbb\xbf" + raw),
            _encoded("packed", gzip.compress),
            _encoded("twice", lambda raw: raw + raw),
            _encoded("in a list", lambda raw: b"[" + raw + b"]"),
            _encoded("with a tail", lambda raw: raw + b"\r\n0\r\n"),
        ]
    ),
)


def _all(several: list[Damage]) -> Damage:
    def act(answer: Answer) -> Answer:
        for one in several:
            answer = one.act(answer)
        return answer

    return Damage(" and ".join(one.name for one in several), act)


DAMAGES = st.one_of(_ONE, st.lists(_ONE, min_size=2, max_size=3).map(_all))
