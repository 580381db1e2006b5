"""Accounts as commands print them: documents for scripts, lines for people."""

from __future__ import annotations

from datetime import datetime

from postflow_desktop.cli.pause_documents import pause_document
from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.account_health import AccountHealth, health_of
from postflow_desktop.domain.account_use import AccountUse
from postflow_desktop.domain.account_words import limit_lines
from postflow_desktop.domain.quota import Quota
from postflow_desktop.domain.time import utc_text


def account_document(
    account: SocialAccount, now: datetime, use: AccountUse | None = None
) -> dict[str, object]:
    """An account for scripts; its use only where it was asked for."""
    error = None
    if account.last_error_code:
        error = {
            "code": account.last_error_code,
            "message": account.last_error_message,
            "fix": account.last_error_fix,
            "at": utc_text(account.last_error_at),
        }
    return {
        "id": account.id,
        "network": account.network.value,
        "username": account.username,
        "status": account.status.value,
        "displayName": account.display_name,
        "userId": account.user_id,
        "service": account.service,
        "tokenExpiresAt": utc_text(account.token_expires_at),
        "renews": account.renews,
        "endsAt": utc_text(account.ends_at),
        "scopes": list(account.scopes),
        "health": _health(health_of(account, now, use)),
        "lastCheckedAt": utc_text(account.last_checked_at),
        "lastRefreshedAt": utc_text(account.last_refreshed_at),
        **({} if use is None else _use(use)),
        "error": error,
        "pause": pause_document(account.pause),
        "preflightMinutes": account.preflight_minutes,
    }


def state_word(account: SocialAccount, health: AccountHealth) -> str:
    """One word: paused where that is all there is to say."""
    return "paused" if account.pause is not None and not health.reasons else health.level.value


def account_lines(account: SocialAccount, now: datetime, use: AccountUse | None) -> list[str]:
    """What there is to say below an account's name."""
    lines = []
    for reason in health_of(account, now, use).reasons:
        lines.append(f"! {reason.message}")
        if reason.fix:
            lines.append(f"→ {reason.fix}")
    lines.append(f"Sign-in: {_sign_in(account)}")
    if account.scopes:
        lines.append(f"Allowed: {', '.join(account.scopes)}")
    if use is not None:
        lines += [f"Quota: {line}" for line in limit_lines(use, _clock)]
    lines.append(f"Last success: {_successes(account, use)}")
    if use is not None and use.trouble is not None:
        trouble = use.trouble
        lines.append(f"Last error: {_clock(trouble.at)}, {trouble.error.message}")
        if trouble.error.fix:
            lines.append(f"→ {trouble.error.fix}")
    return lines


def _sign_in(account: SocialAccount) -> str:
    if account.renews:
        until = account.renewable_until
        return "renewed by itself" + (f" until {_clock(until)}" if until else "")
    ends = account.ends_at
    return "it has no end that is known" if ends is None else f"ends {_clock(ends)}"


def _successes(account: SocialAccount, use: AccountUse | None) -> str:
    parts = []
    if use is not None:
        at = use.last_published_at
        parts.append("no post yet" if at is None else f"post {_clock(at)}")
    if account.last_checked_at is not None:
        parts.append(f"check {_clock(account.last_checked_at)}")
    if account.last_refreshed_at is not None:
        parts.append(f"renewed {_clock(account.last_refreshed_at)}")
    return ", ".join(parts) or "none is known"


def _health(health: AccountHealth) -> dict[str, object]:
    return {
        "level": health.level.value,
        "reasons": [
            {
                "code": reason.code,
                "level": reason.level.value,
                "message": reason.message,
                "fix": reason.fix,
            }
            for reason in health.reasons
        ],
    }


def _use(use: AccountUse) -> dict[str, object]:
    trouble = use.trouble
    return {
        "lastPublishedAt": utc_text(use.last_published_at),
        "lastFailure": None
        if trouble is None
        else {
            "at": utc_text(trouble.at),
            "code": trouble.error.code,
            "message": trouble.error.message,
            "fix": trouble.error.fix,
        },
        "quotas": [_quota(quota) for quota in use.quotas],
        "caps": [
            {"posts": cap.posts, "seconds": cap.seconds, "left": cap.left} for cap in use.caps
        ],
        "blockedUntil": utc_text(use.blocked_until),
    }


def _quota(quota: Quota) -> dict[str, object]:
    return {
        "seconds": quota.seconds,
        "posts": quota.posts,
        "left": quota.posts_left,
        "resetsAt": utc_text(quota.resets_at),
        "ofApp": quota.of_app,
    }


def _clock(moment: datetime) -> str:
    return f"{utc_text(moment) or ''}"[:16].replace("T", " ") + " UTC"
