"""Files on their way into a composer: read one after the other, refused with a reason."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.post import Media
from postflow_desktop.services.ports.media import Progress
from postflow_desktop.ui.backend import PlaceBackend
from postflow_desktop.ui.composer.moments import Moments
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.words import fix_for

_WORTH_TELLING = 10_000_000
LOOK_MS = 250
"""Between two looks at how far a long file is."""


def share_of(progress: Progress) -> str:
    """How far it is, in hundredths; nothing where it is short or has only begun."""
    if not progress.done or progress.total < _WORTH_TELLING:
        return ""
    return f"{min(99, progress.done * 100 // progress.total)} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A file that could not be taken."""

    name: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class _Job:
    name: str
    read: Callable[[], Media]
    progress: Progress


class Intake(QObject):
    """A queue, so that pictures stand in the post in the order in which they were dropped."""

    took = Signal(object)
    """A Media."""
    changed = Signal()
    moved_on = Signal()
    """What is being read is further than before."""

    def __init__(
        self,
        backend: PlaceBackend,
        tasks: Tasks,
        parent: QObject | None = None,
        *,
        moments: Moments | None = None,
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._tasks = tasks
        self._look = (moments or Moments()).alarm(self)
        self._look.rang.connect(self._look_again)
        self._queue: deque[_Job] = deque()
        self.refusals: tuple[Refusal, ...] = ()

    @property
    def waiting(self) -> tuple[str, ...]:
        """Names of what is being read or waits for it."""
        return tuple(job.name for job in self._queue)

    @property
    def words(self) -> tuple[str, ...]:
        """The same with how far the first one is, where that takes a while."""
        names = self.waiting
        if not names:
            return ()
        share = share_of(self._queue[0].progress)
        return (f"{names[0]} {share}" if share else names[0], *names[1:])

    def stop(self) -> None:
        """What is being read is not wanted any more; the rest goes on."""
        if self._queue:
            self._queue[0].progress.stop()

    def add_files(self, paths: Iterable[Path]) -> None:
        """Read files; what can't be read is refused with a reason, the rest goes on."""
        self._add(self._file_job(path) for path in paths)

    def add_image(self, encode: Callable[[], bytes]) -> None:
        """Take a picture from the clipboard; `encode` makes PNG bytes of it, on the pool."""
        self._add([_Job("Pasted picture", _ImageReading(self._backend, encode), Progress())])

    def dismiss(self, index: int) -> None:
        """A refusal was read."""
        self.refusals = self.refusals[:index] + self.refusals[index + 1 :]
        self.changed.emit()

    def _add(self, jobs: Iterable[_Job]) -> None:
        idle = not self._queue
        self._queue.extend(jobs)
        if idle and self._queue:
            self._next()
        self.changed.emit()

    def _file_job(self, path: Path) -> _Job:
        progress = Progress()
        return _Job(path.name, _FileReading(self._backend, path, progress), progress)

    def _next(self) -> None:
        self._look.arm(LOOK_MS)
        self._tasks.run(self._queue[0].read, self._taken, self._refused)

    def _taken(self, media: Media) -> None:
        self._queue.popleft()
        self.took.emit(media)
        self._go_on()

    def _refused(self, error: PostFlowError) -> None:
        job = self._queue.popleft()
        if error.code != "stopped":
            fix = fix_for(error.code, error.fix)
            refusal = Refusal(name=job.name, message=error.message, fix=fix)
            self.refusals = (*self.refusals, refusal)
        self._go_on()

    def _look_again(self) -> None:
        if self._queue:
            self._look.arm(LOOK_MS)
            self.moved_on.emit()

    def _go_on(self) -> None:
        if self._queue:
            self._next()
        else:
            self._look.disarm()
        self.changed.emit()


class _FileReading:
    """Reads a file, on the pool."""

    def __init__(self, backend: PlaceBackend, path: Path, progress: Progress) -> None:
        self._backend = backend
        self._path = path
        self._progress = progress

    def __call__(self) -> Media:
        return self._backend.read_media(self._path, "", self._progress)


class _ImageReading:
    """Reads a picture from memory, on the pool."""

    def __init__(self, backend: PlaceBackend, encode: Callable[[], bytes]) -> None:
        self._backend = backend
        self._encode = encode

    def __call__(self) -> Media:
        return self._backend.read_image(self._encode(), "")
