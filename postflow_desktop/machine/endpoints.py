"""Service addresses that a person changed: `POSTFLOW_ENDPOINTS`, a TOML file (toml.io)."""

from __future__ import annotations

import tomllib
from pathlib import Path

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.network import Network


def read_endpoints(
    known: dict[Network, dict[str, str]], path: Path
) -> dict[Network, dict[str, str]]:
    """The known addresses with those of the file; InvalidInput (`bad_endpoints`)."""
    problem = InvalidInput(
        f"POSTFLOW_ENDPOINTS ({path}) can't be used.",
        code="bad_endpoints",
        fix="It is a TOML file with a table per network and the keys that `postflow doctor` lists.",
    )
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise problem from error
    merged = {network: dict(keys) for network, keys in known.items()}
    for name, table in tables.items():
        network = next((n for n in known if n.value == name), None)
        if network is None or not isinstance(table, dict):
            raise problem
        for key, value in table.items():
            if key not in known[network] or not isinstance(value, str):
                raise problem
            merged[network][key] = value
    return merged
