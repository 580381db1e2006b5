"""Replies made from the schemas of X's document: every field, with the document's examples."""

from __future__ import annotations

from typing import Any

from tests.x.openapi import Json, OpenApi

POST_ID = "1346889436626259968"
"""The document's own example of a post's id."""
USER_ID = "2244994945"
"""The document's own example of a user's id."""
MOMENT = "2026-11-23T08:00:00.000Z"


def sample(api: OpenApi, schema: Json, *, depth: int = 0) -> Any:
    """A value with all that the schema names, six levels deep."""
    if "$ref" in schema:
        _, _, kind, name = schema["$ref"].split("/")
        return sample(api, api.components[kind][name], depth=depth)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return sample(api, schema[several][0], depth=depth)
    match schema.get("type"):
        case "object":
            return {
                name: sample(api, inner, depth=depth + 1)
                for name, inner in schema.get("properties", {}).items()
                if depth < 6 or name in schema.get("required", ())
            }
        case "array":
            one = sample(api, schema["items"], depth=depth + 1)
            return [one] * max(1, schema.get("minItems", 1))
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
    return _text(schema)


def _text(schema: Json) -> str:
    if "example" in schema:
        return str(schema["example"])
    if "enum" in schema:
        return str(schema["enum"][0])
    if schema.get("format") == "date-time":
        return MOMENT
    return POST_ID if "0-9" in schema.get("pattern", "") else "words"
