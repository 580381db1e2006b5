"""A process that migrates documents in batches, and waits for a word before each of them."""

from __future__ import annotations

import sys
from threading import Event
from typing import Any

from postflow_desktop.cluster.connection import open_client
from postflow_desktop.cluster.migrations.runner import Migrator, MigratorParts
from postflow_desktop.cluster.migrations.steps import Migration, Stage

BATCHES: list[list[Any]] = []


def forward(stage: Stage) -> None:
    """Count every document once more; `times` tells how often it was taken."""
    for batch in stage.each("things", {"old": True}):
        BATCHES.append(batch)
        print(len(BATCHES), flush=True)
        if WAITS and not sys.stdin.readline():
            raise EOFError
        stage.database["things"].update_many({"_id": {"$in": batch}}, {"$inc": {"times": 1}})


def backward(stage: Stage) -> None:
    for batch in stage.each("things", {"old": True}):
        stage.database["things"].update_many({"_id": {"$in": batch}}, {"$unset": {"times": ""}})


WAITS = False
STEPS = (
    Migration(version=6, title="Nothing", forward=lambda _: None, backward=lambda _: None),
    Migration(version=7, title="Things are counted", forward=forward, backward=backward),
)


def migrator(database: Any, **parts: Any) -> Migrator:
    """Takes the steps above."""
    defaults: dict[str, Any] = {
        "database": database,
        "migrations": STEPS,
        "newest": 7,
        "shape": lambda: None,
        "pause": Event().wait,
    }
    return Migrator(MigratorParts(**{**defaults, **parts}))


if __name__ == "__main__":
    WAITS = True
    with open_client(sys.argv[1]) as client:
        migrator(client[sys.argv[2]]).migrate()
        print("done", flush=True)
