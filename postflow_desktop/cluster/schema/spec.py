"""A collection's invariants as data, and how they reach the server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pymongo import ASCENDING, DESCENDING, TEXT, IndexModel
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import CollectionInvalid, OperationFailure

Document = dict[str, Any]

OBJECT_ID: Document = {"bsonType": "objectId"}
DATE: Document = {"bsonType": "date"}
BOOL: Document = {"bsonType": "bool"}
INT: Document = {"bsonType": ["int", "long"]}


def nullable(rule: Document) -> Document:
    """The rule, or null."""
    if "enum" in rule:
        return {"enum": [*rule["enum"], None]}
    kinds = rule["bsonType"]
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return {**rule, "bsonType": [*kinds, "null"]}


def text(max_length: int, *, min_length: int = 0) -> Document:
    """A string with length limits in characters."""
    rule: Document = {"bsonType": "string", "maxLength": max_length}
    return {**rule, "minLength": min_length} if min_length else rule


def one_of(values: Iterable[str]) -> Document:
    """One of these words."""
    return {"enum": [str(value) for value in values]}


def array(items: Document, max_items: int) -> Document:
    """A bounded list."""
    return {"bsonType": "array", "items": items, "maxItems": max_items}


def structure(properties: Mapping[str, Document], required: Sequence[str] = ()) -> Document:
    """An embedded document; fields of newer versions are allowed."""
    rule: Document = {"bsonType": "object", "properties": dict(properties)}
    return {**rule, "required": list(required)} if required else rule


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionSpec:
    """One collection: its invariants ($jsonSchema at the top level) and its indexes."""

    name: str
    properties: Mapping[str, Document]
    required: tuple[str, ...]
    indexes: tuple[IndexModel, ...] = ()
    rule: Document = field(default_factory=dict)
    """A query that holds beside the schema, for what compares two fields."""

    @property
    def validator(self) -> Document:
        """The validator as the server takes it; `_id` and `rev` are checked everywhere."""
        return {
            "$jsonSchema": {
                "bsonType": "object",
                "required": [*self.required, "rev"],
                "properties": {**self.properties, "rev": {**INT, "minimum": 1}},
            },
            **self.rule,
        }


def index(
    *keys: str,
    unique: bool = False,
    partial: Document | None = None,
    sparse: bool = False,
    expires: int | None = None,
) -> IndexModel:
    """An index; a key that starts with `-` descends. Named after its keys.

    `expires`: the server removes a document so many seconds after the time in its key.
    """
    fields = [(key.lstrip("-"), DESCENDING if key.startswith("-") else ASCENDING) for key in keys]
    name = "_".join(f"{field}_{direction}" for field, direction in fields)
    options: Document = {"name": name}
    if unique:
        options["unique"] = True
    if sparse:
        options["sparse"] = True
    if partial is not None:
        options["partialFilterExpression"] = partial
    if expires is not None:
        options["expireAfterSeconds"] = expires
    return IndexModel(fields, **options)


def words(field_name: str) -> IndexModel:
    """A text index: finds documents by words of that field."""
    return IndexModel([(field_name, TEXT)], name=f"{field_name}_text")


_STRICT: Document = {"validationLevel": "strict", "validationAction": "error"}
# src/mongo/base/error_codes.yml: NamespaceExists; IndexOptionsConflict, IndexKeySpecsConflict.
_NAMESPACE_EXISTS = 48
_INDEX_CONFLICTS = frozenset({85, 86})

DIGEST = index("_id", "rev")
"""For collections that machines hold copies of: tells which documents differ, by itself."""


def apply(
    database: Database[Document],
    specs: Iterable[CollectionSpec],
    indexes: Callable[[CollectionSpec], Sequence[IndexModel]] = lambda spec: spec.indexes,
) -> None:
    """Create or update collections; safe to run twice and by several machines at once."""
    stored = {
        found["name"]: found.get("options", {}).get("validator")
        for found in database.list_collections()
    }
    for spec in specs:
        if spec.name not in stored:
            _create(database, spec)
        elif stored[spec.name] != spec.validator:
            # Only where it differs: it is refused while another machine builds an index.
            database.command("collMod", spec.name, validator=spec.validator, **_STRICT)
        if spec.indexes:
            _make_indexes(database[spec.name], indexes(spec))


def _make_indexes(collection: Collection[Document], models: Sequence[IndexModel]) -> None:
    """Make what is missing; one whose options were others is made anew."""
    try:
        collection.create_indexes(list(models))
        return
    except OperationFailure as error:
        if error.code not in _INDEX_CONFLICTS:
            raise
    for model in models:
        try:
            collection.create_indexes([model])
        except OperationFailure as error:
            if error.code not in _INDEX_CONFLICTS:
                raise
            _drop_twins(collection, dict(model.document))
            collection.create_indexes([model])


def _drop_twins(collection: Collection[Document], wanted: Document) -> None:
    """Drop what has the name, or the keys, of an index that is to be made."""
    for found in list(collection.list_indexes()):
        if found["name"] == wanted["name"] or dict(found["key"]) == dict(wanted["key"]):
            collection.drop_index(found["name"])


def _create(database: Database[Document], spec: CollectionSpec) -> None:
    """Create a collection, unless another machine just did; its schema is the same as ours."""
    try:
        database.create_collection(spec.name, validator=spec.validator, **_STRICT)
    except CollectionInvalid:
        return
    except OperationFailure as error:
        if error.code != _NAMESPACE_EXISTS:
            raise
