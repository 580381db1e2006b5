"""What is typed is on disk soon, whatever happens; closing never asks."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication

from postflow_desktop.domain.errors import ClusterUnreachable, MachineProblem
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.replica import Link, SyncState
from postflow_desktop.ui.composer.sending import Act
from tests.fakes.backend import FakeBackend, MemoryDrafts
from tests.ui.composer.conftest import Desk, make_desk
from tests.ui.composer.held import HeldTasks


class FullDisk(MemoryDrafts):
    """Refuses until there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.full = True

    def put(self, draft: LocalDraft) -> None:
        if self.full:
            raise MachineProblem("The disk is full.", fix="Free some space.")
        super().put(draft)


def on_disk(desk: Desk) -> list[str]:
    return [draft.text for draft in desk.backend.drafts.kept.values()]


def go_offline(desk: Desk) -> None:
    state = SyncState(link=Link.OFFLINE, since=datetime.now(UTC), message="no answer")
    desk.changes.publish_sync(state)
    QCoreApplication.processEvents()


def test_text_is_on_disk_half_a_second_after_the_last_key(writing: Desk) -> None:
    writing.model.set_text("Hel")
    writing.moments.pass_ms(100)
    writing.model.set_text("Hello")
    assert on_disk(writing) == []
    assert writing.model.saved_words == ("neutral", "Saving…")
    writing.moments.pass_ms(400)
    assert on_disk(writing) == ["Hello"]
    assert writing.model.saved_words == ("success", "Saved on this machine")


def test_somebody_who_never_pauses_is_saved_too(writing: Desk) -> None:
    for length in range(1, 21):
        writing.model.set_text("a" * length)
        writing.moments.pass_ms(100)
    assert len(on_disk(writing)[0]) >= 16


def test_an_empty_composer_leaves_nothing_behind(writing: Desk) -> None:
    writing.model.toggle("a2")
    writing.moments.pass_ms(1000)
    assert on_disk(writing) == []
    writing.model.close()
    assert (writing.finished, writing.offers) == (1, [])


def test_what_was_emptied_again_is_not_kept(writing: Desk) -> None:
    writing.model.set_text("Hello")
    writing.moments.pass_ms(500)
    writing.model.set_text("")
    writing.model.close()
    assert on_disk(writing) == []
    assert writing.finished == 1


def test_closing_keeps_the_draft_and_offers_to_discard_it(writing: Desk) -> None:
    writing.model.set_text("Hello")
    writing.model.close()
    assert on_disk(writing) == ["Hello"]
    assert [offer[:2] for offer in writing.offers] == [("Draft kept", "Discard")]
    assert writing.finished == 1
    writing.take_offer()
    assert on_disk(writing) == []


def test_a_kept_draft_is_opened_as_it_was(writing: Desk) -> None:
    model = writing.model
    model.set_text("Hello")
    model.show_tab("a2")
    model.set_text("Hello X")
    model.set_wall(datetime.fromisoformat("2026-12-01T10:15"))
    model.intake.add_image(lambda: b"picture")
    model.set_alt(0, "Bread")
    model.close()
    again = make_desk(writing.backend)
    again.model.open_draft(model.draft.id)
    assert again.model.draft.variants == {"a2": "Hello X"}
    assert again.model.draft.media == model.draft.media
    assert again.model.when.wall == datetime.fromisoformat("2026-12-01T10:15")
    again.model.close()
    assert (again.offers, on_disk(again)) == ([], ["Hello"])


def test_opening_a_post_again_finds_what_was_begun_to_change(desk: Desk) -> None:
    post = desk.backend.add_post("First")
    desk.model.open_post(post.id)
    desk.model.set_text("First, better")
    desk.model.close()
    again = make_desk(desk.backend)
    again.model.open_post(post.id)
    assert again.model.text == "First, better"


def test_a_post_that_was_only_looked_at_leaves_nothing(desk: Desk) -> None:
    post = desk.backend.add_post("First")
    desk.model.open_post(post.id)
    desk.model.set_text("First!")
    desk.moments.pass_ms(500)
    desk.model.set_text("First")
    desk.model.close()
    assert (on_disk(desk), desk.offers) == ([], [])


def test_a_full_disk_is_said_and_tried_again(qapp: object) -> None:
    drafts = FullDisk()
    desk = make_desk(FakeBackend(drafts=drafts))
    desk.model.open_new(None)
    desk.model.set_text("Hello")
    desk.moments.pass_ms(500)
    assert desk.model.saved_words == ("danger", "Not saved: The disk is full. Free some space.")
    assert desk.model.text == "Hello"
    drafts.full = False
    desk.moments.pass_ms(5000)
    assert on_disk(desk) == ["Hello"]
    assert desk.model.saved_words[0] == "success"


def test_a_window_whose_draft_can_not_be_kept_does_not_close(qapp: object) -> None:
    desk = make_desk(FakeBackend(drafts=FullDisk()))
    back: list[bool] = []
    desk.model.reopened.connect(lambda: back.append(True))
    desk.model.open_new(None)
    desk.model.set_text("Hello")
    desk.model.close()
    assert (desk.finished, back) == (0, [True])
    assert desk.toasts[0][1] == "error"


def test_scheduling_hands_over_and_forgets_the_local_draft(writing: Desk) -> None:
    writing.model.set_text("Hello")
    writing.moments.pass_ms(500)
    writing.model.set_wall(datetime.fromisoformat("2026-11-26T09:30"))
    assert writing.model.schedule()
    assert writing.commands == ["schedule"]
    assert writing.scheduled == ["p1"]
    assert writing.toasts == [("Scheduled for Thu 26 Nov, 09:30 CET", "success")]
    assert (on_disk(writing), writing.finished, writing.offers) == ([], 1, [])


def test_a_failure_keeps_everything_and_says_what_to_do(writing: Desk) -> None:
    writing.model.set_text("Hello")
    writing.backend.failure = ClusterUnreachable("The workspace did not answer.", fix="Try again.")
    writing.model.schedule()
    notice = writing.model.notice
    assert notice is not None
    assert notice.text == "The workspace did not answer. Try again. Your text is kept."
    assert (writing.model.text, on_disk(writing)) == ("Hello", ["Hello"])
    assert (writing.finished, writing.model.locked) == (0, False)
    writing.model.set_text("Hello!")
    assert writing.model.notice is None
    assert writing.model.schedule()
    assert writing.scheduled == ["p1"]


def test_publishing_waits_eight_seconds_before_anything_leaves(writing: Desk) -> None:
    writing.model.set_text("Hello")
    writing.model.publish()
    writing.moments.pass_ms(7999)
    assert writing.commands == []
    assert writing.model.locked
    writing.model.set_text("Too late to type")
    assert writing.model.text == "Hello"
    writing.moments.pass_ms(1)
    assert writing.commands == ["publish"]
    assert writing.toasts == [("Publishing now to 2 accounts", "success")]
    assert (writing.scheduled, writing.finished) == (["p1"], 1)


def test_publishing_can_be_undone_until_the_end(writing: Desk) -> None:
    writing.model.set_text("Hello")
    writing.model.publish()
    writing.moments.pass_ms(7000)
    assert writing.model.sending.seconds_left == 1
    writing.model.undo_publish()
    writing.moments.pass_ms(60_000)
    assert (writing.commands, writing.finished) == ([], 0)
    writing.model.set_text("Hello again")
    assert writing.model.text == "Hello again"


def test_closing_during_the_countdown_still_publishes(writing: Desk) -> None:
    writing.model.set_text("Hello")
    writing.model.publish()
    writing.moments.pass_ms(3000)
    writing.model.close()
    assert [offer[:2] for offer in writing.offers] == [("Publishing in 5 seconds", "Undo")]
    assert (writing.finished, on_disk(writing)) == (0, ["Hello"])
    writing.moments.pass_ms(5000)
    assert (writing.commands, writing.finished) == (["publish"], 1)
    assert on_disk(writing) == []


def test_undo_after_closing_brings_the_window_back(writing: Desk) -> None:
    back: list[bool] = []
    writing.model.reopened.connect(lambda: back.append(True))
    writing.model.set_text("Hello")
    writing.model.publish()
    writing.model.close()
    writing.take_offer()
    writing.moments.pass_ms(60_000)
    assert (back, writing.commands, writing.finished) == ([True], [], 0)
    assert not writing.model.locked


def test_a_failure_after_closing_says_that_a_draft_is_left(writing: Desk) -> None:
    writing.model.set_text("Hello")
    writing.model.publish()
    writing.model.close()
    writing.backend.failure = ClusterUnreachable("The workspace did not answer.", fix="Try again.")
    writing.moments.pass_ms(8000)
    assert writing.toasts == [
        (
            "The workspace did not answer. Try again. Your text is kept as a draft.",
            "error",
        )
    ]
    assert (on_disk(writing), writing.finished) == (["Hello"], 1)


def test_a_draft_is_saved_to_the_workspace_and_can_be_changed_on(writing: Desk) -> None:
    writing.model.set_text("Hello")
    writing.model.save()
    assert writing.backend.replica.posts["p1"].status is PostStatus.DRAFT
    assert on_disk(writing) == []
    assert writing.model.saved_words == ("success", "Saved in the workspace")
    writing.model.set_text("Hello again")
    writing.model.close()
    kept = next(iter(writing.backend.drafts.kept.values()))
    assert (kept.text, kept.post_id) == ("Hello again", "p1")


def test_closing_after_saving_leaves_nothing_on_this_machine(writing: Desk) -> None:
    writing.model.set_text("Hello")
    writing.model.save()
    writing.model.close()
    assert (on_disk(writing), writing.offers, writing.finished) == ([], [], 1)


def test_what_is_typed_while_saving_is_not_lost(qapp: object) -> None:
    tasks = HeldTasks()
    desk = make_desk(tasks=tasks)
    desk.model.open_new(None)
    desk.model.set_text("Hello")
    desk.model.save()
    desk.model.set_text("Hello and more")
    tasks.let_one_run()
    desk.moments.pass_ms(500)
    assert on_disk(desk) == ["Hello and more"]
    assert desk.model.draft.post_id == "p1"
    assert desk.backend.replica.posts["p1"].text == "Hello"


def test_closing_waits_for_what_is_under_way(qapp: object) -> None:
    tasks = HeldTasks()
    desk = make_desk(tasks=tasks)
    desk.model.open_new(None)
    desk.model.set_text("Hello")
    desk.model.schedule()
    desk.model.close()
    assert desk.finished == 0
    tasks.let_one_run()
    assert (desk.finished, desk.scheduled) == (1, ["p1"])


def test_offline_everything_can_be_written_and_nothing_sent(writing: Desk) -> None:
    go_offline(writing)
    writing.model.set_text("Hello")
    assert "offline" in writing.model.why_not(Act.SCHEDULE)
    assert "offline" in writing.model.why_not(Act.PUBLISH)
    assert not writing.model.publish()
    assert writing.model.notice is not None
    assert writing.model.save()
    assert (on_disk(writing), writing.commands) == (["Hello"], [])
    assert writing.toasts == [("Draft kept on this machine; you are offline.", "info")]
