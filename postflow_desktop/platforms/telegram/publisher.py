"""Publishing to a Telegram channel (port: `Publisher`), resend class N.

A bot has no key for a post, no list of its posts and no way to read one. So nothing here looks for
a post: `find` says that it does not know, `fetch` and `list_own` that it can't be asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import InvalidInput, NetworkUnreachable, NotFound
from postflow_desktop.domain.network import Network, NetworkRules, ResendClass
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media
from postflow_desktop.platforms.telegram import counting, errors, limits
from postflow_desktop.platforms.telegram.api import Api, read_reply
from postflow_desktop.platforms.telegram.carrying import Carrier
from postflow_desktop.platforms.telegram.wire import (
    own_message,
    publish_request,
    read_ids,
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
    Presence,
    PublishedPost,
    ReplyTo,
)
from postflow_desktop.transport.client import HttpClient
from postflow_desktop.transport.once import send_once
from postflow_desktop.transport.values import Lost, NotSent, Replied


class TelegramPublisher:
    """One for all accounts; holds no account's secrets."""

    network: Network = Network.TELEGRAM
    resend_class: ResendClass = ResendClass.NOTHING
    rules: NetworkRules = limits.RULES

    def __init__(self, http: HttpClient, clock: Clock) -> None:
        self._api = Api(http)
        self._carrier = Carrier(clock)
        self._clock = clock

    def shown_text(self, payload: Payload) -> str:
        """The text as it is sent; the one whose length counts."""
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
        target_id: str,  # noqa: ARG002 - Telegram takes no key of ours
        at: datetime,
        reply_to: ReplyTo | None = None,
    ) -> str:
        """Check, fetch the photos, and freeze the call; PrepareFailed. Nothing is sent."""
        text = counting.rendered_text(payload)
        problem = limits.check(text, payload, self.rules)
        if problem is not None:
            raise PrepareFailed(problem)
        link = (payload.link_url or "").strip() or None
        parent = None if reply_to is None else own_message(reply_to.parent)
        if reply_to is not None and parent is None:
            raise PrepareFailed(errors.parent_gone())
        chat_id = int(session.user_id)
        wire = wire_form(chat_id, text, payload.media, link=link, at=at, reply_to=parent)
        if payload.media:
            self._carrier.put(wire, _read(payload.media, media))
        return wire

    def upload_again(self, session: Session, payload: Payload, media: MediaSource) -> None:
        """Nothing: Telegram takes photos with the post only, see `carrying`."""

    def publish(
        self,
        session: Session,
        wire: str,
        *,
        before_first_byte: Callable[[], None],
        on_reply: Callable[[Kept], None],
    ) -> Outcome:
        """Send the stored call with its photos, once, and say what is known afterwards."""
        stored = read_wire(wire)
        photos = self._carrier.take(wire) if stored.files else ()
        if photos is None:
            return _not_at_hand()
        request = publish_request(session.service, session.access_token, wire, photos)
        sent = send_once(request, before_first_byte=before_first_byte)
        match sent:
            case NotSent():
                outcome = Outcome(
                    kind=OutcomeKind.NOT_SENT, code=sent.code, message=sent.cause, fix=sent.fix
                )
                return replace(outcome, new_wire=bool(stored.files))
            case Lost():
                return Outcome(
                    kind=OutcomeKind.AMBIGUOUS,
                    code=sent.code,
                    message=f"{sent.cause} The post may be out or not.",
                    fix="Look at the channel; a bot can't.",
                )
            case Replied():
                on_reply(Kept(status=sent.status, headers=sent.headers, body=sent.body))
                return self.judge(wire, sent.status, sent.headers, sent.body)

    def judge(self, wire: str, status: int, headers: dict[str, str], body: bytes) -> Outcome:
        """Classify a reply to the stored call."""
        reply = read_reply(status, headers, body)
        return errors.judge(read_wire(wire), reply, self._clock.now())

    def find(self, session: Session, wire: str) -> Finding:  # noqa: ARG002 - the port's
        """Always unknown, without asking: Telegram has nothing that could be asked."""
        return Finding(
            presence=Presence.UNKNOWN, message="Telegram lets no bot look for its own posts."
        )

    def fetch(self, session: Session, external_id: str) -> PublishedPost | None:  # noqa: ARG002
        """NetworkUnreachable (`not_readable`), always; InvalidInput (`bad_external_id`)."""
        _checked_ids(external_id)
        raise _not_readable()

    def list_own(
        self,
        session: Session,  # noqa: ARG002 - the port's
        *,
        cursor: str | None = None,  # noqa: ARG002 - the port's
        limit: int = 50,  # noqa: ARG002 - the port's
    ) -> Page:
        """NetworkUnreachable (`not_readable`), always: an empty page would be a lie."""
        raise _not_readable()

    def delete(self, session: Session, external_id: str) -> None:
        """Delete all messages of a post; those that are gone are fine.

        Documented for 48 hours; in channels it works longer for a bot that may delete.
        """
        ids, chat = _checked_ids(external_id), int(session.user_id)
        service, token = session.service, session.access_token
        if len(ids) == 1:
            reply = self._api.call(service, token, "deleteMessage", chat_id=chat, message_id=ids[0])
        else:
            reply = self._api.call(service, token, "deleteMessages", chat_id=chat, message_ids=ids)
        if not (reply.result is True or "message to delete not found" in reply.description):
            raise errors.as_error(reply)


def _read(items: Sequence[Media], media: MediaSource) -> list[bytes]:
    try:
        return [media.read(item.sha256) for item in items]
    except NotFound as error:
        raise PrepareFailed(
            Outcome(
                kind=OutcomeKind.REJECTED,
                code="media_missing",
                message="A picture of the post is no longer in the workspace.",
                fix="Add the picture again.",
            )
        ) from error


def _checked_ids(external_id: str) -> list[int]:
    ids = read_ids(external_id)
    if ids is None:
        raise InvalidInput(
            f"'{external_id[:100]}' is not the id of a post on Telegram.", code="bad_external_id"
        )
    return ids


def _not_at_hand() -> Outcome:
    """Prepared by another process, or too long ago."""
    return Outcome(
        kind=OutcomeKind.NOT_SENT,
        code="photos_not_at_hand",
        message="The pictures of the post have to be fetched from the workspace again.",
        fix="PostFlow does so by itself.",
        new_wire=True,
    )


def _not_readable() -> NetworkUnreachable:
    return NetworkUnreachable(
        "Telegram lets no bot read the posts of a channel.",
        code="not_readable",
        fix="Look at the channel in Telegram.",
    )
