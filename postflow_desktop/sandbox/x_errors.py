"""Refusals in the forms that X's API v2 has (docs.x.com, response codes)."""

from __future__ import annotations

from postflow_desktop.sandbox.exchange import Answer, Json, json_answer

_PROBLEMS = "https://api.x.com/2/problems/"
_TITLES = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class XError(Exception):
    """Becomes an answer with a JSON body."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(str(body.get("detail") or body.get("error") or status))
        self.status = status
        self.body = body

    def answer(self) -> Answer:
        """The refusal as it goes back."""
        return json_answer(self.body, self.status)


def problem(status: int, detail: str = "") -> XError:
    """A problem without a type of its own (RFC 9457)."""
    title = _TITLES[status]
    return XError(
        status,
        {"title": title, "type": "about:blank", "status": status, "detail": detail or title},
    )


def invalid(parameter: str, value: str, message: str) -> XError:
    """A parameter that breaks a rule."""
    return XError(
        400,
        {
            "errors": [{"parameters": {parameter: [value]}, "message": message}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": f"{_PROBLEMS}invalid-request",
        },
    )


def too_long() -> XError:
    """A text beyond the limit."""
    return XError(
        400,
        {
            "title": "Invalid Request",
            "detail": "Your Tweet text is too long. For more information on how Twitter determines "
            "text length see https://github.com/twitter/twitter-text.",
            "type": "about:blank",
            "status": 400,
        },
    )


def oauth(status: int, error: str, description: str) -> XError:
    """A refusal of the token endpoint (RFC 6749, 5.2)."""
    return XError(status, {"error": error, "error_description": description})


def missing_post(post_id: str) -> Json:
    """What X answers, with status 200, where there is no such post."""
    return {
        "errors": [
            {
                "value": post_id,
                "detail": f"Could not find tweet with id: [{post_id}].",
                "title": "Not Found Error",
                "resource_type": "tweet",
                "parameter": "id",
                "resource_id": post_id,
                "type": f"{_PROBLEMS}resource-not-found",
            }
        ]
    }
