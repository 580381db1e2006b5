"""Run all figures, or those that are named: `lateness burst due_scan idle_agent window_start …`."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from postflow_desktop.cluster.connection import open_client
from tests.bench import idle, publishing
from tests.bench.window_calendar import window_calendar
from tests.bench.window_composer import window_composer
from tests.bench.window_start import window_rest, window_start
from tests.conftest import ClusterDb
from tests.kit.mongod import TestMongod
from tests.publishing.kit import World

ON_CLUSTER = {
    run.__name__: run for run in (publishing.lateness, publishing.burst, publishing.due_scan)
}
ON_PROCESS = {run.__name__: run for run in (idle.idle_agent,)}
OF_WINDOW = {
    run.__name__: run for run in (window_start, window_rest, window_calendar, window_composer)
}


def main() -> None:
    """Each figure gets a database, or a folder, of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("figures", nargs="*", metavar="FIGURE")
    known = [*OF_WINDOW, *ON_CLUSTER, *ON_PROCESS]
    chosen = parser.parse_args().figures or known
    if unknown := set(chosen) - set(known):
        parser.error(f"there is no figure {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    with tempfile.TemporaryDirectory(prefix="postflow-bench-") as folder:
        for name in (name for name in chosen if name in OF_WINDOW):
            part = Path(folder) / name
            part.mkdir()
            OF_WINDOW[name](part)
        on_cluster = [name for name in chosen if name in ON_CLUSTER or name in ON_PROCESS]
        if on_cluster:
            _run_on_cluster(Path(folder), on_cluster)


def _run_on_cluster(folder: Path, chosen: list[str]) -> None:
    """On a throw-away MongoDB."""
    server = TestMongod(folder / "mongod")
    server.start()
    try:
        with open_client(server.uri) as client:
            for figure in chosen:
                database = ClusterDb(client=client, name=f"bench_{figure}", uri=server.uri)
                if figure in ON_PROCESS:
                    ON_PROCESS[figure](database, folder / figure)
                    continue
                world = World(database, folder / figure)
                ON_CLUSTER[figure](world)
                world.close()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
