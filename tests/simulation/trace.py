"""What happened in a schedule, line by line, for a person who looks at a failure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.simulation.expressions import Document
from tests.simulation.machines import Process
from tests.simulation.networks import Taken
from tests.simulation.world import World


@contextmanager
def traced(world: World, lines: list[str]) -> Iterator[None]:
    """From here to there every commit, strike and post of this world becomes a line."""
    committed, made, strike = world.server.on_commit, world.watcher.made, world.strike

    def say(text: str) -> None:
        lines.append(f"{world.kernel.now:10.2f} {text}")

    def on_commit(name: str, old: Document | None, new: Document) -> None:
        if name == "schedules":
            say(_commit(old, new))
        committed(name, old, new)

    def on_taken(post: Taken) -> None:
        say(f"TAKEN {post.target} as {post.external_id}, sent at {post.left:.2f}")
        made(post)

    def on_strike(action: str, process: Process, seconds: float, restart: float) -> None:
        say(f"{action} of {process.process_id} for {seconds:.1f} s, restart in {restart:.1f} s")
        strike(action, process, seconds, restart)

    world.server.on_commit = on_commit
    world.strike = on_strike  # type: ignore[method-assign]
    for service in world.services.values():
        service.on_taken = on_taken
    yield


def _commit(old: Document | None, new: Document) -> str:
    lease, error = new.get("lease"), new.get("lastError")
    out = [step["n"] for step in new.get("steps") or () if step["status"] == "published"]
    return (
        f"{new['_id']} {'' if old is None else old['status']} → {new['status']}"
        f" fence {new['fence']} {'' if lease is None else lease['owner']}"
        f" {'' if error is None else error['code']}{f' out {out}' if out else ''}"
    )
