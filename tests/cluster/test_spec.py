"""The collections against the schema document: its fields, its words, its indexes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from postflow_desktop.cluster.schema.spec_fields import AS_WRITTEN, INSTEAD
from postflow_desktop.cluster.workspace import COLLECTIONS, ClusterWorkspace

DOCUMENT = Path(__file__).parents[3] / "shared" / "spec" / "mongodb-schema.md"
NOT_YET: set[str] = set()
"""Collections of the document whose features are still to come."""
_ROW = re.compile(r"^\| `([^`]+)` \|")
_INDEX = re.compile(r"^\{ (?P<keys>.+?) \}(?:, \{ (?P<options>.+?) \})?\s*(?://.*)?$")
_KEY = re.compile(r'"([^"]+)": (-?1)')

# The document's sparse index would hold explicit nulls, so it is a partial one.
_UNIQUE_PARTIAL = {("users", (("email", 1),))}
_LONGER = {("posts", (("organizationId", 1), ("createdAt", -1)))}
"""Ours goes on with `_id`, the tie-break of every list, and answers what the shorter would."""


def test_every_field_of_the_table_is_in_its_validator() -> None:
    validators = {spec.name: spec.validator["$jsonSchema"]["properties"] for spec in COLLECTIONS}
    missing = [
        f"{name}.{field}"
        for name, fields in AS_WRITTEN.items()
        for field in sorted(fields)
        if field != "_id" and not _has(validators[name], field)
    ]
    assert missing == []


def test_no_field_is_in_the_table_twice() -> None:
    written = {f"{name}.{field}" for name, fields in AS_WRITTEN.items() for field in fields}
    assert written & set(INSTEAD) == set()
    assert all(reason.endswith(".") for reason in INSTEAD.values())


def test_the_table_holds_every_field_of_the_document(document: dict[str, list[str]]) -> None:
    fields = {
        f"{name}.{match.group(1)}"
        for name, lines in document.items()
        for line in lines
        if (match := _ROW.match(line))
    }
    assert len(fields) > 90
    written = {f"{name}.{field}" for name, names in AS_WRITTEN.items() for field in names}
    assert fields - written - set(INSTEAD) == set()
    assert (written | set(INSTEAD)) - fields == set()


def test_every_index_of_the_document_is_on_the_server(
    document: dict[str, list[str]], workspace: ClusterWorkspace
) -> None:
    asked = 0
    for name, keys, options in _indexes(document):
        asked += 1
        found = workspace.database[name].index_information().values()
        exact = [index for index in found if _keys(index) == keys]
        if (name, keys) in _LONGER:
            assert any(_keys(index)[: len(keys)] == keys for index in found), (name, keys)
            continue
        assert exact, (name, keys)
        assert any(bool(i.get("unique")) == ("unique: true" in options) for i in exact), keys
        if (name, keys) in _UNIQUE_PARTIAL:
            assert any("partialFilterExpression" in index for index in exact), (name, keys)
        else:
            assert any(bool(i.get("sparse")) == ("sparse: true" in options) for i in exact), keys
    assert asked >= 30


@pytest.fixture
def document() -> dict[str, list[str]]:
    """The lines of the schema document by collection."""
    if not DOCUMENT.exists():
        pytest.skip("the schema document is not beside this checkout")
    parts = re.split(r"^## \d+\. (\w+).*$", DOCUMENT.read_text(), flags=re.MULTILINE)
    sections = {
        title[0].lower() + title[1:]: text.partition("\n## ")[0].splitlines()
        for title, text in zip(parts[1::2], parts[2::2], strict=True)
    }
    assert set(sections) == set(AS_WRITTEN) | NOT_YET
    return {name: lines for name, lines in sections.items() if name not in NOT_YET}


def _indexes(
    document: dict[str, list[str]],
) -> Iterator[tuple[str, tuple[tuple[str, int], ...], str]]:
    for name, lines in document.items():
        for line in lines:
            match = _INDEX.match(line)
            if match is not None:
                keys = tuple((key, int(way)) for key, way in _KEY.findall(match["keys"]))
                yield name, keys, match["options"] or ""


def _keys(index: Any) -> tuple[tuple[str, int], ...]:
    return tuple((key, int(way)) for key, way in index["key"])


def _has(properties: dict[str, Any], field: str) -> bool:
    head, _, rest = field.partition(".")
    rule = properties.get(head.removesuffix("[]"))
    if rule is None or not rest:
        return rule is not None
    inner = rule["items"] if head.endswith("[]") else rule
    return _has(inner["properties"], rest)
