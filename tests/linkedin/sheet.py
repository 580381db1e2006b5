"""What LinkedIn's documentation says about every call, as tables that a request is held against.

LinkedIn has no official machine-readable document of its versioned API; this is written from
learn.microsoft.com (LinkedIn Marketing, version 202609, read 2026-09-19).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from jsonschema import Draft202012Validator

from tests.kit.witness import Exchange
from tests.linkedin.reader import read_little

Json = dict[str, Any]
BASE = frozenset({"authorization", "linkedin-version", "x-restli-protocol-version"})
AUTHOR = r"^urn:li:(person:[\w-]+|organization:\d+)$"
POST = r"^urn:li:(share|ugcPost|activity):\d+$"
IMAGE = r"^urn:li:image:[\w-]+$"
_LETTERS = r"[A-Za-z0-9_.~%-]+"
"""A part of a path: nothing but unreserved characters and percent-encoded ones (RFC 3986)."""


def _object(required: Json, optional: Json | None = None) -> Json:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


def _text(longest: int | None = None, pattern: str = "") -> Json:
    found: Json = {"type": "string", "minLength": 1}
    return (
        found
        | ({"maxLength": longest} if longest else {})
        | ({"pattern": pattern} if pattern else {})
    )


_ALT = {"altText": _text(4086)}
_CONTENT = {
    "oneOf": [
        _object(
            {
                "article": _object(
                    {"source": _text(pattern="^https?://"), "title": _text(400)},
                    {"description": _text(4086), "thumbnail": _text(pattern=IMAGE)},
                )
            }
        ),
        _object({"media": _object({"id": _text(pattern=IMAGE)}, _ALT)}),
        _object(
            {
                "media": _object(
                    {"id": _text(pattern=r"^urn:li:video:[\w-]+$")}, _ALT | {"title": _text(400)}
                )
            }
        ),
        _object(
            {
                "media": _object(
                    {"id": _text(pattern=r"^urn:li:document:[\w-]+$"), "title": _text(400)}
                )
            }
        ),
        _object(
            {
                "multiImage": _object(
                    {
                        "images": {
                            "type": "array",
                            "minItems": 2,
                            "maxItems": 20,
                            "items": _object({"id": _text(pattern=IMAGE)}, _ALT),
                        }
                    }
                )
            }
        ),
    ]
}
_EMPTY = {"type": "array", "maxItems": 0}
_POST_BODY = _object(
    {
        "author": _text(pattern=AUTHOR),
        "commentary": {"type": "string"},
        "visibility": {"enum": ["PUBLIC", "CONNECTIONS", "LOGGED_IN"]},
        "distribution": _object(
            {
                # "NONE" would make a dark post, which nobody sees.
                "feedDistribution": {"const": "MAIN_FEED"},
                "targetEntities": _EMPTY,
                "thirdPartyDistributionChannels": _EMPTY,
            }
        ),
        "lifecycleState": {"const": "PUBLISHED"},
        "isReshareDisabledByAuthor": {"type": "boolean"},
    },
    {"content": _CONTENT},
)
_OWNED = {"owner": _text(pattern=AUTHOR)}
_VIDEO = _OWNED | {
    "fileSizeBytes": {"type": "integer", "minimum": 1},
    "uploadCaptions": {"type": "boolean"},
    "uploadThumbnail": {"type": "boolean"},
}
_FINAL = _object(
    {
        "video": _text(pattern=r"^urn:li:video:[\w-]+$"),
        "uploadToken": {"type": "string"},
        "uploadedPartIds": {"type": "array", "minItems": 1, "items": _text(pattern='^[^"]+$')},
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A call of the documentation."""

    place: str
    """Method and pattern of the path."""
    query: frozenset[str] = frozenset()
    """Names that may stand in the query."""
    fixed: dict[str, str] = field(default_factory=dict)
    """What has to stand in it, word for word."""
    method: str = ""
    """`X-RestLi-Method`, where it has to be said."""
    body: Json | None = None


def _known(place: str, *query: str, **more: Any) -> Known:
    return Known(place=place.replace("*", _LETTERS), query=frozenset(query), **more)


def _begin(kind: str, fields: Json) -> Known:
    asked = _object({"initializeUploadRequest": _object(fields)})
    return _known(f"POST /rest/{kind}", fixed={"action": "initializeUpload"}, body=asked)


_COMMENT = _object(
    {
        "actor": _text(pattern=AUTHOR),
        "object": _text(pattern=POST),
        "message": _object({"text": _text()}),
    }
)
CALLS = (
    _known("POST /rest/posts", body=_POST_BODY),
    _known(
        "GET /rest/posts",
        "author",
        "count",
        "start",
        fixed={"q": "author", "sortBy": "LAST_MODIFIED"},
        method="FINDER",
    ),
    _known("GET /rest/posts/*"),
    _known("DELETE /rest/posts/*", method="DELETE"),
    _begin("images", _OWNED),
    _begin("documents", _OWNED),
    _begin("videos", _VIDEO),
    _known(
        "POST /rest/videos",
        fixed={"action": "finalizeUpload"},
        body=_object({"finalizeUploadRequest": _FINAL}),
    ),
    _known("GET /rest/(?:images|videos|documents)/*"),
    _known("POST /rest/socialActions/*/comments", body=_COMMENT),
    _known("GET /rest/socialActions/*/comments", "count", "start"),
    _known("DELETE /rest/socialActions/*/comments/*", "actor", method="DELETE"),
    _known(
        "GET /rest/organizationAcls",
        "count",
        "start",
        "role",
        fixed={"q": "roleAssignee", "state": "APPROVED"},
        method="FINDER",
    ),
    _known("GET /rest/organizations/*"),
    *(
        _known(
            "GET /rest/organizationalEntityShareStatistics",
            "organizationalEntity",
            listed,
            fixed={"q": "organizationalEntity"},
            method="FINDER",
        )
        for listed in ("shares", "ugcPosts")
    ),
    _known("GET /rest/networkSizes/*", fixed={"edgeType": "COMPANY_FOLLOWED_BY_MEMBER"}),
    _known(
        "GET /rest/memberCreatorPostAnalytics",
        "entity",
        "queryType",
        fixed={"q": "entity", "aggregation": "TOTAL"},
        method="FINDER",
    ),
    _known("GET /rest/memberFollowersCount", fixed={"q": "me"}, method="FINDER"),
)
FORMS = {
    "authorization_code": {"grant_type", "code", "redirect_uri", "client_id", "client_secret"},
    "refresh_token": {"grant_type", "refresh_token", "client_id", "client_secret"},
    "": {"token", "client_id", "client_secret"},
}


def off_sheet(one: Exchange) -> list[str]:
    """What is wrong with a request."""
    call = one.call
    if call.path in {"/oauth/v2/accessToken", "/oauth/v2/revoke"}:
        return _wrong_form(one)
    if call.path.startswith("/dms-uploads/"):
        return _wrong_upload(one)
    if call.path == "/v2/userinfo":
        return [] if call.headers.get("authorization", "").startswith("Bearer ") else ["no token"]
    if not call.path.startswith("/rest/"):
        return []
    fitting = [known for known in CALLS if _fits(known, one)]
    if not fitting:
        return [f"no such call (query {sorted(call.query)})"]
    return [*_wrong_headers(fitting[0], one), *_wrong_body(fitting[0], one)]


def _fits(known: Known, one: Exchange) -> bool:
    query = one.call.query
    return (
        re.fullmatch(known.place, one.place) is not None
        and known.fixed.items() <= query.items()
        and set(query) <= known.query | set(known.fixed)
    )


def _wrong_headers(known: Known, one: Exchange) -> list[str]:
    headers = one.call.headers
    found = [f"no {name}" for name in BASE if not headers.get(name)]
    if not re.fullmatch(r"20\d{4}", headers.get("linkedin-version", "")):
        found.append("no version")
    if headers.get("x-restli-protocol-version") != "2.0.0":
        found.append("no protocol version")
    if headers.get("x-restli-method", "") != known.method:
        found.append(f"X-RestLi-Method {headers.get('x-restli-method')!r}")
    if bool(known.body) != (headers.get("content-type") == "application/json"):
        found.append(f"content type {headers.get('content-type')!r}")
    parts = one.call.path.removeprefix("/rest/").split("/")
    return found + [f"{part} is not encoded once" for part in parts if not _is_encoded_once(part)]


def _is_encoded_once(part: str) -> bool:
    plain = unquote(part)
    return ":" not in part and "%25" not in part and unquote(plain) == plain


def _wrong_body(known: Known, one: Exchange) -> list[str]:
    if known.body is None:
        return ["a body"] if one.call.body else []
    body = json.loads(one.call.body)
    found = [
        f"{error.json_path} {error.message}"
        for error in Draft202012Validator(known.body).iter_errors(body)
    ]
    if "commentary" in body and not read_little(body["commentary"]).whole:
        found.append("the text would be cut")
    return found


def _wrong_upload(one: Exchange) -> list[str]:
    """Bytes to an address that was given; the parts of a video go without a token."""
    headers = one.call.headers
    found = [] if one.call.method == "PUT" else ["no PUT"]
    if headers.get("content-type") != "application/octet-stream":
        found.append(f"content type {headers.get('content-type')!r}")
    is_video = ":video:" in unquote(unquote(one.call.path))
    if is_video == ("authorization" in headers):
        found.append("a token with a video" if is_video else "no token")
    return found


def _wrong_form(one: Exchange) -> list[str]:
    form = dict(parse_qsl(one.call.body.decode(), keep_blank_values=True))
    found = [] if one.call.method == "POST" else ["no POST"]
    if one.call.headers.get("content-type") != "application/x-www-form-urlencoded":
        found.append("no form")
    if set(form) != FORMS.get(form.get("grant_type", ""), set()):
        found.append(f"fields {sorted(form)}")
    return found
