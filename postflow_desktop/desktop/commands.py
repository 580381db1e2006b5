"""The window's commands on one place: each runs a service in the current seat."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from postflow_desktop.desktop.connection import Connection
from postflow_desktop.desktop.publisher import EmbeddedPublisher
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import MediaKind
from postflow_desktop.services.ports.media import Progress, StoredContent, read_all
from postflow_desktop.services.ports.replica import AccountRow

if TYPE_CHECKING:
    from postflow_desktop.domain.account import SocialAccount
    from postflow_desktop.domain.account_use import AccountUse
    from postflow_desktop.domain.pause import Pause
    from postflow_desktop.domain.post import LinkCard, Media, Post
    from postflow_desktop.domain.target import Target
    from postflow_desktop.domain.time import PlannedTime
    from postflow_desktop.services.attention import Answer
    from postflow_desktop.services.disconnecting import Disconnected, DisconnectPlan, PostsThen
    from postflow_desktop.services.network_copies import NetworkCopy
    from postflow_desktop.services.ports.drafts import DraftStore, LocalDraft
    from postflow_desktop.services.ports.media import MediaContent, MediaReader
    from postflow_desktop.services.ports.organizations import OrganizationSettings
    from postflow_desktop.services.presence import Board


class PlaceCommands:
    """Commands of one open place; every method may wait for the cluster or a network."""

    def __init__(
        self,
        connection: Connection,
        drafts: DraftStore,
        reader: Callable[[], MediaReader],
        publisher: EmbeddedPublisher,
    ) -> None:
        self._connection = connection
        self._drafts = drafts
        self._reader = reader
        self._publisher = publisher

    def read_media(self, path: Path, alt: str, progress: Progress | None = None) -> Media:
        """Check and clean a file and keep its bytes on this machine."""
        media, content = self._reader().read(path, alt, progress)
        if media.kind is MediaKind.IMAGE:
            self._drafts.put_media(media, read_all(content))
        else:
            self._drafts.put_file(media, content, progress)
        return media

    def bring_media(self, items: Sequence[Media], progress: Progress) -> None:
        """Videos and documents into the cluster, ahead of the post that has them."""
        seat = self._connection.seat()
        store = self._connection.workspace().cluster.media
        for item in items:
            if item.kind is not MediaKind.IMAGE:
                store.put(seat.member.organization_id, item, self._content(item), progress)

    def media_bytes(self, sha256: str) -> bytes:
        """From the draft store, else from the cluster."""
        data = self._drafts.media(sha256)
        return data if data is not None else self._connection.workspace().cluster.media.read(sha256)

    def _content(self, item: Media) -> MediaContent:
        """From the draft store, else as it lies in the cluster."""
        found = self._drafts.content(item.sha256)
        if found is not None:
            return found
        return StoredContent(self._connection.workspace().cluster.media, item)

    def fetch_card(self, link: str, *, again: bool) -> tuple[LinkCard, str]:
        """Read the page of a link and keep its picture on this machine."""
        fetched = self._connection.machine.link_cards.fetch(link, again=again)
        if fetched.card.picture is not None and fetched.picture is not None:
            self._drafts.put_media(fetched.card.picture, fetched.picture)
        return fetched.card, fetched.note

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

    def read_image(self, data: bytes, alt: str) -> Media:
        """The same for bytes without a file, as they come from the clipboard."""
        with tempfile.TemporaryDirectory(prefix="postflow-paste-") as folder:
            path = Path(folder) / "pasted.png"
            path.write_bytes(data)
            return self.read_media(path, alt)

    def publish_now(self, post_id: str) -> Post:
        """Make a stored post due now, with the content it has."""
        seat = self._connection.seat()
        seat.submit.publish(post_id)
        self._publisher.wake()
        return seat.posts.get(post_id)

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
        from postflow_desktop.services.attention import AttentionService

        seat = self._connection.seat()
        cluster = seat.workspace.cluster
        service = AttentionService(seat.member, cluster.posts, cluster.targets)
        settled = service.answer(target_id, answer, url=url)
        self._publisher.wake()
        return settled

    def board(self) -> Board:
        """Who publishes here, and when machines were on."""
        here = self._connection.machine.home.machine_id
        return self._connection.seat().presence.board(here)

    def coverage(self, planned: PlannedTime) -> str:
        """A warning where nobody will be awake at that time."""
        return self._connection.seat().presence.coverage(planned).warning

    def copies(self, post_id: str) -> Sequence[NetworkCopy]:
        """What stands at the networks of a post, asked now."""
        from postflow_desktop.bootstrap.copies import network_copies

        return network_copies(self._connection.seat()).of_post(post_id)

    def refresh_metrics(self, post_id: str) -> None:
        """Ask the networks how a post is doing; the change stream brings what they say."""
        from postflow_desktop.bootstrap.looking import member_insights

        looks = member_insights(self._connection.seat()).post(post_id, refresh=True)
        problem = next((look.problem for look in looks if look.problem is not None), None)
        if problem is not None:
            raise problem

    def mark_read(self, keys: Sequence[str] | None) -> None:
        """The person at the window has seen these notices."""
        seat = self._connection.seat()
        notices = seat.workspace.cluster.notices
        notices.mark_read(seat.organization.id, seat.person.user_id, keys)

    def keep_back(self, target_id: str, reason: str) -> None:
        """Keep a target back until it is released."""
        self._connection.seat().pausing.hold(target_id, reason)

    def let_out(self, target_id: str) -> None:
        """Let it go."""
        self._connection.seat().pausing.release(target_id)
        self._publisher.wake()

    def postpone(self, target_id: str, minutes: int) -> None:
        """Later than planned."""
        self._connection.seat().pausing.postpone(target_id, minutes)

    def pause_all(self, reason: str) -> Pause:
        """Nothing of the organization goes out."""
        return self._connection.seat().pausing.pause_all(reason)

    def resume_all(self) -> None:
        """Publishing goes on, here at once."""
        self._connection.seat().pausing.resume_all()
        self._publisher.wake()

    def pause_account(self, account_id: str, reason: str) -> Pause:
        """Nothing of the account goes out."""
        return self._connection.seat().pausing.pause_account(account_id, reason)

    def resume_account(self, account_id: str) -> None:
        """Publishing to it goes on, here at once."""
        self._connection.seat().pausing.resume_account(account_id)
        self._publisher.wake()

    def set_preflight(self, account_id: str, minutes: int) -> None:
        """Announce its posts once more so many minutes before."""
        seat = self._connection.seat()
        seat.accounts.set_preflight(seat.member, account_id, minutes)

    def change_settings(self, settings: OrganizationSettings) -> None:
        """Other settings of the organization."""
        seat = self._connection.seat()
        seat.workspace.organizations.change_settings(seat.member, settings)

    def connect(
        self,
        network: Network,
        service: str,
        username: str,
        secret: str,
        again: str | None = None,
    ) -> tuple[AccountRow, Sequence[str]]:
        """Connect an account, or connect it again; with `again` only that one."""
        from postflow_desktop.services.accounts import ConnectRequest

        seat = self._connection.seat()
        usual = self._connection.machine.endpoints[network]["service"]
        request = ConnectRequest(
            network=network,
            service=service or usual,
            username=username,
            secret=secret,
            again=again,
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

    def account_uses(self) -> Mapping[str, AccountUse]:
        """What became of the accounts' posts lately, and how much of them may go out."""
        seat = self._connection.seat()
        return seat.workspace.cluster.account_uses.of(seat.organization.id)

    def disconnect_plan(self, account_id: str) -> DisconnectPlan:
        """What disconnecting the account would concern."""
        from postflow_desktop.bootstrap.accounts import disconnect_service

        return disconnect_service(self._connection.seat()).plan(account_id)

    def disconnect(self, account_id: str, then: PostsThen | None) -> Disconnected:
        """Forget an account."""
        from postflow_desktop.bootstrap.accounts import disconnect_service

        return disconnect_service(self._connection.seat()).disconnect(account_id, then)

    def _submit(self, draft: LocalDraft, planned: PlannedTime | None, *, now: bool) -> Post:
        from postflow_desktop.domain.post import Variant
        from postflow_desktop.services.posts import NewPost

        seat = self._connection.seat()
        new = NewPost(
            text=draft.text,
            account_ids=draft.account_ids,
            media=draft.media,
            link_url=draft.link_url,
            card=draft.card,
            variants=tuple(
                Variant(
                    account_id=account_id,
                    text=draft.variants.get(account_id),
                    options=tuple(sorted(draft.options.get(account_id, {}).items())),
                )
                for account_id in draft.account_ids
                if account_id in draft.variants or draft.options.get(account_id)
            ),
            parts=draft.parts,
            first_comment=draft.first_comment,
            idempotency_key=f"draft:{draft.id}" if draft.post_id is None else None,
        )
        picture = None if draft.card is None else draft.card.picture
        items = (*draft.media, *(() if picture is None else (picture,)))
        data = {item.sha256: self._content(item) for item in items}
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
        pause=account.pause,
        preflight_minutes=account.preflight_minutes,
        user_id=account.user_id,
        last_error_fix=account.last_error_fix,
        last_error_at=account.last_error_at,
        last_checked_at=account.last_checked_at,
        last_refreshed_at=account.last_refreshed_at,
        scopes=account.scopes,
        renews=account.renews,
        renewable_until=account.renewable_until,
    )


def utc_now() -> datetime:
    """This machine's clock, for marks that decide nothing."""
    return datetime.now(UTC)
