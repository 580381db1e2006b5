"""How an account is doing, worked out in one place: cards, commands and the tray say the same.

A network that can't be reached is no reason here: it says something about the line, and nothing
about the account. Pure; times are UTC, the caller says what time it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from postflow_desktop.domain.account import DISCONNECTED, AccountStatus
from postflow_desktop.domain.account_scopes import missing_scopes
from postflow_desktop.domain.account_use import AccountUse
from postflow_desktop.domain.network import Network

ENDS_SOON = timedelta(days=7)
LINKEDIN_ENDS_SOON = timedelta(days=10)
"""LinkedIn lets an access live for 60 days: this is its day 50, and renewing takes one click."""
ENDS_NOW = timedelta(days=1)
_ABOUT_ACCOUNT = frozenset(
    {
        "account_unavailable",
        "app_not_enrolled",
        "no_credits",
        "reconnect_needed",
        "scope_missing",
        "token_refused",
        "usage_capped",
    }
)
"""Refusals that the next post would meet too."""


class HealthLevel(StrEnum):
    """The worst of an account's reasons."""

    OK = "ok"
    ATTENTION = "attention"
    """It publishes, and somebody should see to something."""
    BROKEN = "broken"
    """Nothing of it goes out until somebody does something."""


class HealthFix(StrEnum):
    """What a button beside the reason would do."""

    RECONNECT = "reconnect"
    CHECK = "check"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReason:
    """One thing about an account that is not as it should be."""

    code: str
    level: HealthLevel
    message: str
    fix: str = ""
    act: HealthFix = HealthFix.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHealth:
    """The reasons by weight, the heaviest first; none where all is well."""

    reasons: tuple[HealthReason, ...] = ()

    @property
    def level(self) -> HealthLevel:
        """The worst there is."""
        return self.reasons[0].level if self.reasons else HealthLevel.OK

    @property
    def first(self) -> HealthReason | None:
        """What counts most."""
        return self.reasons[0] if self.reasons else None


class HealthFacts(Protocol):
    """What an account's health follows from: a stored account, or its row in the replica."""

    @property
    def network(self) -> Network: ...  # noqa: D102
    @property
    def user_id(self) -> str: ...  # noqa: D102
    @property
    def status(self) -> AccountStatus: ...  # noqa: D102
    @property
    def scopes(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def ends_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def last_error_code(self) -> str | None: ...  # noqa: D102
    @property
    def last_error_message(self) -> str | None: ...  # noqa: D102
    @property
    def last_error_fix(self) -> str | None: ...  # noqa: D102
    @property
    def last_checked_at(self) -> datetime | None: ...  # noqa: D102


def health_of(account: HealthFacts, now: datetime, use: AccountUse | None = None) -> AccountHealth:
    """The account's health; `use` adds what its posts and the network's limits tell."""
    found = [_of_status(account), _of_end(account, now), *_of_scopes(account)]
    if use is not None:
        found += [_of_posts(account, use), _of_limits(use)]
    known = [reason for reason in found if reason is not None]
    known.sort(key=lambda reason: reason.level is not HealthLevel.BROKEN)
    return AccountHealth(reasons=tuple(known))


def needs_somebody(account: HealthFacts, now: datetime) -> HealthReason | None:
    """What a person should see to, though they don't look at the accounts; None for nothing.

    Whoever disconnected an account knows that it is.
    """
    first = health_of(account, now).first
    return None if first is None or first.code == DISCONNECTED else first


def _is_alive(account: HealthFacts) -> bool:
    return account.status in (AccountStatus.ACTIVE, AccountStatus.ERROR)


def _of_status(account: HealthFacts) -> HealthReason | None:
    said = account.last_error_message or ""
    if account.status is AccountStatus.REVOKED and account.last_error_code == DISCONNECTED:
        return _broken(
            DISCONNECTED, said, account.last_error_fix or "Connect it again, and they go on."
        )
    if account.status in (AccountStatus.EXPIRED, AccountStatus.REVOKED):
        ended = "Its sign-in has ended" if account.status is AccountStatus.EXPIRED else "Revoked"
        message = said or f"{ended}; nothing of it can go out."
        fix = account.last_error_fix or "Reconnect it to publish again."
        return _broken(account.last_error_code or account.status.value, message, fix)
    if account.status is AccountStatus.ERROR or account.last_error_code:
        return HealthReason(
            code=account.last_error_code or "error",
            level=HealthLevel.ATTENTION,
            message=said or "The last request for this account did not work.",
            fix=account.last_error_fix or "Check it.",
            act=HealthFix.CHECK,
        )
    return None


def _of_end(account: HealthFacts, now: datetime) -> HealthReason | None:
    ends = account.ends_at
    if ends is None or not _is_alive(account):
        return None
    fix = _again(account.network)
    if ends <= now:
        return _broken("expired", "Its permission to post has ended.", fix)
    soon_enough = LINKEDIN_ENDS_SOON if account.network is Network.LINKEDIN else ENDS_SOON
    if ends > now + soon_enough:
        return None
    days = (ends - now) // timedelta(days=1)
    soon = "within a day" if ends <= now + ENDS_NOW else f"in {days} day{'s' * (days != 1)}"
    return HealthReason(
        code="expiring",
        level=HealthLevel.ATTENTION,
        message=f"Its permission to post ends {soon}, and the network does not renew it by itself.",
        fix=fix,
        act=HealthFix.RECONNECT,
    )


def _again(network: Network) -> str:
    if network is Network.LINKEDIN:
        # learn.microsoft.com, authorization code flow: no screen while the last one still holds.
        return "Reconnect with one click, while you are signed in at LinkedIn in the browser."
    return "Reconnect it; its scheduled posts stay as they are."


def _of_scopes(account: HealthFacts) -> Sequence[HealthReason]:
    if not _is_alive(account):
        return ()
    missing = missing_scopes(account.network, account.user_id, account.scopes)
    vital = [need for need in missing if need.is_vital]
    found = []
    for needs, level in (
        (vital, HealthLevel.BROKEN),
        ([need for need in missing if not need.is_vital], HealthLevel.ATTENTION),
    ):
        if needs:
            found.append(
                HealthReason(
                    code="scope_missing",
                    level=level,
                    message=f"It was not allowed to {_either(n.without for n in needs)} "
                    f"({', '.join(need.scope for need in needs)}).",
                    fix="Reconnect it, and allow everything on the network's page.",
                    act=HealthFix.RECONNECT,
                )
            )
    return found


def _of_posts(account: HealthFacts, use: AccountUse) -> HealthReason | None:
    """A refused post, if the next one would be refused for the same reason."""
    trouble = use.trouble
    if trouble is None or trouble.error.code not in _ABOUT_ACCOUNT or not _is_alive(account):
        return None
    checked = account.last_checked_at
    by_sign_in = trouble.error.code in {"reconnect_needed", "token_refused"}
    if by_sign_in and checked is not None and checked > trouble.at:
        return None
    return HealthReason(
        code=trouble.error.code,
        level=HealthLevel.ATTENTION,
        message=f"The last post was refused: {trouble.error.message}",
        fix=trouble.error.fix,
        act=HealthFix.RECONNECT if trouble.error.code == "scope_missing" else HealthFix.CHECK,
    )


def _of_limits(use: AccountUse) -> HealthReason | None:
    if use.blocked_until is None or use.blocked_until <= use.at:
        return None
    return HealthReason(
        code="rate_limited",
        level=HealthLevel.ATTENTION,
        message="The network takes nothing more from this account for a while.",
        fix="There is nothing to do: what is due goes out as soon as it does.",
    )


def _broken(code: str, message: str, fix: str) -> HealthReason:
    return HealthReason(
        code=code, level=HealthLevel.BROKEN, message=message, fix=fix, act=HealthFix.RECONNECT
    )


def _either(names: Iterable[str]) -> str:
    words = list(names)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
