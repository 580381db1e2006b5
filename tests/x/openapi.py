"""Requests and replies held against X's own OpenAPI document (version 2.167, 22 August 2026).

Where the document and the prose of docs.x.com disagree, it is said here, and what the adapter does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import HTTP
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator, FormatChecker

Json = dict[str, Any]

# The document renamed Tweets to Posts on 7 August 2026; docs.x.com (fundamentals, consistency) of
# the same month keeps the older names, and so does the adapter when it asks.
NEWER = {
    "tweet.fields": "post.fields",
    "retweet_count": "repost_count",
    "tweet_count": "post_count",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
}
OLDER = {newer: older for older, newer in NEWER.items()}
# The prose (data dictionary: Post) has the answered post among the fields; in the document it is an
# expansion only, although it stands in the schema of a post all the same.
FIELDS_OF_THE_PROSE = frozenset({"referenced_posts"})
# The prose (OAuth 2.0, user access token) has these two; the document names the page and the place
# of tokens among its security schemes, and no call of theirs among its paths.
TOKEN_PATHS = ("/2/oauth2/token", "/2/oauth2/revoke")
TOKEN_FIELDS = {
    "authorization_code": {"grant_type", "code", "redirect_uri", "code_verifier", "client_id"},
    "refresh_token": {"grant_type", "refresh_token", "client_id"},
    "": {"token", "client_id"},
}


def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


FORMATS = FormatChecker()
FORMATS.checks("date-time", ValueError)(_is_moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A call that the document knows."""

    path: str
    """With names in braces."""
    given: dict[str, str]
    """What stands in the path for those names."""
    content: Json


class OpenApi:
    """The document, with what a test asks of it."""

    def __init__(self, document: Json) -> None:
        self._paths: Json = document["paths"]
        self.components: Json = _nullable(document["components"])

    def operation(self, method: str, path: str) -> Operation | None:
        """What this call is; the most literal of the paths that fit."""
        for template in sorted(self._paths, key=lambda one: one.count("{")):
            found = _pattern(template).fullmatch(path)
            content = self._paths[template].get(method.lower())
            if found and content:
                return Operation(path=template, given=found.groupdict(), content=content)
        return None

    def scopes(self, operation: Operation) -> set[str]:
        """What a person has to allow for this call."""
        kinds = [kind for kind in operation.content["security"] if "OAuth2UserToken" in kind]
        return set(kinds[0]["OAuth2UserToken"])

    def wrong(self, schema: Json, value: object, where: str) -> list[str]:
        """What is wrong with a value."""
        whole = {"components": self.components, "allOf": [_nullable(schema)]}
        checker = Draft202012Validator(whole, format_checker=FORMATS)
        return [f"{where}: {one.json_path} {one.message}" for one in checker.iter_errors(value)]

    def check_request(
        self, method: str, path: str, query: Mapping[str, str], headers: Json, body: bytes
    ) -> list[str]:
        """What is wrong with a request; names of headers in lower case."""
        if path in TOKEN_PATHS:
            return _wrong_form(method, headers, body)
        known = self.operation(method, path)
        if known is None:
            return ["the document knows no such call"]
        found = [] if headers.get("authorization", "").startswith("Bearer ") else ["no token"]
        return [
            *found,
            *self._wrong_parameters(known, query),
            *self._wrong_body(known.content.get("requestBody"), headers, body),
        ]

    def check_reply(self, method: str, path: str, status: int, body: bytes) -> list[str]:
        """What is wrong with a reply that worked."""
        known = self.operation(method, path)
        if known is None or path in TOKEN_PATHS:
            return []
        told = known.content["responses"].get(str(status))
        if told is None:
            return [f"the document knows no status {status} here"]
        schema = told["content"]["application/json"]["schema"]
        return self.wrong(schema, renamed(json.loads(body), NEWER), "reply")

    def reply_schema(self, method: str, path: str) -> Json:
        """The schema of the reply that worked."""
        known = self.operation(method, path)
        assert known is not None, path
        good = min(known.content["responses"])
        schema: Json = known.content["responses"][good]["content"]["application/json"]["schema"]
        return schema

    def _wrong_parameters(self, known: Operation, query: Mapping[str, str]) -> list[str]:
        given = {NEWER.get(name, name): value for name, value in query.items()}
        parameters = [self._looked_up(one) for one in known.content.get("parameters", [])]
        names = {one["name"] for one in parameters if one["in"] == "query"}
        found = [f"no parameter {name}" for name in given if name not in names]
        for one in parameters:
            name, value = one["name"], {**known.given, **given}.get(one["name"])
            if value is None:
                found += [f"{name} is missing"] if one.get("required") else []
            else:
                found += self.wrong(one["schema"], _typed(one["schema"], value), name)
        return found

    def _wrong_body(self, wanted: Json | None, headers: Json, body: bytes) -> list[str]:
        if wanted is None:
            return [f"a body of {len(body)} bytes, and none is known"] if body else []
        kind = headers.get("content-type", "")
        media = wanted["content"].get(kind.partition(";")[0])
        if media is None:
            return [f"content type {kind!r}"]
        schema = media["schema"]
        if kind == "application/json":
            return self.wrong(schema, json.loads(body), "body")
        properties = self._looked_up(schema)["properties"]
        fields = {
            name: _typed(properties.get(name, {}), value)
            for name, value in _multipart(kind, body).items()
        }
        return self.wrong(schema, fields, "body")

    def _looked_up(self, item: Json) -> Json:
        if "$ref" not in item:
            return item
        _, _, kind, name = item["$ref"].split("/")
        found: Json = self.components[kind][name]
        return found


@cache
def read_document(path: Path) -> OpenApi:
    """The document in a file; read once."""
    return OpenApi(json.loads(path.read_text()))


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The same with other names of fields, all the way down."""
    if isinstance(value, dict):
        return {names.get(name, name): renamed(inner, names) for name, inner in value.items()}
    return [renamed(one, names) for one in value] if isinstance(value, list) else value


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template)))


def _nullable(value: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema lists the type `null`."""
    if isinstance(value, list):
        return [_nullable(one) for one in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _nullable(one) for name, one in value.items()}
    if inner.pop("nullable", False) is True:
        return {"anyOf": [inner, {"type": "null"}]}
    return inner


def _typed(schema: Json, value: str) -> object:
    """A value of a query or a form as its schema means it."""
    match schema.get("type"):
        case "integer":
            return int(value) if value.lstrip("-").isdecimal() else value
        case "boolean":
            return {"true": True, "false": False}.get(value, value)
        case "array":
            items = [NEWER.get(one, one) for one in value.split(",")]
            return [one for one in items if one not in FIELDS_OF_THE_PROSE]
    return value


def _multipart(kind: str, body: bytes) -> dict[str, str]:
    """The fields of a form (RFC 7578), read by the standard library."""
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, policy=HTTP)
    assert not message.defects, message.defects
    fields = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(name, str)
        assert isinstance(content, bytes)
        fields[name] = content.decode("latin-1")
    return fields


def _wrong_form(method: str, headers: Json, body: bytes) -> list[str]:
    """A public client names itself in the form and has no secret."""
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    wanted = TOKEN_FIELDS.get(form.get("grant_type", ""), set())
    found = [] if method == "POST" else [f"method {method}"]
    if headers.get("content-type") != "application/x-www-form-urlencoded":
        found.append("no form")
    if "authorization" in headers:
        found.append("a public client shows no authorization")
    if set(form) != wanted or not all(form.values()):
        found.append(f"fields {sorted(form)}")
    return found
