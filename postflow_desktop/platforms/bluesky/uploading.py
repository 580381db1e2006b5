"""Bringing the files of a post to the account's server, so that a record can refer to them.

A blob is known by its hash: the same bytes twice are one. Nobody sees it before a record has it.
"""

from __future__ import annotations

from collections.abc import Callable

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import NetworkUnreachable, NotFound
from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.platforms.bluesky import errors
from postflow_desktop.platforms.bluesky.videos import Videos
from postflow_desktop.platforms.bluesky.wire import (
    Json,
    blob_of,
    card_embed,
    images_embed,
    picture,
    video_embed,
)
from postflow_desktop.platforms.bluesky.xrpc import Reply, Xrpc
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.publisher import MediaSource, PrepareFailed


class Uploader:
    """Uploads for any account; every call may raise PrepareFailed."""

    def __init__(self, xrpc: Xrpc, clock: Clock, videos: Videos) -> None:
        self._videos = videos
        self._xrpc = xrpc
        self._clock = clock

    def embed(self, session: Session, payload: Payload, media: MediaSource) -> Json | None:
        """What the record shows under its text, with everything it needs at the server."""
        film = next((item for item in payload.media if item.kind is MediaKind.VIDEO), None)
        if film is not None:
            return video_embed(film, self._videos.upload(session, film, media))
        if payload.media:
            return images_embed(
                [picture(item, self._picture(session, item, media)) for item in payload.media]
            )
        if payload.card is not None:
            shown = payload.card.picture
            blob = None if shown is None else self._picture(session, shown, media)
            return card_embed(payload.card, blob)
        return None

    def _picture(self, session: Session, item: Media, media: MediaSource) -> Json:
        try:
            data = media.read(item.sha256)
        except NotFound as error:
            raise PrepareFailed(
                Outcome(
                    kind=OutcomeKind.REJECTED,
                    code="media_missing",
                    message="A picture of the post is no longer in the workspace.",
                    fix="Add the picture again.",
                )
            ) from error
        reply = repeatable(
            lambda: self._xrpc.upload(session.service, data, item.mime, token=session.access_token)
        )
        blob = blob_of(reply.body) if reply.ok else None
        if blob is None:
            raise PrepareFailed(errors.judge_preparation(reply, self._clock.now()))
        return blob


def repeatable(call: Callable[[], Reply]) -> Reply:
    """A call that may be made again later; PrepareFailed where no reply came."""
    try:
        return call()
    except NetworkUnreachable as error:
        raise PrepareFailed(not_sent(error)) from error


def not_sent(error: NetworkUnreachable) -> Outcome:
    """Nothing has left that could not be taken back."""
    return Outcome(kind=OutcomeKind.NOT_SENT, code=error.code, message=error.message, fix=error.fix)
