"""Facebook's wire format: the Graph API for Pages that live in the sandbox only.

Paths, parameters and refusals are those of Graph API v26.0. Tokens: see `facebook_pages`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from postflow_desktop.sandbox.exchange import Answer, Call, Json, ShownPost, json_answer
from postflow_desktop.sandbox.facebook_comments import FacebookComments
from postflow_desktop.sandbox.facebook_errors import GraphError, gone, refusal
from postflow_desktop.sandbox.facebook_pages import FacebookPages
from postflow_desktop.sandbox.facebook_photos import FacebookPhotos
from postflow_desktop.sandbox.facebook_posts import FacebookPosts
from postflow_desktop.sandbox.forms import Form, read_form
from postflow_desktop.sandbox.state import State

_VERSION, _MEDIA = "/v26.0/", "/facebook/media/"
_EDGE = re.compile(r"([0-9]{1,30}|me)/(feed|photos|published_posts)")
_POST = re.compile(r"[0-9]{1,30}_[0-9]{1,30}")
_COMMENTS = re.compile(rf"({_POST.pattern})/comments")
_FIRST_ID = 122_000_000_000_000


class FacebookSandbox:
    """Answers Graph API calls; one for the whole server."""

    prefixes: tuple[str, ...] = (_VERSION, _MEDIA)

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self.pages = FacebookPages(state)
        self._photos = FacebookPhotos(state, now, self._new_id)
        self._posts = FacebookPosts(state, now, photos=self._photos, new_id=self._new_id)
        self._comments = FacebookComments(state, now, self._new_id)
        self._edges: dict[tuple[str, str], Callable[[Json, Form], Json]] = {
            ("POST", "feed"): self._posts.create,
            ("POST", "photos"): self._photos.upload,
            ("GET", "published_posts"): self._posts.listing,
        }

    def handle(self, call: Call) -> Answer:
        """Answer a request."""
        try:
            if call.path.startswith(_MEDIA):
                return self._photos.bytes_of(call.path.removeprefix(_MEDIA))
            return json_answer(self._node(call, call.path.removeprefix(_VERSION), read_form(call)))
        except GraphError as error:
            return error.answer()

    def publishes(self, call: Call) -> bool:
        """Whether the call makes a post or a comment."""
        path = call.path.removeprefix(_VERSION)
        found = _EDGE.fullmatch(path)
        makes = (found is not None and found[2] == "feed") or _COMMENTS.fullmatch(path) is not None
        return call.method == "POST" and makes

    def refusal(self, status: int) -> Answer:
        """A refusal in the words of the network."""
        return refusal(status)

    def posts(self) -> list[ShownPost]:
        """All posts and comments of all Pages."""
        return [*self._posts.shown(), *self._comments.shown()]

    def forget_media(self) -> None:
        """Let all uploads end, as they do after a day; posts keep theirs."""
        self._photos.forget()

    def _node(self, call: Call, path: str, form: Form) -> Json:
        if (call.method, path) == ("GET", "me"):
            return self.pages.me(call, form)
        if (call.method, path) == ("GET", "me/accounts"):
            return self.pages.accounts(call, form)
        if _POST.fullmatch(path):
            return self._object(call, path, form)
        comments = _COMMENTS.fullmatch(path)
        if comments is not None:
            page = self.pages.page(call, form)
            self._posts.read(page, comments[1], "id")
            if call.method == "POST":
                return self._comments.create(page, comments[1], form)
            return self._comments.listing(comments[1], form)
        found = _EDGE.fullmatch(path)
        act = self._edges.get((call.method, found[2])) if found else None
        if found is None or act is None:
            raise gone(path[:50], call.method.lower())
        return act(self.pages.own(call, form, found[1]), form)

    def _object(self, call: Call, wanted: str, form: Form) -> Json:
        page = self.pages.page(call, form)
        comment = self._comments.find(wanted)
        if comment is not None and call.method == "DELETE":
            return self._comments.delete(page, comment)
        if comment is not None:
            return self._comments.read(comment, form.text("fields"))
        if call.method == "DELETE":
            return self._posts.delete(page, wanted)
        return self._posts.read(page, wanted, form.text("fields"))

    def _new_id(self) -> str:
        """A number that is larger than all before."""
        with self._state.lock:
            last = int((self._state.get("server", "facebook-ids") or {"last": _FIRST_ID})["last"])
            self._state.put("server", "facebook-ids", {"last": last + 1})
            return str(last + 1)
