"""Reading posts back: whether one is there, one by its address, and the list of own posts."""

from __future__ import annotations

from datetime import datetime

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import InvalidInput, NetworkUnreachable
from postflow_desktop.platforms.bluesky import errors
from postflow_desktop.platforms.bluesky.wire import COLLECTION, Address, Json, read_uri, read_wire
from postflow_desktop.platforms.bluesky.xrpc import Reply, Xrpc, text_of
from postflow_desktop.services.ports.publisher import Finding, Page, Presence, PublishedPost

_PAGE_LIMIT = 100


class Reader:
    """Reads from the account's own server; posts are public, so no token is sent."""

    def __init__(self, xrpc: Xrpc) -> None:
        self._xrpc = xrpc

    def find(self, session: Session, wire: str) -> Finding:
        """Compare what stands under the key of a wire form with its record."""
        address, record = read_wire(wire)
        try:
            reply = self.record(session, address)
        except NetworkUnreachable as error:
            return Finding(presence=Presence.UNKNOWN, message=error.message)
        if reply.ok and reply.body and isinstance(reply.body.get("value"), dict):
            if reply.body["value"] == record:
                return Finding(presence=Presence.PRESENT, result=address.result)
            return Finding(
                presence=Presence.OTHER,
                result=address.result,
                message="Another post stands where this one was to go.",
            )
        if reply.status == 400 and reply.error == "RecordNotFound":
            return Finding(presence=Presence.ABSENT, message="Bluesky does not have the post.")
        return Finding(
            presence=Presence.UNKNOWN,
            message=f"Bluesky did not say whether it has the post: {errors.said(reply)}",
        )

    def record(self, session: Session, address: Address) -> Reply:
        """A record with its content's id, as the server answers; NetworkUnreachable."""
        query = {"repo": address.repo, "collection": address.collection, "rkey": address.rkey}
        return self._xrpc.query(session.service, "com.atproto.repo.getRecord", query)

    def fetch(self, session: Session, external_id: str) -> PublishedPost | None:
        """One post, or None; NetworkUnreachable, InvalidInput (`bad_external_id`)."""
        address = read_uri(external_id)
        if address is None:
            raise InvalidInput(
                f"'{external_id[:100]}' is not the address of a Bluesky post.",
                code="bad_external_id",
            )
        reply = self.record(session, address)
        if reply.status == 400 and reply.error == "RecordNotFound":
            return None
        post = _post(reply.body) if reply.ok else None
        if post is None:
            raise NetworkUnreachable(
                f"Bluesky gave no usable answer: {errors.said(reply)}",
                code="server_error",
                fix="Try again later.",
            )
        return post

    def list_own(self, session: Session, *, cursor: str | None, limit: int) -> Page:
        """A page of own posts, newest first; what is no post is left out."""
        query = {
            "repo": session.user_id,
            "collection": COLLECTION,
            "limit": str(max(1, min(limit, _PAGE_LIMIT))),
        }
        if cursor:
            query["cursor"] = cursor
        reply = self._xrpc.query(session.service, "com.atproto.repo.listRecords", query)
        records = reply.body.get("records") if reply.ok and reply.body else None
        if not isinstance(records, list):
            raise errors.as_error(reply)
        posts = tuple(post for post in map(_post, records) if post is not None)
        return Page(posts=posts, cursor=text_of(reply.body, "cursor") or None)


def _post(item: Json | None) -> PublishedPost | None:
    if not isinstance(item, dict) or not isinstance(item.get("value"), dict):
        return None
    address = read_uri(text_of(item, "uri"))
    if address is None:
        return None
    value: Json = item["value"]
    return PublishedPost(
        external_id=address.uri,
        url=address.result.url,
        text=text_of(value, "text"),
        created_at=_moment(text_of(value, "createdAt")),
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
