"""A refusal in XRPC's form."""

from __future__ import annotations


class XrpcError(Exception):
    """Becomes `{"error", "message"}` with an HTTP status."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.message = message
