"""LinkedIn's wire format: the versioned REST API for people and organizations of the sandbox.

Paths, headers and refusals are those of learn.microsoft.com (LinkedIn Marketing, version 202609).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import unquote

from postflow_desktop.sandbox.exchange import Answer, Call, Json, ShownPost, json_answer
from postflow_desktop.sandbox.linkedin_errors import REFUSALS, LinkedInError, invalid, refused
from postflow_desktop.sandbox.linkedin_metrics import LinkedInNumbers
from postflow_desktop.sandbox.linkedin_oauth import ORGANIZATIONS, PEOPLE, LinkedInOAuth
from postflow_desktop.sandbox.linkedin_posts import LinkedInPosts
from postflow_desktop.sandbox.linkedin_uploads import LinkedInUploads
from postflow_desktop.sandbox.state import State

_REST, _UPLOADS, _MEDIA = "/rest/", "/dms-uploads/", "/linkedin/media/"
_VERSION = re.compile(r"20[0-9]{4}")
_OLDEST = "202511"
_COMMENTS = re.compile(r"socialActions/([^/]+)/comments(?:/([0-9]+))?")


class LinkedInSandbox:
    """Answers API calls; one for the whole server."""

    prefixes: tuple[str, ...] = (_REST, "/oauth/v2/", "/v2/userinfo", _UPLOADS, _MEDIA)

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._oauth = LinkedInOAuth(state, now)
        self._uploads = LinkedInUploads(state, now)
        self.stored = LinkedInPosts(state, now, self._uploads)
        numbers = LinkedInNumbers(state, now, oauth=self._oauth, posts=self.stored)
        self._routes: tuple[tuple[str, re.Pattern[str], Callable[..., Answer]], ...] = (
            ("POST", re.compile("posts"), self._create),
            ("GET", re.compile("posts"), self._listing),
            ("*", re.compile("posts/([^/]+)"), self._post),
            ("POST", re.compile("images"), self._begin_upload),
            ("GET", re.compile("images/([^/]+)"), self._image),
            ("POST", re.compile("videos"), self._video),
            ("POST", re.compile("documents"), self._document),
            ("GET", re.compile("(?:videos|documents)/([^/]+)"), self._upload_status),
            ("GET", re.compile("organizationAcls"), self._acls),
            ("GET", re.compile("organizations/([^/]+)"), self._organization),
            ("*", _COMMENTS, self._comment),
            ("GET", re.compile("organizationalEntityShareStatistics"), numbers.of_shares),
            ("GET", re.compile("networkSizes/([^/]+)"), numbers.size),
            ("GET", re.compile("memberCreatorPostAnalytics"), numbers.of_member),
            ("GET", re.compile("memberFollowersCount"), numbers.member_followers),
        )
        self._open: dict[tuple[str, str], Callable[[Call], Answer]] = {
            ("GET", "/oauth/v2/authorization"): self._oauth.ask,
            ("POST", "/oauth/v2/authorization"): self._oauth.decide,
            ("POST", "/oauth/v2/accessToken"): self._oauth.token,
            ("POST", "/oauth/v2/revoke"): self._oauth.revoke,
            ("GET", "/v2/userinfo"): self._userinfo,
        }

    def handle(self, call: Call) -> Answer:
        """Answer a request."""
        try:
            act = self._open.get((call.method, call.path))
            if act is not None:
                return act(call)
            if call.path.startswith(_MEDIA):
                return self._bytes(call.path.removeprefix(_MEDIA))
            if call.path.startswith(_UPLOADS):
                return self._upload(call, unquote(call.path.removeprefix(_UPLOADS)))
            _check_version(call)
            return self._rest(call, call.path.removeprefix(_REST))
        except LinkedInError as error:
            return error.answer()

    def publishes(self, call: Call) -> bool:
        """Whether the call makes a post or a comment."""
        path = call.path.removeprefix(_REST)
        return call.method == "POST" and (path == "posts" or bool(_COMMENTS.fullmatch(path)))

    def refusal(self, status: int) -> Answer:
        """A refusal in the words of the network."""
        return REFUSALS[status].answer()

    def posts(self) -> list[ShownPost]:
        """All posts and comments."""
        return self.stored.shown(self._name)

    def forget_media(self) -> None:
        """Let all uploads end; posts keep theirs."""
        self.stored.forget_images()
        self._uploads.forget()

    def _rest(self, call: Call, path: str) -> Answer:
        for method, pattern, act in self._routes:
            found = pattern.fullmatch(path)
            if found is not None and method in {call.method, "*"}:
                return act(call, *(part and unquote(part) for part in found.groups()))
        raise refused(404, "RESOURCE_NOT_FOUND", "No virtual resource found")

    def _create(self, call: Call) -> Answer:
        body = call.json() or {}
        self._oauth.may_act_as(call, str(body.get("author")), "w")
        urn = self.stored.create(body)
        return Answer(status=201, headers={"x-restli-id": urn})

    def _listing(self, call: Call) -> Answer:
        query = call.query
        if query.get("q") != "author" or call.headers.get("x-restli-method") != "FINDER":
            raise invalid("/q", "is not supported here")
        self._oauth.may_act_as(call, query.get("author", ""), "r")
        start, count = int(query.get("start", "0")), int(query.get("count", "10"))
        found = self.stored.of_author(query["author"], start, count)
        return json_answer({"elements": found, "paging": {"start": start, "count": count}})

    def _post(self, call: Call, urn: str) -> Answer:
        if call.method == "DELETE":
            self._oauth.person(call)
            self.stored.delete(urn)
            return Answer(status=204)
        post = self.stored.read(urn)
        self._oauth.may_act_as(call, post["author"], "r")
        return json_answer(post)

    def _comment(self, call: Call, post: str, number: str | None) -> Answer:
        if call.method == "GET":
            self._oauth.person(call)
            return json_answer({"elements": self.stored.comments(post)})
        if call.method == "DELETE" and number is not None:
            self._oauth.person(call)
            self.stored.delete_comment(post, number)
            return Answer(status=204)
        body = call.json() or {}
        self._oauth.may_act_as(call, str(body.get("actor")), "w")
        kept = self.stored.comment(post, body)
        return json_answer(kept, 201, {"x-restli-id": str(kept["id"])})

    def _begin_upload(self, call: Call) -> Answer:
        asked = (call.json() or {}).get("initializeUploadRequest") or {}
        owner = str(asked.get("owner"))
        self._oauth.may_act_as(call, owner, "w")
        urn = self.stored.reserve(owner)
        host = call.headers.get("host", "")
        value = {
            "uploadUrlExpiresAt": 4_102_444_800_000,
            "uploadUrl": f"http://{host}{_UPLOADS}{urn.replace(':', '%3A')}?ca=vector%253D1",
            "image": urn,
        }
        return json_answer({"value": value})

    def _image(self, call: Call, urn: str) -> Answer:
        self._oauth.person(call, "r_organization_social")
        return json_answer(self.stored.image(urn))

    def _video(self, call: Call) -> Answer:
        if call.query.get("action") == "finalizeUpload":
            self._oauth.person(call)
            self._uploads.finalize((call.json() or {}).get("finalizeUploadRequest") or {})
            return Answer()
        asked = self._asked(call)
        return json_answer({"value": self._uploads.begin_video(asked, _place(call))})

    def _document(self, call: Call) -> Answer:
        asked = self._asked(call)
        return json_answer({"value": self._uploads.begin_document(asked, _place(call))})

    def _asked(self, call: Call) -> Json:
        """What is to be uploaded, for somebody who may."""
        asked: Json = (call.json() or {}).get("initializeUploadRequest") or {}
        self._oauth.may_act_as(call, str(asked.get("owner")), "w")
        return asked

    def _upload_status(self, call: Call, urn: str) -> Answer:
        self._oauth.person(call, "r_organization_social")
        return json_answer(self._uploads.status(urn))

    def _upload(self, call: Call, urn: str) -> Answer:
        if call.method != "PUT" or call.query.get("ca") != "vector%3D1":
            raise refused(400, "EXPIRED_UPLOAD_URL", "The upload address was changed")
        if urn.startswith("urn:li:video:"):
            if call.headers.get("authorization"):
                raise refused(400, "BAD_REQUEST", "An upload address of a video takes no token")
            mark = self._uploads.put(urn, call.query.get("part", ""), call.body)
            return Answer(status=200, headers={"ETag": f'"{mark}"'})
        self._oauth.person(call)
        if urn.startswith("urn:li:document:"):
            self._uploads.put(urn, "0", call.body)
            return Answer(status=201)
        if not self.stored.upload(urn, call.body):
            raise refused(404, "NOT_FOUND", f"{urn} not found")
        return Answer(status=201)

    def _userinfo(self, call: Call) -> Answer:
        person = self._oauth.person(call, "profile")
        return json_answer({"sub": person["sub"], "name": person["name"]})

    def _acls(self, call: Call) -> Answer:
        person = self._oauth.person(call, "rw_organization_admin")
        elements = [
            {
                "organization": urn,
                "role": "ADMINISTRATOR",
                "roleAssignee": f"urn:li:person:{person['sub']}",
                "state": "APPROVED",
            }
            for urn in person["organizations"]
        ]
        return json_answer({"elements": elements, "paging": {"start": 0, "count": 100}})

    def _organization(self, call: Call, number: str) -> Answer:
        self._oauth.person(call, "rw_organization_admin")
        found = self._state.get(ORGANIZATIONS, number)
        if found is None:
            raise refused(404, "NOT_FOUND", f"{number} not found")
        return json_answer(found)

    def _bytes(self, name: str) -> Answer:
        if name.startswith("urn:li:"):
            return self._whole(unquote(name))
        data = self._state.blob(name) if re.fullmatch(r"linkedin-[\w-]+", name) else None
        if data is None:
            raise refused(404, "NOT_FOUND", "There is no such picture")
        kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
        return Answer(body=data, content_type=kind)

    def _whole(self, urn: str) -> Answer:
        data = self._uploads.bytes_of(urn)
        if data is None:
            raise refused(404, "NOT_FOUND", f"{urn} not found")
        if urn.startswith("urn:li:video:"):
            return Answer(body=data, content_type="video/mp4")
        # Never shown in the browser as something of this server.
        headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        return Answer(body=data, content_type="application/octet-stream", headers=headers)

    def _name(self, author: str) -> str:
        *_, kind, number = author.split(":")
        found: Json | None
        if kind == "organization":
            found = self._state.get(ORGANIZATIONS, number)
            return str(found["localizedName"]) if found else author
        found = self._state.get(PEOPLE, number)
        return str(found["name"]) if found else author


def _place(call: Call) -> str:
    """The beginning of upload addresses."""
    return f"http://{call.headers.get('host', '')}{_UPLOADS}"


def _check_version(call: Call) -> None:
    version = call.headers.get("linkedin-version", "")
    if not version:
        raise refused(400, "VERSION_MISSING", "A version must be present. Please specify a version")
    if not _VERSION.fullmatch(version) or version < _OLDEST:
        raise refused(426, "NONEXISTENT_VERSION", f"Requested version {version} is not active")
    if call.headers.get("x-restli-protocol-version") != "2.0.0":
        raise refused(400, "PROTOCOL_VERSION", "X-Restli-Protocol-Version must be 2.0.0")
