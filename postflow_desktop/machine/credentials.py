"""Secrets that a service manager hands over in files: systemd's `LoadCredential=`.

`LoadCredential=POSTFLOW_PASSWORD:/etc/postflow/password` puts the file into the folder that
`CREDENTIALS_DIRECTORY` names (systemd.exec(5)), where no other process of the machine sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from postflow_desktop.machine.disk import read_if_there

_FOLDER = "CREDENTIALS_DIRECTORY"


def credential(environ: Mapping[str, str], name: str) -> str | None:
    """The variable of that name, else the credential file of that name; MachineProblem.

    One line break at the end of a file is the editor's, not the secret's.
    """
    value = environ.get(name)
    folder = environ.get(_FOLDER)
    if value is not None or not folder:
        return value
    data = read_if_there(Path(folder) / name)
    if data is None:
        return None
    return data.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")
