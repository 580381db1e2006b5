"""Every document against the server's validator, its model and its references.

Streamed: one batch is in memory, however large the collection. What is written meanwhile may be
seen or not; a document and what it leads to may then look apart, and a second run tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo.database import Database

from postflow_desktop.cluster.documents import Document
from postflow_desktop.cluster.models.base import problems
from postflow_desktop.cluster.models.registry import MODELS, REFERENCES, Reference
from postflow_desktop.cluster.schema.spec import CollectionSpec
from postflow_desktop.services.ports.inspection import CollectionReport, Finding, Progress

_BATCH = 500
_RECENT = timedelta(days=30)
_TOLD_EVERY = 10_000
_NEVER_AHEAD = {"analytics": ("fetchedAt",), "posts": ("publishedAt",)}
"""Times of what has happened."""
_HEAVY = {"wire": False}
"""Large, and judged by the server's validator alone."""


@dataclass
class _Tally:
    """What was counted of one collection so far."""

    name: str
    keep: int
    documents: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, kind: str, key: object, path: str, problem: str) -> None:
        """Count a finding, and keep it if it is one of the first; `gone` ones are only counted."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if kind != "gone" and len(self.findings) < self.keep:
            self.findings.append(
                Finding(collection=self.name, id=str(key), kind=kind, path=path, problem=problem)
            )


def judge(
    database: Database[Document], spec: CollectionSpec, progress: Progress, *, findings: int
) -> CollectionReport:
    """Judge one collection."""
    tally = _Tally(spec.name, findings)
    _by_validator(database, spec, tally)
    _by_clock(database, spec.name, tally)
    references = [each for each in REFERENCES if each.collection == spec.name]
    for batch in _batches(database, spec.name):
        tally.documents += len(batch)
        _by_model(batch, tally)
        for reference in references:
            _by_reference(database, reference, batch, tally)
        if tally.documents % _TOLD_EVERY == 0:
            progress(f"{spec.name}: {tally.documents:,} documents …")
    return CollectionReport(
        name=spec.name,
        documents=tally.documents,
        recent=_recent(database, spec),
        refused=tally.counts.get("refused", 0),
        broken=tally.counts.get("broken", 0),
        orphans=tally.counts.get("orphan", 0),
        foreign=tally.counts.get("foreign", 0),
        gone=tally.counts.get("gone", 0),
        findings=tuple(tally.findings),
    )


def _by_validator(database: Database[Document], spec: CollectionSpec, tally: _Tally) -> None:
    refused = database[spec.name].find({"$nor": [spec.validator]}, {"_id": True})
    for document in refused:
        key = document["_id"]
        told = len(tally.findings) < tally.keep
        path = _refused_field(database, spec, key) if told else ""
        tally.add("refused", key, path, "the validator of the collection refuses it")


def _by_clock(database: Database[Document], name: str, tally: _Tally) -> None:
    """What can't have happened yet, by the cluster's clock."""
    for path in _NEVER_AHEAD.get(name, ()):
        now = database.command("hello")["localTime"]
        for document in database[name].find({path: {"$gt": now}}, {"_id": True}):
            tally.add("broken", document["_id"], path, "lies in the future")


def _refused_field(database: Database[Document], spec: CollectionSpec, key: object) -> str:
    """The first field that the validator has something against."""
    schema = spec.validator["$jsonSchema"]
    facets: dict[str, list[Document]] = {
        name: [
            {"$match": {"$nor": [{"$jsonSchema": _alone(schema, name)}]}},
            {"$project": {"_id": True}},
        ]
        for name in sorted({*schema["properties"], *schema["required"]})
    }
    (found,) = database[spec.name].aggregate([{"$match": {"_id": key}}, {"$facet": facets}])
    return next((name for name, hits in found.items() if hits), "(document)")


def _alone(schema: Document, name: str) -> Document:
    """What the validator says of one field."""
    rule: Document = {"properties": {name: schema["properties"].get(name, {})}}
    return {**rule, "required": [name]} if name in schema["required"] else rule


def _by_model(batch: Sequence[Document], tally: _Tally) -> None:
    model = MODELS.get(tally.name)
    if model is None:
        return
    for document in batch:
        for path, sentence in problems(model, document)[:1]:
            tally.add("broken", document["_id"], path, sentence)


def _by_reference(
    database: Database[Document], reference: Reference, batch: Sequence[Document], tally: _Tally
) -> None:
    wanted = {value for document in batch for value in _values(document, reference.field)}
    if not wanted:
        return
    there = {
        found["_id"]: found.get("organizationId")
        for found in database[reference.to].find(
            {"_id": {"$in": list(wanted)}}, {"organizationId": True}
        )
    }
    for document in batch:
        for value in dict.fromkeys(_values(document, reference.field)):
            if value not in there:
                kind = "gone" if reference.outlives else "orphan"
                sentence = f"leads to nothing in {reference.to}"
                tally.add(kind, document["_id"], reference.field, sentence)
            elif reference.same_organization and there[value] != document.get("organizationId"):
                sentence = f"leads to {reference.to} of another organization"
                tally.add("foreign", document["_id"], reference.field, sentence)


def _values(value: Any, path: str) -> Iterator[Any]:
    """What stands at a path, through lists; nothing where there is nothing."""
    head, _, rest = path.partition(".")
    for each in value if isinstance(value, list) else [value]:
        inner = each.get(head) if isinstance(each, dict) else None
        if inner is None:
            continue
        if rest:
            yield from _values(inner, rest)
        else:
            yield from inner if isinstance(inner, list) else [inner]


def _batches(database: Database[Document], name: str) -> Iterator[list[Document]]:
    batch: list[Document] = []
    for document in _raw(database, name):
        batch.append(document)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _raw(database: Database[Document], name: str) -> Iterable[Document]:
    return database[name].find({}, _HEAVY, batch_size=_BATCH)


def _recent(database: Database[Document], spec: CollectionSpec) -> int | None:
    if spec.properties.get("_id", {}).get("bsonType") == "string":
        return None
    now = database.command("hello")["localTime"]
    first = ObjectId.from_datetime(now - _RECENT)
    return database[spec.name].count_documents({"_id": {"$gte": first}})
