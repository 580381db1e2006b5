"""Run all figures on a throw-away MongoDB, or those that are named: `lateness burst due_scan`."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from postflow_desktop.cluster.connection import open_client
from tests.bench import publishing
from tests.conftest import ClusterDb
from tests.kit.mongod import TestMongod
from tests.publishing.kit import World

FIGURES = {
    run.__name__: run for run in (publishing.lateness, publishing.burst, publishing.due_scan)
}


def main() -> None:
    """Each figure gets a database of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("figures", nargs="*", metavar="FIGURE")
    chosen = parser.parse_args().figures or list(FIGURES)
    if unknown := set(chosen) - set(FIGURES):
        parser.error(f"there is no figure {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="postflow-bench-") as folder:
        server = TestMongod(Path(folder) / "mongod")
        server.start()
        try:
            with open_client(server.uri) as client:
                for figure in chosen:
                    database = ClusterDb(client=client, name=f"bench_{figure}", uri=server.uri)
                    world = World(database, Path(folder) / figure)
                    FIGURES[figure](world)
                    world.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
