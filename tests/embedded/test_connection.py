"""Connections wait for durable writes, and what goes wrong with them is said plainly."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC
from pathlib import Path

import pytest
from pymongo.errors import DuplicateKeyError, OperationFailure

from postflow_desktop.cluster.connection import (
    cluster_errors,
    open_client,
    redact_uri,
    translate,
)
from postflow_desktop.domain.errors import (
    Bug,
    ClusterUnreachable,
    InvalidInput,
    MachineProblem,
    NotAllowed,
    PostFlowError,
)
from tests.conftest import ClusterDb
from tests.kit.mongod import TestMongod, free_port


def problem_with(uri: str) -> PostFlowError:
    with (
        pytest.raises(PostFlowError) as caught,
        cluster_errors(),
        open_client(uri, timeout_seconds=0.5) as client,
    ):
        client["any"]["thing"].find_one()
    assert "s3cret" not in f"{caught.value!r} {caught.value} {caught.value.fix}"
    return caught.value


def test_writes_wait_for_the_majority_and_its_journal(cluster_db: ClusterDb) -> None:
    concern = cluster_db.client.write_concern.document
    assert concern == {"w": "majority", "j": True, "wtimeout": 10_000}
    assert cluster_db.client.options.retry_writes
    assert cluster_db.client.codec_options.tz_aware
    cluster_db.db["t"].insert_one({"_id": 1})
    inserted = cluster_db.db["t"].find_one_and_update(
        {"_id": 1}, [{"$set": {"at": "$$NOW"}}], return_document=True
    )
    assert inserted is not None
    assert inserted["at"].tzinfo is not None
    assert inserted["at"].utcoffset() == UTC.utcoffset(None)


def test_compression_is_never_used_even_if_the_address_asks_for_it() -> None:
    with open_client("mongodb://127.0.0.1:1/?compressors=zlib") as client:
        settings = client.options.pool_options._compression_settings
        assert settings is not None
        assert settings.compressors == []


@pytest.mark.parametrize(
    "option",
    ["tlsAllowInvalidCertificates", "tlsInsecure", "TLSallowinvalidHOSTNAMES", "tls%49nsecure"],
)
def test_an_address_that_turns_off_certificate_checks_is_refused(option: str) -> None:
    error = problem_with(f"mongodb://u:s3cret@example.org/?tls=true&{option}=true")
    assert isinstance(error, InvalidInput)
    assert error.code == "bad_cluster_address"


@pytest.mark.parametrize(
    "uri",
    [
        "http://u:s3cret@host",
        "mongodb://u:s3cret@",
        "mongodb://u:s3cret@@host/",
        "mongodb://u:s3cret@host:123456/",
        "mongodb://u:s3cret@host/?nonsense",
        "",
    ],
)
def test_a_bad_address_is_refused_without_showing_its_password(uri: str) -> None:
    assert problem_with(uri).code == "bad_cluster_address"


def test_a_wrong_password_is_told_from_a_server_that_is_down(mongod_uri: str) -> None:
    right = mongod_uri.partition("//")[2].partition("@")[0]
    error = problem_with(mongod_uri.replace(right, "root:s3cret"))
    assert (type(error), error.code) == (ClusterUnreachable, "cluster_auth_failed")
    error = problem_with(f"mongodb://u:s3cret@127.0.0.1:{free_port()}/")
    assert (type(error), error.code) == (ClusterUnreachable, "cluster_unreachable")
    assert "Topology" not in error.message


def test_a_name_that_does_not_exist_is_named() -> None:
    assert problem_with("mongodb://u:s3cret@postflow.invalid/").code == "cluster_dns"
    assert problem_with("mongodb+srv://u:s3cret@postflow.example.invalid/").code == "cluster_dns"


def test_trouble_with_tls_is_named(mongod_uri: str) -> None:
    place = mongod_uri.partition("@")[2].partition("/")[0]
    assert problem_with(f"mongodb://u:s3cret@{place}/?tls=true").code in (
        "cluster_tls",
        "cluster_unreachable",
    )


def test_a_user_without_rights_is_told_so(cluster_db: ClusterDb) -> None:
    cluster_db.db.command("createUser", "guest", pwd="s3cret", roles=[])
    place = cluster_db.uri.partition("@")[2].partition("/")[0]
    error = problem_with(f"mongodb://guest:s3cret@{place}/{cluster_db.name}?directConnection=true")
    assert (type(error), error.code) == (NotAllowed, "cluster_forbidden")


def test_a_document_that_breaks_the_rules_is_a_bug_and_its_content_stays_private(
    cluster_db: ClusterDb,
) -> None:
    rules = {"$jsonSchema": {"required": ["name"]}}
    strict = cluster_db.db.create_collection("strict", validator=rules)
    with pytest.raises(Bug) as caught, cluster_errors():
        strict.insert_one({"text": "s3cret"})
    assert caught.value.code == "document_refused"
    assert "s3cret" not in str(caught.value)
    with pytest.raises(Bug) as caught, cluster_errors():
        strict.insert_many([{"text": "s3cret"}])
    assert caught.value.code == "document_refused"


def test_a_duplicate_key_is_left_to_the_stores(cluster_db: ClusterDb) -> None:
    cluster_db.db["t"].insert_one({"_id": 1})
    with pytest.raises(DuplicateKeyError), cluster_errors():
        cluster_db.db["t"].insert_one({"_id": 1})


@pytest.mark.parametrize(
    "details",
    [
        {"code": 14031, "errmsg": "not enough", "codeName": "OutOfDiskSpace"},
        {"code": 8, "errmsg": "28: No space left on device"},
    ],
)
def test_a_full_disk_of_the_cluster_is_named(details: dict[str, object]) -> None:
    error = translate(OperationFailure("x", int(str(details["code"])), details))
    assert (type(error), error.code) == (MachineProblem, "disk_full")


@pytest.mark.parametrize("code", [6, 7, 43, 89, 134, 211, 237, 262, 9001, 11601])
def test_a_server_that_has_just_started_or_is_about_to_go_is_not_taken_for_a_bug(code: int) -> None:
    error = translate(OperationFailure("x", code, {"code": code}))
    assert (type(error), error.code) == (ClusterUnreachable, "cluster_unreachable")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGSTOP here")
def test_a_silent_server_is_not_waited_for_without_end(tmp_path: Path) -> None:
    server = TestMongod(tmp_path).start()
    try:
        with open_client(server.uri, answer_seconds=0.5) as client:
            client["a"]["b"].insert_one({})
            os.kill(server.pid, signal.SIGSTOP)
            with pytest.raises(ClusterUnreachable) as caught, cluster_errors():
                client["a"]["b"].find_one()
            assert caught.value.code == "cluster_unreachable"
    finally:
        server.stop()


def test_a_server_that_dies_during_the_work_is_unreachable(tmp_path: Path) -> None:
    server = TestMongod(tmp_path)
    server.start()
    try:
        with open_client(server.uri, timeout_seconds=0.5) as client:
            client["a"]["b"].insert_one({})
            server.kill9()
            with pytest.raises(ClusterUnreachable) as caught, cluster_errors():
                client["a"]["b"].insert_one({})
            assert caught.value.code == "cluster_unreachable"
    finally:
        server.stop()


def test_addresses_are_shown_without_user_and_password() -> None:
    text = (
        "mongodb://u:p%40w@h/d and mongodb+srv://x:y@z.example/?tlsCertificateKeyFilePassword=q&a=b"
    )
    assert redact_uri(text) == (
        "mongodb://…@h/d and mongodb+srv://…@z.example/?tlsCertificateKeyFilePassword=…&a=b"
    )
