"""Who may do what: one small table of roles and actions.

Checked in the services, always; the cryptography (who has a key) and the database (who may write)
are further lines behind it.
"""

from __future__ import annotations

from enum import StrEnum

from postflow_desktop.domain.errors import NotAllowed
from postflow_desktop.services.ports.organizations import Membership, Role


class Action(StrEnum):
    """What a role may or may not do; the value is the end of the sentence `you may not …`."""

    READ = "read this"
    WRITE_POSTS = "write, schedule or publish posts"
    CHANGE_QUEUES = "change queues"
    USE_ACCOUNTS = "check or refresh accounts"
    CONNECT_ACCOUNTS = "connect or disconnect accounts"
    PAUSE = "pause or resume publishing"
    CHANGE_SETTINGS = "change the organization's settings"


_EVERYBODY = frozenset(Role)
_WRITERS = frozenset({Role.OWNER, Role.ADMIN, Role.MEMBER})
_MANAGERS = frozenset({Role.OWNER, Role.ADMIN})

_ALLOWED: dict[Action, frozenset[Role]] = {
    Action.READ: _EVERYBODY,
    Action.WRITE_POSTS: _WRITERS,
    Action.CHANGE_QUEUES: _WRITERS,
    Action.USE_ACCOUNTS: _WRITERS,
    Action.CONNECT_ACCOUNTS: _MANAGERS,
    Action.PAUSE: _MANAGERS,
    Action.CHANGE_SETTINGS: _MANAGERS,
}


def may(role: Role, action: Action) -> bool:
    """Whether that role is enough."""
    return role in _ALLOWED[action]


def require(actor: Membership, action: Action) -> None:
    """NotAllowed (`role_too_small`) unless the member's role is enough."""
    if not may(actor.role, action):
        raise NotAllowed(
            f"As {actor.role.value} of this organization you may not {action.value}.",
            code="role_too_small",
            fix="Ask the owner or an admin to do it or to give you a larger role.",
        )
