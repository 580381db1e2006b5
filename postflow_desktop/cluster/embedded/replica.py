"""The replica set of one member and its one user, commanded as the internal user `__system`.

Whoever holds the key file of a cluster is `__system` (authentication database `local`) and may do
everything: the keeper needs no password, and a lost password can be set anew.
Importing this module loads pymongo (0.15 s); import it inside functions.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

from pymongo.errors import (
    AutoReconnect,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from postflow_desktop.cluster.connection import cluster_errors, open_client
from postflow_desktop.cluster.embedded.layout import Layout
from postflow_desktop.cluster.embedded.mongod import REPLICA_SET, USER, user_uri
from postflow_desktop.domain.errors import ClusterUnreachable, MachineProblem, PostFlowError

if TYPE_CHECKING:
    from pymongo import MongoClient  # noqa: TID251 - only its type

PRIMARY_SECONDS = 60.0
_NOT_YET_INITIALIZED = 94
_USER_NOT_FOUND = 11


def system_client(
    layout: Layout, port: int, *, timeout_seconds: float = 8.0
) -> MongoClient[dict[str, Any]]:
    """Return a client that is `__system`; close it after use."""
    return open_client(
        f"mongodb://__system:{layout.read_key()}@127.0.0.1:{port}/"
        "?authSource=local&directConnection=true",
        timeout_seconds=timeout_seconds,
        app_name="postflow-keeper/0.1.0",
    )


def make_ready(layout: Layout, port: int) -> None:
    """Make the server at `port` the primary of its set of one; harmless when it is already.

    A set that remembers another port is told the new one by force: there is no majority to ask.
    Raises ClusterUnreachable or MachineProblem `mongod_failed`.
    """
    with cluster_errors(), system_client(layout, port) as client:
        config = _current_config(client)
        wanted = f"127.0.0.1:{port}"
        if config is None:
            # What was known of an older database in this folder does not hold for a new one.
            layout.login.unlink(missing_ok=True)
            member = {"_id": 0, "host": wanted}
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
        elif [member["host"] for member in config["members"]] != [wanted]:
            config["members"] = [{**config["members"][0], "host": wanted}]
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)
        _wait_for_primary(client)


def process_at(layout: Layout, port: int) -> int | None:
    """Return the process id of the server at `port` if it takes our key, else None."""
    try:
        with system_client(layout, port, timeout_seconds=2.0) as client:
            return int(client.admin.command("serverStatus")["pid"])
    except (PyMongoError, PostFlowError):
        return None


def password_works(port: int, password: str) -> bool:
    """Tell whether the user can sign in with `password`; raises ClusterUnreachable."""
    try:
        with cluster_errors(), open_client(user_uri(port, password)) as client:
            client.admin.command("ping")
    except ClusterUnreachable as error:
        if error.code != "cluster_auth_failed":
            raise
        return False
    return True


def set_password(layout: Layout, port: int, password: str) -> None:
    """Give the user this password, making the user first if there is none."""
    with cluster_errors(), system_client(layout, port) as client:
        roles = ["root"]
        try:
            client.admin.command("updateUser", USER, pwd=password, roles=roles)
        except OperationFailure as error:
            if error.code != _USER_NOT_FOUND:
                raise
            client.admin.command("createUser", USER, pwd=password, roles=roles)


def reopen_log(layout: Layout, port: int) -> None:
    """Make the server write to a new log after the old one was put aside."""
    with cluster_errors(), system_client(layout, port) as client:
        client.admin.command("logRotate", "server")


def shut_down(layout: Layout, port: int) -> None:
    """Ask the server to write everything out and end; it may go on for a moment."""
    try:
        with system_client(layout, port, timeout_seconds=3.0) as client:
            client.admin.command("shutdown", 1, force=True, timeoutSecs=1)
    except (PyMongoError, PostFlowError):
        # That it hangs up is the usual answer; after any other the keeper ends it by force.
        return


def _current_config(client: MongoClient[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the set's configuration, None for a server that never had one.

    After a change of port the server first asks whoever took the old one whether that is itself,
    and has no configuration until it knows (up to 30 s if it gets no answer). When it learns that
    it is not, it hangs up on everybody once.
    """
    stored = client["local"]["system.replset"].find_one() is not None
    config: dict[str, Any] | None = None

    def loaded() -> bool:
        nonlocal config
        try:
            config = client.admin.command("replSetGetConfig")["config"]
        except OperationFailure as error:
            if error.code != _NOT_YET_INITIALIZED:
                raise
            return not stored
        except ServerSelectionTimeoutError:
            raise
        except AutoReconnect:
            return False
        return True

    _wait_for(loaded, "found no configuration")
    return config


def _wait_for_primary(client: MongoClient[dict[str, Any]]) -> None:
    _wait_for(
        lambda: bool(client.admin.command("hello").get("isWritablePrimary")), "took no writes"
    )


def _wait_for(holds: Callable[[], bool], otherwise: str) -> None:
    pause = threading.Event()
    deadline = monotonic() + PRIMARY_SECONDS
    while not holds():
        if monotonic() >= deadline:
            raise MachineProblem(
                f"The local database started but {otherwise} within {PRIMARY_SECONDS:.0f} s.",
                code="mongod_failed",
                fix="Try again; if it stays so, report it with mongod.log and keeper.log.",
            )
        pause.wait(0.01)
