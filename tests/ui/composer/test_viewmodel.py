"""What a composer does with what is typed, chosen and dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from postflow_desktop.domain.account import AccountStatus
from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.domain.pause import Pause
from postflow_desktop.domain.post import PostStatus
from postflow_desktop.domain.target import TargetStatus
from postflow_desktop.services.ports.replica import Change
from postflow_desktop.ui.composer.judgement import Level
from postflow_desktop.ui.composer.sending import Act
from tests.fakes.backend import NOW, FakeBackend, account_row
from tests.ui.composer.conftest import Desk, make_desk
from tests.ui.composer.held import HeldTasks


def codes(desk: Desk, level: Level = Level.ERROR) -> list[str]:
    return [item.code for item in desk.model.checklist if item.level is level]


class Weighing(FakeBackend):
    """X counts links as 23 and wide letters twice here, as any counter the backend may have."""

    def rules(self, network: Network) -> NetworkRules:
        limit = 280 if network is Network.X else 300
        return replace(super().rules(network), max_graphemes=limit)

    def measure(self, network: Network, text: str) -> int:
        if network is not Network.X:
            return super().measure(network, text)
        words = [23 if word.startswith("https://") else len(word) for word in text.split(" ")]
        return sum(words) + len(words) - 1


def test_a_new_post_goes_to_all_accounts_that_work(desk: Desk) -> None:
    expired = replace(account_row(3), status=AccountStatus.EXPIRED)
    desk.backend.replica.account_rows.append(expired)
    desk.model.open_new(None)
    assert desk.model.draft.account_ids == ("a1", "a2")


def test_a_new_post_goes_where_the_last_one_went(desk: Desk) -> None:
    desk.model.open_new(None, preferred=["a2", "gone"])
    assert desk.model.draft.account_ids == ("a2",)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("👨‍👩‍👧‍👦", 1),
        ("🇩🇪🇫🇷", 2),
        ("日本語", 3),
        ("e\u0301", 1),
        ("", 0),
    ],
)
def test_counters_show_what_the_backend_counts(writing: Desk, text: str, length: int) -> None:
    writing.model.set_text(text)
    assert [(c.network, c.length) for c in writing.model.judgement.counts] == [
        (Network.BLUESKY, length),
        (Network.X, length),
    ]


def test_each_network_counts_in_its_own_way(qapp: object) -> None:
    desk = make_desk(Weighing())
    desk.model.open_new(None)
    desk.model.set_text("See https://example.com/" + "a" * 60)
    counts = {c.network: (c.length, c.left) for c in desk.model.judgement.counts}
    assert counts == {Network.BLUESKY: (84, 216), Network.X: (27, 253)}


def test_a_counter_warns_before_the_end_and_after_it(writing: Desk) -> None:
    def state(length: int) -> str:
        writing.model.set_text("a" * length)
        return writing.model.judgement.counts[0].state

    assert [state(269), state(270), state(300), state(301)] == ["ok", "near", "near", "over"]


def test_too_long_text_is_marked_from_the_first_character_too_many(writing: Desk) -> None:
    family = "👨‍👩‍👧‍👦"
    writing.model.set_text("a" * 299 + family + family + "b")
    assert writing.model.judgement.over_from == 299 + len(family)
    assert codes(writing) == ["text_too_long", "text_too_long"]
    writing.model.set_text("a" * 300)
    assert writing.model.judgement.over_from is None


def test_the_smallest_network_decides_where_the_text_is_too_long(qapp: object) -> None:
    desk = make_desk(Weighing())
    desk.model.open_new(None)
    desk.model.set_text("a" * 400)
    assert desk.model.judgement.over_from == 280


def test_an_account_gets_words_of_its_own_and_the_original_back(writing: Desk) -> None:
    model = writing.model
    model.set_text("For everybody")
    model.show_tab("a2")
    model.set_text("For X")
    assert [tab.customised for tab in model.tabs] == [False, False, True]
    assert (model.draft.text, model.draft.variants) == ("For everybody", {"a2": "For X"})
    model.show_tab(None)
    assert model.text == "For everybody"
    model.reset_to_original("a2")
    assert model.draft.variants == {}
    assert not any(tab.customised for tab in model.tabs)


def test_words_like_the_original_are_no_variant(writing: Desk) -> None:
    writing.model.set_text("Same")
    writing.model.show_tab("a1")
    writing.model.set_text("Same!")
    writing.model.set_text("Same")
    assert writing.model.draft.variants == {}


def test_counters_are_those_of_the_text_in_front(writing: Desk) -> None:
    model = writing.model
    model.set_text("Original")
    model.show_tab("a2")
    model.set_text("X")
    assert [(c.network, c.length) for c in model.judgement.counts] == [(Network.X, 1)]
    model.show_tab(None)
    assert [(c.network, c.length) for c in model.judgement.counts] == [(Network.BLUESKY, 8)]


def test_a_variant_comes_back_with_its_account_but_is_not_sent_without(writing: Desk) -> None:
    model = writing.model
    model.set_text("Hello")
    model.show_tab("a2")
    model.set_text("Hello X")
    model.toggle("a2")
    assert model.tab is None
    model.save()
    assert writing.backend.calls[-1][1].variants == {}  # type: ignore[attr-defined]  # a draft
    model.toggle("a2")
    assert model.draft.variants == {"a2": "Hello X"}


def test_nothing_goes_out_without_words_or_account(writing: Desk) -> None:
    assert codes(writing) == ["empty_post"]
    writing.model.set_text("Hello")
    assert codes(writing) == []
    writing.model.choose([])
    assert codes(writing) == ["no_account"]
    assert writing.model.why_not(Act.SCHEDULE) == "No account is chosen."
    assert writing.model.why_not(Act.SAVE) == ""


def test_an_account_that_does_not_work_blocks(writing: Desk) -> None:
    writing.model.set_text("Hello")
    writing.backend.replica.account_rows[0] = replace(account_row(1), status=AccountStatus.REVOKED)
    writing.changes.changed.emit(Change(noun="socialAccounts", ids=frozenset()))
    assert codes(writing) == ["account_not_connected"]


def test_pictures_keep_the_order_in_which_they_were_dropped(desk: Desk, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.png" for name in "abc"]
    for file in files:
        file.write_bytes(file.name.encode())
    desk.model.open_new(None, files)
    first = [item.sha256 for item in desk.model.draft.media]
    assert len(first) == 3
    desk.model.move_media(2, 0)
    assert [m.sha256 for m in desk.model.draft.media] == [first[2], first[0], first[1]]
    desk.model.move_media(0, 99)
    desk.model.remove_media(0)
    assert [m.sha256 for m in desk.model.draft.media] == [first[1], first[2]]


def test_the_same_picture_is_taken_once(writing: Desk) -> None:
    writing.model.intake.add_image(lambda: b"one")
    writing.model.intake.add_image(lambda: b"one")
    assert len(writing.model.draft.media) == 1


def test_a_missing_description_warns_and_does_not_block(writing: Desk) -> None:
    writing.model.set_text("Look")
    writing.model.intake.add_image(lambda: b"one")
    assert codes(writing, Level.WARNING) == ["no_alt_text"]
    assert writing.model.why_not(Act.SCHEDULE) == ""
    writing.model.set_alt(0, "Rye loaves")
    assert codes(writing, Level.WARNING) == []
    assert writing.model.draft.media[0].alt == "Rye loaves"


def test_a_refused_file_says_why_and_the_others_are_taken(writing: Desk, tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.heic", tmp_path / "good.png"
    bad.write_bytes(b"bad")
    good.write_bytes(b"good")
    writing.model.set_text("Hello")
    writing.backend.failure = InvalidInput(
        "PostFlow can't read this picture.", code="media_unsupported", fix="Save it as PNG."
    )
    writing.model.intake.add_files([bad, good])
    refusal = writing.model.intake.refusals[0]
    assert (refusal.name, refusal.fix) == ("bad.heic", "Save it as PNG.")
    assert len(writing.model.draft.media) == 1
    assert writing.model.text == "Hello"
    writing.model.intake.dismiss(0)
    assert writing.model.intake.refusals == ()


def test_nothing_goes_out_while_a_picture_is_being_read(qapp: object) -> None:
    tasks = HeldTasks()
    desk = make_desk(tasks=tasks)
    desk.model.open_new(None)
    desk.model.set_text("Hello")
    desk.model.intake.add_image(lambda: b"one")
    assert desk.model.why_not(Act.PUBLISH) == "A file is still being read."
    tasks.let_one_run()
    assert desk.model.why_not(Act.PUBLISH) == ""


def test_a_day_of_the_calendar_brings_its_morning(desk: Desk) -> None:
    desk.model.open_new(date(2026, 11, 26))
    assert desk.model.when.wall == datetime.fromisoformat("2026-11-26T09:00")


def test_without_a_day_the_next_full_hour_is_offered_and_not_kept(writing: Desk) -> None:
    assert writing.model.when.wall == datetime.fromisoformat("2026-11-20T14:00")
    assert writing.model.draft.at_local is None


def test_the_skipped_and_the_repeated_hour_are_said(writing: Desk) -> None:
    writing.model.set_wall(datetime.fromisoformat("2027-03-28T02:30"))
    assert "does not exist" in writing.model.when.note
    writing.model.set_wall(datetime.fromisoformat("2027-10-31T02:30"))
    assert "comes twice" in writing.model.when.note
    writing.model.set_zone("America/New_York")
    assert writing.model.when.note == ""
    assert writing.model.when.abbreviation == "EDT"


def test_the_past_is_refused_but_does_not_stop_publishing_now(writing: Desk) -> None:
    writing.model.set_text("Hello")
    writing.model.set_wall(datetime.fromisoformat("2026-11-20T12:59"))
    assert codes(writing) == ["time"]
    assert not writing.model.schedule()
    assert writing.model.why_not(Act.PUBLISH) == ""
    assert writing.model.publish()
    assert codes(writing) == [], "what goes out now needs no time"
    writing.model.undo_publish()
    assert codes(writing) == ["time"]
    writing.model.set_zone("Atlantic/Azores")
    assert writing.model.why_not(Act.SCHEDULE) == ""


def test_a_time_that_passed_while_the_window_was_open_is_refused(writing: Desk) -> None:
    writing.model.set_text("Hello")
    writing.model.set_wall(datetime.fromisoformat("2026-11-20T13:30"))
    assert writing.model.why_not(Act.SCHEDULE) == ""
    writing.moments.pass_ms(31 * 60_000)
    assert not writing.model.schedule()
    assert "past" in writing.model.when.problem


def test_the_lead_time_of_the_organization_counts(desk: Desk) -> None:
    assert desk.backend.here is not None
    desk.backend.here = replace(desk.backend.here, min_lead_minutes=30)
    lead = make_desk(desk.backend)
    lead.model.open_new(None)
    lead.model.set_text("Hello")
    lead.model.set_wall(datetime.fromisoformat("2026-11-20T13:29"))
    assert "less than 30 minutes" in lead.model.when.problem


def test_a_planned_post_is_opened_with_its_words_and_time(desk: Desk) -> None:
    post = desk.backend.add_post("Planned", at=NOW + timedelta(days=2), accounts=("a2",))
    desk.model.open_post(post.id)
    assert (desk.model.text, desk.model.draft.account_ids) == ("Planned", ("a2",))
    assert desk.model.when.wall == datetime.fromisoformat("2026-11-22T13:00")
    assert not desk.model.read_only


@pytest.mark.parametrize("state", [TargetStatus.PUBLISHED, TargetStatus.SENDING])
def test_what_is_out_can_be_read_and_used_again(desk: Desk, state: TargetStatus) -> None:
    post = desk.backend.add_post("Out", status=PostStatus.PUBLISHED, target_status=state)
    desk.model.open_post(post.id)
    desk.model.set_text("Changed")
    assert desk.model.text == "Out"
    assert desk.model.why_not(Act.SAVE)
    notice = desk.model.notice
    assert notice is not None
    assert notice.act == "use_as_new"
    desk.model.use_as_new()
    desk.model.set_text("Out again")
    assert desk.model.draft.post_id is None
    assert desk.model.save()
    assert desk.backend.replica.posts[post.id].text == "Out"


def test_a_post_that_goes_out_while_it_is_edited_keeps_the_words(desk: Desk) -> None:
    post = desk.backend.add_post("Soon")
    desk.model.open_post(post.id)
    desk.model.set_text("Soon, but better")
    targets = desk.backend.replica.targets
    targets[post.id] = [replace(t, status=TargetStatus.SENDING) for t in targets[post.id]]
    desk.changes.changed.emit(Change(noun="schedules", ids=frozenset({"t"})))
    assert desk.model.read_only
    assert desk.model.text == "Soon, but better"


def test_a_change_elsewhere_is_said_and_can_be_loaded_and_undone(desk: Desk) -> None:
    post = desk.backend.add_post("First")
    desk.model.open_post(post.id)
    desk.model.set_text("Mine")
    desk.backend.replica.posts[post.id] = replace(post, text="Theirs", rev=2)
    desk.changes.changed.emit(Change(noun="posts", ids=frozenset({post.id})))
    notice = desk.model.notice
    assert notice is not None
    assert (notice.act, desk.model.text) == ("load_theirs", "Mine")
    desk.model.load_theirs()
    assert desk.model.text == "Theirs"
    desk.take_offer()
    assert desk.model.text == "Mine"


def test_my_own_change_coming_back_is_no_change_elsewhere(desk: Desk) -> None:
    post = desk.backend.add_post("First")
    desk.model.open_post(post.id)
    desk.changes.changed.emit(Change(noun="posts", ids=frozenset({post.id})))
    assert desk.model.notice is None


def test_a_post_that_is_gone_says_so_and_closes(desk: Desk) -> None:
    desk.model.open_post("missing")
    assert [kind for _, kind in desk.toasts] == ["error"]
    assert desk.toasts[0][0].startswith("That post is gone.")
    assert desk.finished == 1


def test_a_link_of_the_post_counts_and_can_be_taken_off(desk: Desk) -> None:
    post = desk.backend.add_post("Read this")
    desk.backend.replica.posts[post.id] = replace(post, link_url="https://example.com")
    desk.model.open_post(post.id)
    assert desk.model.judgement.counts[0].length == len("Read this\n\nhttps://example.com")
    desk.model.remove_link()
    assert desk.model.judgement.counts[0].length == len("Read this")


def test_a_paused_account_is_warned_of_and_can_be_scheduled_for(desk: Desk) -> None:
    pause = Pause(reason="Rebranding", by="u1", at=NOW)
    first, second = desk.backend.replica.account_rows
    desk.backend.replica.account_rows = [replace(first, pause=pause), second]
    desk.model.open_new(None)
    desk.model.set_text("Hello")
    assert "account_paused" in codes(desk, Level.WARNING)
    assert desk.model.why_not(Act.SCHEDULE) == ""
