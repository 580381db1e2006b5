"""Refusals in the form and words of the Bot API (tdlib/telegram-bot-api of 2026-05-07)."""

from __future__ import annotations

from postflow_desktop.sandbox.exchange import Answer, Json, json_answer


class TelegramError(Exception):
    """Becomes `{"ok": false, "error_code", "description"}` with that status."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.parameters = parameters

    def answer(self) -> Answer:
        """The refusal as it goes back."""
        body: Json = {"ok": False, "error_code": self.status, "description": str(self)}
        if self.parameters:
            body["parameters"] = self.parameters
        return json_answer(body, self.status)


def bad_request(words: str) -> TelegramError:
    """Something is wrong with the call."""
    return TelegramError(400, f"Bad Request: {words}")


def too_many(seconds: int) -> TelegramError:
    """The bot has to wait."""
    return TelegramError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
