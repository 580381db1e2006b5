"""How posts and accounts are doing, for a person in an organization."""

from __future__ import annotations

from postflow_desktop.bootstrap.insights import measuring_parts
from postflow_desktop.bootstrap.workspace import Seat
from postflow_desktop.services.insights import MemberInsights, MemberParts


def member_insights(seat: Seat) -> MemberInsights:
    """Looking at numbers, and asking for new ones."""
    machine, cluster = seat.machine, seat.workspace.cluster
    sessions = seat.workspace.sessions(seat.person)
    return MemberInsights(
        MemberParts(
            actor=seat.member,
            known_post=seat.posts.get,
            targets=cluster.targets,
            accounts=cluster.accounts,
            measuring=measuring_parts(machine, cluster, sessions),
            clock=machine.cluster_time,
            machine=machine.home.machine_id,
        )
    )
