"""What must be there once, in the collections of billing and the store, on a real server."""

from __future__ import annotations

import pytest
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.workspace import ClusterWorkspace
from tests.cluster.samples import sound
from tests.cluster.samples_services import USER_FIELDS, USER_PREFERENCES

_ONCE = {
    ("customers", ("stripeCustomerId",)): {},
    ("subscriptions", ("stripeSubscriptionId",)): {},
    ("subscriptions", ("organizationId", "stripePriceId")): {},
    ("webhookEvents", ("source", "eventId")): {},
    ("referrals", ("referredUserId",)): {},
    ("purchases", ("userId", "isFirstPurchase")): {},
    ("users", ("clerkUserId",)): {"clerkUserId": "user_1"},
    ("users", ("username",)): {"username": "ana"},
    ("users", ("referralCode",)): {"referralCode": "ABC123XY"},
}


@pytest.mark.parametrize(("name", "fields"), sorted(_ONCE))
def test_what_must_be_there_once_is_there_once(
    workspace: ClusterWorkspace, name: str, fields: tuple[str, ...]
) -> None:
    first = {**sound(name), **_ONCE[(name, fields)]}
    workspace.database[name].insert_one(first)
    with pytest.raises(DuplicateKeyError) as caught:
        workspace.database[name].insert_one(
            {**sound(name), **{field: first[field] for field in fields}}
        )
    assert set((caught.value.details or {})["keyPattern"]) == set(fields)
    workspace.database[name].insert_one(sound(name))


def test_a_subscription_that_ended_leaves_room_for_another(workspace: ClusterWorkspace) -> None:
    old = {**sound("subscriptions"), "status": "canceled"}
    workspace.database["subscriptions"].insert_one(old)
    workspace.database["subscriptions"].insert_one(
        {**sound("subscriptions"), "organizationId": old["organizationId"]}
    )


def test_nobody_refers_themselves(workspace: ClusterWorkspace) -> None:
    referral = sound("referrals")
    with pytest.raises(Exception, match="failed validation"):
        workspace.database["referrals"].insert_one(
            {**referral, "referredUserId": referral["referrerId"]}
        )


def test_people_carry_what_the_later_documents_add(workspace: ClusterWorkspace) -> None:
    person = {**sound("users"), **USER_FIELDS, "preferences": USER_PREFERENCES}
    workspace.database["users"].insert_one(person)
    assert workspace.database["users"].find_one({"_id": person["_id"]}) == person


def test_products_are_found_by_the_words_of_their_titles(workspace: ClusterWorkspace) -> None:
    products = workspace.database["products"]
    products.insert_many([sound("products"), {**sound("products"), "title": "Quiet Bread"}])
    found = [each["title"] for each in products.find({"$text": {"$search": "bread"}})]
    assert found == ["Quiet Bread"]


def test_events_are_forgotten_only_after_they_were_worked_off(workspace: ClusterWorkspace) -> None:
    indexes = workspace.database["webhookEvents"].index_information().values()
    (expiring,) = [index for index in indexes if "expireAfterSeconds" in index]
    assert expiring["key"] == [("processedAt", 1)]
    assert expiring["expireAfterSeconds"] == 90 * 86_400
