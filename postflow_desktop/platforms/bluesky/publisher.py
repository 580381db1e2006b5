"""Publishing to Bluesky (port: `Publisher`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import InvalidInput, NetworkUnreachable
from postflow_desktop.domain.network import Network, NetworkRules, ResendClass
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.platforms.bluesky import counting, errors, limits
from postflow_desktop.platforms.bluesky.facets import payload_facets, rendered_text
from postflow_desktop.platforms.bluesky.options import chosen_fields
from postflow_desktop.platforms.bluesky.reading import Reader
from postflow_desktop.platforms.bluesky.uploading import Uploader, not_sent, repeatable
from postflow_desktop.platforms.bluesky.videos import DEFAULT_VIDEO_SERVICE, Videos
from postflow_desktop.platforms.bluesky.wire import (
    Address,
    Json,
    own_address,
    post_record,
    read_uri,
    record_key,
    wire_form,
)
from postflow_desktop.platforms.bluesky.xrpc import Xrpc, read_reply, text_of
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.journal import Reply as Kept
from postflow_desktop.services.ports.publisher import (
    Finding,
    MediaSource,
    Page,
    PrepareFailed,
    PublishedPost,
    ReplyTo,
)
from postflow_desktop.transport.client import HttpClient
from postflow_desktop.transport.once import send_once
from postflow_desktop.transport.values import Lost, NotSent, Replied


class BlueskyPublisher:
    """One for all accounts; holds no account's secrets."""

    network: Network = Network.BLUESKY
    resend_class: ResendClass = ResendClass.KEY
    rules: NetworkRules = limits.RULES

    def __init__(
        self, http: HttpClient, clock: Clock, video_service: str = DEFAULT_VIDEO_SERVICE
    ) -> None:
        """`video_service`: where videos are made ready; see `Videos`."""
        self._xrpc = Xrpc(http)
        self._reader = Reader(self._xrpc)
        self._uploader = Uploader(self._xrpc, clock, Videos(self._xrpc, clock, video_service))
        self._clock = clock

    def shown_text(self, payload: Payload) -> str:
        """The text as Bluesky will show it; the one whose length counts."""
        return rendered_text(payload)

    def measure(self, text: str) -> int:
        """Graphemes, as Bluesky's servers count them."""
        return counting.measure(text)

    def prepare(
        self,
        session: Session,
        payload: Payload,
        media: MediaSource,
        *,
        target_id: str,
        at: datetime,
        reply_to: ReplyTo | None = None,
    ) -> str:
        """Check, upload, resolve, and freeze the request; PrepareFailed says what to do instead."""
        text = rendered_text(payload)
        problem = limits.check(text, payload, self.rules)
        if problem is not None:
            raise PrepareFailed(problem)
        facets = payload_facets(payload, lambda handle: self._resolve(session.service, handle))
        embed = self._uploader.embed(session, payload, media)
        reply = None if reply_to is None else self._references(session, reply_to)
        address = Address(repo=session.user_id, rkey=record_key(target_id, at))
        record = post_record(text, facets, embed, at, reply=reply)
        return wire_form(address, {**record, **chosen_fields(payload.options)})

    def upload_again(self, session: Session, payload: Payload, media: MediaSource) -> None:
        """Upload the same bytes; a blob is known by its hash, so the stored request finds it."""
        self._uploader.embed(session, payload, media)

    def publish(
        self,
        session: Session,
        wire: str,
        *,
        before_first_byte: Callable[[], None],
        on_reply: Callable[[Kept], None],
    ) -> Outcome:
        """Send the stored bytes once and say what is known afterwards."""
        try:
            request = self._xrpc.publish_request(session.service, wire, session.access_token)
        except NetworkUnreachable as error:
            return not_sent(error)
        sent = send_once(request, before_first_byte=before_first_byte)
        match sent:
            case NotSent():
                return Outcome(
                    kind=OutcomeKind.NOT_SENT, code=sent.code, message=sent.cause, fix=sent.fix
                )
            case Lost():
                return Outcome(
                    kind=OutcomeKind.AMBIGUOUS,
                    code=sent.code,
                    message=f"{sent.cause} The post may be out or not.",
                    fix="PostFlow looks at Bluesky before it does anything else.",
                )
            case Replied():
                self._xrpc.learn(request, sent.headers)
                on_reply(Kept(status=sent.status, headers=sent.headers, body=sent.body))
                return self.judge(wire, sent.status, sent.headers, sent.body)

    def judge(self, wire: str, status: int, headers: dict[str, str], body: bytes) -> Outcome:
        """Classify a reply to the stored request."""
        return errors.judge(wire, read_reply(status, headers, body), self._clock.now())

    def find(self, session: Session, wire: str) -> Finding:
        """Read back what stands under our key."""
        return self._reader.find(session, wire)

    def fetch(self, session: Session, external_id: str) -> PublishedPost | None:
        """One post by its at-uri, or None where it is gone."""
        return self._reader.fetch(session, external_id)

    def list_own(self, session: Session, *, cursor: str | None = None, limit: int = 50) -> Page:
        """Own posts, newest first; at most 100 at a time."""
        return self._reader.list_own(session, cursor=cursor, limit=limit)

    def delete(self, session: Session, external_id: str) -> None:
        """Delete a post; Bluesky answers the same whether it was there or not."""
        address = read_uri(external_id)
        if address is None:
            raise InvalidInput(
                f"'{external_id[:100]}' is not the address of a Bluesky post.",
                code="bad_external_id",
            )
        reply = self._xrpc.procedure(
            session.service,
            "com.atproto.repo.deleteRecord",
            {"repo": address.repo, "collection": address.collection, "rkey": address.rkey},
            token=session.access_token,
        )
        if not reply.ok:
            raise errors.as_error(reply)

    def _resolve(self, service: str, handle: str) -> str | None:
        """The DID of a handle; None where the server knows nobody of that name."""
        reply = repeatable(
            lambda: self._xrpc.query(
                service, "com.atproto.identity.resolveHandle", {"handle": handle}
            )
        )
        did = text_of(reply.body, "did")
        if reply.ok and did.startswith("did:"):
            return did
        if reply.status == 400:
            return None
        raise PrepareFailed(errors.judge_preparation(reply, self._clock.now()))

    def _references(self, session: Session, reply_to: ReplyTo) -> Json:
        """Root and parent by address and content, as they stand now (`replyRef`)."""
        root = self._reference(session, reply_to.root)
        alone = reply_to.parent == reply_to.root
        return {
            "root": root,
            "parent": root if alone else self._reference(session, reply_to.parent),
        }

    def _reference(self, session: Session, external_id: str) -> Json:
        address = own_address(external_id, session.user_id)
        if address is None:
            raise PrepareFailed(errors.parent_gone())
        reply = repeatable(lambda: self._reader.record(session, address))
        cid = text_of(reply.body, "cid")
        if reply.ok and cid:
            return {"uri": address.uri, "cid": cid}
        if reply.status == 400 and reply.error == "RecordNotFound":
            raise PrepareFailed(errors.parent_gone())
        raise PrepareFailed(errors.judge_preparation(reply, self._clock.now()))
