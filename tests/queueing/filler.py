"""A machine that puts posts into a queue: `filler URI DATABASE ORGANIZATION ACCOUNT COUNT`."""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from postflow_desktop.cluster.connection import open_client
from tests.conftest import ClusterDb
from tests.planning.kit import Desk
from tests.publishing.kit import World

THREADS = 2


def main(uri: str, name: str, organization: str, account: str, count: str) -> None:
    """Say when ready, wait for the word, then fill."""
    with open_client(uri) as client, tempfile.TemporaryDirectory() as folder:
        cluster = ClusterDb(client=client, name=name, uri=uri)
        desk = Desk(World(cluster, Path(folder), organization_id=organization))
        print("ready", flush=True)
        sys.stdin.readline()
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda n: desk.queued(account, text=f"Post {n}"), range(int(count))))


if __name__ == "__main__":
    main(*sys.argv[1:])
