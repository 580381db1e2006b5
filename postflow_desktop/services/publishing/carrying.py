"""Media on their way to a network: slow, in pieces, and the claim is kept alive meanwhile."""

from __future__ import annotations

from postflow_desktop.domain.outcome import Outcome, OutcomeKind
from postflow_desktop.domain.target import Target
from postflow_desktop.services.ports.media import MediaStore, MediaStream
from postflow_desktop.services.ports.publisher import PrepareFailed
from postflow_desktop.services.publishing.parts import PublishingParts


class Keeper:
    """Waits in steps; with no claim to keep (a wire form is stored, its upload got lost)."""

    def __init__(self, parts: PublishingParts) -> None:
        self._parts = parts

    def keep(self) -> None:
        """Nothing to keep."""

    def wait(self, seconds: float) -> None:
        """Wait in steps; PrepareFailed where the claim was lost or the process ends."""
        left = seconds
        while left > 0:
            step = min(left, self._parts.timings.claim_lease / 8)
            if self._parts.halt.wait(step):
                raise PrepareFailed(
                    Outcome(
                        kind=OutcomeKind.NOT_SENT,
                        code="stopped_waiting",
                        message="PostFlow was closed while the network still worked on the upload;"
                        " nothing was sent.",
                        fix="It is tried again as soon as PostFlow runs.",
                    )
                )
            left -= step
            self.keep()


class ClaimKeeper(Keeper):
    """Extends a claim before it can end."""

    def __init__(self, parts: PublishingParts, target: Target) -> None:
        super().__init__(parts)
        self._target = target
        self._last = parts.clock.boottime()

    def keep(self) -> None:
        """To be called often; PrepareFailed if the claim was lost meanwhile."""
        now, lease = self._parts.clock.boottime(), self._parts.timings.claim_lease
        if now - self._last > lease / 4:
            if not self._parts.targets.extend(self._target, lease):
                raise PrepareFailed(
                    Outcome(
                        kind=OutcomeKind.NOT_SENT,
                        code="claim_lost",
                        message="Another machine took this post over; nothing was sent from here.",
                    )
                )
            self._last = now


class HeartbeatMedia:
    """Media for an adapter (port: `MediaSource`)."""

    def __init__(self, store: MediaStore, keeper: Keeper) -> None:
        self._store = store
        self._keeper = keeper

    def read(self, sha256: str) -> bytes:
        """The bytes of a picture; PrepareFailed if the claim was lost meanwhile."""
        self._keeper.keep()
        return self._store.read(sha256)

    def open(self, sha256: str) -> MediaStream:
        """The bytes in pieces; every piece keeps the claim."""
        self._keeper.keep()
        return _KeptStream(self._store.open(sha256), self._keeper)

    def wait(self, seconds: float) -> None:
        """Wait for the network."""
        self._keeper.wait(seconds)


class _KeptStream:
    def __init__(self, stream: MediaStream, keeper: Keeper) -> None:
        self._stream = stream
        self._keeper = keeper

    @property
    def size(self) -> int:
        """Bytes in all."""
        return self._stream.size

    def read(self, most: int) -> bytes:
        """The next bytes; PrepareFailed if the claim was lost meanwhile."""
        self._keeper.keep()
        return self._stream.read(most)

    def close(self) -> None:
        """Nothing is read any more."""
        self._stream.close()

    def __enter__(self) -> _KeptStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
