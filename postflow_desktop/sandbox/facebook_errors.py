"""Refusals in the form that the Graph API has (handling errors, 2026-09-11)."""

from __future__ import annotations

from postflow_desktop.sandbox.exchange import Answer, Json, json_answer


class GraphError(Exception):
    """Becomes `{"error": {"message", "type", "code", …}}`."""

    def __init__(
        self, code: int, message: str, *, subcode: int | None = None, status: int = 400
    ) -> None:
        super().__init__(message)
        self.code = code
        self.subcode = subcode
        self.status = status

    def answer(self, headers: dict[str, str] | None = None) -> Answer:
        """The refusal as it goes back."""
        error: Json = {"message": str(self), "type": "OAuthException", "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.code in {1, 2}:
            error["is_transient"] = True
        return json_answer({"error": {**error, "fbtrace_id": "Asandbox"}}, self.status, headers)


def expired() -> GraphError:
    """A token whose time is over."""
    words = "Error validating access token: Session has expired."
    return GraphError(190, words, subcode=463)


def bad_token() -> GraphError:
    """A token that is none."""
    return GraphError(190, "Invalid OAuth access token - Cannot parse access token")


def gone(object_id: str, method: str = "get") -> GraphError:
    """An object that is not there, or not for this token."""
    return GraphError(
        100,
        f"Unsupported {method} request. Object with ID '{object_id}' does not exist, cannot be "
        "loaded due to missing permissions, or does not support this operation.",
        subcode=33,
    )


def duplicate() -> GraphError:
    """The same words as in the post before."""
    return GraphError(506, "(#506) Duplicate status message", subcode=1455006)


def invalid(message: str, subcode: int | None = None) -> GraphError:
    """A parameter that breaks a rule."""
    return GraphError(100, f"(#100) {message}", subcode=subcode)


def refusal(status: int) -> Answer:
    """What Facebook says for 429, 503, 500, and for an expired token (401)."""
    if status == 429:
        # A real wait is minutes; nothing in the sandbox should take that long.
        usage = '{"1":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":0}]}'
        words = "(#32) Page request limit reached"
        return GraphError(32, words).answer({"X-Business-Use-Case-Usage": usage})
    if status == 401:
        return expired().answer()
    words = "An unexpected error has occurred. Please retry your request later."
    return GraphError(2, words, status=status).answer()
