"""A publisher keeps in order what is around publishing, with nothing due at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bson import ObjectId

from tests.commandline.conftest import Desk


def test_an_agent_with_nothing_due_renews_sweeps_and_checks(desk: Desk) -> None:
    db, now = desk.cluster.db, datetime.now(UTC)
    account = db["socialAccounts"].find_one({}) or {}
    lease = {"owner": "a machine that is gone", "until": now - timedelta(hours=2)}
    ending = {"tokenExpiresAt": now + timedelta(minutes=20), "refreshLease": lease}
    db["socialAccounts"].update_one({"_id": account["_id"]}, {"$set": ending})
    desk.command.ok("agent", "--until-idle")
    after = db["socialAccounts"].find_one({"_id": account["_id"]}) or {}
    assert after["tokenVersion"] == account["tokenVersion"] + 1
    assert after["tokenExpiresAt"].replace(tzinfo=UTC) > now + timedelta(minutes=60)
    assert "refreshLease" not in after
    checked = db["meta"].find_one({"organizationId": ObjectId(account["organizationId"])}) or {}
    assert checked["checkedAt"] is not None
    assert checked["lease"] is None
    desk.command.ok("agent", "--until-idle")
    again = db["socialAccounts"].find_one({"_id": account["_id"]}) or {}
    assert again["tokenVersion"] == after["tokenVersion"], "a young token is left alone"
