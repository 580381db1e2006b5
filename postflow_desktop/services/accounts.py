"""Social accounts: connecting, checking and refreshing them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from postflow_desktop.domain.account import (
    DISCONNECTED,
    MAX_PREFLIGHT_MINUTES,
    AccountStatus,
    SignedIn,
    SocialAccount,
)
from postflow_desktop.domain.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
)
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.plan import Meter
from postflow_desktop.services.disconnecting import WAITS
from postflow_desktop.services.permissions import Action, require
from postflow_desktop.services.ports.accounts import AccountStore
from postflow_desktop.services.ports.clock import Clock
from postflow_desktop.services.ports.entitlements import Room, Taking, without_end
from postflow_desktop.services.ports.organizations import Membership
from postflow_desktop.services.ports.pauses import PauseStore
from postflow_desktop.services.ports.publisher import Connector
from postflow_desktop.services.ports.vault import OrganizationKey, Vault
from postflow_desktop.services.sessions import (
    RECONNECT_NEEDED,
    AccountSessions,
    connector_for,
    unknown_account,
)
from postflow_desktop.services.token_envelopes import SealedTokens, seal_tokens

_CONNECT_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectRequest:
    """What a person gives to connect an account."""

    network: Network
    service: str
    """Base address of the server."""
    username: str
    secret: str = field(repr=False)
    sandbox_machine: str | None = None
    again: str | None = None
    """The id of the account that is to be connected again, and no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """The account, whether the organization had it before, and sentences to show."""

    account: SocialAccount
    reconnected: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCheck:
    """What asking the network found; a problem means that only a new sign-in helps."""

    account: SocialAccount
    problem: NotAllowed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountParts:
    """What the account service works with."""

    accounts: AccountStore
    sessions: AccountSessions
    keys: Callable[[str], OrganizationKey]
    vault: Vault
    connectors: Mapping[Network, Connector]
    clock: Clock
    warnings: Callable[[Network, str], tuple[str, ...]]
    """Sentences about a secret that looks unwise, such as a main password."""
    pauses: PauseStore
    taking: Taking = without_end
    """Room in the plan for one more account."""


class AccountService:
    """Accounts of the organizations that the signed-in person is in."""

    def __init__(self, parts: AccountParts) -> None:
        self._parts = parts

    def connect(self, actor: Membership, request: ConnectRequest) -> Connected:
        """Sign in at the network and keep the tokens sealed; the same account keeps its id.

        NotAllowed: `role_too_small`, `no_key`, `wrong_app_password`; NetworkUnreachable;
        InvalidInput: `bad_service`, `unknown_network`; Conflict: `other_account` where somebody
        else signed in than the account to connect again, `account_busy`; NotFound.
        """
        require(actor, Action.CONNECT_ACCOUNTS)
        known = None if request.again is None else self._get(actor.organization_id, request.again)
        connector = connector_for(self._parts.connectors, request.network)
        self._parts.keys(actor.organization_id)
        warnings = self._parts.warnings(request.network, request.secret)
        signed = connector.sign_in(request.service, request.username, request.secret)
        if known is not None and (known.network, known.user_id) != (
            request.network,
            signed.user_id,
        ):
            raise other_account(known, [signed])
        kept = self.keep(actor, request.network, signed, sandbox_machine=request.sandbox_machine)
        return replace(kept, warnings=warnings)

    def keep(
        self,
        actor: Membership,
        network: Network,
        signed: SignedIn,
        *,
        sandbox_machine: str | None = None,
    ) -> Connected:
        """Keep what a sign-in brought, sealed; the same account keeps its id and its posts.

        NotAllowed: `role_too_small`, `no_key`; Conflict: `account_busy`; LimitReached:
        `plan_limit`.
        """
        require(actor, Action.CONNECT_ACCOUNTS)
        key = self._parts.keys(actor.organization_id)
        for _ in range(_CONNECT_TRIES):
            known = self._parts.accounts.find(actor.organization_id, network, signed.user_id)
            version = 1 if known is None else known.token_version + 1
            account_id = self._parts.accounts.new_id() if known is None else known.id
            tokens = seal_tokens(
                self._parts.vault, key, account_id, version=version, tokens=signed.tokens
            )
            account = self._account(account_id, actor, network, signed)
            account = replace(account, sandbox_machine=sandbox_machine)
            if self._save(_with_tokens(account, tokens), known):
                self._let_wait_no_more(known)
                stored = self._get(actor.organization_id, account_id)
                return Connected(account=stored, reconnected=known is not None)
        raise Conflict(
            f"{signed.username} is being connected or refreshed elsewhere. Nothing was changed.",
            code="account_busy",
            fix="Try again in a moment.",
        )

    def list(self, actor: Membership) -> tuple[SocialAccount, ...]:
        """All accounts of the organization, by network and username."""
        require(actor, Action.READ)
        return tuple(self._parts.accounts.list(actor.organization_id))

    def check(self, actor: Membership, account_id: str) -> AccountCheck:
        """Ask the network whether the account works; a refused token is refreshed once.

        A definite refusal marks the account as expired. NetworkUnreachable changes nothing.
        """
        require(actor, Action.USE_ACCOUNTS)
        organization_id = actor.organization_id
        known = self._get(organization_id, account_id)
        if known.last_error_code == DISCONNECTED:
            raise _no_sign_in(known)
        try:
            username = self._ask(organization_id, account_id)
        except NotAllowed as error:
            if error.code != RECONNECT_NEEDED:
                raise
            return AccountCheck(account=self._get(organization_id, account_id), problem=error)
        account = self._get(organization_id, account_id)
        self._parts.accounts.checked(
            organization_id, account_id, token_version=account.token_version
        )
        if username and username != account.username:
            self._parts.accounts.rename(organization_id, account_id, username)
        return AccountCheck(account=self._get(organization_id, account_id))

    def refresh(self, actor: Membership, account_id: str) -> SocialAccount:
        """Get new tokens now; NotAllowed (`reconnect_needed`), NetworkUnreachable."""
        require(actor, Action.USE_ACCOUNTS)
        known = self._get(actor.organization_id, account_id)
        if known.last_error_code == DISCONNECTED:
            raise _no_sign_in(known)
        self._parts.sessions.open(
            actor.organization_id, account_id, force_refresh=True, even_dead=True
        )
        return self._get(actor.organization_id, account_id)

    def set_preflight(self, actor: Membership, account_id: str, minutes: int) -> SocialAccount:
        """Announce its posts once more so many minutes before; 0: don't. InvalidInput, NotFound."""
        require(actor, Action.CONNECT_ACCOUNTS)
        if not 0 <= minutes <= MAX_PREFLIGHT_MINUTES:
            raise InvalidInput(
                f"A post can't be announced {minutes} minutes before.",
                code="bad_minutes",
                fix=f"Use 1 to {MAX_PREFLIGHT_MINUTES}, or 0 for not at all.",
            )
        self._parts.accounts.set_preflight(actor.organization_id, account_id, minutes)
        return self._get(actor.organization_id, account_id)

    def _ask(self, organization_id: str, account_id: str) -> str:
        """The username by the network; NotAllowed (`reconnect_needed`), already recorded."""
        sessions = self._parts.sessions
        session = sessions.open(organization_id, account_id, even_dead=True)
        connector = connector_for(self._parts.connectors, session.network)
        try:
            return connector.check(session)
        except NotAllowed:
            session = sessions.open(organization_id, account_id, force_refresh=True, even_dead=True)
        account = self._get(organization_id, account_id)
        try:
            return connector.check(session)
        except NotAllowed as error:
            raise sessions.refused(account, error) from error

    def _let_wait_no_more(self, known: SocialAccount | None) -> None:
        """Posts that waited for a disconnected account go on; a pause of a person's stays."""
        if known is None or known.last_error_code != DISCONNECTED:
            return
        if known.pause is not None and known.pause.reason == WAITS:
            self._parts.pauses.resume_account(known.organization_id, known.id)

    def _save(self, account: SocialAccount, known: SocialAccount | None) -> bool:
        """Store a connection; False where somebody was faster."""
        if known is not None and known.last_error_code != DISCONNECTED:
            return self._parts.accounts.replace_connection(
                account, expected_token_version=known.token_version
            )
        with self._parts.taking(account.organization_id, Meter.SOCIAL_ACCOUNTS) as room:
            return self._save_new(account, known, room)

    def _save_new(
        self, account: SocialAccount, known: SocialAccount | None, room: Room | None
    ) -> bool:
        if known is not None:
            return self._parts.accounts.replace_connection(
                account, expected_token_version=known.token_version, room=room
            )
        try:
            self._parts.accounts.add(account, room)
        except Conflict as error:
            if error.code != "already_connected":
                raise
            return False
        return True

    def _account(
        self, account_id: str, actor: Membership, network: Network, signed: SignedIn
    ) -> SocialAccount:
        now = self._parts.clock.now()
        return SocialAccount(
            id=account_id,
            organization_id=actor.organization_id,
            network=network,
            user_id=signed.user_id,
            username=signed.username,
            display_name=signed.display_name,
            scopes=signed.scopes,
            renewable_until=signed.renewable_until,
            service=signed.service.rstrip("/"),
            status=AccountStatus.ACTIVE,
            sealed_access_token="",
            created_at=now,
            updated_at=now,
        )

    def _get(self, organization_id: str, account_id: str) -> SocialAccount:
        account = self._parts.accounts.get(organization_id, account_id)
        if account is None:
            raise unknown_account(account_id)
        return account


def _with_tokens(account: SocialAccount, tokens: SealedTokens) -> SocialAccount:
    return replace(
        account,
        sealed_access_token=tokens.access,
        sealed_refresh_token=tokens.refresh,
        token_expires_at=tokens.expires_at,
        token_version=tokens.version,
    )


def other_account(known: SocialAccount, found: Sequence[SignedIn]) -> Conflict:
    """Somebody else signed in than the account that is to be connected again."""
    names = ", ".join(f"@{signed.username}" for signed in found) or "nobody"
    return Conflict(
        f"The sign-in is that of {names}, not of @{known.username}. Nothing was changed.",
        code="other_account",
        fix=f"Sign in as @{known.username}, and reconnect again. Or connect the other one as an "
        "account of its own.",
    )


def _no_sign_in(account: SocialAccount) -> NotAllowed:
    return NotAllowed(
        f"@{account.username} was disconnected, so there is no sign-in to ask with. Its posts "
        "are kept.",
        code="disconnected",
        fix=f"Connect it again: postflow account connect {account.network.value}",
    )
