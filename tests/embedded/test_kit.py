"""The throw-away MongoDB itself does what other tests take for granted."""

from __future__ import annotations

from pathlib import Path

from pymongo.read_concern import ReadConcern

from postflow_desktop.cluster.connection import open_client
from tests.conftest import ClusterDb
from tests.kit.mongod import TestMongod


def test_the_shared_server_has_transactions_and_change_streams(cluster_db: ClusterDb) -> None:
    cluster_db.db.create_collection("things")
    with cluster_db.db["things"].watch() as changes:
        with (
            cluster_db.client.start_session() as session,
            session.start_transaction(read_concern=ReadConcern("snapshot")),
        ):
            cluster_db.db["things"].insert_one({"_id": 1}, session=session)
        assert changes.next()["documentKey"] == {"_id": 1}


def test_a_throw_away_server_keeps_majority_writes_over_kill_9(tmp_path: Path) -> None:
    server = TestMongod(tmp_path)
    server.start()
    try:
        with open_client(server.uri) as client:
            client["kept"]["things"].insert_one({"_id": "kept"})
            server.restart()
            assert client["kept"]["things"].find_one() == {"_id": "kept"}
    finally:
        server.stop()
