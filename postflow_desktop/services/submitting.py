"""From what a person wrote to a stored, planned post: every check first, then every write."""

from __future__ import annotations

from collections.abc import Callable

from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.post import Post
from postflow_desktop.domain.target import Target
from postflow_desktop.domain.time import PlannedTime
from postflow_desktop.services.planning import PlanningService
from postflow_desktop.services.posts import NewPost, PostService

When = Callable[[], PlannedTime]
"""Tells the time when it is asked for, so that `now` is the now of storing, not of typing."""


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
        self._plan(saved, accounts, planned, now=now)
        return saved

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
            self._plan(post, accounts, planned, now=now)
        return post

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
