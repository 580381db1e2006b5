"""Content ids: those that a real server (PDS 0.4.217) gave the same content."""

from __future__ import annotations

import pytest

from postflow_desktop.sandbox.cids import cid_of_bytes, cid_of_record, encode

LINK = {
    "$type": "app.bsky.richtext.facet#link",
    "uri": "https://bücher.example/straße?ü=1\U0001f389",
}
POST = "app.bsky.feed.post"
TIME = "2026-11-20T10:00:00.000Z"


@pytest.mark.parametrize(
    ("record", "cid"),
    [
        (
            {"$type": POST, "text": "", "createdAt": TIME},
            "bafyreib5mgmxggo5ub7p3awz7uktdppnmnwbtfoksemuo65bdf6lv22hia",
        ),
        (
            {
                "$type": POST,
                "text": "see https://bücher.example/straße?ü=1",
                "createdAt": TIME,
                "facets": [{"index": {"byteStart": 4, "byteEnd": 40}, "features": [LINK]}],
            },
            "bafyreid2d34ckhhewoei6txbclj3767zjydta5wyddws4leb5bhq5b4bu4",
        ),
    ],
)
def test_records_have_the_ids_of_the_real_server(record: dict[str, object], cid: str) -> None:
    assert cid_of_record(record) == cid


def test_blobs_have_the_ids_of_the_real_server() -> None:
    assert cid_of_bytes(b"hello") == "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq"
    assert cid_of_bytes(b"") == "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        (None, "f6"),
        (True, "f5"),
        (False, "f4"),
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (1000, "1903e8"),
        (1_000_000, "1a000f4240"),
        (2**40, "1b0000010000000000"),
        (-1, "20"),
        (-500, "3901f3"),
        ("ü", "62c3bc"),
        ([1, [2]], "82018102"),
        ({"b": 1, "a": 2, "cc": 3}, "a361610261620162636303"),
    ],
)
def test_values_are_encoded_as_cbor_has_them(value: object, raw: str) -> None:
    assert encode(value).hex() == raw


@pytest.mark.parametrize("value", [1.5, b"x", {"$link": "nonsense"}, 2**70])
def test_what_the_data_model_does_not_know_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        encode(value)
