"""Comments of the sandbox's Pages on their own posts, newest first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from postflow_desktop.sandbox.exchange import Json, ShownPost
from postflow_desktop.sandbox.facebook_errors import GraphError, gone, invalid
from postflow_desktop.sandbox.forms import Form
from postflow_desktop.sandbox.state import State

MAX_TEXT = 8000
_COMMENTS = "facebook-comments"


class FacebookComments:
    """Comments by post and number; every accepted write goes into the log."""

    def __init__(
        self, state: State, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._state = state
        self._now = now
        self._new_id = new_id

    def create(self, page: Json, post_id: str, form: Form) -> Json:
        """`POST /{post}/comments`; the post is known to be there."""
        text = form.text("message").strip()
        if not text or len(text) > MAX_TEXT:
            raise invalid("Invalid parameter")
        if "MODERATE" not in page["tasks"]:
            raise GraphError(200, "(#200) Permissions error", status=403)
        number = self._new_id()
        comment = {
            "id": f"{post_id.partition('_')[2]}_{number}",
            "number": number,
            "post": post_id,
            "page": page["id"],
            "author": page["name"],
            "text": text,
            "created_at": f"{self._now().astimezone(UTC):%Y-%m-%dT%H:%M:%S}+0000",
        }
        with self._state.lock:
            self._state.put(_COMMENTS, _key(comment), comment)
            self._log("create", comment)
        return {"id": comment["id"]}

    def listing(self, post_id: str, form: Form) -> Json:
        """`GET /{post}/comments`, in the order of `reverse_chronological`."""
        limit, before = int(form.text("limit") or "25"), int(form.text("after") or 10**30)
        found = [
            comment
            for _, comment in reversed(self._state.items(_COMMENTS, f"{post_id}/"))
            if int(comment["number"]) < before
        ]
        shown = found[:limit]
        if not shown:
            return {"data": []}
        cursors = {"before": shown[0]["number"], "after": shown[-1]["number"]}
        paging: Json = {"cursors": cursors}
        if len(found) > limit:
            paging["next"] = f"https://graph.facebook.com/comments?after={cursors['after']}"
        return {"data": [_view(one, form.text("fields")) for one in shown], "paging": paging}

    def find(self, comment_id: str) -> Json | None:
        """A comment, or None."""
        comments = (comment for _, comment in self._state.items(_COMMENTS))
        return next((one for one in comments if one["id"] == comment_id), None)

    def read(self, comment: Json, fields: str) -> Json:
        """`GET /{comment}`."""
        return _view(comment, fields)

    def delete(self, page: Json, comment: Json) -> Json:
        """`DELETE /{comment}`."""
        if comment["page"] != page["id"]:
            raise gone(comment["id"], "delete")
        with self._state.lock:
            self._state.delete(_COMMENTS, _key(comment))
            self._log("delete", comment)
        return {"success": True}

    def shown(self) -> list[ShownPost]:
        """All comments, newest first."""
        found = [comment for _, comment in self._state.items(_COMMENTS)]
        found.sort(key=lambda comment: int(comment["number"]), reverse=True)
        return [
            ShownPost(
                network="Facebook",
                author=comment["author"],
                text=comment["text"],
                created_at=comment["created_at"],
                external_id=comment["id"],
                reply_to=comment["post"],
            )
            for comment in found
        ]

    def _log(self, action: str, comment: Json) -> None:
        self._state.record(
            {
                "network": "facebook",
                "action": action,
                "account": comment["page"],
                "external_id": comment["id"],
                "text": comment["text"],
            }
        )


def _view(comment: Json, fields: str) -> Json:
    view: Json = {
        "id": comment["id"],
        "message": comment["text"],
        "created_time": comment["created_at"],
        "from": {"id": comment["page"], "name": comment["author"]},
    }
    wanted = (fields or "created_time,from,message").split(",")
    return {name: view[name] for name in ("id", *wanted) if name in view}


def _key(comment: Json) -> str:
    return f"{comment['post']}/{int(comment['number']):030d}"
