"""Every workspace of this machine at a glance: what stands before each, and acts on all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from postflow_desktop.desktop.places import Places
from postflow_desktop.desktop.stations import Station, Stations
from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.ui.backend import Outlook, Place

if TYPE_CHECKING:
    from postflow_desktop.bootstrap import Seat

_NOTICES = 100


class Outlooks:
    """Asks the clusters, one after the other; may wait for those that are away."""

    def __init__(self, here: str, places: Places, stations: Stations) -> None:
        """`here` is this machine."""
        self._here = here
        self._places = places
        self._stations = stations

    def look(self) -> Sequence[Outlook]:
        """Those where somebody is signed in, by the name of the organization."""
        found = []
        for workspace_id, station in self._stations.started():
            place = self._places.at(workspace_id)
            if place is not None:
                found.append(self._look_at(place, station))
        return sorted(found, key=lambda outlook: (outlook.name.casefold(), outlook.workspace_id))

    def pause(self, reason: str) -> None:
        """Pause them all; what could not be paused is raised, after the others."""
        self._everywhere(lambda seat: seat.pausing.pause_all(reason))

    def resume(self) -> None:
        """Lift the pauses; what could not be lifted is raised, after the others."""
        self._everywhere(lambda seat: seat.pausing.resume_all())
        self.wake()

    def wake(self) -> None:
        """Every publisher looks for what is due."""
        for _, station in self._stations.started():
            station.publisher.wake()

    def _look_at(self, place: Place, station: Station) -> Outlook:
        from postflow_desktop.services.agenda import AgendaParts, AgendaService

        known = Outlook(
            workspace_id=place.workspace_id,
            name=place.organization_name,
            timezone=place.timezone,
            user_id=place.user_id,
            is_sample=place.is_sample,
        )
        try:
            seat = station.connection.seat()
            cluster, organization = seat.workspace.cluster, seat.organization
            parts = AgendaParts(
                organization=organization,
                here=self._here,
                targets=cluster.target_news,
                posts=cluster.posts,
                notices=cluster.notices,
                presence=seat.presence,
                accounts=cluster.accounts,
            )
            return replace(
                known,
                name=organization.name,
                timezone=organization.timezone,
                agenda=AgendaService(parts).look(),
                notices=tuple(cluster.notices.recent(organization.id, limit=_NOTICES)),
                wishes=cluster.wishes.get(seat.person.user_id),
            )
        except PostFlowError as error:
            return replace(known, problem=error)

    def _everywhere(self, act: Callable[[Seat], object]) -> None:
        problems: list[PostFlowError] = []
        for _, station in self._stations.started():
            try:
                act(station.connection.seat())
            except PostFlowError as error:
                problems.append(error)
        if problems:
            raise problems[0]
