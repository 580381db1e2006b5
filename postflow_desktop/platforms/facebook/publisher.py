"""Publishing to a Facebook Page (port: `Publisher`), resend class L."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import NetworkUnreachable, NotFound
from postflow_desktop.domain.network import Network, NetworkRules, ResendClass
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media
from postflow_desktop.platforms.facebook import counting, errors, limits
from postflow_desktop.platforms.facebook.api import Api, publish_request, read_reply
from postflow_desktop.platforms.facebook.reading import Reader, checked_id
from postflow_desktop.platforms.facebook.uploading import Uploader, UploadRefused
from postflow_desktop.platforms.facebook.wire import (
    comment_form,
    is_post_id,
    read_wire,
    wire_form,
)
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


class FacebookPublisher:
    """One for all accounts; holds no account's secrets."""

    network: Network = Network.FACEBOOK
    resend_class: ResendClass = ResendClass.LISTING
    rules: NetworkRules = limits.RULES

    def __init__(self, http: HttpClient, clock: Clock) -> None:
        self._api = Api(http)
        self._reader = Reader(self._api)
        self._uploader = Uploader(self._api)
        self._clock = clock

    def shown_text(self, payload: Payload) -> str:
        """The text as it is sent; a link that becomes a card is not in it."""
        return counting.rendered_text(payload)

    def measure(self, text: str) -> int:
        """UTF-16 code units."""
        return counting.measure(text)

    def prepare(
        self,
        session: Session,
        payload: Payload,
        media: MediaSource,
        *,
        target_id: str,  # noqa: ARG002 - Facebook takes no key of ours
        at: datetime,
        reply_to: ReplyTo | None = None,
    ) -> str:
        """Check, upload, and freeze the request; PrepareFailed."""
        text = counting.rendered_text(payload)
        problem = limits.check(text, payload, self.rules)
        if problem is not None:
            raise PrepareFailed(problem)
        if reply_to is not None:
            if not is_post_id(reply_to.root):
                raise PrepareFailed(errors.parent_unknown())
            return comment_form(session.user_id, reply_to.root, text, at=at)
        photo_ids = [self._upload(session, item, media) for item in payload.media]
        link = counting.card_link(payload)
        return wire_form(session.user_id, text, photo_ids, link=link, at=at)

    def upload_again(self, session: Session, payload: Payload, media: MediaSource) -> None:
        """Nothing: every upload gets a new id, so a lost photo needs a new wire form."""

    def publish(
        self,
        session: Session,
        wire: str,
        *,
        before_first_byte: Callable[[], None],
        on_reply: Callable[[Kept], None],
    ) -> Outcome:
        """Send the stored bytes once and say what is known afterwards."""
        stored = read_wire(wire)
        request = publish_request(session.service, stored.edge, stored.body, session.access_token)
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
                    fix="PostFlow looks at Facebook before it does anything else.",
                )
            case Replied():
                on_reply(Kept(status=sent.status, headers=sent.headers, body=sent.body))
                return self.judge(wire, sent.status, sent.headers, sent.body)

    def judge(self, wire: str, status: int, headers: dict[str, str], body: bytes) -> Outcome:
        """Classify a reply to the stored request."""
        reply = read_reply(status, headers, body)
        return errors.judge(read_wire(wire), reply, self._clock.now())

    def find(self, session: Session, wire: str) -> Finding:
        """Look for one post with these words, photos and link among the Page's newest."""
        return self._reader.find(session, wire)

    def fetch(self, session: Session, external_id: str) -> PublishedPost | None:
        """One post by its id, or None where it is gone."""
        return self._reader.fetch(session, external_id)

    def list_own(self, session: Session, *, cursor: str | None = None, limit: int = 50) -> Page:
        """Own posts, newest first; at most 100 at a time."""
        return self._reader.list_own(session, cursor=cursor, limit=limit)

    def delete(self, session: Session, external_id: str) -> None:
        """Delete a post; one that is gone is fine."""
        reply = self._api.delete(session.service, checked_id(external_id), session.access_token)
        deleted = reply.ok and reply.body is not None and reply.body.get("success") is True
        if not (deleted or errors.is_gone(reply)):
            raise errors.as_error(reply)

    def _upload(self, session: Session, item: Media, media: MediaSource) -> str:
        try:
            return self._uploader.upload(session, item, media.read(item.sha256))
        except NotFound as error:
            raise PrepareFailed(
                Outcome(
                    kind=OutcomeKind.REJECTED,
                    code="media_missing",
                    message="A picture of the post is no longer in the workspace.",
                    fix="Add the picture again.",
                )
            ) from error
        except UploadRefused as refusal:
            outcome = errors.judge_preparation(refusal.reply, self._clock.now())
            raise PrepareFailed(outcome) from refusal
        except NetworkUnreachable as error:
            raise PrepareFailed(
                Outcome(
                    kind=OutcomeKind.NOT_SENT,
                    code=error.code,
                    message=error.message,
                    fix=error.fix,
                )
            ) from error
