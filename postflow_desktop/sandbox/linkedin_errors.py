"""Refusals in the forms that LinkedIn's REST API has (learn.microsoft.com, error handling)."""

from __future__ import annotations

from postflow_desktop.sandbox.exchange import Answer, Json, json_answer


class LinkedInError(Exception):
    """Becomes an answer with a JSON body."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(str(body.get("message") or body.get("error") or status))
        self.status = status
        self.body = body

    def answer(self) -> Answer:
        """The refusal as it goes back."""
        return json_answer(self.body, self.status)


def refused(status: int, code: str, message: str) -> LinkedInError:
    """A refusal with a name."""
    return LinkedInError(status, {"status": status, "code": code, "message": message})


def invalid(path: str, description: str, code: str = "INVALID_VALUE_FOR_FIELD") -> LinkedInError:
    """A field that breaks a rule."""
    where = {"description": description, "input": {"inputPath": {"fieldPath": path}}, "code": code}
    return LinkedInError(
        400,
        {
            "status": 400,
            "code": code,
            "message": f"{path} :: {description}",
            "errorDetails": {"inputErrors": [where]},
        },
    )


def denied(what: str) -> LinkedInError:
    """A token that may not do this."""
    return LinkedInError(
        403,
        {
            "status": 403,
            "serviceErrorCode": 100,
            "code": "ACCESS_DENIED",
            "message": f"Not enough permissions to access: {what}",
        },
    )


def oauth(status: int, error: str, description: str) -> LinkedInError:
    """A refusal of the token endpoint (RFC 6749, 5.2)."""
    return LinkedInError(status, {"error": error, "error_description": description})


REFUSALS = {
    401: LinkedInError(
        401,
        {
            "status": 401,
            "serviceErrorCode": 65602,
            "code": "EXPIRED_ACCESS_TOKEN",
            "message": "The token used in the request has expired",
        },
    ),
    429: refused(
        429,
        "TOO_MANY_REQUESTS",
        "Resource level throttle limit for calls to this resource is reached.",
    ),
    500: refused(500, "INTERNAL_SERVER_ERROR", "Internal Server Error"),
    503: refused(503, "SERVICE_UNAVAILABLE", "Service Unavailable"),
}
