"""What has to be allowed on a network's page for what PostFlow does there, and where it is undone.

Scopes: docs.x.com (OpenAPI 2.167), learn.microsoft.com (Share on LinkedIn, Community Management),
developers.facebook.com (Threads API), all as of 2026-11. Where a network has no scopes (an app
password of Bluesky, a bot of Telegram) nothing is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from postflow_desktop.domain.network import Network

_ORGANIZATION = "urn:li:organization:"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeNeed:
    """One scope and what does not work without it."""

    scope: str
    without: str
    """As the object of "can't": `post`, `upload pictures`."""
    is_vital: bool = False
    """Without it nothing can go out."""


_X = (
    ScopeNeed(scope="tweet.write", without="post or delete posts", is_vital=True),
    ScopeNeed(scope="tweet.read", without="look whether a post is out"),
    ScopeNeed(scope="users.read", without="check the account"),
    ScopeNeed(scope="media.write", without="upload pictures and videos"),
    ScopeNeed(scope="offline.access", without="stay signed in for longer than two hours"),
)
_THREADS = (
    ScopeNeed(scope="threads_basic", without="check the account", is_vital=True),
    ScopeNeed(scope="threads_content_publish", without="post", is_vital=True),
    ScopeNeed(scope="threads_manage_replies", without="continue a thread"),
    ScopeNeed(scope="threads_delete", without="delete posts"),
)
_LINKEDIN_PERSON = (ScopeNeed(scope="w_member_social", without="post", is_vital=True),)
_LINKEDIN_PAGE = (
    ScopeNeed(scope="w_organization_social", without="post for this organization", is_vital=True),
    ScopeNeed(scope="r_organization_social", without="look whether a post is out"),
)

ACCESS_PAGES = {
    Network.BLUESKY: "https://bsky.app/settings/app-passwords",
    Network.FACEBOOK: "https://www.facebook.com/settings/?tab=business_tools",
    Network.LINKEDIN: "https://www.linkedin.com/mypreferences/d/data-sharing-for-permitted-services",
    Network.THREADS: "https://www.threads.com/settings/website_permissions",
    Network.X: "https://x.com/settings/connected_apps",
}
"""Where a person takes an app's access back by hand, on 2026-11-20."""


def needs_of(network: Network, user_id: str) -> Sequence[ScopeNeed]:
    """What PostFlow needs there for this account, by its id at the network."""
    match network:
        case Network.X:
            return _X
        case Network.THREADS:
            return _THREADS
        case Network.LINKEDIN:
            return _LINKEDIN_PAGE if user_id.startswith(_ORGANIZATION) else _LINKEDIN_PERSON
        case _:
            return ()


def missing_scopes(
    network: Network, user_id: str, granted: Sequence[str] | None
) -> Sequence[ScopeNeed]:
    """The needs that were not allowed; none where the network did not say what was."""
    if not granted:
        return ()
    return [need for need in needs_of(network, user_id) if need.scope not in granted]


def read_scopes(text: str) -> tuple[str, ...]:
    """The scopes of a token reply, by spaces (RFC 6749, 3.3) or commas (LinkedIn, Meta)."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))[:100]
