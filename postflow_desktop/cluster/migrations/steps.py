"""The numbered steps. To add one: write `forward` and `backward`, append it, raise SCHEMA_VERSION.

A step may die anywhere and is then begun again: both ways must be right for documents that are
changed already. Large collections are gone through with `Stage.each`, which remembers how far it
came. A step that older programs must not write beside names its own version as `min_writer`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from pymongo.database import Database

from postflow_desktop.cluster.documents import Document
from postflow_desktop.cluster.plans import CATALOGUE


class Stage(Protocol):
    """What a step works with."""

    @property
    def database(self) -> Database[Document]:
        """The workspace's database."""
        ...

    def each(self, collection: str, query: Document) -> Iterator[list[Any]]:
        """The `_id`s of matching documents in batches, from where an earlier run had come to."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """The step to one version, and back from it."""

    version: int
    title: str
    forward: Callable[[Stage], None]
    backward: Callable[[Stage], None]
    min_writer: int = 1
    min_reader: int = 1


def _plans_forward(stage: Stage) -> None:
    """The seeded plans get the limits that were not counted before."""
    for slug, plan in CATALOGUE.items():
        limits = plan["limits"]
        stage.database["subscriptionPlans"].update_one(
            {"slug": slug, "limits.queueSize": {"$exists": False}},
            {
                "$set": {
                    "limits.workspaces": limits["workspaces"],
                    "limits.queueSize": limits["queueSize"],
                },
                "$inc": {"rev": 1},
                "$currentDate": {"updatedAt": True},
            },
        )


def _plans_backward(stage: Stage) -> None:
    stage.database["subscriptionPlans"].update_many(
        {"slug": {"$in": list(CATALOGUE)}, "limits.queueSize": {"$exists": True}},
        {
            "$set": {"limits.workspaces": 1},
            "$unset": {"limits.queueSize": ""},
            "$inc": {"rev": 1},
            "$currentDate": {"updatedAt": True},
        },
    )


OLDEST = 5
"""The oldest version that can be gone back to."""

MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        version=6,
        title="Plans count organizations and waiting posts",
        forward=_plans_forward,
        backward=_plans_backward,
    ),
)
"""In the order of their versions; a version without a step only changed collections or indexes."""
