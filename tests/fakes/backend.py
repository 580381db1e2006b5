"""A backend in memory for view models and widgets: it remembers what it was asked, fails on demand.

Stories that count run on the real parts (tests/window); this one is for what a screen does with
what it is given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from postflow_desktop.domain.account import AccountStatus, SignedIn, SocialAccount
from postflow_desktop.domain.account_use import AccountUse
from postflow_desktop.domain.errors import NetworkUnreachable, NotFound, PostFlowError
from postflow_desktop.domain.metrics import MeasuredPost
from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.domain.notice import Notice
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.own_rules import OwnRules
from postflow_desktop.domain.pause import Pause
from postflow_desktop.domain.post import LinkCard, Media, MediaKind, Post, PostStatus, Variant
from postflow_desktop.domain.problem import Problem
from postflow_desktop.domain.target import Target, TargetError, TargetStatus
from postflow_desktop.domain.telling import NoticeWishes, is_loud
from postflow_desktop.domain.text import count_graphemes, excerpt
from postflow_desktop.domain.time import PlannedTime
from postflow_desktop.domain.validation import problems
from postflow_desktop.media.reader import FileMediaReader
from postflow_desktop.services.attention import Answer
from postflow_desktop.services.disconnecting import (
    Disconnected,
    DisconnectPlan,
    PostsThen,
    Revoked,
)
from postflow_desktop.services.network_copies import NetworkCopy
from postflow_desktop.services.ports.attempts import AttemptHistory
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.media import HeldContent, MediaContent, Progress, read_all
from postflow_desktop.services.ports.organizations import OrganizationSettings, Role
from postflow_desktop.services.ports.replica import (
    AccountRow,
    AttentionRow,
    CalendarRow,
    Counts,
    OrganizationRow,
    PostDetail,
    PostHit,
)
from postflow_desktop.services.presence import Board
from postflow_desktop.ui.backend import Outlook, Place, WayIn, WorkspaceChoice
from tests.fakes.keyed_network import RULES
from tests.fakes.signing_in import FakeSignIn, FakeSignIns

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PLACE = Place(
    workspace_id="w-1",
    workspace_name="Corner Bakery",
    organization_id="o1",
    organization_name="Corner Bakery",
    timezone="Europe/Berlin",
    user_email="ana@example.com",
    user_name="Ana",
    is_sample=False,
    min_lead_minutes=0,
    user_id="u1",
)


def account_row(number: int = 1, network: Network = Network.BLUESKY) -> AccountRow:
    """A connected account."""
    return AccountRow(
        id=f"a{number}",
        network=network,
        username=f"bakery{number}.test",
        display_name=f"Bakery {number}",
        status=AccountStatus.ACTIVE,
        service="https://bsky.social",
        last_error_code=None,
        last_error_message=None,
        token_expires_at=None,
    )


def stored_account(row: AccountRow) -> SocialAccount:
    """The account behind a row, as far as rows tell."""
    return SocialAccount(
        id=row.id,
        organization_id="o1",
        network=row.network,
        user_id=row.user_id or row.username,
        username=row.username,
        status=row.status,
        sealed_access_token="sealed",
        created_at=NOW,
        updated_at=NOW,
    )


class MemoryDrafts:
    """The DraftStore port in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, LocalDraft] = {}
        self.blobs: dict[str, bytes] = {}

    def put(self, draft: LocalDraft) -> None:
        self.kept[draft.id] = draft

    def get(self, draft_id: str) -> LocalDraft | None:
        return self.kept.get(draft_id)

    def list(self, organization_id: str) -> Sequence[LocalDraft]:
        return [d for d in self.kept.values() if d.organization_id == organization_id]

    def delete(self, draft_id: str) -> None:
        self.kept.pop(draft_id, None)

    def put_media(self, media: Media, data: bytes) -> None:
        self.blobs[media.sha256] = data

    def media(self, sha256: str) -> bytes | None:
        return self.blobs.get(sha256)

    def put_file(
        self, media: Media, content: MediaContent, progress: Progress | None = None
    ) -> None:
        self.blobs[media.sha256] = read_all(content)

    def content(self, sha256: str) -> MediaContent | None:
        data = self.blobs.get(sha256)
        return None if data is None else HeldContent(data)


class MemoryReplica:
    """The Replica port over the backend's posts."""

    def __init__(self) -> None:
        self.posts: dict[str, Post] = {}
        self.targets: dict[str, list[Target]] = {}
        self.attempts: dict[str, list[AttemptHistory]] = {}
        self.metrics: dict[str, list[MeasuredPost]] = {}
        self.account_rows: list[AccountRow] = [account_row(1), account_row(2, Network.X)]
        self.paused: Pause | None = None
        self.settings = OrganizationSettings(min_lead_minutes=0)
        self.roles = {"u1": Role.OWNER, "u2": Role.MEMBER}
        self.notice_list: list[Notice] = []
        self.wishes = NoticeWishes()
        self.own_rules: dict[Network, OwnRules] = {}
        self.reads = 0

    def calendar(
        self,
        organization_id: str,
        start: datetime,
        end: datetime,
        *,
        account_ids: frozenset[str] | None = None,
    ) -> Sequence[CalendarRow]:
        self.reads += 1
        rows = [self._row(post) for post in self.posts.values() if post.scheduled_at]
        return sorted(
            (
                row
                for row in rows
                if start <= row.at < end
                and (account_ids is None or account_ids & set(row.account_ids))
            ),
            key=lambda row: (row.at, row.post_id),
        )

    def post(self, organization_id: str, post_id: str) -> PostDetail | None:
        post = self.posts.get(post_id)
        if post is None:
            return None
        targets = tuple(self.targets.get(post_id, ()))
        return PostDetail(
            post=post,
            targets=targets,
            attempts=tuple(self.attempts.get(post_id, ())),
            metrics=tuple(self.metrics.get(post_id, ())),
        )

    def accounts(self, organization_id: str) -> Sequence[AccountRow]:
        return list(self.account_rows)

    def pause(self, organization_id: str) -> Pause | None:
        return self.paused

    def attention(self, organization_id: str) -> Sequence[AttentionRow]:
        bad = (TargetStatus.FAILED, TargetStatus.MISSED, TargetStatus.NEEDS_ATTENTION)
        return [
            self._attention_row(target)
            for targets in self.targets.values()
            for target in targets
            if target.status in bad
        ]

    def drafts(self, organization_id: str) -> Sequence[PostHit]:
        return [
            _hit(post)
            for post in self.posts.values()
            if post.status is PostStatus.DRAFT and not post.scheduled_at
        ]

    def search(self, organization_id: str, words: str, *, limit: int = 20) -> Sequence[PostHit]:
        found = [p for p in self.posts.values() if words.lower() in p.text.lower()]
        return [_hit(post) for post in found[:limit]]

    def organization(self, organization_id: str) -> OrganizationRow | None:
        return OrganizationRow(
            settings=self.settings,
            pause=self.paused,
            roles=dict(self.roles),
            names={"u1": "Ana", "u2": "Ben"},
            rules=self.own_rules,
        )

    def posts_of(self, organization_id: str, target_ids: Sequence[str]) -> Mapping[str, PostHit]:
        return {
            target.id: _hit(self.posts[target.post_id])
            for targets in self.targets.values()
            for target in targets
            if target.id in target_ids
        }

    def notices(self, organization_id: str, *, limit: int = 100) -> Sequence[Notice]:
        newest = sorted(self.notice_list, key=lambda notice: notice.at, reverse=True)
        return newest[:limit]

    def unread_notices(self, organization_id: str, user_id: str) -> int:
        return sum(is_loud(n) and user_id not in n.read_by for n in self.notice_list)

    def notice_wishes(self, user_id: str) -> NoticeWishes:
        return self.wishes

    def counts(self, organization_id: str) -> Counts:
        states = [post.status for post in self.posts.values()]
        return Counts(
            drafts=states.count(PostStatus.DRAFT),
            planned=states.count(PostStatus.SCHEDULED),
            attention=len(self.attention(organization_id)),
        )

    def _row(self, post: Post) -> CalendarRow:
        networks = {row.id: row.network for row in self.account_rows}
        return CalendarRow(
            post_id=post.id,
            at=post.published_at or post.scheduled_at or post.created_at,
            title=excerpt(post.text),
            status=post.status,
            failure_code=post.failure_code,
            networks=tuple(dict.fromkeys(networks[a] for a in post.account_ids if a in networks)),
            account_ids=post.account_ids,
            has_media=bool(post.media),
            movable=post.status is PostStatus.SCHEDULED,
        )

    def _attention_row(self, target: Target) -> AttentionRow:
        names = {row.id: row.username for row in self.account_rows}
        return AttentionRow(
            target_id=target.id,
            post_id=target.post_id,
            account_id=target.account_id,
            username=names.get(target.account_id, ""),
            network=target.network,
            status=target.status.value,
            at=target.scheduled_at,
            title=excerpt(self.posts[target.post_id].text),
            error=target.last_error,
        )


@dataclass
class FakeBackend:
    """Fits `ui.backend.Backend`."""

    replica: MemoryReplica = field(default_factory=MemoryReplica)
    drafts: MemoryDrafts = field(default_factory=MemoryDrafts)
    cards: dict[str, LinkCard] = field(default_factory=dict)
    """What the pages behind links say; all others can't be reached."""
    card_note: str = ""
    here: Place | None = PLACE
    calls: list[tuple[object, ...]] = field(default_factory=list)
    failure: PostFlowError | None = None
    """The next command raises this, once."""
    seen: Board = field(default_factory=lambda: Board(at=NOW, here="m-1"))
    """The board of publishers."""
    warning: str = ""
    network_copies: list[NetworkCopy] = field(default_factory=list)
    """What is said about who will be awake."""
    outlooks: tuple[Outlook, ...] = ()
    """What stands before the workspaces, as their clusters have it."""
    browser: FakeSignIns = field(default_factory=FakeSignIns)
    """Signing in in the browser."""
    uses: dict[str, AccountUse] = field(default_factory=dict)
    """How the accounts are used, as the cluster has it."""
    plan: DisconnectPlan = field(
        default_factory=lambda: DisconnectPlan(account=stored_account(account_row()), waiting=0)
    )
    """What disconnecting an account would concern."""
    asked: list[PlannedTime] = field(default_factory=list)
    """The times for which that was asked."""

    # --- for tests --------------------------------------------------------------------------

    def add_post(
        self,
        text: str = "Hello",
        *,
        at: datetime | None = NOW + timedelta(days=1),
        status: PostStatus = PostStatus.SCHEDULED,
        accounts: tuple[str, ...] = ("a1",),
        media: tuple[Media, ...] = (),
        target_status: TargetStatus | None = None,
        error: TargetError | None = None,
    ) -> Post:
        """A post with its targets; drafts have none."""
        number = len(self.replica.posts) + 1
        post = Post(
            id=f"p{number}",
            organization_id="o1",
            created_by="u1",
            status=status,
            text=text,
            media=media,
            account_ids=accounts,
            scheduled_at=at,
            timezone="Europe/Berlin",
            published_at=at if status is PostStatus.PUBLISHED else None,
            created_at=NOW,
            updated_at=NOW,
        )
        self.replica.posts[post.id] = post
        if status is not PostStatus.DRAFT:
            state = target_status or _TARGET[status]
            self.replica.targets[post.id] = [
                self._target(post, account, state, error) for account in accounts
            ]
        return post

    def _target(
        self, post: Post, account: str, status: TargetStatus, error: TargetError | None
    ) -> Target:
        networks = {row.id: row.network for row in self.replica.account_rows}
        when = post.scheduled_at or NOW
        out = status is TargetStatus.PUBLISHED
        result = PublishResult(external_id="x", url=f"https://example.com/{post.id}")
        return Target(
            id=f"{post.id}-{account}",
            organization_id="o1",
            post_id=post.id,
            account_id=account,
            network=networks.get(account, Network.BLUESKY),
            status=status,
            scheduled_at=when,
            not_before=when,
            content_hash="0" * 64,
            created_at=NOW,
            updated_at=NOW,
            timezone="Europe/Berlin",
            last_error=error,
            result=result if out else None,
            published_at=when if out else None,
        )

    def _called(self, *call: object) -> None:
        self.calls.append(call)
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure

    # --- where we are -----------------------------------------------------------------------

    def place(self) -> Place | None:
        return self.here

    def workspaces(self) -> Sequence[WorkspaceChoice]:
        return [WorkspaceChoice(id="w-1", name="Corner Bakery", current=True)]

    def rules(self, network: Network) -> NetworkRules:
        return replace(RULES, network=network, title=network.value.title())

    def measure(self, network: Network, text: str) -> int:
        return count_graphemes(text)

    def problems(
        self,
        network: Network,
        text: str,
        media: Sequence[Media],
        rules: NetworkRules | None = None,
    ) -> list[Problem]:
        return problems(rules or self.rules(network), text, media)

    def connectable(self) -> Sequence[Network]:
        return (Network.BLUESKY, *self.browser.browser_networks)

    def by_browser(self) -> Sequence[Network]:
        return self.browser.browser_networks

    def either_way(self) -> Sequence[Network]:
        return self.browser.either_way

    # --- commands ---------------------------------------------------------------------------

    def read_media(self, path: Path, alt: str, progress: Progress | None = None) -> Media:
        self._called("read_media", path, alt)
        if path.suffix in {".mp4", ".mov", ".pdf"}:
            media, content = FileMediaReader().read(path, alt, progress)
            self.drafts.put_file(media, content, progress)
            return media
        return self.read_image(path.read_bytes(), alt)

    def bring_media(self, items: Sequence[Media], progress: Progress) -> None:
        self._called("bring_media", tuple(items))

    def read_image(self, data: bytes, alt: str) -> Media:
        self._called("read_image", len(data), alt)
        digest = hashlib.sha256(data).hexdigest()
        media = Media(
            kind=MediaKind.IMAGE,
            sha256=digest,
            mime="image/png",
            size=len(data),
            width=800,
            height=600,
            alt=alt,
        )
        self.drafts.put_media(media, data)
        return media

    def media_bytes(self, sha256: str) -> bytes:
        data = self.drafts.media(sha256)
        if data is None:
            raise NotFound("That picture is gone.", code="media_gone")
        return data

    def fetch_card(self, link: str, *, again: bool) -> tuple[LinkCard, str]:
        self._called("fetch_card", link, again)
        if link not in self.cards:
            raise NetworkUnreachable(f"{link} can't be reached.", fix="Try again later.")
        return self.cards[link], self.card_note

    def save_draft(self, draft: LocalDraft) -> Post:
        self._called("save_draft", draft)
        return self._store(draft, None)

    def schedule(self, draft: LocalDraft, planned: PlannedTime) -> Post:
        self._called("schedule", draft, planned)
        return self._store(draft, planned.utc)

    def publish(self, draft: LocalDraft) -> Post:
        self._called("publish", draft)
        return self._store(draft, NOW)

    def _store(self, draft: LocalDraft, at: datetime | None) -> Post:
        status = PostStatus.DRAFT if at is None else PostStatus.SCHEDULED
        made = self.add_post(
            draft.text, at=at, status=status, accounts=draft.account_ids, media=draft.media
        )
        variants = tuple(Variant(account_id=a, text=t) for a, t in draft.variants.items())
        post = replace(made, variants=variants, link_url=draft.link_url, card=draft.card)
        self.replica.posts[post.id] = post
        return post

    def move(self, post_id: str, planned: PlannedTime) -> Post:
        self._called("move", post_id, planned)
        moved = replace(self.replica.posts[post_id], scheduled_at=planned.utc)
        self.replica.posts[post_id] = moved
        self.replica.targets[post_id] = [
            replace(t, scheduled_at=planned.utc, not_before=planned.utc)
            for t in self.replica.targets.get(post_id, [])
        ]
        return moved

    def publish_now(self, post_id: str) -> Post:
        self._called("publish_now", post_id)
        return self.replica.posts[post_id]

    def cancel(self, post_id: str) -> None:
        self._called("cancel", post_id)
        post = self.replica.posts[post_id]
        self.replica.posts[post_id] = replace(post, status=PostStatus.DRAFT, scheduled_at=None)

    def retry(self, post_id: str) -> Post:
        self._called("retry", post_id)
        return self.replica.posts[post_id]

    def delete(self, post_id: str, *, everywhere: bool) -> None:
        self._called("delete", post_id, everywhere)
        del self.replica.posts[post_id]
        self.replica.targets.pop(post_id, None)

    def answer(self, target_id: str, answer: Answer, url: str) -> Target:
        self._called("answer", target_id, answer, url)
        return next(t for ts in self.replica.targets.values() for t in ts if t.id == target_id)

    def board(self) -> Board:
        return self.seen

    def coverage(self, planned: PlannedTime) -> str:
        self.asked.append(planned)
        return self.warning

    def refresh_metrics(self, post_id: str) -> None:
        self._called("refresh_metrics", post_id)

    def copies(self, post_id: str) -> Sequence[NetworkCopy]:
        self._called("copies", post_id)
        return self.network_copies

    def mark_read(self, keys: Sequence[str] | None) -> None:
        self._called("mark_read", keys)

    def keep_back(self, target_id: str, reason: str) -> None:
        self._called("keep_back", target_id, reason)
        self._change_target(target_id, hold=Pause(reason=reason, by="u1", at=NOW))

    def let_out(self, target_id: str) -> None:
        self._called("let_out", target_id)
        self._change_target(target_id, hold=None)

    def postpone(self, target_id: str, minutes: int) -> None:
        self._called("postpone", target_id, minutes)

    def _change_target(self, target_id: str, *, hold: Pause | None) -> None:
        for targets in self.replica.targets.values():
            targets[:] = [replace(t, hold=hold) if t.id == target_id else t for t in targets]

    def pause_all(self, reason: str) -> Pause:
        self._called("pause_all", reason)
        self.replica.paused = Pause(reason=reason, by="u1", at=NOW)
        return self.replica.paused

    def resume_all(self) -> None:
        self._called("resume_all")
        self.replica.paused = None

    def pause_account(self, account_id: str, reason: str) -> Pause:
        self._called("pause_account", account_id, reason)
        pause = Pause(reason=reason, by="u1", at=NOW)
        self._change_account(account_id, pause=pause)
        return pause

    def resume_account(self, account_id: str) -> None:
        self._called("resume_account", account_id)
        self._change_account(account_id, pause=None)

    def set_preflight(self, account_id: str, minutes: int) -> None:
        self._called("set_preflight", account_id, minutes)
        self._change_account(account_id, preflight_minutes=minutes)

    def _change_account(self, account_id: str, **changes: Any) -> None:
        rows = self.replica.account_rows
        rows[:] = [replace(row, **changes) if row.id == account_id else row for row in rows]

    def change_settings(self, settings: OrganizationSettings) -> None:
        self._called("change_settings", settings)
        self.replica.settings = settings

    def way_in(self, network: Network, again: str | None = None) -> WayIn:
        self._called("way_in", network)
        return self.browser.way_in(network)

    def set_client(self, network: Network, client_id: str, secret: str, redirect: str) -> WayIn:
        self._called("set_client", network, client_id)
        return self.browser.set_client(network, client_id, secret, redirect)

    def begin_sign_in(
        self, network: Network, again: str | None = None, *, username: str = "", service: str = ""
    ) -> FakeSignIn:
        self._called("begin_sign_in", network, again)
        self.browser.asked.append((username, service))
        return self.browser.begin()

    def keep_signed_in(
        self, network: Network, chosen: Sequence[SignedIn], again: str | None
    ) -> Sequence[AccountRow]:
        self._called("keep_signed_in", network)
        rows = self.browser.keep(network, chosen, again, account_row(1))
        self.replica.account_rows += rows
        return rows

    def connect(
        self,
        network: Network,
        service: str,
        username: str,
        secret: str,
        again: str | None = None,
    ) -> tuple[AccountRow, Sequence[str]]:
        self._called("connect", network, service, username, *([again] if again else []))
        row = replace(account_row(len(self.replica.account_rows) + 1), username=username)
        self.replica.account_rows.append(row)
        return row, ()

    def check_account(self, account_id: str) -> str:
        self._called("check_account", account_id)
        return "The account works."

    def account_uses(self) -> Mapping[str, AccountUse]:
        return self.uses

    def disconnect_plan(self, account_id: str) -> DisconnectPlan:
        self._called("disconnect_plan", account_id)
        return replace(self.plan, account=stored_account(self._row_of(account_id)))

    def disconnect(self, account_id: str, then: PostsThen | None = None) -> Disconnected:
        self._called("disconnect", account_id, *([then.value] if then else []))
        row, rows = self._row_of(account_id), self.replica.account_rows
        kept = self.plan.waiting if then is PostsThen.KEEP else 0
        if not kept:
            self.replica.account_rows = [row for row in rows if row.id != account_id]
        return Disconnected(account=stored_account(row), sign_in=Revoked.REVOKED, kept=kept)

    def _row_of(self, account_id: str) -> AccountRow:
        return next(row for row in self.replica.account_rows if row.id == account_id)

    # --- every workspace --------------------------------------------------------------------

    def outlook(self) -> Sequence[Outlook]:
        return self.outlooks

    def pause_everywhere(self, reason: str) -> None:
        self._called("pause_everywhere", reason)

    def resume_everywhere(self) -> None:
        self._called("resume_everywhere")

    def sync_now(self) -> None:
        self._called("sync_now")

    # --- people and places ------------------------------------------------------------------

    def explore(self) -> Place:
        self._called("explore")
        self.here = replace(PLACE, is_sample=True)
        return self.here

    def remove_sample(self) -> None:
        self._called("remove_sample")
        self.here = None

    def create_place(
        self, *, workspace: str, uri: str, email: str, name: str, password: str, organization: str
    ) -> tuple[Place, str]:
        self._called("create_place", workspace, uri, email, name, organization)
        self.here = replace(PLACE, workspace_name=workspace, user_email=email)
        return self.here, "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE-FFFFF"

    def sign_in(
        self, *, workspace: str, uri: str, email: str, password: str, recovery: str
    ) -> Place:
        self._called("sign_in", workspace, uri, email)
        self.here = replace(PLACE, user_email=email)
        return self.here

    def sign_out(self) -> None:
        self._called("sign_out")
        self.here = None

    def switch(self, workspace_id: str) -> Place:
        self._called("switch", workspace_id)
        return PLACE


def _hit(post: Post) -> PostHit:
    return PostHit(
        post_id=post.id, title=excerpt(post.text), status=post.status, at=post.scheduled_at
    )


_TARGET = {
    PostStatus.SCHEDULED: TargetStatus.PENDING,
    PostStatus.QUEUED: TargetStatus.PENDING,
    PostStatus.PUBLISHING: TargetStatus.SENDING,
    PostStatus.PUBLISHED: TargetStatus.PUBLISHED,
    PostStatus.FAILED: TargetStatus.FAILED,
}


def as_backend(fake: FakeBackend) -> object:
    """Held against the Protocol by mypy."""
    from postflow_desktop.ui.backend import Backend

    checked: Backend = fake
    return checked
