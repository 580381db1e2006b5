"""How an account is doing, by what is known of it. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from postflow_desktop.domain.account import DISCONNECTED, AccountStatus, SocialAccount
from postflow_desktop.domain.account_health import (
    HealthFix,
    HealthLevel,
    health_of,
    needs_somebody,
)
from postflow_desktop.domain.account_scopes import missing_scopes, read_scopes
from postflow_desktop.domain.account_use import AccountUse, CapUse, PostTrouble
from postflow_desktop.domain.account_words import limit_lines
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.quota import Quota
from postflow_desktop.domain.target import TargetError

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
X_SCOPES = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")


def account(**changes: object) -> SocialAccount:
    made = SocialAccount(
        id="a1",
        organization_id="o1",
        network=Network.X,
        user_id="12345",
        username="bakery",
        status=AccountStatus.ACTIVE,
        sealed_access_token="sealed",
        sealed_refresh_token="sealed",
        token_expires_at=NOW + timedelta(hours=2),
        scopes=X_SCOPES,
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def linkedin(**changes: object) -> SocialAccount:
    """Without a refresh token, as self-serve apps get it."""
    usual: dict[str, object] = {
        "network": Network.LINKEDIN,
        "user_id": "urn:li:person:1",
        "scopes": ("openid", "profile", "w_member_social"),
        "sealed_refresh_token": None,
    }
    return account(**{**usual, **changes})


def codes(made: SocialAccount, use: AccountUse | None = None) -> list[str]:
    return [reason.code for reason in health_of(made, NOW, use).reasons]


def test_nothing_to_say_is_ok() -> None:
    health = health_of(account(), NOW)
    assert (health.level, health.first) == (HealthLevel.OK, None)
    assert needs_somebody(account(), NOW) is None


@pytest.mark.parametrize(
    ("left", "level", "words"),
    [
        (10 * DAY + timedelta(seconds=1), HealthLevel.OK, ""),
        (10 * DAY, HealthLevel.ATTENTION, "in 10 days"),
        (7 * DAY, HealthLevel.ATTENTION, "in 7 days"),
        (DAY + timedelta(seconds=1), HealthLevel.ATTENTION, "in 1 day,"),
        (DAY, HealthLevel.ATTENTION, "within a day"),
        (timedelta(), HealthLevel.BROKEN, "has ended"),
    ],
)
def test_what_ends_is_told_from_day_50_on(left: timedelta, level: HealthLevel, words: str) -> None:
    made = linkedin(token_expires_at=NOW + left)
    health = health_of(made, NOW)
    assert health.level is level
    if health.first is not None:
        assert words in health.first.message
        assert "one click" in health.first.fix
        assert health.first.act is HealthFix.RECONNECT


def test_what_renews_itself_ends_only_with_the_renewing() -> None:
    assert health_of(account(token_expires_at=NOW - DAY), NOW).level is HealthLevel.OK
    assert codes(account(renewable_until=NOW + 7 * DAY + timedelta(seconds=1))) == []
    soon = account(renewable_until=NOW + 7 * DAY)
    assert codes(soon) == ["expiring"]
    assert codes(account(renewable_until=NOW - DAY)) == ["expired"]


def test_a_vital_permission_that_lacks_breaks_and_others_are_told() -> None:
    lacking = tuple(scope for scope in X_SCOPES if scope != "media.write")
    health = health_of(account(scopes=lacking), NOW)
    assert health.level is HealthLevel.ATTENTION
    assert health.first is not None
    assert "upload pictures and videos (media.write)" in health.first.message
    assert health.first.act is HealthFix.RECONNECT
    mute = health_of(account(scopes=("users.read", "tweet.read")), NOW)
    assert [reason.level for reason in mute.reasons] == [
        HealthLevel.BROKEN,
        HealthLevel.ATTENTION,
    ]
    assert "tweet.write" in mute.reasons[0].message


def test_organizations_need_other_permissions_than_people() -> None:
    page = linkedin(user_id="urn:li:organization:7", scopes=("w_member_social",))
    assert health_of(page, NOW).level is HealthLevel.BROKEN
    allowed = ("w_organization_social", "r_organization_social")
    assert missing_scopes(Network.LINKEDIN, "urn:li:organization:7", allowed) == []
    assert codes(linkedin(scopes=("openid",), token_expires_at=NOW + 30 * DAY)) == ["scope_missing"]


def test_where_the_network_says_nothing_of_permissions_none_lacks() -> None:
    assert codes(account(scopes=())) == []
    assert codes(account(network=Network.BLUESKY, scopes=("anything",))) == []


def test_permissions_are_read_by_spaces_and_commas() -> None:
    assert read_scopes("tweet.read users.read") == ("tweet.read", "users.read")
    assert read_scopes("openid,profile,w_member_social,openid") == (
        "openid",
        "profile",
        "w_member_social",
    )
    assert read_scopes("") == ()


def test_a_dead_sign_in_says_what_the_network_said() -> None:
    dead = account(
        status=AccountStatus.EXPIRED,
        last_error_code="reconnect_needed",
        last_error_message="X wants a new sign-in for this account.",
        last_error_fix="Connect the account again.",
        scopes=("users.read",),
    )
    health = health_of(dead, NOW)
    assert [reason.code for reason in health.reasons] == ["reconnect_needed"]
    assert health.first is not None
    assert (health.level, health.first.fix) == (HealthLevel.BROKEN, "Connect the account again.")


def test_whoever_disconnected_it_is_not_reminded() -> None:
    gone = account(
        status=AccountStatus.REVOKED,
        last_error_code=DISCONNECTED,
        last_error_message="It was disconnected. 2 scheduled posts wait for it.",
    )
    assert health_of(gone, NOW).level is HealthLevel.BROKEN
    assert needs_somebody(gone, NOW) is None


def trouble(code: str, *, at: datetime = NOW) -> AccountUse:
    error = TargetError(code=code, message="No.", fix="Do something.")
    return AccountUse(at=NOW, trouble=PostTrouble(at=at, error=error))


def test_a_refused_post_counts_where_the_next_would_be_refused_too() -> None:
    assert codes(account(), trouble("no_credits")) == ["no_credits"]
    assert codes(account(), trouble("text_too_long")) == []
    checked = account(last_checked_at=NOW + timedelta(minutes=1))
    assert codes(checked, trouble("token_refused")) == []
    assert codes(checked, trouble("no_credits")) == ["no_credits"]


def test_a_network_that_takes_nothing_for_now_is_told() -> None:
    use = AccountUse(at=NOW, blocked_until=NOW + timedelta(minutes=5))
    health = health_of(account(), NOW, use)
    assert (health.level, codes(account(), use)) == (HealthLevel.ATTENTION, ["rate_limited"])
    assert codes(account(), AccountUse(at=NOW, blocked_until=NOW)) == []


def test_reasons_are_ordered_by_weight() -> None:
    made = linkedin(token_expires_at=NOW + DAY, scopes=("openid",))
    found = [(reason.code, reason.level) for reason in health_of(made, NOW).reasons]
    assert found == [
        ("scope_missing", HealthLevel.BROKEN),
        ("expiring", HealthLevel.ATTENTION),
    ]


# --- quotas -------------------------------------------------------------------------------------


def quota(remaining: int, **changes: object) -> Quota:
    made = Quota(seconds=900, limit=100, remaining=remaining, resets_at=NOW + timedelta(minutes=10))
    return replace(made, **changes)  # type: ignore[arg-type]


def test_what_is_left_in_words() -> None:
    use = AccountUse(
        at=NOW,
        quotas=(quota(83), quota(4990, seconds=3600, limit=5000, cost=3)),
        caps=(CapUse(posts=100, seconds=900, left=50), CapUse(posts=150, seconds=86_400, left=9)),
    )
    assert limit_lines(use, lambda at: f"{at:%H:%M}") == [
        "83 of 100 posts left in this quarter of an hour, until 12:10",
        "1,663 of 1,666 posts left in this hour, until 12:10",
        "9 of 150 posts left for one day",
    ]
    blocked = AccountUse(at=NOW, blocked_until=NOW + timedelta(hours=1))
    assert limit_lines(blocked, lambda at: f"{at:%H:%M}") == ["Nothing more is taken until 13:00"]


@pytest.mark.parametrize(
    ("remaining", "scarce"), [(100, False), (11, False), (10, True), (1, True), (0, True)]
)
def test_a_tenth_is_scarce(remaining: int, scarce: bool) -> None:
    assert quota(remaining).is_scarce is scarce


def test_a_quota_says_nothing_once_it_began_again() -> None:
    told = quota(5)
    assert told.holds(NOW)
    assert not told.holds(told.resets_at)
    assert not quota(5, resets_at=NOW + timedelta(days=3)).holds(NOW)
    assert quota(2, cost=3).posts_left == 0
