"""The three answers to "is it out?": it is there, post it again, drop it."""

from __future__ import annotations

from enum import StrEnum

from postflow_desktop.domain.errors import Conflict, InvalidInput, NotFound
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.services.permissions import Action, require
from postflow_desktop.services.ports.organizations import Membership
from postflow_desktop.services.ports.posts import PostStore
from postflow_desktop.services.ports.targets import Settlement, TargetStore
from postflow_desktop.services.publishing.stepping import for_step
from postflow_desktop.services.publishing.summaries import refresh_summary


class Answer(StrEnum):
    """What the person says after looking at the account."""

    IT_IS_THERE = "it_is_there"
    POST_AGAIN = "post_again"
    DROP = "drop"


class AttentionService:
    """Settles targets by what a person saw."""

    def __init__(self, actor: Membership, posts: PostStore, targets: TargetStore) -> None:
        self._actor = actor
        self._posts = posts
        self._targets = targets

    def answer(self, target_id: str, answer: Answer, *, url: str = "") -> Target:
        """Apply the answer; `url` is where the post is, for IT_IS_THERE.

        NotFound (`unknown_target`), Conflict (`settled_meanwhile`), InvalidInput (`url_missing`).
        """
        require(self._actor, Action.WRITE_POSTS)
        target = self._targets.get(self._actor.organization_id, target_id)
        if target is None:
            raise NotFound("That post is gone.", code="unknown_target")
        if target.status is not TargetStatus.NEEDS_ATTENTION:
            raise _settled()
        settled = self._targets.settle_hold(target, for_step(_settlement(answer, url), target))
        if settled is None:
            raise _settled()
        refresh_summary(self._posts, self._targets, target.organization_id, target.post_id)
        return settled


def _settlement(answer: Answer, url: str) -> Settlement:
    match answer:
        case Answer.IT_IS_THERE:
            if not url.startswith(("http://", "https://")):
                raise InvalidInput(
                    "The post's address is missing.",
                    code="url_missing",
                    fix="Copy the address of the post from the network.",
                )
            result = PublishResult(external_id=url, url=url)
            return Settlement(status=TargetStatus.PUBLISHED, result=result)
        case Answer.POST_AGAIN:
            # The wire form stays: with a key of ours the network makes one post of both.
            return Settlement(status=TargetStatus.PENDING, delay=0.0, asked=True)
        case Answer.DROP:
            return Settlement(status=TargetStatus.CANCELED)


def _settled() -> Conflict:
    return Conflict(
        "This post was settled meanwhile; nothing was changed.",
        code="settled_meanwhile",
        fix="Look at it again.",
    )
