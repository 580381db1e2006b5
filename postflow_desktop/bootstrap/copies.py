"""Asking the networks what they have, wired."""

from __future__ import annotations

from postflow_desktop.bootstrap.workspace import Seat
from postflow_desktop.services.network_copies import NetworkCopies


def network_copies(seat: Seat) -> NetworkCopies:
    """For the person in this seat."""
    workspace = seat.workspace
    sessions = workspace.sessions(seat.person)
    return NetworkCopies(seat.member, seat.posts, sessions, workspace.machine.publishers)
