"""How PostFlow opens a connection to a cluster, and what it says when that fails.

Importing this module loads pymongo (0.15 s); import it inside functions.
"""

from __future__ import annotations

import atexit
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from pymongo import MongoClient  # noqa: TID251 - this module is the one place that opens clients
from pymongo.errors import (
    ConfigurationError,
    ConnectionFailure,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)
from pymongo.synchronous import monitor

from postflow_desktop.domain.errors import (
    Bug,
    ClusterUnreachable,
    InvalidInput,
    MachineProblem,
    NotAllowed,
    PostFlowError,
)

POOL_SIZE = 40
"""Connections per server: 32 workers, change streams, and room for the window."""
ACKNOWLEDGE_MS = 10_000
"""How long a write may wait for the majority before it counts as unsure, in milliseconds."""
ANSWER_SECONDS = 30.0
"""How long an answer may take. On a connection that died without a word nothing else ends the
waiting; with one retry it is still far below the lease of a claim."""

# Error codes of the server: src/mongo/base/error_codes.yml in MongoDB's sources.
_UNAUTHORIZED = 13
_AUTHENTICATION_FAILED = 18
_DOCUMENT_VALIDATION = 121
_DISK_CODES = frozenset({14031})  # OutOfDiskSpace
_USER_NOT_FOUND = 11
_ATLAS_BAD_LOGIN = 8000
# ReadConcernMajorityNotAvailableYet; KeyNotFound: the key for signed times is not loaded yet. Both
# pass by themselves shortly after the start of a server.
_JUST_STARTED_CODES = frozenset({134, 211})
# What reads meet while servers come, go and lead: HostUnreachable, HostNotFound, CursorNotFound,
# NetworkTimeout, CursorKilled, ExceededTimeLimit, SocketException, Interrupted. The driver tries
# most of them again once, and hands the second one on without a label.
_ON_THE_MOVE_CODES = frozenset({6, 7, 43, 89, 237, 262, 9001, 11601})
_LOGIN_CODES = frozenset({_USER_NOT_FOUND, _AUTHENTICATION_FAILED, _ATLAS_BAD_LOGIN})

_NO_SPACE = "No space left on device"  # the storage engine's words, under code 8 (UnknownError)

_SECRET = re.compile(r"(mongodb(?:\+srv)?://)[^/?#\s]*@", re.IGNORECASE)
_SECRET_OPTION = re.compile(
    r"((?:tlsCertificateKeyFilePassword|authMechanismProperties)=)[^&\s]*", re.IGNORECASE
)
_INSECURE_OPTIONS = frozenset(
    {"tlsallowinvalidcertificates", "tlsallowinvalidhostnames", "tlsinsecure"}
)
_CERTIFICATE_WORDS = re.compile(r"certificate|SSL:|TLSV1|handshake", re.IGNORECASE)
_DNS_WORDS = re.compile(
    r"getaddrinfo|Name or service not known|name resolution|nodename nor servname|"
    r"No address associated|DNS |resolution lifetime|nameservers",
    re.IGNORECASE,
)


def redact_uri(text: str) -> str:
    """Return `text` with the user and password of every MongoDB address in it hidden."""
    return _SECRET_OPTION.sub(r"\1…", _SECRET.sub(r"\1…@", text))


# Clients are closed by who opened them. What pymongo does beside that at the end of a process is to
# wait for its watchers, which sleep for half a second: every command would take that much longer.
atexit.unregister(getattr(monitor, "_shutdown_resources", open))


def open_client(
    uri: str,
    *,
    timeout_seconds: float = 8.0,
    answer_seconds: float = ANSWER_SECONDS,
    app_name: str = "postflow/0.1.0",
) -> MongoClient[dict[str, Any]]:
    """Return a client for the cluster at `uri`; it connects in the background.

    Writes wait for the majority and its journal, and are retried once by the driver.
    `timeout_seconds` is how long an operation looks for a server, `answer_seconds` how long it then
    waits on a silent connection. TLS is as the address says, and is on for `mongodb+srv`.
    Compression is off: zlib discloses memory of older servers (CVE-2025-14847), the rest needs more
    libraries.
    Raises InvalidInput `bad_cluster_address`; ClusterUnreachable `cluster_dns` for a name
    that can't be resolved.
    """
    _check_address(uri)
    milliseconds = int(timeout_seconds * 1000)
    with cluster_errors():
        try:
            return MongoClient(
                uri,
                appname=app_name,
                tz_aware=True,
                w="majority",
                journal=True,
                wTimeoutMS=ACKNOWLEDGE_MS,
                retryWrites=True,
                retryReads=True,
                maxPoolSize=POOL_SIZE,
                serverSelectionTimeoutMS=milliseconds,
                connectTimeoutMS=milliseconds,
                socketTimeoutMS=int(answer_seconds * 1000),
                serverMonitoringMode="poll",
                compressors=[],
            )
        except (ValueError, TypeError) as error:
            raise _bad_address(str(error)) from None


@contextmanager
def cluster_errors() -> Iterator[None]:
    """Turn errors of pymongo into errors of the domain; DuplicateKeyError passes unchanged."""
    try:
        yield
    except DuplicateKeyError:
        raise
    except PyMongoError as error:
        raise translate(error) from error


def translate(error: PyMongoError) -> PostFlowError:
    """Return the domain error for an error of pymongo; its text holds no password or content."""
    if isinstance(error, ConfigurationError):
        text = str(error)
        return _no_such_name(text) if _DNS_WORDS.search(text) else _bad_address(text)
    if isinstance(error, WTimeoutError):
        return _unreachable("most of its machines did not confirm a write in time")
    if isinstance(error, OperationFailure):
        return _from_server(error)
    if isinstance(error, ConnectionFailure):
        return _from_network(str(error))
    return Bug(f"MongoDB could not be used as intended ({type(error).__name__}).")


def _from_server(error: OperationFailure) -> PostFlowError:
    details = error.details or {}
    name = str(details.get("codeName", ""))
    if error.code in _LOGIN_CODES:
        return ClusterUnreachable(
            "The cluster refused the user name or password of its address. Nothing was changed.",
            code="cluster_auth_failed",
            fix="Check user and password in the address (special characters as %40 and so on), "
            "then: postflow workspace create --uri …",
        )
    if error.code == _UNAUTHORIZED:
        return NotAllowed(
            "The database user of this workspace may not do this. Nothing was changed.",
            code="cluster_forbidden",
            fix="Ask the owner of the cluster for the right to read and write this database.",
        )
    if error.code in _DISK_CODES or _NO_SPACE in str(details.get("errmsg", "")):
        return MachineProblem(
            "The cluster has no disk space left. What was stored before is kept.",
            code="disk_full",
            fix="Free space on the computer that runs MongoDB, or choose a larger plan.",
        )
    if _is_validation(error, details):
        return Bug("A document broke the rules of its collection.", code="document_refused")
    if _passes_by_itself(error):
        return _unreachable(
            f"it starts, changes its leader or is overloaded ({name or error.code})"
        )
    return Bug(f"MongoDB refused a command ({name or 'code'} {error.code}).")


def _passes_by_itself(error: OperationFailure) -> bool:
    return error.code in _JUST_STARTED_CODES | _ON_THE_MOVE_CODES or any(
        error.has_error_label(label)
        for label in ("RetryableWriteError", "TransientTransactionError")
    )


def _is_validation(error: OperationFailure, details: Mapping[str, Any]) -> bool:
    if error.code == _DOCUMENT_VALIDATION:
        return True
    writes = details.get("writeErrors", ())  # of a bulk write, whose own code is 65
    return any(write.get("code") == _DOCUMENT_VALIDATION for write in writes)


def _from_network(text: str) -> ClusterUnreachable:
    if _CERTIFICATE_WORDS.search(text):
        return ClusterUnreachable(
            "The secure connection to the cluster could not be set up: "
            f"{_short(text)} Nothing was sent.",
            code="cluster_tls",
            fix="Check this computer's date and that the address has the cluster's full name; "
            "for a private authority add tlsCAFile=… to the address. On Atlas this also "
            "happens while your IP address is not on the access list.",
        )
    if _DNS_WORDS.search(text):
        return _no_such_name(text)
    return _unreachable(_short(text).rstrip("."))


def _unreachable(reason: str) -> ClusterUnreachable:
    return ClusterUnreachable(
        f"The cluster does not answer: {reason}. What is on this computer is kept.",
        code="cluster_unreachable",
        fix="Check the network and that the cluster runs (on Atlas: not paused, and your IP "
        "address on its access list); PostFlow goes on trying.",
    )


def _no_such_name(text: str) -> ClusterUnreachable:
    return ClusterUnreachable(
        f"The name of the cluster can't be resolved: {_short(text)}",
        code="cluster_dns",
        fix="Check the network and the spelling of the address. Where DNS hides SRV records, "
        "use the long form of the address that starts with mongodb://.",
    )


def _bad_address(text: str) -> InvalidInput:
    return InvalidInput(
        f"The address of the cluster can't be used: {_short(text)}",
        code="bad_cluster_address",
        fix="Copy it again from your provider: mongodb+srv://USER:PASSWORD@HOST/ with special "
        "characters of the password percent-encoded.",
    )


def _check_address(uri: str) -> None:
    for pair in re.split("[&;]", uri.partition("?")[2]):
        name, _, value = unquote(pair).partition("=")
        if name.strip().lower() in _INSECURE_OPTIONS and value.strip().lower() != "false":
            raise InvalidInput(
                f"The address turns off the check of the cluster's certificate ({name}).",
                code="bad_cluster_address",
                fix=f"Remove {name}; for a private authority give tlsCAFile=… instead.",
            )


def _short(text: str) -> str:
    """The first part of a driver's message, without the topology that it appends."""
    first = redact_uri(text).partition(", Topology Description")[0].partition(" (configured")[0]
    return (first if len(first) <= 240 else first[:239] + "…").rstrip(" .") + "."
