"""What the window needs from the rest of PostFlow, as Protocols; `desktop` implements them.

Reads go to `replica` and `drafts` (on the replica's thread). Everything under "commands" talks to
the cluster or a network, runs on the pool, and raises PostFlowError with a sentence and a fix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from postflow_desktop.domain.account import SignedIn
    from postflow_desktop.domain.account_use import AccountUse
    from postflow_desktop.domain.errors import PostFlowError
    from postflow_desktop.domain.network import Network, NetworkRules
    from postflow_desktop.domain.notice import Notice
    from postflow_desktop.domain.pause import Pause
    from postflow_desktop.domain.post import LinkCard, Media, Post
    from postflow_desktop.domain.problem import Problem
    from postflow_desktop.domain.target import Target
    from postflow_desktop.domain.telling import NoticeWishes
    from postflow_desktop.domain.time import PlannedTime
    from postflow_desktop.services.agenda import Agenda
    from postflow_desktop.services.attention import Answer
    from postflow_desktop.services.disconnecting import Disconnected, DisconnectPlan, PostsThen
    from postflow_desktop.services.network_copies import NetworkCopy
    from postflow_desktop.services.ports.drafts import DraftStore, LocalDraft
    from postflow_desktop.services.ports.media import Progress
    from postflow_desktop.services.ports.organizations import OrganizationSettings
    from postflow_desktop.services.ports.replica import AccountRow, Replica
    from postflow_desktop.services.ports.signing_in import ClientGuide
    from postflow_desktop.services.presence import Board


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the window is: a workspace and an organization, and who is at it."""

    workspace_id: str
    workspace_name: str
    organization_id: str
    organization_name: str
    timezone: str
    user_email: str
    user_name: str
    is_sample: bool
    min_lead_minutes: int
    user_id: str = ""
    """Who is at it, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceChoice:
    """A row of the workspace switcher."""

    id: str
    name: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """One workspace of this machine as its cluster has it now; for the tray and the alerts."""

    workspace_id: str
    name: str
    """The organization's."""
    timezone: str
    user_id: str
    is_sample: bool = False
    agenda: Agenda | None = None
    """None where the cluster did not answer."""
    notices: tuple[Notice, ...] = ()
    """The newest, withdrawn ones too."""
    wishes: NoticeWishes | None = None
    """How this person wants to be told."""
    problem: PostFlowError | None = None
    """Why there is no agenda."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayIn:
    """How accounts of a network are connected in the browser."""

    guide: ClientGuide
    has_client: bool
    """The organization's app was entered already."""


class BrowserSignIn(Protocol):
    """A sign-in that waits for the browser."""

    @property
    def url(self) -> str:
        """The network's page."""
        ...

    def open_browser(self) -> bool:
        """Show it in the person's browser (pool); False where none could be started."""
        ...

    def wait(self) -> Sequence[SignedIn]:
        """What the person allowed (pool; minutes); NotAllowed, NetworkUnreachable, Conflict."""
        ...

    def cancel(self) -> None:
        """End the waiting, at once."""
        ...


class PlaceBackend(Protocol):
    """Reads and commands of one place: all that a composer needs."""

    @property
    def replica(self) -> Replica:
        """Reads of the current workspace (replica thread)."""
        ...

    @property
    def drafts(self) -> DraftStore:
        """What is being typed on this machine (replica thread)."""
        ...

    # --- where we are (cheap, any thread) ---------------------------------------------------

    def place(self) -> Place | None:
        """None before anybody created, joined or signed in: the welcome page is shown."""
        ...

    def rules(self, network: Network) -> NetworkRules:
        """What the network accepts."""
        ...

    def measure(self, network: Network, text: str) -> int:
        """Length of a text as the network counts it; pure and fast (main thread)."""
        ...

    def problems(
        self,
        network: Network,
        text: str,
        media: Sequence[Media],
        rules: NetworkRules | None = None,
    ) -> list[Problem]:
        """The publisher's own validator; pure and fast (main thread).

        `rules`: those that hold for the organization, where it changed the network's.
        """
        ...

    def connectable(self) -> Sequence[Network]:
        """Networks whose accounts can be connected here, sandbox ones aside."""
        ...

    # --- commands (pool; PostFlowError) -----------------------------------------------------

    def read_media(self, path: Path, alt: str, progress: Progress | None = None) -> Media:
        """Check and clean a picture, video or document and keep its bytes in the draft store.

        `progress` may be looked at meanwhile, and stopped (Refused, `stopped`).
        """
        ...

    def bring_media(self, items: Sequence[Media], progress: Progress) -> None:
        """Bring videos and documents to the cluster, ahead of the post; done before is fine."""
        ...

    def read_image(self, data: bytes, alt: str) -> Media:
        """The same for a picture from the clipboard (PNG bytes)."""
        ...

    def media_bytes(self, sha256: str) -> bytes:
        """A picture's bytes, from the draft store or the cluster."""
        ...

    def fetch_card(self, link: str, *, again: bool) -> tuple[LinkCard, str]:
        """The card of a link, and why it lacks a picture; its picture is kept as other media are.

        `again` reads the page also where that was done a moment ago.
        """
        ...

    def save_draft(self, draft: LocalDraft) -> Post:
        """Bring a local draft to the cluster as a draft post (new, or the one it edits)."""
        ...

    def schedule(self, draft: LocalDraft, planned: PlannedTime) -> Post:
        """Save and put to a time."""
        ...

    def publish(self, draft: LocalDraft) -> Post:
        """Save and make due now; the embedded publisher sends it."""
        ...

    def move(self, post_id: str, planned: PlannedTime) -> Post:
        """Put a planned post to another time; Conflict if it is being sent or is out."""
        ...

    def publish_now(self, post_id: str) -> Post:
        """Make a stored post due now, with the content it has in the cluster; Conflict."""
        ...

    def cancel(self, post_id: str) -> None:
        """Take a post out of the plan; confirmed means never sent."""
        ...

    def retry(self, post_id: str) -> Post:
        """Make failed and missed targets due now; what is out stays."""
        ...

    def delete(self, post_id: str, *, everywhere: bool) -> None:
        """Delete a post."""
        ...

    def answer(self, target_id: str, answer: Answer, url: str) -> Target:
        """Settle a target that needs attention by what the person saw."""
        ...

    def board(self) -> Board:
        """Who publishes here, and when machines were on; asks the cluster."""
        ...

    def coverage(self, planned: PlannedTime) -> str:
        """A warning where nobody will be awake at that time; empty where somebody will."""
        ...

    def refresh_metrics(self, post_id: str) -> None:
        """Ask the networks how a post is doing; what they say comes by the replica.

        Raises what stood in the way on an account; the others were asked all the same.
        """
        ...

    def copies(self, post_id: str) -> Sequence[NetworkCopy]:
        """What stands at the networks of a post, asked now; PostFlowError."""
        ...

    def mark_read(self, keys: Sequence[str] | None) -> None:
        """This person has seen these notices; all of them, where None."""
        ...

    def keep_back(self, target_id: str, reason: str) -> None:
        """Keep a target back until `let_out`; Conflict (`too_late`) once it is being sent."""
        ...

    def let_out(self, target_id: str) -> None:
        """Let a held target go out."""
        ...

    def postpone(self, target_id: str, minutes: int) -> None:
        """So much later than planned; Conflict (`too_late`) once it is being sent."""
        ...

    def pause_all(self, reason: str) -> Pause:
        """Nothing of the organization goes out until `resume_all`."""
        ...

    def resume_all(self) -> None:
        """Publishing goes on; accounts and posts that are held by themselves stay held."""
        ...

    def pause_account(self, account_id: str, reason: str) -> Pause:
        """Nothing of the account goes out until `resume_account`."""
        ...

    def resume_account(self, account_id: str) -> None:
        """Publishing to the account goes on."""
        ...

    def set_preflight(self, account_id: str, minutes: int) -> None:
        """Announce the account's posts once more so many minutes before; 0: don't."""
        ...

    def change_settings(self, settings: OrganizationSettings) -> None:
        """Other settings of the organization; owner and admins."""
        ...

    def connect(
        self,
        network: Network,
        service: str,
        username: str,
        secret: str,
        again: str | None = None,
    ) -> tuple[AccountRow, Sequence[str]]:
        """Connect an account (again); the account and sentences to show.

        `again` is the id of the account to reconnect; Conflict (`other_account`) for another one.
        """
        ...

    def by_browser(self) -> Sequence[Network]:
        """Those of `connectable` whose accounts are connected in the browser (main thread)."""
        ...

    def either_way(self) -> Sequence[Network]:
        """Those of `connectable` that take a secret or the browser (main thread)."""
        ...

    def way_in(self, network: Network, again: str | None = None) -> WayIn:
        """What connecting there takes; `again` is the account to reconnect, by its id."""
        ...

    def set_client(self, network: Network, client_id: str, secret: str, redirect: str) -> WayIn:
        """Enter the organization's app there; what connecting takes now."""
        ...

    def begin_sign_in(
        self, network: Network, again: str | None = None, *, username: str = "", service: str = ""
    ) -> BrowserSignIn:
        """Listen for the browser; the window shows the page.

        `username` and `service` say whose and where, if the person did; both may be empty.
        """
        ...

    def keep_signed_in(
        self, network: Network, chosen: Sequence[SignedIn], again: str | None
    ) -> Sequence[AccountRow]:
        """Connect these accounts; with `again` only if that account is among them."""
        ...

    def check_account(self, account_id: str) -> str:
        """Ask the network; a sentence. Raises with the fix where it does not work."""
        ...

    def account_uses(self) -> Mapping[str, AccountUse]:
        """By account: the last post that went out or was refused, quotas; asks the cluster."""
        ...

    def disconnect_plan(self, account_id: str) -> DisconnectPlan:
        """What disconnecting the account would concern; asks the cluster."""
        ...

    def disconnect(self, account_id: str, then: PostsThen | None) -> Disconnected:
        """Forget an account, and what became of its sign-in at the network; Conflict."""
        ...


class Backend(PlaceBackend, Protocol):
    """One window's access to PostFlow: the place that is open, and the ways to others."""

    def workspaces(self) -> Sequence[WorkspaceChoice]:
        """The workspaces of this machine (cheap, any thread)."""
        ...

    # --- every workspace of this machine (pool) ---------------------------------------------

    def outlook(self) -> Sequence[Outlook]:
        """What stands before each of them; one that does not answer says so in its row."""
        ...

    def pause_everywhere(self, reason: str) -> None:
        """Nothing goes out anywhere until `resume_everywhere`; PostFlowError."""
        ...

    def resume_everywhere(self) -> None:
        """Publishing goes on; PostFlowError."""
        ...

    def sync_now(self) -> None:
        """Try again to reach what was away, and look for what is due."""
        ...

    # --- people and places (pool; PostFlowError) --------------------------------------------

    def explore(self) -> Place:
        """Make the sample workspace (asks for nothing) and go there."""
        ...

    def remove_sample(self) -> None:
        """Remove the sample workspace with everything in it."""
        ...

    def create_place(
        self, *, workspace: str, uri: str, email: str, name: str, password: str, organization: str
    ) -> tuple[Place, str]:
        """A workspace (`uri` empty: embedded), a person, an organization; the recovery code."""
        ...

    def sign_in(
        self, *, workspace: str, uri: str, email: str, password: str, recovery: str
    ) -> Place:
        """Open a workspace that exists and sign in on this machine."""
        ...

    def sign_out(self) -> None:
        """Forget the keys on this machine."""
        ...

    def switch(self, workspace_id: str) -> Place:
        """Go to another workspace of this machine."""
        ...
