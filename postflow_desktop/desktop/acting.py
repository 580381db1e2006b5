"""`ui.backend.PlaceBackend` over an open place: the window's current one, or one that is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from postflow_desktop.bootstrap import Machine
from postflow_desktop.desktop.commands import PlaceCommands
from postflow_desktop.desktop.nowhere import NoDrafts, NoReplica
from postflow_desktop.desktop.openplace import OpenPlace
from postflow_desktop.desktop.places import nobody_here
from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.services.ports.replica import AccountRow, Replica
from postflow_desktop.ui.backend import BrowserSignIn, Place, WayIn

if TYPE_CHECKING:
    from postflow_desktop.desktop.signins import PlaceSignIns
    from postflow_desktop.domain.account import SignedIn
    from postflow_desktop.domain.account_use import AccountUse
    from postflow_desktop.domain.pause import Pause
    from postflow_desktop.domain.post import LinkCard, Media, Post
    from postflow_desktop.domain.problem import Problem
    from postflow_desktop.domain.target import Target
    from postflow_desktop.domain.time import PlannedTime
    from postflow_desktop.services.attention import Answer
    from postflow_desktop.services.disconnecting import Disconnected, DisconnectPlan, PostsThen
    from postflow_desktop.services.network_copies import NetworkCopy
    from postflow_desktop.services.ports.drafts import DraftStore, LocalDraft
    from postflow_desktop.services.ports.media import Progress
    from postflow_desktop.services.ports.organizations import OrganizationSettings
    from postflow_desktop.services.presence import Board

_BY_BROWSER = (Network.LINKEDIN, Network.THREADS, Network.X)
_EITHER_WAY = (Network.BLUESKY,)
_LENGTHS = 64
"""Texts whose length is kept."""


class PlaceActs:
    """Reads and commands; with no place open, reads find nothing and commands are refused."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        # With every key, counters and checklist ask about the same few texts.
        self._lengths = lru_cache(maxsize=_LENGTHS)(self._length)
        self._open: OpenPlace | None = None

    # --- reads ------------------------------------------------------------------------------

    @property
    def replica(self) -> Replica:
        """Reads of the place."""
        here = self._open
        return NoReplica() if here is None else here.replica

    @property
    def drafts(self) -> DraftStore:
        """What is being typed."""
        here = self._open
        return NoDrafts() if here is None else here.drafts

    def place(self) -> Place | None:
        """The place."""
        here = self._open
        return None if here is None else here.place

    def rules(self, network: Network) -> NetworkRules:
        """What the network accepts."""
        return self._machine.publishers[network].rules

    def measure(self, network: Network, text: str) -> int:
        """Length as the network counts it."""
        return self._lengths(network, text)

    def problems(
        self,
        network: Network,
        text: str,
        media: Sequence[Media],
        rules: NetworkRules | None = None,
    ) -> list[Problem]:
        """What stands in the way of publishing this there."""
        from postflow_desktop.domain.payload import Payload
        from postflow_desktop.domain.validation import problems

        publisher = self._machine.publishers[network]
        payload = Payload(
            organization_id="", network=network, text=text, link_url=None, media=tuple(media)
        )
        shown = publisher.shown_text(payload)
        length = self._lengths(network, shown)
        return problems(rules or publisher.rules, shown, media, length=length)

    def _length(self, network: Network, text: str) -> int:
        return self._machine.publishers[network].measure(text)

    def connectable(self) -> Sequence[Network]:
        """Networks whose accounts can be connected in the window."""
        return (*_EITHER_WAY, *_BY_BROWSER)

    # --- commands ---------------------------------------------------------------------------

    def read_media(self, path: Path, alt: str, progress: Progress | None = None) -> Media:
        """Check and clean a picture, video or document file."""
        return self._commands().read_media(path, alt, progress)

    def bring_media(self, items: Sequence[Media], progress: Progress) -> None:
        """Videos and documents into the cluster."""
        self._commands().bring_media(items, progress)

    def read_image(self, data: bytes, alt: str) -> Media:
        """The same for the clipboard's picture."""
        return self._commands().read_image(data, alt)

    def media_bytes(self, sha256: str) -> bytes:
        """A picture's bytes."""
        return self._commands().media_bytes(sha256)

    def fetch_card(self, link: str, *, again: bool) -> tuple[LinkCard, str]:
        """The card of a link."""
        return self._commands().fetch_card(link, again=again)

    def save_draft(self, draft: LocalDraft) -> Post:
        """Bring a draft to the cluster."""
        return self._commands().save_draft(draft)

    def schedule(self, draft: LocalDraft, planned: PlannedTime) -> Post:
        """Save and put to a time."""
        return self._commands().schedule(draft, planned)

    def publish(self, draft: LocalDraft) -> Post:
        """Save and make due now."""
        return self._commands().publish(draft)

    def move(self, post_id: str, planned: PlannedTime) -> Post:
        """Another time."""
        return self._commands().move(post_id, planned)

    def cancel(self, post_id: str) -> None:
        """Out of the plan."""
        self._commands().cancel(post_id)

    def publish_now(self, post_id: str) -> Post:
        """Make a stored post due now."""
        return self._commands().publish_now(post_id)

    def retry(self, post_id: str) -> Post:
        """Only what failed."""
        return self._commands().retry(post_id)

    def delete(self, post_id: str, *, everywhere: bool) -> None:
        """Delete a post."""
        self._commands().delete(post_id, everywhere=everywhere)

    def answer(self, target_id: str, answer: Answer, url: str) -> Target:
        """What the person saw."""
        return self._commands().answer(target_id, answer, url)

    def board(self) -> Board:
        """Who publishes here."""
        return self._commands().board()

    def coverage(self, planned: PlannedTime) -> str:
        """A warning where nobody will be awake."""
        return self._commands().coverage(planned)

    def refresh_metrics(self, post_id: str) -> None:
        """New numbers of a post."""
        self._commands().refresh_metrics(post_id)

    def copies(self, post_id: str) -> Sequence[NetworkCopy]:
        """What stands at the networks of a post."""
        return self._commands().copies(post_id)

    def mark_read(self, keys: Sequence[str] | None) -> None:
        """Notices were seen."""
        self._commands().mark_read(keys)

    def keep_back(self, target_id: str, reason: str) -> None:
        """Keep a target back."""
        self._commands().keep_back(target_id, reason)

    def let_out(self, target_id: str) -> None:
        """Let it go."""
        self._commands().let_out(target_id)

    def postpone(self, target_id: str, minutes: int) -> None:
        """Later than planned."""
        self._commands().postpone(target_id, minutes)

    def pause_all(self, reason: str) -> Pause:
        """Nothing of the organization goes out."""
        return self._commands().pause_all(reason)

    def resume_all(self) -> None:
        """Publishing goes on."""
        self._commands().resume_all()

    def pause_account(self, account_id: str, reason: str) -> Pause:
        """Nothing of the account goes out."""
        return self._commands().pause_account(account_id, reason)

    def resume_account(self, account_id: str) -> None:
        """Publishing to it goes on."""
        self._commands().resume_account(account_id)

    def set_preflight(self, account_id: str, minutes: int) -> None:
        """Announce its posts once more."""
        self._commands().set_preflight(account_id, minutes)

    def change_settings(self, settings: OrganizationSettings) -> None:
        """Other settings of the organization."""
        self._commands().change_settings(settings)

    def connect(
        self,
        network: Network,
        service: str,
        username: str,
        secret: str,
        again: str | None = None,
    ) -> tuple[AccountRow, Sequence[str]]:
        """Connect an account."""
        return self._commands().connect(network, service, username, secret, again)

    def by_browser(self) -> Sequence[Network]:
        """Networks with a page of their own for it."""
        return _BY_BROWSER

    def either_way(self) -> Sequence[Network]:
        """Networks that take a secret too."""
        return _EITHER_WAY

    def way_in(self, network: Network, again: str | None = None) -> WayIn:
        """What connecting there takes."""
        return self._sign_ins().way_in(network, again)

    def set_client(self, network: Network, client_id: str, secret: str, redirect: str) -> WayIn:
        """Enter the organization's app."""
        return self._sign_ins().set_client(network, client_id, secret, redirect)

    def begin_sign_in(
        self, network: Network, again: str | None = None, *, username: str = "", service: str = ""
    ) -> BrowserSignIn:
        """Listen for the browser."""
        return self._sign_ins().begin(network, again, username=username, service=service)

    def keep_signed_in(
        self, network: Network, chosen: Sequence[SignedIn], again: str | None
    ) -> Sequence[AccountRow]:
        """Connect accounts."""
        return self._sign_ins().keep(network, chosen, again)

    def check_account(self, account_id: str) -> str:
        """Ask the network."""
        return self._commands().check_account(account_id)

    def account_uses(self) -> Mapping[str, AccountUse]:
        """How the accounts are used."""
        return self._commands().account_uses()

    def disconnect_plan(self, account_id: str) -> DisconnectPlan:
        """What disconnecting would concern."""
        return self._commands().disconnect_plan(account_id)

    def disconnect(self, account_id: str, then: PostsThen | None) -> Disconnected:
        """Forget an account."""
        return self._commands().disconnect(account_id, then)

    def _sign_ins(self) -> PlaceSignIns:
        here = self._open
        if here is None:
            raise nobody_here()
        return here.sign_ins

    def _commands(self) -> PlaceCommands:
        here = self._open
        if here is None:
            raise nobody_here()
        return here.commands


class HeldPlace(PlaceActs):
    """A place that stays readable and writable for a composer, whatever the window goes to."""

    def __init__(self, machine: Machine, held: OpenPlace | None) -> None:
        super().__init__(machine)
        self._open = held
        if held is not None:
            held.hold()

    def release(self) -> None:
        """The composer is done."""
        if self._open is not None:
            self._open.release()
