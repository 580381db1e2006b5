"""A small checker of values against lexicons (atproto.com/specs/lexicon): what the tests need."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from postflow_desktop.domain.text import count_graphemes
from tests.kit.witness import Exchange

XRPC = "/xrpc/"
FORMATS = {
    "did": r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]",
    "uri": r"[a-z][a-z.-]{0,80}:\S+",
    "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "nsid": r"[a-zA-Z]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)+",
    "record-key": r"(?!\.{1,2}$)[A-Za-z0-9._:~-]{1,512}",
    "at-uri": r"at://[^/\s]+/[^/\s]+/[^/\s]+",
    "cid": r"[a-zA-Z0-9+]{8,256}",
    "handle": r"([a-zA-Z0-9-]+\.)+[a-zA-Z][a-zA-Z0-9-]*",
}
FORMATS["at-identifier"] = f"({FORMATS['did']})|({FORMATS['handle']})"


class Lexicons:
    """Definitions by id, read from a folder as they are asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def definition(self, reference: str, base: str = "") -> tuple[dict[str, Any], str]:
        """(definition, id of its document) of `id#name`, `#name` or `id`."""
        document, _, name = reference.partition("#")
        document = document or base
        path = self._folder.joinpath(*document.split(".")).with_suffix(".json")
        found: dict[str, Any] = json.loads(path.read_text())["defs"][name or "main"]
        return found, document

    def check_input(self, method: str, body: dict[str, Any]) -> list[str]:
        """What is wrong with the body of a procedure."""
        definition, base = self.definition(method)
        return self._check(definition["input"]["schema"], body, base, "$")

    def check_query(self, method: str, query: dict[str, Any]) -> list[str]:
        """What is wrong with the parameters of a query."""
        definition, base = self.definition(method)
        return self._check({**definition["parameters"], "type": "object"}, query, base, "$")

    def check_record(self, collection: str, record: dict[str, Any]) -> list[str]:
        """What is wrong with a record."""
        definition, base = self.definition(collection)
        return self._check(definition["record"], record, base, "$")

    def check_call(self, one: Exchange) -> list[str]:
        """What is wrong with a request: its verb, content type, parameters or body."""
        call, method = one.call, one.call.path.removeprefix(XRPC)
        try:
            definition, base = self.definition(method)
        except FileNotFoundError:
            return ["no lexicon has this method"]
        verb = {"procedure": "POST", "query": "GET"}[definition["type"]]
        found = [] if call.method == verb else [f"{call.method} in place of {verb}"]
        if "parameters" in definition:
            found += self.check_query(method, _typed(definition["parameters"], call.query))
        elif set(call.query) - _UNWRITTEN.get(method, frozenset()):
            found.append(f"parameters {sorted(call.query)}")
        wanted, kind = definition.get("input"), call.headers.get("content-type", "")
        if wanted is None:
            return [*found, "a body that is not known"] if call.body else found
        if not re.fullmatch(wanted["encoding"].replace("*", ".+"), kind.partition(";")[0]):
            found.append(f"content type {kind!r}")
        if "schema" in wanted:
            body = json.loads(call.body)
            found += self._check(wanted["schema"], body, base, "$")
            if "record" in body:
                found += self.check_record(body["collection"], body["record"])
        return found

    def check_answer(self, one: Exchange) -> list[str]:
        """What is wrong with a reply that worked."""
        definition, base = self.definition(one.call.path.removeprefix(XRPC))
        wanted = definition.get("output")
        if one.answer is None or one.status != 200 or not (wanted and "schema" in wanted):
            return []
        return self._check(wanted["schema"], json.loads(one.answer.body), base, "$")

    def _check(self, schema: dict[str, Any], value: Any, base: str, where: str) -> list[str]:
        match schema["type"]:
            case "object":
                return self._object(schema, value, base, where)
            case "array":
                return self._array(schema, value, base, where)
            case "string":
                return _string(schema, value, where)
            case "integer":
                return _integer(schema, value, where)
            case "boolean":
                return [] if isinstance(value, bool) else [f"{where}: no boolean"]
            case "ref":
                target, document = self.definition(schema["ref"], base)
                return self._check(target, value, document, where)
            case "union":
                return self._union(schema, value, base, where)
            case "blob":
                return _blob(schema, value, where)
            case "bytes" | "cid-link" | "unknown":
                return [] if isinstance(value, dict) else [f"{where}: no object"]
        raise AssertionError(f"the checker does not know {schema['type']}")

    def _object(self, schema: dict[str, Any], value: Any, base: str, where: str) -> list[str]:
        if not isinstance(value, dict):
            return [f"{where}: no object"]
        wrong = [f"{where}: no {name}" for name in schema.get("required", []) if name not in value]
        properties = schema.get("properties", {})
        nullable = schema.get("nullable", [])
        for name, item in value.items():
            if name == "$type":
                continue
            if name not in properties:
                wrong.append(f"{where}.{name}: unknown")
            elif not (item is None and name in nullable):
                wrong += self._check(properties[name], item, base, f"{where}.{name}")
        return wrong

    def _array(self, schema: dict[str, Any], value: Any, base: str, where: str) -> list[str]:
        if not isinstance(value, list):
            return [f"{where}: no array"]
        wrong = [f"{where}: too many"] if len(value) > schema.get("maxLength", len(value)) else []
        for number, item in enumerate(value):
            wrong += self._check(schema["items"], item, base, f"{where}[{number}]")
        return wrong

    def _union(self, schema: dict[str, Any], value: Any, base: str, where: str) -> list[str]:
        kind = value.get("$type", "") if isinstance(value, dict) else ""
        references = [ref if ref[0] != "#" else f"{base}{ref}" for ref in schema["refs"]]
        if kind not in references:
            return [f"{where}: {kind!r} is none of {references}"]
        target, document = self.definition(kind)
        return self._check(target, value, document, where)


_UNWRITTEN = {"app.bsky.video.uploadVideo": frozenset({"did", "name"})}
"""Parameters that a service wants and its lexicon leaves out (docs.bsky.app, tutorial on video)."""


def _typed(parameters: dict[str, Any], query: dict[str, str]) -> dict[str, Any]:
    """Values of a query as the lexicon means them; several of one name come on lines."""
    found: dict[str, Any] = {}
    for name, value in query.items():
        kind = parameters["properties"].get(name, {}).get("type")
        if kind == "integer" and value.isdecimal():
            found[name] = int(value)
        elif kind == "boolean":
            found[name] = {"true": True, "false": False}.get(value, value)
        else:
            found[name] = value.split("\n") if kind == "array" else value
    return found


def _string(schema: dict[str, Any], value: Any, where: str) -> list[str]:
    if not isinstance(value, str):
        return [f"{where}: no string"]
    wrong = []
    if len(value.encode()) > schema.get("maxLength", 1 << 30):
        wrong.append(f"{where}: too many bytes")
    if count_graphemes(value) > schema.get("maxGraphemes", 1 << 30):
        wrong.append(f"{where}: too many graphemes")
    pattern = FORMATS.get(schema.get("format", ""))
    if pattern and not re.fullmatch(pattern, value):
        wrong.append(f"{where}: {value!r} is no {schema['format']}")
    return wrong


def _integer(schema: dict[str, Any], value: Any, where: str) -> list[str]:
    if not isinstance(value, int) or isinstance(value, bool):
        return [f"{where}: no integer"]
    low, high = schema.get("minimum", value), schema.get("maximum", value)
    return [] if low <= value <= high else [f"{where}: {value} is out of range"]


def _blob(schema: dict[str, Any], value: Any, where: str) -> list[str]:
    if not isinstance(value, dict) or value.get("$type") != "blob":
        return [f"{where}: no blob"]
    wrong = []
    if set(value) != {"$type", "ref", "mimeType", "size"} or set(value["ref"]) != {"$link"}:
        wrong.append(f"{where}: not the form of a blob")
    if value["size"] > schema.get("maxSize", 1 << 62):
        wrong.append(f"{where}: too large")
    kinds = [kind.replace("*", ".*") for kind in schema.get("accept", ["*/*"])]
    if not any(re.fullmatch(kind, value["mimeType"]) for kind in kinds):
        wrong.append(f"{where}: {value['mimeType']} is not accepted")
    return wrong
