"""From what a person wrote to a stored, planned post: every check first, then every write."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.errors import Conflict
from postflow_desktop.domain.post import Post
from postflow_desktop.domain.target import UNDER_WAY, Target, TargetStatus
from postflow_desktop.domain.time import PlannedTime, plan_instant
from postflow_desktop.services.planning import PlanningService
from postflow_desktop.services.posts import NewPost, PostService

When = Callable[[], PlannedTime]
"""Tells the time when it is asked for, so that `now` is the now of storing, not of typing."""


_DONE_BY_OTHERS = frozenset({"already_scheduled", "changed_meanwhile", "nothing_to_plan"})
"""How planning ends where it was done a moment ago, or the post is on its way already."""


class SubmitService:
    """Creates posts and plans them in one go."""

    def __init__(self, posts: PostService, planning: PlanningService) -> None:
        self._posts = posts
        self._planning = planning

    def create(self, new: NewPost, planned: PlannedTime | None, *, now: bool) -> Post:
        """A draft, or a post planned for a time or for now.

        With an idempotency key that was used before, the post that it made; if that one was never
        planned (the first try died in between), it is planned now.
        """
        known = self._posts.known(new.idempotency_key)
        if known is not None:
            return self._resume(known, planned, now=now)
        if planned is not None:
            self._planning.check_time(planned)
        post, data = self._posts.compose(new)
        accounts = self._posts.accounts(post.account_ids)
        if planned is not None or now:
            self._planning.check_content(post, accounts)
        saved = self._posts.save(post, data)
        if saved.id != post.id:
            # Somebody used the same key at the same moment; theirs is the post.
            return self._resume(saved, planned, now=now)
        if new.idempotency_key is None:
            self._plan(saved, accounts, planned, now=now)
        else:
            self._plan_once(saved, accounts, planned, now=now)
        return saved

    def compose(
        self,
        new: NewPost,
        data: Mapping[str, bytes],
        planned: PlannedTime | None,
        *,
        now: bool,
    ) -> Post:
        """As `create`, for pictures that were read before."""
        if planned is not None:
            self._planning.check_time(planned)
        post, known = self._posts.compose(new, data)
        accounts = self._posts.accounts(post.account_ids)
        if planned is not None or now:
            self._planning.check_content(post, accounts)
        saved = self._posts.save(post, known)
        self._plan(saved, accounts, planned, now=now)
        return saved

    def update(
        self,
        post_id: str,
        new: NewPost,
        data: Mapping[str, bytes],
        planned: PlannedTime | None,
        *,
        now: bool,
    ) -> Post:
        """Give a post other content and, if asked, another time.

        A planned post keeps its time where none is given. Conflict (`already_out`,
        `changed_meanwhile`): what is out or being sent can't be changed.
        """
        post = self._posts.writable(post_id)
        targets = self._posts.show(post_id).targets
        if any(target.status in UNDER_WAY | {TargetStatus.PUBLISHED} for target in targets):
            raise Conflict(
                "This post is out or being sent; it can't be changed any more.",
                code="already_out",
                fix="Use it as a new post.",
            )
        if planned is not None:
            self._planning.check_time(planned)
        pending = [target for target in targets if target.status is TargetStatus.PENDING]
        if planned is None and not now and pending:
            zone_name = pending[0].timezone or "UTC"
            planned = plan_instant(pending[0].scheduled_at, zone_name)
        accounts = self._posts.accounts(new.account_ids)
        if planned is not None or now:
            composed, _ = self._posts.compose(new, data)
            self._planning.check_content(composed, accounts)
        saved = self._posts.rewrite(post, new, data)
        self._planning.withdraw(saved)
        self._plan(saved, accounts, planned, now=now)
        return saved

    def retry(self, post_id: str) -> list[Target]:
        """Make due now what failed or was missed; what is out stays."""
        post = self._posts.writable(post_id)
        accounts = self._posts.accounts(post.account_ids)
        self._planning.check_content(post, accounts)
        return self._planning.retry(post, accounts)

    def schedule(self, post_id: str, planned: PlannedTime) -> list[Target]:
        """Put an existing post to a time."""
        self._planning.check_time(planned)
        return self._put(post_id, lambda: planned)

    def publish(self, post_id: str) -> list[Target]:
        """Make an existing post due now."""
        return self._put(post_id, self._planning.now)

    def _put(self, post_id: str, when: When) -> list[Target]:
        post = self._posts.writable(post_id)
        accounts = self._posts.accounts(post.account_ids)
        self._planning.check_content(post, accounts)
        return self._planning.schedule(post, accounts, when())

    def _resume(self, post: Post, planned: PlannedTime | None, *, now: bool) -> Post:
        if (planned is not None or now) and not self._posts.show(post.id).targets:
            accounts = self._posts.accounts(post.account_ids)
            self._planning.check_content(post, accounts)
            self._plan_once(post, accounts, planned, now=now)
        return post

    def _plan_once(
        self,
        post: Post,
        accounts: list[SocialAccount],
        planned: PlannedTime | None,
        *,
        now: bool,
    ) -> None:
        """As `_plan`, beside others who use the same key at the same moment: one of us does it."""
        try:
            self._plan(post, accounts, planned, now=now)
        except Conflict as error:
            if error.code not in _DONE_BY_OTHERS:
                raise

    def _plan(
        self,
        post: Post,
        accounts: list[SocialAccount],
        planned: PlannedTime | None,
        *,
        now: bool,
    ) -> None:
        if now:
            self._planning.schedule(post, accounts, self._planning.now())
        elif planned is not None:
            self._planning.schedule(post, accounts, planned)
