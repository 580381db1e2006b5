"""A sandbox that remembers every call, so that a whole story can be held against a contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from postflow_desktop.sandbox.exchange import Answer, Call
from postflow_desktop.sandbox.server import SandboxServer

Check = Callable[["Exchange"], list[str]]
"""What is wrong with an exchange."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A call and what came back; no answer where the connection was reset."""

    call: Call
    answer: Answer | None

    @property
    def status(self) -> int:
        """Of the answer; 0 without one."""
        return 0 if self.answer is None else self.answer.status

    @property
    def place(self) -> str:
        """Method and path."""
        return f"{self.call.method} {self.call.path}"


class WitnessedSandbox(SandboxServer):
    """The sandbox of the product with a memory."""

    def __init__(self) -> None:
        super().__init__()
        self.exchanges: list[Exchange] = []

    def broken(self, check: Check, *prefixes: str) -> list[str]:
        """What this check finds in the product's calls under these prefixes.

        Calls that were answered with 400 are the ones that a test made wrong on purpose.
        """
        found = []
        for one in list(self.exchanges):
            ours = one.call.headers.get("user-agent", "").startswith("PostFlow/")
            if ours and one.call.path.startswith(prefixes) and one.status != 400:
                found += [f"{one.place}: {what}" for what in check(one)]
        return sorted(set(found))

    def _answer(self, call: Call) -> Answer:
        answer = None
        try:
            answer = super()._answer(call)
        finally:
            self.exchanges.append(Exchange(call=call, answer=answer))
        return answer
