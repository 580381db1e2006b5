"""Publishing to X (port: `Publisher`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import NetworkUnreachable, NotFound
from postflow_desktop.domain.network import Network, NetworkRules, ResendClass
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media
from postflow_desktop.platforms.x import counting, errors, limits
from postflow_desktop.platforms.x.api import Api, publish_request, read_reply
from postflow_desktop.platforms.x.options import chosen_fields
from postflow_desktop.platforms.x.reading import Reader, checked_id, is_gone
from postflow_desktop.platforms.x.uploading import (
    ProcessingFailed,
    StillProcessing,
    Uploader,
    UploadRefused,
)
from postflow_desktop.platforms.x.wire import own_id, read_wire, wire_form
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


class XPublisher:
    """One for all accounts; holds no account's secrets."""

    network: Network = Network.X
    resend_class: ResendClass = ResendClass.DUPLICATE
    rules: NetworkRules = limits.RULES

    def __init__(self, http: HttpClient, clock: Clock) -> None:
        self._api = Api(http)
        self._reader = Reader(self._api)
        self._uploader = Uploader(self._api, clock)
        self._clock = clock

    def shown_text(self, payload: Payload) -> str:
        """The text as it is sent; the one whose length counts."""
        return counting.rendered_text(payload)

    def measure(self, text: str) -> int:
        """The weighted length: an address 23, an emoji two, most scripts of Europe one."""
        return counting.measure(text)

    def prepare(
        self,
        session: Session,
        payload: Payload,
        media: MediaSource,
        *,
        target_id: str,  # noqa: ARG002 - X takes no key of ours
        at: datetime,
        reply_to: ReplyTo | None = None,
    ) -> str:
        """Check, upload, and freeze the request; PrepareFailed says what to do instead."""
        text = counting.rendered_text(payload)
        problem = limits.check(text, payload, self.rules)
        if problem is not None:
            raise PrepareFailed(problem)
        parent = None if reply_to is None else own_id(reply_to.parent)
        if reply_to is not None and parent is None:
            raise PrepareFailed(errors.parent_gone())
        media_ids = [self._upload(session, item, media) for item in payload.media]
        chosen = chosen_fields(payload.options, reply_to)
        return wire_form(text, media_ids, at, reply_to=parent or "", chosen=chosen)

    def upload_again(self, session: Session, payload: Payload, media: MediaSource) -> None:
        """Nothing: X gives every upload a new id, so a lost picture needs a new wire form."""

    def publish(
        self,
        session: Session,
        wire: str,
        *,
        before_first_byte: Callable[[], None],
        on_reply: Callable[[Kept], None],
    ) -> Outcome:
        """Send the stored bytes once and say what is known afterwards."""
        request = publish_request(session.service, read_wire(wire).body, session.access_token)
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
                    fix="PostFlow looks at X before it does anything else.",
                )
            case Replied():
                on_reply(Kept(status=sent.status, headers=sent.headers, body=sent.body))
                return self.judge(wire, sent.status, sent.headers, sent.body)

    def judge(
        self,
        wire: str,
        status: int,
        headers: dict[str, str],
        body: bytes,
    ) -> Outcome:
        """Classify a reply to the stored request."""
        outcome = errors.judge(read_reply(status, headers, body), self._clock.now())
        if outcome.new_wire or outcome.kind is OutcomeKind.PUBLISHED:
            self._uploader.forget(read_wire(wire).media_ids)
        return outcome

    def find(self, session: Session, wire: str) -> Finding:
        """Look for one post with these words and pictures among the account's newest."""
        return self._reader.find(session, wire)

    def fetch(self, session: Session, external_id: str) -> PublishedPost | None:
        """One post by its id, or None where it is gone."""
        return self._reader.fetch(session, external_id)

    def list_own(self, session: Session, *, cursor: str | None = None, limit: int = 50) -> Page:
        """Own posts, newest first; from 5 to 100 at a time."""
        return self._reader.list_own(session, cursor=cursor, limit=limit)

    def delete(self, session: Session, external_id: str) -> None:
        """Delete a post; one that is gone is fine."""
        url = f"{session.service}/2/tweets/{checked_id(external_id)}"
        reply = self._api.delete(url, session.access_token)
        if is_gone(reply) or (reply.ok and reply.data.get("deleted") is True):
            return
        raise errors.as_error(reply)

    def _upload(self, session: Session, item: Media, media: MediaSource) -> str:
        try:
            return self._uploader.upload(session, item, media)
        except NotFound as error:
            raise PrepareFailed(
                Outcome(
                    kind=OutcomeKind.REJECTED,
                    code="media_missing",
                    message="A picture or video of the post is no longer in the workspace.",
                    fix="Add it again.",
                )
            ) from error
        except ProcessingFailed as failure:
            raise PrepareFailed(errors.video_failed(failure.words)) from failure
        except StillProcessing as pending:
            raise PrepareFailed(errors.still_processing()) from pending
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
