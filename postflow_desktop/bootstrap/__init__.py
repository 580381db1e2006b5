"""Wiring: the only package that names concrete adapters.

Here: Machine (this process of this home), Workspace (an opened cluster), Seat (a person in it).
Not here: rules, screens, commands; whatever is made here is made when it is first asked for.
Used by `cli`, `tour` and `desktop`.
"""

from postflow_desktop.bootstrap.machine import DEFAULT_DATABASE, Machine
from postflow_desktop.bootstrap.workspace import Seat, Workspace

__all__ = ["DEFAULT_DATABASE", "Machine", "Seat", "Workspace"]
