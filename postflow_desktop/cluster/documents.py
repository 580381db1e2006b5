"""Small steps between domain values and MongoDB documents."""

from __future__ import annotations

from typing import Any

from bson import ObjectId
from bson.errors import InvalidId

Document = dict[str, Any]


def new_id() -> str:
    """An id that nobody has, as 24 hex digits."""
    return str(ObjectId())


def to_object_id(text: str) -> ObjectId:
    """The ObjectId of one of our own ids."""
    return ObjectId(text)


def try_object_id(text: str) -> ObjectId | None:
    """The ObjectId of an id that came from outside, or None where it can't be one."""
    try:
        return ObjectId(text)
    except (InvalidId, TypeError):
        return None


def without_none(document: Document) -> Document:
    """The document without its empty fields; optional fields are left out, not stored as null."""
    return {key: value for key, value in document.items() if value is not None}
