"""Run all figures on a throw-away MongoDB."""

from __future__ import annotations

import tempfile
from pathlib import Path

from postflow_desktop.cluster.connection import open_client
from tests.bench import publishing
from tests.conftest import ClusterDb
from tests.kit.mongod import TestMongod
from tests.publishing.kit import World


def main() -> None:
    """Each figure gets a database of its own."""
    with tempfile.TemporaryDirectory(prefix="postflow-bench-") as folder:
        server = TestMongod(Path(folder) / "mongod")
        server.start()
        try:
            with open_client(server.uri) as client:
                for run in (publishing.lateness, publishing.burst, publishing.due_scan):
                    name = f"bench_{run.__name__}"
                    database = ClusterDb(client=client, name=name, uri=server.uri)
                    world = World(database, Path(folder) / run.__name__)
                    run(world)
                    world.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
