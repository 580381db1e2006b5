"""Publishing to LinkedIn (port: `Publisher`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import NetworkUnreachable, NotFound
from postflow_desktop.domain.network import Network, NetworkRules, ResendClass
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.platforms.linkedin import counting, errors, limits
from postflow_desktop.platforms.linkedin.api import Api, encoded, read_reply
from postflow_desktop.platforms.linkedin.endpoints import DEFAULT_VERSION
from postflow_desktop.platforms.linkedin.reading import Reader, checked_urn
from postflow_desktop.platforms.linkedin.uploading import (
    ProcessingFailed,
    StillProcessing,
    Uploader,
    UploadRefused,
)
from postflow_desktop.platforms.linkedin.wire import (
    Card,
    Picture,
    comment_parts,
    comment_wire,
    own_urn,
    post_wire,
    read_wire,
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


class LinkedInPublisher:
    """One for all accounts; holds no account's secrets. An account is named by its author URN."""

    network: Network = Network.LINKEDIN
    resend_class: ResendClass = ResendClass.DUPLICATE
    rules: NetworkRules = limits.RULES

    def __init__(self, http: HttpClient, clock: Clock, version: str = DEFAULT_VERSION) -> None:
        self._api = Api(http, version)
        self._reader = Reader(self._api)
        self._uploader = Uploader(self._api)
        self._clock = clock

    def shown_text(self, payload: Payload) -> str:
        """The text as people read it; the one whose length counts."""
        return counting.rendered_text(payload)

    def measure(self, text: str) -> int:
        """UTF-16 code units of the words, not of their markup."""
        return counting.measure(text)

    def prepare(
        self,
        session: Session,
        payload: Payload,
        media: MediaSource,
        *,
        target_id: str,  # noqa: ARG002 - LinkedIn takes no key of ours
        at: datetime,
        reply_to: ReplyTo | None = None,
    ) -> str:
        """Check, upload, and freeze the request; PrepareFailed says what to do instead."""
        text = counting.rendered_text(payload)
        if reply_to is not None:
            post = own_urn(reply_to.root)
            if post is None:
                raise PrepareFailed(errors.parent_gone())
            return comment_wire(session.user_id, post, text, at)
        problem = limits.check(text, payload, self.rules)
        if problem is not None:
            raise PrepareFailed(problem)
        card = self._card(session, payload, media)
        pictures = [self._upload(session, item, media) for item in payload.media]
        return post_wire(session.user_id, text, pictures, card, at, options=payload.options)

    def upload_again(self, session: Session, payload: Payload, media: MediaSource) -> None:
        """Nothing: every upload has a new name, so a lost picture needs a new wire form."""

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
        url = f"{session.service}{stored.path}"
        request = self._api.irreversible(url, stored.body, session.access_token)
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
                    fix="PostFlow looks at LinkedIn before it does anything else.",
                )
            case Replied():
                on_reply(Kept(status=sent.status, headers=sent.headers, body=sent.body))
                return self.judge(wire, sent.status, sent.headers, sent.body)

    def judge(self, wire: str, status: int, headers: dict[str, str], body: bytes) -> Outcome:
        """Classify a reply to the stored request; the post's name stands in a header."""
        reply = read_reply(status, headers, body)
        return errors.judge(read_wire(wire), reply, self._clock.now())

    def find(self, session: Session, wire: str) -> Finding:
        """Look for one post with these words and pictures among the organization's newest."""
        return self._reader.find(session, wire)

    def fetch(self, session: Session, external_id: str) -> PublishedPost | None:
        """One post by its URN, or None where it is gone; people's posts can't be read."""
        return self._reader.fetch(session, external_id)

    def list_own(self, session: Session, *, cursor: str | None = None, limit: int = 50) -> Page:
        """An organization's posts, newest first; InvalidInput (`listing_closed`) for a person."""
        return self._reader.list_own(session, cursor=cursor, limit=limit)

    def delete(self, session: Session, external_id: str) -> None:
        """Delete a post or a comment; one that is gone is fine."""
        comment = comment_parts(external_id)
        if comment is not None:
            place = f"socialActions/{encoded(comment[0])}/comments/{comment[1]}"
            query = f"?actor={encoded(session.user_id)}"
        else:
            place, query = f"posts/{encoded(checked_urn(external_id))}", ""
        url = f"{session.service}/rest/{place}{query}"
        reply = self._api.delete(url, session.access_token)
        if not (reply.ok or reply.status == 404):
            raise errors.as_error(reply)

    def _card(self, session: Session, payload: Payload, media: MediaSource) -> Card | None:
        """The article under the post: what was read of the page, else the name of the site."""
        link, card = counting.card_link(payload), payload.card
        if link is None:
            return None
        if card is None:
            return Card(link=link, title=counting.card_title(link))
        shown = card.picture
        return Card(
            link=link,
            title=card.title or counting.card_title(link),
            description=card.description,
            picture="" if shown is None else self._upload(session, shown, media).urn,
        )

    def _upload(self, session: Session, item: Media, media: MediaSource) -> Picture:
        try:
            match item.kind:
                case MediaKind.VIDEO:
                    return Picture(urn=self._uploader.video(session, item, media), alt="")
                case MediaKind.DOCUMENT:
                    urn = self._uploader.document(session, item, media)
                    return Picture(urn=urn, alt="", title=(item.title or "").strip())
                case MediaKind.IMAGE:
                    urn = self._uploader.picture(session, item, media)
                    return Picture(urn=urn, alt=item.alt)
        except NotFound as error:
            raise PrepareFailed(
                Outcome(
                    kind=OutcomeKind.REJECTED,
                    code="media_missing",
                    message="A picture, video or document of the post is no longer in the"
                    " workspace.",
                    fix="Add it again.",
                )
            ) from error
        except ProcessingFailed as failure:
            raise PrepareFailed(errors.unusable(item, failure.words)) from failure
        except StillProcessing as pending:
            raise PrepareFailed(errors.still_processing(item)) from pending
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
