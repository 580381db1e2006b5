"""What stands at the networks now of what PostFlow put there; asked anew each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import NotAllowed, PostFlowError, Unreachable
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.target import Target
from postflow_desktop.services.permissions import Action, require
from postflow_desktop.services.ports.organizations import Membership
from postflow_desktop.services.ports.publisher import Page, PublishedPost, Publisher
from postflow_desktop.services.ports.sessions import SessionSource
from postflow_desktop.services.posts import PostService


class CopyState(StrEnum):
    """What a network said about a post."""

    PRESENT = "present"
    GONE = "gone"
    UNREADABLE = "unreadable"
    """The network, or what this account may do there, lets nobody read it back."""
    UNKNOWN = "unknown"
    """It could not be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkCopy:
    """One post, reply or comment as it stands at its network."""

    target_id: str
    account_id: str
    network: Network
    step: int
    """0 is the post itself, then the further parts of a thread."""
    external_id: str
    state: CopyState
    post: PublishedPost | None = None
    message: str = ""
    fix: str = ""


class NetworkCopies:
    """Asks the networks for one member; changes nothing."""

    def __init__(
        self,
        actor: Membership,
        posts: PostService,
        sessions: SessionSource,
        publishers: Mapping[Network, Publisher],
    ) -> None:
        self._actor = actor
        self._posts = posts
        self._sessions = sessions
        self._publishers = publishers

    def of_post(self, post_id: str) -> tuple[NetworkCopy, ...]:
        """Everything that is out of a post; NotFound. What went wrong stands in the copy."""
        require(self._actor, Action.USE_ACCOUNTS)
        return tuple(
            copy for target in self._posts.show(post_id).targets for copy in self._of_target(target)
        )

    def on_account(self, account_id: str, *, cursor: str | None, limit: int) -> Page:
        """The account's own posts at its network, newest first; NotFound, Refused, Unreachable."""
        require(self._actor, Action.USE_ACCOUNTS)
        (account,) = self._posts.accounts([account_id])
        session = self._sessions.open(account.organization_id, account.id)
        return self._publishers[account.network].list_own(session, cursor=cursor, limit=limit)

    def _of_target(self, target: Target) -> list[NetworkCopy]:
        out = [(step.n, step.external_id) for step in target.steps if step.n and step.is_out]
        if target.result is not None:
            out.insert(0, (0, target.result.external_id))
        known = [(n, external_id) for n, external_id in out if external_id is not None]
        if not known:
            return []
        try:
            session = self._sessions.open(target.organization_id, target.account_id)
        except PostFlowError as error:
            return [_failed(target, n, external_id, error) for n, external_id in known]
        return [self._one(target, session, n, external_id) for n, external_id in known]

    def _one(self, target: Target, session: Session, step: int, external_id: str) -> NetworkCopy:
        try:
            found = self._publishers[target.network].fetch(session, external_id)
        except PostFlowError as error:
            return _failed(target, step, external_id, error)
        return NetworkCopy(
            target_id=target.id,
            account_id=target.account_id,
            network=target.network,
            step=step,
            external_id=external_id,
            state=CopyState.GONE if found is None else CopyState.PRESENT,
            post=found,
        )


def _failed(target: Target, step: int, external_id: str, error: PostFlowError) -> NetworkCopy:
    asked = isinstance(error, Unreachable | NotAllowed) and error.code != "not_readable"
    return NetworkCopy(
        target_id=target.id,
        account_id=target.account_id,
        network=target.network,
        step=step,
        external_id=external_id,
        state=CopyState.UNKNOWN if asked else CopyState.UNREADABLE,
        message=error.message,
        fix=error.fix,
    )
