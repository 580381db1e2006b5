"""Wiring: the only package that names concrete adapters.

Here: Machine (this process of this home), Workspace (an opened cluster), Seat (a person in it).
Not here: rules, screens, commands; whatever is made here is made when it is first asked for.
Used by `cli`, `tour` and `desktop`.
"""

from typing import TYPE_CHECKING

from postflow_desktop.bootstrap.machine import DEFAULT_DATABASE, Machine

if TYPE_CHECKING:
    from postflow_desktop.bootstrap.workspace import Seat, Workspace

__all__ = ["DEFAULT_DATABASE", "Machine", "Seat", "Workspace"]


def __getattr__(name: str) -> object:
    """Seat and Workspace bring every service along; a window is painted before they are needed."""
    if name in {"Seat", "Workspace"}:
        from postflow_desktop.bootstrap import workspace

        return getattr(workspace, name)
    raise AttributeError(name)
