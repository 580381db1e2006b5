"""From what a person wrote to a stored, planned post: every check first, then every write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.errors import Conflict
from postflow_desktop.domain.link_card import card_link
from postflow_desktop.domain.payload import Payload, payload_for
from postflow_desktop.domain.post import Post
from postflow_desktop.domain.step import content_of
from postflow_desktop.domain.target import UNDER_WAY, Target, TargetStatus
from postflow_desktop.domain.time import PlannedTime, plan_instant
from postflow_desktop.services.link_cards import CardWish, LinkCards
from postflow_desktop.services.planning import PLANNABLE, PlanningService
from postflow_desktop.services.ports.media import MediaContent
from postflow_desktop.services.posts import NewPost, PostService
from postflow_desktop.services.queueing import QueueService

_DONE_BY_OTHERS = frozenset({"already_scheduled", "changed_meanwhile", "nothing_to_plan"})
"""How planning ends where it was done a moment ago, or the post is on its way already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """When a post is to go out: at a time, now, by its queues, or (none of them) not yet."""

    planned: PlannedTime | None = None
    now: bool = False
    """The now of storing, not of typing."""
    queue: bool = False

    def __bool__(self) -> bool:
        return self.now or self.queue or self.planned is not None


class SubmitService:
    """Creates posts and plans them in one go."""

    def __init__(
        self,
        posts: PostService,
        planning: PlanningService,
        queueing: QueueService,
        cards: LinkCards,
    ) -> None:
        self._cards = cards
        self._posts = posts
        self._planning = planning
        self._queueing = queueing

    def create(
        self, new: NewPost, planned: PlannedTime | None, *, now: bool, queue: bool = False
    ) -> Post:
        """A draft, or a post planned for a time, for now or for the next slots of its queues.

        With an idempotency key that was used before, the post that it made; if that one was never
        planned (the first try died in between), it is planned now.
        """
        wish = _Wish(planned=planned, now=now, queue=queue)
        known = self._posts.known(new.idempotency_key)
        if known is not None:
            return self._resume(known, wish)
        self._check_time(wish)
        post, data = self._posts.compose(*self._carded(new, {}))
        accounts = self._posts.accounts(post.account_ids)
        self._check(post, accounts, wish)
        if wish.queue:
            self._queueing.check_room(accounts)
        saved = self._posts.save(post, data)
        if saved.id != post.id:
            # Somebody used the same key at the same moment; theirs is the post.
            return self._resume(saved, wish)
        if new.idempotency_key is None:
            self._plan(saved, accounts, wish)
        else:
            self._plan_once(saved, accounts, wish)
        return saved

    def compose(
        self,
        new: NewPost,
        data: Mapping[str, MediaContent],
        planned: PlannedTime | None,
        *,
        now: bool,
    ) -> Post:
        """As `create`, for media that were read before."""
        wish = _Wish(planned=planned, now=now)
        self._check_time(wish)
        if wish:
            new, data = self._carded(new, data)
        post, known = self._posts.compose(new, data)
        accounts = self._posts.accounts(post.account_ids)
        self._check(post, accounts, wish)
        saved = self._posts.save(post, known)
        self._plan(saved, accounts, wish)
        return saved

    def update(
        self,
        post_id: str,
        new: NewPost,
        data: Mapping[str, MediaContent],
        planned: PlannedTime | None,
        *,
        now: bool,
    ) -> Post:
        """Give a post other content and, if asked, another time.

        Without a time what is planned keeps its own, and its slot; accounts that are new go with
        it. Conflict (`already_out`, `changed_meanwhile`): what is out or being sent can't be
        changed.
        """
        post = self._posts.writable(post_id)
        targets = self._posts.show(post_id).targets
        if any(_is_fixed(target) for target in targets):
            raise Conflict(
                "This post is out or being sent; it can't be changed any more.",
                code="already_out",
                fix="Use it as a new post.",
            )
        wish = _Wish(planned=planned, now=now)
        self._check_time(wish)
        accounts = self._posts.accounts(new.account_ids)
        pending = [target for target in targets if target.status is TargetStatus.PENDING]
        keeping = not wish and bool(pending)
        asking = _beside(accounts, targets) if keeping else accounts
        wish = _as_the_others(pending) if keeping else wish
        same_link = card_link(new.text, new.link_url) == card_link(post.text, post.link_url)
        if wish and not (targets and same_link):
            new, data = self._carded(new, data)
        if wish or any(target.is_begun for target in targets):
            composed, _ = self._posts.compose(new, data)
            _check_beginnings(post, composed, targets)
            if wish:
                self._planning.check_content(composed, accounts)
        if wish.queue:
            self._queueing.check(asking)
        saved = self._posts.rewrite(post, new, data)
        self._planning.withdraw(saved)
        if keeping:
            self._planning.keep(saved, accounts)
        if asking:
            self._plan(saved, asking, wish)
        return saved

    def retry(self, post_id: str) -> list[Target]:
        """Make due now what failed or was missed; what is out stays."""
        post = self._posts.writable(post_id)
        accounts = self._posts.accounts(post.account_ids)
        self._planning.check_content(post, accounts)
        return self._planning.retry(post, accounts)

    def schedule(self, post_id: str, planned: PlannedTime) -> list[Target]:
        """Put an existing post to a time; out of its slots, where it has some."""
        return self._put(post_id, _Wish(planned=planned))

    def queue(self, post_id: str) -> list[Target]:
        """Put an existing post into the queues of its accounts; what has a slot keeps it."""
        return self._put(post_id, _Wish(queue=True))

    def publish(self, post_id: str) -> list[Target]:
        """Make an existing post due now."""
        return self._put(post_id, _Wish(now=True))

    def _put(self, post_id: str, wish: _Wish) -> list[Target]:
        self._check_time(wish)
        post = self._stored_with_card(self._posts.writable(post_id))
        accounts = self._posts.accounts(post.account_ids)
        self._check(post, accounts, wish)
        return self._plan(post, accounts, wish)

    def _carded(
        self, new: NewPost, data: Mapping[str, MediaContent]
    ) -> tuple[NewPost, Mapping[str, MediaContent]]:
        """The same with the card of its link, where it lacks one and the page can be read."""
        fetched = self._cards.for_post(
            CardWish(
                text=new.text,
                link_url=new.link_url,
                card=new.card,
                has_media=bool(new.media or new.files),
                networks=tuple(a.network for a in self._posts.accounts(new.account_ids)),
            )
        )
        return (
            (new, data)
            if fetched is None
            else (
                replace(new, card=fetched.card),
                {**data, **fetched.data},
            )
        )

    def _stored_with_card(self, post: Post) -> Post:
        """A draft gets its card at the latest now; what was planned before keeps its content."""
        if self._posts.show(post.id).targets:
            return post
        fetched = self._cards.for_post(
            CardWish(
                text=post.text,
                link_url=post.link_url,
                card=post.card,
                has_media=bool(post.media),
                networks=tuple(a.network for a in self._posts.accounts(post.account_ids)),
            )
        )
        return post if fetched is None else self._posts.put_card(post, fetched.card, fetched.data)

    def _resume(self, post: Post, wish: _Wish) -> Post:
        if wish and not self._posts.show(post.id).targets:
            accounts = self._posts.accounts(post.account_ids)
            self._planning.check_content(post, accounts)
            self._plan_once(post, accounts, wish)
        return post

    def _check_time(self, wish: _Wish) -> None:
        if wish.planned is not None:
            self._planning.check_time(wish.planned)

    def _check(self, post: Post, accounts: list[SocialAccount], wish: _Wish) -> None:
        if wish:
            self._planning.check_content(post, accounts)
        if wish.queue:
            self._queueing.check(accounts)

    def _plan_once(self, post: Post, accounts: list[SocialAccount], wish: _Wish) -> None:
        """As `_plan`, beside others who use the same key at the same moment: one of us does it."""
        try:
            self._plan(post, accounts, wish)
        except Conflict as error:
            if error.code not in _DONE_BY_OTHERS:
                raise

    def _plan(self, post: Post, accounts: list[SocialAccount], wish: _Wish) -> list[Target]:
        if wish.queue:
            return self._queueing.put(post, accounts)
        planned = self._planning.now() if wish.now else wish.planned
        return [] if planned is None else self._planning.schedule(post, accounts, planned)


def _as_the_others(pending: Sequence[Target]) -> _Wish:
    """When an account that joins a planned post gets it: as the others by time or by queue."""
    chosen = next((target for target in pending if not target.from_queue), None)
    if chosen is None:
        return _Wish(queue=True)
    return _Wish(planned=plan_instant(chosen.scheduled_at, chosen.timezone or "UTC"))


def _is_fixed(target: Target) -> bool:
    """Whether nothing of it can be changed; what failed half-way can, from there on."""
    between = target.status is TargetStatus.PENDING and target.is_begun
    return between or target.status in UNDER_WAY | {TargetStatus.PUBLISHED}


def _check_beginnings(post: Post, composed: Post, targets: Sequence[Target]) -> None:
    """Conflict (`already_out`) where a part is changed that is out somewhere."""
    for target in (t for t in targets if t.account_id in composed.account_ids):
        before = payload_for(post, target.account_id, target.network)
        after = payload_for(composed, target.account_id, target.network)
        out = range(target.step)
        if [_shown(before, n) for n in out] != [_shown(after, n) for n in out]:
            raise Conflict(
                f"The first {target.step} of this thread are out; only what follows can be changed."
                if target.step > 1
                else "The beginning of this thread is out; only what follows can be changed.",
                code="already_out",
                fix="Change the parts after it, or use it as a new post.",
            )


def _shown(payload: Payload, n: int) -> Payload | None:
    try:
        return content_of(payload, n)
    except IndexError:
        return None


def _beside(accounts: Sequence[SocialAccount], targets: Sequence[Target]) -> list[SocialAccount]:
    """The accounts that are not planned yet, or not any more, and can be."""
    fixed = {
        target.account_id
        for target in targets
        if target.status is TargetStatus.PENDING or target.status not in PLANNABLE
    }
    return [account for account in accounts if account.id not in fixed]
