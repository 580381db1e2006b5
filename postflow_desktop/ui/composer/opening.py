"""What a composer begins with: read on the replica's thread, decided before anything is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from postflow_desktop.domain.errors import NotFound
from postflow_desktop.domain.target import UNDER_WAY, TargetStatus
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.replica import AccountRow, PostDetail
from postflow_desktop.ui.backend import Place, PlaceBackend
from postflow_desktop.ui.composer.content import from_post


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A draft to go on with."""

    draft: LocalDraft
    accounts: tuple[AccountRow, ...]
    base: LocalDraft | None = None
    """As the cluster has it; None for a draft it does not know."""
    on_disk: bool = False
    """Whether this machine keeps it already."""
    locked_because: str = ""
    """Why it can only be read."""


@dataclass(frozen=True, slots=True)
class OpenNew:
    """A new draft."""

    backend: PlaceBackend
    draft: LocalDraft

    def __call__(self) -> Opened:
        """Read the accounts."""
        return Opened(draft=self.draft, accounts=_accounts(self.backend, self.draft))


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft that was left on this machine."""

    backend: PlaceBackend
    place: Place
    draft_id: str

    def __call__(self) -> Opened:
        """Read it; NotFound if it was discarded meanwhile."""
        draft = self.backend.drafts.get(self.draft_id)
        if draft is None:
            raise NotFound(
                "That draft is gone: it was discarded, or saved to the workspace.",
                code="unknown_draft",
                fix="Look under Drafts.",
            )
        detail = _detail(self.backend, draft)
        return _opened(self.backend, self.place, draft, detail)


@dataclass(frozen=True, slots=True)
class OpenPost:
    """A post of the cluster, or what was begun to change of it on this machine."""

    backend: PlaceBackend
    place: Place
    post_id: str

    def __call__(self) -> Opened:
        """Read it; NotFound if it was deleted meanwhile."""
        organization = self.place.organization_id
        begun = [d for d in self.backend.drafts.list(organization) if d.post_id == self.post_id]
        detail = self.backend.replica.post(organization, self.post_id)
        if begun:
            return _opened(self.backend, self.place, begun[0], detail)
        if detail is None:
            raise NotFound("That post is gone.", code="unknown_post")
        draft = from_post(detail.post, timezone=self.place.timezone)
        return Opened(
            draft=draft,
            accounts=_accounts(self.backend, draft),
            base=draft,
            locked_because=locked_because(detail),
        )


def locked_because(detail: PostDetail) -> str:
    """Why a post can't be changed any more; empty if it can."""
    states = {target.status for target in detail.targets}
    if states & UNDER_WAY:
        return "This post is being published at this moment, so it can only be read."
    if TargetStatus.NEEDS_ATTENTION in states:
        return "It is not known whether this post is out. Answer that first under Attention."
    if TargetStatus.PUBLISHED in states:
        return "This post is out, so it can only be read."
    return ""


def _opened(
    backend: PlaceBackend, place: Place, draft: LocalDraft, detail: PostDetail | None
) -> Opened:
    base = None if detail is None else from_post(detail.post, timezone=place.timezone)
    return Opened(
        draft=draft,
        accounts=_accounts(backend, draft),
        base=base,
        on_disk=True,
        locked_because="" if detail is None else locked_because(detail),
    )


def _accounts(backend: PlaceBackend, draft: LocalDraft) -> tuple[AccountRow, ...]:
    rows: Sequence[AccountRow] = backend.replica.accounts(draft.organization_id)
    return tuple(rows)


def _detail(backend: PlaceBackend, draft: LocalDraft) -> PostDetail | None:
    if draft.post_id is None:
        return None
    return backend.replica.post(draft.organization_id, draft.post_id)
