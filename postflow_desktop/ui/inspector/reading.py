"""What the inspector reads of one post, in one go."""

from __future__ import annotations

from dataclasses import dataclass

from postflow_desktop.services.ports.replica import AccountRow, OrganizationRow, PostDetail
from postflow_desktop.ui.backend import Backend


@dataclass(frozen=True, slots=True)
class Read:
    """What one read of the replica brought."""

    detail: PostDetail | None
    accounts: dict[str, AccountRow]
    organization: OrganizationRow | None


def read(backend: Backend, organization_id: str, post_id: str) -> Read:
    """The post with its accounts and what holds them (replica thread)."""
    replica = backend.replica
    rows = replica.accounts(organization_id)
    return Read(
        replica.post(organization_id, post_id),
        {row.id: row for row in rows},
        replica.organization(organization_id),
    )
