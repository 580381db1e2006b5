"""The window's commands on one place: each runs a service in the current seat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from postflow_desktop.desktop.connection import Connection
from postflow_desktop.desktop.publisher import EmbeddedPublisher
from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.errors import NotFound
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import Media, Post, Variant
from postflow_desktop.domain.target import Target
from postflow_desktop.domain.time import PlannedTime
from postflow_desktop.services.accounts import ConnectRequest
from postflow_desktop.services.attention import Answer, AttentionService
from postflow_desktop.services.ports.drafts import DraftStore, LocalDraft
from postflow_desktop.services.ports.media import MediaReader
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.services.posts import NewPost


class PlaceCommands:
    """Commands of one open place; every method may wait for the cluster or a network."""

    def __init__(
        self,
        connection: Connection,
        drafts: DraftStore,
        reader: MediaReader,
        publisher: EmbeddedPublisher,
    ) -> None:
        self._connection = connection
        self._drafts = drafts
        self._reader = reader
        self._publisher = publisher

    def read_media(self, path: Path, alt: str) -> Media:
        """Check and clean a picture and keep its bytes on this machine."""
        media, data = self._reader.read(path, alt)
        self._drafts.put_media(media, data)
        return media

    def media_bytes(self, sha256: str) -> bytes:
        """From the draft store, else from the cluster."""
        data = self._drafts.media(sha256)
        return data if data is not None else self._connection.workspace().cluster.media.read(sha256)

    def save_draft(self, draft: LocalDraft) -> Post:
        """A draft post in the cluster, new or changed."""
        return self._submit(draft, None, now=False)

    def schedule(self, draft: LocalDraft, planned: PlannedTime) -> Post:
        """Save and put to a time."""
        post = self._submit(draft, planned, now=False)
        self._publisher.wake()
        return post

    def publish(self, draft: LocalDraft) -> Post:
        """Save and make due now."""
        post = self._submit(draft, None, now=True)
        self._publisher.wake()
        return post

    def move(self, post_id: str, planned: PlannedTime) -> Post:
        """Another time for a planned post."""
        seat = self._connection.seat()
        seat.submit.schedule(post_id, planned)
        self._publisher.wake()
        return seat.posts.get(post_id)

    def cancel(self, post_id: str) -> None:
        """Take it out of the plan."""
        self._connection.seat().posts.cancel(post_id)

    def retry(self, post_id: str) -> Post:
        """Only what failed or was missed."""
        seat = self._connection.seat()
        seat.submit.retry(post_id)
        self._publisher.wake()
        return seat.posts.get(post_id)

    def delete(self, post_id: str, *, everywhere: bool) -> None:
        """Delete a post."""
        self._connection.seat().posts.delete(post_id, everywhere=everywhere)

    def answer(self, target_id: str, answer: Answer, url: str) -> Target:
        """What the person saw on the network."""
        seat = self._connection.seat()
        cluster = seat.workspace.cluster
        service = AttentionService(seat.member, cluster.posts, cluster.targets)
        settled = service.answer(target_id, answer, url=url)
        self._publisher.wake()
        return settled

    def connect(
        self, network: Network, service: str, username: str, secret: str
    ) -> tuple[AccountRow, Sequence[str]]:
        """Connect an account, or connect it again."""
        seat = self._connection.seat()
        usual = self._connection.machine.endpoints[network]["service"]
        request = ConnectRequest(
            network=network, service=service or usual, username=username, secret=secret
        )
        made = seat.accounts.connect(seat.member, request)
        return account_row(made.account), made.warnings

    def check_account(self, account_id: str) -> str:
        """Ask the network."""
        seat = self._connection.seat()
        checked = seat.accounts.check(seat.member, account_id)
        if checked.problem is not None:
            raise checked.problem
        return f"@{checked.account.username} works."

    def disconnect(self, account_id: str) -> str:
        """Forget an account."""
        seat = self._connection.seat()
        gone = seat.accounts.disconnect(seat.member, account_id)
        return gone.note or f"@{gone.account.username} is disconnected."

    def _submit(self, draft: LocalDraft, planned: PlannedTime | None, *, now: bool) -> Post:
        seat = self._connection.seat()
        new = NewPost(
            text=draft.text,
            account_ids=draft.account_ids,
            media=draft.media,
            link_url=draft.link_url,
            variants=tuple(
                Variant(account_id=account_id, text=text)
                for account_id, text in draft.variants.items()
                if account_id in draft.account_ids
            ),
            idempotency_key=f"draft:{draft.id}" if draft.post_id is None else None,
        )
        data = {item.sha256: self.media_bytes(item.sha256) for item in draft.media}
        if draft.post_id is not None:
            return seat.submit.update(draft.post_id, new, data, planned, now=now)
        # A reply that was lost must not make a second post: the key is the draft's.
        known = seat.posts.known(new.idempotency_key)
        if known is not None:
            return seat.submit.update(known.id, new, data, planned, now=now)
        return seat.submit.compose(new, data, planned, now=now)


def account_row(account: SocialAccount) -> AccountRow:
    """An account as the window shows it."""
    return AccountRow(
        id=account.id,
        network=account.network,
        username=account.username,
        display_name=account.display_name,
        status=account.status,
        service=account.service,
        last_error_code=account.last_error_code,
        last_error_message=account.last_error_message,
        token_expires_at=account.token_expires_at,
    )


def nobody_here() -> NotFound:
    """The refusal of commands before there is a place."""
    return NotFound(
        "There is no workspace open.",
        code="no_workspace",
        fix="Create one, sign in, or explore with sample data.",
    )


def utc_now() -> datetime:
    """This machine's clock, for marks that decide nothing."""
    return datetime.now(UTC)
