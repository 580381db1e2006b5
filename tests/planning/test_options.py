"""What is chosen for a post, from writing over planning to the barrier."""

from __future__ import annotations

from dataclasses import replace

import pytest

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.network import NetworkRules
from postflow_desktop.domain.options import AccountKind, Choice, OptionKind, Options, OptionSpec
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Post, Variant
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.domain.time import PlannedTime
from postflow_desktop.services.posts import NewPost
from tests.fakes.keyed_network import RULES
from tests.planning.kit import Desk

SEEN_BY = OptionSpec(
    key="seen_by",
    title="Seen by",
    help="Who sees it.",
    kind=OptionKind.CHOICE,
    choices=(
        Choice(value="all", title="All"),
        Choice(value="few", title="A few"),
        Choice(value="friends", title="Friends", only=AccountKind.PERSON),
    ),
    default="all",
    source="of 2026-11-21",
)


@pytest.fixture(autouse=True)
def rules(desk: Desk) -> NetworkRules:
    """The first account is a person's, the second an organization's."""
    kinds = (
        ("did:plc:first", AccountKind.PERSON),
        ("did:plc:second", AccountKind.ORGANIZATION),
    )
    desk.world.network.rules = replace(RULES, options=(SEEN_BY,), account_kinds=kinds)
    return desk.world.network.rules


def new(desk: Desk, account_id: str, options: Options, text: str = "Hello") -> NewPost:
    variants = (Variant(account_id=account_id, options=options),)
    return NewPost(text=text, account_ids=(desk.first, desk.second), variants=variants)


def create(
    desk: Desk, account_id: str, options: Options, planned: PlannedTime | None = None
) -> Post:
    return desk.submit.create(new(desk, account_id, options), planned, now=False)


def payload(desk: Desk, post: Post, account_id: str) -> Payload:
    found = desk.world.payloads.get(desk.targets(post)[account_id].content_hash)
    assert found is not None
    return found


def test_it_is_frozen_with_the_content_of_its_account_alone(desk: Desk) -> None:
    post = create(desk, desk.first, (("seen_by", "few"),), desk.at(hours=2))
    assert payload(desk, post, desk.first).options == (("seen_by", "few"),)
    assert payload(desk, post, desk.second).options == ()


def test_the_usual_choice_is_the_same_content(desk: Desk) -> None:
    usual = create(desk, desk.first, (("seen_by", "all"),), desk.at(hours=2))
    plain = create(desk, desk.first, (), desk.at(hours=2))
    assert usual.options_for(desk.first) == ()
    hashes = {desk.targets(post)[desk.first].content_hash for post in (usual, plain)}
    assert len(hashes) == 1


@pytest.mark.parametrize(
    ("option", "code"),
    [
        (("seen_by", "nobody"), "option_value"),
        (("zeal", "much"), "option_unknown"),
        (("seen_by", "friends"), "option_not_here"),
    ],
)
def test_a_draft_keeps_what_can_not_be_planned(
    desk: Desk, option: tuple[str, str], code: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        create(desk, desk.second, (option,), desk.at(hours=2))
    assert caught.value.code == code
    assert "@second.test" in caught.value.message
    assert desk.stored("posts") == []
    draft = create(desk, desk.second, (option,))
    assert desk.posts.get(draft.id).options_for(desk.second) == (option,)
    with pytest.raises(InvalidInput):
        desk.submit.schedule(draft.id, desk.at(hours=2))


def test_a_person_may_choose_what_an_organization_may_not(desk: Desk) -> None:
    post = create(desk, desk.first, (("seen_by", "friends"),), desk.at(hours=2))
    assert payload(desk, post, desk.first).options == (("seen_by", "friends"),)


def test_another_choice_is_other_content_at_the_same_time(desk: Desk) -> None:
    post = create(desk, desk.first, (), desk.at(hours=2))
    before = desk.targets(post)
    desk.submit.update(post.id, new(desk, desk.first, (("seen_by", "few"),)), {}, None, now=False)
    after = desk.targets(post)
    assert after[desk.first].content_hash != before[desk.first].content_hash
    assert after[desk.second].content_hash == before[desk.second].content_hash
    assert after[desk.first].scheduled_at == before[desk.first].scheduled_at
    assert after[desk.first].status is TargetStatus.PENDING


def test_what_the_network_dropped_meanwhile_is_refused_before_the_barrier(
    desk: Desk, rules: NetworkRules
) -> None:
    """The rules that are known when it goes out count, not those of the day of planning."""
    post = create(desk, desk.first, (("seen_by", "few"),), None)
    desk.submit.publish(post.id)
    desk.world.network.rules = replace(rules, options=())
    machine = desk.world.machine()
    machine.drain()
    targets = desk.targets(post)
    refused = targets[desk.first]
    assert refused.status is TargetStatus.FAILED
    assert refused.last_error is not None
    assert refused.last_error.code == "option_unknown"
    assert targets[desk.second].status is TargetStatus.PUBLISHED
    assert desk.world.network.requests == 1


def test_the_kind_of_account_counts_before_the_barrier_too(desk: Desk, rules: NetworkRules) -> None:
    """Where the session knows what planning could not."""
    desk.world.network.rules = replace(rules, account_kinds=())
    post = create(desk, desk.second, (("seen_by", "friends"),))
    desk.submit.publish(post.id)
    user_id = desk.world.sessions.open(desk.world.organization_id, desk.second).user_id
    kinds = ((user_id, AccountKind.ORGANIZATION),)
    desk.world.network.rules = replace(rules, account_kinds=kinds)
    desk.world.machine().drain()
    refused = desk.targets(post)[desk.second]
    assert refused.last_error is not None
    assert refused.last_error.code == "option_not_here"
