"""Posts as people handle them: write, look at, cancel, delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from postflow_desktop.domain import authoring, options
from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.errors import Conflict, InvalidInput, NotFound
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.pause import Pauses
from postflow_desktop.domain.plan import Meter
from postflow_desktop.domain.post import LinkCard, Media, MediaKind, Post, PostStatus, Variant
from postflow_desktop.domain.target import OPEN_STATES, UNDER_WAY, Target, TargetStatus
from postflow_desktop.services.permissions import Action, require
from postflow_desktop.services.ports.accounts import AccountStore
from postflow_desktop.services.ports.attempts import AttemptHistory, AttemptStore
from postflow_desktop.services.ports.entitlements import Taking, without_end
from postflow_desktop.services.ports.media import MediaContent, MediaReader, MediaStore
from postflow_desktop.services.ports.organizations import Membership
from postflow_desktop.services.ports.posts import PostPage, PostStore
from postflow_desktop.services.ports.publisher import Publisher
from postflow_desktop.services.ports.sessions import SessionSource
from postflow_desktop.services.ports.targets import TargetStore
from postflow_desktop.services.publishing.summaries import refresh_summary

MAX_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """A picture, video or document file with its description."""

    path: Path
    alt: str = ""
    title: str | None = None
    """Of a document, in place of its file's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPost:
    """What a person wrote."""

    text: str
    account_ids: tuple[str, ...]
    files: tuple[MediaFile, ...] = ()
    media: tuple[Media, ...] = ()
    """What was read before; its bytes are handed over beside."""
    link_url: str | None = None
    card: LinkCard | None = None
    """Of its link; its picture's bytes are handed over beside."""
    variants: tuple[Variant, ...] = ()
    parts: tuple[str, ...] = ()
    """Further parts of a thread."""
    first_comment: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostView:
    """A post with everything that became of it."""

    post: Post
    targets: tuple[Target, ...]
    attempts: tuple[AttemptHistory, ...]
    networks: Mapping[str, Network]
    """Network per account id."""
    pauses: Pauses = field(default_factory=Pauses)
    """What keeps its targets back, besides their own holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostParts:
    """The ports of the post use cases, for one member of one organization."""

    actor: Membership
    posts: PostStore
    targets: TargetStore
    attempts: AttemptStore
    accounts: AccountStore
    media: MediaStore
    reader: MediaReader
    publishers: Mapping[Network, Publisher]
    sessions: SessionSource
    pauses: Callable[[], Pauses] = Pauses
    """The pauses that stand in the organization."""
    taking: Taking = without_end
    """Room in the plan for one more post."""


class PostService:
    """Writing, showing, canceling and deleting posts of one organization."""

    def __init__(self, parts: PostParts) -> None:
        self._parts = parts
        self._organization_id = parts.actor.organization_id

    def known(self, idempotency_key: str | None) -> Post | None:
        """The post that was created with that key before, if any."""
        return self._parts.posts.by_key(self._organization_id, idempotency_key)

    def compose(
        self, new: NewPost, known: Mapping[str, MediaContent] | None = None
    ) -> tuple[Post, dict[str, MediaContent]]:
        """Check what was written and read its files; stores nothing yet.

        `known`: the bytes of `new.media` by sha256.
        """
        require(self._parts.actor, Action.WRITE_POSTS)
        _check_new(new)
        accounts = self.accounts(new.account_ids)
        _check_variants(new.variants, accounts)
        media: list[Media] = list(new.media)
        data: dict[str, MediaContent] = dict(known or {})
        for file in new.files:
            item, content = self._parts.reader.read(file.path, file.alt)
            media.append(_titled(item, file))
            data[item.sha256] = content
        now = self._parts.targets.now()
        post = Post(
            id=self._parts.posts.new_id(),
            organization_id=self._organization_id,
            created_by=self._parts.actor.user_id,
            status=PostStatus.DRAFT,
            text=new.text,
            link_url=new.link_url,
            variants=self._settled(new.variants, accounts),
            parts=new.parts,
            first_comment=new.first_comment,
            media=tuple(media),
            card=new.card,
            account_ids=tuple(account.id for account in accounts),
            idempotency_key=new.idempotency_key,
            created_at=now,
            updated_at=now,
        )
        return post, data

    def _settled(
        self, variants: Sequence[Variant], accounts: Sequence[SocialAccount]
    ) -> tuple[Variant, ...]:
        """The same without choices that are as usual there, so that they are the same content."""
        networks = {account.id: account.network for account in accounts}
        settled = []
        for variant in variants:
            publisher = self._parts.publishers.get(networks[variant.account_id])
            specs = () if publisher is None else publisher.rules.options
            settled.append(replace(variant, options=options.settled(specs, variant.options)))
        return tuple(settled)

    def save(self, post: Post, data: Mapping[str, MediaContent]) -> Post:
        """Store a composed post; its media first, so that a post never lacks them.

        LimitReached (`plan_limit`).
        """
        for item in post.media:
            self._parts.media.put(post.organization_id, item, data[item.sha256])
        self._put_card_picture(post, data)
        with self._parts.taking(post.organization_id, Meter.POSTS_PER_MONTH) as room:
            return self._parts.posts.add(post, room)

    def put_card(self, post: Post, card: LinkCard, data: Mapping[str, MediaContent]) -> Post:
        """Give a stored post the card of its link; as it is where it was changed meanwhile."""
        carded = replace(post, card=card)
        self._put_card_picture(carded, data)
        return self._parts.posts.replace_content(carded) or self.writable(post.id)

    def _put_card_picture(self, post: Post, data: Mapping[str, MediaContent]) -> None:
        picture = None if post.card is None else post.card.picture
        if picture is not None and picture.sha256 in data:
            self._parts.media.put(post.organization_id, picture, data[picture.sha256])

    def rewrite(self, post: Post, new: NewPost, known: Mapping[str, MediaContent]) -> Post:
        """Give a stored post other content; its accounts and media go with it.

        Conflict (`changed_meanwhile`) where somebody else changed it since `post` was read.
        """
        composed, data = self.compose(new, known)
        changed = replace(
            composed,
            id=post.id,
            created_by=post.created_by,
            created_at=post.created_at,
            status=post.status,
            idempotency_key=post.idempotency_key,
            rev=post.rev,
        )
        for item in changed.media:
            if item.sha256 in data:
                self._parts.media.put(changed.organization_id, item, data[item.sha256])
        self._put_card_picture(changed, data)
        saved = self._parts.posts.replace_content(changed)
        if saved is None:
            raise Conflict(
                "Somebody changed this post meanwhile; your text is kept here.",
                code="changed_meanwhile",
                fix="Open the post again and compare, then save yours.",
            )
        return saved

    def accounts(self, account_ids: Sequence[str]) -> list[SocialAccount]:
        """The accounts with these ids, each once; NotFound names the first unknown one."""
        found = []
        for account_id in dict.fromkeys(account_ids):
            account = self._parts.accounts.get(self._organization_id, account_id)
            if account is None:
                raise NotFound(
                    f"There is no account '{account_id}' in this organization.",
                    code="unknown_account",
                    fix="List the accounts with `postflow account list`.",
                )
            found.append(account)
        return found

    def get(self, post_id: str) -> Post:
        """One post; NotFound."""
        post = self._parts.posts.get(self._organization_id, post_id)
        if post is None:
            raise NotFound(
                f"There is no post '{post_id}' in this organization.",
                code="unknown_post",
                fix="List the posts with `postflow post list`.",
            )
        return post

    def writable(self, post_id: str) -> Post:
        """One post, for who may change it; NotFound, NotAllowed (`role_too_small`)."""
        require(self._parts.actor, Action.WRITE_POSTS)
        return self.get(post_id)

    def show(self, post_id: str) -> PostView:
        """A post with its targets and attempts."""
        post = self.get(post_id)
        organization_id = self._organization_id
        targets = tuple(self._parts.targets.of_posts(organization_id, [post.id]))
        attempts = self._parts.attempts.of_targets(organization_id, [t.id for t in targets])
        accounts = self._parts.accounts.list(organization_id)
        networks = {account.id: account.network for account in accounts}
        networks |= {target.account_id: target.network for target in targets}
        kept = any(target.status in OPEN_STATES for target in targets)
        return PostView(
            post=post,
            targets=targets,
            attempts=tuple(attempts),
            networks=networks,
            pauses=self._parts.pauses() if kept else Pauses(),
        )

    def page(self, *, status: PostStatus | None, cursor: str | None, limit: int) -> PostPage:
        """Posts newest first; InvalidInput (`bad_cursor`, `bad_limit`)."""
        if not 1 <= limit <= MAX_PAGE:
            raise InvalidInput(
                f"A page can't have {limit} posts.", code="bad_limit", fix=f"Use 1 to {MAX_PAGE}."
            )
        return self._parts.posts.page(
            self._organization_id, status=status, cursor=cursor, limit=limit
        )

    def cancel(self, post_id: str) -> list[Target]:
        """Cancel every target that can be; once this returns, nothing of them can be sent.

        Conflict (`under_way`, `nothing_to_cancel`) where no target could be canceled.
        """
        post = self.writable(post_id)
        targets = self._parts.targets.of_posts(post.organization_id, [post.id])
        canceled = [c for t in targets if (c := self._parts.targets.cancel(t)) is not None]
        refresh_summary(self._parts.posts, self._parts.targets, post.organization_id, post.id)
        if not canceled:
            raise self._why_not_canceled(post)
        return canceled

    def delete(self, post_id: str, *, everywhere: bool) -> None:
        """Delete a post, with `everywhere` on the networks too.

        Conflict where it is being sent, or is out and may only be deleted everywhere.
        """
        post = self.writable(post_id)
        targets = self._parts.targets.of_posts(post.organization_id, [post.id])
        out = [target for target in targets if target.is_begun]
        if out and not everywhere:
            raise Conflict(
                f"This post is out on {len(out)} account(s); nothing was deleted.",
                code="published",
                fix="Add --everywhere to delete it on the networks too.",
            )
        for target in targets:
            if target.status not in (TargetStatus.PUBLISHED, TargetStatus.CANCELED):
                self._cancel_or_refuse(post, target)
        for target in out:
            self._delete_there(target)
        # The tombstone must not look planned, or every sweep would come back to it.
        refresh_summary(self._parts.posts, self._parts.targets, post.organization_id, post.id)
        self._parts.posts.delete(post.organization_id, post.id)

    def _cancel_or_refuse(self, post: Post, target: Target) -> None:
        if self._parts.targets.cancel(target) is None:
            raise self._why_not_canceled(post)

    def _delete_there(self, target: Target) -> None:
        """Everything that is out of it, the last first."""
        post = None if target.result is None else target.result.external_id
        steps = [step.external_id for step in target.steps if step.n and step.is_out]
        found = [external_id for external_id in (post, *steps) if external_id is not None]
        if not found:
            return
        session = self._parts.sessions.open(target.organization_id, target.account_id)
        for external_id in reversed(found):
            self._parts.publishers[target.network].delete(session, external_id)

    def _why_not_canceled(self, post: Post) -> Conflict:
        targets = self._parts.targets.of_posts(post.organization_id, [post.id])
        if any(target.status in UNDER_WAY for target in targets):
            return Conflict(
                "This post is being sent right now; it can't be canceled any more.",
                code="under_way",
                fix="Wait a moment, then look at it with `postflow post show`.",
            )
        return Conflict(
            f"Nothing of this post is planned (it is {post.status.value}).",
            code="nothing_to_cancel",
            fix="Look at it with `postflow post show`.",
        )


def _titled(item: Media, file: MediaFile) -> Media:
    if file.title is None:
        return item
    if item.kind is not MediaKind.DOCUMENT:
        raise InvalidInput(
            f"'{file.path}' is no document; only documents have a title.",
            code="stray_title",
            fix="Describe it with --alt instead.",
        )
    return replace(item, title=file.title.strip())


def _check_new(new: NewPost) -> None:
    pictures = len(new.files) + len(new.media)
    if not new.text.strip() and not pictures and not new.link_url:
        raise InvalidInput(
            "The post is empty: it has neither text nor media.",
            code="empty_post",
            fix="Give it a text (--text), or a picture, video or document (--media).",
        )
    variants = (variant.text or "" for variant in new.variants)
    texts = (new.text, *new.parts, new.first_comment or "", *variants)
    authoring.check_texts(texts, [*(file.alt for file in new.files), *(m.alt for m in new.media)])
    titles = [*(file.title for file in new.files), *(m.title for m in new.media)]
    authoring.check_titles([title for title in titles if title is not None])
    authoring.check_counts(media=pictures, accounts=len(new.account_ids))
    authoring.check_parts(new.parts)
    for link in (new.link_url, *(variant.link_url for variant in new.variants)):
        authoring.check_link(link)
    for variant in new.variants:
        authoring.check_options(variant.options)
    authoring.check_card(new.card)
    authoring.check_key(new.idempotency_key)


def _check_variants(variants: Sequence[Variant], accounts: Sequence[SocialAccount]) -> None:
    known = {account.id for account in accounts}
    for variant in variants:
        if variant.account_id not in known:
            raise InvalidInput(
                f"There is a variant for '{variant.account_id}', which the post does not go to.",
                code="stray_variant",
                fix="Add the account with --account, or remove the variant.",
            )
