"""Refusals in the forms that Threads has: Meta's Graph API, and its sign-in.

developers.facebook.com/docs/graph-api, error handling (read 2026-09-11). The wording of most is
from replies that others have published.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from postflow_desktop.sandbox.exchange import Answer, Json, json_answer


class ThreadsError(Exception):
    """Becomes an answer with a JSON body."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body

    def answer(self) -> Answer:
        """The refusal as it goes back."""
        return json_answer(self.body, self.status)


def graph(
    message: str,
    code: int,
    subcode: int | None = None,
    *,
    kind: str = "OAuthException",
    status: int = 400,
) -> ThreadsError:
    """An error of the API."""
    error: Json = {"message": message, "type": kind, "code": code}
    if subcode is not None:
        error["error_subcode"] = subcode
    error |= {"is_transient": code in {1, 2, 4}, "fbtrace_id": f"A{secrets.token_urlsafe(16)}"}
    return ThreadsError(status, {"error": error})


def bad_parameter(message: str) -> ThreadsError:
    """A parameter that breaks a rule."""
    return graph(message, 100, kind="THApiException")


def bad_token() -> ThreadsError:
    """A token that is none."""
    return graph("Invalid OAuth access token - Cannot parse access token", 190)


def ended_token() -> ThreadsError:
    """A token whose time is over."""
    return graph("Error validating access token: Session has expired", 190, 463)


def no_permission() -> ThreadsError:
    """A scope that was not granted, or something of somebody else's."""
    message = "Application does not have permission for this action"
    return graph(message, 10, kind="THApiException")


def limit_reached() -> ThreadsError:
    """Too many calls or posts."""
    return graph("Application request limit reached", 4)


def not_found(wanted: str) -> ThreadsError:
    """No such container or post."""
    error = graph("The requested resource does not exist", 24, 4279009)
    error.body["error"] |= {
        "error_user_title": "Media Not Found",
        "error_user_msg": f"The media with id {wanted[:50]} cannot be found.",
    }
    return error


def oauth(message: str) -> ThreadsError:
    """A refusal of the sign-in."""
    return ThreadsError(
        400, {"error_type": "OAuthException", "code": 400, "error_message": message}
    )


REFUSALS: dict[int, Callable[[], ThreadsError]] = {
    401: ended_token,
    429: limit_reached,
    500: lambda: graph("An unknown error occurred", 1, status=500),
    503: lambda: graph("Service temporarily unavailable", 2, status=503),
}
"""In the words of the network, by the status that is meant; Meta says 400 for most."""
