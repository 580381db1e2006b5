"""JSON of others: what can't be read is nothing, and what is read can be stored."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.transport.objects import read_object

HALVES = 'a"\\ü漢\u2028\ud7ff\ud83d\ude00\udfff\ue000\U0001f600'
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(HALVES, max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(HALVES, max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "raw",
    [b"", b"7", b"[]", b"null", b"{", b'{"a":1}}', b"\xff", b"[" * 5000, b'{"a":' * 5000],
)
def test_what_is_no_object_is_nothing(raw: bytes) -> None:
    assert read_object(raw) is None


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b'{"a":"\\ud83d\\ude00"}', "\U0001f600"),
        (b'{"a":"\\ud83d"}', "\ufffd"),
        (b'{"a":"x\\udc00y"}', "x\ufffdy"),
        (b'{"a":"\\ude00\\ud83d"}', "\ufffd\ufffd"),
        (b'{"a":"\xed\xa0\x80"}', "\ufffd"),
        ('{"a":"퟿"}'.encode(), "\ud7ff"),
        ('{"a":"é"}'.encode("utf-16"), "é"),
        ('{"a":"\ud83d"}'.encode("utf-16", "surrogatepass"), "\ufffd"),
        (b'\xef\xbb\xbf{"a":"x"}', "x"),
    ],
)
def test_half_characters_are_replaced(raw: bytes, text: str) -> None:
    assert read_object(raw) == {"a": text}


@given(st.dictionaries(st.text(HALVES, max_size=3), JSON, max_size=4), st.booleans())
def test_what_is_read_can_be_stored(value: dict[str, object], escaped: bool) -> None:
    raw = json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    found = read_object(raw)
    assert found is not None
    json.dumps(found, ensure_ascii=False).encode()
    assert len(found) <= len(value)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_nothing(raw: bytes) -> None:
    found = read_object(raw)
    assert found is None or isinstance(found, dict)
