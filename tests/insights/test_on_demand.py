"""Members look at numbers and ask for new ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from postflow_desktop.domain.account import Session
from postflow_desktop.domain.errors import (
    Conflict,
    NetworkUnreachable,
    NotAllowed,
    NotFound,
    PostFlowError,
    Refused,
)
from postflow_desktop.domain.metrics import PostMetrics
from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.organizations import Role
from tests.insights.kit import HOUR, NumberedNetwork, Team


def test_a_look_asks_nobody(team: Team) -> None:
    account = team.account()
    target = team.out(account, HOUR)
    (look,) = team.member(Role.VIEWER).post(target.post_id)
    assert (look.measured, look.problem, look.is_told) == (None, None, True)
    assert look.account is not None
    assert team.network.asked == []
    team.insights().run()
    (look,) = team.member(Role.VIEWER).post(target.post_id)
    assert look.measured is not None
    assert look.measured.metrics == PostMetrics(likes=10, comments=1)


def test_a_refresh_asks_at_once_and_keeps_what_is_said(team: Team) -> None:
    account = team.account()
    target = team.out(account, HOUR)
    team.insights().run()
    member = team.member()
    (look,) = member.post(target.post_id, refresh=True)
    assert len(team.network.asked) == 1, "half a minute ago it was asked"
    team.cluster.db["analytics"].update_many(
        {}, [{"$set": {"askedAt": {"$subtract": ["$askedAt", 60_000]}}}]
    )
    (look,) = member.post(target.post_id, refresh=True)
    assert look.measured is not None
    assert look.measured.metrics.likes == 20
    assert team.stored(target)["metrics"]["likes"] == 20
    assert team.turn(account)["lease"] is None


def test_only_accounts_where_it_is_out_are_shown(team: Team) -> None:
    account = team.account()
    planned = team.world.plan(account_id=account.id, in_seconds=3600)
    assert team.member().post(planned.post_id, refresh=True) == []


def test_each_account_tells_its_own_trouble(team: Team) -> None:
    """The network of the post has no numbers here, its account is gone, the network is away."""
    telegram = team.account(Network.TELEGRAM)
    (look,) = team.member().post(team.out(telegram, HOUR).post_id, refresh=True)
    assert (look.is_told, look.problem, look.measured) == (False, None, None)
    account = team.account()
    target = team.out(account, HOUR)
    team.network.fail = _raising(NetworkUnreachable("Away."))
    (look,) = team.member().post(target.post_id, refresh=True)
    assert look.problem is not None
    assert look.problem.message == "Away."
    team.network.fail = lambda _: None
    team.accounts.remove(team.organization_id, account.id)
    (look,) = team.member().post(target.post_id, refresh=True)
    assert isinstance(look.problem, NotFound)
    assert look.account is None


def _raising(error: PostFlowError) -> Callable[[Session], object]:
    def fail(_session: Session) -> None:
        raise error

    return fail


def test_another_machine_is_not_disturbed(team: Team) -> None:
    account = team.account()
    target = team.out(account, HOUR)
    assert team.analytics.take(account, "other", lease_seconds=60) is not None
    (look,) = team.member().post(target.post_id, refresh=True)
    assert isinstance(look.problem, Conflict)
    assert look.problem.code == "being_measured"
    with pytest.raises(Conflict):
        team.member().account(account.id, refresh=True)


def test_accounts_have_days(team: Team) -> None:
    account = team.account()
    assert team.member().account(account.id) == []
    (today,) = team.member().account(account.id, refresh=True)
    assert (today.metrics.followers, today.metrics.following) == (101, None)
    (again,) = team.member().account(account.id, refresh=True)
    assert again.metrics.followers == 102, "the last measurement of a day stays"
    assert again.day == today.day


def test_who_may_ask(team: Team) -> None:
    account = team.account()
    target = team.out(account, HOUR)
    viewer = team.member(Role.VIEWER)
    for ask in (
        lambda: viewer.post(target.post_id, refresh=True),
        lambda: viewer.account(account.id, refresh=True),
    ):
        with pytest.raises(NotAllowed) as caught:
            ask()
        assert caught.value.code == "role_too_small"
    with pytest.raises(NotFound):
        viewer.account("nonsense")


def test_accounts_that_can_not_be_asked_from_here_say_so(team: Team) -> None:
    for account, code in (
        (team.account(Network.TELEGRAM), "no_metrics"),
        (team.account(sandbox_machine="elsewhere"), "sandbox_elsewhere"),
    ):
        with pytest.raises(Refused) as caught:
            team.member().account(account.id, refresh=True)
        assert caught.value.code == code
        assert caught.value.fix


def test_a_question_of_a_person_is_counted_too(team: Team) -> None:
    team.network = NumberedNetwork()
    account = team.account()
    team.member().post(team.out(account, HOUR).post_id, refresh=True)
    assert team.turn(account)["spent"] == 1
