"""Videos and documents in a composer: taken, drawn, judged, described, brought along, stopped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QRectF, QUrl
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QPushButton, QWidget

from postflow_desktop.domain.errors import ClusterUnreachable, MachineProblem
from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.platforms.linkedin.limits import RULES as LINKEDIN
from postflow_desktop.platforms.x.limits import RULES as X
from postflow_desktop.services.ports.media import Progress
from postflow_desktop.ui.composer.dropping import Dropping
from postflow_desktop.ui.composer.faces import corner_words, paint_face
from postflow_desktop.ui.composer.intake import LOOK_MS
from postflow_desktop.ui.composer.pictures import Pictures
from postflow_desktop.ui.composer.sending import Act, Phase
from postflow_desktop.ui.composer.sheet import Sheet
from postflow_desktop.ui.composer.strip import Strip
from postflow_desktop.ui.composer.tiles import MediaTile
from postflow_desktop.ui.kit.tasks import Tasks
from postflow_desktop.ui.media_words import FILE_PATTERN, counted, spoken
from tests.fakes.backend import FakeBackend, account_row
from tests.media import films, papers
from tests.ui.composer.conftest import Desk, make_desk
from tests.ui.composer.held import HeldTasks


class Networks(FakeBackend):
    """X and LinkedIn with their own rules, and a store that can be slow or full."""

    def __init__(self) -> None:
        super().__init__()
        self.replica.account_rows = [account_row(1, Network.X), account_row(2, Network.LINKEDIN)]
        self.brought: list[str] = []
        self.stop_at: int | None = None

    def rules(self, network: Network) -> NetworkRules:
        return {Network.X: X, Network.LINKEDIN: LINKEDIN}.get(network) or super().rules(network)

    def bring_media(self, items: Sequence[Media], progress: Progress) -> None:
        for item in items:
            progress.begin(100_000_000)
            progress.went(45_000_000)
            if self.stop_at is not None:
                progress.stop()
            progress.went(55_000_000)
            self.brought.append(item.sha256)


def file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return file(tmp_path, "film.mp4", films.film(seconds=80, width=1920, height=1080, size=90_000))


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return file(tmp_path, "Prices.pdf", papers.pdf(3))


def opened(qapp: object, tasks: Tasks | None = None) -> tuple[Desk, Networks]:
    del qapp
    backend = Networks()
    desk = make_desk(backend, tasks)
    desk.model.open_new(None)
    return desk, backend


def codes(desk: Desk) -> set[str]:
    return {item.code for item in desk.model.judgement.items}


def test_a_video_is_taken_with_what_is_known_of_it(qapp: object, film: Path) -> None:
    desk, _ = opened(qapp)
    desk.model.intake.add_files([film])
    (media,) = desk.model.draft.media
    assert (media.kind, media.duration, media.codec) == (MediaKind.VIDEO, 80.0, "avc1")
    assert "no_alt_text" not in codes(desk)
    assert spoken(media, 1) == "Video 1, 1:20, 1920 × 1080, 90 KB"
    assert corner_words(media) == "1:20"


def test_every_network_says_what_it_does_not_take(
    qapp: object, film: Path, paper: Path, tmp_path: Path
) -> None:
    desk, _ = opened(qapp)
    model = desk.model
    model.choose(["a1", "a2"])
    model.intake.add_files([film])
    assert not {"video_unsupported", "mixed_media"} & codes(desk)
    model.intake.add_files([paper])
    assert {"document_unsupported", "mixed_media"} <= codes(desk)
    assert model.why_not(Act.PUBLISH)
    model.remove_media(0)
    assert "document_unsupported" in codes(desk)
    model.choose(["a2"])
    assert "document_unsupported" not in codes(desk)
    long = file(tmp_path, "long.mp4", films.film(seconds=2000, size=80_000))
    model.remove_media(0)
    model.intake.add_files([long])
    assert "video_too_long" in codes(desk)


def test_a_document_is_called_as_its_file_until_it_gets_a_title(qapp: object, paper: Path) -> None:
    desk, _ = opened(qapp)
    desk.model.choose(["a2"])
    desk.model.intake.add_files([paper])
    assert desk.model.draft.media[0].title == "Prices"
    desk.model.set_alt(0, "Prices\nof 2026")
    assert desk.model.draft.media[0].title == "Prices of 2026"
    assert desk.model.draft.media[0].alt == ""
    desk.model.set_alt(0, "")
    assert "document_title" in codes(desk)


def test_a_broken_file_says_why_and_the_others_are_taken(
    qapp: object, film: Path, tmp_path: Path
) -> None:
    desk, _ = opened(qapp)
    cut = file(tmp_path, "cut.mp4", films.film()[:-9])
    desk.model.intake.add_files([cut, film])
    assert [media.duration for media in desk.model.draft.media] == [80.0]
    (refusal,) = desk.model.intake.refusals
    assert refusal.name == "cut.mp4"
    assert "cut off" in refusal.message
    assert refusal.fix


def test_a_full_disk_is_said_and_nothing_is_lost(qapp: object, film: Path) -> None:
    desk, backend = opened(qapp)
    desk.model.set_text("Words")
    backend.failure = MachineProblem("The disk is full.", code="disk_full", fix="Free.")
    desk.model.intake.add_files([film])
    assert desk.model.intake.refusals[0].message == "The disk is full."
    assert desk.model.text == "Words"


def test_reading_can_be_stopped_and_leaves_no_trace(qapp: object, film: Path) -> None:
    tasks = HeldTasks()
    desk, _ = opened(qapp, tasks)
    while tasks.waiting:
        tasks.let_one_run()
    desk.model.intake.add_files([film, film])
    assert desk.model.intake.words == ("film.mp4", "film.mp4")
    desk.model.intake.stop()
    tasks.let_one_run()
    assert desk.model.intake.refusals == ()
    assert desk.model.draft.media == ()
    tasks.let_one_run()
    assert len(desk.model.draft.media) == 1


def test_videos_go_to_the_workspace_ahead_of_the_post(qapp: object, film: Path) -> None:
    tasks = HeldTasks()
    desk, backend = opened(qapp, tasks)
    while tasks.waiting:
        tasks.let_one_run()
    desk.model.choose(["a1"])
    desk.model.intake.add_files([film])
    while tasks.waiting:
        tasks.let_one_run()
    sending = desk.model.sending
    sending.save(desk.model.draft)
    sending.progress.begin(100_000_000)
    sending.progress.went(45_000_000)
    seen: list[int] = []
    sending.changed.connect(lambda: seen.append(sending.progress.done))
    desk.moments.pass_ms(LOOK_MS * 2)
    assert seen == [45_000_000] * 2
    while tasks.waiting:
        tasks.let_one_run()
    assert backend.brought == [desk.model.draft.media[0].sha256]
    assert sending.phase is Phase.WRITING
    assert "save_draft" in desk.commands
    assert seen[-1] == 100_000_000


def test_stopping_the_upload_goes_back_to_writing_with_everything_there(
    qapp: object, film: Path
) -> None:
    desk, backend = opened(qapp)
    desk.model.intake.add_files([film])
    backend.stop_at = 1
    failures: list[object] = []
    desk.model.sending.failed.connect(failures.append)
    desk.model.sending.save(desk.model.draft)
    assert desk.model.sending.phase is Phase.WRITING
    assert failures == []
    assert backend.brought == []
    assert "save_draft" not in desk.commands
    assert len(desk.model.draft.media) == 1


def test_a_workspace_that_is_gone_meanwhile_loses_nothing(qapp: object, film: Path) -> None:
    desk, backend = opened(qapp)
    desk.model.intake.add_files([film])
    gone = ClusterUnreachable("The cluster does not answer.", fix="Wait.")

    def away(items: Sequence[Media], progress: Progress) -> None:
        del items, progress
        raise gone

    backend.bring_media = away  # type: ignore[method-assign]
    failures: list[object] = []
    desk.model.sending.failed.connect(failures.append)
    desk.model.sending.save(desk.model.draft)
    assert failures == [gone]
    assert len(desk.model.draft.media) == 1


def test_tiles_say_what_they_are_and_need_no_bytes(qapp: object, film: Path, paper: Path) -> None:
    desk, backend = opened(qapp)
    desk.model.intake.add_files([film, paper])
    asked: list[str] = []
    backend.media_bytes = asked.append  # type: ignore[method-assign,assignment]
    strip = Strip(Pictures(backend, desk.tasks))
    strip.resize(400, 300)
    strip.show_media(desk.model.draft.media, ("big.mp4 45 %", "next.mp4"), ())
    strip.show()
    names = [tile.accessibleName() for tile in strip.row.findChildren(MediaTile)]
    assert names[0].startswith("Video 1, 1:20")
    assert names[0].endswith("no alt text")
    assert names[1].startswith("Document 2 “Prices”, 3 pages")
    shown = strip.grab().toImage()
    assert not shown.isNull()
    assert asked == []
    stops = [
        b for b in strip.findChildren(QPushButton) if b.objectName() == "composer-stop-reading"
    ]
    assert [stop.isVisible() for stop in stops] == [True, False]
    stopped: list[bool] = []
    strip.row.stopped.connect(lambda: stopped.append(True))
    stops[0].click()
    assert stopped == [True]
    strip.open_alt(1)
    assert strip.alt.edit.accessibleName() == "Title of document 2"
    assert strip.alt.edit.toPlainText() == "Prices"
    strip.open_alt(0)
    assert strip.alt.edit.accessibleName() == "Alt text of video 1"
    strip.close()


def test_what_is_dropped_or_pasted_is_read(qapp: object, film: Path, paper: Path) -> None:
    desk, _ = opened(qapp)
    window = QWidget()
    sheet = Sheet(Pictures(desk.backend, desk.tasks), window)
    sheet.editor.files_given.connect(desk.model.intake.add_files)
    dropped, pasted = QMimeData(), QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(film))])
    pasted.setUrls([QUrl.fromLocalFile(str(paper))])
    assert Dropping(desk.model, sheet.page, window).take(dropped)
    assert sheet.editor.canInsertFromMimeData(pasted)
    sheet.editor.insertFromMimeData(pasted)
    kinds = [media.kind for media in desk.model.draft.media]
    assert kinds == [MediaKind.VIDEO, MediaKind.DOCUMENT]
    assert all(ending in FILE_PATTERN for ending in ("*.mp4", "*.mov", "*.pdf", "*.pptx"))


def test_the_drawn_face_is_more_than_an_empty_box(qapp: object, film: Path) -> None:
    desk, _ = opened(qapp)
    desk.model.intake.add_files([film])
    image = QImage(96, 96, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    painter = QPainter(image)
    paint_face(painter, QRectF(0, 0, 96, 96), desk.model.draft.media[0])
    painter.end()
    colours = {image.pixel(x, y) for x in range(96) for y in range(96)}
    assert len(colours) > 5


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ([], ""),
        ([MediaKind.IMAGE], "1 picture"),
        ([MediaKind.IMAGE, MediaKind.IMAGE, MediaKind.VIDEO], "2 pictures, 1 video"),
        ([MediaKind.DOCUMENT], "1 document"),
    ],
)
def test_media_are_counted_by_kind(kinds: list[MediaKind], words: str) -> None:
    media = [
        Media(kind=kind, sha256="0" * 64, mime="x", size=1, width=1, height=1) for kind in kinds
    ]
    assert counted(media) == words
